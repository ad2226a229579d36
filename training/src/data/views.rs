//! Views of the photos, cut and shrunk once and kept on disk: the whole photo, and crops of it.
//!
//! A file of bytes `[photo][view][3][height][width]`, read by position, so that memory does not grow with the set.

use std::fs::File;
use std::io::Write;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::photo::Photo;
use image::RgbImage;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::captions::CaptionedPhoto;
use crate::disk::{make_once, read_exact_at};

/// Which parts of each photo are kept.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ViewsConfig {
    /// How many a photo in a bank: the first of the first bank is the whole photo, all others are crops.
    pub count: usize,
    /// Banks, a file each; another one can be added to a run that has begun.
    pub banks: usize,
    /// A crop's smallest share of the photo's area, 0 to 1.
    pub smallest_area: f32,
    /// Its largest share; with the same as the smallest and a stretch of 1 all crops are of one size: 0.7225 for 85 % of
    /// both sides.
    #[serde(default = "one")]
    pub largest_area: f32,
    /// How many times wider or higher than the photo's own shape a crop may be; at least 1.
    #[serde(default = "four_thirds")]
    pub stretch: f32,
    /// Whether photos are mirrored half of the times, with "left" and "right" exchanged in their captions. Features of a
    /// frozen classifier are mirrored where the encoder says so.
    #[serde(default = "yes")]
    pub mirrored: bool,
    /// How much colours change each time that a photo is shown. Features of a frozen classifier stay as they are.
    #[serde(default)]
    pub colours: ColoursConfig,
}

/// How much the colours of a photo change, as shares of the whole range.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct ColoursConfig {
    /// By how much contrast is multiplied, above or below 1.
    pub contrast: f32,
    /// How much is added, up or down, of the range of −1 to 1.
    pub brightness: f32,
    /// By how much each of the three colours is multiplied, above or below 1.
    pub tint: f32,
}

impl Default for ColoursConfig {
    fn default() -> Self {
        Self {
            contrast: 0.2,
            brightness: 0.2,
            tint: 0.1,
        }
    }
}

fn one() -> f32 {
    1.0
}

fn four_thirds() -> f32 {
    4.0 / 3.0
}

fn yes() -> bool {
    true
}

/// The `preprocessor_config.json` of a net that takes `picture` × `picture` pixels in −1 to 1.
pub fn preprocessor_config(picture: usize) -> Value {
    json!({
        "image_processor_type": "ViTImageProcessor",
        "do_resize": true,
        "size": {"height": picture, "width": picture},
        "resample": 2,
        "do_rescale": true,
        "rescale_factor": 1.0 / 255.0,
        "do_normalize": true,
        "image_mean": [0.5, 0.5, 0.5],
        "image_std": [0.5, 0.5, 0.5],
    })
}

/// The part of a photo that a view shows, in pixels: left, top, width, height. The same for the same arguments.
pub fn crop(config: &ViewsConfig, seed: u64, photo: usize, view: usize, [width, height]: [u32; 2]) -> [u32; 4] {
    if view == 0 {
        return [0, 0, width, height];
    }
    let mut rng = StdRng::seed_from_u64(seed ^ ((photo as u64) << 8 | view as u64));
    let area = rng.random_range(config.smallest_area..=config.largest_area);
    let stretch = rng
        .random_range(-config.stretch.ln()..=config.stretch.ln())
        .exp()
        .sqrt();
    let side = area.sqrt();
    let part = |share: f32, whole: u32| ((share.min(1.0) * whole as f32) as u32).clamp(1, whole);
    let (w, h) = (part(side * stretch, width), part(side / stretch, height));
    [rng.random_range(0..=width - w), rng.random_range(0..=height - h), w, h]
}

/// Cuts a view out of a photo.
pub fn cut(photo: &RgbImage, [left, top, width, height]: [u32; 4]) -> RgbImage {
    image::imageops::crop_imm(photo, left, top, width, height).to_image()
}

/// The views of one bank, cut out of the photo with this number, in their order.
pub fn bank_of(
    config: &ViewsConfig,
    seed: u64,
    (number, photo): (usize, &RgbImage),
    bank: usize,
) -> impl Iterator<Item = RgbImage> {
    let size = [photo.width(), photo.height()];
    let views = bank * config.count..(bank + 1) * config.count;
    views.map(move |view| cut(photo, crop(config, seed, number, view, size)))
}

impl ViewsConfig {
    /// Views of a photo in all banks.
    pub fn all(&self) -> usize {
        self.count * self.banks
    }

    /// What the files of one bank depend on, apart from `banks`.
    pub fn made_with(&self, bank: usize) -> Value {
        let mut made = json!({"count": self.count, "smallest_area": self.smallest_area, "bank": bank});
        // What was made before there was a choice stays good.
        if self.largest_area != one() {
            made["largest_area"] = json!(self.largest_area);
        }
        if self.stretch != four_thirds() {
            made["stretch"] = json!(self.stretch);
        }
        made
    }

    /// Refuses crops that do not fit into a photo and colours that leave nothing of it.
    ///
    /// # Errors
    /// The setting that is wrong.
    pub fn check(&self) -> Result<()> {
        ensure!(
            0.0 <= self.smallest_area && self.smallest_area <= self.largest_area && self.largest_area <= 1.0,
            "views.smallest_area and views.largest_area must be between 0 and 1, the smallest first"
        );
        ensure!(
            self.stretch >= 1.0 && self.stretch.is_finite(),
            "views.stretch must be at least 1"
        );
        let ColoursConfig {
            contrast,
            brightness,
            tint,
        } = self.colours;
        ensure!(
            [contrast, brightness, tint]
                .iter()
                .all(|share| (0.0..1.0).contains(share)),
            "views.colours must be from 0 up to, and without, 1"
        );
        Ok(())
    }
}

/// Views on disk; see the module.
pub struct Views {
    banks: Vec<File>,
    config: ViewsConfig,
    picture: usize,
}

impl Views {
    /// Opens the views at the `path` of each bank, or cuts them first where they are not there yet; written beside and
    /// renamed.
    ///
    /// # Errors
    /// A photo that cannot be read, a full disk, a file made with something else.
    pub fn open_or_cut(
        path: impl Fn(usize) -> PathBuf,
        photos: &[CaptionedPhoto],
        config: &ViewsConfig,
        picture: usize,
        seed: u64,
    ) -> Result<Self> {
        let open = |bank| {
            let made_with =
                json!({"views": config.made_with(bank), "picture": picture, "seed": seed, "photos": photos.len()});
            make_once(&path(bank), &made_with, |out| {
                cut_all(out, photos, (config, bank), picture, seed)
            })
        };
        Ok(Self {
            banks: (0..config.banks).map(open).collect::<Result<_>>()?,
            config: config.clone(),
            picture,
        })
    }

    /// Views of a photo.
    pub fn count(&self) -> usize {
        self.config.all()
    }

    /// What they were cut by, and how they change when they are shown.
    pub fn config(&self) -> &ViewsConfig {
        &self.config
    }

    /// Pixels a side.
    pub fn picture(&self) -> usize {
        self.picture
    }

    /// The bytes `[3][height][width]` of one view.
    ///
    /// # Errors
    /// The disk's.
    pub fn read(&self, photo: usize, view: usize) -> Result<Vec<u8>> {
        let mut bytes = vec![0; 3 * self.picture * self.picture];
        let count = self.config.count;
        let start = (photo * count + view % count) * bytes.len();
        read_exact_at(&self.banks[view / count], &mut bytes, start as u64)
            .with_context(|| format!("cannot read view {view} of photo {photo}"))?;
        Ok(bytes)
    }
}

fn cut_all(
    out: &mut dyn Write,
    photos: &[CaptionedPhoto],
    (config, bank): (&ViewsConfig, usize),
    picture: usize,
    seed: u64,
) -> Result<()> {
    let preprocessor = Preprocessor::from_json(&preprocessor_config(picture))?;
    let progress = crate::progress::bar("cutting views", photos.len() as u64);
    for (chunk_index, chunk) in photos.chunks(64).enumerate() {
        let views: Vec<Vec<u8>> = chunk
            .par_iter()
            .enumerate()
            .map(|(index, photo)| {
                let opened = Photo::open(&photo.path)?;
                let photo = (chunk_index * 64 + index, opened.pixels());
                let mut bytes = Vec::with_capacity(config.count * 3 * picture * picture);
                for view in bank_of(config, seed, photo, bank) {
                    bytes.extend(planes(&preprocessor.resize(&view)));
                }
                Ok(bytes)
            })
            .collect::<Result<_>>()?;
        for bytes in &views {
            out.write_all(bytes)?;
        }
        progress.inc(chunk.len() as u64);
    }
    progress.finish();
    Ok(())
}

/// Interleaved RGB → one plane a colour.
fn planes(picture: &RgbImage) -> impl Iterator<Item = u8> + '_ {
    (0..3).flat_map(move |channel| picture.as_raw().iter().skip(channel).step_by(3).copied())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn crops_of_85_percent_are_all_of_that_size_and_lie_anywhere_in_the_photo() {
        let config: ViewsConfig =
            toml::from_str("count = 9\nbanks = 1\nsmallest_area = 0.7225\nlargest_area = 0.7225\nstretch = 1.0")
                .unwrap();
        config.check().unwrap();
        let crops: Vec<_> = (1..9).map(|view| crop(&config, 3, 5, view, [400, 200])).collect();
        assert!(
            crops
                .iter()
                .all(|[left, top, width, height]| (339..=340).contains(width)
                    && (169..=170).contains(height)
                    && left + width <= 400
                    && top + height <= 200),
            "{crops:?}"
        );
        assert!(crops.windows(2).any(|pair| pair[0] != pair[1]));
        assert_eq!(crop(&config, 3, 5, 0, [400, 200]), [0, 0, 400, 200]);
    }

    #[test]
    fn views_cut_before_there_was_a_choice_are_told_by_the_same_words() {
        let config: ViewsConfig = toml::from_str("count = 4\nbanks = 1\nsmallest_area = 0.4").unwrap();
        let made = config.made_with(0);
        assert_eq!(
            made,
            json!({"count": 4, "smallest_area": config.smallest_area, "bank": 0})
        );
        let other = ViewsConfig { stretch: 1.0, ..config };
        assert_ne!(other.made_with(0), made);
    }
}
