//! Photos for the tests.

use std::path::{Path, PathBuf};

use image::{Rgb, RgbImage};

/// A picture of 320 by 240 pixels with a colour in each corner.
pub fn four_corners(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let colour = |x: u32, y: u32| match (x >= 160, y >= 120) {
        (false, false) => Rgb([200, 60, 50]),
        (true, false) => Rgb([60, 160, 70]),
        (false, true) => Rgb([60, 90, 190]),
        (true, true) => Rgb([220, 200, 90]),
    };
    RgbImage::from_fn(320, 240, colour).save(&path).unwrap();
    path
}
