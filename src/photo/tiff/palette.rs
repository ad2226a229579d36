//! TIFF pictures of numbers into a table of colours (TIFF 6.0, section 5), as scanners and old programs write them, which
//! the decoder refuses: the file is read as if it were grey, and the greys are the numbers.

use std::io::Cursor;

use image::error::{
    DecodingError, ImageFormatHint, LimitError, LimitErrorKind, UnsupportedError, UnsupportedErrorKind,
};
use image::{ImageError, ImageFormat, RgbImage};
use tiff::decoder::{Decoder, DecodingResult, Limits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError, TiffFormatError};

use crate::photo::decode::{MAX_ALLOCATION, check_size};

/// The colours of the first picture of a file whose photometric interpretation says "black is zero" in place of "palette".
///
/// Errors are the decoder's, and numbers of other than 1, 2, 4 or 8 bits are unsupported.
pub fn decode(bytes: &[u8]) -> Result<RgbImage, ImageError> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(MAX_ALLOCATION).unwrap_or(usize::MAX);
    let mut decoder = Decoder::new(Cursor::new(bytes)).map_err(told)?.with_limits(limits);
    let (width, height) = decoder.dimensions().map_err(told)?;
    check_size(width, height).map_err(|_| ImageError::Limits(LimitError::from_kind(LimitErrorKind::DimensionError)))?;
    let ColorType::Gray(bits @ (1 | 2 | 4 | 8)) = decoder.colortype().map_err(told)? else {
        return Err(unsupported());
    };
    let values = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(told)?;
    let table =
        Table::new(&values, bits).ok_or_else(|| told(TiffFormatError::RequiredTagNotFound(Tag::ColorMap).into()))?;
    let DecodingResult::U8(packed) = decoder.read_image().map_err(told)? else {
        return Err(unsupported());
    };
    let in_a_byte = usize::from(8 / bits);
    let in_a_row = (width as usize).div_ceil(in_a_byte);
    let mut pixels = RgbImage::new(width, height);
    for (row, line) in pixels.rows_mut().zip(packed.chunks(in_a_row)) {
        for (column, pixel) in row.enumerate() {
            let byte = line.get(column / in_a_byte).copied().unwrap_or(0);
            let shift = 8 - usize::from(bits) * (column % in_a_byte + 1);
            pixel.0 = table.colour(usize::from(byte >> shift) & table.last);
        }
    }
    Ok(pixels)
}

/// The decoder's error as `image` gives it for every other TIFF.
fn told(error: TiffError) -> ImageError {
    match error {
        TiffError::IoError(error) => ImageError::IoError(error),
        TiffError::LimitsExceeded => ImageError::Limits(LimitError::from_kind(LimitErrorKind::InsufficientMemory)),
        TiffError::UnsupportedError(_) => unsupported(),
        error => broken(error),
    }
}

fn broken(cause: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ImageError {
    ImageError::Decoding(DecodingError::new(ImageFormatHint::Exact(ImageFormat::Tiff), cause))
}

fn unsupported() -> ImageError {
    let kind = UnsupportedErrorKind::GenericFeature("such a palette".to_owned());
    let tiff = ImageFormatHint::Exact(ImageFormat::Tiff);
    ImageError::Unsupported(UnsupportedError::from_format_and_kind(tiff, kind))
}

/// All reds, then all greens, then all blues.
struct Table<'a> {
    values: &'a [u16],
    last: usize,
    /// Whether the values have 8 bits in place of 16, as some programs write them against the standard.
    is_short: bool,
}

impl<'a> Table<'a> {
    fn new(values: &'a [u16], bits: u8) -> Option<Self> {
        let colours = 1 << bits;
        let values = values.get(..3 * colours)?;
        Some(Self {
            values,
            last: colours - 1,
            is_short: values.iter().all(|value| *value < 256),
        })
    }

    fn colour(&self, number: usize) -> [u8; 3] {
        [0, 1, 2].map(|channel| {
            let value = self.values[channel * (self.last + 1) + number];
            if self.is_short { value as u8 } else { (value >> 8) as u8 }
        })
    }
}
