//! Every pair of colours that can meet on the screen has the contrast that its theme promises.

use egui::{Color32, Style, Visuals};

use crate::window::look::palette::{PALETTES, Palette};
use crate::window::look::theme;

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

/// The visuals as the window uses them.
fn visuals(palette: &Palette) -> Visuals {
    let mut style = Style::default();
    theme::dress(&mut style, palette);
    style.visuals
}

/// A colour as it is when its widget cannot be used now and stands on the panel.
fn faded(visuals: &Visuals, colour: Color32) -> Color32 {
    visuals.panel_fill.lerp_to_gamma(colour, visuals.disabled_alpha)
}

#[test]
fn black_on_white_is_twenty_one_to_one() {
    assert!((contrast(Color32::BLACK, Color32::WHITE) - 21.0).abs() < 1e-9);
    assert!((contrast(Color32::from_rgb(0x77, 0x77, 0x77), Color32::WHITE) - 4.478).abs() < 1e-3);
}

#[test]
fn every_text_has_the_contrast_that_its_theme_promises() {
    for palette in PALETTES {
        let visuals = visuals(palette);
        assert_eq!(
            Palette::in_use(&visuals),
            palette,
            "no two palettes are taken for one another"
        );
        let panel = visuals.panel_fill;
        let text = visuals.text_color();
        let (lit, on_lit) = theme::lit(&visuals);
        let (behind_photo, on_photo) = theme::behind_photo(&visuals);
        let mut pairs = vec![
            ("text".to_owned(), text, panel),
            ("strong text".to_owned(), visuals.strong_text_color(), panel),
            ("quiet text".to_owned(), theme::quiet(&visuals), panel),
            ("heading".to_owned(), theme::heading(&visuals), panel),
            ("link".to_owned(), visuals.hyperlink_color, panel),
            ("trouble".to_owned(), theme::trouble(&visuals), panel),
            ("the sign of trouble".to_owned(), panel, theme::trouble(&visuals)),
            ("text in a dialog".to_owned(), text, visuals.window_fill),
            (
                "trouble in a dialog".to_owned(),
                theme::trouble(&visuals),
                visuals.window_fill,
            ),
            ("text in a field".to_owned(), text, visuals.text_edit_bg_color()),
            (
                "hint in a field".to_owned(),
                theme::quiet(&visuals),
                visuals.text_edit_bg_color(),
            ),
            (
                "what is chosen".to_owned(),
                visuals.selection.stroke.color,
                visuals.selection.bg_fill,
            ),
            ("text on what is chosen".to_owned(), text, visuals.selection.bg_fill),
            ("the word that is said".to_owned(), on_lit, lit),
            ("beside the photo".to_owned(), on_photo, behind_photo),
        ];
        let widgets = &visuals.widgets;
        for (state, look) in [
            ("at rest", &widgets.inactive),
            ("hovered", &widgets.hovered),
            ("pressed", &widgets.active),
            ("open", &widgets.open),
            ("without function", &widgets.noninteractive),
        ] {
            for (kind, fill) in [("button", look.weak_bg_fill), ("box", look.bg_fill)] {
                pairs.push((format!("{kind} {state}"), look.text_color(), fill));
                let (ink, paper) = (faded(&visuals, look.text_color()), faded(&visuals, fill));
                pairs.push((format!("{kind} {state}, not to be used now"), ink, paper));
            }
        }
        for (name, ink, paper) in pairs {
            let found = contrast(ink, paper);
            assert!(found >= palette.contrast, "{name}: {found:.2} in {palette:?}");
        }
    }
}

#[test]
fn only_the_contrast_themes_promise_seven_to_one() {
    let promised: Vec<f64> = PALETTES.iter().map(|palette| palette.contrast).collect();
    assert_eq!(promised, [4.5, 4.5, 7.0, 7.0, 7.0]);
}

#[test]
fn the_ring_of_the_focus_and_the_edges_of_widgets_are_seen_on_every_ground() {
    for palette in PALETTES {
        let visuals = visuals(palette);
        for (name, line, ground) in [
            ("ring on the panel", palette.focus, visuals.panel_fill),
            ("ring in a dialog", palette.focus, visuals.window_fill),
            ("ring on a chosen button", palette.focus, visuals.selection.bg_fill),
            (
                "ring on a pressed button",
                palette.focus,
                visuals.widgets.active.bg_fill,
            ),
            (
                "ring against its own other line",
                palette.focus,
                theme::ring_rim(&visuals),
            ),
            (
                "edge of a button",
                visuals.widgets.inactive.bg_stroke.color,
                visuals.panel_fill,
            ),
            (
                "edge of a field",
                visuals.widgets.inactive.bg_stroke.color,
                visuals.text_edit_bg_color(),
            ),
            (
                "tick in a box",
                visuals.widgets.inactive.fg_stroke.color,
                visuals.widgets.inactive.bg_fill,
            ),
        ] {
            let found = contrast(line, ground);
            assert!(found >= 3.0, "{name}: {found:.2} in {palette:?}");
        }
    }
}
