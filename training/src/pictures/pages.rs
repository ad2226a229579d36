//! Paper: pages, pages with a photo, tables, receipts.

use image::RgbImage;
use rand::RngExt;
use rand::rngs::StdRng;

use super::canvas::Canvas;
use super::style::{self, Palette, between, chance, number, palette, words};

/// Paragraphs in one to three columns; near by, the letters are large and there is no margin.
pub fn page(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let body = text_page(rng, &mut canvas, &colours);
    let size = letter_size(rng, &canvas);
    columns(rng, &mut canvas, body, size, &colours);
    canvas.finish()
}

/// The same with a photo that takes a part of it.
pub fn illustrated(rng: &mut StdRng, photo: &RgbImage) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let [left, top, right, bottom] = text_page(rng, &mut canvas, &colours);
    let size = letter_size(rng, &canvas);
    columns(rng, &mut canvas, [left, top, right, bottom], size, &colours);
    let (width, height) = (
        (right - left) * between(rng, 0.5, 0.65),
        (bottom - top) * between(rng, 0.5, 0.6),
    );
    let x = between(rng, left, right - width);
    let y = between(rng, top, bottom - height);
    let gap = size / 2.0;
    canvas.rectangle([x - gap, y - gap, x + width + gap, y + height + gap], colours.ground);
    canvas.picture(photo, [x, y, x + width, y + height]);
    canvas.finish()
}

/// A heading now and then; the rectangle that is left for the text.
fn text_page(rng: &mut StdRng, canvas: &mut Canvas, colours: &Palette) -> [f32; 4] {
    let margin = canvas.width()
        * if chance(rng, 0.3) {
            0.01
        } else {
            between(rng, 0.04, 0.14)
        };
    let mut top = margin;
    if chance(rng, 0.6) {
        let size = canvas.width() * between(rng, 0.04, 0.1);
        let ink = if chance(rng, 0.2) {
            colours.accents[0]
        } else {
            colours.ink
        };
        let letters = rng.random_range(5..20);
        let heading = words(rng, letters);
        canvas.text([margin, top], size, ink, &heading);
        top += size * between(rng, 1.3, 2.0);
    }
    [margin, top, canvas.width() - margin, canvas.height() - margin]
}

fn letter_size(rng: &mut StdRng, canvas: &Canvas) -> f32 {
    // Whole pages have small letters, parts of them large ones.
    let share = if chance(rng, 0.3) {
        between(rng, 0.04, 0.09)
    } else {
        between(rng, 0.014, 0.035)
    };
    canvas.width() * share
}

fn columns(rng: &mut StdRng, canvas: &mut Canvas, [left, top, right, bottom]: [f32; 4], size: f32, colours: &Palette) {
    let count = if size * 30.0 > right - left {
        1
    } else {
        rng.random_range(1..=3)
    };
    let gap = size * 1.5;
    let width = (right - left + gap) / count as f32;
    for column in 0..count {
        let x = left + column as f32 * width;
        style::paragraphs(rng, canvas, [x, top, x + width - gap, bottom], size, colours.ink);
    }
}

/// Numbers in rows and columns, with lines between them or every other row shaded.
pub fn table(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let (rows, columns) = (rng.random_range(5..=22), rng.random_range(3..=8));
    let margin = canvas.width() * between(rng, 0.0, 0.08);
    let (width, height) = (
        (canvas.width() - 2.0 * margin) / columns as f32,
        (canvas.height() - 2.0 * margin) / rows as f32,
    );
    let size = (height * 0.6).min(width * 0.25);
    let (lined, shaded) = (chance(rng, 0.6), chance(rng, 0.5));
    for row in 0..rows {
        let y = margin + row as f32 * height;
        let line = [margin, y, canvas.width() - margin, y + height];
        if row == 0 || (shaded && row % 2 == 0) {
            canvas.rectangle(line, colours.faint);
        }
        for column in 0..columns {
            let x = margin + column as f32 * width;
            let is_name = row == 0 || column == 0;
            let text = if is_name { words(rng, 4) } else { number(rng) };
            canvas.text([x + size * 0.4, y + height * 0.15], size, colours.ink, &text);
            if lined {
                canvas.frame([x, y, x + width, y + height], 1.0, colours.faint);
            }
        }
    }
    canvas.finish()
}

/// A narrow strip of things and prices on a darker table.
pub fn receipt(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let ground = style::mixed(colours.ground, style::colour(rng), between(rng, 0.0, 0.3));
    let mut canvas = Canvas::new(rng.random_range(300..=420), rng.random_range(500..=760), ground);
    let margin = canvas.width() * between(rng, 0.02, 0.12);
    let (left, right) = (margin, canvas.width() - margin);
    canvas.rectangle([left, 0.0, right, canvas.height()], colours.ground);
    let size = canvas.width() * between(rng, 0.035, 0.055);
    let title = words(rng, 10);
    canvas.text([left + (right - left) * 0.25, size], size * 1.6, colours.ink, &title);
    let mut y = size * 5.0;
    while y + size * 2.0 < canvas.height() {
        match rng.random_range(0..8) {
            0 => canvas.rectangle(
                [left + size, y + size * 0.5, right - size, y + size * 0.5 + 1.0],
                colours.ink,
            ),
            _ => {
                let letters = rng.random_range(6..18);
                let thing = words(rng, letters);
                canvas.text([left + size, y], size, colours.ink, &thing);
                let price = format!("{:.2}", rng.random_range(0.2..90.0));
                canvas.text([right - size * 4.0, y], size, colours.ink, &price);
            }
        }
        y += size * 1.5;
    }
    canvas.finish()
}
