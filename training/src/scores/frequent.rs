//! What no model needs a photo for: the caption that people have written most often, said of every photo. A captioner that
//! scores no more than that has learnt nothing of what it sees.

use std::collections::HashMap;
use std::fmt;

use serde::Serialize;

use super::{Score, ScoreError, Scores, ptb};

/// The most frequent caption and what it scores. Its JSON has the numbers alone: the words are somebody's.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MostFrequent {
    /// In words as [`ptb::tokenize`] finds them; of several as frequent, the first by the alphabet.
    #[serde(skip)]
    pub caption: String,
    /// How often it was written.
    pub times: usize,
    /// Of all photos together.
    #[serde(flatten)]
    pub score: Score,
}

impl MostFrequent {
    /// The most frequent one of `captions`, said of each photo of `references`, by name.
    ///
    /// # Errors
    /// [`ScoreError`]; without captions, or without photos, there is nothing to score.
    pub fn of<'a>(
        captions: impl Iterator<Item = &'a str>,
        references: &HashMap<String, Vec<String>>,
    ) -> Result<Self, ScoreError> {
        let mut counts: HashMap<String, usize> = HashMap::new();
        for caption in captions {
            *counts.entry(ptb::tokenize(caption).join(" ")).or_default() += 1;
        }
        let before = |a: &(String, usize), b: &(String, usize)| a.1.cmp(&b.1).then_with(|| b.0.cmp(&a.0));
        let (caption, times) = counts.into_iter().max_by(before).ok_or(ScoreError::NoCaptions)?;
        let said: Vec<_> = references
            .keys()
            .map(|photo| (photo.clone(), caption.clone()))
            .collect();
        let score = Scores::of(&said, references)?.corpus;
        Ok(Self { caption, times, score })
    }
}

impl fmt::Display for MostFrequent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the most frequent caption of those that were learnt from, said of every photo (\"{}\", {} times): CIDEr-D {:.4}, \
             BLEU-1 {:.4}, BLEU-4 {:.4}",
            self.caption, self.times, self.score.cider_d, self.score.bleu[0], self.score.bleu[3]
        )
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_most_frequent_caption_is_found_whatever_its_case_and_points_and_said_of_every_photo() {
        let captions = [
            "A dog runs.",
            "a cat sleeps",
            "a dog runs",
            "A bird flies",
            "a dog  runs !",
        ];
        let references: HashMap<_, _> = [("a", "a dog runs"), ("b", "a dog runs fast"), ("c", "two cats")]
            .map(|(photo, caption)| (photo.to_owned(), vec![caption.to_owned()]))
            .into();
        let found = MostFrequent::of(captions.into_iter(), &references).unwrap();
        assert_eq!((found.caption.as_str(), found.times), ("a dog runs", 3));
        let said: Vec<_> = ["a", "b", "c"]
            .map(|photo| (photo.to_owned(), "A dog runs.".to_owned()))
            .into();
        let same = Scores::of(&said, &references).unwrap().corpus;
        assert!((found.score.cider_d - same.cider_d).abs() < 1e-12 && found.score.cider_d > 0.0);
        assert!((found.score.bleu[0] - same.bleu[0]).abs() < 1e-12);
        let json = serde_json::to_value(&found).unwrap();
        assert!(json["cider_d"].is_f64() && json.get("caption").is_none(), "{json}");
        assert_eq!(
            MostFrequent::of(std::iter::empty(), &references),
            Err(ScoreError::NoCaptions)
        );
    }

    #[test]
    fn of_captions_as_frequent_the_first_by_the_alphabet_is_taken() {
        let references = HashMap::from([("a".to_owned(), vec!["a cat".to_owned()])]);
        let found = MostFrequent::of(["a dog", "a cat", "a hen"].into_iter(), &references).unwrap();
        assert_eq!(found.caption, "a cat");
    }
}
