//! The photo on the screen, and the light on the part of it behind a word.

use egui::{Color32, ColorImage, Context, Id, Rect, Role, Sense, TextureHandle, TextureOptions, Ui, WidgetInfo};

use super::look::theme;
use crate::captioner::Attention;
use crate::photo::{Photo, within};
use crate::text;

/// The longest side of the overlay in pixels: smooth on any screen, made within a few milliseconds.
const OVERLAY_SIDE: u32 = 640;

/// How dark the photo becomes where the model did not look, of 255.
const DARKEST: f32 = 190.0;

/// From this share of the largest weight on a place counts as looked at.
const EDGE: f32 = 0.5;

/// A photo as a texture, with the overlay of at most one word.
pub struct Picture {
    label: String,
    size: (u32, u32),
    texture: TextureHandle,
    overlay: Option<(usize, TextureHandle)>,
}

impl Picture {
    /// Takes the photo's name and size from `photo` and its pixels from `preview`.
    pub fn new(ctx: &Context, photo: &Photo, preview: &Photo) -> Self {
        let (width, height) = photo.pixels().dimensions();
        let pixels = preview.pixels();
        let image = ColorImage::from_rgb([pixels.width() as usize, pixels.height() as usize], pixels.as_raw());
        let options = TextureOptions {
            mipmap_mode: Some(egui::TextureFilter::Linear),
            ..TextureOptions::LINEAR
        };
        Self {
            label: text!("photo-name", name = photo.name(), width = width, height = height),
            size: (width, height),
            texture: ctx.load_texture("photo", image, options),
            overlay: None,
        }
    }

    /// Lights the part of the photo behind a word, given by its number; none shows the whole photo. The overlay is
    /// made when the word changes, not with every frame.
    pub fn light(&mut self, ctx: &Context, word: Option<(usize, &Attention)>) {
        match (word, &self.overlay) {
            (None, _) => self.overlay = None,
            (Some((number, _)), Some((shown, _))) if number == *shown => {}
            (Some((number, attention)), _) => {
                let (width, height) = within(self.size, OVERLAY_SIDE);
                let image = overlay(attention, width, height);
                self.overlay = Some((number, ctx.load_texture("overlay", image, TextureOptions::LINEAR)));
            }
        }
    }

    /// Fits the photo into the room that is left; `place` is what the overlay says in words.
    pub fn show(&self, ui: &mut Ui, place: Option<&str>) {
        let room = ui.available_rect_before_wrap();
        let (width, height) = (self.size.0 as f32, self.size.1 as f32);
        let scale = (room.width() / width).min(room.height() / height);
        let rect = Rect::from_center_size(room.center(), egui::vec2(width, height) * scale);
        let whole = Rect::from_min_max(egui::pos2(0.0, 0.0), egui::pos2(1.0, 1.0));
        ui.painter().image(self.texture.id(), rect, whole, Color32::WHITE);
        if let Some((_, overlay)) = &self.overlay {
            ui.painter().image(overlay.id(), rect, whole, Color32::WHITE);
        }
        let id = Id::unique("photo");
        let response = ui.interact(rect, id, Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &self.label));
        if let Some(place) = place {
            ui.ctx()
                .accesskit_node_builder(id, |node| node.set_description(text!("photo-lit", place = place)));
        }
    }
}

/// The map as a veil: clear where the model looked, dark elsewhere, with a line around what it looked at most, so
/// that brightness is not the only sign. A map that looks everywhere alike darkens nothing.
fn overlay(attention: &Attention, width: u32, height: u32) -> ColorImage {
    let mut map = attention.upsample(width, height);
    let least = map.iter().copied().fold(1.0, f32::min);
    let mean = map.iter().sum::<f32>() / map.len().max(1) as f32;
    // The largest is 1: twice the mean and more is a look at something, hardly more than the mean at nothing.
    let pointed = (1.0 / mean.max(f32::EPSILON) - 1.0).clamp(0.0, 1.0);
    let range = (1.0 - least).max(f32::EPSILON);
    map.iter_mut().for_each(|weight| *weight = (*weight - least) / range);

    let (columns, rows) = (width as usize, height as usize);
    let mut image = ColorImage::filled([columns, rows], Color32::TRANSPARENT);
    for row in 0..rows {
        for column in 0..columns {
            let at = row * columns + column;
            let veil = Color32::from_black_alpha((DARKEST * (1.0 - smooth(map[at]))) as u8);
            // The slope turns the difference from the edge into a distance from the line, in pixels.
            let right = map[row * columns + (column + 1).min(columns - 1)] - map[at];
            let down = map[(row + 1).min(rows - 1) * columns + column] - map[at];
            let distance = (map[at] - EDGE).abs() / right.hypot(down).max(f32::EPSILON);
            image.pixels[at] = line(veil, distance).gamma_multiply(pointed);
        }
    }
    image
}

/// A light line between dark ones, so that it is seen on any photo; `below` further away.
fn line(below: Color32, distance: f32) -> Color32 {
    let dark = below.lerp_to_gamma(theme::ON_LIGHT, (4.0 - distance).clamp(0.0, 1.0));
    dark.lerp_to_gamma(theme::LIGHT, (2.0 - distance).clamp(0.0, 1.0))
}

/// From 0 well below the edge to 1 a little above it, without a step.
fn smooth(weight: f32) -> f32 {
    let t = ((weight - EDGE * 0.4) / (EDGE * 0.8)).clamp(0.0, 1.0);
    t * t * (3.0 - 2.0 * t)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_place_that_was_looked_at_stays_bright_and_the_rest_is_dimmed() {
        let attention = Attention {
            rows: 2,
            columns: 2,
            weights: vec![0.0, 0.0, 0.0, 1.0],
        };
        let image = overlay(&attention, 40, 30);
        assert_eq!(image[(39, 29)].a(), 0, "lower right");
        assert_eq!(f32::from(image[(0, 0)].a()), DARKEST, "upper left");
        assert!(image.pixels.iter().any(|pixel| pixel.r() > 200), "a line around it");
    }

    #[test]
    fn a_map_that_looks_everywhere_darkens_nothing() {
        let attention = Attention {
            rows: 3,
            columns: 3,
            weights: vec![1.0 / 9.0; 9],
        };
        assert!(overlay(&attention, 20, 20).pixels.iter().all(|pixel| pixel.a() == 0));
    }
}
