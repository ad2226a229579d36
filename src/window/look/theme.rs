//! Sizes and colours as egui takes them: large type, targets of at least 44 points, a palette's colours in every state.

use egui::style::{ScrollStyle, TextCursorStyle, WidgetVisuals};
use egui::{Color32, Context, FontFamily, FontId, Stroke, Style, TextStyle, Theme, Visuals};

use super::palette::{DARK, LIGHT as LIGHT_PALETTE, Palette};

/// The line around the lit region of the photo, in every theme: the photo has colours of its own.
pub const LIGHT: Color32 = LIGHT_PALETTE.lit;
/// The line that sets [`LIGHT`] off from a bright photo.
pub const ON_LIGHT: Color32 = LIGHT_PALETTE.on_lit;

/// The least width and height of what can be pressed, in points.
pub const TARGET: f32 = 44.0;
/// The same as a size.
pub const TARGET_SIZE: egui::Vec2 = egui::Vec2::splat(TARGET);

/// The width of the ring around what has the focus, in points.
pub const FOCUS: f32 = 3.0;

/// The contrast of the themes of high contrast.
const HIGH_CONTRAST: f64 = 7.0;

/// How much of its colour a thing keeps that cannot be used now.
const DISABLED: f32 = 0.8;

/// Sets up the light and the dark theme; the system says which of them is shown.
pub fn apply(ctx: &Context) {
    ctx.style_mut_of(Theme::Dark, |style| dress(style, &DARK));
    ctx.style_mut_of(Theme::Light, |style| dress(style, &LIGHT_PALETTE));
}

/// Gives a style this palette and the sizes of every theme.
pub fn dress(style: &mut Style, palette: &Palette) {
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
    let spacing = &mut style.spacing;
    spacing.button_padding = egui::vec2(14.0, 8.0);
    spacing.item_spacing = egui::vec2(10.0, 8.0);
    spacing.interact_size = TARGET_SIZE;
    spacing.icon_width = 26.0;
    spacing.icon_width_inner = 16.0;
    spacing.icon_spacing = 8.0;
    spacing.combo_height = 400.0;
    // Bars that stand beside the text, never over it, and are there before the pointer comes.
    spacing.scroll = ScrollStyle {
        bar_width: 12.0,
        foreground_color: true,
        dormant_background_opacity: 1.0,
        active_background_opacity: 1.0,
        interact_background_opacity: 1.0,
        dormant_handle_opacity: 1.0,
        active_handle_opacity: 1.0,
        interact_handle_opacity: 1.0,
        ..ScrollStyle::solid()
    };
    // Text that fades at the edge of what scrolls would fall below the contrast that these themes are chosen for.
    if palette.contrast >= HIGH_CONTRAST {
        spacing.scroll.fade.strength = 0.0;
    }
    // Selecting a label's text with the pointer would compete with pressing it; the sentence is copied by command.
    style.interaction.selectable_labels = false;
    style.visuals = visuals(palette);
}

fn visuals(palette: &Palette) -> Visuals {
    let mut visuals = if palette.dark {
        Visuals::dark()
    } else {
        Visuals::light()
    };
    let state = |fill: Color32, edge: Stroke| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: edge,
        corner_radius: 6.into(),
        fg_stroke: Stroke::new(2.0, palette.text),
        expansion: 0.0,
    };
    let edge = Stroke::new(1.5, palette.edge);
    visuals.override_text_color = None;
    visuals.weak_text_color = Some(palette.quiet);
    visuals.disabled_alpha = DISABLED;
    visuals.widgets.noninteractive = state(palette.panel, edge);
    visuals.widgets.inactive = state(palette.button, edge);
    visuals.widgets.hovered = state(palette.hovered, Stroke::new(2.0, palette.edge));
    visuals.widgets.active = state(palette.pressed, Stroke::new(2.0, palette.edge));
    visuals.widgets.open = state(palette.pressed, edge);
    visuals.selection.bg_fill = palette.selection;
    visuals.selection.stroke = Stroke::new(FOCUS, palette.text);
    visuals.hyperlink_color = palette.link;
    visuals.faint_bg_color = palette.panel;
    visuals.extreme_bg_color = palette.field;
    visuals.text_edit_bg_color = Some(palette.field);
    visuals.code_bg_color = palette.panel;
    visuals.warn_fg_color = palette.trouble;
    visuals.error_fg_color = palette.trouble;
    visuals.window_fill = palette.panel;
    visuals.window_stroke = edge;
    visuals.panel_fill = palette.panel;
    visuals.slider_trailing_fill = true;
    visuals.text_cursor = TextCursorStyle {
        stroke: Stroke::new(FOCUS, palette.text),
        blink: visuals.text_cursor.blink,
        ..TextCursorStyle::default()
    };
    visuals
}

/// The colour of a sentence that tells of a fault.
pub fn trouble(visuals: &Visuals) -> Color32 {
    visuals.error_fg_color
}

/// The colour of text that matters less, still readable.
pub fn quiet(visuals: &Visuals) -> Color32 {
    visuals.weak_text_color()
}

/// The colour of a key in the list of keys.
pub fn heading(visuals: &Visuals) -> Color32 {
    visuals.hyperlink_color
}

/// The box behind the word that is said, and the letters in it.
pub fn lit(visuals: &Visuals) -> (Color32, Color32) {
    let palette = Palette::in_use(visuals);
    (palette.lit, palette.on_lit)
}

/// The ground behind the photo, and the text on it.
pub fn behind_photo(visuals: &Visuals) -> (Color32, Color32) {
    let palette = Palette::in_use(visuals);
    (palette.behind_photo, palette.on_photo)
}

/// The ring around what has the focus.
pub fn ring(visuals: &Visuals) -> Stroke {
    Stroke::new(FOCUS, Palette::in_use(visuals).focus)
}

/// A thin line on either side of the ring, for where it stands on a photo.
pub fn ring_rim(visuals: &Visuals) -> Color32 {
    visuals.panel_fill
}
