//! `config.json`: what the model is, with our own `hearsight` object in it.

use serde::Deserialize;
use serde_json::Value;

use super::Neutral;

/// The part of `config.json` that describing needs.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
pub struct Config {
    vocab_size: Option<usize>,
    decoder: DecoderConfig,
    encoder: EncoderConfig,
    /// Our own settings; the defaults for a model of the hub.
    pub hearsight: HearsightConfig,
}

impl Config {
    /// Words in the decoder's vocabulary, where the file says it.
    pub fn vocab_size(&self) -> Option<usize> {
        self.decoder.vocab_size.or(self.vocab_size)
    }

    /// Rows and columns of the patches that the encoder cuts a photo into, where the file says it; what the decoder
    /// attends to may be coarser.
    pub fn patches(&self) -> Option<[usize; 2]> {
        let [height, width] = sides(&self.encoder.image_size)?;
        let [high, wide] = sides(&self.encoder.patch_size)?;
        Some([height.checked_div(high)?, width.checked_div(wide)?])
    }
}

/// Height and width; a single number stands for both.
fn sides(value: &Value) -> Option<[usize; 2]> {
    let length = |value: &Value| usize::try_from(value.as_u64()?).ok();
    match value {
        Value::Array(sides) => match &**sides {
            [height, width] => Some([length(height)?, length(width)?]),
            _ => None,
        },
        one => length(one).map(|side| [side, side]),
    }
}

/// What a vision transformer's configuration says of its photos; of any form, for other encoders have other ones.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(default)]
struct EncoderConfig {
    image_size: Value,
    patch_size: Value,
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
    /// How the confidence is computed.
    pub calibration: Option<Calibration>,
    /// The language of the captions, as a BCP 47 tag; none: English.
    pub language: Option<String>,
    /// The words, in lower case, of the encoder's output `word_support`, in its order.
    pub word_support: Option<Vec<String>>,
    /// Which words guess what sort of person somebody is, and how clearly the photo must speak for them; one rule after
    /// the other.
    pub neutral: Vec<Neutral>,
    /// A picture is none that can be described where the encoder's output `photo_probability` is less than this.
    pub no_photo_below: Option<f32>,
    /// How much the captions that people are expected to write, the encoder's output `expected_captions`, guide the search.
    pub consensus: Option<Consensus>,
    /// The model writes lower case without a full stop; the description should read as a sentence.
    pub capitalise: bool,
}

/// How much it counts what people would write about the photo.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Consensus {
    /// What each point of likeness to those captions (0 to 10) adds to the score of a sentence, which is its
    /// log-probability divided by a power of its length.
    pub weight: f32,
    /// What each point of what a search has on its way adds to its score, in the same measure: as yet it is only a part of a
    /// sentence, and says less.
    #[serde(default)]
    pub guidance: f32,
    /// How telling each token is, by its number: the logarithm of one over the share of the photos learnt from of which
    /// somebody used it.
    pub word_weights: Vec<f32>,
    /// The tokens and the pairs of tokens that follow each other of which the output speaks, in its order; a pair's are
    /// parted by a space.
    pub runs: Vec<String>,
}

/// A map from what speaks for a sentence to the confidence that it is right.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Calibration {
    /// Platt's logistic curve: `1 / (1 + exp(-log_odds))`, with `log_odds = intercept + slope * mean_log_probability +
    /// mean_support * evidence.mean_support + least_support * evidence.least_support + margin * (evidence.margin -
    /// usual_margin) + agreement * (evidence.agreement - usual_agreement) + likeness * (evidence.likeness -
    /// usual_likeness) + main_noun * (evidence.main_noun - usual_main_noun)`; margin and agreement are nothing where
    /// the search found no other sentence, likeness and main noun where nothing is expected of captions.
    Logistic {
        /// The log-odds of a sentence without any doubt, and without content words.
        intercept: f32,
        /// Log-odds lost with each unit of mean log-probability.
        slope: f32,
        /// Log-odds won with each unit of [`Evidence::mean_support`].
        #[serde(default)]
        mean_support: f32,
        /// Log-odds won with each unit of [`Evidence::least_support`].
        #[serde(default)]
        least_support: f32,
        /// Log-odds won with each unit of [`Evidence::margin`].
        #[serde(default)]
        margin: f32,
        /// The mean margin of the sentences that the curve was fitted to.
        #[serde(default)]
        usual_margin: f32,
        /// Log-odds won with each unit of [`Evidence::agreement`].
        #[serde(default)]
        agreement: f32,
        /// The mean agreement of the sentences that the curve was fitted to.
        #[serde(default)]
        usual_agreement: f32,
        /// Log-odds won with each unit of [`Evidence::likeness`].
        #[serde(default)]
        likeness: f32,
        /// The mean likeness of the sentences that the curve was fitted to.
        #[serde(default)]
        usual_likeness: f32,
        /// Log-odds won with each unit of [`Evidence::main_noun`].
        #[serde(default)]
        main_noun: f32,
        /// The mean of that of the sentences that the curve was fitted to.
        #[serde(default)]
        usual_main_noun: f32,
    },
}

impl Calibration {
    /// The confidence, 0 to 1, for a sentence with this evidence.
    pub fn confidence(&self, evidence: &Evidence) -> f32 {
        let Self::Logistic {
            intercept,
            slope,
            mean_support,
            least_support,
            margin,
            usual_margin,
            agreement,
            usual_agreement,
            likeness,
            usual_likeness,
            main_noun,
            usual_main_noun,
        } = self;
        let beside = |weight: &f32, found: Option<f32>, usual: &f32| weight * found.map_or(0.0, |found| found - usual);
        let log_odds = intercept
            + slope * evidence.mean_log_probability
            + mean_support * evidence.mean_support
            + least_support * evidence.least_support
            + beside(margin, evidence.margin, usual_margin)
            + beside(agreement, evidence.agreement, usual_agreement)
            + beside(likeness, evidence.likeness, usual_likeness)
            + beside(main_noun, evidence.main_noun, usual_main_noun);
        1.0 / (1.0 + (-log_odds).exp())
    }
}

/// What speaks for a sentence.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Of a generated token; 0 or less.
    pub mean_log_probability: f32,
    /// The mean log-odds of the photo's support for the sentence's words, as far as the model knows them; 0 where it
    /// knows none.
    pub mean_support: f32,
    /// The lowest of these log-odds; 0 where there are none.
    pub least_support: f32,
    /// By how much its mean log-probability exceeds that of the best other sentence that has other content words; none
    /// where the search found none.
    pub margin: Option<f32>,
    /// The mean share of the sentences that the search found, this one included, that use its content words; none where it
    /// found no other one.
    pub agreement: Option<f32>,
    /// How much it has in common with the captions that people are expected to write, 0 to 10; none where nothing is
    /// expected.
    pub likeness: Option<f32>,
    /// The logarithm of how much the expected captions name what its main noun names; none where nothing is expected,
    /// or there is no such noun.
    pub main_noun: Option<f32>,
}

impl Evidence {
    /// Support further from one half than this, in log-odds, counts as this far: nothing is quite certain.
    const FURTHEST: f32 = 6.0;

    /// Of a sentence with the photo's `support` for its words, each 0 to 1.
    pub fn new(mean_log_probability: f32, support: impl Iterator<Item = f32>) -> Self {
        let log_odds: Vec<f32> = support
            .map(|p| (p / (1.0 - p)).ln().clamp(-Self::FURTHEST, Self::FURTHEST))
            .collect();
        let least = log_odds.iter().copied().reduce(f32::min);
        Self {
            mean_log_probability,
            mean_support: log_odds.iter().sum::<f32>() / log_odds.len().max(1) as f32,
            least_support: least.unwrap_or(0.0),
            margin: None,
            agreement: None,
            likeness: None,
            main_noun: None,
        }
    }

    /// The logarithm of a weight that is foreseen, 0 or more: that nothing is foreseen makes nothing certain.
    pub fn logarithm(weight: f32) -> f32 {
        weight.max(0.005).ln()
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
    fn patches_are_told_by_the_sizes_of_photo_and_patch_where_they_make_sense() {
        let patches = |encoder: &str| {
            let config: Config = serde_json::from_str(&format!(r#"{{"encoder": {encoder}}}"#)).unwrap();
            config.patches()
        };
        assert_eq!(patches(r#"{"image_size": 224, "patch_size": 16}"#), Some([14, 14]));
        assert_eq!(
            patches(r#"{"image_size": [48, 32], "patch_size": [16, 8]}"#),
            Some([3, 4])
        );
        for other in [
            r#"{}"#,
            r#"{"image_size": 224}"#,
            r#"{"image_size": [1, 2, 3], "patch_size": 16}"#,
            r#"{"image_size": 224, "patch_size": 0}"#,
            r#"{"image_size": "large", "patch_size": -1}"#,
        ] {
            assert_eq!(patches(other), None, "{other}");
        }
    }

    #[test]
    fn a_logistic_calibration_is_read_and_applied() {
        let json = r#"{"hearsight": {"calibration": {"kind": "logistic", "intercept": 1.0, "slope": 2.0}}}"#;
        let config: Config = serde_json::from_str(json).unwrap();
        let calibration = config.hearsight.calibration.unwrap();
        let sure = |mean| calibration.confidence(&Evidence::new(mean, std::iter::empty()));
        assert_eq!(sure(-0.5), 0.5);
        assert!(sure(-2.0) < sure(-1.0));
    }

    #[test]
    fn a_word_that_the_photo_does_not_support_lowers_the_confidence() {
        let calibration = Calibration::Logistic {
            intercept: 0.0,
            slope: 1.0,
            mean_support: 0.5,
            least_support: 0.5,
            margin: 2.0,
            usual_margin: 0.3,
            agreement: 1.0,
            usual_agreement: 0.8,
            likeness: 1.0,
            usual_likeness: 1.5,
            main_noun: 0.5,
            usual_main_noun: 3.0,
        };
        let sure = |support: &[f32]| calibration.confidence(&Evidence::new(0.0, support.iter().copied()));
        assert!((sure(&[0.5, 0.5]) - 0.5).abs() < 1e-6);
        assert!(sure(&[0.9, 0.9]) > sure(&[0.9, 0.1]));
        assert!(sure(&[1.0]) < 1.0 && sure(&[0.0]) > 0.0);
        let beside = |margin, agreement| {
            calibration.confidence(&Evidence {
                margin,
                agreement,
                ..Evidence::default()
            })
        };
        // A search that found one sentence has nothing to say of either.
        assert_eq!(beside(None, None), beside(Some(0.3), Some(0.8)));
        assert!(beside(Some(0.5), None) > beside(Some(0.1), None));
        assert!(beside(None, Some(1.0)) > beside(None, Some(0.4)));
        let alike = |likeness| {
            calibration.confidence(&Evidence {
                likeness,
                ..Evidence::default()
            })
        };
        assert!(alike(Some(0.2)) < alike(None) && alike(None) < alike(Some(2.0)));
        let expected = |weight: Option<f32>| {
            calibration.confidence(&Evidence {
                main_noun: weight.map(Evidence::logarithm),
                ..Evidence::default()
            })
        };
        assert!(expected(Some(0.01)) < expected(None) && expected(None) < expected(Some(30.0)));
        assert!(expected(Some(0.0)) > 0.0 && expected(Some(1.0)) < 1.0);
    }

    #[test]
    fn a_misspelt_setting_of_ours_is_refused_by_name() {
        let error = serde_json::from_str::<Config>(r#"{"hearsight": {"capitalize": true}}"#).unwrap_err();
        assert!(error.to_string().contains("capitalize"), "{error}");
    }
}
