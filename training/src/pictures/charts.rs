//! Charts: bars, lines, pies, points.

use image::RgbImage;
use rand::RngExt;
use rand::rngs::StdRng;

use super::canvas::Canvas;
use super::style::{self, Palette, between, chance, number, palette, word, words};

/// A title, two axes with marks; the rectangle within, and the size of the letters.
fn axes(rng: &mut StdRng, canvas: &mut Canvas, colours: &Palette) -> ([f32; 4], f32) {
    let size = canvas.width() * between(rng, 0.02, 0.035);
    let [left, top, right, bottom] = [
        size * between(rng, 3.0, 6.0),
        size * between(rng, 2.5, 4.0),
        canvas.width() - size * between(rng, 1.0, 6.0),
        canvas.height() - size * between(rng, 2.0, 4.0),
    ];
    let title = words(rng, 16);
    canvas.text([left, size * 0.5], size * 1.3, colours.ink, &title);
    let marks = rng.random_range(3..9);
    let (gridded, framed) = (chance(rng, 0.6), chance(rng, 0.3));
    for mark in 0..=marks {
        let y = bottom + (top - bottom) * mark as f32 / marks as f32;
        if gridded {
            canvas.rectangle([left, y, right, y + 1.0], colours.faint);
        }
        let label = number(rng);
        canvas.text([size * 0.3, y - size * 0.7], size * 0.9, colours.ink, &label);
        let x = left + (right - left) * mark as f32 / marks as f32;
        let label = word(rng);
        canvas.text([x, bottom + size * 0.4], size * 0.9, colours.ink, &label);
    }
    if framed {
        canvas.frame([left, top, right, bottom], 2.0, colours.ink);
    } else {
        canvas.rectangle([left, bottom, right, bottom + 2.0], colours.ink);
        canvas.rectangle([left, top, left + 2.0, bottom], colours.ink);
    }
    ([left, top, right, bottom], size)
}

/// The names of the series, each beside its colour.
fn legend(rng: &mut StdRng, canvas: &mut Canvas, [x, y]: [f32; 2], count: usize, size: f32, colours: &Palette) {
    for series in 0..count {
        let y = y + series as f32 * size * 1.5;
        canvas.rectangle([x, y + size * 0.3, x + size, y + size], colours.accents[series]);
        let name = words(rng, 5);
        canvas.text([x + size * 1.4, y], size, colours.ink, &name);
    }
}

pub fn bars(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let ([left, top, right, bottom], size) = axes(rng, &mut canvas, &colours);
    let (groups, series) = (rng.random_range(3..=14), rng.random_range(1..=3));
    let lying = chance(rng, 0.25);
    let (long, wide) = if lying {
        (right - left, bottom - top)
    } else {
        (bottom - top, right - left)
    };
    let step = wide / groups as f32;
    let bar = step * between(rng, 0.5, 0.95) / series as f32;
    for group in 0..groups {
        for one in 0..series {
            let length = long * between(rng, 0.05, 0.95);
            let at = group as f32 * step + one as f32 * bar + step * 0.05;
            let edges = if lying {
                [left, top + at, left + length, top + at + bar]
            } else {
                [left + at, bottom - length, left + at + bar, bottom]
            };
            canvas.rectangle(edges, colours.accents[one]);
        }
    }
    if chance(rng, 0.5) {
        legend(rng, &mut canvas, [right - size * 6.0, top], series, size, &colours);
    }
    canvas.finish()
}

pub fn lines(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let ([left, top, right, bottom], size) = axes(rng, &mut canvas, &colours);
    let series = rng.random_range(1..=4);
    for one in 0..series {
        let points = rng.random_range(4..=40);
        let (mut level, rough) = (between(rng, 0.1, 0.9), between(rng, 0.02, 0.25));
        let thick = between(rng, 1.0, 4.0);
        let mut before = None;
        for point in 0..points {
            level = (level + between(rng, -rough, rough)).clamp(0.02, 0.98);
            let x = left + (right - left) * point as f32 / (points - 1) as f32;
            let here = [x, bottom + (top - bottom) * level];
            if let Some(before) = before {
                canvas.line(before, here, thick, colours.accents[one]);
            }
            before = Some(here);
        }
    }
    if chance(rng, 0.5) {
        legend(rng, &mut canvas, [left + size, top], series, size, &colours);
    }
    canvas.finish()
}

pub fn pie(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let size = canvas.width() * between(rng, 0.02, 0.04);
    let title = words(rng, 14);
    canvas.text([size, size * 0.5], size * 1.4, colours.ink, &title);
    let radius = canvas.width().min(canvas.height()) * between(rng, 0.25, 0.4);
    let centre = [canvas.width() * between(rng, 0.35, 0.6), canvas.height() * 0.55];
    let mut from = 0.0;
    while from < 1.0 {
        let to = (from + between(rng, 0.05, 0.4)).min(1.0);
        let slice = style::colour(rng);
        canvas.sector(centre, radius, [from, to], slice);
        from = to;
    }
    if chance(rng, 0.3) {
        canvas.disc(centre, radius * 0.5, colours.ground);
    }
    let corner = [canvas.width() - size * 7.0, size * 3.0];
    legend(rng, &mut canvas, corner, 4, size, &colours);
    canvas.finish()
}

pub fn scatter(rng: &mut StdRng) -> RgbImage {
    let colours = palette(rng);
    let mut canvas = style::canvas(rng, colours.ground);
    let ([left, top, right, bottom], size) = axes(rng, &mut canvas, &colours);
    let radius = size * between(rng, 0.1, 0.4);
    for cloud in 0..rng.random_range(1..=3) {
        let (x, y) = (between(rng, left, right), between(rng, top, bottom));
        for _ in 0..rng.random_range(10..120) {
            let spread = |rng: &mut StdRng, by: f32| (between(rng, -1.0, 1.0) + between(rng, -1.0, 1.0)) * by;
            let at = [
                (x + spread(rng, (right - left) * 0.2)).clamp(left, right),
                (y + spread(rng, (bottom - top) * 0.2)).clamp(top, bottom),
            ];
            canvas.disc(at, radius, colours.accents[cloud]);
        }
    }
    canvas.finish()
}
