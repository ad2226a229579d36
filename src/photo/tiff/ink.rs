//! TIFF pictures of inks with the profile that says how they look; `image` gives colours out that know nothing of it.

use image::RgbImage;
use tiff::ColorType;
use tiff::decoder::DecodingResult;

use super::decoder;
use crate::photo::colour;
use crate::photo::decode::check_size;

/// The first picture in sRGB; none where it is not one of four inks of 8 bits each side by side, or cannot be decoded.
pub fn decode(bytes: &[u8], profile: &[u8]) -> Option<RgbImage> {
    let mut decoder = decoder(bytes).ok()?;
    let (width, height) = decoder.dimensions().ok()?;
    check_size(width, height).ok()?;
    if decoder.colortype().ok()? != ColorType::CMYK(8) {
        return None;
    }
    match decoder.read_image().ok()? {
        DecodingResult::U8(inks) if inks.len() == width as usize * height as usize * 4 => {
            colour::ink_to_srgb(width, height, &inks, profile)
        }
        _ => None,
    }
}
