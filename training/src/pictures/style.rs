//! Chance: sizes, colours and words.

use rand::RngExt;
use rand::rngs::StdRng;

use super::canvas::{Canvas, Colour};

/// The colours of one picture.
pub struct Palette {
    pub ground: Colour,
    pub ink: Colour,
    /// Between both, for lines and boxes.
    pub faint: Colour,
    pub accents: [Colour; 4],
}

/// Light with dark letters three times of four, else the other way round.
pub fn palette(rng: &mut StdRng) -> Palette {
    let is_light = chance(rng, 0.75);
    let near = |rng: &mut StdRng, [from, to]: [i32; 2], tint: i32| {
        let level = rng.random_range(from..=to);
        [0; 3].map(|_: u8| (level + rng.random_range(-tint..=tint)).clamp(0, 255) as u8)
    };
    let (light, dark) = (near(rng, [215, 255], 14), near(rng, [0, 70], 14));
    let (ground, ink) = if is_light { (light, dark) } else { (dark, light) };
    let share = rng.random_range(0.1..0.35);
    Palette {
        ground,
        ink,
        faint: mixed(ground, ink, share),
        accents: [0; 4].map(|_| colour(rng)),
    }
}

/// Any colour that is neither very light nor very dark.
pub fn colour(rng: &mut StdRng) -> Colour {
    [0; 3].map(|_: u8| rng.random_range(20..=235))
}

pub fn mixed(one: Colour, other: Colour, share: f32) -> Colour {
    let mix = |a: u8, b: u8| (f32::from(a) * (1.0 - share) + f32::from(b) * share) as u8;
    [mix(one[0], other[0]), mix(one[1], other[1]), mix(one[2], other[2])]
}

pub fn chance(rng: &mut StdRng, share: f64) -> bool {
    rng.random_bool(share)
}

pub fn between(rng: &mut StdRng, from: f32, to: f32) -> f32 {
    rng.random_range(from..=to)
}

/// A canvas of a common shape: upright, wide, square.
pub fn canvas(rng: &mut StdRng, ground: Colour) -> Canvas {
    let long = rng.random_range(420..=760);
    let ratio = [0.7, 0.75, 0.5625, 1.0, 0.62][rng.random_range(0..5)];
    let short = (long as f32 * ratio) as u32;
    let (width, height) = if chance(rng, 0.5) { (long, short) } else { (short, long) };
    Canvas::new(width, height, ground)
}

/// A wide canvas, as screens are, three times of four.
pub fn screen(rng: &mut StdRng, ground: Colour) -> Canvas {
    let long = rng.random_range(480..=760);
    let short = (long as f32 * between(rng, 0.5, 0.75)) as u32;
    let (width, height) = if chance(rng, 0.75) {
        (long, short)
    } else {
        (short, long)
    };
    Canvas::new(width, height, ground)
}

/// A word that no language has.
pub fn word(rng: &mut StdRng) -> String {
    const SYLLABLES: [&str; 24] = [
        "ba", "re", "ti", "on", "den", "sho", "al", "ver", "ing", "th", "e", "mo", "ka", "str", "ul", "pe", "ся", "до",
        "λε", "που", "ner", "dig", "wh", "ya",
    ];
    (0..rng.random_range(1..=4))
        .map(|_| SYLLABLES[rng.random_range(0..SYLLABLES.len())])
        .collect()
}

/// Words up to so many letters.
pub fn words(rng: &mut StdRng, letters: usize) -> String {
    let mut text = word(rng);
    while text.chars().count() < letters {
        text.push(' ');
        text += &word(rng);
    }
    text
}

pub fn number(rng: &mut StdRng) -> String {
    match rng.random_range(0..3) {
        0 => rng.random_range(0..100).to_string(),
        1 => format!("{:.2}", rng.random_range(0.0..1000.0)),
        _ => rng.random_range(1000..99999).to_string(),
    }
}

/// Lines of words within a rectangle, in paragraphs; the last line of each is short.
pub fn paragraphs(rng: &mut StdRng, canvas: &mut Canvas, [left, top, right, bottom]: [f32; 4], size: f32, ink: Colour) {
    let step = size * between(rng, 1.15, 1.6);
    // A letter is about half as wide as it is high.
    let letters = ((right - left) / (size * 0.5)).max(1.0) as usize;
    let (mut y, mut left_over) = (top, rng.random_range(2..9));
    while y + step < bottom {
        let long = if left_over == 1 {
            rng.random_range(1..=letters)
        } else {
            letters
        };
        let line: String = words(rng, long).chars().take(letters).collect();
        canvas.text([left, y], size, ink, &line);
        y += step;
        left_over -= 1;
        if left_over == 0 {
            y += step * between(rng, 0.2, 1.0);
            left_over = rng.random_range(2..9);
        }
    }
}
