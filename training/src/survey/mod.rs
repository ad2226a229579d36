//! A data set looked at before anything learns from it: how many photos and captions, how long, which words, and how much
//! of them a vocabulary covers; as tables (CSV) and plots (SVG and PNG).

mod command;
mod plots;
mod tables;

use std::collections::{BTreeMap, HashMap};

use anyhow::Result;
pub use command::SurveyCommand;

use crate::data::captions::CaptionedPhoto;
use crate::data::spelling::Spelling;
use crate::data::words::Cleaner;

/// How many captions have how many words.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Lengths(BTreeMap<usize, usize>);

/// What the captions of some photos are like.
#[derive(Clone, Debug, PartialEq)]
pub struct Survey {
    /// Photos.
    pub photos: usize,
    /// Captions, of all photos together.
    pub captions: usize,
    /// Words a caption as written: what stands between spaces.
    pub written: Lengths,
    /// Words a caption as learnt: lower case, without punctuation, misspellings mended.
    pub cleaned: Lengths,
    /// Cleaned words, the most frequent first, with how often they stand there; equals in alphabetical order.
    pub words: Vec<(String, usize)>,
}

impl Survey {
    /// Counts.
    ///
    /// # Errors
    /// The tokenizers library's own.
    pub fn of(photos: &[CaptionedPhoto], spelling: Option<&Spelling>) -> Result<Self> {
        let cleaner = Cleaner::new()?;
        let captions: Vec<&String> = photos.iter().flat_map(|photo| &photo.captions).collect();
        let (mut written, mut cleaned) = (Lengths::default(), Lengths::default());
        let mut counts: HashMap<String, usize> = HashMap::new();
        for caption in &captions {
            written.add(caption.split_whitespace().count());
            let words = match spelling {
                Some(spelling) => cleaner.words(&spelling.mend(caption)),
                None => cleaner.words(caption),
            }?;
            cleaned.add(words.len());
            for word in words {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut words: Vec<_> = counts.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        Ok(Self {
            photos: photos.len(),
            captions: captions.len(),
            written,
            cleaned,
            words,
        })
    }

    /// Cleaned words, each as often as it stands there.
    pub fn tokens(&self) -> usize {
        self.words.iter().map(|(_, count)| count).sum()
    }

    /// The share of the tokens that the most frequent words make up: with one word, with two, and so on.
    pub fn coverage(&self) -> Vec<f64> {
        let (all, mut covered) = (self.tokens().max(1) as f64, 0);
        let add = |(_, count): &(String, usize)| {
            covered += count;
            covered as f64 / all
        };
        self.words.iter().map(add).collect()
    }

    /// How many words stand there so often or more.
    pub fn seen(&self, minimum: usize) -> usize {
        self.words.partition_point(|(_, count)| *count >= minimum)
    }
}

impl Lengths {
    fn add(&mut self, words: usize) {
        *self.0.entry(words).or_default() += 1;
    }

    /// Captions with so many words.
    pub fn count(&self, words: usize) -> usize {
        self.0.get(&words).copied().unwrap_or_default()
    }

    /// Words of the longest caption.
    pub fn longest(&self) -> usize {
        self.0.keys().next_back().copied().unwrap_or_default()
    }

    /// Words of the caption in the middle, the mean of both where there are two; 0 without captions.
    pub fn median(&self) -> f64 {
        let count: usize = self.0.values().sum();
        if count == 0 {
            return 0.0;
        }
        let at = |place: usize| {
            let mut before = 0;
            let found = self.0.iter().find(|(_, captions)| {
                before += **captions;
                before > place
            });
            found.map_or(0.0, |(words, _)| *words as f64)
        };
        f64::midpoint(at((count - 1) / 2), at(count / 2))
    }

    /// Words of all captions together.
    pub fn words(&self) -> usize {
        self.0.iter().map(|(words, captions)| words * captions).sum()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    pub(super) fn photos() -> Vec<CaptionedPhoto> {
        let photo = |name: &str, captions: &[&str]| CaptionedPhoto {
            name: name.to_owned(),
            path: name.into(),
            captions: captions.iter().map(|caption| (*caption).to_owned()).collect(),
        };
        vec![
            photo("a.jpg", &["A dog runs .", "A dog , brown , runs !"]),
            photo("b.jpg", &["Two dogs"]),
        ]
    }

    #[test]
    fn captions_and_their_words_are_counted_before_and_after_cleaning() {
        let found = Survey::of(&photos(), None).unwrap();
        assert_eq!((found.photos, found.captions, found.tokens()), (2, 3, 9));
        assert_eq!((found.written.median(), found.cleaned.median()), (4.0, 3.0));
        assert_eq!((found.written.longest(), found.written.words()), (7, 13));
        assert_eq!((found.cleaned.count(4), found.cleaned.count(5)), (1, 0));
        let words: Vec<(&str, usize)> = found
            .words
            .iter()
            .map(|(word, count)| (word.as_str(), *count))
            .collect();
        assert_eq!(
            words,
            [("a", 2), ("dog", 2), ("runs", 2), ("brown", 1), ("dogs", 1), ("two", 1)]
        );
        assert_eq!((found.seen(2), found.seen(1), found.seen(3)), (3, 6, 0));
        let coverage = found.coverage();
        assert!((coverage[2] - 6.0 / 9.0).abs() < 1e-12 && (coverage[5] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn the_median_of_an_even_number_of_captions_lies_between_the_two_in_the_middle() {
        let mut lengths = Lengths::default();
        assert!(lengths.median().abs() < 1e-12);
        for words in [9, 3, 4, 1] {
            lengths.add(words);
        }
        assert!((lengths.median() - 3.5).abs() < 1e-12);
    }
}
