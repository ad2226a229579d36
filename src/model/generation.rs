//! `generation_config.json`: how a sentence is searched for, as Hugging Face's `generate()` reads it.

use serde::Deserialize;
use serde::de::Error as _;
use serde_json::{Map, Value};

use crate::text;

/// The settings of a search, with the meanings and defaults of Hugging Face's `GenerationConfig`.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(default)]
pub struct GenerationConfig {
    decoder_start_token_id: Option<i64>,
    bos_token_id: Option<i64>,
    eos_token_id: OneOrMany,
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
            eos_token_id: OneOrMany::default(),
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

impl GenerationConfig {
    /// Reads `generation_config.json`. Older models have none: then `config.json` and its `decoder` object say how to
    /// search. The token ids are looked for there in either case.
    pub(super) fn from_json(generation: Option<&Value>, config: &Value) -> Result<Self, serde_json::Error> {
        let alone = generation.is_none();
        let mut settings = Map::new();
        for (source, whole) in [
            (config.get("decoder"), alone),
            (Some(config), alone),
            (generation, true),
        ] {
            for (key, value) in source.and_then(Value::as_object).into_iter().flatten() {
                if !value.is_null() && (whole || key.ends_with("_token_id")) {
                    settings.insert(key.clone(), value.clone());
                }
            }
        }
        let settings: Self = serde_json::from_value(Value::Object(settings))?;
        let penalty = settings.repetition_penalty;
        if !(penalty.is_finite() && penalty > 0.0) {
            let reason = text!("reason-penalty", penalty = penalty.to_string());
            return Err(serde_json::Error::custom(reason));
        }
        Ok(settings)
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
        match &self.eos_token_id {
            OneOrMany::One(id) => std::slice::from_ref(id),
            OneOrMany::Many(ids) => ids,
        }
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
#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq, Eq)]
#[serde(try_from = "Value")]
pub enum EarlyStopping {
    /// `true`: as soon as there are as many finished sentences as beams.
    Yes,
    /// `false`: when it is unlikely that a better sentence comes.
    #[default]
    Unlikely,
    /// `"never"`: when no better sentence can come.
    Never,
}

impl TryFrom<Value> for EarlyStopping {
    type Error = String;

    fn try_from(value: Value) -> Result<Self, Self::Error> {
        match value {
            Value::Bool(true) => Ok(Self::Yes),
            Value::Bool(false) => Ok(Self::Unlikely),
            Value::String(text) if text == "never" => Ok(Self::Never),
            other => Err(text!("reason-early-stopping", value = other.to_string())),
        }
    }
}

#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum OneOrMany {
    One(i64),
    Many(Vec<i64>),
}

impl Default for OneOrMany {
    fn default() -> Self {
        Self::Many(Vec::new())
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

    #[test]
    fn an_unknown_way_to_stop_is_refused_by_name() {
        let error = GenerationConfig::from_json(Some(&json!({"early_stopping": "soon"})), &json!({})).unwrap_err();
        assert!(error.to_string().contains("early_stopping is \"soon\""), "{error}");
    }
}
