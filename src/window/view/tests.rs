//! The view, found by role and label and used by keys and pointer as people use it.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, MouseWheelUnit, Pos2, TouchPhase, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use super::explore;
use crate::captioner::{AttentionKind, Cancel, Description, Stage};
use crate::describer::Looker;
use crate::overlay::Mode;
use crate::photo::Photo;
use crate::settings::SpeechMode;
use crate::speech::Part;
use crate::text;
use crate::window::commands::Command;
use crate::window::outside::{Arrival, SavePlace};
use crate::window::tests::{Window, a_dog_runs};

/// A window of 900 by 700 points with a photo of 1200 by 800 pixels, described and silent.
fn window() -> Window {
    with_looker(Wide { attention: true })
}

fn with_looker(looker: Wide) -> Window {
    let mut window = Window::with(move || Ok(Box::new(looker)), false);
    window.wait_for_status(&text!("status-ready"));
    let path = window.folder.path().join("a wide dog.png");
    let stripes = |x: u32, y: u32| image::Rgb([(x % 256) as u8, (y % 256) as u8, ((x / 8 + y / 8) % 2 * 120) as u8]);
    image::RgbImage::from_fn(1200, 800, stripes).save(&path).unwrap();
    window.arrives(Arrival::Files(vec![path]));
    window.wait("the description", |window| window.heading().starts_with("Description:"));
    window.silence();
    window
}

/// Says how large the photo is that it was given.
struct Wide {
    attention: bool,
}

impl Looker for Wide {
    fn about(&self) -> (String, String) {
        ("script".to_owned(), "cpu".to_owned())
    }

    fn look(&mut self, photo: &Photo, _: &Cancel, _: &mut dyn FnMut(Stage)) -> Result<Option<Description>, String> {
        let mut description = a_dog_runs(0.9);
        let (width, height) = photo.pixels().dimensions();
        if width != 1200 {
            description.caption = format!("a part of {width} by {height}.");
        }
        if !self.attention {
            for word in &mut description.words {
                (word.attention, word.place) = (None, None);
            }
        }
        Ok(Some(description))
    }

    /// Only the dog is found.
    fn occlude(
        &mut self,
        _: &Photo,
        description: &Description,
        _: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        progress(Stage::Cover { covered: 0, of: 49 });
        let mut description = description.clone();
        description.words[1] = a_dog_runs(0.9).words[1].clone();
        description.attention_kind = Some(AttentionKind::Occlusion);
        Ok(Some(description))
    }
}

impl Window {
    fn silence(&mut self) {
        if !self.voice_is_silent() {
            self.voice_says(|id| crate::speech::SpeechEvent::Ended {
                id,
                duration: Duration::from_secs(1),
            });
        }
    }

    fn voice_is_silent(&self) -> bool {
        self.has("Speak")
    }

    fn with_keys(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(3);
    }

    /// The photo's zoom as screen readers have it.
    fn zoom(&self) -> String {
        self.photo_node(|node| node.value())
    }

    /// What screen readers are told about the photo.
    fn told(&self) -> String {
        self.photo_node(|node| node.description())
    }

    fn photo_node(&self, what: impl Fn(&egui_kittest::kittest::AccessKitNode<'_>) -> Option<String>) -> String {
        let photo = self.harness.get_by_role(Role::Image);
        what(&photo.accesskit_node()).unwrap_or_default()
    }

    fn over_the_photo(&mut self, event: impl FnOnce(Pos2) -> Event) {
        let middle = self.harness.get_by_role(Role::Image).rect().center();
        self.harness.event(Event::PointerMoved(middle));
        self.harness.step();
        self.harness.event(event(middle));
        self.harness.run_steps(3);
    }

    fn legend(&self) -> Vec<String> {
        self.names_beginning("Legend")
    }

    fn names_beginning(&self, beginning: &str) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        nodes
            .filter_map(|node| node.accesskit_node().label())
            .filter(|name| name.starts_with(beginning))
            .collect()
    }

    fn name_of_focus(&self) -> String {
        let nodes = self.harness.root().children_recursive();
        let mut names = nodes
            .filter(|node| node.is_focused())
            .filter_map(|node| node.accesskit_node().label());
        names.next().unwrap_or_default()
    }

    fn part(&self) -> bool {
        self.harness.state().seeing.parts.shown().is_some()
    }

    /// Lets the cursor rest.
    fn rest(&mut self) {
        std::thread::sleep(explore::REST + Duration::from_millis(20));
        self.harness.run_steps(3);
    }
}

fn wheel(unit: MouseWheelUnit, x: f32, y: f32) -> Event {
    Event::MouseWheel {
        unit,
        delta: vec2(x, y),
        phase: TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Unknown,
    }
}

#[test]
fn keys_zoom_to_actual_size_to_800_percent_and_back_and_say_so() {
    let mut window = window();
    let fit = window.zoom();
    window.key(Key::Num1);
    assert_eq!(
        (window.zoom(), window.status()),
        ("Zoom 100 percent.".to_owned(), "Zoom 100 percent.".to_owned())
    );
    for _ in 0..20 {
        window.key(Key::Plus);
    }
    assert_eq!(window.zoom(), "Zoom 800 percent.");
    window.key(Key::Minus);
    assert_eq!(window.zoom(), "Zoom 640 percent.");
    window.key(Key::Num0);
    assert_eq!(window.zoom(), fit);
    assert!(
        window.status().starts_with("The whole photo, at "),
        "{}",
        window.status()
    );
}

#[test]
fn shift_with_arrows_moves_the_photo_and_names_the_part_that_is_seen() {
    let mut window = window();
    window.with_keys(Modifiers::SHIFT, Key::ArrowRight);
    assert_eq!(window.status(), text!("pan-nothing"));
    window.key(Key::Num1);
    for _ in 0..30 {
        window.key(Key::Plus);
        window.with_keys(Modifiers::SHIFT, Key::ArrowRight);
        window.with_keys(Modifiers::SHIFT, Key::ArrowDown);
    }
    for _ in 0..40 {
        window.with_keys(Modifiers::SHIFT, Key::ArrowRight);
        window.with_keys(Modifiers::SHIFT, Key::ArrowDown);
    }
    assert_eq!(window.status(), "Zoom 800 percent, middle of the view: lower right.");
    assert!(window.lit().is_empty(), "no word is stepped to");
}

#[test]
fn the_wheel_and_two_fingers_zoom_and_the_touchpad_moves() {
    let mut window = window();
    window.key(Key::Num1);
    window.over_the_photo(|_| wheel(MouseWheelUnit::Line, 0.0, 1.0));
    assert_eq!(window.zoom(), "Zoom 115 percent.");
    window.over_the_photo(|_| Event::Zoom(2.0));
    assert_eq!(window.zoom(), "Zoom 230 percent.");
    let before = window.harness.state().seeing.camera;
    window.over_the_photo(|_| wheel(MouseWheelUnit::Point, -40.0, -20.0));
    assert_eq!(window.zoom(), "Zoom 230 percent.");
    assert_ne!(window.harness.state().seeing.camera, before);
}

#[test]
fn dragging_moves_the_photo() {
    let mut window = window();
    window.key(Key::Num1);
    let before = window.harness.state().seeing.camera;
    let middle = window.harness.get_by_role(Role::Image).rect().center();
    for (at, pressed) in [(middle, true), (middle + vec2(-60.0, -10.0), false)] {
        window.harness.event(Event::PointerMoved(at));
        window.harness.step();
        window.harness.event(Event::PointerButton {
            pos: at,
            button: egui::PointerButton::Primary,
            pressed,
            modifiers: Modifiers::NONE,
        });
        window.harness.step();
    }
    assert_ne!(window.harness.state().seeing.camera, before);
}

#[test]
fn without_a_photo_the_keys_say_what_is_missing() {
    let mut window = Window::empty();
    for key in [Key::Plus, Key::Num1, Key::Num0] {
        window.key(key);
        assert_eq!(window.status(), text!("status-no-photo"), "{key:?}");
    }
    for key in [Key::W, Key::G, Key::E, Key::P] {
        window.key(key);
        assert_eq!(window.status(), text!("status-no-sentence"), "{key:?}");
    }
    window.command(Key::S);
    assert_eq!(window.status(), text!("status-no-sentence"));
}

#[test]
fn each_mode_has_its_legend_and_the_keys_change_mode_and_strength_for_good() {
    let mut window = window();
    assert!(window.legend().is_empty(), "nothing is lit");
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert!(
        window.legend()[0].starts_with("Legend: bright"),
        "{:?}",
        window.legend()
    );
    window.key(Key::A);
    assert!(
        window.legend()[0].starts_with("Legend: the line"),
        "{:?}",
        window.legend()
    );
    window.key(Key::A);
    assert!(
        window.legend()[0].starts_with("Legend: from dark blue"),
        "{:?}",
        window.legend()
    );
    assert_eq!(window.status(), text!("mode-colour"));
    window.key(Key::Period);
    assert_eq!(window.status(), "Light at 80 percent.");
    for _ in 0..3 {
        window.key(Key::Comma);
    }
    assert!(
        window.legend()[0].ends_with("Strength 50 percent."),
        "{:?}",
        window.legend()
    );
    let settings = &window.harness.state().settings;
    assert_eq!(
        (settings.attention_mode, settings.attention_strength),
        (Mode::Colour, 0.5)
    );
}

#[test]
fn the_whole_sentence_is_lit_until_a_word_is_chosen() {
    let mut window = window();
    window.key(Key::W);
    assert!(
        window.status().starts_with("Light of the whole sentence: "),
        "{}",
        window.status()
    );
    assert_eq!(window.legend().len(), 1);
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert!(!window.harness.state().seeing.whole);
    window.key(Key::W);
    window.key(Key::W);
    assert_eq!(window.status(), text!("whole-off"));
}

#[test]
fn a_word_that_looked_everywhere_and_a_model_without_attention_are_said_plainly() {
    let mut window = window();
    window.key(Key::ArrowRight);
    assert!(window.has(&text!("legend-everywhere")));
    let mut window = with_looker(Wide { attention: false });
    window.key(Key::W);
    assert_eq!(window.status(), text!("no-attention"));
    assert!(
        window.harness.query_all_by_label(&text!("no-attention")).count() >= 2,
        "in the legend too"
    );
    for key in [Key::E, Key::P] {
        window.key(Key::ArrowRight);
        window.key(key);
        assert_eq!(window.status(), text!("no-attention"), "{key:?}");
    }
}

#[test]
fn where_a_silent_model_looked_is_found_by_covering_and_not_called_looking() {
    let mut window = with_looker(Wide { attention: false });
    assert!(window.status().contains("F finds out"), "{}", window.status());
    assert!(window.has(&Command::Cover.name()));
    window.key(Key::F);
    window.wait_for_status(&text!("cover-done"));
    assert_eq!(window.said().last().unwrap(), &text!("cover-done"));
    assert!(!window.has(&Command::Cover.name()), "it is done");
    window.key(Key::ArrowRight);
    assert!(window.has(&text!("no-part")), "the article");
    window.key(Key::ArrowRight);
    assert_eq!(window.lit(), ["dog, lower left"]);
    assert!(
        window.legend()[0].starts_with("Legend: bright is where hiding the photo changes the word"),
        "{:?}",
        window.legend()
    );
    window.key(Key::G);
    assert!(window.has(&text!("review-title-covered", count = 3)));
    window.key(Key::G);
    window.key(Key::F);
    assert_eq!(window.status(), text!("cover-not-needed"));
}

#[test]
fn a_model_that_tells_where_it_looked_is_not_covered() {
    let mut window = window();
    assert!(!window.has(&Command::Cover.name()));
    window.key(Key::F);
    assert_eq!(window.status(), text!("cover-not-needed"));
}

#[test]
fn the_place_of_the_word_and_all_places_are_shown_and_spoken() {
    let mut window = window();
    window.key(Key::P);
    assert_eq!(window.status(), text!("place-of-none"));
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    window.key(Key::P);
    assert_eq!(window.status(), "dog: lower left");
    assert_eq!(window.said().last().unwrap(), "dog: lower left.");
    assert_eq!(window.lit(), ["dog, lower left"], "it stays lit");
    window.with_keys(Modifiers::SHIFT, Key::P);
    assert_eq!(window.status(), "dog: lower left. runs: right.");
    assert_eq!(window.said().last().unwrap(), "dog: lower left. runs: right.");
}

#[test]
fn the_grid_shows_every_word_with_probability_and_place_and_is_walked_by_keys() {
    let mut window = window();
    window.key(Key::G);
    for name in [
        "Whole sentence, lower right",
        "a, 90 %, all over the photo",
        "dog, 80 %, lower left",
        "runs., 5 %, right",
    ] {
        let found = window.names_beginning(name.split(',').next().unwrap());
        assert!(
            window.harness.query_by_role_and_label(Role::Button, name).is_some() || name.starts_with("Whole"),
            "{found:?}"
        );
    }
    assert!(
        window.name_of_focus().starts_with("Whole sentence"),
        "{}",
        window.name_of_focus()
    );
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.name_of_focus(), "dog, 80 %, lower left");
    window.key(Key::Enter);
    assert_eq!(
        window.lit().len(),
        2,
        "in the sentence and in the grid: {:?}",
        window.lit()
    );
    assert_eq!(window.status(), "dog, lower left");
    window.key(Key::Escape);
    assert_eq!(window.status(), text!("review-closed"));
    assert_eq!(window.lit(), ["dog, lower left"], "what was chosen stays lit");
}

#[test]
fn the_grid_opens_at_the_lit_word_and_a_click_lights_another() {
    let mut window = window();
    window.key(Key::ArrowLeft);
    window.key(Key::G);
    assert_eq!(window.name_of_focus(), "runs., 5 %, right");
    window.press("dog, 80 %, lower left");
    assert_eq!(window.status(), "dog, lower left");
    window.press("Close review");
    assert!(window.harness.query_by_role(Role::Image).is_some());
}

#[test]
fn the_review_is_exported_where_the_person_says_and_nothing_is_written_over() {
    let mut window = window();
    let wanted = window.folder.path().join("my review.png");
    for (picture, json) in [
        ("my review.png", "my review.json"),
        ("my review 2.png", "my review 2.json"),
    ] {
        window.command(Key::E);
        assert_eq!(window.status(), text!("save-choosing"));
        let suggested = window.desktop.borrow().places.last().unwrap().clone();
        assert_eq!(suggested, window.folder.path().join("a wide dog-review.png"));
        window.arrives(Arrival::Place(SavePlace::Chosen(wanted.clone())));
        window.wait("the saved file", |window| window.status().starts_with("Saved as"));
        assert!(
            window.status().contains(picture) && window.status().contains(json),
            "{}",
            window.status()
        );
        assert!(
            Photo::open(&window.folder.path().join(picture))
                .unwrap()
                .pixels()
                .width()
                > 500
        );
        let json = fs::read_to_string(window.folder.path().join(json)).unwrap();
        let json: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(json["words"][1]["place"], "lower left");
    }
}

#[test]
fn without_a_dialog_the_picture_is_saved_beside_the_photo_and_the_path_is_told() {
    let mut window = window();
    window.key(Key::ArrowLeft);
    window.command(Key::S);
    window.arrives(Arrival::Place(SavePlace::NoDialog));
    window.wait("the saved file", |window| window.status().starts_with("Saved as"));
    let path: PathBuf = window.folder.path().join("a wide dog-attention.png");
    assert_eq!(window.status(), format!("Saved as {}.", path.display()));
    let saved = Photo::open(&path).unwrap();
    assert_eq!(saved.pixels().dimensions(), (1200, 800));
    let brightness = |x, y| {
        saved
            .pixels()
            .get_pixel(x, y)
            .0
            .iter()
            .map(|value| u32::from(*value))
            .sum::<u32>()
    };
    assert!(brightness(1000, 200) > 2 * brightness(232, 200), "runs: right");
}

#[test]
fn a_closed_dialog_saves_nothing_and_a_folder_that_is_gone_is_told() {
    let mut window = window();
    window.command(Key::E);
    window.arrives(Arrival::Place(SavePlace::Cancelled));
    assert_eq!(window.status(), text!("save-not-chosen"));
    window.command(Key::E);
    window.arrives(Arrival::Place(SavePlace::Chosen(
        window.folder.path().join("no folder/x.png"),
    )));
    window.wait("the failure", |window| {
        window.status().starts_with("The picture could not be saved")
    });
}

#[test]
fn exploring_by_keys_names_the_cell_at_once_and_speaks_its_words_once_it_rests() {
    let mut window = window();
    window.key(Key::E);
    assert_eq!(
        window.said().last(),
        Some(&window.status()),
        "who sees nothing hears it"
    );
    assert_eq!(
        window.status(),
        "Exploring, 2 rows and 2 columns. Move with the arrow keys or the pointer; P says what is here."
    );
    assert_eq!(window.name_of_focus(), "Photo: a wide dog.png, 1200 by 800 pixels");
    let said = window.said().len();
    window.key(Key::ArrowLeft);
    assert_eq!(window.status(), "dog; lower left, row 2 of 2, column 1 of 2");
    assert_eq!(window.told(), window.status());
    window.rest();
    assert_eq!(window.said()[said..], ["dog"]);
    assert_eq!(window.lit(), ["dog, lower left"]);
    window.key(Key::ArrowUp);
    window.rest();
    assert_eq!(window.status(), "Nothing here; upper left, row 1 of 2, column 1 of 2");
    assert_eq!(
        window.said().len(),
        said + 1,
        "nothing is spoken where there is nothing"
    );
    assert!(window.lit().is_empty());
    window.key(Key::P);
    assert!(
        window.said().last().unwrap().starts_with("Nothing here"),
        "unless asked"
    );
    window.harness.state_mut().caption_language = "fr".to_owned();
    window.key(Key::ArrowDown);
    window.key(Key::P);
    let parts = window.voice.said.borrow().last().unwrap().parts.clone();
    let place = text!(
        "explore-place",
        place = "lower left",
        row = 2,
        rows = 2,
        column = 1,
        columns = 2
    );
    assert_eq!(parts[0], Part::new("dog;", "fr"), "in the caption's language");
    assert_eq!(parts[1..], [Part::new(place, "en")]);
    assert_eq!(
        window.name_of_focus(),
        "Photo: a wide dog.png, 1200 by 800 pixels",
        "the focus stays"
    );
    window.key(Key::Escape);
    assert_eq!(window.status(), text!("explore-off"));
    window.key(Key::ArrowRight);
    assert_eq!(window.lit(), ["a, all over the photo"], "arrows step again");
}

#[test]
fn a_screen_reader_is_told_a_cell_once_and_the_voice_keeps_out_of_it() {
    let mut window = window();
    let app = window.harness.state_mut();
    app.settings.speech = SpeechMode::ScreenReader;
    app.settings_changed();
    window.key(Key::E);
    let said = window.said().len();
    window.key(Key::ArrowLeft);
    let cell = "dog; lower left, row 2 of 2, column 1 of 2";
    let announced = |window: &Window| window.harness.state().status.announced().to_owned();
    assert_eq!(announced(&window), cell);
    window.rest();
    assert_eq!(announced(&window), cell, "told again it would end in a space");
    assert_eq!(window.harness.state().lit, Some(1));
    assert_eq!(window.said().len(), said);
    window.key(Key::P);
    assert_ne!(announced(&window), cell, "unless asked");
}

#[test]
fn exploring_by_pointer_speaks_what_lies_below_it_and_not_what_it_only_passes() {
    let mut window = window();
    window.key(Key::E);
    let photo = window.harness.get_by_role(Role::Image).rect();
    let said = window.said().len();
    for at in [
        photo.left_top() + vec2(9.0, 9.0),
        photo.left_bottom() + vec2(9.0, -9.0),
        photo.right_top() + vec2(-9.0, 9.0),
    ] {
        window.harness.event(Event::PointerMoved(at));
        window.harness.run_steps(2);
    }
    window.rest();
    assert_eq!(window.said()[said..], ["runs"]);
    window
        .harness
        .event(Event::PointerMoved(photo.left_top() + vec2(5.0, 5.0)));
    window.harness.run_steps(2);
    window.rest();
    assert_eq!(window.said().len(), said + 1);
}

#[test]
fn the_part_on_the_screen_is_described_alone_and_the_way_back_is_a_key() {
    let mut window = window();
    window.with_keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
    assert_eq!(window.status(), text!("part-is-whole"));
    for back in [Key::Escape, Key::D] {
        window.key(Key::Num1);
        for _ in 0..5 {
            window.key(Key::Plus);
        }
        window.with_keys(Modifiers::COMMAND | Modifiers::SHIFT, Key::D);
        window.wait("the part's description", |window| {
            window.heading().contains("a part of ")
        });
        assert!(window.status().starts_with(&text!("part-done")), "{}", window.status());
        assert!(window.part());
        window.silence();
        if back == Key::Escape {
            window.key(back);
        } else {
            window.command(back);
        }
        assert_eq!(window.heading(), "Description: a dog runs.");
        assert!(!window.part());
        window.silence();
    }
}

#[test]
fn zoom_and_place_stay_while_stepping_and_not_for_a_photo_that_is_opened() {
    let mut window = window();
    for name in ["b.png", "c.png"] {
        let path = window.folder.path().join(name);
        fs::copy(window.folder.path().join("a wide dog.png"), path).unwrap();
    }
    let first = window.folder.path().join("a wide dog.png");
    window.arrives(Arrival::Files(vec![first.clone(), window.folder.path().join("b.png")]));
    window.wait("the first", |window| {
        window.has("Photo: a wide dog.png, 1200 by 800 pixels")
    });
    window.wait("its description", |window| window.heading().starts_with("Description:"));
    window.key(Key::Num1);
    window.with_keys(Modifiers::SHIFT, Key::ArrowRight);
    let camera = window.harness.state().seeing.camera;
    window.key(Key::PageDown);
    window.wait("the next", |window| window.has("Photo: b.png, 1200 by 800 pixels"));
    assert_eq!(window.harness.state().seeing.camera, camera);
    assert_eq!(window.zoom(), "Zoom 100 percent.");
    window.arrives(Arrival::Files(vec![first]));
    window.wait("another", |window| {
        window.has("Photo: a wide dog.png, 1200 by 800 pixels")
    });
    assert!(window.harness.state().seeing.camera.is_fit());
}

#[test]
fn panning_over_50_megapixels_converts_no_photo_on_the_windows_thread() {
    // `cargo test --lib panning -- --nocapture` prints what a frame costs.
    const FRAMES: usize = 200;
    let photo = Photo::from_pixels("large", image::RgbImage::new(8660, 5773));
    let preview = Photo::from_pixels("large", image::RgbImage::new(2048, 1365));
    let mut window = window();
    window.harness.state_mut().shown = Some((photo.clone(), super::Picture::new(&photo, &preview)));
    window.harness.run_steps(2);
    window.key(Key::Num1);
    let mut frames = Vec::new();
    let mut most = (0, 0);
    for frame in 0..FRAMES {
        let direction = if frame % 100 < 50 { -40.0 } else { 40.0 };
        let before = tiles(&window);
        let middle = Pos2::new(450.0, 300.0);
        window.harness.event(Event::PointerMoved(middle));
        window
            .harness
            .event(wheel(MouseWheelUnit::Point, direction, direction / 3.0));
        let begun = Instant::now();
        window.harness.step();
        frames.push(begun.elapsed());
        most = (
            most.0.max(tiles(&window)),
            most.1.max(tiles(&window).saturating_sub(before)),
        );
        // As on a screen with 60 frames a second.
        std::thread::sleep(Duration::from_millis(16).saturating_sub(begun.elapsed()));
    }
    frames.sort();
    println!(
        "8660 × 5773 at 100 %, {FRAMES} frames: median {:?}, worst {:?}; {} squares of 1 MB at most, {} new in a frame at most",
        frames[FRAMES / 2],
        frames[FRAMES - 1],
        most.0,
        most.1
    );
    assert!(most.0 > 4, "squares were shown");
    assert!(most.1 <= 4 * 2, "the harness may draw a frame twice");
    assert!(most.0 <= 12 + 32, "those in sight and those kept");
}

fn tiles(window: &Window) -> usize {
    window
        .harness
        .state()
        .shown
        .as_ref()
        .map_or(0, |(_, picture)| picture.tiles())
}

#[test]
fn squares_of_the_full_photo_come_at_100_percent_and_not_where_the_copy_is_enough() {
    let photo = Photo::from_pixels("large", image::RgbImage::new(4000, 3000));
    let preview = Photo::from_pixels("large", image::RgbImage::new(2048, 1536));
    let mut window = window();
    window.harness.state_mut().shown = Some((photo.clone(), super::Picture::new(&photo, &preview)));
    window.harness.run_steps(3);
    assert_eq!(tiles(&window), 0);
    window.key(Key::Num1);
    window.wait("squares", |window| tiles(window) >= 4);
}
