//! METEOR (Denkowski and Lavie 2014, "Meteor Universal", section 2) with its first two matchers: the same word, and the
//! same stem.
//!
//! What the Java program that coco-caption runs has besides: synonyms from WordNet, a table of paraphrases, and a lower
//! weight for function words. Told to leave these out (`-m "exact stem" -w "1.0 0.6" -p "0.85 0.2 0.6 0.5"`) it gives the same scores,
//! except where a sentence repeats its words: both search with a beam, and now one and now the other finds the alignment
//! with fewer chunks.

use std::collections::HashSet;

use rust_stemmers::{Algorithm, Stemmer};

/// The weight of precision against recall.
const ALPHA: f64 = 0.85;
/// How fast the penalty grows with fragments.
const BETA: f64 = 0.2;
/// The largest penalty.
const GAMMA: f64 = 0.6;
/// What a match of stems is worth, where one of words is worth 1.
const STEM: f64 = 0.6;
/// Alignments kept in view, as the original does.
const BEAM: usize = 40;

/// Stems words and compares sentences.
pub struct Meteor {
    stemmer: Stemmer,
}

/// A sentence, word by word, with its stems.
pub struct Stemmed {
    words: Vec<String>,
    stems: Vec<String>,
}

/// What was counted of one sentence against one reference; a corpus is their sum.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct MeteorCounts {
    candidate: f64,
    reference: f64,
    matches: f64,
    weight: f64,
    chunks: f64,
}

impl Default for Meteor {
    fn default() -> Self {
        Self {
            stemmer: Stemmer::create(Algorithm::English),
        }
    }
}

impl Meteor {
    /// A sentence cut into lower-case words.
    pub fn stem(&self, words: Vec<String>) -> Stemmed {
        let stems = words.iter().map(|word| self.stemmer.stem(word).into_owned()).collect();
        Stemmed { words, stems }
    }
}

impl MeteorCounts {
    /// Against the reference that is nearest; the first of several.
    pub fn of(candidate: &Stemmed, references: &[Stemmed]) -> Self {
        references
            .iter()
            .map(|reference| Self::against(candidate, reference))
            .reduce(|best, other| if other.score() > best.score() { other } else { best })
            .unwrap_or_default()
    }

    fn against(candidate: &Stemmed, reference: &Stemmed) -> Self {
        let best = align(candidate, reference);
        // The reference itself is in one piece, which is no fragment.
        let whole = best.chunks == 1
            && [candidate, reference]
                .iter()
                .all(|side| side.words.len() == best.matches);
        Self {
            candidate: candidate.words.len() as f64,
            reference: reference.words.len() as f64,
            matches: best.matches as f64,
            weight: best.weight,
            chunks: if whole { 0.0 } else { best.chunks as f64 },
        }
    }

    /// Adds another sentence's.
    pub fn add(&mut self, other: &Self) {
        self.candidate += other.candidate;
        self.reference += other.reference;
        self.matches += other.matches;
        self.weight += other.weight;
        self.chunks += other.chunks;
    }

    /// The score, 0 to 1.
    pub fn score(&self) -> f64 {
        if self.matches == 0.0 {
            return 0.0;
        }
        let (precision, recall) = (self.weight / self.candidate, self.weight / self.reference);
        let mean = 1.0 / ((1.0 - ALPHA) / precision + ALPHA / recall);
        mean * (1.0 - GAMMA * (self.chunks / self.matches).powf(BETA))
    }
}

/// A way to match the first words of a candidate.
#[derive(Clone, Debug, Default)]
struct Alignment {
    used: Vec<bool>,
    /// Where the word before was matched.
    last: Option<usize>,
    matches: usize,
    weight: f64,
    chunks: usize,
    /// Sum of the distances between a word's place and its match's.
    distance: usize,
}

impl Alignment {
    /// More matches first, then fewer chunks, then nearer places.
    fn rank(&self) -> (usize, std::cmp::Reverse<usize>, std::cmp::Reverse<usize>) {
        (
            self.matches,
            std::cmp::Reverse(self.chunks),
            std::cmp::Reverse(self.distance),
        )
    }
}

fn align(candidate: &Stemmed, reference: &Stemmed) -> Alignment {
    let mut beam = vec![Alignment {
        used: vec![false; reference.words.len()],
        ..Alignment::default()
    }];
    for (place, (word, stem)) in std::iter::zip(&candidate.words, &candidate.stems).enumerate() {
        let mut next = Vec::new();
        for alignment in &beam {
            next.push(Alignment {
                last: None,
                ..alignment.clone()
            });
            for (at, other) in reference
                .words
                .iter()
                .enumerate()
                .filter(|(at, _)| !alignment.used[*at])
            {
                let weight = match () {
                    () if word == other => 1.0,
                    () if *stem == reference.stems[at] => STEM,
                    () => continue,
                };
                let mut longer = alignment.clone();
                longer.used[at] = true;
                longer.matches += 1;
                longer.weight += weight;
                longer.distance += place.abs_diff(at);
                longer.chunks += usize::from(at == 0 || alignment.last != Some(at - 1));
                longer.last = Some(at);
                next.push(longer);
            }
        }
        next.sort_by_key(|alignment| std::cmp::Reverse(alignment.rank()));
        // Of alignments that leave the same words and end at the same place only the best can win.
        let mut known = HashSet::new();
        next.retain(|alignment| known.insert((alignment.used.clone(), alignment.last)));
        next.truncate(BEAM);
        beam = next;
    }
    beam.into_iter().next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn score(candidate: &str, references: &[&str]) -> f64 {
        let meteor = Meteor::default();
        let stem = |text: &str| meteor.stem(text.split_whitespace().map(str::to_owned).collect());
        let references: Vec<_> = references.iter().map(|text| stem(text)).collect();
        MeteorCounts::of(&stem(candidate), &references).score()
    }

    #[test]
    fn the_same_sentence_is_worth_1_and_one_without_a_common_word_0() {
        assert_eq!(score("a dog runs", &["a cat sits", "a dog runs"]), 1.0);
        assert_eq!(score("dogs", &["the cat sits"]), 0.0);
    }

    #[test]
    fn a_stem_is_worth_less_than_the_word_and_order_counts() {
        let right = score("a dog runs on grass", &["a dog runs on the grass"]);
        let stemmed = score("a dog running on grass", &["a dog runs on the grass"]);
        let mixed = score("grass on runs dog a", &["a dog runs on the grass"]);
        assert!(
            right > stemmed && stemmed > mixed && mixed > 0.0,
            "{right} {stemmed} {mixed}"
        );
    }
}
