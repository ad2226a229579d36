//! `config.json`: what the model is, with our own `hearsight` object in it.

use serde::Deserialize;

/// The part of `config.json` that describing needs.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Config {
    vocab_size: Option<usize>,
    decoder: DecoderConfig,
    /// Our own settings; the defaults for a model of the hub.
    pub hearsight: HearsightConfig,
}

impl Config {
    /// Words in the decoder's vocabulary, where the file says it.
    pub fn vocab_size(&self) -> Option<usize> {
        self.decoder.vocab_size.or(self.vocab_size)
    }
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct DecoderConfig {
    vocab_size: Option<usize>,
}

/// What only Hearsight's models say, under `hearsight` in `config.json`.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default, deny_unknown_fields)]
pub struct HearsightConfig {
    /// The name that people see; none: the folder's name.
    pub name: Option<String>,
    /// Rows and columns of the grid that the decoder attends to.
    pub attention_grid: Option<[usize; 2]>,
    /// How the confidence is computed from the log-probabilities.
    pub calibration: Option<Calibration>,
    /// The language of the captions, as a BCP 47 tag; none: English.
    pub language: Option<String>,
    /// The model writes lower case without a full stop; the description should read as a sentence.
    pub capitalise: bool,
}

/// A map from a sentence's mean log-probability to the confidence that it is right.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Calibration {
    /// Platt's logistic curve: `1 / (1 + exp(-(intercept + slope * mean_log_probability)))`.
    Logistic {
        /// The curve's value, in log-odds, for a sentence without any doubt.
        intercept: f32,
        /// Log-odds lost with each unit of mean log-probability.
        slope: f32,
    },
}

impl Calibration {
    /// The confidence, 0 to 1, for a sentence with this mean log-probability (0 or less).
    pub fn confidence(&self, mean_log_probability: f32) -> f32 {
        match self {
            Self::Logistic { intercept, slope } => 1.0 / (1.0 + (-(intercept + slope * mean_log_probability)).exp()),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_decoders_vocabulary_counts_before_the_models() {
        let config: Config = serde_json::from_str(r#"{"vocab_size": 7, "decoder": {"vocab_size": 9}}"#).unwrap();
        assert_eq!(config.vocab_size(), Some(9));
    }

    #[test]
    fn a_logistic_calibration_is_read_and_applied() {
        let json = r#"{"hearsight": {"calibration": {"kind": "logistic", "intercept": 1.0, "slope": 2.0}}}"#;
        let config: Config = serde_json::from_str(json).unwrap();
        let calibration = config.hearsight.calibration.unwrap();
        assert_eq!(calibration.confidence(-0.5), 0.5);
        assert!(calibration.confidence(-2.0) < calibration.confidence(-1.0));
    }

    #[test]
    fn a_misspelt_setting_of_ours_is_refused_by_name() {
        let error = serde_json::from_str::<Config>(r#"{"hearsight": {"capitalize": true}}"#).unwrap_err();
        assert!(error.to_string().contains("capitalize"), "{error}");
    }
}
