#![cfg(all(target_os = "linux", feature = "window"))]
//! The pictures of the window in `assets/screenshots`, which the README shows: taken anew by
//! `UPDATE_SCREENSHOTS=1 cargo test --test screenshots` (look at them!), otherwise held to what is said of them.
#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::Duration;

use image::codecs::jpeg::JpegEncoder;
use support::desktop::{Desktop, Window};
use support::sound::Sound;

/// No picture is larger, in bytes.
const LARGEST: u64 = 150_000;

/// A state of the window.
struct Shot {
    file: &'static str,
    photo: &'static str,
    /// What stands in the file of settings besides.
    settings: &'static str,
    /// Keys that are pressed once the photo is described.
    keys: &'static [&'static str],
    /// Width and height of the window; none: as it opens.
    size: Option<[u32; 2]>,
}

const SHOTS: &[Shot] = &[
    Shot {
        file: "described.jpg",
        photo: "rocket.jpg",
        settings: "attention_mode = \"dim\"",
        keys: &["Left"],
        size: None,
    },
    Shot {
        file: "colours.jpg",
        photo: "rocket.jpg",
        settings: "attention_mode = \"colour\"\ntheme = \"light\"",
        keys: &["Left"],
        size: None,
    },
    Shot {
        file: "review.jpg",
        photo: "rocket.jpg",
        settings: "",
        keys: &["g"],
        size: None,
    },
    Shot {
        file: "settings.jpg",
        photo: "rocket.jpg",
        settings: "theme = \"light\"",
        keys: &["ctrl+comma"],
        size: None,
    },
    Shot {
        file: "korean.jpg",
        photo: "rocket.jpg",
        settings: "language = \"ko\"",
        keys: &["Left"],
        size: None,
    },
    Shot {
        file: "yellow-on-black.jpg",
        photo: "rocket.jpg",
        settings: "theme = \"yellow_on_black\"\ntext_size = 64.0\nattention_mode = \"outline\"",
        keys: &["Left"],
        size: None,
    },
    Shot {
        file: "narrow.jpg",
        photo: "rocket.jpg",
        settings: "theme = \"light\"\ntext_size = 22.0",
        keys: &["Left"],
        size: Some([360, 640]),
    },
];

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folder() -> PathBuf {
    root().join("assets/screenshots")
}

#[test]
fn the_readme_shows_the_main_states_of_the_window_with_words_for_them() {
    if std::env::var_os("UPDATE_SCREENSHOTS").is_some() {
        for shot in SHOTS {
            take(shot);
        }
    }
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for shot in SHOTS {
        let size = fs::metadata(folder().join(shot.file)).unwrap().len();
        assert!(size <= LARGEST, "{} has {size} bytes", shot.file);
        let (before, _) = readme
            .split_once(&format!("](assets/screenshots/{})", shot.file))
            .unwrap_or_else(|| panic!("README.md does not show {}", shot.file));
        let (_, words) = before.rsplit_once("![").unwrap();
        assert!(words.len() > 30, "{}: {words:?} does not say what is seen", shot.file);
    }
}

fn take(shot: &Shot) {
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    // A screen reader says everything, so that no voice is missed.
    let settings = format!("welcome_seen = true\nspeech = \"screen_reader\"\n{}\n", shot.settings);
    desktop.settings(&settings);
    let model = root().join("models/everyday");
    let photo = root().join("assets/samples").join(shot.photo);
    let window = desktop.open([Path::new("--model"), &model, &photo]);
    window.wait_for("heading", "(Description|설명): .+");
    if let Some([width, height]) = shot.size {
        window.resize(width, height);
    }
    settle();
    for key in shot.keys {
        window.key(key);
        settle();
    }
    save(&window, &folder().join(shot.file));
    window.close();
}

/// Until what moves or is computed beside the window stands on the screen.
fn settle() {
    sleep(Duration::from_millis(2500));
}

fn save(window: &Window, path: &Path) {
    fs::create_dir_all(folder()).unwrap();
    let file = fs::File::create(path).unwrap();
    JpegEncoder::new_with_quality(file, 80)
        .encode_image(&window.picture())
        .unwrap();
}
