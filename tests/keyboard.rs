#![cfg(all(target_os = "linux", feature = "window"))]
//! The whole way without a pointer, on the real accessibility bus: a photo's path is typed, its sentence read, its
//! words stepped through, its letters made larger, the settings and the help opened; each by keys from the X server.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;
mod support;

use models::Kind;
use support::desktop::Desktop;
use support::photo;
use support::sound::Sound;

#[test]
fn a_photo_is_opened_read_and_stepped_through_by_keys_alone() {
    let sound = Sound::without_voice();
    let desktop = Desktop::start(sound.envs());
    desktop.settings("welcome_seen = true\n");
    desktop.screen_reader(true);
    let folder = tempfile::tempdir().unwrap();
    let path = photo::four_corners(folder.path(), "corners.png");
    let model = models::model(Kind::Transformer, serde_json::json!({}));
    let window = desktop.open(["--model".as_ref(), model.path()]);
    window.wait_for("status bar", "Ready.*");
    let told = desktop.events();

    // The path of a photo is typed.
    window.key("ctrl+l");
    window.wait_for_focused("entry", "Path of the photo or folder:?");
    window.type_text(&path.display().to_string());
    window.key("Return");

    // The focus goes to the description once it is there, and what the heading says is the whole sentence.
    let heading = window.wait_for_focused("heading", "Description: .+");
    let sentence = heading.name.trim_start_matches("Description: ").to_owned();
    assert!(sentence.split(' ').count() >= 3, "{sentence}");
    assert!(heading.states.contains(&"focusable".to_owned()), "{heading:?}");
    told.wait_for("the focus on the description", |event| {
        event.is_focus() && event.role == "heading" && event.name == heading.name
    });
    window.wait_for("image", r"Photo: corners\.png, 320 by 240 pixels");
    told.wait_for("how long it took", |event| event.said.starts_with("Described in "));

    // Each word has the focus in turn, with its place in its name.
    window.key("Right");
    let word = window.wait_for_focused("push button", ".+");
    told.wait_for("the focus on the first word", |event| {
        event.is_focus() && event.name == word.name
    });
    window.key("Right");
    told.wait_for("the focus on the second word", |event| {
        event.is_focus() && event.role == "push button" && event.name != word.name
    });

    // The letters grow, which is told and seen.
    let before = window.wait_for_focused("push button", ".+");
    window.key("bracketright");
    let size = window.wait_for_focused("status bar", r"Text size: \d+ points\.");
    told.wait_for("the new size", |event| event.is_focus() && event.name == size.name);
    let after = window.wait_for("push button", &support::desktop::exactly(&before.name));
    assert!(after.rect[3] >= before.rect[3], "{before:?} grows to {after:?}");

    // The settings: the theme is changed by the keys of a radio button.
    window.key("ctrl+comma");
    window.wait_for_focused("heading", "Settings");
    let wanted = "Theme: Yellow on black";
    for tabs in 0.. {
        assert!(tabs < 60, "Tab never comes to {wanted}");
        let before = told.all().len();
        window.key("Tab");
        if told.wait_from(before, "the next stop", |event| event.is_focus()).name == wanted {
            break;
        }
    }
    window.key("space");
    window.wait_for_checked("radio button", wanted);
    window.key("Escape");
    window.wait_for_no("heading", "Settings");

    // The help: the focus goes to its heading, each line can be read, and the focus comes back.
    let back = window.wait_for_focused(".+", ".+");
    window.key("F1");
    window.wait_for_focused("heading", "Keys");
    window.wait_for("list item", r"Ctrl\+L: .+");
    window.key("Tab");
    window.wait_for_focused("(paragraph|list item|push button)", ".+");
    window.key("Escape");
    window.wait_for_no("heading", "Keys");
    window.wait_for_focused(&back.role, &support::desktop::exactly(&back.name));

    // Nothing was ever focused that has no name.
    let unnamed: Vec<_> = told
        .all()
        .into_iter()
        .filter(|event| event.is_focus() && event.name.is_empty())
        .collect();
    assert!(unnamed.is_empty(), "{unnamed:?}");
    window.close();
}
