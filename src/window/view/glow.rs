//! The overlay's texture: made anew when the map or the style changes, not with every frame.

use egui::{Color32, ColorImage, Context, TextureHandle, TextureOptions};

use crate::captioner::Attention;
use crate::overlay::{self, Style};
use crate::photo::within;

/// The longest side of the overlay in pixels: smooth on any screen, made within a few milliseconds.
const SIDE: u32 = 640;

/// A map as a texture.
#[derive(Default)]
pub struct Glow {
    shown: Option<Shown>,
}

struct Shown {
    attention: Attention,
    style: Style,
    size: (u32, u32),
    texture: TextureHandle,
}

impl Glow {
    /// Shows this map, or none, over something of this size in pixels.
    pub fn set(&mut self, ctx: &Context, size: (u32, u32), side: u32, attention: Option<&Attention>, style: Style) {
        let Some(attention) = attention else {
            self.shown = None;
            return;
        };
        let same = |shown: &Shown| shown.style == style && shown.size == size && shown.attention == *attention;
        if !self.shown.as_ref().is_some_and(same) {
            let texture = ctx.load_texture("overlay", image(attention, size, side, style), TextureOptions::LINEAR);
            self.shown = Some(Shown {
                attention: attention.clone(),
                style,
                size,
                texture,
            });
        }
    }

    /// The same at the size of the window's photo.
    pub fn set_large(&mut self, ctx: &Context, size: (u32, u32), attention: Option<&Attention>, style: Style) {
        self.set(ctx, size, SIDE, attention, style);
    }

    /// The texture, where a map is shown.
    pub fn texture(&self) -> Option<&TextureHandle> {
        self.shown.as_ref().map(|shown| &shown.texture)
    }
}

fn image(attention: &Attention, size: (u32, u32), side: u32, style: Style) -> ColorImage {
    let (width, height) = within(size, side);
    let veil = overlay::veil(attention, width, height, style);
    let pixels = veil.pixels().map(|pixel| {
        let [red, green, blue, alpha] = pixel.0;
        Color32::from_rgba_unmultiplied(red, green, blue, alpha)
    });
    ColorImage::new([width as usize, height as usize], pixels.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `cargo test --lib glow -- --nocapture` prints what a new overlay costs; nothing is held to the clock.
    #[test]
    fn an_overlay_has_the_photos_shape_and_no_more_pixels_than_it_needs() {
        let attention = Attention {
            rows: 8,
            columns: 8,
            weights: (0..64u8).map(f32::from).collect(),
        };
        for mode in overlay::Mode::ALL {
            let begun = std::time::Instant::now();
            let image = image(&attention, (8660, 5773), SIDE, Style::new(*mode, 0.75));
            println!("{mode:?}: {:?}", begun.elapsed());
            assert_eq!(image.size, [640, 427]);
        }
    }
}
