//! Pictures of the window in each theme and each language, compared with those that were looked at and kept.
//!
//! They are drawn without a display by the software driver of packaging/debian-packages.txt, so that every machine
//! draws the same. `UPDATE_SNAPSHOTS=1` keeps the new ones; look at each before you commit it.
#![cfg(target_os = "linux")]

use egui_kittest::{SnapshotOptions, SnapshotResults};

use super::*;
use crate::settings::{Language, Settings, ThemeChoice};

/// Small, for they are kept with the source.
const SIZE: egui::Vec2 = egui::vec2(640.0, 520.0);

/// A photo with something to see in it: a dog-brown patch on a meadow below a sky.
fn meadow() -> image::RgbImage {
    image::RgbImage::from_fn(120, 90, |x, y| {
        let (dx, dy) = (f64::from(x) - 30.0, f64::from(y) - 66.0);
        if dx * dx / 3.0 + dy * dy < 120.0 {
            image::Rgb([122, 84, 52])
        } else if y < 40 {
            image::Rgb([150, 190, 226])
        } else {
            image::Rgb([96, 140, 70])
        }
    })
}

/// The window with the photo described in doubt, the dog lit, one word unsure, and the first button focused.
fn window(settings: Settings) -> Window {
    window_with(settings, |_| ())
}

/// The same with something done to the photo before.
fn window_with(settings: Settings, prepare: impl FnOnce(&Path)) -> Window {
    let folder = tempfile::tempdir().unwrap();
    let content = format!(
        "theme = \"{}\"\nlanguage = \"{}\"\nreduced_motion = \"on\"\nwelcome_seen = true\n",
        settings.theme.key(),
        settings.language.key()
    );
    let place = folder.path().join("config");
    std::fs::create_dir(&place).unwrap();
    std::fs::write(place.join(crate::settings::FILE), content).unwrap();
    let mut window = Window::in_folder(folder, || Ok(Box::new(Script(0.3))), false);
    window.harness.set_size(SIZE);
    // In a folder of its own it is the only photo.
    let photos = window.folder.path().join("photos");
    std::fs::create_dir(&photos).unwrap();
    let path = photos.join("meadow.png");
    meadow().save(&path).unwrap();
    prepare(&path);
    window.wait_for_status(&text!("status-ready"));
    window.arrives(Arrival::Files(vec![path]));
    window.wait("the description", |window| {
        window.harness.state().description.is_some() && !window.harness.state().is_working()
    });
    // The first word looks everywhere, which lights nothing.
    for _ in 0..2 {
        window.key(Key::ArrowRight);
    }
    window.wait("the light", |window| window.light().is_some());
    window.key(Key::Tab);
    window.harness.run_steps(6);
    window
}

impl Window {
    /// The texture of the light on the photo.
    fn light(&self) -> Option<egui::TextureId> {
        let textures = self.harness.ctx.tex_manager();
        let textures = textures.read();
        let mut named = textures.allocated().filter(|(_, about)| about.name == "overlay");
        named.next().map(|(id, _)| *id)
    }
}

/// Compares a window with its picture.
fn compare(window: &mut Window, name: &str, results: &mut SnapshotResults) {
    // Edges of letters differ by a shade from one version of the driver to the next; a moved or missing thing does not
    // pass.
    let options = SnapshotOptions::new().threshold(1.5).max_failed_pixels(40);
    window.harness.snapshot_options(name, &options);
    results.extend_harness(&mut window.harness);
}

#[test]
fn each_theme_looks_as_it_was_looked_at() {
    let mut results = SnapshotResults::new();
    for theme in ThemeChoice::ALL.iter().filter(|theme| **theme != ThemeChoice::System) {
        let settings = Settings {
            theme: *theme,
            ..Settings::default()
        };
        compare(&mut window(settings), &format!("theme-{}", theme.key()), &mut results);
    }
}

#[test]
fn the_window_and_its_settings_look_in_korean_as_they_were_looked_at() {
    let mut results = SnapshotResults::new();
    let settings = Settings {
        theme: ThemeChoice::Light,
        language: Language::Korean,
        ..Settings::default()
    };
    let mut window = window(settings);
    compare(&mut window, "korean", &mut results);
    window.command(Key::Comma);
    window.harness.run_steps(4);
    compare(&mut window, "settings-korean", &mut results);
}

#[test]
fn the_settings_look_in_english_as_they_were_looked_at() {
    let mut results = SnapshotResults::new();
    let settings = Settings {
        theme: ThemeChoice::Dark,
        ..Settings::default()
    };
    let mut window = window(settings);
    window.command(Key::Comma);
    window.harness.run_steps(4);
    compare(&mut window, "settings-english", &mut results);
}

#[test]
fn a_persons_words_and_the_sheet_that_saves_the_description_look_as_they_were_looked_at() {
    let mut results = SnapshotResults::new();
    let settings = Settings {
        theme: ThemeChoice::Light,
        ..Settings::default()
    };
    let mut window = window_with(settings, |photo| {
        let words = crate::words::NewWords {
            text: "Rex on the meadow behind our house".to_owned(),
            language: "en".to_owned(),
            machine: None,
        };
        crate::words::save(photo, &words, crate::words::Manner::default()).unwrap();
    });
    compare(&mut window, "own-words", &mut results);
    let both = Modifiers {
        shift: true,
        ..Modifiers::COMMAND
    };
    window.harness.key_press_modifiers(both, Key::S);
    window.harness.run_steps(6);
    compare(&mut window, "save-words", &mut results);
}
