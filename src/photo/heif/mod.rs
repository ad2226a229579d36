//! HEIC and AVIF, read by libheif where it is installed.
//!
//! iPhones write HEIC, whose HEVC no free library in Rust decodes. libheif (LGPL) is opened at run time, so that the
//! program starts and builds without it; AVIF comes the same way, for libheif knows its grids, alpha planes, crops and
//! turns too.

use image::metadata::Orientation;
use image::{DynamicImage, RgbImage, RgbaImage};

use super::decode::{Decoded, check_size};
use super::format::Format;
use super::{PhotoError, colour};

mod library;

pub use library::Library;

/// Opens the library where it is installed.
///
/// # Errors
/// It is not there, or too old.
pub fn library() -> Result<&'static Library, &'static str> {
    use std::sync::OnceLock;
    static LIBRARY: OnceLock<Result<Library, String>> = OnceLock::new();
    LIBRARY
        .get_or_init(|| Library::open().inspect_err(|why| log::info!("no libheif: {why}")))
        .as_ref()
        .map_err(String::as_str)
}

/// Decodes the primary picture, cropped and turned as its file says.
pub fn decode(bytes: &[u8], format: Format) -> Result<Decoded, PhotoError> {
    let missing = || PhotoError::NoLibrary(format.name().to_owned());
    let library = library().map_err(|_| missing())?;
    let failed = |fault: library::Fault| {
        log::info!("{}: {}", library.version(), fault.message);
        match fault.kind {
            library::FaultKind::NoDecoder => missing(),
            library::FaultKind::NotSupported => PhotoError::UnsupportedKind(format.name().to_owned()),
            library::FaultKind::Memory => PhotoError::TooMuchMemory,
            library::FaultKind::EndsEarly => PhotoError::EndsEarly,
            library::FaultKind::Damaged => PhotoError::Damaged,
        }
    };
    let file = library.file(bytes).map_err(failed)?;
    let primary = file.primary().map_err(failed)?;
    let (width, height) = primary.size();
    check_size(width, height)?;
    let meaning = primary.meaning();
    let has_alpha = primary.has_alpha();
    let decoded = primary.decode().map_err(failed)?;
    // What comes may be smaller or larger than what was declared.
    check_size(decoded.width, decoded.height)?;
    let (width, height) = (decoded.width, decoded.height);
    let picture = if has_alpha {
        RgbaImage::from_raw(width, height, decoded.samples).map(DynamicImage::ImageRgba8)
    } else {
        RgbImage::from_raw(width, height, decoded.samples).map(DynamicImage::ImageRgb8)
    };
    let mut picture = picture.ok_or(PhotoError::Damaged)?;
    if let Some(meaning) = meaning {
        picture = colour::to_srgb(picture, &meaning);
    }
    // libheif has turned it; an orientation in its EXIF says the same again and does not count (ISO/IEC 23008-12).
    let orientation = Orientation::NoTransforms;
    Ok(Decoded::upright(colour::on_white(picture), orientation, false))
}
