//! The bytes of a picture file become upright RGB pixels.

use std::error::Error as _;
use std::io::{self, Cursor};

use image::codecs::gif::GifDecoder;
use image::codecs::webp::WebPDecoder;
use image::error::LimitErrorKind;
use image::metadata::Orientation;
use image::{
    AnimationDecoder, DynamicImage, Frames, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits, RgbImage,
};
use jxl_oxide::integration::JxlDecoder;

use super::format::Format;
use super::tiff::{Tiff, ink, palette};
use super::{MAX_PIXELS, PhotoError, colour, heif, jpeg, raw};

/// What a decoder may allocate, the picture included: room for [`MAX_PIXELS`] with alpha.
pub(super) const MAX_ALLOCATION: u64 = 1 << 30;

/// The most frames of an animation that are looked at for one with something in it.
pub(super) const MAX_FRAMES: usize = 100;

/// A picture that has been read.
#[derive(Debug)]
pub struct Decoded {
    /// Upright, in sRGB, over white.
    pub pixels: RgbImage,
    /// Whether the file ended before the picture did.
    pub is_cut: bool,
}

impl Decoded {
    /// Puts a picture upright.
    pub fn upright(pixels: RgbImage, orientation: Orientation, is_cut: bool) -> Self {
        let mut upright = DynamicImage::ImageRgb8(pixels);
        upright.apply_orientation(orientation);
        Self {
            pixels: upright.into_rgb8(),
            is_cut,
        }
    }
}

/// Decodes the first frame in which there is something, brings its colours to sRGB, lays it on white and puts it
/// upright.
///
/// Nothing of the picture's size is allocated before its declared size is within bounds.
pub fn decode(bytes: &[u8]) -> Result<Decoded, PhotoError> {
    let format = Format::of(bytes)?;
    match format {
        Format::Jpeg => jpeg::decode(bytes, Orientation::NoTransforms),
        Format::Raw => raw::decode(bytes),
        Format::Heic | Format::Avif => heif::decode(bytes, format),
        Format::Tiff => {
            let tiff = Tiff::read(bytes);
            if tiff.is_raw() {
                return raw::decode(bytes);
            }
            // The decoder finds other faults of a giant first.
            if let Some((width, height)) = tiff.size() {
                check_size(width, height)?;
            }
            if let Some((orientation, grey)) = tiff.palette_as_grey() {
                let mut picture = palette::decode(&grey)?.into();
                if let Some(icc) = tiff.profile() {
                    picture = colour::to_srgb(picture, &colour::Meaning::Icc(icc.to_vec()));
                }
                return Ok(Decoded::upright(colour::on_white(picture), orientation, false));
            }
            let (bytes, profile) = (tiff.with_photo_first(), tiff.profile());
            if let (Some(orientation), Some(profile)) = (tiff.turned_ink(), profile)
                && let Some(pixels) = ink::decode(&bytes, profile)
            {
                return Ok(Decoded::upright(pixels, orientation, false));
            }
            with_image(&bytes, ImageFormat::Tiff, format, profile)
        }
        Format::Jxl => {
            let decoder = JxlDecoder::new(Cursor::new(bytes)).map_err(|error| sentence(error, format))?;
            // It comes upright: what stands in the metadata beside it does not count (ISO/IEC 18181-2).
            finish(decoder, format, Some(Orientation::NoTransforms), None, &mut || None)
        }
        Format::Other(ImageFormat::WebP) if !is_whole_webp(bytes) => Err(PhotoError::EndsEarly),
        Format::Other(kind) => with_image(bytes, kind, format, None),
    }
}

/// Decodes with the decoder that `image` has for a kind of file; `profile` is one that this decoder does not find.
fn with_image(bytes: &[u8], kind: ImageFormat, format: Format, profile: Option<&[u8]>) -> Result<Decoded, PhotoError> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), kind);
    // Some decoders make room as soon as they have read the header.
    reader.limits(limits());
    let decoder = reader.into_decoder().map_err(|error| sentence(error, format))?;
    finish(decoder, format, None, profile, &mut || {
        first_with_something(bytes, kind, format)
    })
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_ALLOCATION);
    limits
}

/// Decodes the pixels and finishes the picture; `instead` gives another one where nothing is to be seen in this one.
fn finish(
    mut decoder: impl ImageDecoder,
    format: Format,
    orientation: Option<Orientation>,
    profile: Option<&[u8]>,
    instead: &mut dyn FnMut() -> Option<Result<DynamicImage, PhotoError>>,
) -> Result<Decoded, PhotoError> {
    let failed = |error| sentence(error, format);
    let (width, height) = decoder.dimensions();
    check_size(width, height)?;
    let mut limits = limits();
    limits.reserve(decoder.total_bytes()).map_err(failed)?;
    decoder.set_limits(limits).map_err(failed)?;
    // Broken metadata is no reason to withhold the picture.
    let orientation = orientation.unwrap_or_else(|| {
        decoder.orientation().unwrap_or_else(|error| {
            log::warn!("taken as upright, for its orientation cannot be read: {error}");
            Orientation::NoTransforms
        })
    });
    let profile = profile.map(<[u8]>::to_vec).or_else(|| {
        decoder.icc_profile().unwrap_or_else(|error| {
            log::warn!("the colour profile cannot be read: {error}");
            None
        })
    });
    let mut picture = DynamicImage::from_decoder(decoder).map_err(failed)?;
    if is_empty(&picture)
        && let Some(other) = instead()
    {
        picture = other?;
    }
    if let Some(icc) = profile {
        picture = colour::to_srgb(picture, &colour::Meaning::Icc(icc));
    }
    Ok(Decoded::upright(colour::on_white(picture), orientation, false))
}

/// Refuses a picture by its declared size: too large, or nothing.
pub fn check_size(width: u32, height: u32) -> Result<(), PhotoError> {
    if width == 0 || height == 0 {
        return Err(PhotoError::Damaged);
    }
    if u64::from(width) * u64::from(height) > MAX_PIXELS {
        log::info!("refused: {width} by {height} pixels");
        return Err(PhotoError::TooManyPixels);
    }
    Ok(())
}

/// Whether all of a picture is transparent.
fn is_empty(picture: &DynamicImage) -> bool {
    picture
        .as_rgba8()
        .is_some_and(|picture| picture.pixels().all(|pixel| pixel.0[3] == 0))
}

/// The first frame of an animation in which there is something; none where the file is no animation.
fn first_with_something(bytes: &[u8], kind: ImageFormat, format: Format) -> Option<Result<DynamicImage, PhotoError>> {
    let frames = match kind {
        ImageFormat::Gif => GifDecoder::new(Cursor::new(bytes)).and_then(bounded),
        ImageFormat::WebP => WebPDecoder::new(Cursor::new(bytes)).and_then(|decoder| {
            if decoder.has_animation() {
                bounded(decoder)
            } else {
                Ok(Frames::new(Box::new(std::iter::empty())))
            }
        }),
        _ => return None,
    };
    let mut looked_at = 0;
    for frame in frames.ok()? {
        // A frame that is broken ends the animation; those before it were empty.
        let picture = DynamicImage::ImageRgba8(frame.ok()?.into_buffer());
        if !is_empty(&picture) {
            return Some(Ok(picture));
        }
        looked_at += 1;
        if looked_at == MAX_FRAMES {
            log::info!("{}: nothing in {MAX_FRAMES} frames", format.name());
            return Some(Err(PhotoError::NothingInFrames));
        }
    }
    None
}

/// The frames of an animation, with the bounds that a single picture has.
fn bounded<'a>(mut decoder: impl ImageDecoder + AnimationDecoder<'a>) -> Result<Frames<'a>, ImageError> {
    decoder.set_limits(limits())?;
    Ok(decoder.into_frames())
}

/// Whether a WebP file has all its bytes, which its decoder does not tell: the length in the RIFF header counts what
/// follows it.
fn is_whole_webp(bytes: &[u8]) -> bool {
    match bytes.get(4..8) {
        Some(&[a, b, c, d]) => (bytes.len() - 8) as u64 >= u64::from(u32::from_le_bytes([a, b, c, d])),
        _ => false,
    }
}

/// The person's sentence for a decoder's error; the error itself goes to the log.
fn sentence(error: ImageError, format: Format) -> PhotoError {
    log::info!("{} decoder: {error}", format.name());
    match error {
        // A decoder's own bound on width or height, or the memory.
        ImageError::Limits(limit) if matches!(limit.kind(), LimitErrorKind::DimensionError) => {
            PhotoError::TooManyPixels
        }
        ImageError::Limits(_) => PhotoError::TooMuchMemory,
        ImageError::Unsupported(_) => PhotoError::UnsupportedKind(format.name().to_owned()),
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

#[cfg(test)]
mod tests {
    use image::error::LimitError;

    use super::*;

    #[test]
    fn a_picture_that_would_take_too_much_memory_is_not_told_about_megapixels() {
        let told = |kind| {
            sentence(
                ImageError::Limits(LimitError::from_kind(kind)),
                Format::Other(ImageFormat::Png),
            )
            .to_string()
        };
        assert_eq!(
            told(LimitErrorKind::InsufficientMemory),
            "This picture is too large: reading it would take more than 1024 megabytes of memory. Make a smaller copy \
             and open that."
        );
        assert!(told(LimitErrorKind::DimensionError).contains("up to 200 megapixels"));
    }
}
