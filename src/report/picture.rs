//! Where the model looked, word by word, as one picture: the photo as it is, then once a word with its region lit.
//!
//! The rest of each small photo is dark by default, so that the lit region differs in brightness and not by a colour
//! that some people cannot see.

use std::ffi::OsString;
use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use image::{ImageFormat, Rgb, RgbImage, imageops};

use super::pen::Pen;
use super::sentence;
use crate::captioner::{Description, Place, Word};
use crate::overlay::{self, Style};
use crate::photo::{Photo, within};
use crate::text;

/// The longer side of each small photo.
const TILE: u32 = 256;
/// White around everything.
const MARGIN: u32 = 12;
/// The height of a line of writing.
const LINE: u32 = 26;
const COLUMNS: usize = 4;

const PAPER: Rgb<u8> = Rgb([255; 3]);

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
/// probability and its place written under it; last what the light means.
///
/// # Errors
/// Only if the program itself is broken.
pub fn attention_picture(photo: &Photo, description: &Description, style: Style) -> Result<RgbImage, PictureError> {
    let mut written = sentence(description) + &legend(description, style);
    for word in &description.words {
        written = written + &word.text + &remark(word);
    }
    let pen = Pen::able_to_write(&written).ok_or(PictureError::Font)?;
    let (width, height) = within(photo.pixels().dimensions(), TILE);
    let small = imageops::thumbnail(photo.pixels(), width, height);

    let tiles = description.words.len() + 1;
    let columns = tiles.min(COLUMNS);
    let (step_x, step_y) = (TILE + MARGIN, small.height() + 2 * LINE + MARGIN);
    let width = MARGIN + columns as u32 * step_x;
    let heading = pen.wrap(&sentence(description), width - 2 * MARGIN);
    let top = MARGIN + heading.len() as u32 * LINE;
    let bottom = top + MARGIN + tiles.div_ceil(COLUMNS) as u32 * step_y;
    let explanation = pen.wrap(&legend(description, style), width - 2 * MARGIN);
    let height = bottom + explanation.len() as u32 * LINE + MARGIN;

    let mut canvas = RgbImage::from_pixel(width, height, PAPER);
    for (line, y) in heading.iter().zip((MARGIN..).step_by(LINE as usize)) {
        pen.write(&mut canvas, line, MARGIN, y);
    }
    for (line, y) in explanation.iter().zip((bottom..).step_by(LINE as usize)) {
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

/// What stands under a word: "93 %, upper left".
fn remark(word: &Word) -> String {
    let percent = (word.probability * 100.0).round();
    let place = match (&word.attention, word.place) {
        (None, _) => text!("review-no-map"),
        (Some(_), place) => place.map_or_else(|| text!("place-everywhere"), Place::phrase),
    };
    text!("review-remark", percent = percent, place = place)
}

/// What the light means, or that there is none.
fn legend(description: &Description, style: Style) -> String {
    match overlay::grid(description) {
        Some(_) => overlay::legend(style, description.attention_kind),
        None => overlay::no_map(description.attention_kind),
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
        assert_eq!(remark(&word), "75 %, all over the photo");
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
