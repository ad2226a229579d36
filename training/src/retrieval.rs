//! How well a model tells photos and sentences apart, without writing one: for each photo of a pool, where its own sentence
//! stands among all of the pool's by how likely the model finds them, and for each sentence, where its photo stands.
//!
//! That is every photo with every sentence. The encoder runs once a photo, and sentences of about the same length are read
//! together.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result};
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use ndarray::{Array2, ArrayView1, s};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use serde::Serialize;

use crate::data::captions::CaptionedPhoto;
use crate::data::words::{PAD, UNKNOWN, encode};
use crate::graphs::{Graphs, Tensors};
use crate::progress;

/// Sentences that are read together.
const ROWS: usize = 64;
/// Longer sentences are cut, in tokens.
const LONGEST: usize = 40;
/// Of the photos that are drawn.
const SEED: u64 = 1;

/// Where what belongs to something stands among all there is; 1 is the best place.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Ranks {
    /// The share that stands among the first 1, 5 and 10.
    pub recall: [f64; 3],
    /// The middle place.
    pub median: f64,
}

/// The places in a pool of photos with one sentence each.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Retrieval {
    /// How many there are.
    pub pool: usize,
    /// Of a photo's own sentence among all, by its likelihood.
    pub sentences: Ranks,
    /// The same by the likelihood divided by its mean over the pool's photos: a sentence that is likely for any photo says
    /// little of this one (Mao et al. 2015, section 5).
    pub sentences_by_share: Ranks,
    /// Of a sentence's own photo among all, by its likelihood.
    pub photos: Ranks,
}

impl Retrieval {
    /// Draws `pool` of the photos, or takes all where there are fewer, with the first sentence of each.
    ///
    /// # Errors
    /// A model or a photo that cannot be read.
    pub fn of(model: &Path, photos: &[CaptionedPhoto], pool: usize) -> Result<Self> {
        let mut drawn: Vec<&CaptionedPhoto> = photos.iter().filter(|photo| !photo.captions.is_empty()).collect();
        drawn.shuffle(&mut StdRng::seed_from_u64(SEED));
        drawn.truncate(pool);
        let folder = ModelFolder::open(model)?;
        let longest = folder.generation().max_length().saturating_sub(1).min(LONGEST);
        let sentences = drawn
            .iter()
            .map(|photo| encode(folder.tokenizer(), &photo.captions[0], longest))
            .collect::<Result<Vec<_>>>()?;
        let batches = Sentences::batches(&sentences);
        let preprocessor = Preprocessor::from_json(folder.preprocessor())?;
        let mut graphs = Graphs::open(model)?;
        let mut likelihoods = Array2::zeros((drawn.len(), drawn.len()));
        let bar = progress::bar("ranking", drawn.len() as u64);
        for (row, photo) in drawn.iter().enumerate() {
            let opened = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
            let memory = graphs.encode(&preprocessor.run(opened.pixels()).into_dyn())?;
            for batch in &batches {
                for (place, likelihood) in batch.likelihoods(&mut graphs, &memory)? {
                    likelihoods[[row, place]] = likelihood;
                }
            }
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(Self::among(&likelihoods))
    }

    /// From the log-likelihoods `[photos, sentences]`, of which those of a photo's own sentence stand on the diagonal.
    fn among(likelihoods: &Array2<f64>) -> Self {
        let own = |row: usize| (likelihoods.row(row), row);
        let mut shares = likelihoods.clone();
        for mut column in shares.columns_mut() {
            let most = column.fold(f64::NEG_INFINITY, |most, &value| most.max(value));
            let mean = column.mapv(|value| (value - most).exp()).mean().unwrap_or(1.0);
            column -= most + mean.ln();
        }
        let count = likelihoods.nrows();
        Self {
            pool: count,
            sentences: Ranks::of((0..count).map(own)),
            sentences_by_share: Ranks::of((0..count).map(|row| (shares.row(row), row))),
            photos: Ranks::of((0..count).map(|column| (likelihoods.column(column), column))),
        }
    }
}

impl Ranks {
    /// Of rows of scores with the place of the right one; what is as good as the right one stands before it.
    fn of<'a>(rows: impl Iterator<Item = (ArrayView1<'a, f64>, usize)>) -> Self {
        let mut places: Vec<usize> = rows
            .map(|(scores, right)| scores.iter().filter(|score| **score >= scores[right]).count())
            .collect();
        places.sort_unstable();
        let within = |most: usize| places.iter().filter(|place| **place <= most).count() as f64;
        let middle = |half: usize| places.get(half).map_or(0.0, |place| *place as f64);
        let count = places.len();
        Self {
            recall: [1, 5, 10].map(|most| within(most) / count.max(1) as f64),
            median: (middle(count.saturating_sub(1) / 2) + middle(count / 2)) / 2.0,
        }
    }
}

/// Sentences of about the same length, padded to one.
struct Sentences {
    /// Their places in the pool.
    places: Vec<usize>,
    /// `[sentences, length]` without the last token.
    given: Array2<i64>,
    /// `[sentences, length]` without the first.
    wanted: Array2<i64>,
}

impl Sentences {
    fn batches(sentences: &[Vec<u32>]) -> Vec<Self> {
        let length = |place: usize| sentences[place].iter().filter(|token| **token != PAD).count();
        let mut order: Vec<usize> = (0..sentences.len()).collect();
        order.sort_by_key(|&place| length(place));
        order
            .chunks(ROWS)
            .map(|places| {
                let longest = places.iter().map(|&place| length(place)).max().unwrap_or(1).max(2);
                let tokens = Array2::from_shape_fn((places.len(), longest), |(row, at)| {
                    sentences[places[row]]
                        .get(at)
                        .map_or(i64::from(PAD), |token| i64::from(*token))
                });
                Self {
                    places: places.to_vec(),
                    given: tokens.slice(s![.., ..longest - 1]).to_owned(),
                    wanted: tokens.slice(s![.., 1..]).to_owned(),
                }
            })
            .collect()
    }

    /// The sum of the log-likelihoods of each sentence's tokens, with its place; unknown words, which the model never
    /// writes, count for nothing.
    fn likelihoods(&self, graphs: &mut Graphs, memory: &Tensors) -> Result<Vec<(usize, f64)>> {
        let logits = graphs
            .forward(&self.given, memory)?
            .logits
            .into_dimensionality::<ndarray::Ix3>()?;
        let sum = |row: usize| -> f64 {
            let words = self.wanted.row(row);
            let counted = words
                .iter()
                .enumerate()
                .filter(|(_, word)| ![PAD, UNKNOWN].contains(&(**word as u32)));
            counted
                .map(|(at, &word)| {
                    let logits = logits.slice(s![row, at, ..]);
                    let most = logits.fold(f32::NEG_INFINITY, |most, &logit| most.max(logit));
                    let all: f64 = logits.iter().map(|logit| f64::from(logit - most).exp()).sum();
                    f64::from(logits[word as usize] - most) - all.ln()
                })
                .sum()
        };
        Ok(self
            .places
            .iter()
            .enumerate()
            .map(|(row, &place)| (place, sum(row)))
            .collect())
    }
}

impl fmt::Display for Retrieval {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "by likelihood, among {} photos of this split with a sentence each:",
            self.pool
        )?;
        for (what, ranks) in [
            ("a photo's sentence", self.sentences),
            ("  by its share of it", self.sentences_by_share),
            ("a sentence's photo", self.photos),
        ] {
            let [first, five, ten] = ranks.recall.map(|share| 100.0 * share);
            write!(
                f,
                "\n{what:<22} recall@1 {first:5.1} %  @5 {five:5.1} %  @10 {ten:5.1} %  median place {:.1}",
                ranks.median
            )?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn places_are_counted_from_the_best_and_a_sentence_that_fits_all_photos_loses_by_its_share() {
        // Sentence 0 is likely for all photos; the others are likeliest for their own.
        let likelihoods = array![[-1.0, -9.0, -9.0], [-1.0, -4.0, -9.0], [-1.0, -9.0, -5.0]];
        let found = Retrieval::among(&likelihoods);
        assert_eq!(found.pool, 3);
        assert!((found.sentences.recall[0] - 1.0 / 3.0).abs() < 1e-9, "{found}");
        assert!((found.sentences.median - 2.0).abs() < 1e-9);
        assert!((found.sentences_by_share.recall[0] - 1.0).abs() < 1e-9, "{found}");
        // Photo 0 is one of three that are alike for sentence 0, which makes it the third.
        assert!((found.photos.recall[0] - 2.0 / 3.0).abs() < 1e-9 && (found.photos.recall[1] - 1.0).abs() < 1e-9);
        assert!((found.photos.median - 1.0).abs() < 1e-9);
    }

    #[test]
    fn sentences_of_a_length_are_read_together_and_keep_their_places() {
        let sentences: Vec<Vec<u32>> = (0..70)
            .map(|at| {
                let mut tokens = vec![1; 2 + at % 3];
                tokens.resize(8, PAD);
                tokens
            })
            .collect();
        let batches = Sentences::batches(&sentences);
        assert_eq!(batches.len(), 2);
        assert_eq!((batches[0].given.dim(), batches[1].given.dim()), ((64, 3), (6, 3)));
        let mut places: Vec<usize> = batches.iter().flat_map(|batch| batch.places.clone()).collect();
        places.sort_unstable();
        assert!(places.into_iter().eq(0..70));
        assert_eq!(
            (
                batches[0].given[[0, 0]],
                batches[0].wanted[[0, 0]],
                batches[0].wanted[[0, 1]]
            ),
            (1, 1, 0)
        );
    }
}
