//! A rectangle of a photo's pixels.

/// A part of a photo, in pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Pixels from the left edge.
    pub left: u32,
    /// Pixels from the top.
    pub top: u32,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

impl Part {
    /// The pixels of a photo that lie, also in part, between edges given from 0 (left, top) to 1 (right, bottom).
    pub fn of((width, height): (u32, u32), [left, top, right, bottom]: [f32; 4]) -> Self {
        let first = |at: f32, length: u32| (at.clamp(0.0, 1.0) * length as f32 + 0.01).floor() as u32;
        let last = |at: f32, length: u32| (at.clamp(0.0, 1.0) * length as f32 - 0.01).ceil().max(0.0) as u32;
        let (x, y) = (first(left, width), first(top, height));
        Self {
            left: x,
            top: y,
            width: last(right, width).saturating_sub(x),
            height: last(bottom, height).saturating_sub(y),
        }
        .within((width, height))
    }

    /// Its edges from 0 to 1: left, top, right, bottom.
    pub fn edges(self, (width, height): (u32, u32)) -> [f32; 4] {
        let share = |at: u32, length: u32| at as f32 / length.max(1) as f32;
        [
            share(self.left, width),
            share(self.top, height),
            share(self.left + self.width, width),
            share(self.top + self.height, height),
        ]
    }

    /// Whether it is all of a photo of this size.
    pub fn is_whole(self, (width, height): (u32, u32)) -> bool {
        self.width >= width && self.height >= height
    }

    /// What a photo of this size has of it, a pixel at least.
    pub(super) fn within(self, (width, height): (u32, u32)) -> Self {
        let left = self.left.min(width.saturating_sub(1));
        let top = self.top.min(height.saturating_sub(1));
        Self {
            left,
            top,
            width: self.width.clamp(1, (width - left).max(1)),
            height: self.height.clamp(1, (height - top).max(1)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::photo::Photo;
    use image::{Rgb, RgbImage};

    #[test]
    fn every_pixel_that_is_seen_belongs_to_the_part() {
        let part = Part::of((100, 50), [0.105, 0.0, 0.5, 0.99]);
        assert_eq!(
            part,
            Part {
                left: 10,
                top: 0,
                width: 40,
                height: 50
            }
        );
        assert_eq!(part.edges((100, 50)), [0.1, 0.0, 0.5, 1.0]);
        assert!(Part::of((8660, 5773), [0.0, 0.0, 1.0, 1.0]).is_whole((8660, 5773)));
        assert!(!part.is_whole((100, 50)));
    }

    #[test]
    fn a_part_keeps_within_the_photo_and_is_never_empty() {
        for edges in [
            [0.5; 4],
            [2.0, 2.0, 3.0, 3.0],
            [-1.0, -1.0, 0.0, 0.0],
            [1.0, 1.0, 0.0, 0.0],
            [f32::NAN; 4],
        ] {
            let part = Part::of((30, 20), edges);
            assert!(part.width >= 1 && part.height >= 1, "{edges:?}");
            assert!(
                part.left + part.width <= 30 && part.top + part.height <= 20,
                "{edges:?}"
            );
        }
    }

    #[test]
    fn the_part_of_a_photo_has_its_own_pixels_and_the_photos_name() {
        let photo = Photo::from_pixels("photo", RgbImage::from_fn(10, 10, |x, y| Rgb([x as u8, y as u8, 0])));
        let part = photo.part(Part {
            left: 3,
            top: 4,
            width: 100,
            height: 2,
        });
        assert_eq!((part.name(), part.pixels().dimensions()), ("photo", (7, 2)));
        assert_eq!(part.pixels().get_pixel(0, 0).0, [3, 4, 0]);
    }
}
