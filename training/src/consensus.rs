//! What people wrote about the photos that a model has learnt from, for consensus re-ranking: an output `similar_captions` of
//! the encoder, the captions of the training photos that are nearest to the one it is shown (Mao et al. 2015, "Deep
//! captioning with multimodal recurrent neural networks (m-RNN)", section 8).
//!
//! Near are photos whose means of the memory over its cells point the same way, each feature brought to a mean of 0 and a
//! deviation of 1 over the training photos. What the captions are for says the app's `captioner::consensus`.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use hearsight::model::ModelFolder;
use hearsight::onnx::{self, DataType, Dim, ModelProto};
use hearsight::photo::Photo;
use serde_json::json;
use tokenizers::Tokenizer;

use crate::addition::add_output;
use crate::data::arguments::DataArguments;
use crate::data::captions::CaptionedPhoto;
use crate::data::words::UNKNOWN;
use crate::folder;
use crate::looking::{Looker, MEMORY};
use crate::progress;

/// The output, and what the names of its weights begin with.
const OUTPUT: &str = "similar_captions";
/// Stands where a caption has no more tokens: the number of no token.
const NONE: u16 = u16::MAX;
/// Tokens of a caption that are kept.
const LONGEST: usize = 18;

/// What to add.
#[derive(clap::Args)]
pub struct ConsensusCommand {
    /// The model folder; its encoder gets the output similar_captions, and its config.json what that weighs.
    model: PathBuf,
    #[command(flatten)]
    data: DataArguments,
    /// What each point of likeness (0 to 10) to the captions of similar photos adds to a sentence's score.
    #[arg(long, default_value_t = 3.0)]
    weight: f32,
    /// How many photos count as similar.
    #[arg(long, default_value_t = 30)]
    photos: usize,
    /// Sentences that the search keeps in view from now on, unless other settings are asked for: with few there is little
    /// to choose from.
    #[arg(long, default_value_t = 16)]
    beams: usize,
    /// The power of its length by which a sentence's log-probability is divided from now on [default: it stays].
    #[arg(long)]
    length_penalty: Option<f64>,
}

/// Photos by what the encoder makes of them, with their captions.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbours {
    /// Features of each photo, all of the same width.
    pub features: Vec<Vec<f32>>,
    /// Tokens of each photo's captions.
    pub captions: Vec<Vec<Vec<u16>>>,
}

impl ConsensusCommand {
    /// Looks at the training photos and writes their captions into the folder.
    ///
    /// # Errors
    /// Data or a model that cannot be read, a vocabulary of more than 65,535 tokens, a full disk.
    pub fn run(&self) -> Result<()> {
        let data = self.data.read()?;
        let model = ModelFolder::open(&self.model)?;
        let tokenizer = model.tokenizer();
        let size = tokenizer.get_vocab_size(true);
        ensure!(
            size <= usize::from(NONE),
            "the model knows {size} tokens, and captions of similar photos are kept for at most {NONE}"
        );
        let mut looker = Looker::open(&self.model)?;
        let bar = progress::bar("photos", data.train.len() as u64);
        let mut neighbours = Neighbours {
            features: Vec::new(),
            captions: Vec::new(),
        };
        for photo in &data.train {
            let pixels = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
            neighbours.features.push(looker.look(pixels.pixels())?.means().to_vec());
            neighbours.captions.push(tokens(photo, tokenizer)?);
            bar.inc(1);
        }
        bar.finish_and_clear();
        drop(looker);
        let path = model.encoder().to_owned();
        let mut encoder = onnx::open(&path)?;
        neighbours.add_to(&mut encoder, self.photos)?;
        onnx::save(&encoder, &path)?;
        let consensus = json!({"weight": self.weight, "word_weights": neighbours.word_weights(size)});
        folder::set(&self.model, [("consensus", consensus)])?;
        folder::set_search(&self.model, "num_beams", json!(self.beams))?;
        if let Some(penalty) = self.length_penalty {
            folder::set_search(&self.model, "length_penalty", json!(penalty))?;
        }
        let captions: usize = neighbours.captions.iter().map(Vec::len).sum();
        println!(
            "{captions} captions of {} photos are in {}",
            neighbours.features.len(),
            path.display()
        );
        Ok(())
    }
}

/// The tokens of a photo's captions, without words that the model does not know.
fn tokens(photo: &CaptionedPhoto, tokenizer: &Tokenizer) -> Result<Vec<Vec<u16>>> {
    let of_caption = |caption: &String| -> Result<Vec<u16>> {
        let encoding = tokenizer
            .encode(caption.as_str(), false)
            .map_err(|error| anyhow::anyhow!(error))?;
        let known = encoding.get_ids().iter().filter(|id| **id != UNKNOWN);
        Ok(known.take(LONGEST).map(|&id| id as u16).collect())
    };
    photo.captions.iter().map(of_caption).collect()
}

impl Neighbours {
    /// For each of `size` tokens the logarithm of one over the share of the photos of which somebody used it, to two
    /// decimals; of those that nobody used, as of those of one photo.
    pub fn word_weights(&self, size: usize) -> Vec<f64> {
        let mut photos = vec![0_u32; size];
        for captions in &self.captions {
            let used: BTreeSet<u16> = captions.iter().flatten().copied().collect();
            for token in used {
                if let Some(count) = photos.get_mut(usize::from(token)) {
                    *count += 1;
                }
            }
        }
        let all = self.captions.len().max(1) as f64;
        let weight = |count: u32| (all / f64::from(count.max(1))).ln();
        photos
            .into_iter()
            .map(|count| (weight(count) * 100.0).round() / 100.0)
            .collect()
    }

    /// Adds the output to an encoder's graph, in the place of one that is there: the captions of the `nearest` photos.
    ///
    /// # Errors
    /// No photos; as [`add_output`].
    pub fn add_to(&self, model: &mut ModelProto, nearest: usize) -> Result<()> {
        let (photos, width) = (self.features.len(), self.features.first().map_or(0, Vec::len));
        ensure!(width > 0 && nearest > 0, "there are no photos to compare with");
        let nearest = nearest.min(photos);
        let column = |column: usize| self.features.iter().map(move |features| f64::from(features[column]));
        let means: Vec<f64> = (0..width).map(|at| column(at).sum::<f64>() / photos as f64).collect();
        let scales: Vec<f64> = (0..width)
            .map(|at| {
                let squares: f64 = column(at).map(|value| (value - means[at]).powi(2)).sum();
                1.0 / (squares / photos as f64).sqrt().max(1e-6)
            })
            .collect();
        // [width, photos], each photo of length 1: how long the other side is does not change the order.
        let mut keys = vec![0.0; width * photos];
        for (photo, features) in self.features.iter().enumerate() {
            let scaled = |at: usize| (f64::from(features[at]) - means[at]) * scales[at];
            let length = (0..width).map(|at| scaled(at).powi(2)).sum::<f64>().sqrt().max(1e-12);
            for at in 0..width {
                keys[at * photos + photo] = (scaled(at) / length) as f32;
            }
        }
        let most = self.captions.iter().map(Vec::len).max().unwrap_or(0);
        let longest = self.captions.iter().flatten().map(Vec::len).max().unwrap_or(0);
        ensure!(longest > 0, "there are no captions to compare with");
        let mut captions = vec![NONE; photos * most * longest];
        for (photo, own) in self.captions.iter().enumerate() {
            for (number, tokens) in own.iter().enumerate() {
                let from = (photo * most + number) * longest;
                captions[from..from + tokens.len()].copy_from_slice(tokens);
            }
        }

        let name = |part: &str| format!("{OUTPUT}.{part}");
        let floats = |values: &[f64]| values.iter().map(|&value| value as f32).collect::<Vec<_>>();
        let [width, all, row, length] = [width, photos, most * longest, longest].map(|size| size as i64);
        add_output(model, OUTPUT, |g| {
            let features = g.reduce_mean(MEMORY, &[1], false);
            let means = g.initializer_f32(&name("means"), &[width], &floats(&means));
            let scales = g.initializer_f32(&name("scales"), &[width], &floats(&scales));
            let centred = g.sub(&features, &means);
            let scaled = g.mul(&centred, &scales);
            let keys = g.initializer_f16(&name("keys"), &[width, all], &keys);
            let likeness = g.matmul(&scaled, &keys);
            let [values, places] = [g.fresh_name("TopK"), g.fresh_name("TopK")];
            let count = g.ints(&[nearest as i64]);
            g.named_node("TopK", &[&likeness, &count], &[&values, &places], Vec::new());
            let captions = g.initializer_u16(&name("captions"), &[all, row], &captions);
            let of_photos = g.gather(&captions, &places, 0);
            let tokens = g.cast(&of_photos, DataType::Float);
            let tokens = g.reshape(&tokens, &[0, -1, length]);
            let rows = Dim::Fixed((nearest * most) as i64);
            let dims = [Dim::Named("batch"), rows, Dim::Fixed(length)];
            g.output(OUTPUT, &tokens, DataType::Float, &dims);
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_weighs_the_more_the_fewer_photos_it_was_used_for_however_often() {
        let neighbours = Neighbours {
            features: vec![vec![0.0]; 4],
            captions: vec![
                vec![vec![0, 1, 1], vec![1]],
                vec![vec![0, 1]],
                vec![vec![0]],
                vec![vec![0, 2]],
            ],
        };
        assert_eq!(neighbours.word_weights(4), [0.0, 0.69, 1.39, 1.39]);
    }
}
