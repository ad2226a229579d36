//! JPEG files: grey, colour and CMYK, baseline and progressive, and what there is of one that ends too early.
//!
//! The decoder is zune-jpeg, the one that `image` has, asked directly: `image` gives out neither the inks of CMYK, which
//! their profile is made for, nor how to tell a grey sky from data that are missing.

use image::metadata::Orientation;
use image::{DynamicImage, GrayImage, RgbImage};
use zune_core::bytestream::ZCursor;
use zune_core::colorspace::ColorSpace;
use zune_core::options::DecoderOptions;
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;

use super::colour::Meaning;
use super::decode::{Decoded, check_size};
use super::format::Format;
use super::tiff::Tiff;
use super::{PhotoError, colour};

mod whole;

/// What the decoder fills in for rows that are not there.
const FILLING: u8 = 128;

/// Fewer rows than this are nothing that could be shown.
const FEWEST_ROWS: u32 = 8;

/// Decodes the picture; `orientation` is what applies where the file itself says nothing.
///
/// # Errors
/// Broken, too large, of a kind that is not read, or with nothing of the picture in it.
pub fn decode(bytes: &[u8], orientation: Orientation) -> Result<Decoded, PhotoError> {
    let cut = whole::cut_at(bytes);
    let is_cut = cut.is_some();
    let bytes = bytes.get(..cut.unwrap_or(bytes.len())).unwrap_or(bytes);
    let failed = |error| sentence(error, is_cut);
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(usize::MAX)
        .set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().map_err(failed)?;
    let unusual = || PhotoError::UnsupportedKind(Format::Jpeg.name().to_owned());
    let (width, height) = decoder.dimensions().ok_or(PhotoError::Damaged)?;
    let (width, height) = (u32::try_from(width), u32::try_from(height));
    let (Ok(width), Ok(height)) = (width, height) else {
        return Err(PhotoError::TooManyPixels);
    };
    check_size(width, height)?;

    let profile = decoder.icc_profile();
    let wanted = match decoder.input_colorspace().ok_or(PhotoError::Damaged)? {
        ColorSpace::Luma => ColorSpace::Luma,
        stored @ (ColorSpace::CMYK | ColorSpace::YCCK) if profile.is_some() => stored,
        ColorSpace::YCbCr | ColorSpace::RGB | ColorSpace::CMYK | ColorSpace::YCCK => ColorSpace::RGB,
        _ => return Err(unusual()),
    };
    decoder.set_options(options.jpeg_set_out_colorspace(wanted));
    let exif = decoder.exif().map_or(&[][..], Vec::as_slice);
    let orientation = Orientation::from_exif_chunk(exif).unwrap_or(orientation);
    let is_in_adobe_rgb = profile.is_none() && Tiff::read(exif).is_in_adobe_rgb();
    let mut samples = decoder.decode().map_err(failed)?;
    let height = if is_cut {
        keep_what_is_there(&mut samples, width as usize * wanted.num_components(), height)?
    } else {
        height
    };

    let picture = match (wanted, profile) {
        (ColorSpace::Luma, profile) => {
            let grey = GrayImage::from_raw(width, height, samples).ok_or(PhotoError::Damaged)?;
            in_srgb(DynamicImage::ImageLuma8(grey), profile.map(Meaning::Icc))
        }
        (ColorSpace::CMYK | ColorSpace::YCCK, Some(profile)) => {
            into_ink(&mut samples, wanted);
            colour::ink_to_srgb(width, height, &samples, &profile)
                .or_else(|| RgbImage::from_raw(width, height, without_profile(&samples)))
                .ok_or(PhotoError::Damaged)?
        }
        (_, profile) => {
            let colours = RgbImage::from_raw(width, height, samples).ok_or(PhotoError::Damaged)?;
            let meaning = is_in_adobe_rgb.then_some(Meaning::AdobeRgb);
            in_srgb(DynamicImage::ImageRgb8(colours), profile.map(Meaning::Icc).or(meaning))
        }
    };
    Ok(Decoded::upright(picture, orientation, is_cut))
}

fn in_srgb(picture: DynamicImage, meaning: Option<Meaning>) -> RgbImage {
    let picture = match meaning {
        Some(meaning) => colour::to_srgb(picture, &meaning),
        None => picture,
    };
    picture.into_rgb8()
}

/// Leaves the rows down to the last one that the file has data for, and returns how many they are.
fn keep_what_is_there(samples: &mut Vec<u8>, row: usize, height: u32) -> Result<u32, PhotoError> {
    let missing = samples
        .rchunks_exact(row.max(1))
        .take_while(|row| row.iter().all(|sample| *sample == FILLING))
        .count();
    let rows = height.saturating_sub(u32::try_from(missing).unwrap_or(u32::MAX));
    if rows < FEWEST_ROWS.min(height) {
        return Err(PhotoError::EndsEarly);
    }
    samples.truncate(row * rows as usize);
    Ok(rows)
}

/// Samples as they stand in the file become amounts of ink. All programs follow Adobe's, which write them inverted.
fn into_ink(samples: &mut [u8], stored: ColorSpace) {
    for sample in samples.chunks_exact_mut(4) {
        let &mut [first, second, third, black] = sample else {
            continue;
        };
        let inks = if stored == ColorSpace::YCCK {
            // The inverted inks were taken for red, green and blue, and those inverted once more (ITU-T T.872).
            let (y, cb, cr) = (f32::from(first), f32::from(second) - 128.0, f32::from(third) - 128.0);
            [1.402 * cr, -0.344_136 * cb - 0.714_136 * cr, 1.772 * cb].map(|shift| (y + shift).round() as u8)
        } else {
            [255 - first, 255 - second, 255 - third]
        };
        let [cyan, magenta, yellow] = inks;
        sample.copy_from_slice(&[cyan, magenta, yellow, 255 - black]);
    }
}

/// Inks as red, green and blue, where their profile cannot be used.
fn without_profile(inks: &[u8]) -> Vec<u8> {
    let left = |ink: u8, black: u8| ((u32::from(255 - ink) * u32::from(255 - black) + 127) / 255) as u8;
    let (inks, _) = inks.as_chunks::<4>();
    inks.iter()
        .flat_map(|&[cyan, magenta, yellow, black]| [cyan, magenta, yellow].map(|ink| left(ink, black)))
        .collect()
}

/// The person's sentence for the decoder's error; the error itself goes to the log.
fn sentence(error: DecodeErrors, is_cut: bool) -> PhotoError {
    log::info!("JPEG decoder: {error:?}");
    match error {
        DecodeErrors::LargeDimensions(_) => PhotoError::TooManyPixels,
        DecodeErrors::Unsupported(_) => PhotoError::UnsupportedKind(Format::Jpeg.name().to_owned()),
        DecodeErrors::ExhaustedData => PhotoError::EndsEarly,
        _ if is_cut => PhotoError::EndsEarly,
        _ => PhotoError::Damaged,
    }
}
