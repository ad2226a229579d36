//! Every field that `generation_config.json` may have: what its value can be, and which fields ask for a search that is
//! not done here.

use serde_json::Value;

use super::{EarlyStopping, GenerationError, HARD_LIMIT, MAX_BEAMS};
use crate::text;

/// What a field's value can be.
enum Kind {
    /// A whole number from one to another.
    Count(u64, u64),
    /// Any number.
    Number,
    /// A number above 0.
    Positive,
    Flag,
    EarlyStopping,
    Token,
    /// One token or several.
    Tokens,
    /// Runs of tokens.
    Words,
}

/// The fields that a search follows, with their default where `config.json` may write it without meaning it.
const KNOWN: [(&str, Kind, &str); 19] = [
    ("begin_suppress_tokens", Kind::Tokens, ""),
    ("bad_words_ids", Kind::Words, ""),
    ("bos_token_id", Kind::Token, ""),
    ("decoder_start_token_id", Kind::Token, ""),
    ("early_stopping", Kind::EarlyStopping, "false"),
    ("eos_token_id", Kind::Tokens, ""),
    ("forced_bos_token_id", Kind::Token, ""),
    ("forced_eos_token_id", Kind::Tokens, ""),
    ("length_penalty", Kind::Number, "1.0"),
    ("max_length", Kind::Count(2, HARD_LIMIT as u64), "20"),
    ("max_new_tokens", Kind::Count(1, HARD_LIMIT as u64 - 1), ""),
    ("min_length", Kind::Count(0, HARD_LIMIT as u64), "0"),
    ("min_new_tokens", Kind::Count(0, HARD_LIMIT as u64), ""),
    ("no_repeat_ngram_size", Kind::Count(0, HARD_LIMIT as u64), "0"),
    ("num_beams", Kind::Count(1, MAX_BEAMS as u64), "1"),
    ("num_return_sequences", Kind::Count(1, MAX_BEAMS as u64), "1"),
    ("renormalize_logits", Kind::Flag, "false"),
    ("repetition_penalty", Kind::Positive, "1.0"),
    ("suppress_tokens", Kind::Tokens, ""),
];

/// Fields that ask for another kind of search unless they have one of these values.
const OTHER_SEARCHES: [(&str, &[&str]); 22] = [
    ("constraints", &["[]"]),
    ("diversity_penalty", &["0.0"]),
    ("do_sample", &["false"]),
    ("dola_layers", &[]),
    ("encoder_no_repeat_ngram_size", &["0"]),
    ("encoder_repetition_penalty", &["1.0"]),
    ("exponential_decay_length_penalty", &[]),
    ("force_words_ids", &["[]"]),
    ("forced_decoder_ids", &["[]"]),
    ("guidance_scale", &["1.0"]),
    ("lang_to_id", &["{}"]),
    ("logits_processor", &["[]"]),
    ("max_time", &[]),
    ("num_beam_groups", &["1"]),
    ("penalty_alpha", &["0.0"]),
    ("sequence_bias", &["[]", "{}"]),
    ("stop_strings", &["[]"]),
    ("task_to_id", &["{}"]),
    ("token_healing", &["false"]),
    ("watermarking_config", &["{}"]),
    ("prompt_lookup_num_tokens", &["0"]),
    ("custom_generate", &[]),
];

/// Fields that do not change what a search without sampling finds.
const HARMLESS: [&str; 38] = [
    "_commit_hash",
    "_from_model_config",
    "_name_or_path",
    "assistant_confidence_threshold",
    "assistant_early_exit",
    "assistant_lookbehind",
    "cache_config",
    "cache_implementation",
    "compile_config",
    "disable_compile",
    "epsilon_cutoff",
    "eta_cutoff",
    "generation_kwargs",
    "is_assistant",
    "low_memory",
    "max_matching_ngram_size",
    "min_p",
    "num_assistant_tokens",
    "num_assistant_tokens_schedule",
    "output_attentions",
    "output_hidden_states",
    "output_logits",
    "output_scores",
    "pad_token_id",
    "prefill_chunk_size",
    "remove_invalid_values",
    "return_dict_in_generate",
    "return_legacy_cache",
    "target_lookbehind",
    "temperature",
    "tokenizer_class",
    "top_h",
    "top_k",
    "top_p",
    "transformers_version",
    "trust_remote_code",
    "typical_p",
    "use_cache",
];

/// Whether a field of `config.json` says anything about the search.
pub(super) fn is_known(key: &str) -> bool {
    KNOWN.iter().any(|(name, _, _)| *name == key) || OTHER_SEARCHES.iter().any(|(name, _)| *name == key)
}

/// Whether it is the value that the field has anyway.
pub(super) fn is_default(key: &str, value: &Value) -> bool {
    let default = KNOWN.iter().find(|(name, _, _)| *name == key);
    default.is_some_and(|(_, _, default)| is_like(value, default))
}

/// Checks a field of `generation_config.json` and tells whether the search has to follow it.
///
/// # Errors
/// Names the field that is not understood or has a value that makes no sense.
pub fn check(key: &str, value: &Value) -> Result<bool, GenerationError> {
    if let Some((_, kind, _)) = KNOWN.iter().find(|(name, _, _)| *name == key) {
        return match (value.is_null() || kind.allows(value)).then_some(true) {
            Some(known) => Ok(known),
            None => Err(GenerationError::Bad {
                name: key.to_owned(),
                value: value.to_string(),
                expected: kind.expected(),
            }),
        };
    }
    let neutral: &[&str] = match OTHER_SEARCHES.iter().find(|(name, _)| *name == key) {
        Some((_, neutral)) => neutral,
        None if HARMLESS.contains(&key) => return Ok(false),
        None => &["false"],
    };
    if value.is_null() || neutral.iter().any(|neutral| is_like(value, neutral)) {
        return Ok(false);
    }
    Err(GenerationError::NotUnderstood {
        name: key.to_owned(),
        value: value.to_string(),
    })
}

/// Checks a setting that a person asks for: one that the search follows, within its bounds.
///
/// # Errors
/// Names the setting, and those that there are where it is none of them.
pub fn check_wish(key: &str, value: &Value) -> Result<(), GenerationError> {
    match KNOWN.iter().find(|(name, _, _)| *name == key) {
        Some((_, kind, _)) if value.is_null() || (kind.allows(value) && kind.is_within(value)) => Ok(()),
        Some((_, kind, _)) => Err(GenerationError::Bad {
            name: key.to_owned(),
            value: value.to_string(),
            expected: kind.expected(),
        }),
        None if OTHER_SEARCHES.iter().any(|(name, _)| *name == key) => check(key, value).map(|_| ()),
        None => Err(GenerationError::Unknown {
            name: key.to_owned(),
            known: KNOWN.map(|(name, _, _)| name).join(", "),
        }),
    }
}

/// The tokens of a value that was checked: one or several.
pub(super) fn tokens(value: &Value) -> Vec<i64> {
    let one = value.as_i64().into_iter();
    one.chain(value.as_array().into_iter().flatten().filter_map(Value::as_i64))
        .collect()
}

/// Equal as JSON, where 1 and 1.0 are the same number.
fn is_like(value: &Value, text: &str) -> bool {
    match (value.as_f64(), text.parse::<f64>()) {
        (Some(number), Ok(other)) => number == other,
        _ => {
            // As JSON is written: a text compares with its quotation marks, true as the word.
            let written = value.to_string();
            written == text
        }
    }
}

fn is_token(value: &Value) -> bool {
    value.as_i64().is_some_and(|token| token >= 0)
}

fn are_tokens(value: &Value) -> bool {
    value.as_array().is_some_and(|tokens| tokens.iter().all(is_token))
}

impl Kind {
    fn allows(&self, value: &Value) -> bool {
        let number = value
            .as_f64()
            .map(|number| number as f32)
            .filter(|number| number.is_finite());
        match self {
            // Beyond its bounds it is taken for the nearest one: a file may say 1000 and never mean it.
            Self::Count(..) => value.is_u64(),
            Self::Number => number.is_some(),
            Self::Positive => number.is_some_and(|number| number > 0.0),
            Self::Flag => value.is_boolean(),
            Self::EarlyStopping => EarlyStopping::try_from(value).is_ok(),
            Self::Token => is_token(value),
            Self::Tokens => is_token(value) || are_tokens(value),
            Self::Words => value.as_array().is_some_and(|words| {
                words
                    .iter()
                    .all(|word| are_tokens(word) && word.as_array().is_some_and(|tokens| !tokens.is_empty()))
            }),
        }
    }

    fn is_within(&self, value: &Value) -> bool {
        match self {
            Self::Count(least, most) => value.as_u64().is_some_and(|count| (*least..=*most).contains(&count)),
            _ => true,
        }
    }

    fn expected(&self) -> String {
        match self {
            Self::Count(least, most) => text!("expected-count", least = least.to_string(), most = most.to_string()),
            Self::Number => text!("expected-number"),
            Self::Positive => text!("expected-positive"),
            Self::Flag => text!("expected-flag"),
            Self::EarlyStopping => text!("expected-early-stopping"),
            Self::Token => text!("expected-token"),
            Self::Tokens => text!("expected-tokens"),
            Self::Words => text!("expected-words"),
        }
    }
}
