#![cfg(all(target_os = "linux", feature = "window"))]
//! The program's voice or the screen reader, on the real accessibility bus and through the real voice: never both;
//! and a voice that fails under the real window.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;
mod support;

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use image::{Rgb, RgbImage};
use models::Kind;
use support::desktop::{Desktop, Window};
use support::sound::Sound;
use tempfile::TempDir;

/// Several desktops at once would be slow on a small machine.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a test needs to open a window on a photo.
struct Scene {
    folder: TempDir,
    model: TempDir,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let colour = |x: u32, y: u32| match (x >= 160, y >= 120) {
            (false, false) => Rgb([200, 60, 50]),
            (true, false) => Rgb([60, 160, 70]),
            (false, true) => Rgb([60, 90, 190]),
            (true, true) => Rgb([220, 200, 90]),
        };
        RgbImage::from_fn(320, 240, colour)
            .save(folder.path().join("photo.png"))
            .unwrap();
        Self {
            folder,
            model: models::model(Kind::Transformer, serde_json::json!({})),
        }
    }

    fn open<'d>(&self, desktop: &'d Desktop) -> Window<'d> {
        let photo: PathBuf = self.folder.path().join("photo.png");
        desktop.open([Path::new("--model"), self.model.path(), &photo])
    }
}

#[test]
fn with_a_screen_reader_running_the_voice_is_silent_and_the_focus_moves_to_the_result() {
    let _alone = alone();
    let sound = Sound::start();
    let desktop = Desktop::start(sound.envs());
    let scene = Scene::new();
    desktop.settings("welcome_seen = true\n");
    desktop.screen_reader(true);
    let recorder = sound.record();
    let announcements = desktop.listen(30);
    let window = scene.open(&desktop);
    let sentence = window.wait_for_focused("heading", "Description: .+").name;
    let sentence = sentence.trim_start_matches("Description: ").to_owned();
    window.wait_for("status bar", "(?s).*Described in .*");
    // Described again, now that the announcements are listened to. The focus has left the heading, so that it is the new
    // description which brings it back: on a busy computer the keys below once came before it, and lost their word to it.
    window.key("Right");
    window.wait_for_focused("push button", ".+");
    window.key("ctrl+d");
    window.wait_for_focused("heading", "Description: .+");
    for key in ["Right", "s", "u", "ctrl+Right", "r", "space", "Right"] {
        window.key(key);
    }
    window.wait_for_focused("push button", ".+");
    window.key("s");
    window.wait_for("status bar", ".+: .+");
    let announced = announcements.finish();
    assert!(
        announced.iter().any(|text| text.contains("Described in")),
        "{announced:?}"
    );
    // What has the focus is read for that, and not announced besides.
    assert!(!announced.iter().any(|text| text.contains(&sentence)), "{announced:?}");
    let heard = recorder.finish();
    assert!(
        heard.rms < 0.001 && heard.seconds < 0.01,
        "something was said: {heard:?}"
    );

    // The screen reader ends: the voice speaks. It starts again: the voice stops.
    desktop.screen_reader(false);
    sleep(Duration::from_millis(500));
    let recorder = sound.record();
    window.key("r");
    recorder.wait_for_sound();
    desktop.screen_reader(true);
    window.wait_for("(push )?button", "Speak");
    let now = recorder.seconds();
    window.key("r");
    sleep(Duration::from_secs(2));
    let heard = recorder.finish();
    assert!(
        heard.rms > 0.02 && heard.begin + heard.seconds < now + 1.0,
        "silence was due at {now} s: {heard:?}"
    );
    window.close();
}

#[test]
fn own_voice_beside_a_screen_reader_is_heard_and_nothing_is_announced() {
    let _alone = alone();
    let sound = Sound::start();
    let desktop = Desktop::start(sound.envs());
    let scene = Scene::new();
    desktop.settings("speech = \"own_voice\"\nwelcome_seen = true\n");
    desktop.screen_reader(true);
    let recorder = sound.record();
    let announcements = desktop.listen(15);
    let window = scene.open(&desktop);
    window.wait_for("heading", "Description: .+");
    recorder.wait_for_sound();
    window.key("Right");
    window.key("s");
    assert_eq!(announcements.finish(), Vec::<String>::new());
    assert!(recorder.finish().rms > 0.02);
    window.close();
}

#[test]
fn a_voice_that_is_killed_or_hangs_is_told_in_text_blocks_no_key_and_is_found_again() {
    let _alone = alone();
    let mut sound = Sound::start();
    let desktop = Desktop::start(sound.envs());
    let scene = Scene::new();
    let window = scene.open(&desktop);
    window.wait_for("heading", "Description: .+");
    window.wait_for("(push )?button", "Speak");

    sound.kill_daemon();
    window.key("r");
    window.wait_for("status bar", "No voice answered.*");
    window.key("ctrl+Right");
    window.wait_for("status bar", "Faster: 10.*");
    sound.start_daemon();
    window.wait_for_no("status bar", "No voice answered.*");
    let recorder = sound.record();
    window.key("r");
    recorder.wait_for_sound();
    window.wait_for("(push )?button", "Speak");

    sound.freeze_daemon();
    window.key("r");
    // Every key goes on answering meanwhile.
    for _ in 0..3 {
        window.key("ctrl+Left");
        window.key("ctrl+Down");
    }
    window.wait_for("status bar", "Softer: 70.*");
    window.key("Right");
    window.wait_for_pressed("toggle button");
    window.wait_for("status bar", "The voice has stopped answering.*");
    sound.thaw_daemon();
    window.wait_for_no("status bar", "The voice has stopped answering.*");
    window.close();
}

#[test]
fn without_a_sound_server_the_window_says_that_nothing_takes_the_sound() {
    let _alone = alone();
    let sound = Sound::without_server();
    let desktop = Desktop::start(sound.envs());
    let scene = Scene::new();
    let window = scene.open(&desktop);
    window.wait_for("heading", "Description: .+");
    window.wait_for("status bar", ".*nothing takes the sound.*");
    window.key("Right");
    window.wait_for_pressed("toggle button");
    window.close();
}
