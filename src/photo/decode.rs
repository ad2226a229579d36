//! The bytes of a picture file become upright RGB pixels.

use std::error::Error as _;
use std::io::{self, Cursor};

use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage};

use super::{MAX_PIXELS, PhotoError, jpeg};

/// What a decoder may allocate, the picture included: room for [`MAX_PIXELS`] with alpha.
pub(super) const MAX_ALLOCATION: u64 = 1 << 30;

/// Decodes the first frame, puts it upright and lays it on white.
///
/// Nothing of the picture's size is allocated before its declared size is within bounds.
pub fn decode(bytes: &[u8]) -> Result<RgbImage, PhotoError> {
    let format = picture_format(bytes)?;
    if !is_whole(format, bytes) {
        return Err(PhotoError::EndsEarly);
    }
    let failed = |error| sentence(error, format);
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOCATION);
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    reader.limits(limits.clone());
    let mut decoder = reader.into_decoder().map_err(failed)?;

    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        log::info!("refused: {width} by {height} pixels");
        return Err(PhotoError::TooManyPixels);
    }
    limits.reserve(decoder.total_bytes()).map_err(failed)?;
    decoder.set_limits(limits).map_err(failed)?;
    // Broken metadata is no reason to withhold the picture.
    let orientation = decoder.orientation().unwrap_or_else(|error| {
        log::warn!("taken as upright, for its orientation cannot be read: {error}");
        Orientation::NoTransforms
    });
    let picture = DynamicImage::from_decoder(decoder).map_err(failed)?;

    let mut upright = DynamicImage::ImageRgb8(on_white(picture));
    upright.apply_orientation(orientation);
    Ok(upright.into_rgb8())
}

/// The format that the content shows; the name plays no part.
fn picture_format(bytes: &[u8]) -> Result<ImageFormat, PhotoError> {
    if bytes.is_empty() {
        return Err(PhotoError::Empty);
    }
    // What telephones write by default, and `image` has no name for (ISO/IEC 23008-12).
    if bytes.get(4..8) == Some(b"ftyp")
        && matches!(
            bytes.get(8..12),
            Some(b"heic" | b"heix" | b"hevc" | b"heim" | b"heis" | b"mif1" | b"msf1")
        )
    {
        return Err(PhotoError::Unsupported("HEIC".to_owned()));
    }
    let format = image::guess_format(bytes).map_err(|_| PhotoError::NotAPicture)?;
    if !format.reading_enabled() {
        return Err(PhotoError::Unsupported(usual_name(format).to_owned()));
    }
    Ok(format)
}

/// What people call a format.
fn usual_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Jpeg => "JPEG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Pnm => "PNM",
        ImageFormat::Tiff => "TIFF",
        ImageFormat::Tga => "TGA",
        ImageFormat::Dds => "DDS",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Ico => "ICO",
        ImageFormat::Hdr => "Radiance HDR",
        ImageFormat::OpenExr => "OpenEXR",
        ImageFormat::Farbfeld => "farbfeld",
        ImageFormat::Avif => "AVIF",
        ImageFormat::Qoi => "QOI",
        other => other.extensions_str().first().copied().unwrap_or("unknown"),
    }
}

/// Whether the file has all its bytes, as far as decoders do not tell it themselves.
fn is_whole(format: ImageFormat, bytes: &[u8]) -> bool {
    match format {
        ImageFormat::Jpeg => jpeg::is_whole(bytes),
        // The length in the RIFF header counts what follows it.
        ImageFormat::WebP => match bytes.get(4..8) {
            Some(&[a, b, c, d]) => (bytes.len() - 8) as u64 >= u64::from(u32::from_le_bytes([a, b, c, d])),
            _ => false,
        },
        _ => true,
    }
}

/// The person's sentence for a decoder's error; the error itself goes to the log.
fn sentence(error: ImageError, format: ImageFormat) -> PhotoError {
    log::info!("{format:?} decoder: {error}");
    match error {
        // A decoder's own bound on width or height, or the memory.
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::DimensionError) => {
            PhotoError::TooManyPixels
        }
        ImageError::Limits(_) => PhotoError::TooMuchMemory,
        ImageError::Unsupported(_) => PhotoError::UnsupportedKind(usual_name(format).to_owned()),
        error if ends_early(&error) => PhotoError::EndsEarly,
        _ => PhotoError::Damaged,
    }
}

/// Whether the decoder ran out of bytes, wherever in the chain of causes that is said.
fn ends_early(error: &ImageError) -> bool {
    let mut cause: Option<&dyn std::error::Error> = match error {
        ImageError::IoError(error) => Some(error),
        error => error.source(),
    };
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<io::Error>() {
            return error.kind() == io::ErrorKind::UnexpectedEof;
        }
        // The GIF decoder has a variant of its own, which `image` does not hand out as a type.
        if error.to_string() == "Unexpected End of File" {
            return true;
        }
        cause = error.source();
    }
    false
}

/// 8-bit RGB; what is transparent shows the white of a page.
fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        // At most 255, so the conversion keeps the value.
        to.0 = [red, green, blue].map(|value| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    flat
}

#[cfg(test)]
mod tests {
    use image::error::LimitError;

    use super::*;

    #[test]
    fn a_format_that_is_not_read_is_called_by_its_usual_name() {
        let avif = b"\0\0\0\x20ftypavif\0\0\0\0avifmif1";
        let told = decode(avif).map_err(|error| error.to_string());
        let expected =
            "This is a picture of the format AVIF, which cannot be read here. Save it as JPEG or PNG and open that.";
        assert_eq!(told, Err(expected.to_owned()));
    }

    #[test]
    fn a_picture_that_would_take_too_much_memory_is_not_told_about_megapixels() {
        let told = |kind| sentence(ImageError::Limits(LimitError::from_kind(kind)), ImageFormat::Png).to_string();
        assert_eq!(
            told(LimitErrorKind::InsufficientMemory),
            "This picture is too large: reading it would take more than 1024 megabytes of memory. Make a smaller copy \
             and open that."
        );
        assert!(told(LimitErrorKind::DimensionError).contains("up to 200 megapixels"));
    }
}
