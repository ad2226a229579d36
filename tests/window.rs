#![cfg(all(target_os = "linux", feature = "window"))]
//! The real window on a desktop of its own, used as people use it: through a screen reader, with keys, with a drop,
//! with the clipboard; and looked at.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;
mod support;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use models::Kind;
use support::desktop::{Desktop, Window};
use support::sound::Sound;
use tempfile::TempDir;

/// Three desktops at once would be slow on a small machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A picture with something in each corner.
fn photo(folder: &TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let colour = |x: u32, y: u32| {
        let (right, lower) = (x >= 160, y >= 120);
        match (right, lower) {
            (false, false) => Rgb([200, 60, 50]),
            (true, false) => Rgb([60, 160, 70]),
            (false, true) => Rgb([60, 90, 190]),
            (true, true) => Rgb([220, 200, 90]),
        }
    };
    RgbImage::from_fn(320, 240, colour).save(&path).unwrap();
    path
}

/// How many of the window's pixels around the middle of the photo differ.
fn changed(before: &RgbImage, after: &RgbImage, [left, top, width, height]: [u32; 4]) -> f64 {
    let pixels = (top..top + height).flat_map(|y| (left..left + width).map(move |x| (x, y)));
    let differs = |(x, y): (u32, u32)| {
        let (one, other) = (before.get_pixel(x, y), after.get_pixel(x, y));
        one.0.iter().zip(other.0).any(|(one, other)| one.abs_diff(other) > 12)
    };
    pixels.filter(|at| differs(*at)).count() as f64 / f64::from(width * height)
}

/// Looks at the screen until `holds`, which may take a frame or two.
fn wait_for_pixels(desktop: &Desktop, what: &str, mut holds: impl FnMut(&RgbImage) -> bool) -> RgbImage {
    let begun = Instant::now();
    loop {
        let screen = desktop.screenshot();
        if holds(&screen) {
            return screen;
        }
        assert!(begun.elapsed() < Duration::from_secs(30), "waited in vain until {what}");
    }
}

fn arguments<'a>(model: &'a Path, photos: &'a [&Path]) -> Vec<&'a Path> {
    [Path::new("--model"), model]
        .into_iter()
        .chain(photos.iter().copied())
        .collect()
}

/// Waits for the description and gives it.
fn description(window: &Window) -> String {
    window.wait_for("heading", "Description: .+").name
}

#[test]
fn a_photo_is_described_lit_word_by_word_dropped_and_pasted() {
    let _alone = alone();
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    let folder = tempfile::tempdir().unwrap();
    let model = models::model(Kind::Transformer, serde_json::json!({}));
    let first = photo(&folder, "first.png");
    let window = desktop.open(arguments(model.path(), &[&first]));

    let sentence = description(&window);
    assert!(sentence.len() > "Description: ".len());
    window.wait_for("image", r"Photo: first\.png, 320 by 240 pixels");
    // There is no voice: that is said, and everything else goes on.
    window.wait_for("status bar", "No voice answered.*");
    window.wait_for("status bar", "Described in .*");
    for button in ["Open", "Paste", "Describe", "Speak", "Copy", "Keys"] {
        window.wait_for("(push )?button", button);
    }

    // A step lights a word and the part of the photo behind it; Escape gives the whole photo back.
    let area = window.wait_for("image", "Photo: .*").rect;
    let plain = desktop.screenshot();
    window.key("Right");
    let word = window.wait_for("toggle button", ".*");
    let lit = wait_for_pixels(&desktop, "the overlay shows", |screen| {
        changed(&plain, screen, area) > 0.1
    });
    window.key("Escape");
    wait_for_pixels(&desktop, "the overlay goes", |screen| {
        changed(&plain, screen, area) < 0.01
    });
    assert!(changed(&plain, &lit, area) > 0.1 && !word.name.is_empty());

    // The menu as a screen reader has it, and what is behind it again once it is closed.
    window.key("F10");
    window.wait_for("menu", "Menu");
    window.press("menu item", "Type a path");
    window.wait_for("(entry|text)", "Path of the photo or folder:");
    window.key("Escape");

    // A file manager's drop, with a name that has to be decoded.
    let name = "Größe 강아지 1.png";
    window.drop_files(&[&photo(&folder, name)]);
    window.wait_for("image", &format!("Photo: {name}, 320 by 240 pixels"));
    description(&window);

    // A picture on the clipboard.
    desktop.copy_picture(&first);
    window.key("ctrl+v");
    window.wait_for("image", "Photo: pasted picture, 320 by 240 pixels");
    description(&window);

    // A screen reader presses buttons. There is no file dialog here, and that is no silence.
    window.press("(push )?button", "Open");
    window.wait_for("status bar", "This system offers no file dialog.*");
    // The path can be typed instead.
    window.wait_for("(entry|text)", "Path of the photo or folder:");
    window.key("Escape");
    desktop.install_dialog(&first);
    window.press("(push )?button", "Open");
    window.wait_for("image", r"Photo: first\.png, 320 by 240 pixels");
    window.press("(push )?button", "Describe");
    window.wait_for("status bar", "Described in .*");
    window.close();
}

#[test]
fn photos_are_stepped_through_dropped_together_and_opened_again_by_keys_alone() {
    let _alone = alone();
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    let folder = tempfile::tempdir().unwrap();
    // Sure of itself, so that no sentence is held back.
    let calibration = serde_json::json!({"kind": "logistic", "intercept": 9.0, "slope": 0.1});
    let model = models::model(Kind::Transformer, serde_json::json!({"calibration": calibration}));
    let ten = photo(&folder, "photo 10.png");
    let nine = photo(&folder, "photo 9.png");
    // Another content: what is kept is kept by content.
    let turned = image::imageops::rotate180(&image::open(&nine).unwrap().to_rgb8());
    turned.save(&nine).unwrap();
    RgbImage::from_pixel(200, 150, Rgb([230, 230, 225]))
        .save(folder.path().join("photo 11.png"))
        .unwrap();
    let window = desktop.open(arguments(model.path(), &[&ten]));

    window.wait_for("image", r"Photo: photo 10\.png, .*");
    window.wait_for("paragraph", "Photo 2 of 3");
    let sentence = description(&window);
    window.key("Next");
    window.wait_for("heading", r"Description: I see no clear picture here\.");
    window.wait_for("paragraph", "Photo 3 of 3");
    window.key("Next");
    window.wait_for("status bar", r"This is the last of 3 photos\.");
    window.key("Prior");
    window.wait_for("image", r"Photo: photo 10\.png, .*");
    assert_eq!(description(&window), sentence);

    // The other sentences of the model, and how far they agree.
    window.key("Down");
    window.wait_for("status bar", r"2 of \d\. .+");
    assert_ne!(description(&window), sentence);
    window.key("Up");
    window.wait_for("status bar", r"1 of \d\. .+");
    assert_eq!(description(&window), sentence);

    // Several files dropped together are a list of their own.
    window.drop_files(&[&ten, &nine]);
    window.wait_for("paragraph", "Photo 1 of 2");
    window.key("Next");
    window.wait_for("image", r"Photo: photo 9\.png, .*");
    description(&window);

    // A browser gives an address alone: what to do is said, and the photo stays.
    window.drop_files(&[Path::new("https://example.org/cat.jpg")]);
    window.wait_for("status bar", "This is only an address on the web.*");
    window.wait_for("image", r"Photo: photo 9\.png, .*");

    // What was described is listed and opened again.
    window.key("ctrl+h");
    window.wait_for("(push |toggle )?button", r".+ photo 9\.png, .+");
    window.key("Down");
    window.key("Return");
    window.wait_for("image", r"Photo: photo 10\.png, .*");
    window.wait_for("status bar", r"This photo was described before\.");
    window.close();
}

#[test]
fn the_photo_is_zoomed_explored_and_reviewed_by_keys_and_screen_reader() {
    let _alone = alone();
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    let folder = tempfile::tempdir().unwrap();
    // Sure of itself, so that no sentence is held back.
    let calibration = serde_json::json!({"kind": "logistic", "intercept": 9.0, "slope": 0.1});
    let model = models::model(Kind::Transformer, serde_json::json!({"calibration": calibration}));
    let window = desktop.open(arguments(model.path(), &[&photo(&folder, "corners.png")]));
    description(&window);

    // Eight hundred percent: of the four colours one fills the window.
    window.key("1");
    window.wait_for("status bar", r"Zoom 100 percent\.");
    for _ in 0..12 {
        window.key("minus");
        window.key("plus");
        window.key("plus");
    }
    window.wait_for("status bar", r"Zoom 800 percent\.");
    for _ in 0..12 {
        window.key("shift+Left");
        window.key("shift+Up");
    }
    window.wait_for("status bar", ".*upper left.*");
    let [left, top, width, height] = window.wait_for("image", "Photo: .*").rect;
    wait_for_pixels(&desktop, "the upper left corner fills the window", |screen| {
        [(1, 1), (1, 3), (3, 1), (3, 3)].into_iter().all(|(x, y)| {
            let Rgb(seen) = *screen.get_pixel(left + width * x / 4, top + height * y / 4);
            seen.iter()
                .zip([200, 60, 50])
                .all(|(seen, wanted)| seen.abs_diff(wanted) < 6)
        })
    });
    window.key("0");

    // The grid of words, walked and pressed as a screen reader does.
    window.key("g");
    let cell = window.press("toggle button", ".+, [0-9]+ %, .+").name;
    window.wait_for_pressed("toggle button");
    let word = cell.split(',').next().unwrap().trim_end_matches('.').to_owned();
    window.wait_for("status bar", &format!("{word}.*"));

    // There is no dialog here: the review is saved beside the photo.
    window.press("(push )?button", "Export review");
    window.wait_for(
        "status bar",
        "Saved as .*corners-review.png, and as .*corners-review.json.*",
    );
    let json = std::fs::read_to_string(folder.path().join("corners-review.json")).unwrap();
    let json: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert!(!json["words"].as_array().unwrap().is_empty());
    assert!(image::open(folder.path().join("corners-review.png")).unwrap().width() > 200);
    window.key("Escape");

    // The cursor says where it is.
    window.key("e");
    window.wait_for("status bar", "Exploring, .*");
    window.key("Left");
    window.wait_for("status bar", ".*row [0-9]+ of [0-9]+, column [0-9]+ of [0-9]+");
    window.key("Escape");
    window.wait_for("status bar", r"Exploring ended\.");
    window.close();
}

#[test]
fn the_sentence_is_heard_and_its_words_light_up_as_they_are_said() {
    let _alone = alone();
    let sound = Sound::start();
    let desktop = Desktop::start(sound.envs());
    let folder = tempfile::tempdir().unwrap();
    let model = models::model(Kind::Transformer, serde_json::json!({}));
    let recorder = sound.record();
    let window = desktop.open(arguments(model.path(), &[&photo(&folder, "photo.png")]));
    // Looked for from before the window is there, for a short sentence is soon over.
    window.wait_for_pressed("toggle button");
    description(&window);
    // The light goes out with the last word.
    window.wait_for("(push )?button", "Speak");
    let heard = recorder.finish();
    assert!(heard.rms > 0.02 && heard.seconds > 0.3, "{heard:?}");
    window.close();
}

#[test]
fn without_a_model_the_window_opens_says_so_and_still_shows_photos() {
    let _alone = alone();
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    let folder = tempfile::tempdir().unwrap();
    let nowhere = folder.path().join("no model");
    let mut window = desktop.open(arguments(&nowhere, &[]));
    window.wait_for("status bar", "(?s).*no model.*");
    window.drop_files(&[&photo(&folder, "photo.png")]);
    window.wait_for("image", r"Photo: photo\.png, 320 by 240 pixels");
    assert!(window.is_alive());
    assert!(window.names().iter().any(|name| name == "No description yet"));
    window.close();
}

#[test]
fn where_no_font_is_installed_letters_that_are_not_known_are_boxes_and_the_window_lives() {
    let _alone = alone();
    let sound = Sound::without_voice();
    let folder = tempfile::tempdir().unwrap();
    let fonts = folder.path().join("fonts.conf");
    std::fs::write(
        &fonts,
        "<?xml version=\"1.0\"?><fontconfig><dir>/nowhere</dir></fontconfig>",
    )
    .unwrap();
    let envs = sound.envs().into_iter().chain([("FONTCONFIG_FILE", fonts.into())]);
    let desktop = Desktop::start(envs);
    let nowhere = folder.path().join("no model");
    let mut window = desktop.open(arguments(&nowhere, &[]));
    window.wait_for("heading", "No description yet");
    // The name of Korean stands there in Korean.
    window.key("ctrl+comma");
    window.press("radio button", "Language: 한국어");
    window.wait_for("status bar", "(?s).*Noto Sans CJK KR.*");
    assert!(window.is_alive());
    window.close();
}

#[test]
fn a_theme_is_chosen_in_the_settings_by_a_screen_reader_and_kept() {
    let _alone = alone();
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    let model = models::model(Kind::Transformer, serde_json::json!({}));
    let white = |screen: &RgbImage| {
        let all = screen.pixels().filter(|pixel| pixel.0 == [255; 3]).count();
        all * 2 > screen.pixels().len()
    };
    let window = desktop.open(arguments(model.path(), &[]));
    window.wait_for("heading", "No description yet");
    assert!(!white(&desktop.screenshot()));
    window.key("ctrl+comma");
    window.wait_for("heading", "Settings");
    window.press("radio button", "Theme: Black on white");
    wait_for_pixels(&desktop, "the window is white", white);
    window.key("Escape");
    window.wait_for("heading", "No description yet");
    window.close();

    let window = desktop.open(arguments(model.path(), &[]));
    window.wait_for("heading", "No description yet");
    wait_for_pixels(&desktop, "the theme was kept", white);
    window.close();
}
