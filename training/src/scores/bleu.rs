//! BLEU (Papineni and others, 2002) as coco-caption computes it: clipped n-gram precisions, their geometric mean, and a
//! penalty for sentences shorter than the reference closest in length.

use super::ngrams::{LONGEST, NgramCounts};

/// What BLEU counts; the counts of a corpus are the sums of its sentences'.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct BleuCounts {
    correct: [u32; LONGEST],
    guessed: [u32; LONGEST],
    length: usize,
    reference_length: usize,
}

/// A sentence: its number of words and its n-grams.
pub(super) type Counted = (usize, NgramCounts);

impl BleuCounts {
    /// One sentence against its references.
    pub(super) fn of(candidate: &Counted, references: &[Counted]) -> Self {
        let (length, ngrams) = candidate;
        let correct = std::array::from_fn(|index| {
            let clipped = |&(ngram, count): &(_, u32)| {
                let allowed = references
                    .iter()
                    .map(|(_, counts)| counts.count(index + 1, ngram))
                    .max();
                count.min(allowed.unwrap_or_default())
            };
            ngrams.by_length()[index].iter().map(clipped).sum()
        });
        // Of two references equally near, the shorter.
        let closest = references
            .iter()
            .map(|(other, _)| (other.abs_diff(*length), *other))
            .min();
        Self {
            correct,
            guessed: std::array::from_fn(|index| length.saturating_sub(index) as u32),
            length: *length,
            reference_length: closest.map_or(0, |(_, other)| other),
        }
    }

    pub(super) fn add(&mut self, other: &Self) {
        for index in 0..LONGEST {
            self.correct[index] += other.correct[index];
            self.guessed[index] += other.guessed[index];
        }
        self.length += other.length;
        self.reference_length += other.reference_length;
    }

    /// BLEU-1 to BLEU-4. The small numbers are coco-caption's guard against division by zero.
    pub(super) fn scores(&self) -> [f64; LONGEST] {
        const SMALL: f64 = 1e-9;
        const TINY: f64 = 1e-15;
        let ratio = (self.length as f64 + TINY) / (self.reference_length as f64 + SMALL);
        let penalty = if ratio < 1.0 { (1.0 - 1.0 / ratio).exp() } else { 1.0 };
        let mut product = 1.0;
        std::array::from_fn(|index| {
            product *= (f64::from(self.correct[index]) + TINY) / (f64::from(self.guessed[index]) + SMALL);
            product.powf(1.0 / (index as f64 + 1.0)) * penalty
        })
    }
}
