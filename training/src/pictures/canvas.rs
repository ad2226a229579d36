//! What pictures are drawn on: rectangles, lines, discs and letters.

use std::sync::LazyLock;

use ab_glyph::{Font, FontRef, ScaleFont};
use image::{Rgb, RgbImage, imageops};

/// The project's own font; tests make sure that letters come out of it.
static FONT: LazyLock<Option<FontRef<'static>>> =
    LazyLock::new(|| FontRef::try_from_slice(include_bytes!("../../../assets/fonts/NotoSans-Regular.ttf")).ok());

/// Red, green, blue.
pub type Colour = [u8; 3];

/// A picture that is being drawn; what lies beyond its edges is cut.
pub struct Canvas {
    pixels: RgbImage,
}

impl Canvas {
    /// One of an even colour.
    pub fn new(width: u32, height: u32, ground: Colour) -> Self {
        Self {
            pixels: RgbImage::from_pixel(width, height, Rgb(ground)),
        }
    }

    pub fn width(&self) -> f32 {
        self.pixels.width() as f32
    }

    pub fn height(&self) -> f32 {
        self.pixels.height() as f32
    }

    pub fn finish(self) -> RgbImage {
        self.pixels
    }

    /// Mixes a colour into the pixels from `left`, `top` to `right`, `bottom`, by what `covers` says of their centres.
    fn paint(&mut self, [left, top, right, bottom]: [f32; 4], colour: Colour, covers: impl Fn(f32, f32) -> f32) {
        let span = |from: f32, to: f32, most: u32| {
            let bound = |at: f32| at.clamp(0.0, most as f32) as u32;
            bound(from.floor())..bound(to.ceil())
        };
        for y in span(top, bottom, self.pixels.height()) {
            for x in span(left, right, self.pixels.width()) {
                let share = covers(x as f32 + 0.5, y as f32 + 0.5).clamp(0.0, 1.0);
                if share > 0.0 {
                    let pixel = self.pixels.get_pixel_mut(x, y);
                    for (value, colour) in pixel.0.iter_mut().zip(colour) {
                        *value = (f32::from(*value) * (1.0 - share) + f32::from(colour) * share).round() as u8;
                    }
                }
            }
        }
    }

    /// A filled rectangle: left, top, right, bottom.
    pub fn rectangle(&mut self, edges: [f32; 4], colour: Colour) {
        let [left, top, right, bottom] = edges;
        self.paint(edges, colour, |x, y| {
            f32::from(u8::from((left..right).contains(&x) && (top..bottom).contains(&y)))
        });
    }

    /// The outline of a rectangle.
    pub fn frame(&mut self, [left, top, right, bottom]: [f32; 4], thick: f32, colour: Colour) {
        self.rectangle([left, top, right, top + thick], colour);
        self.rectangle([left, bottom - thick, right, bottom], colour);
        self.rectangle([left, top, left + thick, bottom], colour);
        self.rectangle([right - thick, top, right, bottom], colour);
    }

    /// A straight line.
    pub fn line(&mut self, [x0, y0]: [f32; 2], [x1, y1]: [f32; 2], thick: f32, colour: Colour) {
        let edges = [
            x0.min(x1) - thick,
            y0.min(y1) - thick,
            x0.max(x1) + thick,
            y0.max(y1) + thick,
        ];
        let (dx, dy) = (x1 - x0, y1 - y0);
        let square = (dx * dx + dy * dy).max(f32::EPSILON);
        self.paint(edges, colour, |x, y| {
            let along = (((x - x0) * dx + (y - y0) * dy) / square).clamp(0.0, 1.0);
            let away = (x - x0 - along * dx).hypot(y - y0 - along * dy);
            thick / 2.0 + 0.5 - away
        });
    }

    /// The part of a disc between two angles, in turns from the right on.
    pub fn sector(&mut self, [x0, y0]: [f32; 2], radius: f32, [from, to]: [f32; 2], colour: Colour) {
        let edges = [x0 - radius, y0 - radius, x0 + radius, y0 + radius];
        self.paint(edges, colour, |x, y| {
            let turn = ((y - y0).atan2(x - x0) / std::f32::consts::TAU).rem_euclid(1.0);
            let inside = (from..to).contains(&turn);
            if inside {
                radius + 0.5 - (x - x0).hypot(y - y0)
            } else {
                0.0
            }
        });
    }

    /// A filled circle.
    pub fn disc(&mut self, centre: [f32; 2], radius: f32, colour: Colour) {
        self.sector(centre, radius, [0.0, 2.0], colour);
    }

    /// A picture, stretched to a rectangle.
    pub fn picture(&mut self, picture: &RgbImage, [left, top, right, bottom]: [f32; 4]) {
        let (width, height) = ((right - left).max(1.0) as u32, (bottom - top).max(1.0) as u32);
        let scaled = imageops::resize(picture, width, height, imageops::FilterType::Triangle);
        imageops::overlay(&mut self.pixels, &scaled, left as i64, top as i64);
    }

    /// Letters `size` pixels high, from the left end of their line's top on; returns where they end.
    pub fn text(&mut self, [x, y]: [f32; 2], size: f32, colour: Colour, text: &str) -> f32 {
        let Some(font) = &*FONT else { return x };
        let scaled = font.as_scaled(size);
        let (mut at, base) = (x, y + scaled.ascent());
        for letter in text.chars() {
            let id = font.glyph_id(letter);
            if let Some(outline) = font.outline_glyph(id.with_scale_and_position(size, ab_glyph::point(at, base))) {
                let bounds = outline.px_bounds();
                outline.draw(|column, row, share| {
                    let (x, y) = (bounds.min.x + column as f32, bounds.min.y + row as f32);
                    self.paint([x, y, x + 1.0, y + 1.0], colour, |_, _| share);
                });
            }
            at += scaled.h_advance(id);
        }
        at
    }
}
