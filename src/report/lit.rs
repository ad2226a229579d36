//! The photo itself with the light on it, as a picture to be kept or sent.

use image::{RgbImage, imageops};

use crate::captioner::Attention;
use crate::overlay::{self, Style};
use crate::photo::{Part, Photo, within};

/// The longest side of the picture: enough for any screen, and small enough to be sent.
const LONGEST: u32 = 4096;

/// The photo with the map over it, or over that part of it to which the map belongs; a very large photo is made
/// smaller.
pub fn lit_picture(photo: &Photo, attention: &Attention, part: Option<Part>, style: Style) -> RgbImage {
    let size = photo.pixels().dimensions();
    let mut picture = if size.0.max(size.1) > LONGEST {
        let (width, height) = within(size, LONGEST);
        imageops::thumbnail(photo.pixels(), width, height)
    } else {
        photo.pixels().clone()
    };
    let Some(part) = part else {
        overlay::paint(&mut picture, attention, style);
        return picture;
    };
    let Part {
        left,
        top,
        width,
        height,
    } = Part::of(picture.dimensions(), part.edges(size));
    let mut lit = imageops::crop_imm(&picture, left, top, width, height).to_image();
    overlay::paint(&mut lit, attention, style);
    imageops::replace(&mut picture, &lit, i64::from(left), i64::from(top));
    picture
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn left_half() -> Attention {
        Attention {
            rows: 1,
            columns: 2,
            weights: vec![1.0, 0.0],
        }
    }

    fn brightness(picture: &RgbImage, x: u32, y: u32) -> u8 {
        picture.get_pixel(x, y).0[0]
    }

    fn photo(width: u32, height: u32) -> Photo {
        Photo::from_pixels("plain", RgbImage::from_pixel(width, height, Rgb([200; 3])))
    }

    #[test]
    fn the_light_lies_over_the_photo() {
        let picture = lit_picture(&photo(80, 40), &left_half(), None, Style::default());
        assert_eq!(brightness(&picture, 2, 20), 200);
        assert!(brightness(&picture, 78, 20) < 70);
    }

    #[test]
    fn the_light_of_a_part_lies_over_that_part_only() {
        let part = Part {
            left: 40,
            top: 0,
            width: 40,
            height: 40,
        };
        let picture = lit_picture(&photo(80, 40), &left_half(), Some(part), Style::default());
        assert_eq!([2, 38, 42].map(|x| brightness(&picture, x, 20)), [200; 3]);
        assert!(brightness(&picture, 78, 20) < 70);
    }

    #[test]
    fn a_very_large_photo_is_made_smaller() {
        let picture = lit_picture(&photo(5000, 10), &left_half(), None, Style::default());
        assert_eq!(picture.dimensions(), (4096, 8));
    }
}
