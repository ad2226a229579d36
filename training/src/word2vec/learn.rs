//! Learning the vectors: one pass after the other over the captions, one word at a time.

use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// What is foretold from what.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// A word from the mean of its neighbours (continuous bag of words, 2013a section 3.1).
    Cbow,
    /// Each neighbour from the word (2013a section 3.2).
    SkipGram,
}

/// How vectors are learnt.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Word2VecConfig {
    /// What is foretold from what.
    pub method: Method,
    /// Numbers a word.
    pub width: usize,
    /// Neighbours on each side at most; how many is drawn anew for each word, so that near ones count more.
    pub window: usize,
    /// Drawn words for each true one.
    pub negatives: usize,
    /// Words more frequent than this share of all are left out in part (2013b section 2.3); 0 keeps all.
    pub subsample: f64,
    /// Passes over the captions.
    pub epochs: usize,
    /// The first learning rate; it goes down to nothing in a straight line.
    pub rate: f32,
}

/// Learns a vector for each of `vocabulary` tokens from sentences of them: `[vocabulary × width]`, the same for the same
/// seed.
pub fn learn(sentences: &[Vec<u32>], vocabulary: usize, config: &Word2VecConfig, seed: u64) -> Vec<f32> {
    let mut rng = StdRng::seed_from_u64(seed);
    let width = config.width;
    let counts = counts(sentences, vocabulary);
    let noise = Noise::new(&counts);
    let all: u64 = counts.iter().sum();
    let keep: Vec<f64> = counts.iter().map(|&count| kept(count, all, config.subsample)).collect();
    let half = 0.5 / width as f32;
    let mut net = Net {
        inner: (0..vocabulary * width).map(|_| rng.random_range(-half..half)).collect(),
        outer: vec![0.0; vocabulary * width],
        width,
        context: vec![0.0; width],
        change: vec![0.0; width],
    };
    let mut order: Vec<usize> = (0..sentences.len()).collect();
    let steps = (sentences.len() * config.epochs).max(1) as f32;
    let mut done = 0;
    for _ in 0..config.epochs {
        order.shuffle(&mut rng);
        for &index in &order {
            let rate = config.rate * (1.0 - done as f32 / steps);
            done += 1;
            let words: Vec<usize> = sentences[index]
                .iter()
                .map(|&word| word as usize)
                .filter(|&word| rng.random_bool(keep[word]))
                .collect();
            for (place, &word) in words.iter().enumerate() {
                let reach = rng.random_range(1..=config.window.max(1));
                let near = &words[place.saturating_sub(reach)..words.len().min(place + reach + 1)];
                let here = place.min(reach);
                let others = near
                    .iter()
                    .enumerate()
                    .filter(|(at, _)| *at != here)
                    .map(|(_, &word)| word);
                match config.method {
                    Method::SkipGram => {
                        for other in others {
                            net.tell_apart(&[word], other, (&noise, config.negatives), rate, &mut rng);
                        }
                    }
                    Method::Cbow => {
                        let others: Vec<usize> = others.collect();
                        if !others.is_empty() {
                            net.tell_apart(&others, word, (&noise, config.negatives), rate, &mut rng);
                        }
                    }
                }
            }
        }
    }
    net.inner
}

fn counts(sentences: &[Vec<u32>], vocabulary: usize) -> Vec<u64> {
    let mut counts = vec![0; vocabulary];
    for &word in sentences.iter().flatten() {
        counts[word as usize] += 1;
    }
    counts
}

/// The probability that a word stays in a sentence, as the authors' program has it.
fn kept(count: u64, all: u64, subsample: f64) -> f64 {
    let share = count as f64 / all.max(1) as f64;
    if subsample <= 0.0 || share <= 0.0 {
        return 1.0;
    }
    ((subsample / share).sqrt() + subsample / share).min(1.0)
}

/// Words drawn by their counts to the power of 3/4 (2013b section 2.2).
struct Noise(Vec<f64>);

impl Noise {
    fn new(counts: &[u64]) -> Self {
        let mut sum = 0.0;
        Self(
            counts
                .iter()
                .map(|&count| {
                    sum += (count as f64).powf(0.75);
                    sum
                })
                .collect(),
        )
    }

    fn draw(&self, rng: &mut StdRng) -> usize {
        let at = rng.random_range(0.0..1.0) * self.0.last().copied().unwrap_or_default();
        self.0.partition_point(|&sum| sum <= at).min(self.0.len() - 1)
    }
}

struct Net {
    inner: Vec<f32>,
    outer: Vec<f32>,
    width: usize,
    context: Vec<f32>,
    change: Vec<f32>,
}

impl Net {
    /// One step of ascent on the log-likelihood that `word` belongs to the mean of `from` and drawn words do not.
    fn tell_apart(
        &mut self,
        from: &[usize],
        word: usize,
        (noise, negatives): (&Noise, usize),
        rate: f32,
        rng: &mut StdRng,
    ) {
        let width = self.width;
        let share = 1.0 / from.len() as f32;
        self.context.fill(0.0);
        self.change.fill(0.0);
        for &other in from {
            let row = &self.inner[other * width..][..width];
            std::iter::zip(&mut self.context, row).for_each(|(mean, value)| *mean += value * share);
        }
        for draw in 0..=negatives {
            let (target, truth) = match draw {
                0 => (word, 1.0),
                _ => (noise.draw(rng), 0.0),
            };
            if draw > 0 && target == word {
                continue;
            }
            let row = &mut self.outer[target * width..][..width];
            let score: f32 = std::iter::zip(&self.context, &*row).map(|(a, b)| a * b).sum();
            let pull = (truth - 1.0 / (1.0 + (-score).exp())) * rate;
            for ((change, outer), context) in self.change.iter_mut().zip(row).zip(&self.context) {
                *change += pull * *outer;
                *outer += pull * context;
            }
        }
        for &other in from {
            let row = &mut self.inner[other * width..][..width];
            std::iter::zip(row, &self.change).for_each(|(value, change)| *value += change * share);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::word2vec::Vectors;

    /// Words 0 to 3 stand among each other, words 4 to 7 too, and never both kinds.
    fn two_circles() -> Vec<Vec<u32>> {
        let mut rng = StdRng::seed_from_u64(1);
        (0..400)
            .map(|index| (0..6).map(|_| index % 2 * 4 + rng.random_range(0..4)).collect())
            .collect()
    }

    #[test]
    fn words_that_stand_in_the_same_company_become_neighbours_with_either_method() {
        for method in [Method::Cbow, Method::SkipGram] {
            let config = Word2VecConfig {
                method,
                width: 8,
                window: 3,
                negatives: 4,
                subsample: 0.0,
                epochs: 10,
                rate: 0.05,
            };
            let values = learn(&two_circles(), 8, &config, 3);
            assert_eq!(
                values,
                learn(&two_circles(), 8, &config, 3),
                "the same seed, the same vectors"
            );
            let names = (0..8).map(|word| word.to_string()).collect();
            let vectors = Vectors::new(names, 8, values);
            for word in 0..8_usize {
                let near = vectors.neighbours(&word.to_string(), 3);
                let same = |name: &str| name.parse::<usize>().is_ok_and(|other| other / 4 == word / 4);
                assert!(near.iter().all(|(name, _)| same(name)), "{method:?}, {word}: {near:?}");
            }
        }
    }

    #[test]
    fn frequent_words_are_left_out_in_part_and_rare_ones_never() {
        assert_eq!(kept(1, 1_000_000, 1e-3), 1.0);
        assert!((kept(100_000, 1_000_000, 1e-3) - 0.11).abs() < 1e-9);
        assert_eq!(kept(100_000, 1_000_000, 0.0), 1.0);
    }

    #[test]
    fn noise_is_drawn_by_the_counts_to_the_power_of_three_quarters() {
        let noise = Noise::new(&[16, 0, 1]);
        let mut rng = StdRng::seed_from_u64(2);
        let mut drawn = [0; 3];
        (0..9000).for_each(|_| drawn[noise.draw(&mut rng)] += 1);
        assert_eq!(drawn[1], 0);
        assert!((900..1100).contains(&drawn[2]), "{drawn:?}");
    }
}
