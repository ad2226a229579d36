//! Pictures with nothing in them.

use image::{Rgb, RgbImage};
use rand::RngExt;
use rand::rngs::StdRng;

use super::style::{between, colour, mixed};

/// An even surface, a gradient, or noise over either.
pub fn plain(rng: &mut StdRng) -> RgbImage {
    let (width, height) = (rng.random_range(240..=640), rng.random_range(240..=640));
    let (one, other) = (colour(rng), colour(rng));
    let (across, down) = (between(rng, -1.0, 1.0), between(rng, -1.0, 1.0));
    let is_even = rng.random_bool(0.4);
    let noise = [0, 0, 6, 40, 128][rng.random_range(0..5)];
    let mut picture = RgbImage::from_fn(width, height, |x, y| {
        let share = across * (x as f32 / width as f32) + down * (y as f32 / height as f32);
        Rgb(if is_even {
            one
        } else {
            mixed(one, other, share.abs().min(1.0))
        })
    });
    if noise > 0 {
        for value in picture.iter_mut() {
            *value = (i32::from(*value) + rng.random_range(-noise..=noise)).clamp(0, 255) as u8;
        }
    }
    // Two that came out alike would be one.
    picture.put_pixel(0, 0, Rgb(colour(rng)));
    picture
}
