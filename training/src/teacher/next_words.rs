//! What a captioner of the teacher's features expects after each word of people's captions, in each view: word-level
//! distillation (Kim and Rush 2016, "Sequence-level knowledge distillation", section 3.1).
//!
//! The word that somebody wrote is one of many that could have stood there; a captioner that sees more than ours tells how
//! likely each of them is in this very view. On disk `[photo][view][caption][position][word]`, a number and a probability
//! each.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use ndarray::{Array2, ArrayView1, Axis, Ix3, s};
use rand::RngExt;
use rand::rngs::StdRng;
use rayon::prelude::*;
use serde_json::json;
use tokenizers::Tokenizer;

use crate::data::captions::CaptionedPhoto;
use crate::data::views::{ViewsConfig, bank_of};
use crate::data::words::{PAD, START, UNKNOWN, encode};
use crate::disk::{make_once, read_exact_at};
use crate::graphs::Graphs;

/// The likeliest words that are kept; of a captioner's probability they hold nearly all.
const KEPT: usize = 8;
/// Photos that are worked on before what was found is written.
const CHUNK: usize = 64;

/// The likeliest next words at one place, and how likely each is among them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Expected([(u32, f32); KEPT]);

impl Expected {
    /// Of a captioner's logits for every word.
    fn of(logits: &ArrayView1<'_, f32>) -> Self {
        let mut order: Vec<(u32, f32)> = std::iter::zip(0.., logits.iter().copied())
            .filter(|(word, _)| ![PAD, START, UNKNOWN].contains(word))
            .collect();
        let kept = KEPT.min(order.len());
        if kept < order.len() {
            order.select_nth_unstable_by(kept, |a, b| b.1.total_cmp(&a.1));
            order.truncate(kept);
        }
        let most = order.iter().map(|(_, logit)| *logit).fold(f32::NEG_INFINITY, f32::max);
        let all: f32 = order.iter().map(|(_, logit)| (logit - most).exp()).sum();
        let mut expected = [(PAD, 0.0); KEPT];
        for (place, (word, logit)) in std::iter::zip(&mut expected, order) {
            *place = (word, (logit - most).exp() / all);
        }
        Self(expected)
    }

    /// A word, drawn by how likely it is.
    pub fn draw(&self, rng: &mut StdRng) -> u32 {
        let mut left = rng.random::<f32>();
        for &(word, probability) in &self.0 {
            left -= probability;
            if left < 0.0 {
                return word;
            }
        }
        self.0[0].0
    }

    fn to_bytes(self) -> impl Iterator<Item = u8> {
        let pairs = self.0.into_iter();
        pairs.flat_map(|(word, probability)| word.to_le_bytes().into_iter().chain(probability.to_le_bytes()))
    }

    fn from_bytes(bytes: &[u8]) -> Self {
        let mut expected = Self::default();
        for (place, pair) in std::iter::zip(&mut expected.0, bytes.as_chunks::<4>().0.as_chunks::<2>().0) {
            *place = (u32::from_le_bytes(pair[0]), f32::from_le_bytes(pair[1]));
        }
        expected
    }
}

/// Expected words on disk; see the module.
pub struct NextWords {
    banks: Vec<File>,
    views: usize,
    shape: Shape,
}

/// How many places a photo has in a view; captions that are missing or shorter leave theirs empty.
#[derive(Clone, Copy)]
struct Shape {
    captions: usize,
    positions: usize,
}

impl Shape {
    fn bytes(self) -> usize {
        self.captions * self.positions * KEPT * 8
    }
}

impl NextWords {
    /// Opens what is expected at the `path` of each bank, or asks the captioner in `folder` first; written beside and
    /// renamed.
    ///
    /// # Errors
    /// A captioner of another vocabulary; a photo or a graph that cannot be read, a full disk.
    pub fn open_or_ask(
        path: impl Fn(usize) -> PathBuf,
        photos: &[CaptionedPhoto],
        folder: &Path,
        (tokenizer, longest): (&Tokenizer, usize),
        (views, seed): (&ViewsConfig, u64),
    ) -> Result<Self> {
        let captions = photos.iter().map(|photo| photo.captions.len()).max().unwrap_or(0);
        let shape = Shape {
            captions,
            // All tokens but the last are given: one more than there are words.
            positions: longest + 1,
        };
        let open = |bank| {
            let made_with = json!({"captioner": folder, "views": views.made_with(bank), "seed": seed,
                "photos": photos.len(), "longest": longest});
            make_once(&path(bank), &made_with, |out| {
                let asking = Asking::new(folder, tokenizer, longest)?;
                asking.write(out, photos, (views, bank, seed), shape)
            })
        };
        Ok(Self {
            banks: (0..views.banks).map(open).collect::<Result<_>>()?,
            views: views.count,
            shape,
        })
    }

    /// What is expected in one view of a photo after each token of one of its captions, the first one the start token's.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(&self, photo: usize, view: usize, caption: usize) -> Result<Vec<Expected>> {
        let mut bytes = vec![0; self.shape.bytes() / self.shape.captions.max(1)];
        let start = (photo * self.views + view % self.views) * self.shape.bytes() + caption * bytes.len();
        read_exact_at(&self.banks[view / self.views], &mut bytes, start as u64)
            .context("cannot read what the teacher's captioner expects")?;
        Ok(bytes.chunks_exact(KEPT * 8).map(Expected::from_bytes).collect())
    }
}

struct Asking<'a> {
    folder: &'a Path,
    preprocessor: Preprocessor,
    text: (&'a Tokenizer, usize),
}

impl<'a> Asking<'a> {
    fn new(folder: &'a Path, tokenizer: &'a Tokenizer, longest: usize) -> Result<Self> {
        let captioner = ModelFolder::open(folder)?;
        ensure!(
            captioner.tokenizer().get_vocab(true) == tokenizer.get_vocab(true),
            "{} has another vocabulary than this run: what it expects cannot be learnt; train it with the same [words]",
            folder.display()
        );
        Ok(Self {
            folder,
            preprocessor: Preprocessor::from_json(captioner.preprocessor())?,
            text: (tokenizer, longest),
        })
    }

    fn write(
        &self,
        out: &mut dyn Write,
        photos: &[CaptionedPhoto],
        (views, bank, seed): (&ViewsConfig, usize, u64),
        shape: Shape,
    ) -> Result<()> {
        // A few sentences at a time keep one core busy.
        let mut graphs = (0..rayon::current_num_threads())
            .map(|_| Graphs::open(self.folder))
            .collect::<Result<Vec<_>>>()?;
        let progress = crate::progress::bar("asking the teacher's captioner", photos.len() as u64);
        for (start, chunk) in std::iter::zip((0..).step_by(CHUNK), photos.chunks(CHUNK)) {
            let share = chunk.len().div_ceil(graphs.len());
            let bytes: Vec<Vec<u8>> = (&mut graphs, chunk.par_chunks(share))
                .into_par_iter()
                .enumerate()
                .map(|(part, (graphs, photos))| {
                    let mut bytes = Vec::with_capacity(photos.len() * views.count * shape.bytes());
                    for (index, photo) in std::iter::zip(start + part * share.., photos) {
                        let opened = Photo::open(&photo.path)?;
                        let pictures: Vec<_> = bank_of(views, seed, (index, opened.pixels()), bank).collect();
                        let expected = self.expected(graphs, &pictures, &photo.captions, shape)?;
                        bytes.extend(expected.into_iter().flat_map(Expected::to_bytes));
                    }
                    Ok(bytes)
                })
                .collect::<Result<_>>()?;
            for bytes in &bytes {
                out.write_all(bytes)?;
            }
            progress.inc(chunk.len() as u64);
        }
        progress.finish();
        Ok(())
    }

    /// `[picture][caption][position]`; all pictures of a photo together, because the weights are read once for all rows.
    fn expected(
        &self,
        graphs: &mut Graphs,
        pictures: &[image::RgbImage],
        captions: &[String],
        shape: Shape,
    ) -> Result<Vec<Expected>> {
        let (tokenizer, longest) = self.text;
        let rows = captions
            .iter()
            .map(|caption| encode(tokenizer, caption, longest))
            .collect::<Result<Vec<_>>>()?;
        let spoken = |row: &Vec<u32>| row.iter().filter(|token| **token != PAD).count();
        // After the last token nothing is expected.
        let length = rows.iter().map(spoken).max().unwrap_or(0).saturating_sub(1);
        let places = shape.captions * shape.positions;
        let mut expected = vec![Expected::default(); pictures.len() * places];
        if length == 0 {
            return Ok(expected);
        }
        let given = Array2::from_shape_fn((pictures.len() * rows.len(), length), |(row, at)| {
            i64::from(rows[row % rows.len()][at])
        });
        let pixels: Vec<_> = pictures.iter().map(|picture| self.preprocessor.run(picture)).collect();
        let views: Vec<_> = pixels.iter().map(|pixels| pixels.view()).collect();
        let mut memory = graphs.encode(&ndarray::concatenate(Axis(0), &views)?.into_dyn())?;
        let row_of = (0..given.nrows()).map(|row| row / rows.len()).collect::<Vec<_>>();
        memory
            .values_mut()
            .for_each(|value| *value = value.select(Axis(0), &row_of));
        let logits = graphs.forward(&given, &memory)?.logits.into_dimensionality::<Ix3>()?;
        for row in 0..given.nrows() {
            let (picture, caption) = (row / rows.len(), row % rows.len());
            let start = picture * places + caption * shape.positions;
            for at in 0..length {
                expected[start + at] = Expected::of(&logits.slice(s![row, at, ..]));
            }
        }
        Ok(expected)
    }
}

#[cfg(test)]
mod tests {
    use ndarray::Array1;
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn words_are_drawn_as_often_as_they_are_likely_and_none_that_is_no_word() {
        let mut logits = Array1::from_elem(40, -9.0f32);
        // The unknown word would be the likeliest.
        for (word, probability) in [(UNKNOWN, 0.9f32), (10, 0.75), (20, 0.25)] {
            logits[word as usize] = probability.ln();
        }
        let expected = Expected::from_bytes(&Expected::of(&logits.view()).to_bytes().collect::<Vec<_>>());
        assert_eq!(expected, Expected::of(&logits.view()), "comes back from disk");
        let mut rng = StdRng::seed_from_u64(1);
        let drawn: Vec<u32> = (0..4000).map(|_| expected.draw(&mut rng)).collect();
        let often = |word| drawn.iter().filter(|drawn| **drawn == word).count();
        assert!((2850..3150).contains(&often(10)), "{}", often(10));
        assert!((850..1150).contains(&often(20)), "{}", often(20));
        assert!(!drawn.contains(&UNKNOWN));
    }

    #[test]
    fn a_vocabulary_with_fewer_words_than_are_kept_leaves_the_other_places_empty() {
        let logits = Array1::from_vec(vec![5.0f32, 5.0, 0.0, 5.0, 1.0]);
        let expected = Expected::of(&logits.view());
        assert!((expected.0.iter().map(|(_, probability)| probability).sum::<f32>() - 1.0).abs() < 1e-6);
        let mut rng = StdRng::seed_from_u64(1);
        assert!((0..100).all(|_| [2, 4].contains(&expected.draw(&mut rng))));
    }
}
