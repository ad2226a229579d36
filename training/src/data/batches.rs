//! What a step is fed with, made ready on a thread of its own before it is asked for.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use anyhow::Result;
use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::StdRng;
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use tokenizers::Tokenizer;

use super::captions::CaptionedPhoto;
use super::views::Views;
use super::words::{Bag, encode, mirrored};
use crate::teacher::TeacherTargets;

/// Photos with some captions each; all rows of a photo stand together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Number of photos.
    pub photos: usize,
    /// Their numbers in the split.
    pub numbers: Vec<usize>,
    /// Captions a photo.
    pub captions: usize,
    /// `[photos, 3, picture, picture]`, −1 to 1.
    pub pixels: Vec<f32>,
    /// `[photos × captions, longest + 2]` from the start token on.
    pub tokens: Vec<i64>,
    /// `[photos, bag]`: which content words people used.
    pub bag: Vec<f32>,
    /// `[photos, cells, components]`; empty without a teacher.
    pub teacher: Vec<f32>,
}

impl Batch {
    /// `[photos, 3, picture, picture]` on `device`.
    pub fn pixels(&self, device: &Device) -> Tensor<4> {
        let side = ((self.pixels.len() / self.photos / 3) as f64).sqrt().round() as usize;
        let pixels = TensorData::new(self.pixels.clone(), [self.photos, 3, side, side]);
        Tensor::from_data(pixels, device)
    }
}

/// Everything that batches are made of.
pub struct Source {
    /// The split.
    pub photos: Vec<CaptionedPhoto>,
    /// Its views.
    pub views: Views,
    /// Its teacher targets, if there is a teacher.
    pub teacher: Option<TeacherTargets>,
    /// Its bags, a photo each.
    pub bags: Vec<Vec<f32>>,
    /// Its captions as tokens, and those of the mirrored photo.
    pub tokens: Vec<Vec<[Vec<u32>; 2]>>,
    /// Pixels a side.
    pub picture: usize,
    /// Cells a side.
    pub grid: usize,
}

impl Source {
    /// Turns a split's captions into tokens and bags.
    ///
    /// # Errors
    /// The tokenizer's.
    pub fn new(
        photos: Vec<CaptionedPhoto>,
        views: Views,
        teacher: Option<TeacherTargets>,
        (tokenizer, longest): (&Tokenizer, usize),
        bag: &Bag,
        [picture, grid]: [usize; 2],
    ) -> Result<Self> {
        let bags = photos.iter().map(|photo| bag.targets(&photo.captions)).collect();
        let both = |caption: &String| -> Result<[Vec<u32>; 2]> {
            Ok([
                encode(tokenizer, caption, longest)?,
                encode(tokenizer, &mirrored(caption), longest)?,
            ])
        };
        let tokens = photos
            .iter()
            .map(|photo| photo.captions.iter().map(both).collect())
            .collect::<Result<_>>()?;
        Ok(Self {
            photos,
            views,
            teacher,
            bags,
            tokens,
            picture,
            grid,
        })
    }

    /// Fills a batch; `augment` chooses views, mirrors, colours and captions by `rng`, else: whole photo, first ones.
    fn batch(&self, chosen: &[usize], captions: usize, augment: bool, rng: &mut StdRng) -> Result<Batch> {
        let mut batch = Batch {
            photos: chosen.len(),
            numbers: chosen.to_vec(),
            captions,
            pixels: Vec::with_capacity(chosen.len() * 3 * self.picture * self.picture),
            tokens: Vec::new(),
            bag: Vec::new(),
            teacher: Vec::new(),
        };
        for &photo in chosen {
            let view = if augment {
                rng.random_range(0..self.views.count())
            } else {
                0
            };
            let mirror = augment && rng.random_bool(0.5);
            let mut pixels: Vec<f32> = self
                .views
                .read(photo, view)?
                .iter()
                .map(|&byte| f32::from(byte) / 127.5 - 1.0)
                .collect();
            let mut teacher = self
                .teacher
                .as_ref()
                .map(|teacher| teacher.read(photo, view))
                .transpose()?;
            if mirror {
                pixels.chunks_exact_mut(self.picture).for_each(<[f32]>::reverse);
                if let Some(teacher) = &mut teacher {
                    mirror_cells(teacher, self.grid);
                }
            }
            if augment {
                recolour(&mut pixels, rng);
            }
            batch.pixels.extend(pixels);
            batch.teacher.extend(teacher.into_iter().flatten());
            batch.bag.extend(&self.bags[photo]);
            let all = &self.tokens[photo];
            for index in 0..captions {
                let caption = if augment {
                    all.choose(rng)
                } else {
                    all.get(index % all.len())
                };
                batch.tokens.extend(
                    caption
                        .into_iter()
                        .flat_map(|both| &both[usize::from(mirror)])
                        .map(|&t| i64::from(t)),
                );
            }
        }
        Ok(batch)
    }
}

/// Mirrors a grid of feature vectors `[rows][columns][components]`.
fn mirror_cells(cells: &mut [f32], grid: usize) {
    let components = cells.len() / (grid * grid);
    for row in cells.chunks_exact_mut(grid * components) {
        row.reverse();
        row.chunks_exact_mut(components).for_each(<[f32]>::reverse);
    }
}

/// Brightness, contrast and a tint, each by up to a fifth.
fn recolour(pixels: &mut [f32], rng: &mut StdRng) {
    let contrast = rng.random_range(0.8..1.2);
    let brightness = rng.random_range(-0.2..0.2);
    let plane = pixels.len() / 3;
    for channel in pixels.chunks_exact_mut(plane) {
        let gain = contrast * rng.random_range(0.9..1.1);
        channel
            .iter_mut()
            .for_each(|x| *x = (*x * gain + brightness).clamp(-1.0, 1.0));
    }
}

/// The batches of one epoch in an order that `seed` and `epoch` give, each split evenly over `replicas`.
///
/// The photos left over at the end of an epoch wait for the next one. Made on a thread named `batches`; dropping the
/// receiver ends it.
///
/// # Errors
/// The thread could not be started; what fails on the thread comes through the channel.
pub fn epoch(
    source: Arc<Source>,
    (seed, epoch): (u64, usize),
    (batch, replicas, captions): (usize, usize, usize),
) -> Result<Receiver<Result<Vec<Batch>>>> {
    let (sender, receiver) = sync_channel(4);
    std::thread::Builder::new().name("batches".into()).spawn(move || {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_add((epoch as u64) << 32));
        let mut order: Vec<usize> = (0..source.photos.len()).collect();
        order.shuffle(&mut rng);
        for chosen in order.chunks_exact(batch) {
            let parts = chosen
                .chunks(batch.div_ceil(replicas))
                .map(|part| source.batch(part, captions, true, &mut rng))
                .collect::<Result<Vec<_>>>();
            if sender.send(parts).is_err() {
                return;
            }
        }
    })?;
    Ok(receiver)
}

/// Batches for scoring: whole photos in order, each with its first `captions` captions.
pub fn in_order(source: &Source, batch: usize, captions: usize) -> impl Iterator<Item = Result<Batch>> + '_ {
    let mut rng = StdRng::seed_from_u64(0);
    let all: Vec<usize> = (0..source.photos.len()).collect();
    let starts = (0..all.len()).step_by(batch);
    starts.map(move |start| source.batch(&all[start..all.len().min(start + batch)], captions, false, &mut rng))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mirrored_cells_keep_their_vectors_whole() {
        let mut cells = vec![1.0, 10.0, 2.0, 20.0, 3.0, 30.0, 4.0, 40.0];
        mirror_cells(&mut cells, 2);
        assert_eq!(cells, [2.0, 20.0, 1.0, 10.0, 4.0, 40.0, 3.0, 30.0]);
    }
}
