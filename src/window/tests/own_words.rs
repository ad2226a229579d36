//! The words that a photo brings along, shown and said before the machine's; and the sheet that saves the description.

use std::fs;

use super::photos::{Teller, picture};
use super::*;
use crate::words::{self, Field, Manner, NewWords, OwnWords};

/// A window with one photo of this name, described and silent; words of a person are in it where some are given.
fn window(name: &str, own: Option<(&str, &str)>) -> (Window, PathBuf) {
    let mut photo = PathBuf::new();
    let mut window = Window::telling(&Teller::default(), |folder| {
        photo = if name.ends_with(".gif") {
            let path = folder.join(name);
            image::RgbImage::from_pixel(20, 10, image::Rgb([70, 90, 60]))
                .save(&path)
                .unwrap();
            path
        } else {
            picture(folder, name)
        };
        if let Some((own, language)) = own {
            let words = NewWords {
                text: own.to_owned(),
                language: language.to_owned(),
                machine: None,
            };
            words::save(&photo, &words, Manner::default()).unwrap();
        }
        vec![photo.clone()]
    });
    let description = match own {
        Some((own, _)) => format!("Written in the photo: {own}. The machine's sentence: dog in {name}"),
        None => format!("Description: dog in {name}"),
    };
    window.wait(&description, |window| {
        window.has(&description) && !window.harness.state().is_working()
    });
    window.voice_says(|id| SpeechEvent::Ended {
        id,
        duration: Duration::from_secs(1),
    });
    (window, photo)
}

impl Window {
    fn open_sheet(&mut self) {
        let both = Modifiers {
            shift: true,
            ..Modifiers::COMMAND
        };
        self.harness.key_press_modifiers(both, Key::S);
        self.harness.run_steps(4);
    }

    fn field(&self) -> String {
        let field = self.harness.get_by_role(Role::MultilineTextInput);
        field.accesskit_node().value().unwrap_or_default()
    }

    /// Writes a text in the place of what stands in the field.
    fn write_words(&mut self, text: &str) {
        self.command(Key::A);
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run_steps(2);
    }

    fn focused_name(&self) -> String {
        let mut nodes = self.harness.root().children_recursive();
        let focused = nodes.find(|node| node.accesskit_node().is_focused());
        focused
            .and_then(|node| node.accesskit_node().label())
            .unwrap_or_default()
    }

    fn wait_until_saved(&mut self) {
        self.wait("that it is saved", |window| window.status().starts_with("Saved in "));
    }
}

fn told(photo: &Path) -> OwnWords {
    words::of(photo).unwrap().unwrap()
}

#[test]
fn a_persons_words_are_shown_and_said_before_the_machines() {
    let (mut window, _) = window("rex.png", Some(("Rex am Strand", "de")));
    assert!(window.heading().starts_with("Written in the photo: Rex am Strand"));
    let all = "Written in the photo: Rex am Strand. The machine's sentence: dog in rex.png";
    assert!(window.has(all), "a screen reader has both in one node");
    assert_eq!(
        window.said(),
        ["Written in the photo: Rex am Strand. The machine's sentence: dog in rex.png"]
    );
    let parts = window.voice.said.borrow()[0].parts.clone();
    let languages: Vec<_> = parts
        .iter()
        .map(|part| part.language.clone().unwrap_or_default())
        .collect();
    assert_eq!(languages, ["en", "de", "en", "en"], "each part in its own language");
    // The light follows the machine's words only: seven words of the person's and what is around them come before.
    window.key(Key::R);
    window.voice_says(began(13, 9));
    assert!(window.lit().is_empty(), "{:?}", window.lit());
    window.voice_says(began(13, 11));
    assert_eq!(window.lit(), ["in, left"]);
    // The next photo has none of them.
    let other = picture(window.folder.path(), "other.png");
    window.drop_files(&[other]);
    window.wait("the other photo", |window| {
        window.heading() == "Description: dog in other.png"
    });
}

#[test]
fn words_are_said_also_where_the_machine_can_tell_nothing() {
    let mut window = Window::telling(&Teller::default(), |folder| {
        let photo = picture(folder, "blank.png");
        let words = NewWords {
            text: "A white wall".to_owned(),
            language: "en".to_owned(),
            machine: None,
        };
        words::save(&photo, &words, Manner::default()).unwrap();
        vec![photo]
    });
    window.wait("an answer", |window| !window.said().is_empty());
    let said = window.said().last().cloned().unwrap();
    assert_eq!(
        said,
        "Written in the photo: A white wall. The machine's sentence: I see no clear picture here."
    );
}

#[test]
fn the_description_is_edited_and_saved_by_keys_alone_and_told_as_what_it_is() {
    let (mut window, photo) = window("rex.png", None);
    window.open_sheet();
    assert_eq!(window.focused_name(), text!("save-words-label", most = 250));
    assert_eq!(window.field(), "dog in rex.png");
    assert!(window.has(&text!("save-words-count", count = 14, most = 250)));
    window.key(Key::Enter);
    window.wait_until_saved();
    assert!(window.harness.query_by_role(Role::MultilineTextInput).is_none());
    assert_eq!(window.status(), format!("Saved in {}.", photo.display()));
    assert_eq!(window.said().last(), Some(&window.status()));
    let saved = told(&photo);
    assert_eq!((saved.text.as_str(), saved.field), ("dog in rex.png", Field::AltText));
    assert!(saved.machine.is_some());
    assert!(window.heading().starts_with("Saved earlier, written by a machine"));
    // Changed by a person it is a person's, and a machine's text is replaced without a question.
    window.open_sheet();
    window.write_words("Rex on the beach");
    assert!(window.has(&text!("save-words-count", count = 16, most = 250)));
    window.press(&text!("save-words-save"));
    window.wait("the new words", |window| {
        window.heading().starts_with("Written in the photo: Rex on the beach")
    });
    assert_eq!(told(&photo).machine, None);
}

#[test]
fn escape_leaves_the_photo_as_it_is_and_what_was_written_is_there_again() {
    let (mut window, photo) = window("rex.png", None);
    let before = fs::read(&photo).unwrap();
    window.open_sheet();
    window.write_words("Rex on the");
    window.key(Key::Escape);
    assert!(window.harness.query_by_role(Role::MultilineTextInput).is_none());
    assert_eq!(fs::read(&photo).unwrap(), before);
    window.open_sheet();
    assert_eq!(window.field(), "Rex on the");
}

#[test]
fn over_a_persons_text_is_asked_and_enter_keeps_it() {
    let (mut window, photo) = window("rex.png", Some(("Rex, 2019", "en")));
    let before = fs::read(&photo).unwrap();
    window.open_sheet();
    window.write_words("a dog on the beach");
    window.key(Key::Enter);
    let question = text!("save-words-question", words = "Rex, 2019");
    window.wait("the question", |window| window.has(&question));
    assert_eq!(window.field(), "a dog on the beach", "both texts are shown");
    assert_eq!(window.said().last(), Some(&question));
    window.harness.run_steps(3);
    assert_eq!(window.focused_name(), text!("save-words-keep"));
    window.key(Key::Enter);
    assert_eq!(window.status(), text!("save-words-kept"));
    assert_eq!(fs::read(&photo).unwrap(), before);
    window.open_sheet();
    window.key(Key::Enter);
    window.wait("the question", |window| window.has(&question));
    assert_eq!(window.status(), text!("own-words-there", words = "Rex, 2019"));
    // As a screen reader presses it, for the sheet may still be scrolling to it.
    let replace = text!("save-words-replace");
    let replace = window.harness.get_by_role_and_label(Role::Button, &replace);
    replace.click_accesskit();
    window.harness.run_steps(4);
    window.wait_until_saved();
    assert_eq!(told(&photo).text, "a dog on the beach");
}

#[test]
fn too_long_a_text_is_told_once_and_not_saved() {
    let (mut window, photo) = window("rex.png", None);
    let before = fs::read(&photo).unwrap();
    window.open_sheet();
    window.write_words(&"dog ".repeat(40));
    assert!(window.has(&text!("save-words-long", aim = 125)));
    window.write_words(&"dog ".repeat(70));
    let news = text!("save-words-too-long", most = 250);
    assert!(window.has(&news));
    window.harness.event(egui::Event::Text("s".to_owned()));
    window.harness.run_steps(2);
    assert!(
        window.has(&news),
        "the news stays the same, so that it is not said with every letter"
    );
    window.key(Key::Enter);
    let trouble = text!("own-words-too-long", count = 281, most = 250);
    window.wait("the reason", |window| window.status() == trouble);
    assert_eq!(
        window.harness.query_all_by_label(&trouble).count(),
        2,
        "in the sheet too"
    );
    assert_eq!(fs::read(&photo).unwrap(), before);
}

#[test]
fn a_format_without_a_place_is_offered_a_file_beside_it_and_a_copy_is_kept_where_it_is_wished() {
    let (mut window, photo) = window("rex.gif", None);
    let before = fs::read(&photo).unwrap();
    window.open_sheet();
    window.key(Key::Enter);
    window.wait("the offer", |window| {
        window.status().contains(&text!("save-words-again"))
    });
    let beside = text!("save-words-beside");
    let beside = window.harness.get_by_role_and_label(Role::CheckBox, &beside);
    assert_eq!(beside.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));
    window.key(Key::Enter);
    window.wait_until_saved();
    assert_eq!(fs::read(&photo).unwrap(), before);
    assert!(told(&photo).sidecar.is_some_and(|path| path.ends_with("rex.gif.xmp")));

    let (mut window, photo) = self::window("rex.png", None);
    let before = fs::read(&photo).unwrap();
    window.open_sheet();
    let backup = text!("save-words-backup");
    window.harness.get_by_role_and_label(Role::CheckBox, &backup).click();
    window.harness.run_steps(2);
    window.press(&text!("save-words-save"));
    window.wait_until_saved();
    assert_eq!(fs::read(photo.with_file_name("rex.png.original")).unwrap(), before);
}

#[test]
fn what_is_no_file_cannot_be_saved_in_and_a_sentence_about_a_part_is_not() {
    let mut window = Window::empty();
    window.open_sheet();
    assert_eq!(window.status(), text!("status-no-photo"));
    window.arrives(Arrival::Picture(image::RgbImage::from_pixel(
        20,
        20,
        image::Rgb([9, 8, 7]),
    )));
    window.wait("the description", |window| window.heading().starts_with("Description:"));
    window.open_sheet();
    assert_eq!(window.status(), text!("save-words-no-file"));
    assert!(window.harness.query_by_role(Role::MultilineTextInput).is_none());
}

#[test]
fn before_a_doubtful_sentence_is_saved_its_doubt_is_told() {
    let mut window = Window::described_with(0.3);
    window.open_sheet();
    let doubt = text!("save-words-doubt", doubt = text!("doubt-may-be-wrong"));
    assert!(window.has(&doubt));
}
