#![cfg(all(target_os = "linux", feature = "window"))]
//! What Orca says on the way from an empty window to a described photo and through settings and help, word for word.
//!
//! `UPDATE_ORCA=1 cargo test --test orca` writes it anew: read it aloud before it is kept.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;
mod support;

use std::fmt::Write;
use std::fs;
use std::path::Path;

use models::Kind;
use support::desktop::Desktop;
use support::orca::Orca;
use support::photo;
use support::sound::Sound;

/// Orca 43's words; another version may word states and roles differently.
const EXPECTED: &str = "tests/fixtures/orca-walk.txt";

/// The keys of the walk once the photo is described.
const KEYS: [&str; 16] = [
    "Right",
    "Right",
    "s",
    "p",
    "r",
    "r",
    "bracketright",
    "ctrl+t",
    "ctrl+comma",
    "Tab",
    "Tab",
    "Escape",
    "F1",
    "Tab",
    "Escape",
    "F10",
];

#[test]
fn orca_says_each_result_once_and_our_voice_is_silent() {
    if !Orca::is_installed() {
        eprintln!("Orca is not installed here (Debian: apt-get install orca): what it says was not tested.");
        return;
    }
    // The program has a voice and would be heard.
    let sound = Sound::start();
    let desktop = Desktop::start(sound.envs());
    desktop.settings("welcome_seen = true\n");
    desktop.screen_reader(true);
    let orca = Orca::start(&desktop);
    let recorder = sound.record();
    let folder = tempfile::tempdir().unwrap();
    let path = photo::four_corners(folder.path(), "corners.png");
    let model = models::model(Kind::Transformer, serde_json::json!({}));

    let mut walk = String::new();
    let mut note = |step: &str, said: &[String]| {
        writeln!(walk, "[{step}]").unwrap();
        for sentence in said {
            writeln!(walk, "{sentence}").unwrap();
        }
    };
    let before = orca.said().len();
    let window = desktop.open(["--model".as_ref(), model.path()]);
    window.wait_for("status bar", "Ready.*");
    note("start", &orca.answer(before));
    let before = orca.said().len();
    window.key("ctrl+l");
    note("ctrl+l", &orca.answer(before));
    window.type_text(&path.display().to_string());
    // What it echoes while typing depends on how fast that is.
    let before = orca.said().len();
    window.key("Return");
    orca.wait_for("Description:");
    let opened = orca.answer(before);
    let from = opened.iter().position(|said| said.contains("Description:")).unwrap();
    note("Return", &opened[from..]);
    for key in KEYS {
        let before = orca.said().len();
        window.key(key);
        note(key, &orca.answer(before));
    }
    window.key("Escape");
    window.close();
    let heard = recorder.finish();
    assert!(
        heard.rms < 0.001 && heard.seconds < 0.01,
        "our voice spoke beside Orca: {heard:?}"
    );

    let expected = Path::new(env!("CARGO_MANIFEST_DIR")).join(EXPECTED);
    if std::env::var_os("UPDATE_ORCA").is_some() {
        fs::create_dir_all(expected.parent().unwrap()).unwrap();
        fs::write(expected, walk).unwrap();
        return;
    }
    let expected = fs::read_to_string(expected).unwrap();
    assert_eq!(walk, expected, "Orca says something else; UPDATE_ORCA=1 keeps it");
}
