//! Which words the photo supports: what an encoder with a bag of words says before any sentence is written.
//!
//! A language model that has begun "a dog" is sure of "runs" whatever the photo shows; the bag has seen the photo alone,
//! and catches gross errors that the log-probability does not.

use std::collections::HashMap;
use std::sync::Arc;

use ort::value::DynValue;

use super::CaptionError;
use super::numbers::read;
use crate::model::{ModelError, ModelFolder};
use crate::text;

/// The encoder's output: the probability of each word of the bag, `[batch, bag]`.
const OUTPUT: &str = "word_support";

/// Where the words of the bag stand in the encoder's output.
#[derive(Debug)]
pub(super) struct Bag {
    output: usize,
    places: Arc<HashMap<String, usize>>,
}

/// What one photo supports; knows no word where the model has no bag.
#[derive(Clone, Debug, Default)]
pub(super) struct Support {
    places: Arc<HashMap<String, usize>>,
    probabilities: Vec<f32>,
}

impl Bag {
    /// The bag of a model whose configuration names its words; none for other models.
    pub(super) fn new(folder: &ModelFolder, outputs: &[String]) -> Result<Option<Self>, ModelError> {
        let Some(words) = &folder.config().hearsight.word_support else {
            return Ok(None);
        };
        let Some(output) = outputs.iter().position(|name| name == OUTPUT) else {
            return Err(folder.contradiction(text!("reason-no-word-support", output = OUTPUT)));
        };
        let places = words.iter().enumerate().map(|(place, word)| (word.clone(), place));
        Ok(Some(Self {
            output,
            places: Arc::new(places.collect()),
        }))
    }

    /// Reads what the encoder gave for one photo.
    pub(super) fn read(&self, outputs: &[DynValue]) -> Result<Support, CaptionError> {
        let probabilities = match outputs.get(self.output) {
            Some(output) => read(output)?.iter().copied().collect(),
            None => Vec::new(),
        };
        Ok(Support {
            places: Arc::clone(&self.places),
            probabilities,
        })
    }
}

impl Support {
    #[cfg(test)]
    pub(super) fn new<const N: usize>(words: [&str; N], probabilities: [f32; N]) -> Self {
        let places = words
            .iter()
            .enumerate()
            .map(|(place, word)| ((*word).to_owned(), place));
        Self {
            places: Arc::new(places.collect()),
            probabilities: probabilities.to_vec(),
        }
    }

    /// How likely the photo makes a word, 0 to 1; none for a word that the bag does not have.
    pub(super) fn of(&self, word: &str) -> Option<f32> {
        let plain = word
            .trim_matches(|letter: char| !letter.is_alphanumeric())
            .to_lowercase();
        let place = *self.places.get(&plain)?;
        self.probabilities
            .get(place)
            .map(|probability| probability.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_whatever_its_case_and_what_stands_around_it() {
        let support = Support::new(["cat", "dog"], [0.1, 0.8]);
        assert_eq!(support.of("Dog."), Some(0.8));
        assert_eq!(support.of("the"), None);
        assert_eq!(Support::default().of("dog"), None);
    }
}
