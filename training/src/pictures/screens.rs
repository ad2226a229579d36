//! Screens: windows, slides, programs, chats.

use image::RgbImage;
use rand::RngExt;
use rand::rngs::StdRng;

use super::canvas::Canvas;
use super::style::{self, between, chance, mixed, number, palette, word, words};

/// A window with a title, a menu, a list, text, fields and buttons, over the whole screen or on a desktop.
pub fn window(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let desktop = style::colour(rng);
    let mut canvas = style::screen(rng, desktop);
    let (width, height) = (canvas.width(), canvas.height());
    let margin = if chance(rng, 0.5) {
        0.0
    } else {
        width * between(rng, 0.03, 0.12)
    };
    let [left, top, right, bottom] = [margin, margin * 0.7, width - margin, height - margin * 0.7];
    let size = width * between(rng, 0.016, 0.03);
    canvas.rectangle([left, top, right, bottom], colours.ground);
    let bar = size * 2.0;
    let title_ground = if chance(rng, 0.5) {
        colours.faint
    } else {
        colours.accents[0]
    };
    canvas.rectangle([left, top, right, top + bar], title_ground);
    let title = words(rng, 14);
    canvas.text([left + size, top + size * 0.4], size, colours.ink, &title);
    for button in 0..3 {
        let centre = [right - size * (1.2 + 1.6 * button as f32), top + bar / 2.0];
        canvas.disc(centre, size * 0.45, colours.accents[button]);
    }
    let mut x = left + size;
    let menu = top + bar + size * 0.3;
    for _ in 0..rng.random_range(3..8) {
        let entry = word(rng);
        x = canvas.text([x, menu], size, colours.ink, &entry) + size;
    }
    let (body, foot) = (menu + size * 1.8, bottom - size * 1.8);
    canvas.rectangle([left, body, right, body + 1.0], colours.faint);
    let side = if chance(rng, 0.6) {
        left + (right - left) * between(rng, 0.15, 0.3)
    } else {
        left
    };
    if side > left {
        canvas.rectangle([left, body, side, foot], mixed(colours.ground, colours.faint, 0.5));
        let mut y = body + size * 0.5;
        while y + size * 1.6 < foot {
            if chance(rng, 0.1) {
                canvas.rectangle([left, y, side, y + size * 1.4], colours.accents[1]);
            }
            canvas.rectangle(
                [left + size * 0.4, y + size * 0.3, left + size, y + size],
                colours.accents[2],
            );
            let entry: String = words(rng, 8)
                .chars()
                .take(((side - left) / size * 1.4) as usize)
                .collect();
            canvas.text([left + size * 1.4, y], size, colours.ink, &entry);
            y += size * 1.6;
        }
    }
    content(
        rng,
        &mut canvas,
        [side + size, body + size * 0.6, right - size, foot],
        size,
        &colours,
    );
    canvas.rectangle([left, foot, right, bottom], colours.faint);
    let status = words(rng, 20);
    canvas.text([left + size, foot + size * 0.4], size, colours.ink, &status);
    canvas.finish()
}

/// Text, or fields with their names and buttons.
fn content(rng: &mut StdRng, canvas: &mut Canvas, area: [f32; 4], size: f32, colours: &style::Palette) {
    let [left, top, right, bottom] = area;
    if chance(rng, 0.5) {
        style::paragraphs(rng, canvas, area, size, colours.ink);
        return;
    }
    let mut y = top;
    while y + size * 2.4 < bottom {
        let name = words(rng, 6);
        canvas.text([left, y + size * 0.3], size, colours.ink, &name);
        let field = left + (right - left) * 0.4;
        if chance(rng, 0.3) {
            canvas.rectangle([field, y, field + size * 6.0, y + size * 1.8], colours.accents[3]);
            let label = word(rng);
            canvas.text([field + size, y + size * 0.3], size, colours.ground, &label);
        } else {
            canvas.frame([field, y, right, y + size * 1.8], 1.0, colours.faint);
            let value = number(rng);
            canvas.text([field + size * 0.5, y + size * 0.3], size, colours.ink, &value);
        }
        y += size * 2.6;
    }
}

/// A title and some points on a coloured ground.
pub fn slide(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let ground = if chance(rng, 0.4) {
        colours.accents[0]
    } else {
        colours.ground
    };
    let mut canvas = style::screen(rng, ground);
    let size = canvas.width() * between(rng, 0.03, 0.05);
    let left = canvas.width() * between(rng, 0.05, 0.12);
    if chance(rng, 0.4) {
        canvas.rectangle([0.0, 0.0, canvas.width(), size * 3.2], colours.accents[1]);
    }
    let title = words(rng, 14);
    canvas.text([left, size * 0.8], size * 1.7, colours.ink, &title);
    let mut y = size * 4.2;
    for _ in 0..rng.random_range(3..8) {
        canvas.disc([left, y + size * 0.7], size * 0.2, colours.ink);
        let letters = rng.random_range(10..34);
        let point = words(rng, letters);
        canvas.text([left + size, y], size, colours.ink, &point);
        y += size * between(rng, 1.6, 2.2);
    }
    canvas.finish()
}

/// Lines of a program.
pub fn code(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::screen(rng, colours.ground);
    let size = canvas.width() * between(rng, 0.016, 0.035);
    let (mut y, mut indent, mut line) = (size * 0.5, 0_i32, rng.random_range(1..900));
    while y + size < canvas.height() {
        canvas.text([size * 0.4, y], size, colours.faint, &line.to_string());
        if chance(rng, 0.85) {
            let mut x = size * (3.0 + 1.6 * indent as f32);
            for _ in 0..rng.random_range(1..8) {
                let ink = match rng.random_range(0..6) {
                    accent @ 0..=3 => colours.accents[accent],
                    _ => colours.ink,
                };
                let piece = word(rng) + ["(", ")", ";", " =", ".", " {"][rng.random_range(0..6)];
                x = canvas.text([x, y], size, ink, &piece) + size * 0.4;
            }
            indent = (indent + rng.random_range(-1..=1)).clamp(0, 6);
        }
        y += size * 1.35;
        line += 1;
    }
    canvas.finish()
}

/// Bubbles to the left and right.
pub fn chat(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = Canvas::new(rng.random_range(300..=420), rng.random_range(520..=760), colours.ground);
    let size = canvas.width() * between(rng, 0.035, 0.055);
    canvas.rectangle([0.0, 0.0, canvas.width(), size * 2.4], colours.accents[0]);
    let name = words(rng, 8);
    canvas.text([size, size * 0.6], size * 1.1, colours.ink, &name);
    let mut y = size * 3.5;
    while y + size * 3.0 < canvas.height() {
        let lines = rng.random_range(1..5);
        let width = canvas.width() * between(rng, 0.3, 0.75);
        let is_mine = chance(rng, 0.5);
        let left = if is_mine { canvas.width() - width - size } else { size };
        let bottom = y + size * (1.0 + 1.3 * lines as f32);
        canvas.rectangle(
            [left, y, left + width, bottom],
            if is_mine { colours.accents[1] } else { colours.faint },
        );
        let area = [left + size * 0.5, y + size * 0.4, left + width - size * 0.5, bottom];
        style::paragraphs(rng, &mut canvas, area, size, colours.ink);
        y = bottom + size * between(rng, 0.5, 1.5);
    }
    canvas.finish()
}
