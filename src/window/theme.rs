//! Sizes and colours: large type, large targets, contrasts of at least 7 to 1 in the light and the dark theme.

use egui::{Color32, Context, FontFamily, FontId, TextStyle, Theme, Visuals};

/// The box behind the current word and the line around the lit region, in both themes.
pub const LIGHT: Color32 = Color32::from_rgb(0xFF, 0xD5, 0x4A);
/// The letters on [`LIGHT`], and the line that sets it off from a bright background.
pub const ON_LIGHT: Color32 = Color32::from_rgb(0x14, 0x14, 0x14);
/// Behind the photo, so that its edge is seen in both themes.
pub const BEHIND_PHOTO: Color32 = Color32::from_rgb(0x1B, 0x1E, 0x23);
/// Text on [`BEHIND_PHOTO`].
pub const ON_BEHIND_PHOTO: Color32 = Color32::from_rgb(0xF4, 0xF6, 0xF8);

/// Sets both themes up; the system says which of them is shown.
pub fn apply(ctx: &Context) {
    for theme in [Theme::Dark, Theme::Light] {
        ctx.style_mut_of(theme, |style| {
            for (text, size) in [
                (TextStyle::Small, 15.0),
                (TextStyle::Body, 18.0),
                (TextStyle::Button, 18.0),
                (TextStyle::Heading, 22.0),
            ] {
                style
                    .text_styles
                    .insert(text, FontId::new(size, FontFamily::Proportional));
            }
            style.spacing.button_padding = egui::vec2(14.0, 8.0);
            style.spacing.item_spacing = egui::vec2(10.0, 8.0);
            style.spacing.interact_size.y = 38.0;
            colour(&mut style.visuals, theme);
        });
    }
}

/// The colour of a sentence that tells of a fault.
pub fn trouble(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode {
        Color32::from_rgb(0xFF, 0xB9, 0xAE)
    } else {
        Color32::from_rgb(0x93, 0x12, 0x0A)
    }
}

/// The colour of text that matters less, still readable.
pub fn quiet(visuals: &Visuals) -> Color32 {
    if visuals.dark_mode {
        Color32::from_rgb(0xC4, 0xCA, 0xD1)
    } else {
        Color32::from_rgb(0x3E, 0x45, 0x4D)
    }
}

/// The colour of a key in the list of keys.
pub fn heading(visuals: &Visuals) -> Color32 {
    visuals.selection.stroke.color
}

fn colour(visuals: &mut Visuals, theme: Theme) {
    let (text, panel, button, hovered, pressed, focus) = match theme {
        Theme::Dark => (0xF4F6F8, 0x101317, 0x2A3038, 0x3A424D, 0x4A5563, 0x8CC8FF),
        Theme::Light => (0x12151A, 0xF6F7F9, 0xDDE1E6, 0xCDD3DA, 0xBCC4CD, 0x0B5CAD),
    };
    visuals.panel_fill = hex(panel);
    visuals.window_fill = hex(panel);
    visuals.override_text_color = Some(hex(text));
    for (state, fill) in [
        (&mut visuals.widgets.inactive, button),
        (&mut visuals.widgets.hovered, hovered),
        (&mut visuals.widgets.active, pressed),
        (&mut visuals.widgets.open, pressed),
    ] {
        state.weak_bg_fill = hex(fill);
        state.bg_fill = hex(fill);
        state.corner_radius = 6.into();
    }
    // egui draws the focused widget with the stroke of the active state and selected text with this one.
    visuals.selection.stroke = egui::Stroke::new(3.0, hex(focus));
    visuals.widgets.active.bg_stroke = egui::Stroke::new(3.0, hex(focus));
}

fn hex(rgb: u32) -> Color32 {
    let [_, red, green, blue] = rgb.to_be_bytes();
    Color32::from_rgb(red, green, blue)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Relative luminance and contrast as WCAG 2.2 defines them.
    fn contrast(one: Color32, other: Color32) -> f64 {
        let luminance = |colour: Color32| {
            let linear = |byte: u8| match f64::from(byte) / 255.0 {
                value if value <= 0.04045 => value / 12.92,
                value => ((value + 0.055) / 1.055).powf(2.4),
            };
            0.2126 * linear(colour.r()) + 0.7152 * linear(colour.g()) + 0.0722 * linear(colour.b())
        };
        let (one, other) = (luminance(one), luminance(other));
        (one.max(other) + 0.05) / (one.min(other) + 0.05)
    }

    #[test]
    fn every_text_has_the_enhanced_contrast() {
        for theme in [Theme::Dark, Theme::Light] {
            let mut visuals = theme.default_visuals();
            colour(&mut visuals, theme);
            let panel = visuals.panel_fill;
            let text = visuals.text_color();
            for (name, ink, paper) in [
                ("text", text, panel),
                ("button", text, visuals.widgets.inactive.weak_bg_fill),
                ("hovered button", text, visuals.widgets.hovered.weak_bg_fill),
                ("trouble", trouble(&visuals), panel),
                ("quiet", quiet(&visuals), panel),
                ("current word", ON_LIGHT, LIGHT),
                ("over the photo", ON_BEHIND_PHOTO, BEHIND_PHOTO),
            ] {
                assert!(
                    contrast(ink, paper) >= 7.0,
                    "{theme:?} {name}: {:.1}",
                    contrast(ink, paper)
                );
            }
        }
    }
}
