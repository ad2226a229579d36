//! What a step is fed with, made ready on a thread of its own before it is asked for.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, sync_channel};

use anyhow::{Result, bail};
use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::StdRng;
use rand::seq::SliceRandom;
use rand::{RngExt, SeedableRng};
use tokenizers::Tokenizer;

use super::captions::CaptionedPhoto;
use super::features::Features;
use super::views::{ColoursConfig, Views};
use super::words::{Bag, PAD, encode, mirrored};
use crate::teacher::{NextWords, TeacherTargets};

/// Photos with some captions each; all rows of a photo stand together.
#[derive(Clone, Debug)]
pub struct Batch {
    /// Number of photos.
    pub photos: usize,
    /// Their numbers in the split.
    pub numbers: Vec<usize>,
    /// Captions a photo.
    pub captions: usize,
    /// What the encoder is given.
    pub seen: Seen,
    /// `[photos × captions, tokens of the longest caption]` from the start token on, padded.
    pub tokens: Vec<i64>,
    /// The same with some words exchanged for those that the teacher's captioner expects there: what is to be foreseen
    /// where `tokens` are given.
    pub wanted: Vec<i64>,
    /// `[photos, bag]`: which content words people used.
    pub bag: Vec<f32>,
    /// `[photos, cells, components]`; empty without a teacher.
    pub teacher: Vec<f32>,
}

impl Batch {
    /// `[photos, 3, picture, picture]` on `device`.
    ///
    /// # Errors
    /// A batch of features.
    pub fn pixels(&self, device: &Device) -> Result<Tensor<4>> {
        let Seen::Pixels(pixels) = &self.seen else {
            bail!("the photos are not prepared for an encoder of pixels");
        };
        let side = ((pixels.len() / self.photos / 3) as f64).sqrt().round() as usize;
        let pixels = TensorData::new(pixels.clone(), [self.photos, 3, side, side]);
        Ok(Tensor::from_data(pixels, device))
    }

    /// `[photos, cells, channels]` on `device`.
    ///
    /// # Errors
    /// A batch of pixels.
    pub fn features(&self, device: &Device) -> Result<Tensor<3>> {
        let Seen::Features { values, cells } = &self.seen else {
            bail!("the photos are not prepared for an encoder of features");
        };
        let channels = values.len() / (self.photos * cells);
        let features = TensorData::new(values.clone(), [self.photos, *cells, channels]);
        Ok(Tensor::from_data(features, device))
    }
}

/// What an encoder is given of the photos of a batch.
#[derive(Clone, Debug)]
pub enum Seen {
    /// `[photos, 3, picture, picture]`, −1 to 1.
    Pixels(Vec<f32>),
    /// Of a frozen classifier.
    Features {
        /// `[photos, cells, channels]`
        values: Vec<f32>,
        /// Cells of each photo.
        cells: usize,
    },
}

/// Where a split's photos come from.
pub enum Pictures {
    /// Pixels, for an encoder of our own.
    Views(Views),
    /// Features of a frozen classifier, of so many cells.
    Features(Features, usize),
}

/// Everything that batches are made of.
pub struct Source {
    /// The split.
    pub photos: Vec<CaptionedPhoto>,
    /// Its photos as the encoder is given them.
    pub pictures: Pictures,
    /// Its teacher targets, if there is a teacher.
    pub teacher: Option<TeacherTargets>,
    /// What its teacher's captioner expects after each word, where that is listened to.
    pub next_words: Option<NextWords>,
    /// "left" and "right" as tokens, where the vocabulary has both.
    sides: Option<[u32; 2]>,
    /// The places of its words in the bag, a photo each.
    pub bags: Vec<Vec<u32>>,
    /// Words of the bag.
    pub bag: usize,
    /// Its captions as tokens.
    pub tokens: Vec<Vec<Tokens>>,
    /// Cells a side of the teacher's targets.
    pub grid: usize,
}

/// A caption as tokens, without padding: what stays in memory of a data set is its text alone.
#[derive(Clone, Debug)]
pub struct Tokens {
    plain: Box<[u32]>,
    /// Of the photo in a mirror, where that is described otherwise.
    mirrored: Option<Box<[u32]>>,
}

impl Tokens {
    fn of(tokenizer: &Tokenizer, caption: &str, longest: usize) -> Result<Self> {
        let tokens = |caption: &str| -> Result<Box<[u32]>> {
            let mut tokens = encode(tokenizer, caption, longest)?;
            let end = tokens
                .iter()
                .rposition(|&token| token != PAD)
                .map_or(0, |last| last + 1);
            tokens.truncate(end);
            Ok(tokens.into())
        };
        let other = mirrored(caption);
        let is_another = other != caption;
        Ok(Self {
            plain: tokens(caption)?,
            mirrored: is_another.then(|| tokens(&other)).transpose()?,
        })
    }

    fn seen(&self, in_mirror: bool) -> &[u32] {
        self.mirrored.as_ref().filter(|_| in_mirror).unwrap_or(&self.plain)
    }
}

impl Pictures {
    /// Views of a photo.
    fn count(&self) -> usize {
        match self {
            Self::Views(views) => views.count(),
            Self::Features(features, _) => features.count(),
        }
    }

    /// Whether a photo can be shown as in a mirror.
    fn has_mirror(&self) -> bool {
        match self {
            Self::Views(views) => views.config().mirrored,
            Self::Features(features, _) => features.is_mirrored(),
        }
    }
}

impl Source {
    /// Turns a split's captions into tokens and bags.
    ///
    /// # Errors
    /// The tokenizer's.
    pub fn new(
        photos: Vec<CaptionedPhoto>,
        pictures: Pictures,
        teacher: Option<TeacherTargets>,
        (tokenizer, longest): (&Tokenizer, usize),
        bag: &Bag,
        grid: usize,
    ) -> Result<Self> {
        let bags = photos.iter().map(|photo| bag.places(&photo.captions)).collect();
        let tokens = |caption: &String| Tokens::of(tokenizer, caption, longest);
        let tokens = photos
            .iter()
            .map(|photo| photo.captions.iter().map(tokens).collect())
            .collect::<Result<_>>()?;
        Ok(Self {
            photos,
            pictures,
            teacher,
            next_words: None,
            sides: tokenizer
                .token_to_id("left")
                .zip(tokenizer.token_to_id("right"))
                .map(Into::into),
            bags,
            bag: bag.words.len(),
            tokens,
            grid,
        })
    }

    /// Fills a batch; with a share of words to be drawn views, mirrors, colours and captions are chosen by `rng`, else:
    /// whole photo, first captions.
    fn batch(&self, chosen: &[usize], captions: usize, augment: Option<f64>, rng: &mut StdRng) -> Result<Batch> {
        let (augment, distillation) = (augment.is_some(), augment.unwrap_or(0.0));
        let mut batch = Batch {
            photos: chosen.len(),
            numbers: chosen.to_vec(),
            captions,
            seen: match self.pictures {
                Pictures::Views(_) => Seen::Pixels(Vec::new()),
                Pictures::Features(_, cells) => Seen::Features {
                    values: Vec::new(),
                    cells,
                },
            },
            tokens: Vec::new(),
            wanted: Vec::new(),
            bag: Vec::new(),
            teacher: Vec::new(),
        };
        let mut rows: Vec<(&[u32], Vec<u32>)> = Vec::new();
        for &photo in chosen {
            let view = if augment {
                rng.random_range(0..self.pictures.count())
            } else {
                0
            };
            let mirror = augment && self.pictures.has_mirror() && rng.random_bool(0.5);
            let mut teacher = self
                .teacher
                .as_ref()
                .map(|teacher| teacher.read(photo, view))
                .transpose()?;
            if let Some(teacher) = teacher.as_mut().filter(|_| mirror) {
                mirror_cells(teacher, self.grid);
            }
            match (&self.pictures, &mut batch.seen) {
                (Pictures::Views(views), Seen::Pixels(all)) => {
                    let mut pixels: Vec<f32> = views
                        .read(photo, view)?
                        .iter()
                        .map(|&byte| f32::from(byte) / 127.5 - 1.0)
                        .collect();
                    if mirror {
                        pixels.chunks_exact_mut(views.picture()).for_each(<[f32]>::reverse);
                    }
                    if augment {
                        recolour(&mut pixels, &views.config().colours, rng);
                    }
                    all.extend(pixels);
                }
                (Pictures::Features(features, _), Seen::Features { values, .. }) => {
                    values.extend(features.read(photo, view, mirror)?);
                }
                _ => {}
            }
            batch.teacher.extend(teacher.into_iter().flatten());
            let start = batch.bag.len();
            batch.bag.resize(start + self.bag, 0.0);
            for &place in &self.bags[photo] {
                batch.bag[start + place as usize] = 1.0;
            }
            let all = &self.tokens[photo];
            for index in 0..captions {
                if all.is_empty() {
                    rows.push((&[], Vec::new()));
                    continue;
                }
                let caption = if augment {
                    rng.random_range(0..all.len())
                } else {
                    index % all.len()
                };
                let given = all[caption].seen(mirror);
                let wanted = self.wanted(given, (photo, view, caption), mirror, (distillation, rng))?;
                rows.push((given, wanted));
            }
        }
        let longest = rows.iter().map(|(given, _)| given.len()).max().unwrap_or(0);
        for (given, wanted) in rows {
            let padded = |row: &[u32]| -> Vec<i64> {
                let padding = std::iter::repeat_n(PAD, longest - row.len());
                row.iter().copied().chain(padding).map(i64::from).collect()
            };
            batch.tokens.extend(padded(given));
            batch.wanted.extend(padded(&wanted));
        }
        Ok(batch)
    }

    /// What is to be foreseen where `given` is told: its words, of which the share `distillation` is drawn anew.
    fn wanted(
        &self,
        given: &[u32],
        (photo, view, caption): (usize, usize, usize),
        mirror: bool,
        (distillation, rng): (f64, &mut StdRng),
    ) -> Result<Vec<u32>> {
        let mut wanted = given.to_vec();
        if let Some(next_words) = self.next_words.as_ref().filter(|_| distillation > 0.0) {
            let expected = next_words.read(photo, view, caption)?;
            // The start token is never foreseen.
            for (word, expected) in std::iter::zip(wanted.iter_mut().skip(1), &expected) {
                if rng.random_bool(distillation) {
                    *word = self.on_its_side(expected.draw(rng), mirror);
                }
            }
        }
        Ok(wanted)
    }

    /// A word of the photo as it is, of the photo in a mirror.
    fn on_its_side(&self, word: u32, mirror: bool) -> u32 {
        match self.sides {
            Some([left, right]) if mirror && word == left => right,
            Some([left, right]) if mirror && word == right => left,
            _ => word,
        }
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

/// Brightness, contrast and a tint, by up to what the configuration says.
fn recolour(pixels: &mut [f32], config: &ColoursConfig, rng: &mut StdRng) {
    let around = |middle: f32, most: f32| middle - most..=middle + most;
    let contrast = rng.random_range(around(1.0, config.contrast));
    let brightness = rng.random_range(around(0.0, config.brightness));
    let plane = pixels.len() / 3;
    for channel in pixels.chunks_exact_mut(plane) {
        let gain = contrast * rng.random_range(around(1.0, config.tint));
        channel
            .iter_mut()
            .for_each(|x| *x = (*x * gain + brightness).clamp(-1.0, 1.0));
    }
}

/// The batches of one epoch in an order that `seed` and `epoch` give, each split evenly over `replicas`.
///
/// Of the words to be foreseen the share `distillation` is the teacher's captioner's. The photos left over at the end of an
/// epoch wait for the next one. Made on a thread named `batches`; dropping the receiver ends it.
///
/// # Errors
/// The thread could not be started; what fails on the thread comes through the channel.
pub fn epoch(
    source: Arc<Source>,
    (seed, epoch): (u64, usize),
    (batch, replicas, captions, distillation): (usize, usize, usize, f64),
) -> Result<Receiver<Result<Vec<Batch>>>> {
    let (sender, receiver) = sync_channel(4);
    std::thread::Builder::new().name("batches".into()).spawn(move || {
        let mut rng = StdRng::seed_from_u64(seed.wrapping_add((epoch as u64) << 32));
        let mut order: Vec<usize> = (0..source.photos.len()).collect();
        order.shuffle(&mut rng);
        for chosen in order.chunks_exact(batch) {
            let parts = chosen
                .chunks(batch.div_ceil(replicas))
                .map(|part| source.batch(part, captions, Some(distillation), &mut rng))
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
    starts.map(move |start| source.batch(&all[start..all.len().min(start + batch)], captions, None, &mut rng))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_that_are_not_to_change_stay_and_others_change_within_bounds() {
        let mut rng = StdRng::seed_from_u64(2);
        let photo: Vec<f32> = (0..12).map(|at| at as f32 / 20.0 - 0.3).collect();
        let mut pixels = photo.clone();
        let still = ColoursConfig {
            contrast: 0.0,
            brightness: 0.0,
            tint: 0.0,
        };
        recolour(&mut pixels, &still, &mut rng);
        assert_eq!(pixels, photo);
        let brighter = ColoursConfig {
            brightness: 0.25,
            ..still
        };
        recolour(&mut pixels, &brighter, &mut rng);
        let added = pixels[0] - photo[0];
        assert!(added != 0.0 && added.abs() <= 0.25, "{added}");
        assert!(std::iter::zip(&pixels, &photo).all(|(new, old)| (new - old - added).abs() < 1e-6));
    }

    #[test]
    fn mirrored_cells_keep_their_vectors_whole() {
        let mut cells = vec![1.0, 10.0, 2.0, 20.0, 3.0, 30.0, 4.0, 40.0];
        mirror_cells(&mut cells, 2);
        assert_eq!(cells, [2.0, 20.0, 1.0, 10.0, 4.0, 40.0, 3.0, 30.0]);
    }
}
