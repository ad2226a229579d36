//! What people would write about a photo, for consensus re-ranking: an output `expected_captions` of the encoder, the
//! weight that each word and pair of words is expected to have in a caption.
//!
//! A caption is what its words weigh, each by how telling it is (term frequency times inverse document frequency),
//! brought to a length of 1, and the same for its pairs of words, as CIDEr compares sentences (Vedantam et al. 2015,
//! section 3). What the mean of a photo's captions is, is foreseen by a line from what the encoder says of it: the
//! words that it supports, and the means of the memory. The cosine of a sentence and that is how much it is expected to
//! have in common with what people write. The line is ridge regression, of which only the directions are kept along
//! which most of what it foresees varies (reduced-rank regression: Izenman 1975; Reinsel and Velu 1998, section 2.3).
//! What it is for says the app's `captioner::consensus`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use hearsight::model::ModelFolder;
use hearsight::onnx::{self, DataType, Dim, ModelProto};
use hearsight::photo::Photo;
use nalgebra::{Cholesky, DMatrix, DVector, SymmetricEigen};
use serde_json::json;
use tokenizers::Tokenizer;

use crate::addition::add_output;
use crate::data::arguments::DataArguments;
use crate::data::captions::CaptionedPhoto;
use crate::data::words::UNKNOWN;
use crate::folder;
use crate::looking::{Look, Looker, MEMORY, SUPPORT};
use crate::progress;

/// The output, and what the names of its weights begin with.
const OUTPUT: &str = "expected_captions";
/// The longest runs of tokens that are foreseen.
const LONGEST_RUN: usize = 2;
/// How strongly the regression's weights are pulled towards 0, for each photo that it is fitted to; features have a
/// deviation of 1.
const PULL: f64 = 0.12;

/// What to add.
#[derive(clap::Args)]
pub struct ConsensusCommand {
    /// The model folder; its encoder gets the output expected_captions, and its config.json what that is of and weighs.
    model: PathBuf,
    #[command(flatten)]
    data: DataArguments,
    /// What each point of likeness (0 to 10) to the expected captions adds to a sentence's score.
    #[arg(long, default_value_t = 6.0)]
    weight: f32,
    /// What it adds to the same score of what the search has on its way.
    #[arg(long, default_value_t = 1.0)]
    guidance: f32,
    /// Words and pairs of words are foreseen that people used for at least so many of the photos.
    #[arg(long, default_value_t = 10)]
    least: usize,
    /// Directions of the regression that are kept.
    #[arg(long, default_value_t = 256)]
    rank: usize,
    /// Sentences that the search keeps in view from now on, unless other settings are asked for: with few there is little
    /// to choose from.
    #[arg(long, default_value_t = 32)]
    beams: usize,
    /// The power of its length by which a sentence's log-probability is divided from now on [default: it stays].
    #[arg(long)]
    length_penalty: Option<f64>,
}

/// A token, or two that follow each other.
type Run = Vec<u32>;

/// What captions are told apart by.
#[derive(Clone, Debug, PartialEq)]
pub struct Runs {
    /// How telling each token is, by its number.
    pub word_weights: Vec<f64>,
    /// Those that are foreseen, with their places, which have the same order.
    pub places: BTreeMap<Run, usize>,
}

/// Features of a photo → what is expected of its captions.
#[derive(Clone, Debug, PartialEq)]
pub struct Regression {
    /// Of each feature its mean and one over its deviation, over the photos that it was fitted to.
    scale: Vec<(f64, f64)>,
    /// `[features, rank]`.
    inner: DMatrix<f64>,
    /// `[rank, runs]`.
    outer: DMatrix<f64>,
    /// What is expected of a photo whose features are the mean ones, `[runs]`.
    usual: DVector<f64>,
}

impl ConsensusCommand {
    /// Looks at the training photos, fits the regression and writes it into the folder.
    ///
    /// # Errors
    /// Data or a model that cannot be read, captions without a run that is used often enough, a full disk.
    pub fn run(&self) -> Result<()> {
        let data = self.data.read()?;
        let model = ModelFolder::open(&self.model)?;
        let mut looker = Looker::open(&self.model)?;
        let bar = progress::bar("photos", data.train.len() as u64);
        let (mut features, mut captions) = (Vec::new(), Vec::new());
        for photo in &data.train {
            let pixels = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
            features.push(features_of(&looker.look(pixels.pixels())?));
            captions.push(tokens(photo, model.tokenizer())?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        drop(looker);
        let runs = Runs::of(&captions, model.tokenizer().get_vocab_size(true), self.least);
        ensure!(
            !runs.places.is_empty(),
            "no word is used for {} photos of this data set; try a smaller --least",
            self.least
        );
        let means: Vec<_> = captions.iter().map(|captions| runs.mean(captions)).collect();
        let regression = Regression::fit(&features, &means, runs.places.len(), self.rank)?;
        let path = model.encoder().to_owned();
        let mut encoder = onnx::open(&path)?;
        regression.add_to(&mut encoder)?;
        onnx::save(&encoder, &path)?;
        let consensus = json!({
            "weight": self.weight,
            "guidance": self.guidance,
            "word_weights": runs.word_weights,
            "runs": runs.in_words(model.tokenizer()),
        });
        folder::set(&self.model, [("consensus", consensus)])?;
        folder::set_search(&self.model, "num_beams", json!(self.beams))?;
        if let Some(penalty) = self.length_penalty {
            folder::set_search(&self.model, "length_penalty", json!(penalty))?;
        }
        println!(
            "{} foresees {} words and pairs of words, from {} photos",
            path.display(),
            runs.places.len(),
            features.len()
        );
        Ok(())
    }
}

/// What is foreseen from: the words that a photo supports, and the means of the memory.
fn features_of(look: &Look) -> Vec<f32> {
    [look.support(), look.means()].concat()
}

/// The tokens of a photo's captions, without words that the model does not know.
fn tokens(photo: &CaptionedPhoto, tokenizer: &Tokenizer) -> Result<Vec<Vec<u32>>> {
    let of_caption = |caption: &String| -> Result<Vec<u32>> {
        let encoding = tokenizer
            .encode(caption.as_str(), false)
            .map_err(|error| anyhow::anyhow!(error))?;
        let known = encoding.get_ids().iter().filter(|id| **id != UNKNOWN);
        Ok(known.copied().collect())
    };
    photo.captions.iter().map(of_caption).collect()
}

impl Runs {
    /// Of each photo's captions, for a vocabulary of `size` tokens: what was used for at least so many photos.
    ///
    /// A token's weight is the logarithm of one over the share of the photos of which somebody used it, to two
    /// decimals; of those that nobody used, as of those of one photo.
    pub fn of(captions: &[Vec<Vec<u32>>], size: usize, least: usize) -> Self {
        let mut photos: BTreeMap<Run, usize> = BTreeMap::new();
        for captions in captions {
            let runs = captions
                .iter()
                .flat_map(|tokens| (1..=LONGEST_RUN).flat_map(|length| tokens.windows(length)));
            for run in runs.collect::<BTreeSet<_>>() {
                *photos.entry(run.to_vec()).or_default() += 1;
            }
        }
        let all = captions.len().max(1) as f64;
        let word_weights = (0..size as u32).map(|token| {
            let count = photos.get(&vec![token]).copied().unwrap_or(1);
            ((all / count as f64).ln() * 100.0).round() / 100.0
        });
        let word_weights = word_weights.collect();
        photos.retain(|_, count| *count >= least);
        Self {
            word_weights,
            places: photos.into_keys().zip(0..).collect(),
        }
    }

    /// Those that are foreseen, in the order of their places, as the tokenizer has them.
    fn in_words(&self, tokenizer: &Tokenizer) -> Vec<String> {
        let word = |&token: &u32| tokenizer.id_to_token(token).unwrap_or_default();
        let run = |run: &Run| run.iter().map(word).collect::<Vec<_>>().join(" ");
        self.places.keys().map(run).collect()
    }

    fn weight(&self, run: &[u32]) -> f64 {
        let weights = run.iter().filter_map(|&token| self.word_weights.get(token as usize));
        weights.sum()
    }

    /// The mean of a photo's captions: of the runs that are foreseen and are in one, by their places, what they weigh
    /// where all of a caption's runs of that length weigh 1.
    pub fn mean(&self, captions: &[Vec<u32>]) -> BTreeMap<usize, f64> {
        let mut mean = BTreeMap::new();
        for tokens in captions {
            for length in 1..=LONGEST_RUN {
                let mut own: BTreeMap<&[u32], f64> = BTreeMap::new();
                for run in tokens.windows(length) {
                    *own.entry(run).or_default() += self.weight(run);
                }
                let norm = own.values().map(|weight| weight * weight).sum::<f64>().sqrt();
                for (run, weight) in own {
                    if let (Some(place), true) = (self.places.get(run), norm > 0.0) {
                        *mean.entry(*place).or_default() += weight / norm / captions.len() as f64;
                    }
                }
            }
        }
        mean
    }
}

impl Regression {
    /// From each photo's features to the mean of its captions, which have so many runs.
    ///
    /// # Errors
    /// No photos.
    pub fn fit(features: &[Vec<f32>], means: &[BTreeMap<usize, f64>], runs: usize, rank: usize) -> Result<Self> {
        let (photos, width) = (features.len(), features.first().map_or(0, Vec::len));
        ensure!(width > 0, "there are no photos to learn from");
        let column = |at: usize| features.iter().map(move |own| f64::from(own[at]));
        let scale: Vec<(f64, f64)> = (0..width)
            .map(|at| {
                let mean = column(at).sum::<f64>() / photos as f64;
                let squares: f64 = column(at).map(|value| (value - mean).powi(2)).sum();
                (mean, 1.0 / (squares / photos as f64).sqrt().max(1e-6))
            })
            .collect();
        // [photos, width], and as all its columns have a mean of 0, what is to be foreseen need not have one.
        let scaled = DMatrix::from_fn(photos, width, |photo, at| {
            (f64::from(features[photo][at]) - scale[at].0) * scale[at].1
        });
        let mut usual = DVector::zeros(runs);
        let mut together = DMatrix::zeros(width, runs);
        for (photo, mean) in means.iter().enumerate() {
            let own = scaled.row(photo).transpose();
            for (&run, &weight) in mean {
                usual[run] += weight / photos as f64;
                together.column_mut(run).axpy(weight, &own, 1.0);
            }
        }
        let mut square = scaled.tr_mul(&scaled);
        for at in 0..width {
            square[(at, at)] += PULL * photos as f64;
        }
        // (XᵀX + λI) = LLᵀ; the ridge's weights are L⁻ᵀ(L⁻¹XᵀY), and what it foresees varies along the directions of
        // L⁻¹XᵀY.
        let lower = Cholesky::new(square).context("the features are no numbers")?.unpack();
        let seen = lower
            .solve_lower_triangular(&together)
            .context("the features are no numbers")?;
        let SymmetricEigen {
            eigenvalues,
            eigenvectors,
        } = SymmetricEigen::new(&seen * seen.transpose());
        let mut order: Vec<usize> = (0..width).collect();
        order.sort_by(|&a, &b| eigenvalues[b].total_cmp(&eigenvalues[a]));
        order.truncate(rank.max(1));
        let kept = eigenvectors.select_columns(&order);
        let inner = lower.tr_solve_lower_triangular(&kept);
        Ok(Self {
            scale,
            inner: inner.context("the features are no numbers")?,
            outer: kept.tr_mul(&seen),
            usual,
        })
    }

    /// What is expected of the captions of a photo with these features, for each run.
    pub fn expected(&self, features: &[f32]) -> Vec<f64> {
        let scaled = features.iter().zip(&self.scale);
        let scaled = scaled.map(|(&value, (mean, scale))| (f64::from(value) - mean) * scale);
        let scaled = DVector::from_iterator(features.len(), scaled);
        let expected = self.outer.tr_mul(&self.inner.tr_mul(&scaled)) + &self.usual;
        expected.iter().copied().collect()
    }

    /// Adds the output to an encoder's graph, in the place of one that is there.
    ///
    /// # Errors
    /// As [`add_output`].
    pub fn add_to(&self, model: &mut ModelProto) -> Result<()> {
        let graph = model.graph.as_ref();
        let has_words = graph.is_some_and(|graph| graph.output.iter().any(|output| output.name() == SUPPORT));
        let floats = |values: &mut dyn Iterator<Item = f64>| values.map(|value| value as f32).collect::<Vec<_>>();
        // nalgebra keeps columns together, ONNX rows.
        let rows = |matrix: &DMatrix<f64>| floats(&mut matrix.transpose().iter().copied());
        let [width, rank, runs] = [self.inner.nrows(), self.inner.ncols(), self.outer.ncols()].map(|size| size as i64);
        let name = |part: &str| format!("{OUTPUT}.{part}");
        add_output(model, OUTPUT, |g| {
            let mut features = g.reduce_mean(MEMORY, &[1], false);
            if has_words {
                features = g.concat(&[SUPPORT, &features], 1);
            }
            let means = floats(&mut self.scale.iter().map(|(mean, _)| *mean));
            let means = g.initializer_f32(&name("means"), &[width], &means);
            let scales = floats(&mut self.scale.iter().map(|(_, scale)| *scale));
            let scales = g.initializer_f32(&name("scales"), &[width], &scales);
            let centred = g.sub(&features, &means);
            let scaled = g.mul(&centred, &scales);
            let inner = g.initializer_f16(&name("inner"), &[width, rank], &rows(&self.inner));
            let outer = g.initializer_f16(&name("outer"), &[rank, runs], &rows(&self.outer));
            let usual = g.initializer_f16(&name("usual"), &[runs], &floats(&mut self.usual.iter().copied()));
            let within = g.matmul(&scaled, &inner);
            let without = g.matmul(&within, &outer);
            let expected = g.add(&without, &usual);
            let dims = [Dim::Named("batch"), Dim::Fixed(runs)];
            g.output(OUTPUT, &expected, DataType::Float, &dims);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn captions() -> Vec<Vec<Vec<u32>>> {
        vec![
            vec![vec![0, 1, 1], vec![1]],
            vec![vec![0, 1]],
            vec![vec![0]],
            vec![vec![0, 2]],
        ]
    }

    #[test]
    fn a_word_weighs_the_more_the_fewer_photos_it_was_used_for_however_often() {
        assert_eq!(Runs::of(&captions(), 4, 1).word_weights, [0.0, 0.69, 1.39, 1.39]);
    }

    #[test]
    fn only_what_was_used_for_enough_photos_is_foreseen_and_a_photos_captions_weigh_the_same() {
        let runs = Runs::of(&captions(), 4, 2);
        assert_eq!(
            runs.places,
            BTreeMap::from([(vec![0], 0), (vec![0, 1], 1), (vec![1], 2)])
        );
        // Of [0, 1, 1] the word weighs all, and so does the only pair of [0, 1] that is known beside [1, 1].
        let mean = runs.mean(&captions()[0]);
        assert_eq!(mean.get(&2), Some(&1.0));
        let pair = 0.69 / (0.69_f64.powi(2) + 1.38_f64.powi(2)).sqrt() / 2.0;
        assert!((mean[&1] - pair).abs() < 1e-9, "{mean:?}");
        assert_eq!(runs.mean(&captions()[2]), BTreeMap::new(), "a word of every photo");
    }

    #[test]
    fn the_regression_foresees_what_features_tell_of_captions_and_fewer_directions_less_of_it() {
        let features = |photo: usize| vec![(photo % 2) as f32, (photo % 3) as f32, 0.5];
        let mean = |photo: usize| BTreeMap::from([(photo % 2, 1.0), (2 + photo % 3 / 2, 0.2)]);
        let all: Vec<_> = (0..600).map(features).collect();
        let means: Vec<_> = (0..600).map(mean).collect();
        let error = |rank: usize| {
            let regression = Regression::fit(&all, &means, 4, rank).expect("features that are numbers");
            let off = (0..6).map(|photo| {
                let expected = regression.expected(&features(photo));
                let real = |run| mean(photo).get(&run).copied().unwrap_or_default();
                (0..4).map(|run| (expected[run] - real(run)).powi(2)).sum::<f64>()
            });
            off.sum::<f64>()
        };
        let [none, all] = [error(1), error(3)];
        assert!(all < 0.25 && none > all + 0.01, "{none} and {all}");
        assert!(Regression::fit(&[], &[], 4, 1).is_err());
    }
}
