//! Where the model looked, word by word, as one picture: the photo as it is, then once a word with its region lit.
//!
//! The rest of each small photo is dark by default, so that the lit region differs in brightness and not by a colour
//! that some people cannot see.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use ab_glyph::{Font, FontRef, PxScaleFont, ScaleFont, point};
use image::{ImageFormat, Rgb, RgbImage, imageops};

use super::sentence;
use crate::captioner::{Description, Word};
use crate::overlay::{self, Style};
use crate::photo::{Photo, within};
use crate::text;

const FONT: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Regular.ttf");

/// The longer side of each small photo.
const TILE: u32 = 256;
/// White around everything.
const MARGIN: u32 = 12;
/// The height of a line of writing.
const LINE: u32 = 26;
const COLUMNS: usize = 4;

const PAPER: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([20; 3]);

/// Why no picture of the attention came about, as a sentence for the person.
#[derive(Debug, thiserror::Error)]
pub enum PictureError {
    /// The font inside the program is broken.
    #[error("{}", text!("picture-no-font"))]
    Font,
    /// The file could not be encoded.
    #[error("{}", text!("picture-not-encoded", reason = _0.to_string()))]
    Encode(#[source] image::ImageError),
    /// The file could not be written.
    #[error(
        "{}",
        text!("picture-not-written", path = path.display().to_string(), reason = source.to_string())
    )]
    Write {
        /// Where it should have gone.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}

/// Writes [`attention_picture`] to a PNG file: beside it first, then renamed, so that no half picture is left behind.
///
/// # Errors
/// When the folder is missing, full or may not be written to.
pub fn save_attention(photo: &Photo, description: &Description, path: &Path) -> Result<(), PictureError> {
    let bytes = png(&attention_picture(photo, description, Style::default())?)?;
    let mut beside = OsString::from(path);
    beside.push(format!(".{}.part", std::process::id()));
    fs::write(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path))
        .map_err(|source| {
            if let Err(error) = fs::remove_file(&beside) {
                log::info!("no unfinished picture to remove: {error}");
            }
            PictureError::Write {
                path: path.to_owned(),
                source,
            }
        })
}

/// The bytes of a picture as a PNG file.
///
/// # Errors
/// Only where memory is short.
pub fn png(picture: &RgbImage) -> Result<Vec<u8>, PictureError> {
    let mut bytes = Cursor::new(Vec::new());
    picture
        .write_to(&mut bytes, ImageFormat::Png)
        .map_err(PictureError::Encode)?;
    Ok(bytes.into_inner())
}

/// The [`sentence`], and below it a grid of small photos: the photo itself, then one a word with the word, its
/// probability and its place written under it.
///
/// # Errors
/// Only if the program itself is broken.
pub fn attention_picture(photo: &Photo, description: &Description, style: Style) -> Result<RgbImage, PictureError> {
    let font = FontRef::try_from_slice(FONT).map_err(|_| PictureError::Font)?;
    let pen = Pen {
        font: font.as_scaled(20.0),
    };
    let (width, height) = within(photo.pixels().dimensions(), TILE);
    let small = imageops::thumbnail(photo.pixels(), width, height);

    let tiles = description.words.len() + 1;
    let columns = tiles.min(COLUMNS);
    let (step_x, step_y) = (TILE + MARGIN, small.height() + 2 * LINE + MARGIN);
    let width = MARGIN + columns as u32 * step_x;
    let heading = pen.wrap(&sentence(description), width - 2 * MARGIN);
    let top = MARGIN + heading.len() as u32 * LINE;
    let height = top + MARGIN + tiles.div_ceil(COLUMNS) as u32 * step_y;

    let mut canvas = RgbImage::from_pixel(width, height, PAPER);
    for (line, y) in heading.iter().zip((MARGIN..).step_by(LINE as usize)) {
        pen.write(&mut canvas, line, MARGIN, y);
    }
    let words = description.words.iter().map(Some);
    for (number, word) in std::iter::once(None).chain(words).enumerate() {
        let x = MARGIN + (number % COLUMNS) as u32 * step_x;
        let y = top + MARGIN + (number / COLUMNS) as u32 * step_y;
        let lit = match word.and_then(|word| word.attention.as_ref()) {
            Some(attention) => {
                let mut lit = small.clone();
                overlay::paint(&mut lit, attention, style);
                lit
            }
            None => small.clone(),
        };
        imageops::replace(&mut canvas, &lit, i64::from(x), i64::from(y));
        if let Some(word) = word {
            pen.write(&mut canvas, &pen.shorten(&word.text, TILE), x, y + lit.height());
            pen.write(&mut canvas, &remark(word), x, y + lit.height() + LINE);
        }
    }
    Ok(canvas)
}

/// What stands under a word: "93 %, upper left". English like the file's other readers, for the program's own font has
/// Latin letters only.
fn remark(word: &Word) -> String {
    let percent = (word.probability * 100.0).round();
    match (&word.attention, word.place) {
        (None, _) => format!("{percent} %, no map"),
        (Some(_), None) => format!("{percent} %, all over"),
        (Some(_), Some(place)) => format!("{percent} %, {}", place.tag()),
    }
}

/// A share of 0 gives `from`, 1 gives `to`.
fn mix(from: f32, to: f32, share: f32) -> u8 {
    (from + (to - from) * share).round() as u8
}

/// Writes lines of text.
struct Pen<'a> {
    font: PxScaleFont<&'a FontRef<'static>>,
}

impl Pen<'_> {
    /// The width of a line in pixels.
    fn width(&self, text: &str) -> f32 {
        text.chars()
            .map(|letter| self.font.h_advance(self.font.glyph_id(letter)))
            .sum()
    }

    /// The text in lines that fit; a word that does not fit alone is shortened.
    fn wrap(&self, text: &str, width: u32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}")) <= width as f32 => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.shorten(word, width)),
            }
        }
        lines
    }

    /// The text, or as many of its letters as fit with an ellipsis.
    fn shorten(&self, text: &str, width: u32) -> String {
        let width = width as f32;
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut short = String::new();
        for letter in text.chars() {
            if self.width(&format!("{short}{letter}…")) > width {
                break;
            }
            short.push(letter);
        }
        short + "…"
    }

    /// Writes one line whose upper left corner is at `x`, `y`; what lies outside the canvas is left out.
    fn write(&self, canvas: &mut RgbImage, text: &str, x: u32, y: u32) {
        let mut at = x as f32;
        let baseline = y as f32 + self.font.ascent();
        for letter in text.chars() {
            let mut glyph = self.font.scaled_glyph(letter);
            glyph.position = point(at, baseline);
            at += self.font.h_advance(glyph.id);
            let Some(outline) = self.font.outline_glyph(glyph) else {
                continue;
            };
            let corner = outline.px_bounds().min;
            outline.draw(|across, down, cover| {
                let (x, y) = (corner.x + across as f32, corner.y + down as f32);
                if x < 0.0 || y < 0.0 {
                    return;
                }
                if let Some(pixel) = canvas.get_pixel_mut_checked(x as u32, y as u32) {
                    for (value, ink) in pixel.0.iter_mut().zip(INK.0) {
                        *value = mix(f32::from(*value), f32::from(ink), cover.clamp(0.0, 1.0));
                    }
                }
            });
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::example;

    fn photo(width: u32, height: u32) -> Photo {
        Photo::from_pixels("plain", RgbImage::from_pixel(width, height, Rgb([200, 100, 50])))
    }

    fn brightness(canvas: &RgbImage, x: u32, y: u32) -> u32 {
        canvas.get_pixel(x, y).0.iter().map(|value| u32::from(*value)).sum()
    }

    #[test]
    fn the_region_of_a_word_is_lit_and_the_rest_is_dark() {
        let canvas = attention_picture(&photo(64, 64), &example::description(), Style::default()).unwrap();
        assert_eq!(canvas.width(), MARGIN + 3 * (TILE + MARGIN));
        let top = 2 * MARGIN + LINE;
        let third = MARGIN + 2 * (TILE + MARGIN);
        // The map's weight lies in the upper left of the second word's tile, the third of the row.
        assert_eq!(canvas.get_pixel(third + 10, top + 10).0, [200, 100, 50]);
        assert!(brightness(&canvas, third + TILE - 10, top + TILE - 10) < 150);
        // The photo itself and the word without a map are as they were.
        for x in [MARGIN + 10, MARGIN + TILE + MARGIN + TILE - 10] {
            assert_eq!(canvas.get_pixel(x, top + TILE - 10).0, [200, 100, 50]);
        }
    }

    #[test]
    fn the_caption_and_each_word_are_written() {
        let canvas = attention_picture(&photo(64, 64), &example::description(), Style::default()).unwrap();
        let ink = |x: u32, y: u32| (x..x + 60).any(|x| (y..y + LINE).any(|y| brightness(&canvas, x, y) < 200));
        let below = 2 * MARGIN + LINE + TILE;
        assert!(ink(MARGIN, MARGIN));
        assert!(!ink(MARGIN, below));
        for number in [1, 2] {
            let x = MARGIN + number * (TILE + MARGIN);
            assert!(ink(x, below) && ink(x, below + LINE));
        }
    }

    #[test]
    fn odd_photos_and_long_words_keep_within_the_picture() {
        let mut description = example::description();
        description.caption = "w".repeat(500) + " and 고양이 with many, many words ".repeat(20).as_str();
        description.words[0].text = "w".repeat(500);
        description.words[1].text.clear();
        for (width, height) in [(1, 1), (3000, 1), (1, 3000)] {
            let canvas = attention_picture(&photo(width, height), &description, Style::default()).unwrap();
            assert_eq!(canvas.width(), MARGIN + 3 * (TILE + MARGIN));
        }
        description.words.clear();
        description.caption.clear();
        assert_eq!(
            attention_picture(&photo(9, 9), &description, Style::default())
                .unwrap()
                .width(),
            TILE + 2 * MARGIN
        );
    }

    #[test]
    fn what_stands_under_a_word_says_where_it_points() {
        let mut word = example::description().words.remove(1);
        assert_eq!(remark(&word), "75 %, upper left");
        word.place = None;
        assert_eq!(remark(&word), "75 %, all over");
        word.attention = None;
        assert_eq!(remark(&word), "75 %, no map");
    }

    #[test]
    fn the_file_is_whole_or_not_there() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("where it looked.png");
        fs::write(&path, "an older file").unwrap();
        save_attention(&photo(20, 10), &example::description(), &path).unwrap();
        assert_eq!(
            Photo::open(&path).unwrap().pixels().width(),
            MARGIN + 3 * (TILE + MARGIN)
        );
        assert_eq!(fs::read_dir(&folder).unwrap().count(), 1);

        let nowhere = folder.path().join("no folder/out.png");
        let error = save_attention(&photo(2, 2), &example::description(), &nowhere).unwrap_err();
        assert!(error.to_string().contains("Check that the folder exists"), "{error}");
        // A folder in the picture's place fails at the renaming: nothing is left beside it.
        assert!(save_attention(&photo(2, 2), &example::description(), folder.path()).is_err());
        assert!(
            !folder
                .path()
                .with_extension(format!("{}.part", std::process::id()))
                .exists()
        );
    }
}
