//! What a model's doubt is worth: which sentences come with a warning, and how often those with and those without one are
//! right.

use std::collections::HashSet;
use std::fmt;

use hearsight::captioner::Description;
use hearsight::wording::introduction;
use serde::Serialize;

use crate::calibration::{expected_error, is_fitted_to, is_right};
use crate::data::captions::CaptionedPhoto;
use crate::data::words::Bag;
use crate::scores::main_noun;

/// Sentences that the app introduces alike.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Group {
    /// How many there are.
    pub sentences: usize,
    /// Those that have a content word to be judged by.
    pub judged: usize,
    /// Those of them that [`is_right`].
    pub right: usize,
    /// Those whose main noun is in at least one of people's sentences ([`main_noun`]).
    pub main_noun: usize,
    /// Those without a noun of the table; they count as wrong.
    pub without_noun: usize,
}

/// How a model speaks, and what its warnings are worth.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Doubt {
    /// Different sentences.
    pub different: usize,
    /// Sentences that stop without an end token.
    pub cut: usize,
    /// Photos that the model takes for none; their sentences count as hedged.
    pub stopped: usize,
    /// Sentences that the app says as they are.
    pub plain: Group,
    /// Sentences that the app introduces with a warning, or holds back until somebody asks for its guess.
    pub hedged: Group,
    /// The expected calibration error of the confidence that people are shown, over the photos that a calibration on the
    /// same split was not fitted to and that the model takes for photos.
    pub calibration_error: f64,
}

impl Group {
    fn add(&mut self, description: &Description, references: &[String], right: Option<bool>) {
        let noun = main_noun::is_seen(&description.caption, references);
        self.sentences += 1;
        self.judged += usize::from(right.is_some());
        self.right += usize::from(right == Some(true));
        self.main_noun += usize::from(noun == Some(true));
        self.without_noun += usize::from(noun.is_none());
    }
}

impl Doubt {
    /// Of the descriptions of these photos, in their order, by a model with these end tokens.
    pub fn of(photos: &[CaptionedPhoto], descriptions: &[Description], end_tokens: &[i64], bag: &Bag) -> Self {
        let different: HashSet<_> = descriptions.iter().map(|description| &description.caption).collect();
        let is_cut =
            |description: &&Description| description.tokens.last().is_none_or(|last| !end_tokens.contains(last));
        let (mut plain, mut hedged, mut points) = (Group::default(), Group::default(), Vec::new());
        for (number, (photo, description)) in std::iter::zip(photos, descriptions).enumerate() {
            let right = is_right(&description.caption, &photo.captions, bag);
            let group = match introduction(description) {
                None => &mut plain,
                Some(_) => &mut hedged,
            };
            group.add(description, &photo.captions, right);
            if !is_fitted_to(number) && !description.no_photo {
                points.extend(right.map(|right| (f64::from(description.confidence), right)));
            }
        }
        Self {
            different: different.len(),
            cut: descriptions.iter().filter(is_cut).count(),
            stopped: descriptions.iter().filter(|description| description.no_photo).count(),
            plain,
            hedged,
            calibration_error: expected_error(&points),
        }
    }

    /// Share of the sentences that are hedged.
    pub fn share_hedged(&self) -> f64 {
        share(self.hedged.sentences, self.hedged.sentences + self.plain.sentences)
    }
}

/// 0 of none.
fn share(some: usize, all: usize) -> f64 {
    some as f64 / all.max(1) as f64
}

impl fmt::Display for Doubt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "{} different sentences, {} without an end; {} photos taken for none",
            self.different, self.cut, self.stopped
        )?;
        writeln!(f, "                   sentences  share  right  main noun")?;
        let all = self.plain.sentences + self.hedged.sentences;
        for (name, group) in [("without a warning", self.plain), ("hedged", self.hedged)] {
            writeln!(
                f,
                "{name:<17}  {:>9}  {:.3}  {:.3}  {:>9.3}",
                group.sentences,
                share(group.sentences, all),
                share(group.right, group.judged),
                share(group.main_noun, group.sentences),
            )?;
        }
        let without_noun = self.plain.without_noun + self.hedged.without_noun;
        if without_noun > 0 {
            writeln!(
                f,
                "{without_noun} sentences have no noun of the table and count as wrong there"
            )?;
        }
        write!(
            f,
            "expected calibration error {:.3}, of what people are shown",
            self.calibration_error
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn photo(caption: &str) -> CaptionedPhoto {
        CaptionedPhoto {
            name: caption.to_owned(),
            path: "x.png".into(),
            captions: vec![caption.to_owned()],
        }
    }

    fn said(caption: &str, confidence: f32, last: i64) -> Description {
        Description {
            caption: caption.to_owned(),
            confidence,
            tokens: vec![1, last],
            score: -1.0,
            ..Description::default()
        }
    }

    #[test]
    fn sentences_are_counted_by_whether_the_app_warns_of_them() {
        let photos = ["a dog runs", "a cat sleeps", "a man runs", "a man"].map(photo);
        let descriptions = [
            said("A dog runs.", 0.9, 2),
            said("A dog runs.", 0.8, 2),
            said("A cat runs.", 0.4, 7),
            Description {
                no_photo: true,
                ..said("Red.", 0.0, 2)
            },
        ];
        let bag = Bag {
            words: ["dog", "cat", "runs", "man"].map(str::to_owned).to_vec(),
        };
        let doubt = Doubt::of(&photos, &descriptions, &[2], &bag);
        let (plain, hedged) = (doubt.plain, doubt.hedged);
        assert_eq!((doubt.different, doubt.cut, doubt.stopped), (3, 1, 1));
        assert_eq!(
            (plain.sentences, plain.judged, plain.right, plain.main_noun),
            (2, 2, 1, 1)
        );
        // A cat is no man, though both run.
        assert_eq!((hedged.sentences, hedged.judged, hedged.right), (2, 1, 0));
        assert_eq!((hedged.main_noun, hedged.without_noun), (0, 1));
        assert!((doubt.share_hedged() - 0.5).abs() < 1e-9);
        // The second photo's: sure by 0.8, and wrong. The last one, which is taken for none, is told no confidence.
        assert!((doubt.calibration_error - 0.8).abs() < 1e-6);
        let table = doubt.to_string();
        assert!(
            table.contains("without a warning          2  0.500  0.500      0.500"),
            "{table}"
        );
    }
}
