//! What of a run can be looked at while it learns: its numbers, and what it says of some dev photos and where it looks, as
//! event files for TensorBoard, and a plot of the loss.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow};
use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use hearsight::photo::Photo;
use image::RgbImage;
use image::imageops::{FilterType, resize};

use crate::data::batches::{Batch, Source, in_order};
use crate::data::words::{END, PAD, START};
use crate::history;
use crate::judge::Judge;
use crate::learn::EpochRow;
use crate::nets::captioner::CaptionerNet;
use crate::pictures::canvas::Canvas;
use crate::tensorboard::Events;
use crate::write::{Choice, write};

/// Dev photos that are shown.
const SHOWN: usize = 4;
/// Steps from one point of the learning curves to the next.
const EVERY: usize = 10;
/// Epochs that follow each other faster than this are not all drawn.
const PAUSE: Duration = Duration::from_secs(10);
/// Pixels a side of a photo in a strip, and below it of a line.
const TILE: u32 = 112;
const LINE: u32 = 20;

/// Looks on while a net learns.
pub struct Watch {
    events: Events,
    log: PathBuf,
    folder: PathBuf,
    /// Rows and columns of the attention.
    grid: [usize; 2],
    drawn: Option<Instant>,
}

impl Watch {
    /// Begins at a step of the run in `folder`, whose checkpoints keep their log at `log` and whose net looks at a `grid` of
    /// rows and columns.
    ///
    /// # Errors
    /// The disk's.
    pub fn begin(folder: &Path, log: PathBuf, grid: [usize; 2], step: usize) -> Result<Self> {
        Ok(Self {
            events: Events::begin(&folder.join("events"), step)?,
            log,
            folder: folder.to_owned(),
            grid,
            drawn: None,
        })
    }

    /// Keeps some steps' numbers; those that are not there are left out.
    ///
    /// # Errors
    /// The disk's.
    pub fn step(&mut self, step: usize, numbers: &[(&str, Option<f64>)]) -> Result<()> {
        if !step.is_multiple_of(EVERY) {
            return Ok(());
        }
        for (tag, value) in numbers {
            self.events.scalar(tag, *value);
        }
        self.events.end_step(step)
    }

    /// Keeps an epoch's numbers at its last step, and from time to time what the net now says of
    /// some dev photos, where it says something, and the plot.
    ///
    /// # Errors
    /// The disk's, or numbers that are none.
    pub fn epoch(
        &mut self,
        (step, row): (usize, &EpochRow),
        net: &CaptionerNet,
        (dev, judge): (&Source, &Judge),
        device: &Device,
    ) -> Result<()> {
        self.events.scalar("dev/caption", row.dev_caption);
        self.events.scalar("dev/bag", row.dev_bag);
        self.events.scalar("dev/cosine", row.dev_cosine);
        self.events.scalar("dev/CIDEr-D", row.dev_worth);
        self.events.scalar("epoch/seconds", row.seconds);
        let is_due = self.drawn.is_none_or(|drawn| drawn.elapsed() >= PAUSE);
        if is_due
            && row.dev_worth.is_some()
            && let Some(batch) = in_order(dev, SHOWN.min(dev.photos.len()), 1).next()
        {
            self.show(&net.valid(), &batch?, (dev, judge), device)?;
        }
        self.events.end_step(step)?;
        if is_due {
            self.plot()?;
            self.drawn = Some(Instant::now());
        }
        Ok(())
    }

    /// Draws the plot, with the last epoch.
    ///
    /// # Errors
    /// The disk's.
    pub fn plot(&self) -> Result<()> {
        history::plot(&self.log, &self.folder)
    }

    fn show(
        &mut self,
        net: &CaptionerNet,
        batch: &Batch,
        (dev, judge): (&Source, &Judge),
        device: &Device,
    ) -> Result<()> {
        let memory = net.look(batch, device)?;
        let written = write(
            &net.decoder,
            memory.clone(),
            1,
            judge.longest(),
            &mut Choice::Greedy,
            device,
        )?;
        let length = judge.longest() + 1;
        let given: Vec<i64> = written
            .iter()
            .flat_map(|tokens| &tokens[..length])
            .map(|&token| i64::from(token))
            .collect();
        let given = Tensor::<2, Int>::from_data(TensorData::new(given, [batch.photos, length]), device);
        let told = net.decoder.see(memory, 1).forward(given);
        let maps: Option<Vec<f32>> = told
            .attention
            .map(|maps| maps.into_data().try_to_vec())
            .transpose()
            .map_err(|error| anyhow!("the attention's numbers: {error:?}"))?;
        for (at, tokens) in written.iter().enumerate() {
            let photo = &dev.photos[batch.numbers[at]];
            let people: String = photo.captions.iter().map(|caption| format!("\n- {caption}")).collect();
            let sentence = judge.sentence(tokens)?;
            self.events.text(
                &format!("sentence/{at}"),
                &format!("**{sentence}**\n\n{}: people wrote\n{people}", photo.name),
            );
            let words = tokens[1..]
                .iter()
                .take_while(|token| ![END, PAD, START].contains(token));
            let words = words
                .map(|&token| judge.sentence(&[token]))
                .collect::<Result<Vec<_>>>()?;
            if let Some(maps) = &maps {
                let opened = Photo::open(&photo.path).with_context(|| photo.name.clone())?;
                let cells = maps.len() / (batch.photos * length).max(1);
                let maps = maps[at * length * cells..][..length * cells].chunks_exact(cells.max(1));
                self.events.image(
                    &format!("attention/{at}"),
                    &strip(opened.pixels(), &words, maps, self.grid),
                )?;
            }
        }
        Ok(())
    }
}

/// The photo, then the photo for each word, dark where the net did not look for it.
fn strip<'a>(photo: &RgbImage, words: &[String], maps: impl Iterator<Item = &'a [f32]>, grid: [usize; 2]) -> RgbImage {
    let photo = resize(photo, TILE, TILE, FilterType::Triangle);
    let tile = TILE as f32;
    let mut canvas = Canvas::new(TILE * (words.len() as u32 + 1), TILE + LINE, [255; 3]);
    canvas.picture(&photo, [0.0, 0.0, tile, tile]);
    for (at, (word, map)) in std::iter::zip(words, maps).enumerate() {
        let left = (at as f32 + 1.0) * tile;
        canvas.picture(&lit(&photo, map, grid), [left, 0.0, left + tile, tile]);
        canvas.text([left + 4.0, tile], LINE as f32 * 0.8, [0; 3], word);
    }
    canvas.finish()
}

fn lit(photo: &RgbImage, map: &[f32], grid: [usize; 2]) -> RgbImage {
    let [rows, columns] = grid.map(|cells| cells as u32);
    let most = map.iter().fold(f32::MIN_POSITIVE, |most, weight| most.max(*weight));
    let mut lit = photo.clone();
    for (x, y, pixel) in lit.enumerate_pixels_mut() {
        let cell = (y * rows / TILE) * columns + x * columns / TILE;
        let light = map.get(cell as usize).map_or(1.0, |weight| 0.2 + 0.8 * weight / most);
        pixel
            .0
            .iter_mut()
            .for_each(|value| *value = (f32::from(*value) * light) as u8);
    }
    lit
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_strip_is_bright_where_the_net_looked_for_the_word() {
        let photo = RgbImage::from_pixel(30, 20, image::Rgb([255; 3]));
        let words = ["left".to_owned(), "all".to_owned()];
        let maps: [&[f32]; 2] = [&[0.5, 0.0, 0.5, 0.0], &[0.25; 4]];
        let strip = strip(&photo, &words, maps.into_iter(), [2, 2]);
        assert_eq!(strip.dimensions(), (3 * TILE, TILE + LINE));
        let at = |tile: u32, x: u32| strip.get_pixel(tile * TILE + x, TILE / 2).0[0];
        assert_eq!(
            [at(0, 10), at(1, 10), at(1, TILE - 10), at(2, TILE - 10)],
            [255, 255, 51, 255]
        );
        let below = strip.enumerate_pixels().filter(|(_, y, _)| *y >= TILE);
        assert!(below.into_iter().any(|(_, _, pixel)| pixel.0[0] < 60), "the words");
    }
}
