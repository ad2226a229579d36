//! A map as pixels to be laid over a photo.

use image::{RgbImage, Rgba, RgbaImage};

use super::{Mode, Style, cividis};
use crate::captioner::Attention;

/// From this share of the largest weight on a place counts as looked at.
const EDGE: f32 = 0.5;

/// The line around the region, and the lines beside it that set it off from a photo of the same colour.
const LINE: [u8; 3] = [0xFF, 0xD5, 0x4A];
const BESIDE_LINE: [u8; 3] = [0x14, 0x14, 0x14];

/// The size for which lines have their usual thickness; in larger pictures they are thicker.
const USUAL_SIDE: f32 = 640.0;

/// The map as a picture of `width` × `height` pixels to be laid over the photo, with straight alpha. A map that looks
/// everywhere alike is clear all over, for it shows nothing.
pub fn veil(attention: &Attention, width: u32, height: u32, style: Style) -> RgbaImage {
    let mut map = attention.upsample(width, height);
    let pointed = pointed(&map);
    let least = map.iter().copied().fold(1.0, f32::min);
    let range = (1.0 - least).max(f32::EPSILON);
    map.iter_mut().for_each(|weight| *weight = (*weight - least) / range);

    let (columns, rows) = (width as usize, height as usize);
    let pen = Pen::new(width.max(height), style);
    let mut pixels = RgbaImage::new(width, height);
    for (at, pixel) in pixels.pixels_mut().enumerate() {
        let (row, column) = (at / columns, at % columns);
        let weight = map[at];
        let mut colour = pen.fill(weight);
        if pen.draws_line {
            // The slope turns the difference from the edge into a distance from the line, in pixels.
            let right = map[row * columns + (column + 1).min(columns - 1)] - weight;
            let down = map[(row + 1).min(rows - 1) * columns + column] - weight;
            let (away, slope) = ((weight - EDGE).abs(), right.abs() + down.abs());
            if away <= slope * pen.reach() {
                colour = pen.line(colour, away / right.hypot(down).max(f32::EPSILON));
            }
        }
        let [red, green, blue, alpha] = colour;
        *pixel = Rgba([red, green, blue, alpha * pointed].map(|value| value.round() as u8));
    }
    pixels
}

/// Lays the map over the photo itself.
pub fn paint(photo: &mut RgbImage, attention: &Attention, style: Style) {
    let veil = veil(attention, photo.width(), photo.height(), style);
    for (pixel, Rgba([red, green, blue, alpha])) in photo.pixels_mut().zip(veil.pixels().copied()) {
        let share = f32::from(alpha) / 255.0;
        for (value, over) in pixel.0.iter_mut().zip([red, green, blue]) {
            *value = mix(f32::from(*value), f32::from(over), share).round() as u8;
        }
    }
}

/// How far the map points anywhere, 0 to 1. Its largest weight is 1: twice the mean and more is a look at something,
/// hardly more than the mean a look at nothing.
fn pointed(map: &[f32]) -> f32 {
    let mean = map.iter().sum::<f32>() / map.len().max(1) as f32;
    (1.0 / mean.max(f32::EPSILON) - 1.0).clamp(0.0, 1.0)
}

/// What is drawn, as red, green, blue and alpha from 0 to 255.
struct Pen {
    style: Style,
    draws_line: bool,
    /// Half the line's thickness in pixels.
    unit: f32,
    /// The colours of weights from 0 to 1.
    scale: [[u8; 3]; 256],
}

impl Pen {
    fn new(side: u32, style: Style) -> Self {
        let usual = (side as f32 / USUAL_SIDE).max(0.4);
        Self {
            style,
            draws_line: style.mode != Mode::Colour,
            unit: match style.mode {
                Mode::Outline => usual * (0.5 + style.strength),
                Mode::Colour | Mode::Dim => usual,
            },
            scale: std::array::from_fn(|step| cividis(step as f32 / 255.0)),
        }
    }

    /// The colour of a weight from 0 to 1, away from any line.
    fn fill(&self, weight: f32) -> [f32; 4] {
        let strength = self.style.strength * 255.0;
        match self.style.mode {
            Mode::Colour => {
                let [red, green, blue] = self.scale[(weight.clamp(0.0, 1.0) * 255.0) as usize].map(f32::from);
                // The least looked at stays visible below, and so does what was looked at most.
                [red, green, blue, strength * (0.5 + 0.4 * smooth(weight))]
            }
            Mode::Dim => [0.0, 0.0, 0.0, strength * (1.0 - smooth(weight))],
            Mode::Outline => [0.0; 4],
        }
    }

    /// How far from the line something is drawn, in pixels.
    fn reach(&self) -> f32 {
        4.0 * self.unit
    }

    /// A light line between dark ones, so that it is seen on any photo; `below` further away.
    fn line(&self, below: [f32; 4], distance: f32) -> [f32; 4] {
        let away = distance / self.unit;
        let dark = over(below, BESIDE_LINE, (4.0 - away).clamp(0.0, 1.0));
        over(dark, LINE, (2.0 - away).clamp(0.0, 1.0))
    }
}

/// `share` of an opaque colour over another with alpha.
fn over([red, green, blue, alpha]: [f32; 4], colour: [u8; 3], share: f32) -> [f32; 4] {
    if share <= 0.0 {
        return [red, green, blue, alpha];
    }
    let below = alpha / 255.0 * (1.0 - share);
    let whole = share + below;
    let [r, g, b] = colour.map(f32::from);
    [
        (r * share + red * below) / whole,
        (g * share + green * below) / whole,
        (b * share + blue * below) / whole,
        whole * 255.0,
    ]
}

/// From 0 well below the edge to 1 a little above it, without a step.
fn smooth(weight: f32) -> f32 {
    let t = ((weight - EDGE * 0.4) / (EDGE * 0.8)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

fn mix(from: f32, to: f32, share: f32) -> f32 {
    from + (to - from) * share
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn lower_right() -> Attention {
        Attention {
            rows: 2,
            columns: 2,
            weights: vec![0.0, 0.0, 0.0, 1.0],
        }
    }

    fn style(mode: Mode) -> Style {
        Style::new(mode, 0.7)
    }

    #[test]
    fn dimming_leaves_the_region_bright_shades_the_rest_and_draws_a_line_between() {
        let veil = veil(&lower_right(), 60, 40, style(Mode::Dim));
        assert_eq!(veil.get_pixel(59, 39).0[3], 0, "lower right");
        let Rgba([red, _, _, alpha]) = *veil.get_pixel(0, 0);
        assert_eq!((red, alpha), (0, 179), "upper left");
        assert!(veil.pixels().any(|pixel| pixel.0[0] > 200 && pixel.0[3] > 200));
    }

    #[test]
    fn colours_run_from_dark_blue_to_light_yellow_and_the_photo_is_seen_through_both() {
        let veil = veil(&lower_right(), 60, 40, style(Mode::Colour));
        let (least, most) = (veil.get_pixel(0, 0).0, veil.get_pixel(59, 39).0);
        assert_eq!([least[0], least[1], least[2]], cividis(0.0));
        assert_eq!([most[0], most[1], most[2]], cividis(1.0));
        assert!(
            least[3] > 60 && most[3] > least[3] && most[3] < 200,
            "{least:?} {most:?}"
        );
    }

    #[test]
    fn an_outline_leaves_the_photo_as_it_is_on_both_sides_of_the_line() {
        let veil = veil(&lower_right(), 60, 40, style(Mode::Outline));
        assert_eq!(veil.get_pixel(0, 0).0[3], 0);
        assert_eq!(veil.get_pixel(59, 39).0[3], 0);
        assert!(
            veil.pixels().any(|pixel| pixel.0[0] > 200 && pixel.0[3] > 200),
            "the line"
        );
        assert!(
            veil.pixels().any(|pixel| pixel.0[0] < 60 && pixel.0[3] > 200),
            "dark beside it"
        );
    }

    #[test]
    fn strength_covers_more_shades_more_and_draws_thicker() {
        for mode in Mode::ALL.iter().copied() {
            let ink = |strength| {
                let veil = veil(&lower_right(), 200, 160, Style::new(mode, strength));
                veil.pixels().map(|pixel| u64::from(pixel.0[3])).sum::<u64>()
            };
            assert!(ink(0.2) < ink(0.6) && ink(0.6) < ink(1.0), "{mode:?}");
        }
    }

    #[test]
    fn a_map_that_looks_everywhere_and_a_broken_one_show_nothing() {
        let flat = Attention {
            rows: 3,
            columns: 3,
            weights: vec![1.0 / 9.0; 9],
        };
        for mode in Mode::ALL.iter().copied() {
            assert!(
                veil(&flat, 20, 20, style(mode)).pixels().all(|pixel| pixel.0[3] == 0),
                "{mode:?}"
            );
        }
        let broken = Attention {
            rows: 0,
            columns: 0,
            weights: Vec::new(),
        };
        assert_eq!(veil(&broken, 0, 0, style(Mode::Dim)).dimensions(), (0, 0));
    }

    #[test]
    fn painting_changes_the_photo_as_the_veil_over_it_would() {
        let mut photo = RgbImage::from_pixel(60, 40, Rgb([200, 100, 50]));
        paint(&mut photo, &lower_right(), style(Mode::Dim));
        assert_eq!(photo.get_pixel(59, 39).0, [200, 100, 50]);
        assert_eq!(photo.get_pixel(0, 0).0, [60, 30, 15]);
    }
}
