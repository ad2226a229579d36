//! The photo in squares: which of them are needed for what is seen, and how each is made from the photo's pixels.

use egui::{Color32, ColorImage, Pos2, Rect, Vec2, vec2};
use image::RgbImage;

/// The side of a tile's texture in pixels.
const SIDE: u32 = 512;

/// Pixels around a tile that its neighbours show too, so that no seam is seen where textures are smoothed.
const BORDER: u32 = 1;

/// The side of what a tile shows.
const INNER: u32 = SIDE - 2 * BORDER;

/// One square of the photo at one of its sizes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct TileKey {
    /// How often the photo is halved: a tile's pixel is the mean of 2^level × 2^level photo pixels.
    pub level: u32,
    /// Which from the left.
    pub column: u32,
    /// Which from the top.
    pub row: u32,
}

impl TileKey {
    /// How many photo pixels one side of the tile shows.
    fn reach(self) -> u32 {
        INNER << self.level
    }

    /// The part of the photo that the tile shows: left, top, right and bottom from 0 to 1.
    pub fn part(self, (width, height): (u32, u32)) -> Rect {
        let reach = self.reach();
        let (left, top) = (self.column * reach, self.row * reach);
        let (right, bottom) = ((left + reach).min(width), (top + reach).min(height));
        let relative = |x: u32, y: u32| Pos2::new(x as f32 / width as f32, y as f32 / height as f32);
        Rect::from_min_max(relative(left, top), relative(right, bottom))
    }

    /// Where in the tile's texture that part lies, from 0 to 1.
    pub fn texture_part(self, size: (u32, u32)) -> Rect {
        let (columns, rows) = self.inner_size(size);
        let (width, height) = ((columns + 2 * BORDER) as f32, (rows + 2 * BORDER) as f32);
        let border = BORDER as f32;
        // The last pixel of a row may stand for fewer photo pixels than the others.
        let shown = self.part(size).size() * vec2(size.0 as f32, size.1 as f32) / (1u32 << self.level) as f32;
        Rect::from_min_size(Pos2::new(border / width, border / height), shown / vec2(width, height))
    }

    /// Pixels of the texture without its border.
    fn inner_size(self, (width, height): (u32, u32)) -> (u32, u32) {
        let reach = self.reach();
        let pixels = |start: u32, length: u32| length.saturating_sub(start).min(reach).div_ceil(1 << self.level).max(1);
        (pixels(self.column * reach, width), pixels(self.row * reach, height))
    }

    /// Makes the tile; that takes a while and belongs on a thread of its own.
    pub fn image(self, photo: &RgbImage) -> ColorImage {
        let (columns, rows) = self.inner_size(photo.dimensions());
        let (left, top) = (
            i64::from(self.column * self.reach()),
            i64::from(self.row * self.reach()),
        );
        let step = 1i64 << self.level;
        let border = i64::from(BORDER);
        let (width, height) = (i64::from(columns) + 2 * border, i64::from(rows) + 2 * border);
        let mut pixels = Vec::with_capacity((width * height) as usize);
        for row in 0..height {
            for column in 0..width {
                let (x, y) = (left + (column - border) * step, top + (row - border) * step);
                pixels.push(mean(photo, x, y, step));
            }
        }
        ColorImage::new([width as usize, height as usize], pixels)
    }
}

/// The mean of a square of photo pixels, with the photo's edge repeated beyond it.
fn mean(photo: &RgbImage, x: i64, y: i64, side: i64) -> Color32 {
    let (width, height) = (i64::from(photo.width()), i64::from(photo.height()));
    let bound = |from: i64, length: i64| {
        let first = from.clamp(0, length - 1);
        (first, (from + side).clamp(first + 1, length))
    };
    let ((left, right), (top, bottom)) = (bound(x, width), bound(y, height));
    let bytes = photo.as_raw();
    let mut sum = [0u32; 3];
    for row in top..bottom {
        let start = ((row * width + left) * 3) as usize;
        let end = ((row * width + right) * 3) as usize;
        for pixel in bytes[start..end].chunks_exact(3) {
            sum.iter_mut()
                .zip(pixel)
                .for_each(|(sum, value)| *sum += u32::from(*value));
        }
    }
    let count = ((right - left) * (bottom - top)) as u32;
    let [red, green, blue] = sum.map(|sum| ((sum + count / 2) / count) as u8);
    Color32::from_rgb(red, green, blue)
}

/// The level whose pixels are nearest in size to the screen's, at so many screen pixels per photo pixel.
pub fn level(scale: f32) -> u32 {
    ((1.0 / scale).log2() + 0.5).floor().clamp(0.0, 8.0) as u32
}

/// The tiles that show a part of the photo, given from 0 to 1, the ones nearest to its middle first.
pub fn covering(size: (u32, u32), level: u32, part: Rect) -> Vec<TileKey> {
    let reach = INNER << level;
    let range = |from: f32, to: f32, length: u32| {
        let last = (length.max(1) - 1) / reach;
        let tile = |at: f32| ((at.clamp(0.0, 1.0) * length as f32 / reach as f32) as u32).min(last);
        tile(from)..=tile(to)
    };
    let mut tiles: Vec<TileKey> = range(part.top(), part.bottom(), size.1)
        .flat_map(|row| range(part.left(), part.right(), size.0).map(move |column| TileKey { level, column, row }))
        .collect();
    let pixels = vec2(size.0 as f32, size.1 as f32);
    let away = |tile: &TileKey| -> f32 {
        let apart: Vec2 = (tile.part(size).center() - part.center()) * pixels;
        apart.length_sq()
    };
    tiles.sort_by(|one, other| away(one).total_cmp(&away(other)));
    tiles
}

#[cfg(test)]
mod tests {
    use super::*;
    use image::Rgb;

    fn photo() -> RgbImage {
        RgbImage::from_fn(1300, 700, |x, y| {
            Rgb([(x % 251) as u8, (y % 241) as u8, ((x + y) % 239) as u8])
        })
    }

    fn whole() -> Rect {
        Rect::from_min_max(Pos2::ZERO, Pos2::new(1.0, 1.0))
    }

    #[test]
    fn the_whole_photo_is_covered_once_and_no_tile_reaches_beyond_it() {
        for level in 0..3 {
            let tiles = covering((1300, 700), level, whole());
            let area: f32 = tiles.iter().map(|tile| tile.part((1300, 700)).area()).sum();
            assert!((area - 1.0).abs() < 1e-4, "level {level}: {area}");
        }
        assert_eq!(covering((1300, 700), 0, whole()).len(), 6);
    }

    #[test]
    fn only_what_is_seen_is_made_from_the_middle_outwards() {
        let part = Rect::from_min_max(Pos2::new(0.5, 0.6), Pos2::new(0.6, 0.7));
        let tiles = covering((1300, 700), 0, part);
        assert_eq!(
            tiles,
            [TileKey {
                level: 0,
                column: 1,
                row: 0
            }]
        );
        let all = covering((5000, 5000), 0, whole());
        assert_eq!((all[0].column, all[0].row), (4, 4));
    }

    #[test]
    fn a_tile_shows_the_photos_own_pixels_with_its_neighbours_at_the_border() {
        let photo = photo();
        let key = TileKey {
            level: 0,
            column: 1,
            row: 1,
        };
        let image = key.image(&photo);
        assert_eq!(image.size, [512, 192]);
        for (x, y) in [(0, 0), (1, 1), (300, 100), (511, 190)] {
            let Rgb([red, green, blue]) = *photo.get_pixel(510 + x as u32 - 1, 510 + y as u32 - 1);
            assert_eq!(image[(x, y)], Color32::from_rgb(red, green, blue), "{x}, {y}");
        }
        assert_eq!(image[(20, 191)], image[(20, 190)], "the edge is repeated");
    }

    #[test]
    fn a_smaller_size_is_the_mean_of_squares() {
        let photo = RgbImage::from_fn(1100, 10, |x, _| Rgb([if x % 2 == 0 { 0 } else { 200 }; 3]));
        let image = TileKey {
            level: 1,
            column: 0,
            row: 0,
        }
        .image(&photo);
        assert_eq!(image.size, [512, 7]);
        assert_eq!(image[(100, 3)], Color32::from_rgb(100, 100, 100));
    }

    #[test]
    fn what_a_texture_shows_and_where_agree_also_at_odd_edges() {
        let size = (1301, 701);
        let photo = RgbImage::new(size.0, size.1);
        for level in 0..3 {
            for key in covering(size, level, whole()) {
                let [width, height] = key.image(&photo).size;
                let texels = key.texture_part(size).size() * vec2(width as f32, height as f32);
                let pixels = key.part(size).size() * vec2(1301.0, 701.0);
                let per_texel = pixels / texels;
                assert!(
                    (per_texel - Vec2::splat((1 << level) as f32)).length() < 0.02,
                    "{key:?} {per_texel:?}"
                );
                assert!(key.texture_part(size).right() <= 1.0 && key.texture_part(size).bottom() <= 1.0);
            }
        }
    }

    #[test]
    fn the_size_follows_the_zoom() {
        assert_eq!([8.0, 1.0, 0.8, 0.5, 0.25, 0.0001].map(level), [0, 0, 0, 1, 2, 8]);
        assert_eq!(level(0.0), 8);
    }
}
