//! Raw files of cameras: what a sensor measured, with the picture beside it that the camera made of it, as JPEG.
//!
//! That picture is shown; the sensor's data are developed by nobody here. Each maker keeps it elsewhere, so it is found
//! as the largest JPEG in the file.

use image::metadata::Orientation;

use super::decode::Decoded;
use super::tiff::Tiff;
use super::{PhotoError, jpeg};

/// Below this length of its longer side a picture is a thumbnail.
const SMALLEST_PREVIEW: u16 = 500;

/// The most JPEGs in a file that are looked at.
const MAX_JPEGS: usize = 1000;

/// Decodes the largest JPEG in the file.
///
/// # Errors
/// There is none, only a thumbnail, or it cannot be decoded.
pub fn decode(bytes: &[u8]) -> Result<Decoded, PhotoError> {
    let (start, (width, height)) = memchr::memmem::find_iter(bytes, b"\xFF\xD8\xFF")
        .filter_map(|start| Some((start, size(bytes.get(start..)?)?)))
        .take(MAX_JPEGS)
        // Of two that are as large the first, which is why they are compared from the end.
        .fold(None, |best: Option<(usize, (u16, u16))>, found| match best {
            Some(best) if area(best.1) >= area(found.1) => Some(best),
            _ => Some(found),
        })
        .ok_or(PhotoError::NoPreview)?;
    if width.max(height) < SMALLEST_PREVIEW {
        return Err(PhotoError::NoPreview);
    }
    jpeg::decode(bytes.get(start..).unwrap_or_default(), orientation(bytes))
}

fn area((width, height): (u16, u16)) -> u32 {
    u32::from(width) * u32::from(height)
}

/// How the camera was held, where the preview itself does not say it.
fn orientation(bytes: &[u8]) -> Orientation {
    let start = match bytes.get(4..8) {
        // Canon's CR3 keeps a TIFF directory in a box of this name.
        Some(b"ftyp") => memchr::memmem::find(bytes, b"CMT1").map_or(bytes.len(), |at| at + 4),
        _ => 0,
    };
    Tiff::read(bytes.get(start..).unwrap_or_default()).orientation()
}

/// Width and height of a JPEG that can be shown, baseline or progressive with 8 bits; a sensor's data may be lossless
/// JPEG, and are passed over.
fn size(bytes: &[u8]) -> Option<(u16, u16)> {
    let number = |at: usize| Some(u16::from_be_bytes(*bytes.get(at..)?.first_chunk()?));
    let mut at = 2;
    // Far more segments than cameras write before the frame's header.
    for _ in 0..200 {
        let &[0xFF, marker] = bytes.get(at..)?.first_chunk()? else {
            return None;
        };
        match marker {
            0xC0..=0xC2 => {
                let &[bits, ..] = bytes.get(at + 4..)?.first_chunk::<6>()?;
                let (height, width, components) = (number(at + 5)?, number(at + 7)?, *bytes.get(at + 9)?);
                let is_shown = bits == 8 && matches!(components, 1 | 3) && width > 0 && height > 0;
                return is_shown.then_some((width, height));
            }
            // Other frames, and scans before any frame.
            0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF | 0xD8..=0xDA => return None,
            _ => at += 2 + usize::from(number(at + 2)?),
        }
    }
    None
}
