//! Sentences as numbers, and how often each n-gram stands in one.

use std::collections::HashMap;

/// The longest n-grams that are counted.
pub(super) const LONGEST: usize = 4;

/// One to four word ids in one number, 32 bits a word.
pub(super) type Ngram = u128;

/// Gives every word a number.
#[derive(Debug, Default)]
pub(super) struct Vocabulary(HashMap<String, u32>);

impl Vocabulary {
    /// The words' numbers; a new word gets the next one. Numbers begin with 1, so that n-grams of different length
    /// differ.
    pub(super) fn add(&mut self, words: Vec<String>) -> Vec<u32> {
        words
            .into_iter()
            .map(|word| {
                let next = self.0.len() as u32 + 1;
                *self.0.entry(word).or_insert(next)
            })
            .collect()
    }

    /// The words' numbers, with numbers beyond the vocabulary for words that it lacks: equal words get equal ones.
    pub(super) fn look_up<'a>(&self, words: &'a [String]) -> Vec<u32> {
        let mut strangers: Vec<&'a str> = Vec::new();
        words
            .iter()
            .map(|word| {
                self.0.get(word).copied().unwrap_or_else(|| {
                    let place = strangers
                        .iter()
                        .position(|stranger| stranger == word)
                        .unwrap_or_else(|| {
                            strangers.push(word);
                            strangers.len() - 1
                        });
                    (self.0.len() + 1 + place) as u32
                })
            })
            .collect()
    }
}

/// How often each n-gram stands in a sentence: for every length, in ascending order of the n-gram.
#[derive(Clone, Debug, Default)]
pub(super) struct NgramCounts([Vec<(Ngram, u32)>; LONGEST]);

impl NgramCounts {
    pub(super) fn of(words: &[u32]) -> Self {
        Self(std::array::from_fn(|index| {
            let mut ngrams: Vec<Ngram> = words
                .windows(index + 1)
                .map(|ngram| ngram.iter().fold(0, |all, &word| all << 32 | Ngram::from(word)))
                .collect();
            ngrams.sort_unstable();
            ngrams
                .chunk_by(|a, b| a == b)
                .map(|same| (same[0], same.len() as u32))
                .collect()
        }))
    }

    /// The n-grams of each length, one word first.
    pub(super) fn by_length(&self) -> &[Vec<(Ngram, u32)>; LONGEST] {
        &self.0
    }

    /// How often `ngram`, of `length` words, stands here.
    pub(super) fn count(&self, length: usize, ngram: Ngram) -> u32 {
        let counts = &self.0[length - 1];
        counts
            .binary_search_by_key(&ngram, |&(key, _)| key)
            .map_or(0, |place| counts[place].1)
    }
}
