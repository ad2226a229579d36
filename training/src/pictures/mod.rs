//! Pictures that are no photos, made by this code: blank ones, pages of text, screenshots, tables and charts.
//!
//! With them the encoder's output `photo_probability` is fitted and measured (see [`gate`](crate::gate)). The same kind
//! and seed give the same picture on every machine.

pub(crate) mod canvas;
mod charts;
mod pages;
mod plain;
mod screens;
mod style;

use image::RgbImage;
use rand::SeedableRng;
use rand::rngs::StdRng;

/// A kind of picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// An even surface, a gradient or noise.
    Plain,
    /// Paragraphs in columns, whole or from near by.
    Page,
    /// A page with one photo in it.
    Illustrated,
    /// A window with menu, list, text and buttons.
    Window,
    /// Rows and columns of numbers.
    Table,
    /// A bar chart.
    Bars,
    /// A line chart.
    Lines,
    /// A title and a few points.
    Slide,
    /// Lines of a program, indented and coloured.
    Code,
    /// Speech bubbles.
    Chat,
    /// A narrow strip with prices.
    Receipt,
    /// A pie chart.
    Pie,
    /// Points in a frame.
    Scatter,
}

impl Kind {
    /// Those that a gate is fitted to.
    pub const FITTED: [Self; 8] = [
        Self::Plain,
        Self::Page,
        Self::Illustrated,
        Self::Window,
        Self::Table,
        Self::Bars,
        Self::Lines,
        Self::Pie,
    ];
    /// Those that it must know without ever having been fitted to.
    pub const UNSEEN: [Self; 5] = [Self::Slide, Self::Code, Self::Chat, Self::Receipt, Self::Scatter];

    /// Draws one; `photo` is what stands in an [`Illustrated`](Self::Illustrated) one.
    pub fn draw(self, seed: u64, photo: &RgbImage) -> RgbImage {
        // Kinds of one seed have nothing to do with each other.
        let mut rng = StdRng::seed_from_u64(seed.wrapping_mul(64).wrapping_add(self as u64));
        let rng = &mut rng;
        match self {
            Self::Plain => plain::plain(rng),
            Self::Page => pages::page(rng),
            Self::Illustrated => pages::illustrated(rng, photo),
            Self::Window => screens::window(rng),
            Self::Table => pages::table(rng),
            Self::Bars => charts::bars(rng),
            Self::Lines => charts::lines(rng),
            Self::Slide => screens::slide(rng),
            Self::Code => screens::code(rng),
            Self::Chat => screens::chat(rng),
            Self::Receipt => pages::receipt(rng),
            Self::Pie => charts::pie(rng),
            Self::Scatter => charts::scatter(rng),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use image::Rgb;

    #[test]
    fn every_kind_draws_another_picture_for_another_seed_and_the_same_for_the_same() {
        let photo = RgbImage::from_pixel(40, 30, Rgb([200, 30, 30]));
        for kind in [&Kind::FITTED[..], &Kind::UNSEEN[..]].concat() {
            let [one, again, other] = [1, 1, 2].map(|seed| kind.draw(seed, &photo));
            assert_eq!(one, again, "{kind:?}");
            assert_ne!(one, other, "{kind:?}");
            assert!(one.width() >= 200 && one.height() >= 200, "{kind:?}");
        }
    }

    #[test]
    fn letters_are_drawn_and_the_photo_stands_in_its_page() {
        let photo = RgbImage::from_pixel(40, 30, Rgb([255, 0, 0]));
        let red = |picture: &RgbImage| picture.pixels().filter(|pixel| pixel.0 == [255, 0, 0]).count();
        let illustrated = Kind::Illustrated.draw(5, &photo);
        let area = (illustrated.width() * illustrated.height()) as usize;
        assert!((area / 15..area / 2).contains(&red(&illustrated)));
        let page = Kind::Page.draw(5, &photo);
        let ground = *page.get_pixel(0, 0);
        let inked = page.pixels().filter(|pixel| **pixel != ground).count();
        assert!(inked > page.pixels().len() / 100, "{inked} pixels of letters");
    }
}
