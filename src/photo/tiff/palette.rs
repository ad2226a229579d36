//! TIFF pictures of numbers into a table of colours (TIFF 6.0, section 5), as scanners and old programs write them, which
//! the decoder refuses: the file is read as if it were grey, and the greys are the numbers.

use std::io::ErrorKind;

use image::RgbImage;
use tiff::decoder::DecodingResult;
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::decoder;
use crate::photo::PhotoError;
use crate::photo::decode::check_size;
use crate::photo::format::Format;

/// The colours of the first picture of a file whose photometric interpretation says "black is zero" in place of "palette".
///
/// # Errors
/// The file is damaged, too large, or has numbers of other than 1, 2, 4 or 8 bits.
pub fn decode(bytes: &[u8]) -> Result<RgbImage, PhotoError> {
    let mut decoder = decoder(bytes).map_err(sentence)?;
    let (width, height) = decoder.dimensions().map_err(sentence)?;
    check_size(width, height)?;
    let ColorType::Gray(bits @ (1 | 2 | 4 | 8)) = decoder.colortype().map_err(sentence)? else {
        return Err(unsupported());
    };
    let values = decoder.get_tag_u16_vec(Tag::ColorMap).map_err(sentence)?;
    let table = Table::new(&values, bits).ok_or(PhotoError::Damaged)?;
    let DecodingResult::U8(packed) = decoder.read_image().map_err(sentence)? else {
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

/// The person's sentence, as for every other TIFF; the error itself goes to the log.
fn sentence(error: TiffError) -> PhotoError {
    log::info!("TIFF decoder, of a palette: {error}");
    match error {
        TiffError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => PhotoError::EndsEarly,
        TiffError::LimitsExceeded => PhotoError::TooMuchMemory,
        TiffError::UnsupportedError(_) => unsupported(),
        _ => PhotoError::Damaged,
    }
}

fn unsupported() -> PhotoError {
    PhotoError::UnsupportedKind(Format::Tiff.name().to_owned())
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
