//! CIDEr and CIDEr-D (Vedantam and others, 2015, <https://arxiv.org/abs/1411.5726>): cosine similarity of TF-IDF
//! weighted n-grams, averaged over 1 to 4 words and over the references, times 10.
//!
//! What coco-caption prints as "CIDEr", and most papers quote, is CIDEr-D: counts clipped to the reference's, and a
//! Gaussian penalty (σ = 6) on the difference in length. Plain CIDEr has neither.

use std::collections::{HashMap, HashSet};

use super::ngrams::{LONGEST, Ngram, NgramCounts, Vocabulary};
use super::ptb;

const SIGMA: f64 = 6.0;

/// Which of the two scores.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CiderKind {
    /// Cosine similarity alone.
    Plain,
    /// With clipping and length penalty.
    D,
}

/// The references of a set of photos, weighed once, against which any number of captions can be scored: what
/// self-critical training asks thousands of times.
#[derive(Debug)]
pub struct Cider {
    vocabulary: Vocabulary,
    weights: InverseFrequencies,
    references: Vec<Vec<Weighted>>,
}

impl Cider {
    /// Prepares the references of each photo. How rare an n-gram is, is counted over these photos.
    pub fn new(references: &[Vec<String>]) -> Self {
        let mut vocabulary = Vocabulary::default();
        let counts: Vec<Vec<NgramCounts>> = references
            .iter()
            .map(|captions| {
                captions
                    .iter()
                    .map(|caption| NgramCounts::of(&vocabulary.add(ptb::tokenize(caption))))
                    .collect()
            })
            .collect();
        Self::of_counts(vocabulary, &counts)
    }

    /// The score of a caption of the photo with the index `photo`; 0 where there is no such photo.
    pub fn score(&self, photo: usize, caption: &str, kind: CiderKind) -> f64 {
        self.score_words(photo, &ptb::tokenize(caption), kind)
    }

    /// The score of a caption that is cut into words already, as [`ptb::tokenize`] would.
    pub fn score_words(&self, photo: usize, words: &[String], kind: CiderKind) -> f64 {
        self.score_counts(photo, &NgramCounts::of(&self.vocabulary.look_up(words)), kind)
    }

    pub(super) fn of_counts(vocabulary: Vocabulary, references: &[Vec<NgramCounts>]) -> Self {
        let weights = InverseFrequencies::of(references);
        let references = references
            .iter()
            .map(|counts| counts.iter().map(|counts| weights.weigh(counts)).collect())
            .collect();
        Self {
            vocabulary,
            weights,
            references,
        }
    }

    pub(super) fn score_counts(&self, photo: usize, candidate: &NgramCounts, kind: CiderKind) -> f64 {
        let Some(references) = self.references.get(photo).filter(|references| !references.is_empty()) else {
            return 0.0;
        };
        let candidate = self.weights.weigh(candidate);
        let sum: f64 = references
            .iter()
            .map(|reference| candidate.similarity(reference, kind))
            .sum();
        10.0 * sum / references.len() as f64
    }
}

/// How much an n-gram says: the logarithm of the number of photos over the number of those whose references have it.
#[derive(Debug)]
struct InverseFrequencies {
    photos: f64,
    frequencies: HashMap<Ngram, u32>,
}

impl InverseFrequencies {
    fn of(references: &[Vec<NgramCounts>]) -> Self {
        let mut frequencies = HashMap::new();
        for captions in references {
            let present: HashSet<Ngram> = captions
                .iter()
                .flat_map(|counts| counts.by_length().iter().flatten().map(|(ngram, _)| *ngram))
                .collect();
            for ngram in present {
                *frequencies.entry(ngram).or_default() += 1;
            }
        }
        Self {
            photos: references.len() as f64,
            frequencies,
        }
    }

    fn weigh(&self, counts: &NgramCounts) -> Weighted {
        let ngrams = counts.by_length().each_ref().map(|counts| {
            counts
                .iter()
                .map(|&(ngram, count)| {
                    let frequency = self.frequencies.get(&ngram).copied().unwrap_or(1);
                    (ngram, f64::from(count) * (self.photos.ln() - f64::from(frequency).ln()))
                })
                .collect::<Vec<_>>()
        });
        let norms = ngrams
            .each_ref()
            .map(|ngrams| ngrams.iter().map(|(_, weight)| weight * weight).sum::<f64>().sqrt());
        let pairs = counts.by_length()[1].iter().map(|(_, count)| count).sum::<u32>();
        Weighted {
            ngrams,
            norms,
            pairs: f64::from(pairs),
        }
    }
}

/// A sentence as one TF-IDF vector for every length of n-grams, in ascending order of the n-gram.
#[derive(Debug)]
struct Weighted {
    ngrams: [Vec<(Ngram, f64)>; LONGEST],
    norms: [f64; LONGEST],
    /// The sentence's length for the penalty: like the original, in pairs of words.
    pairs: f64,
}

impl Weighted {
    fn similarity(&self, reference: &Self, kind: CiderKind) -> f64 {
        let penalty = match kind {
            CiderKind::Plain => 1.0,
            CiderKind::D => (-(self.pairs - reference.pairs).powi(2) / (2.0 * SIGMA * SIGMA)).exp(),
        };
        let cosines = (0..LONGEST).map(|index| {
            let norms = self.norms[index] * reference.norms[index];
            let product = product(&self.ngrams[index], &reference.ngrams[index], kind);
            if norms > 0.0 { product / norms } else { product }
        });
        cosines.sum::<f64>() / LONGEST as f64 * penalty
    }
}

/// The product of two vectors, walked in step because both are in order.
fn product(candidate: &[(Ngram, f64)], reference: &[(Ngram, f64)], kind: CiderKind) -> f64 {
    let mut sum = 0.0;
    let mut rest = reference.iter().peekable();
    for &(ngram, weight) in candidate {
        while rest.next_if(|(other, _)| *other < ngram).is_some() {}
        if let Some(&(_, other)) = rest.next_if(|(other, _)| *other == ngram) {
            let counted = if kind == CiderKind::D {
                weight.min(other)
            } else {
                weight
            };
            sum += counted * other;
        }
    }
    sum
}
