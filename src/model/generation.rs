//! `generation_config.json`: how a sentence is searched for, as Hugging Face's `generate()` reads it.

mod fields;

use serde_json::{Map, Value};

use crate::text;

pub use fields::check_wish;

/// Why the settings of a search cannot be followed, as a sentence for the person.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum GenerationError {
    /// A setting that is not known here, or one that asks for another kind of search.
    #[error("{}", text!("reason-generation", name = name, value = value))]
    NotUnderstood {
        /// The setting's name.
        name: String,
        /// Its value as written.
        value: String,
    },
    /// No setting of this name.
    #[error("{}", text!("generation-unknown", name = name, known = known))]
    Unknown {
        /// The name as written.
        name: String,
        /// The names that there are.
        known: String,
    },
    /// A value that makes no sense.
    #[error("{}", text!("reason-setting", name = name, value = value, expected = expected))]
    Bad {
        /// The setting's name.
        name: String,
        /// Its value as written.
        value: String,
        /// What it could be.
        expected: String,
    },
}

/// The settings of a search, with the meanings and defaults of Hugging Face's `GenerationConfig`.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationConfig {
    decoder_start_token_id: Option<i64>,
    bos_token_id: Option<i64>,
    eos_token_id: Vec<i64>,
    forced_bos_token_id: Option<i64>,
    forced_eos_token_id: Vec<i64>,
    bad_words_ids: Vec<Vec<i64>>,
    /// These tokens never come.
    pub suppress_tokens: Vec<i64>,
    begin_suppress_tokens: Vec<i64>,
    /// After the adjustments, the probabilities of a beam search's next tokens sum to 1 again.
    pub renormalize_logits: bool,
    num_return_sequences: Option<usize>,
    num_beams: usize,
    max_length: usize,
    max_new_tokens: Option<usize>,
    min_length: usize,
    min_new_tokens: Option<usize>,
    /// Exponent of the length that divides a beam's score.
    pub length_penalty: f32,
    /// When the search may end before all its beams have.
    pub early_stopping: EarlyStopping,
    /// No run of this many tokens comes twice; 0 allows all.
    pub no_repeat_ngram_size: usize,
    /// Divides positive and multiplies negative scores of tokens that were there already; 1 changes nothing.
    pub repetition_penalty: f32,
}

impl Default for GenerationConfig {
    fn default() -> Self {
        Self {
            decoder_start_token_id: None,
            bos_token_id: None,
            eos_token_id: Vec::new(),
            forced_bos_token_id: None,
            forced_eos_token_id: Vec::new(),
            bad_words_ids: Vec::new(),
            suppress_tokens: Vec::new(),
            begin_suppress_tokens: Vec::new(),
            renormalize_logits: false,
            num_return_sequences: None,
            num_beams: 1,
            max_length: 20,
            max_new_tokens: None,
            min_length: 0,
            min_new_tokens: None,
            length_penalty: 1.0,
            early_stopping: EarlyStopping::default(),
            no_repeat_ngram_size: 0,
            repetition_penalty: 1.0,
        }
    }
}

/// The most sentences that a search keeps in view, whatever the settings say: each costs time and memory.
pub const MAX_BEAMS: usize = 64;

/// No sequence gets longer than this, whatever the settings say.
const HARD_LIMIT: usize = 512;

/// The settings that are looked for in `config.json` where `generation_config.json` lacks them.
const IDS: [&str; 4] = ["bos_token_id", "decoder_start_token_id", "eos_token_id", "pad_token_id"];

impl GenerationConfig {
    /// Reads `generation_config.json`. Older models have none: then `config.json` and its `decoder` object say how to
    /// search. The special tokens' ids are looked for there in either case.
    pub(super) fn from_json(generation: Option<&Value>, config: &Value) -> Result<Self, GenerationError> {
        let alone = generation.is_none();
        let mut settings = Map::new();
        for (source, whole) in [(config.get("decoder"), alone), (Some(config), alone)] {
            for (key, value) in source.and_then(Value::as_object).into_iter().flatten() {
                // That file is about more than the search, and what stands in it may only be there by default.
                let says = if whole {
                    fields::is_known(key)
                } else {
                    IDS.contains(&key.as_str())
                };
                if says && !value.is_null() && !(fields::is_default(key, value) && settings.contains_key(key)) {
                    settings.insert(key.clone(), value.clone());
                }
            }
        }
        if let Some(other) = generation.filter(|generation| !generation.is_object()) {
            return Err(GenerationError::Bad {
                name: "generation_config.json".to_owned(),
                value: other.to_string(),
                expected: text!("expected-object"),
            });
        }
        for (key, value) in generation.and_then(Value::as_object).into_iter().flatten() {
            if !value.is_null() {
                settings.insert(key.clone(), value.clone());
            }
        }
        // Written by default too, and it would take the alternatives away.
        settings.retain(|key, value| key != "num_return_sequences" || !fields::is_default(key, value));
        Self::default().with(&settings)
    }

    /// These settings with others over them, by the names and with the values of `generation_config.json`; null is the
    /// default.
    ///
    /// # Errors
    /// Names the setting that is not understood or has a value that makes no sense.
    pub fn with(&self, settings: &Map<String, Value>) -> Result<Self, GenerationError> {
        let mut changed = self.clone();
        for (key, value) in settings {
            if fields::check(key, value)? {
                changed.set(key, value);
            }
        }
        // Both lengths may be told; counted in new tokens it goes before the other.
        for (new, whole) in [("max_new_tokens", "max_length"), ("min_new_tokens", "min_length")] {
            if settings.contains_key(whole) && !settings.contains_key(new) {
                changed.set(new, &Value::Null);
            }
        }
        let asked = ["num_beams", "num_return_sequences"]
            .iter()
            .any(|key| settings.contains_key(*key));
        let (wanted, beams) = (changed.num_return_sequences.unwrap_or(1), changed.num_beams());
        if asked && wanted > beams {
            return Err(GenerationError::Bad {
                name: "num_return_sequences".to_owned(),
                value: wanted.to_string(),
                expected: text!("expected-at-most-beams", beams = beams),
            });
        }
        Ok(changed)
    }

    /// Takes one setting whose value was checked; null is the default.
    fn set(&mut self, key: &str, value: &Value) {
        let default = Self::default();
        let count = |default| value.as_u64().map_or(default, |count| count as usize);
        let number = |default| value.as_f64().map_or(default, |number| number as f32);
        match key {
            "decoder_start_token_id" => self.decoder_start_token_id = value.as_i64(),
            "bos_token_id" => self.bos_token_id = value.as_i64(),
            "eos_token_id" => self.eos_token_id = fields::tokens(value),
            "forced_bos_token_id" => self.forced_bos_token_id = value.as_i64(),
            "forced_eos_token_id" => self.forced_eos_token_id = fields::tokens(value),
            "bad_words_ids" => {
                self.bad_words_ids = value.as_array().into_iter().flatten().map(fields::tokens).collect();
            }
            "suppress_tokens" => self.suppress_tokens = fields::tokens(value),
            "begin_suppress_tokens" => self.begin_suppress_tokens = fields::tokens(value),
            "renormalize_logits" => self.renormalize_logits = value.as_bool().unwrap_or_default(),
            "num_return_sequences" => self.num_return_sequences = value.as_u64().map(|count| count as usize),
            "num_beams" => self.num_beams = count(default.num_beams),
            "max_length" => self.max_length = count(default.max_length),
            "max_new_tokens" => self.max_new_tokens = value.as_u64().map(|count| count as usize),
            "min_length" => self.min_length = count(default.min_length),
            "min_new_tokens" => self.min_new_tokens = value.as_u64().map(|count| count as usize),
            "length_penalty" => self.length_penalty = number(default.length_penalty),
            "early_stopping" => self.early_stopping = EarlyStopping::try_from(value).unwrap_or_default(),
            "no_repeat_ngram_size" => self.no_repeat_ngram_size = count(default.no_repeat_ngram_size),
            "repetition_penalty" => self.repetition_penalty = number(default.repetition_penalty),
            other => log::error!("the setting {other} is known but nothing takes it"),
        }
    }

    /// How many sequences were asked for; none: as many as the search finds.
    pub fn num_return_sequences(&self) -> Option<usize> {
        self.num_return_sequences
    }

    /// The token that has to come first after the start token.
    pub fn forced_first(&self) -> Option<i64> {
        self.forced_bos_token_id
    }

    /// The tokens one of which has to come last where a sequence gets as long as it may; empty: any.
    pub fn forced_last(&self) -> &[i64] {
        &self.forced_eos_token_id
    }

    /// Runs of tokens that never come. Ending is no word.
    pub fn bad_words(&self) -> impl Iterator<Item = &[i64]> {
        let ends = self.end_tokens();
        let is_end = move |word: &&[i64]| matches!(word, [token] if ends.contains(token));
        self.bad_words_ids
            .iter()
            .map(Vec::as_slice)
            .filter(move |word| !is_end(word))
    }

    /// The tokens that may not come after so many.
    pub fn suppressed_at(&self, length: usize) -> &[i64] {
        // A forced token does not count as the beginning.
        let begin = 1 + usize::from(self.forced_bos_token_id.is_some());
        if length == begin {
            &self.begin_suppress_tokens
        } else {
            &[]
        }
    }

    /// Sentences that the search keeps in view, 1 to [`MAX_BEAMS`]; 1 is greedy.
    pub fn num_beams(&self) -> usize {
        self.num_beams.clamp(1, MAX_BEAMS)
    }

    /// Sets how many sentences the search keeps in view.
    pub fn set_num_beams(&mut self, beams: usize) {
        self.num_beams = beams;
    }

    /// The token that every sequence starts with.
    pub fn start_token(&self) -> Option<i64> {
        self.decoder_start_token_id.or(self.bos_token_id)
    }

    /// The tokens that end a sequence.
    pub fn end_tokens(&self) -> &[i64] {
        &self.eos_token_id
    }

    /// A token that has to come, by the name of its setting, which a vocabulary of this size does not have.
    pub fn token_beyond(&self, size: usize) -> Option<(&'static str, i64)> {
        let start = match self.decoder_start_token_id {
            Some(token) => ("decoder_start_token_id", Some(token)),
            None => ("bos_token_id", self.bos_token_id),
        };
        let one = [start, ("forced_bos_token_id", self.forced_bos_token_id)];
        let several = [
            ("eos_token_id", &self.eos_token_id),
            ("forced_eos_token_id", &self.forced_eos_token_id),
        ];
        let one = one.into_iter().filter_map(|(name, token)| Some((name, token?)));
        let several = several
            .into_iter()
            .flat_map(|(name, tokens)| tokens.iter().map(move |token| (name, *token)));
        one.chain(several)
            .find(|(_, token)| usize::try_from(*token).map_or(true, |token| token >= size))
    }

    /// Longest sequence, the start token included.
    pub fn max_length(&self) -> usize {
        self.max_new_tokens
            .map_or(self.max_length, |new| new.saturating_add(1))
            .clamp(2, HARD_LIMIT)
    }

    /// Shortest sequence, the start token included and the end token not.
    pub fn min_length(&self) -> usize {
        self.min_new_tokens
            .map_or(0, |new| new.saturating_add(1))
            .max(self.min_length)
    }

    /// Sets the longest sequence, the start token included.
    pub fn set_max_length(&mut self, length: usize) {
        self.max_length = length;
        self.max_new_tokens = None;
    }

    /// Sets the shortest sequence, the start token included and the end token not.
    pub fn set_min_length(&mut self, length: usize) {
        self.min_length = length;
        self.min_new_tokens = None;
    }
}

/// When a beam search may end before all its beams have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EarlyStopping {
    /// `true`: as soon as there are as many finished sentences as beams.
    Yes,
    /// `false`: when it is unlikely that a better sentence comes.
    #[default]
    Unlikely,
    /// `"never"`: when no better sentence can come.
    Never,
}

impl TryFrom<&Value> for EarlyStopping {
    type Error = GenerationError;

    fn try_from(value: &Value) -> Result<Self, Self::Error> {
        match value {
            Value::Bool(true) => Ok(Self::Yes),
            Value::Bool(false) => Ok(Self::Unlikely),
            Value::String(text) if text == "never" => Ok(Self::Never),
            other => Err(GenerationError::Bad {
                name: "early_stopping".to_owned(),
                value: other.to_string(),
                expected: text!("expected-early-stopping"),
            }),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn token_ids_come_from_the_model_where_the_search_settings_lack_them() {
        let config = json!({"num_beams": 3, "eos_token_id": [5, 6], "decoder": {"bos_token_id": 4, "max_length": 9}});
        let settings = GenerationConfig::from_json(Some(&json!({"max_length": 12, "bos_token_id": null})), &config);
        let settings = settings.unwrap();
        assert_eq!((settings.start_token(), settings.end_tokens()), (Some(4), &[5, 6][..]));
        assert_eq!((settings.num_beams(), settings.max_length()), (1, 12));
    }

    #[test]
    fn search_settings_that_are_no_object_are_refused() {
        for broken in [json!([]), json!(7), json!("greedy")] {
            let error = GenerationConfig::from_json(Some(&broken), &json!({})).unwrap_err();
            assert!(error.to_string().contains("generation_config.json"), "{error}");
        }
    }

    #[test]
    fn a_token_that_has_to_come_and_that_the_vocabulary_lacks_is_told_by_its_name() {
        for name in [
            "decoder_start_token_id",
            "bos_token_id",
            "forced_bos_token_id",
            "eos_token_id",
            "forced_eos_token_id",
        ] {
            let settings = GenerationConfig::from_json(Some(&json!({ name: 9 })), &json!({})).unwrap();
            assert_eq!(settings.token_beyond(9), Some((name, 9)));
            assert_eq!(settings.token_beyond(10), None);
        }
    }

    #[test]
    fn a_model_without_search_settings_keeps_them_in_its_configuration() {
        let config = json!({"num_beams": 3, "eos_token_id": 5, "decoder": {"num_beams": 1, "min_length": 4}});
        let settings = GenerationConfig::from_json(None, &config).unwrap();
        assert_eq!(
            (settings.num_beams(), settings.min_length(), settings.max_length()),
            (3, 4, 20)
        );
    }

    #[test]
    fn new_tokens_are_counted_without_the_start_token() {
        let settings = json!({"max_new_tokens": 7, "min_new_tokens": 3, "early_stopping": "never"});
        let settings = GenerationConfig::from_json(Some(&settings), &json!({})).unwrap();
        assert_eq!((settings.max_length(), settings.min_length()), (8, 4));
        assert_eq!(settings.early_stopping, EarlyStopping::Never);
    }

    #[test]
    fn no_search_is_endless() {
        let settings = GenerationConfig::from_json(Some(&json!({"max_length": 1_000_000})), &json!({})).unwrap();
        assert_eq!(settings.max_length(), 512);
    }

    #[test]
    fn no_search_keeps_more_in_view_than_can_be_afforded_nor_nothing() {
        for (told, kept) in [(0, 1), (1, 1), (5, 5), (100_000, MAX_BEAMS)] {
            let settings = GenerationConfig::from_json(Some(&json!({"num_beams": told})), &json!({})).unwrap();
            assert_eq!(settings.num_beams(), kept);
        }
    }

    #[test]
    fn a_repetition_penalty_that_would_turn_scores_round_is_refused() {
        let settings = |penalty| GenerationConfig::from_json(Some(&json!({"repetition_penalty": penalty})), &json!({}));
        assert!(settings(1.3).is_ok());
        for penalty in [0.0, -1.5, 1e300] {
            let error = settings(penalty).unwrap_err().to_string();
            assert!(error.starts_with("repetition_penalty is "), "{error}");
            assert!(error.ends_with(", expected a number above 0"), "{error}");
        }
    }

    fn read(settings: Value) -> Result<GenerationConfig, GenerationError> {
        GenerationConfig::from_json(Some(&settings), &json!({}))
    }

    #[test]
    fn another_kind_of_search_and_a_setting_that_nobody_knows_are_refused_by_name() {
        for (name, value) in [
            ("do_sample", json!(true)),
            ("num_beam_groups", json!(2)),
            ("diversity_penalty", json!(0.5)),
            ("penalty_alpha", json!(0.6)),
            ("sequence_bias", json!([[[5], -2.0]])),
            ("encoder_no_repeat_ngram_size", json!(3)),
            ("exponential_decay_length_penalty", json!([15, 1.6])),
            ("guidance_scale", json!(1.5)),
            ("forced_decoder_ids", json!([[1, 2]])),
            ("max_time", json!(2.0)),
            ("some_new_penalty", json!(0.3)),
        ] {
            let error = read(json!({name: value})).unwrap_err();
            assert!(matches!(&error, GenerationError::NotUnderstood { name: said, .. } if said == name));
            assert!(error.to_string().contains(name), "{error}");
        }
    }

    #[test]
    fn what_does_not_change_the_search_passes() {
        let harmless = json!({
            "_from_model_config": true, "transformers_version": "4.46.3", "pad_token_id": 3, "use_cache": true,
            "do_sample": false, "num_beam_groups": 1, "diversity_penalty": 0.0, "penalty_alpha": null, "top_k": 50,
            "temperature": 0.7, "encoder_repetition_penalty": 1, "output_scores": true, "some_new_switch": false
        });
        assert_eq!(read(harmless), read(json!({})));
    }

    #[test]
    fn what_a_model_says_of_itself_in_its_configuration_is_no_search_setting_unless_it_is_one() {
        let config = json!({"hidden_size": 48, "id2label": {"0": "x"}, "decoder": {"do_sample": true}});
        let error = GenerationConfig::from_json(None, &config).unwrap_err();
        assert!(error.to_string().contains("do_sample"), "{error}");
        // By default: then the decoder's counts.
        let config = json!({"num_beams": 1, "length_penalty": 1, "decoder": {"num_beams": 5, "length_penalty": 2.0}});
        let settings = GenerationConfig::from_json(None, &config).unwrap();
        assert_eq!((settings.num_beams(), settings.length_penalty), (5, 2.0));
        // Beside a generation_config.json only the special tokens are looked for.
        let config = json!({"num_beams": 4, "forced_bos_token_id": 7, "bos_token_id": 6, "do_sample": true});
        let settings = GenerationConfig::from_json(Some(&json!({})), &config).unwrap();
        let found = (settings.num_beams(), settings.forced_first(), settings.start_token());
        assert_eq!(found, (1, None, Some(6)));
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused_with_what_it_could_be() {
        for (name, value, expected) in [
            ("num_beams", json!("many"), "whole number"),
            ("num_beams", json!(-3), "whole number"),
            ("length_penalty", json!(true), "number"),
            ("bad_words_ids", json!([5]), "lists"),
            ("bad_words_ids", json!([[]]), "lists"),
            ("suppress_tokens", json!([-1]), "token"),
            ("forced_bos_token_id", json!([5]), "token"),
            ("renormalize_logits", json!(1), "true or false"),
            ("num_return_sequences", json!(2), "at most"),
        ] {
            let error = read(json!({name: value})).unwrap_err().to_string();
            assert!(
                error.starts_with(&format!("{name} is ")) && error.contains(expected),
                "{error}"
            );
        }
    }

    #[test]
    fn a_person_is_told_of_a_wish_that_is_unknown_or_out_of_bounds() {
        assert_eq!(check_wish("length_penalty", &json!(-2)), Ok(()));
        assert_eq!(check_wish("max_new_tokens", &json!(null)), Ok(()));
        assert_eq!(check_wish("do_sample", &json!(false)), Ok(()));
        for (name, value) in [
            ("num_beams", json!(1000)),
            ("num_beams", json!(0)),
            ("max_length", json!(100_000)),
        ] {
            let error = check_wish(name, &value).unwrap_err().to_string();
            assert!(error.contains("from "), "{error}");
        }
        let error = check_wish("lenght_penalty", &json!(1)).unwrap_err().to_string();
        assert!(
            error.contains("lenght_penalty") && error.contains("length_penalty"),
            "{error}"
        );
        assert!(check_wish("do_sample", &json!(true)).is_err());
    }

    #[test]
    fn a_longest_length_that_is_asked_for_goes_before_the_models_number_of_new_tokens() {
        let settings = read(json!({"max_new_tokens": 30, "min_new_tokens": 4, "max_length": 9})).unwrap();
        assert_eq!(settings.max_length(), 31);
        let wish = json!({"max_length": 12, "min_length": 0, "length_penalty": null});
        let settings = settings.with(wish.as_object().unwrap()).unwrap();
        assert_eq!((settings.max_length(), settings.min_length()), (12, 0));
    }

    #[test]
    fn an_unknown_way_to_stop_is_refused_by_name() {
        let error = GenerationConfig::from_json(Some(&json!({"early_stopping": "soon"})), &json!({})).unwrap_err();
        assert!(error.to_string().contains("early_stopping is \"soon\""), "{error}");
    }
}
