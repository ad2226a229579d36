//! Pictures at another size, bit for bit as PIL's `Image.resize` gives them.
//!
//! PIL resizes along one axis, rounds to 8 bits, then along the other, with weights rounded to 22 bits. Cubic and
//! Lanczos filters overshoot, and what the rounding cuts off depends on the order: it goes across first, but down
//! first where the picture gets lower and loses more than twice as many rows as columns. That is Pillow 13's rule
//! (python-pillow pull request 9549); older ones go across first always, which differs by 1 of 255 here and there.

use std::f64::consts::PI;

use image::RgbImage;

/// The most pixels that the picture between the two passes may have.
pub(super) const MAX_PIXELS: u64 = 1 << 26;

/// Bits after the point of a weight: 32, without 8 for the value and 2 for the overshoot.
const BITS: u32 = 22;

/// How a pixel comes from those around it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Filter {
    Nearest,
    Lanczos,
    Bilinear,
    Bicubic,
}

impl Filter {
    /// The filter of PIL's number.
    pub(super) fn from_number(number: u64) -> Option<Self> {
        [Self::Nearest, Self::Lanczos, Self::Bilinear, Self::Bicubic]
            .get(usize::try_from(number).ok()?)
            .copied()
    }

    /// How far it reaches.
    fn support(self) -> f64 {
        match self {
            Self::Nearest => 0.5,
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos => 3.0,
        }
    }

    fn at(self, x: f64) -> f64 {
        const A: f64 = -0.5;
        let far = x.abs();
        match self {
            Self::Bilinear if far < 1.0 => 1.0 - far,
            Self::Bicubic if far < 1.0 => ((A + 2.0) * far - (A + 3.0)) * far * far + 1.0,
            Self::Bicubic if far < 2.0 => (((far - 5.0) * far + 8.0) * far - 4.0) * A,
            Self::Lanczos if (-3.0..3.0).contains(&x) => sinc(x) * sinc(x / 3.0),
            _ => 0.0,
        }
    }
}

fn sinc(x: f64) -> f64 {
    if x == 0.0 { 1.0 } else { (x * PI).sin() / (x * PI) }
}

/// The picture at another size.
pub(super) fn resize(picture: &RgbImage, width: u32, height: u32, filter: Filter) -> RgbImage {
    let from = picture.dimensions();
    if from == (width, height) || from.0 == 0 || from.1 == 0 {
        return picture.clone();
    }
    if filter == Filter::Nearest {
        return nearest(picture, width, height);
    }
    let across_to = |picture: &RgbImage| {
        if from.0 == width {
            picture.clone()
        } else {
            across(picture, width, filter)
        }
    };
    let down_to = |picture: &RgbImage| {
        if from.1 == height {
            picture.clone()
        } else {
            down(picture, height, filter)
        }
    };
    if goes_down_first(from, (width, height)) {
        across_to(&down_to(picture))
    } else {
        down_to(&across_to(picture))
    }
}

fn goes_down_first(from: (u32, u32), to: (u32, u32)) -> bool {
    let [width, height, new_width, new_height] = [from.0, from.1, to.0, to.1].map(i64::from);
    let as_pil = new_height < height && height - new_height > 2 * (width - new_width);
    // Not PIL's: the other order would need gigabytes.
    let too_many = |pixels: i64| pixels > MAX_PIXELS as i64;
    match (too_many(new_width * height), too_many(width * new_height)) {
        (true, false) => true,
        (false, true) => false,
        _ => as_pil,
    }
}

/// The pixels that one pixel comes from.
struct Sources {
    first: usize,
    /// In units of 2⁻²².
    weights: Vec<i32>,
}

fn sources(from: u32, to: u32, filter: Filter) -> Vec<Sources> {
    let scale = f64::from(from) / f64::from(to);
    let stretch = scale.max(1.0);
    let support = filter.support() * stretch;
    let pixel = |at: u32| {
        let centre = (f64::from(at) + 0.5) * scale;
        let first = ((centre - support + 0.5) as i64).max(0);
        let end = ((centre + support + 0.5) as i64).min(i64::from(from));
        let weights: Vec<f64> = (first..end)
            .map(|x| filter.at((x as f64 - centre + 0.5) * (1.0 / stretch)))
            .collect();
        let sum: f64 = weights.iter().sum();
        let fixed = |weight: &f64| {
            let weight = if sum == 0.0 { *weight } else { weight / sum } * f64::from(1 << BITS);
            (if weight < 0.0 { weight - 0.5 } else { weight + 0.5 }) as i32
        };
        Sources {
            first: first as usize,
            weights: weights.iter().map(fixed).collect(),
        }
    };
    (0..to).map(pixel).collect()
}

/// A sum of weighted values, rounded to 8 bits.
fn rounded(sum: i32) -> u8 {
    (sum >> BITS).clamp(0, 255) as u8
}

/// One half, to be rounded.
const HALF: i32 = 1 << (BITS - 1);

fn across(picture: &RgbImage, width: u32, filter: Filter) -> RgbImage {
    let columns = sources(picture.width(), width, filter);
    let mut result = RgbImage::new(width, picture.height());
    let rows = picture.as_raw().chunks_exact(3 * picture.width() as usize);
    for (from, to) in rows.zip(result.chunks_exact_mut(3 * width as usize)) {
        for (pixel, column) in to.chunks_exact_mut(3).zip(&columns) {
            let mut sums = [HALF; 3];
            let near = from[3 * column.first..].chunks_exact(3);
            for (near, weight) in near.zip(&column.weights) {
                sums[0] = sums[0].wrapping_add(i32::from(near[0]).wrapping_mul(*weight));
                sums[1] = sums[1].wrapping_add(i32::from(near[1]).wrapping_mul(*weight));
                sums[2] = sums[2].wrapping_add(i32::from(near[2]).wrapping_mul(*weight));
            }
            pixel.copy_from_slice(&sums.map(rounded));
        }
    }
    result
}

fn down(picture: &RgbImage, height: u32, filter: Filter) -> RgbImage {
    let length = 3 * picture.width() as usize;
    let mut result = RgbImage::new(picture.width(), height);
    let rows = sources(picture.height(), height, filter);
    let mut sums = vec![HALF; length];
    for (to, row) in result.chunks_exact_mut(length).zip(&rows) {
        sums.fill(HALF);
        let near = picture.as_raw()[length * row.first..].chunks_exact(length);
        for (near, weight) in near.zip(&row.weights) {
            for (sum, value) in sums.iter_mut().zip(near) {
                *sum = sum.wrapping_add(i32::from(*value).wrapping_mul(*weight));
            }
        }
        for (value, sum) in to.iter_mut().zip(&sums) {
            *value = rounded(*sum);
        }
    }
    result
}

fn nearest(picture: &RgbImage, width: u32, height: u32) -> RgbImage {
    // Step by step like PIL, whose sums decide where a place falls between two pixels.
    let places = |from: u32, to: u32| {
        let scale = f64::from(from) / f64::from(to);
        let mut place = scale * 0.5;
        let mut next = || {
            let at = (place as u32).min(from - 1);
            place += scale;
            at
        };
        (0..to).map(|_| next()).collect::<Vec<u32>>()
    };
    let (columns, rows) = (places(picture.width(), width), places(picture.height(), height));
    RgbImage::from_fn(width, height, |x, y| {
        *picture.get_pixel(columns[x as usize], rows[y as usize])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_that_loses_more_than_twice_as_many_rows_as_columns_goes_down_first() {
        assert!(goes_down_first((90, 140), (64, 64)));
        assert!(!goes_down_first((140, 90), (64, 64)));
        assert!(!goes_down_first((60, 60), (40, 20)));
        assert!(goes_down_first((60, 60), (41, 20)));
        assert!(!goes_down_first((60, 60), (90, 60)));
        assert!(goes_down_first((60, 60), (90, 59)));
    }

    #[test]
    fn no_picture_between_the_passes_is_enormous() {
        assert!(!goes_down_first((100_000_000, 2), (64, 1)));
        assert!(goes_down_first((1, 30_000_000), (224, 224)));
    }
}
