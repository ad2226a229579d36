//! Writing on pictures: the program's own font, and for letters that it lacks one of the system's.

use std::fs;

use ab_glyph::{Font, FontRef, FontVec, Glyph, OutlinedGlyph, PxScaleFont, ScaleFont, point};
use image::{Rgb, RgbImage};

const FONT: &[u8] = include_bytes!("../../assets/fonts/NotoSans-Regular.ttf");

/// Where systems keep a font with Hangul, kana and Chinese characters; of a collection, which font has the Korean forms.
const OTHERS: [(&str, u32); 10] = [
    ("/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc", 1),
    ("/usr/share/fonts/noto-cjk/NotoSansCJK-Regular.ttc", 1),
    ("/usr/share/fonts/google-noto-cjk/NotoSansCJK-Regular.ttc", 1),
    ("/usr/share/fonts/google-noto-sans-cjk-fonts/NotoSansCJK-Regular.ttc", 1),
    ("/usr/share/fonts/truetype/nanum/NanumGothic.ttf", 0),
    ("/System/Library/Fonts/AppleSDGothicNeo.ttc", 0),
    ("/System/Library/Fonts/Supplemental/Arial Unicode.ttf", 0),
    (r"C:\Windows\Fonts\malgun.ttf", 0),
    (r"C:\Windows\Fonts\msgothic.ttc", 0),
    (r"C:\Windows\Fonts\simsun.ttc", 0),
];

/// The height of letters in pixels.
const SIZE: f32 = 20.0;

const INK: Rgb<u8> = Rgb([20; 3]);

/// Writes lines of text.
pub struct Pen {
    own: PxScaleFont<FontRef<'static>>,
    other: Option<FontVec>,
}

impl Pen {
    /// A pen for these letters; another font than the program's own is only looked for where one of them needs it. None
    /// if the program itself is broken.
    pub fn able_to_write(text: &str) -> Option<Self> {
        let own = FontRef::try_from_slice(FONT).ok()?.into_scaled(SIZE);
        let lacking = |letter: char| !letter.is_whitespace() && own.glyph_id(letter).0 == 0;
        let other = text.chars().find(|letter| lacking(*letter)).and_then(font_with);
        Some(Self { own, other })
    }

    /// The width of a line in pixels.
    fn width(&self, text: &str) -> f32 {
        text.chars().map(|letter| self.advance(letter)).sum()
    }

    fn advance(&self, letter: char) -> f32 {
        match self.other_for(letter) {
            Some(font) => font.as_scaled(SIZE).h_advance(font.glyph_id(letter)),
            None => self.own.h_advance(self.own.glyph_id(letter)),
        }
    }

    /// The other font, where only that has the letter.
    fn other_for(&self, letter: char) -> Option<&FontVec> {
        let other = self.other.as_ref()?;
        (self.own.glyph_id(letter).0 == 0 && other.glyph_id(letter).0 != 0).then_some(other)
    }

    fn outline(&self, letter: char, x: f32, y: f32) -> Option<OutlinedGlyph> {
        let at = |mut glyph: Glyph| {
            glyph.position = point(x, y);
            glyph
        };
        match self.other_for(letter) {
            Some(font) => {
                let font = font.as_scaled(SIZE);
                font.outline_glyph(at(font.scaled_glyph(letter)))
            }
            None => self.own.outline_glyph(at(self.own.scaled_glyph(letter))),
        }
    }

    /// The text in lines that fit; a word that does not fit alone is shortened.
    pub fn wrap(&self, text: &str, width: u32) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            match lines.last_mut() {
                Some(line) if self.width(&format!("{line} {word}")) <= width as f32 => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(self.shorten(word, width)),
            }
        }
        lines
    }

    /// The text, or as many of its letters as fit with an ellipsis.
    pub fn shorten(&self, text: &str, width: u32) -> String {
        let width = width as f32;
        if self.width(text) <= width {
            return text.to_owned();
        }
        let mut short = String::new();
        for letter in text.chars() {
            if self.width(&format!("{short}{letter}…")) > width {
                break;
            }
            short.push(letter);
        }
        short + "…"
    }

    /// Writes one line whose upper left corner is at `x`, `y`; what lies outside the canvas is left out.
    pub fn write(&self, canvas: &mut RgbImage, text: &str, x: u32, y: u32) {
        let mut at = x as f32;
        let baseline = y as f32 + self.own.ascent();
        for letter in text.chars() {
            let outline = self.outline(letter, at, baseline);
            at += self.advance(letter);
            let Some(outline) = outline else { continue };
            let corner = outline.px_bounds().min;
            outline.draw(|across, down, cover| {
                let (x, y) = (corner.x + across as f32, corner.y + down as f32);
                if x < 0.0 || y < 0.0 {
                    return;
                }
                if let Some(pixel) = canvas.get_pixel_mut_checked(x as u32, y as u32) {
                    for (value, ink) in pixel.0.iter_mut().zip(INK.0) {
                        let share = cover.clamp(0.0, 1.0);
                        *value = (f32::from(*value) + (f32::from(ink) - f32::from(*value)) * share).round() as u8;
                    }
                }
            });
        }
    }
}

/// The first of the system's fonts that has this letter.
fn font_with(letter: char) -> Option<FontVec> {
    let files = OTHERS
        .iter()
        .filter_map(|(path, index)| Some((fs::read(path).ok()?, *index)));
    let mut fonts = files.filter_map(|(bytes, index)| FontVec::try_from_vec_and_index(bytes, index).ok());
    let found = fonts.find(|font| font.glyph_id(letter).0 != 0);
    if found.is_none() {
        log::info!("no font of this system is known to have the letter {letter:?}");
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn no_other_font_is_read_for_letters_that_the_own_one_has() {
        assert!(Pen::able_to_write("a dog, 75 %: Größe… Ж").unwrap().other.is_none());
    }

    #[test]
    fn hangul_is_written_where_the_system_has_a_font_for_it() {
        let installed = OTHERS.iter().any(|(path, _)| fs::exists(path).unwrap_or(false));
        let pen = Pen::able_to_write("왼쪽 아래").unwrap();
        assert_eq!(pen.other.is_some(), installed);
        if installed {
            let draw = |text: &str| {
                let mut canvas = RgbImage::from_pixel(60, 30, Rgb([255; 3]));
                pen.write(&mut canvas, text, 2, 0);
                canvas
            };
            assert_ne!(draw("왼"), draw("쪽"), "not the same box for every letter");
            assert!(pen.width("왼쪽") > 20.0);
        }
    }
}
