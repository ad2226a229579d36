//! Which of the sentences found says what people would say of the photo.
//!
//! The likeliest sentence is often the commonest one. Where the encoder also foresees what the captions that people
//! would write about the photo have in them, a sentence counts for more the more it has in common with those. That is
//! consensus re-ranking (Devlin et al. 2015, "Exploring nearest neighbor approaches for image captioning"; Mao et al.
//! 2015, "Deep captioning with multimodal recurrent neural networks (m-RNN)", section 8) with the captions' expected
//! contents in the place of those of similar photos. What is said is always a sentence that the model has written
//! itself for this photo.
//!
//! How much of those captions names what the sentence is about also says how far to believe it: the model's own
//! probabilities hardly tell where it has taken the main thing for another one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ort::value::DynValue;

use super::main_noun::{Kind, main_noun};
use super::numbers::read;
use super::search::Found;
use super::sentence::written;
use super::{CaptionError, Expected};
use crate::model::{Consensus, GenerationConfig, ModelError, ModelFolder};
use crate::text;

/// The encoder's output: of each run of words that the configuration names the weight that it is expected to have in a
/// caption whose runs of that length weigh 1 together, `[batch, runs]`.
const OUTPUT: &str = "expected_captions";

/// How many of the sentences that were found are worth showing: a search with something to choose from finds more than
/// anybody wants to hear.
const WORTH_SHOWING: usize = 4;

/// The longest runs of words that are compared.
const LONGEST_RUN: usize = 2;

/// A token, or two that follow each other.
type Run = Vec<i64>;

/// Where in the encoder's outputs the expectation stands, and what it is of.
#[derive(Debug)]
pub(super) struct Foresight {
    output: usize,
    runs: Arc<Runs>,
}

/// What captions are told apart by.
#[derive(Debug, Default)]
struct Runs {
    /// How telling each token is, by its number.
    word_weights: Vec<f32>,
    /// Where each run stands in the output.
    places: HashMap<Run, usize>,
    /// The tokens that name something, with what they name.
    nouns: Vec<(i64, Kind)>,
}

/// What the captions that people would write about one photo have in them; nothing where the model does not say.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedCaptions {
    runs: Arc<Runs>,
    values: Vec<f32>,
}

impl Foresight {
    /// Of a model whose configuration says what its output is of; none for other models.
    pub(super) fn new(folder: &ModelFolder, outputs: &[String]) -> Result<Option<Self>, ModelError> {
        let Some(consensus) = &folder.config().hearsight.consensus else {
            return Ok(None);
        };
        let Some(output) = outputs.iter().position(|name| name == OUTPUT) else {
            return Err(folder.contradiction(text!("reason-no-expected-captions", output = OUTPUT)));
        };
        let number = |token: &str| folder.tokenizer().token_to_id(token).map(i64::from);
        Ok(Some(Self {
            output,
            runs: Arc::new(Runs::new(consensus, number)),
        }))
    }

    /// Reads what the encoder gave for one photo.
    pub(super) fn read(&self, outputs: &[DynValue]) -> Result<ExpectedCaptions, CaptionError> {
        let values = match outputs.get(self.output) {
            Some(output) => read(output)?.iter().copied().collect(),
            None => Vec::new(),
        };
        Ok(ExpectedCaptions {
            runs: Arc::clone(&self.runs),
            values,
        })
    }
}

impl Runs {
    /// `number` gives a token's number; a run of another one is never said.
    fn new(consensus: &Consensus, number: impl Fn(&str) -> Option<i64>) -> Self {
        let places = consensus.runs.iter().zip(0..).filter_map(|(run, place)| {
            let tokens: Option<Run> = run.split(' ').map(&number).collect();
            Some((tokens?, place))
        });
        let nouns = consensus.runs.iter().filter_map(|run| {
            // A token that is no word by itself names nothing.
            Some((number(run)?, Kind::of(run)?))
        });
        Self {
            word_weights: consensus.word_weights.clone(),
            places: places.collect(),
            nouns: nouns.collect(),
        }
    }

    /// What a run weighs: what its tokens weigh together.
    fn weight(&self, run: &[i64]) -> f32 {
        let weights = run.iter().filter_map(|&token| {
            let place = usize::try_from(token).ok()?;
            self.word_weights.get(place)
        });
        weights.sum()
    }

    /// The runs of `length` tokens, each with what it weighs as often as it is there; in order, so that their sum is the
    /// same to the last bit whenever it is asked for.
    fn weighed<'a>(&self, tokens: &'a [i64], length: usize) -> BTreeMap<&'a [i64], f32> {
        let mut runs = BTreeMap::new();
        for run in tokens.windows(length) {
            *runs.entry(run).or_default() += self.weight(run);
        }
        runs
    }
}

impl ExpectedCaptions {
    /// What the run is expected to weigh.
    fn of(&self, run: &[i64]) -> f32 {
        let value = self.runs.places.get(run).and_then(|&place| self.values.get(place));
        // A regression may come out below nothing, and what is no number says nothing.
        value.map_or(0.0, |value| value.max(0.0))
    }

    /// How much a sentence has in common with the captions, 0 to 10: the expected cosine, as CIDEr has it (Vedantam et
    /// al. 2015, section 3), over runs of one and of two tokens.
    fn likeness(&self, tokens: &[i64]) -> f32 {
        let of_length = (1..=LONGEST_RUN).map(|length| {
            let own = self.runs.weighed(tokens, length);
            let norm = own.values().map(|weight| weight * weight).sum::<f32>().sqrt();
            let shared: f32 = own.iter().map(|(run, weight)| weight * self.of(run)).sum();
            if norm > 0.0 { shared / norm } else { 0.0 }
        });
        10.0 * of_length.sum::<f32>() / LONGEST_RUN as f32
    }

    /// What the captions say of a sentence, which was written by these tokens; none where the model says nothing of
    /// captions.
    pub(super) fn of_sentence(&self, sentence: &str, tokens: &[i64]) -> Option<Expected> {
        (!self.values.is_empty()).then(|| Expected {
            likeness: self.likeness(tokens),
            main_noun_weight: self.naming(sentence),
        })
    }

    /// See [`Expected::main_noun_weight`].
    fn naming(&self, sentence: &str) -> Option<f32> {
        let lower = sentence.to_lowercase();
        let (noun, _) = main_noun(words(&lower))?;
        let named = self.runs.nouns.iter().filter(|(_, kind)| noun.agrees(*kind));
        let named = named.map(|&(token, _)| self.of(&[token]) / self.runs.weight(&[token]).max(f32::EPSILON));
        Some(named.sum())
    }
}

/// The words of a text; a hyphen stands within one, and what comes after an apostrophe is another one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(|letter: char| letter.is_whitespace() || "'’".contains(letter));
    let words = pieces.map(|piece| piece.trim_matches(|letter: char| !letter.is_alphanumeric()));
    words.filter(|word| !word.is_empty())
}

/// Puts the sentences found in the order of their scores and of what they have in common with what people would say,
/// each point of which counts `weight`, and leaves the best.
pub(super) fn rank(found: &mut Found, expected: &ExpectedCaptions, weight: f32, settings: &GenerationConfig) {
    if expected.values.is_empty() {
        return;
    }
    for (path, score) in found.iter_mut() {
        *score += f64::from(weight * expected.likeness(written(&path.tokens, settings)));
    }
    // Stable, so that equals stay in the search's order.
    found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
    found.truncate(WORTH_SHOWING);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::search::Hypothesis;
    use super::*;

    /// Tokens 1 to 4, of which 1 is in every caption, and the pair 2 and 3, with what is expected of each.
    fn expected(values: [f32; 5]) -> ExpectedCaptions {
        let consensus = Consensus {
            weight: 2.0,
            word_weights: vec![0.0, 0.0, 1.0, 2.0, 3.0],
            runs: ["a", "dog", "man", "puppy", "dog man"].map(str::to_owned).to_vec(),
        };
        let number = |token: &str| match token {
            "a" => Some(1),
            "dog" => Some(2),
            "man" => Some(3),
            "puppy" => Some(4),
            _ => None,
        };
        ExpectedCaptions {
            runs: Arc::new(Runs::new(&consensus, number)),
            values: values.to_vec(),
        }
    }

    #[test]
    fn a_sentence_is_most_like_captions_that_all_say_the_same_and_not_at_all_like_those_of_other_words() {
        // What the caption [1, 2, 3] weighs: of words (0, 1, 2) / √5, of pairs 1 and 3, of which one is known.
        let (words, pairs) = (5_f32.sqrt(), 10_f32.sqrt());
        let all_the_same = expected([0.0, 1.0 / words, 2.0 / words, 0.0, 3.0 / pairs]);
        let likeness = all_the_same.likeness(&[1, 2, 3]);
        assert!((likeness - 5.0 * (1.0 + 9.0 / 10.0)).abs() < 1e-4, "{likeness}");
        assert!(all_the_same.likeness(&[3, 2]) < likeness);
        assert!(all_the_same.likeness(&[4, 4]) < 1e-6);
        assert!(
            all_the_same.likeness(&[1]) < 1e-6,
            "a word of every caption says nothing"
        );
        assert!(all_the_same.likeness(&[]) < 1e-6);
        assert!(expected([f32::NAN, -1.0, 0.0, -0.5, -1.0]).likeness(&[1, 2, 3, 4]) >= 0.0);
    }

    #[test]
    fn saying_a_word_again_wins_nothing() {
        let expected = expected([0.0, 0.4, 0.4, 0.0, 0.0]);
        assert!(expected.likeness(&[2, 3, 3, 3]) < expected.likeness(&[2, 3]));
        assert!(expected.likeness(&[3, 3]) <= expected.likeness(&[3]));
    }

    #[test]
    fn what_people_would_say_outweighs_a_little_likelihood_and_only_the_best_are_left() {
        let path = |tokens: &[i64]| Hypothesis {
            tokens: tokens.to_vec(),
            log_probabilities: Vec::new(),
            attention: Vec::new(),
        };
        let mut found: Found = vec![
            (path(&[0, 2, 2]), -1.0),
            (path(&[0, 3, 4]), -1.5),
            (path(&[0, 2, 4]), -2.0),
            (path(&[0, 4, 2]), -2.5),
            (path(&[0, 2, 1]), -9.0),
        ];
        let before = found.clone();
        let settings = GenerationConfig::default();
        rank(&mut found, &ExpectedCaptions::default(), 2.0, &settings);
        assert_eq!(found, before, "nothing is known of captions");
        rank(&mut found, &expected([0.0, 0.0, 0.6, 0.8, 0.0]), 2.0, &settings);
        let order: Vec<&[i64]> = found.iter().map(|(path, _)| &path.tokens[1..]).collect();
        assert_eq!(order[0], [3, 4]);
        assert_eq!(order.len(), WORTH_SHOWING);
        assert!(!order.contains(&[2, 1].as_slice()));
        // (2 · 0.6 + 3 · 0.8) / √13 of the words, half of the points.
        assert!((found[0].1 - (-1.5 + 2.0 * 5.0 * 3.6 / 13_f64.sqrt())).abs() < 1e-4);
    }

    #[test]
    fn captions_that_name_the_main_thing_by_any_word_for_it_are_counted() {
        // Half of the captions are "dog man", which weighs √5, and a quarter "puppy", which weighs 3.
        let root = 5_f32.sqrt();
        let expected = expected([0.0, 0.5 / root, 1.0 / root, 0.25, 0.0]);
        let named = expected.naming("A brown dog and a man.").unwrap();
        assert!((named - (0.5 / root + 0.25 / 3.0)).abs() < 1e-5, "{named}");
        let man = expected.naming("A bike rider falls.").unwrap();
        assert!((man - 0.5 / root).abs() < 1e-5, "{man}");
        assert_eq!(expected.naming("Something red."), None);
        // What is covered with snow is the mountain, in the scores too.
        assert_eq!(expected.naming("A snow-covered mountain."), Some(0.0));
        assert_eq!(expected.naming("A dog's toy."), Some(named));
        assert_eq!(ExpectedCaptions::default().of_sentence("A dog.", &[2]), None);
    }
}
