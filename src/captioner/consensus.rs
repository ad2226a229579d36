//! Which sentence says what people would say of the photo.
//!
//! The likeliest sentence is often the commonest one. Where the encoder also foresees what the captions that people
//! would write about the photo have in them, a sentence counts for more the more it has in common with those. That is
//! consensus re-ranking (Devlin et al. 2015, "Exploring nearest neighbor approaches for image captioning"; Mao et al.
//! 2015, "Deep captioning with multimodal recurrent neural networks (m-RNN)", section 8) with the captions' expected
//! contents in the place of those of similar photos; and it begins with the first word, not with the sentences that
//! likelihood alone has found. What is said is always a sentence that the model has written itself for this photo.
//!
//! How much of those captions names what the sentence is about also says how far to believe it: the model's own
//! probabilities hardly tell where it has taken the main thing for another one.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use ort::value::DynValue;

use super::main_noun::{Kind, main_noun};
use super::numbers::read;
use super::{CaptionError, Expected};
use crate::model::{Consensus, ModelError, ModelFolder};
use crate::text;

/// The encoder's output: of each run of words that the configuration names the weight that it is expected to have in a
/// caption whose runs of that length weigh 1 together, `[batch, runs]`.
const OUTPUT: &str = "expected_captions";

/// The longest runs of words that are compared.
const LONGEST_RUN: usize = 2;

/// Where in the encoder's outputs the expectation stands, and what it is of.
#[derive(Debug)]
pub(super) struct Foresight {
    output: usize,
    runs: Arc<Runs>,
}

/// What captions are told apart by.
#[derive(Debug, Default)]
struct Runs {
    /// What a point of likeness adds to the score of a sentence, and of one that is not at its end.
    weight: f32,
    guidance: f32,
    /// How telling each token is, by its number.
    word_weights: Vec<f32>,
    /// The tokens of which the output speaks, with where they stand there.
    words: Vec<(i64, usize)>,
    /// For each token those that may follow it, with where the pair stands.
    pairs: HashMap<i64, BTreeMap<i64, usize>>,
    /// The tokens that name something, with what they name.
    nouns: Vec<(i64, Kind)>,
}

/// What the captions that people would write about one photo have in them; nothing where the model does not say.
#[derive(Clone, Debug, Default)]
pub(super) struct ExpectedCaptions {
    runs: Arc<Runs>,
    /// In the order of the output.
    values: Vec<f32>,
    /// What each token is expected to weigh, by its number.
    words: Vec<f32>,
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
        Ok(ExpectedCaptions::new(Arc::clone(&self.runs), values))
    }
}

impl Runs {
    /// `number` gives a token's number; a run of another one is never said.
    fn new(consensus: &Consensus, number: impl Fn(&str) -> Option<i64>) -> Self {
        let (mut words, mut pairs) = (Vec::new(), HashMap::<_, BTreeMap<_, _>>::new());
        for (run, place) in consensus.runs.iter().zip(0..) {
            let tokens: Option<Vec<i64>> = run.split(' ').map(&number).collect();
            match tokens.as_deref() {
                Some(&[word]) => words.push((word, place)),
                Some(&[first, second]) => {
                    pairs.entry(first).or_default().insert(second, place);
                }
                _ => {}
            }
        }
        let nouns = consensus.runs.iter().filter_map(|run| {
            // A token that is no word by itself names nothing.
            Some((number(run)?, Kind::of(run)?))
        });
        Self {
            weight: consensus.weight,
            guidance: consensus.guidance,
            word_weights: consensus.word_weights.clone(),
            words,
            pairs,
            nouns: nouns.collect(),
        }
    }

    /// How telling a token is.
    fn weight(&self, token: i64) -> f32 {
        let place = usize::try_from(token).ok();
        let weight = place.and_then(|place| self.word_weights.get(place));
        weight.copied().unwrap_or_default()
    }
}

/// What the runs of one length of a sentence come to.
#[derive(Clone, Copy, Default)]
struct Sum {
    /// What they weigh times what they are expected to weigh, each once: saying something again wins nothing.
    shared: f32,
    /// The squares of what they weigh, as often as they are there.
    squares: f32,
}

impl Sum {
    /// With one more run, which is there so many times already.
    fn and(self, weight: f32, expected: f32, times: usize) -> Self {
        let shared = if times == 0 { weight * expected } else { 0.0 };
        Self {
            shared: self.shared + shared,
            squares: self.squares + weight * weight * (2 * times + 1) as f32,
        }
    }

    fn cosine(self) -> f32 {
        if self.squares > 0.0 {
            self.shared / self.squares.sqrt()
        } else {
            0.0
        }
    }
}

/// The likeness that the cosines of words and of pairs make.
fn likeness_of(words: Sum, pairs: Sum) -> f32 {
    10.0 * (words.cosine() + pairs.cosine()) / LONGEST_RUN as f32
}

impl ExpectedCaptions {
    fn new(runs: Arc<Runs>, mut values: Vec<f32>) -> Self {
        // A regression may come out below nothing, and what is no number says nothing.
        for value in &mut values {
            *value = if value.is_finite() { value.max(0.0) } else { 0.0 };
        }
        let mut words = vec![0.0; runs.word_weights.len()];
        for &(token, place) in &runs.words {
            let word = usize::try_from(token).ok().and_then(|token| words.get_mut(token));
            if let (Some(word), Some(&value)) = (word, values.get(place)) {
                *word = value;
            }
        }
        Self { runs, values, words }
    }

    /// Whether anything is known of captions.
    pub(super) fn is_known(&self) -> bool {
        !self.values.is_empty()
    }

    /// What so much likeness adds to the score of a sentence.
    pub(super) fn worth(&self, likeness: f32) -> f64 {
        f64::from(self.runs.weight * likeness)
    }

    /// What each point of likeness adds to the score of what is no whole sentence yet.
    pub(super) fn guidance(&self) -> f32 {
        self.runs.guidance
    }

    /// What a token, or two that follow each other, are expected to weigh.
    fn of(&self, run: &[i64]) -> f32 {
        let value = match run {
            [word] => usize::try_from(*word).ok().and_then(|word| self.words.get(word)),
            [first, second] => {
                let pair = self.runs.pairs.get(first).and_then(|after| after.get(second));
                pair.and_then(|&place| self.values.get(place))
            }
            _ => None,
        };
        value.copied().unwrap_or_default()
    }

    fn sum(&self, tokens: &[i64], length: usize) -> Sum {
        let runs = tokens.windows(length).enumerate();
        runs.fold(Sum::default(), |sum, (at, run)| {
            let before = tokens.windows(length).take(at);
            let weight = run.iter().map(|&token| self.runs.weight(token)).sum();
            sum.and(weight, self.of(run), before.filter(|other| *other == run).count())
        })
    }

    /// How much a sentence has in common with the captions, 0 to 10: the expected cosine, as CIDEr-D has it (Vedantam et
    /// al. 2015, sections 3 and 4), over runs of one and of two tokens.
    pub(super) fn likeness(&self, tokens: &[i64]) -> f32 {
        if self.is_known() {
            likeness_of(self.sum(tokens, 1), self.sum(tokens, 2))
        } else {
            0.0
        }
    }

    /// The same of what each token of the vocabulary makes of `tokens` when it comes after them.
    pub(super) fn likeness_after(&self, tokens: &[i64], likeness: &mut [f32]) {
        if !self.is_known() {
            return;
        }
        let (words, pairs, last) = (self.sum(tokens, 1), self.sum(tokens, 2), tokens.last().copied());
        let last_weight = last.map(|last| self.runs.weight(last));
        let after = |weight: f32, expected: f32, in_pair: f32, times: [usize; 2]| {
            let words = words.and(weight, expected, times[0]);
            let pairs = last_weight.map_or(pairs, |last| pairs.and(last + weight, in_pair, times[1]));
            likeness_of(words, pairs)
        };
        let own = self.runs.word_weights.iter().zip(&self.words);
        for (likeness, (&weight, &expected)) in likeness.iter_mut().zip(own) {
            *likeness = after(weight, expected, 0.0, [0; 2]);
        }
        // Those that are expected after the last one, or were said, are something else.
        let following = last.and_then(|last| self.runs.pairs.get(&last));
        for &token in following.into_iter().flat_map(|pairs| pairs.keys()).chain(tokens) {
            let is = |other: &&i64| **other == token;
            let follows = |pair: &&[i64]| Some(pair[0]) == last && pair[1] == token;
            let times = [
                tokens.iter().filter(is).count(),
                tokens.windows(2).filter(follows).count(),
            ];
            if let Some(likeness) = usize::try_from(token).ok().and_then(|place| likeness.get_mut(place)) {
                let in_pair = last.map_or(0.0, |last| self.of(&[last, token]));
                *likeness = after(self.runs.weight(token), self.of(&[token]), in_pair, times);
            }
        }
    }

    /// What the captions say of a sentence, which was written by these tokens; none where the model says nothing of
    /// captions.
    pub(super) fn of_sentence(&self, sentence: &str, tokens: &[i64]) -> Option<Expected> {
        self.is_known().then(|| Expected {
            likeness: self.likeness(tokens),
            main_noun_weight: self.naming(sentence),
        })
    }

    /// See [`Expected::main_noun_weight`].
    fn naming(&self, sentence: &str) -> Option<f32> {
        let lower = sentence.to_lowercase();
        let (noun, _) = main_noun(words(&lower))?;
        let named = self.runs.nouns.iter().filter(|(_, kind)| noun.agrees(*kind));
        let named = named.map(|&(token, _)| self.of(&[token]) / self.runs.weight(token).max(f32::EPSILON));
        Some(named.sum())
    }
}

/// The words of a text; a hyphen stands within one, and what comes after an apostrophe is another one.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let pieces = text.split(|letter: char| letter.is_whitespace() || "'’".contains(letter));
    let words = pieces.map(|piece| piece.trim_matches(|letter: char| !letter.is_alphanumeric()));
    words.filter(|word| !word.is_empty())
}

#[cfg(test)]
impl ExpectedCaptions {
    /// All captions say one of these tokens, of so many, and all tokens are as telling.
    pub(super) fn of_words(words: &[i64], vocabulary: usize, weight: f32, guidance: f32) -> Self {
        let consensus = Consensus {
            weight,
            guidance,
            word_weights: vec![1.0; vocabulary],
            runs: words.iter().map(i64::to_string).collect(),
        };
        let runs = Runs::new(&consensus, |token| token.parse().ok());
        Self::new(Arc::new(runs), vec![1.0; words.len()])
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Tokens 1 to 4, of which 1 is in every caption, and the pair 2 and 3, with what is expected of each.
    fn expected(values: [f32; 5]) -> ExpectedCaptions {
        let consensus = Consensus {
            weight: 2.0,
            guidance: 1.0,
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
        ExpectedCaptions::new(Arc::new(Runs::new(&consensus, number)), values.to_vec())
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
        assert_eq!(
            expected([f32::NAN, -1.0, f32::INFINITY, -0.5, -1.0]).likeness(&[1, 2, 3, 4]),
            0.0
        );
    }

    #[test]
    fn saying_a_word_again_wins_nothing() {
        let expected = expected([0.0, 0.4, 0.4, 0.0, 0.0]);
        assert!(expected.likeness(&[2, 3, 3, 3]) < expected.likeness(&[2, 3]));
        assert!(expected.likeness(&[3, 3]) <= expected.likeness(&[3]));
    }

    #[test]
    fn what_each_token_makes_of_a_sentence_is_what_the_longer_sentence_is_like() {
        let expected = expected([0.1, 0.4, 0.3, -1.0, 0.7]);
        for tokens in [&[][..], &[1], &[2], &[2, 3, 1, 2], &[3, 3, 2, 3, 2], &[4, 2, 9]] {
            let mut after = [0.0; 5];
            expected.likeness_after(tokens, &mut after);
            for (&likeness, token) in after.iter().zip(0..) {
                let whole = expected.likeness(&[tokens, &[token]].concat());
                assert!(
                    (likeness - whole).abs() < 1e-5,
                    "{tokens:?} and {token}: {likeness}, {whole}"
                );
            }
        }
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
