//! Colours as a profile means them become sRGB, what screens show and models have learnt from.
//!
//! Profiles are read by moxcms, which `image` itself uses. A profile that means sRGB in other words changes nothing, so
//! that such a photo stays bit for bit what its decoder gave.

use image::{DynamicImage, GrayImage, ImageBuffer, Pixel, RgbImage, RgbaImage};
use moxcms::{
    CicpColorPrimaries, CicpProfile, ColorProfile, DataColorSpace, Layout, MatrixCoefficients, TransferCharacteristics,
    TransformExecutor, TransformOptions,
};

/// The most bytes of a profile that are read; those of printers take two megabytes.
const MAX_PROFILE: usize = 8 << 20;

/// Samples that are converted at a time, so that no second picture is needed.
const AT_A_TIME: usize = 48 << 10;

/// What the numbers of a picture mean.
pub enum Meaning {
    /// An embedded ICC profile.
    Icc(Vec<u8>),
    /// The primaries of Display P3 or BT.2020 by their number in ISO/IEC 23091-2, with the curve of sRGB.
    Primaries(u8),
    /// Adobe RGB, without a profile that says so.
    AdobeRgb,
}

impl Meaning {
    fn profile(&self) -> Option<ColorProfile> {
        match self {
            Self::Icc(bytes) => profile(bytes),
            Self::AdobeRgb => Some(ColorProfile::new_adobe_rgb()),
            Self::Primaries(number) => CicpColorPrimaries::try_from(*number).ok().map(|color_primaries| {
                ColorProfile::new_from_cicp(CicpProfile {
                    color_primaries,
                    transfer_characteristics: TransferCharacteristics::Srgb,
                    matrix_coefficients: MatrixCoefficients::Identity,
                    full_range: true,
                })
            }),
        }
    }
}

/// The profile in these bytes; none, said in the log, where they are broken.
fn profile(bytes: &[u8]) -> Option<ColorProfile> {
    if bytes.len() > MAX_PROFILE {
        log::warn!("a colour profile of {} bytes is left out", bytes.len());
        return None;
    }
    ColorProfile::new_from_slice(bytes)
        .inspect_err(|error| log::warn!("the colour profile cannot be read: {error}"))
        .ok()
}

/// The picture in sRGB. Where the profile is broken or made for another kind of picture, it stays as it is.
pub fn to_srgb(picture: DynamicImage, meaning: &Meaning) -> DynamicImage {
    let Some(profile) = meaning.profile() else {
        return picture;
    };
    match profile.color_space {
        DataColorSpace::Rgb => rgb_to_srgb(picture, &profile),
        DataColorSpace::Gray => grey_to_srgb(picture, &profile),
        other => {
            log::warn!("a colour profile for {other:?} does not fit the picture");
            picture
        }
    }
}

fn rgb_to_srgb(picture: DynamicImage, profile: &ColorProfile) -> DynamicImage {
    let srgb = ColorProfile::new_srgb();
    let layout = if picture.color().has_alpha() {
        Layout::Rgba
    } else {
        Layout::Rgb
    };
    let options = TransformOptions::default();
    if is_nearly_srgb(profile, &srgb) {
        return picture;
    }
    if is_deep(&picture) {
        let Some(transform) = made(profile.create_transform_16bit(layout, &srgb, layout, options)) else {
            return picture;
        };
        if picture.color().has_alpha() {
            DynamicImage::ImageRgba16(converted(picture.into_rgba16(), &*transform))
        } else {
            DynamicImage::ImageRgb16(converted(picture.into_rgb16(), &*transform))
        }
    } else {
        let Some(transform) = made(profile.create_transform_8bit(layout, &srgb, layout, options)) else {
            return picture;
        };
        if picture.color().has_alpha() {
            DynamicImage::ImageRgba8(converted(picture.into_rgba8(), &*transform))
        } else {
            DynamicImage::ImageRgb8(converted(picture.into_rgb8(), &*transform))
        }
    }
}

fn grey_to_srgb(picture: DynamicImage, profile: &ColorProfile) -> DynamicImage {
    if picture.color().has_color() {
        log::warn!("a colour profile for grey does not fit the picture");
        return picture;
    }
    // A grey has one value for each level: the levels are converted, and each pixel looks its own up.
    let levels: Vec<u16> = (0..=u16::MAX).collect();
    let mut colours = vec![0_u16; levels.len() * 3];
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    let transform = made(profile.create_transform_16bit(Layout::Gray, &srgb, Layout::Rgb, options));
    if transform.is_none_or(|transform| transform.transform(&levels, &mut colours).is_err()) {
        return picture;
    }
    let level = |grey: u16| colours.get(usize::from(grey) * 3).copied().unwrap_or(grey);
    if picture.color().has_alpha() {
        let mut picture = picture.into_luma_alpha16();
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = level(pixel.0[0]));
        DynamicImage::ImageLumaA16(picture)
    } else if is_deep(&picture) {
        let mut picture = picture.into_luma16();
        picture.pixels_mut().for_each(|pixel| pixel.0[0] = level(pixel.0[0]));
        DynamicImage::ImageLuma16(picture)
    } else {
        let mut picture: GrayImage = picture.into_luma8();
        picture
            .pixels_mut()
            .for_each(|pixel| pixel.0[0] = (u32::from(level(u16::from(pixel.0[0]) * 257)) + 128).div_euclid(257) as u8);
        DynamicImage::ImageLuma8(picture)
    }
}

/// Ink (255 is all of it) by a profile for CMYK; none where the profile is none.
pub fn ink_to_srgb(width: u32, height: u32, ink: &[u8], icc: &[u8]) -> Option<RgbImage> {
    let profile = profile(icc).filter(|profile| profile.color_space == DataColorSpace::Cmyk)?;
    let (srgb, options) = (ColorProfile::new_srgb(), TransformOptions::default());
    // Four inks lie as red, green, blue and alpha do.
    let transform = made(profile.create_transform_8bit(Layout::Rgba, &srgb, Layout::Rgb, options))?;
    let mut picture = RgbImage::new(width, height);
    for (ink, to) in ink.chunks(AT_A_TIME / 3 * 4).zip(picture.chunks_mut(AT_A_TIME)) {
        transform.transform(ink, to).ok()?;
    }
    Some(picture)
}

/// Whether a picture has more than 8 bits a sample.
fn is_deep(picture: &DynamicImage) -> bool {
    !matches!(
        picture,
        DynamicImage::ImageLuma8(_)
            | DynamicImage::ImageLumaA8(_)
            | DynamicImage::ImageRgb8(_)
            | DynamicImage::ImageRgba8(_)
    )
}

/// Whether the profile moves no colour by more than a level of 255.
fn is_nearly_srgb(profile: &ColorProfile, srgb: &ColorProfile) -> bool {
    const STEP: usize = 15;
    let levels = || (0..=255_u8).step_by(STEP);
    let colours: Vec<u8> = levels()
        .flat_map(|red| levels().flat_map(move |green| levels().flat_map(move |blue| [red, green, blue])))
        .collect();
    let mut moved = vec![0; colours.len()];
    let options = TransformOptions::default();
    made(profile.create_transform_8bit(Layout::Rgb, srgb, Layout::Rgb, options))
        .is_some_and(|transform| transform.transform(&colours, &mut moved).is_ok())
        && colours.iter().zip(&moved).all(|(from, to)| from.abs_diff(*to) <= 1)
}

/// A transform, or its fault in the log.
fn made<T>(transform: Result<T, moxcms::CmsError>) -> Option<T> {
    transform
        .inspect_err(|error| log::warn!("the colour profile cannot be used: {error}"))
        .ok()
}

/// The picture with its samples converted, a piece at a time. A piece that fails stays as it is.
fn converted<P, S>(mut picture: ImageBuffer<P, Vec<S>>, transform: &dyn TransformExecutor<S>) -> ImageBuffer<P, Vec<S>>
where
    P: Pixel<Subpixel = S>,
    S: Copy + Default,
{
    let mut piece = Vec::new();
    for samples in picture.chunks_mut(AT_A_TIME) {
        piece.clear();
        piece.extend_from_slice(samples);
        if let Err(error) = transform.transform(&piece, samples) {
            log::warn!("colours stay as they were: {error}");
        }
    }
    picture
}

/// 8-bit RGB; what is transparent shows the white of a page.
pub fn on_white(picture: DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.into_rgb8();
    }
    let picture: RgbaImage = picture.into_rgba8();
    let mut flat = RgbImage::new(picture.width(), picture.height());
    for (to, from) in flat.pixels_mut().zip(picture.pixels()) {
        let [red, green, blue, alpha] = from.0.map(u32::from);
        // At most 255, so the conversion keeps the value.
        to.0 = [red, green, blue].map(|value| ((value * alpha + 255 * (255 - alpha) + 127) / 255) as u8);
    }
    flat
}
