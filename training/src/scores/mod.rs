//! Scores captions against references as coco-caption does: BLEU-1 to 4, ROUGE-L, METEOR, CIDEr-D and CIDEr.
//!
//! A model's scores are honest only on photos it has not been trained on, and comparable only where the references are
//! the same.

use std::collections::{HashMap, HashSet};
use std::fmt;

use serde::Serialize;

use bleu::BleuCounts;
use meteor::{Meteor, MeteorCounts};
use ngrams::{NgramCounts, Vocabulary};

mod bleu;
mod cider;
mod frequent;
pub mod main_noun;
pub mod meteor;
mod ngrams;
pub mod ptb;
mod rouge;
mod variety;

pub use cider::{Cider, CiderKind};
pub use frequent::MostFrequent;
pub use variety::Variety;

/// Why captions could not be scored.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ScoreError {
    /// There is no caption to score.
    #[error("There are no captions to score. Describe some photos first.")]
    NoCaptions,
    /// Nothing says what the photo shows.
    #[error("The photo \"{photo}\" has no reference captions to be scored against. Add some, or leave the photo out.")]
    NoReferences {
        /// The photo.
        photo: String,
    },
    /// One photo was captioned twice; its references would count twice in CIDEr's weights.
    #[error("The photo \"{photo}\" has two captions to score. Keep one of them.")]
    TwoCaptions {
        /// The photo.
        photo: String,
    },
}

/// The scores of a set of captions, 0 to 1, but 0 to 10 for the two CIDErs.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Score {
    /// BLEU-1, 2, 3 and 4.
    pub bleu: [f64; 4],
    /// ROUGE-L.
    pub rouge_l: f64,
    /// METEOR with words and stems; see [`meteor`] for what the Java one has besides.
    pub meteor: f64,
    /// CIDEr-D, which coco-caption prints as "CIDEr".
    pub cider_d: f64,
    /// CIDEr without clipping and length penalty.
    pub cider: f64,
}

/// The scores of one photo's caption.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PhotoScore {
    /// The photo.
    pub photo: String,
    /// Its caption's scores.
    #[serde(flatten)]
    pub score: Score,
}

/// The scores of a model's captions: over all photos, and for each. Printed, it is a small table.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Scores {
    /// All photos together. BLEU and METEOR are those of the corpus, the others are means.
    pub corpus: Score,
    /// Each photo, in the order of the captions.
    pub photos: Vec<PhotoScore>,
}

impl Scores {
    /// Scores `candidates` (photo, caption) against the references of each photo. CIDEr's weights are counted over the
    /// references of these photos alone.
    ///
    /// # Errors
    /// [`ScoreError`] where there is no caption, or a photo has two captions or no references.
    pub fn of(candidates: &[(String, String)], references: &HashMap<String, Vec<String>>) -> Result<Self, ScoreError> {
        if candidates.is_empty() {
            return Err(ScoreError::NoCaptions);
        }
        let mut seen = HashSet::new();
        let mut vocabulary = Vocabulary::default();
        let mut words = |caption: &String| vocabulary.add(ptb::tokenize(caption));
        let mut sentences = Vec::with_capacity(candidates.len());
        for (photo, caption) in candidates {
            if !seen.insert(photo) {
                return Err(ScoreError::TwoCaptions { photo: photo.clone() });
            }
            let captions = references.get(photo).filter(|captions| !captions.is_empty());
            let captions = captions.ok_or_else(|| ScoreError::NoReferences { photo: photo.clone() })?;
            sentences.push((words(caption), captions.iter().map(&mut words).collect::<Vec<_>>()));
        }
        let counted = |words: &[u32]| (words.len(), NgramCounts::of(words));
        let people = references;
        let references: Vec<Vec<_>> = sentences
            .iter()
            .map(|(_, references)| references.iter().map(|words| counted(words)).collect())
            .collect();
        let ngrams: Vec<Vec<NgramCounts>> = references
            .iter()
            .map(|counted| counted.iter().map(|(_, ngrams)| ngrams.clone()).collect())
            .collect();
        let cider = Cider::of_counts(vocabulary, &ngrams);
        let meteor = Meteor::default();
        let stemmed = |caption: &String| meteor.stem(ptb::tokenize(caption));

        let mut corpus = BleuCounts::default();
        let mut corpus_meteor = MeteorCounts::default();
        let photos: Vec<PhotoScore> = candidates
            .iter()
            .zip(&sentences)
            .enumerate()
            .map(|(index, ((photo, caption), (candidate, reference_words)))| {
                let candidate_counts = counted(candidate);
                let bleu = BleuCounts::of(&candidate_counts, &references[index]);
                corpus.add(&bleu);
                let people: Vec<_> = people[photo].iter().map(stemmed).collect();
                let meteor = MeteorCounts::of(&stemmed(caption), &people);
                corpus_meteor.add(&meteor);
                let score = Score {
                    bleu: bleu.scores(),
                    rouge_l: rouge::rouge_l(candidate, reference_words),
                    meteor: meteor.score(),
                    cider_d: cider.score_counts(index, &candidate_counts.1, CiderKind::D),
                    cider: cider.score_counts(index, &candidate_counts.1, CiderKind::Plain),
                };
                PhotoScore {
                    photo: photo.clone(),
                    score,
                }
            })
            .collect();
        let mean = |value: fn(&Score) -> f64| {
            photos.iter().map(|photo| value(&photo.score)).sum::<f64>() / photos.len() as f64
        };
        let corpus = Score {
            bleu: corpus.scores(),
            rouge_l: mean(|score| score.rouge_l),
            meteor: corpus_meteor.score(),
            cider_d: mean(|score| score.cider_d),
            cider: mean(|score| score.cider),
        };
        Ok(Self { corpus, photos })
    }
}

impl fmt::Display for Scores {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Score {
            bleu,
            rouge_l,
            meteor,
            cider_d,
            cider,
        } = self.corpus;
        writeln!(f, "photos   {:>6}", self.photos.len())?;
        for (index, bleu) in bleu.iter().enumerate() {
            writeln!(f, "BLEU-{}   {bleu:.4}", index + 1)?;
        }
        writeln!(f, "ROUGE-L  {rouge_l:.4}")?;
        writeln!(f, "METEOR   {meteor:.4}  (words and stems alone)")?;
        writeln!(f, "CIDEr-D  {cider_d:.4}  (coco-caption's \"CIDEr\")")?;
        write!(f, "CIDEr    {cider:.4}  (no clipping, no length penalty)")
    }
}
