//! The paper that plots are drawn on: each as SVG, and as PNG for where that is not shown.

use std::path::Path;

use anyhow::{Result, anyhow};
use image::RgbImage;
use plotters::backend::{BitMapBackend, SVGBackend};
use plotters::drawing::{DrawingArea, IntoDrawingArea};
use plotters::prelude::RGBColor;
use plotters::style::{FontStyle, register_font};

use crate::disk::{write_text, write_whole};

/// Of a plot, in points.
pub const WIDTH: u32 = 960;
/// Of a plot, in points.
pub const HEIGHT: u32 = 540;
/// The font that [`save`] brings.
pub const FAMILY: &str = "sans-serif";
const FONT: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Regular.ttf");

/// A colour of cividis.
pub const FIRST: RGBColor = RGBColor(0, 62, 114);
/// Another one, far from it in lightness too.
pub const SECOND: RGBColor = RGBColor(214, 182, 56);
/// Of letters and frames.
pub const INK: RGBColor = RGBColor(30, 30, 30);

/// A plot as text.
pub type Svg<'a> = DrawingArea<SVGBackend<'a>, plotters::coord::Shift>;
/// A plot as pixels.
pub type Bitmap<'a> = DrawingArea<BitMapBackend<'a>, plotters::coord::Shift>;

/// The same drawing on both kinds of paper, whose types differ, as `name.svg` and `name.png`, beside and renamed.
///
/// # Errors
/// The drawing's, or the disk's.
pub fn save(
    folder: &Path,
    name: &str,
    as_svg: impl FnOnce(&Svg) -> Result<()>,
    as_bitmap: impl FnOnce(&Bitmap) -> Result<()>,
) -> Result<()> {
    register_font(FAMILY, FontStyle::Normal, FONT).map_err(|_| anyhow!("the font for plots cannot be read"))?;
    let mut text = String::new();
    {
        let area = SVGBackend::with_string(&mut text, (WIDTH, HEIGHT)).into_drawing_area();
        as_svg(&area)?;
    }
    write_text(&folder.join(name).with_extension("svg"), &text)?;
    let mut pixels = RgbImage::new(WIDTH, HEIGHT);
    {
        let area = BitMapBackend::with_buffer(pixels.as_mut(), (WIDTH, HEIGHT)).into_drawing_area();
        as_bitmap(&area)?;
    }
    let png = png(&pixels)?;
    write_whole(&folder.join(name).with_extension("png"), |out| Ok(out.write_all(&png)?))
}

/// A picture as the bytes of a PNG file.
///
/// # Errors
/// The encoder's.
pub fn png(pixels: &RgbImage) -> Result<Vec<u8>> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    pixels.write_to(&mut bytes, image::ImageFormat::Png)?;
    Ok(bytes.into_inner())
}
