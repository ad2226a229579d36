//! The overlay's texture: made anew, on a thread of its own, when the map or the style changes. Until the new one is
//! there the old one stays, for to take the shade away between two words would flash.

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};

use super::loader::{Job, Loader};
use crate::captioner::Attention;
use crate::overlay::{self, Style};
use crate::photo::within;

/// What an overlay shows.
#[derive(Clone, Debug, PartialEq)]
pub struct Ask {
    /// Where it is used: the photo's own, or which cell's.
    pub slot: usize,
    /// The map.
    pub attention: Attention,
    /// How it is shown.
    pub style: Style,
    /// Width and height of the photo, whose shape it has.
    pub size: (u32, u32),
    /// The longest side in pixels.
    pub side: u32,
}

impl Ask {
    fn image(&self) -> ColorImage {
        let (width, height) = within(self.size, self.side);
        let veil = overlay::veil(&self.attention, width, height, self.style);
        let pixels = veil.pixels().map(|pixel| {
            let [red, green, blue, alpha] = pixel.0;
            Color32::from_rgba_unmultiplied(red, green, blue, alpha)
        });
        ColorImage::new([width as usize, height as usize], pixels.collect())
    }
}

/// A map as a texture.
#[derive(Default)]
pub struct Glow {
    wanted: Option<Ask>,
    texture: Option<TextureHandle>,
}

impl Glow {
    /// Shows this as soon as it is made, or nothing.
    pub fn set(&mut self, loader: &Loader<Ask>, ask: Option<Ask>) {
        match ask {
            None => *self = Self::default(),
            Some(ask) if self.wanted.as_ref() == Some(&ask) => {}
            Some(ask) => {
                let (slot, what) = (ask.slot, ask.clone());
                let job: Job = Box::new(move || what.image());
                loader.want_instead(vec![(ask.clone(), job)], |other| other.slot == slot);
                self.wanted = Some(ask);
            }
        }
    }

    /// Takes in what was made, unless something else is wanted by now.
    pub fn take(&mut self, ctx: &Context, ask: &Ask, image: ColorImage) {
        if self.wanted.as_ref() == Some(ask) {
            self.texture = Some(ctx.load_texture("overlay", image, TextureOptions::LINEAR));
        }
    }

    /// The texture, where a map is shown.
    pub fn texture(&self) -> Option<&TextureHandle> {
        self.texture.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::{Duration, Instant};

    fn ask(slot: usize, strength: f32) -> Ask {
        Ask {
            slot,
            attention: Attention {
                rows: 2,
                columns: 2,
                weights: vec![0.7, 0.1, 0.1, 0.1],
            },
            style: Style::new(overlay::Mode::Dim, strength),
            size: (8660, 5773),
            side: 64,
        }
    }

    #[test]
    fn an_overlay_has_the_photos_shape_and_no_more_pixels_than_it_needs() {
        assert_eq!(ask(0, 0.5).image().size, [64, 43]);
    }

    #[test]
    fn only_the_newest_is_shown_and_the_one_before_stays_until_it_is_there() {
        let ctx = Context::default();
        let loader = Loader::start("test", || {});
        let mut glow = Glow::default();
        glow.set(&loader, Some(ask(0, 0.5)));
        let begun = Instant::now();
        while glow.texture().is_none() {
            if let Some((made, image)) = loader.poll() {
                glow.take(&ctx, &made, image);
            }
            assert!(begun.elapsed() < Duration::from_secs(20));
        }
        let first = glow.texture().map(TextureHandle::id);
        glow.set(&loader, Some(ask(0, 0.9)));
        assert_eq!(glow.texture().map(TextureHandle::id), first);
        glow.take(&ctx, &ask(0, 0.5), ask(0, 0.5).image());
        assert_eq!(glow.texture().map(TextureHandle::id), first, "outdated");
        glow.take(&ctx, &ask(0, 0.9), ask(0, 0.9).image());
        assert_ne!(glow.texture().map(TextureHandle::id), first);
        glow.set(&loader, None);
        assert!(glow.texture().is_none());
    }
}
