//! What the settings and the system ask for is what the window wears.

mod contrast;

use super::*;
use crate::settings::ThemeChoice;

fn with(theme: ThemeChoice) -> Settings {
    Settings {
        theme,
        ..Settings::default()
    }
}

fn system(dark: Option<bool>, contrast: bool) -> Wishes {
    Wishes {
        dark,
        contrast,
        ..Wishes::default()
    }
}

#[test]
fn the_system_decides_only_where_it_is_asked_to() {
    let settings = with(ThemeChoice::System);
    for (dark, contrast, expected) in [
        (None, false, None),
        (Some(true), false, Some(&DARK)),
        (Some(false), false, Some(&LIGHT)),
        (Some(true), true, Some(&WHITE_ON_BLACK)),
        (Some(false), true, Some(&BLACK_ON_WHITE)),
        (None, true, Some(&BLACK_ON_WHITE)),
    ] {
        assert_eq!(wanted(&settings, system(dark, contrast)).palette, expected);
    }
    let chosen = wanted(&with(ThemeChoice::Light), system(Some(true), true));
    assert_eq!(chosen.palette, Some(&LIGHT));
}

#[test]
fn motion_is_reduced_where_the_system_or_the_setting_asks_and_the_setting_wins() {
    for (motion, still, expected) in [
        (Motion::System, true, true),
        (Motion::System, false, false),
        (Motion::Reduced, false, true),
        (Motion::Full, true, false),
    ] {
        let settings = Settings {
            reduced_motion: motion,
            ..Settings::default()
        };
        let wishes = Wishes {
            still,
            ..Wishes::default()
        };
        assert_eq!(wanted(&settings, wishes).still, expected, "{motion:?} {still}");
    }
}

#[test]
fn a_still_window_has_no_animation_and_no_blinking_cursor() {
    let ctx = Context::default();
    let settings = Settings {
        reduced_motion: Motion::Reduced,
        theme: ThemeChoice::YellowOnBlack,
        ..Settings::default()
    };
    Look::default().refresh(&ctx, &settings);
    let style = ctx.global_style();
    assert!(is_still(&ctx));
    assert!(!style.visuals.text_cursor.blink);
    assert_eq!(Palette::in_use(&style.visuals), &palette::YELLOW_ON_BLACK);
    assert_eq!(style.scroll_animation, egui::style::ScrollAnimation::none());
}
