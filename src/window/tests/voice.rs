//! What is said, by whom, how fast and how loud: every key of the voice, and the screen reader in its place.

use std::cell::Cell;

use super::*;
use crate::settings::SpeechMode;
use crate::speech::Part;
use crate::window::screen_reader::ScreenReader;

/// A screen reader that the test switches on.
struct Reader(Rc<Cell<bool>>);

impl ScreenReader for Reader {
    fn is_on(&self) -> bool {
        self.0.get()
    }
}

impl Window {
    fn with_reader(on: bool, change: impl FnOnce(&mut crate::settings::Settings)) -> (Self, Rc<Cell<bool>>) {
        let mut window = Self::silent();
        let switch = Rc::new(Cell::new(on));
        let app = window.harness.state_mut();
        let narrator = std::mem::replace(
            &mut app.narrator,
            crate::window::voice::Narrator::new(
                Box::new(Rc::clone(&window.voice)),
                Box::new(Reader(Rc::clone(&switch))),
            ),
        );
        drop(narrator);
        change(&mut app.settings);
        app.settings_changed();
        window.voice.said.borrow_mut().clear();
        window.harness.run_steps(2);
        (window, switch)
    }

    fn parts(&self) -> Vec<Part> {
        self.voice.said.borrow().last().unwrap().parts.clone()
    }

    fn manner(&self) -> Manner {
        self.voice.manners.borrow().last().unwrap().clone()
    }

    fn live(&self) -> Option<egui::accesskit::Live> {
        let status = self.harness.query_all_by_role(Role::Status).next().unwrap();
        status.accesskit_node().live().into()
    }

    fn letter(&mut self, key: Key) {
        self.key(key);
    }
}

#[test]
fn a_description_is_not_read_by_itself_where_that_is_turned_off() {
    let mut window = Window::silent();
    window.harness.state_mut().settings.speak_when_ready = false;
    let before = window.said().len();
    window.press("Describe");
    window.wait("the description", |window| window.heading().starts_with("Description:"));
    window.harness.run_steps(2);
    assert_eq!(window.said().len(), before);
    window.letter(Key::R);
    assert_eq!(window.said().last().unwrap(), "a dog runs.");
}

#[test]
fn r_reads_the_sentence_from_its_start_also_while_it_is_being_read() {
    let mut window = Window::described();
    window.letter(Key::R);
    assert_eq!(window.said(), ["a dog runs.", "a dog runs."]);
    assert!(window.has("Stop"));
}

#[test]
fn the_voice_gets_faster_and_slower_by_key_says_so_and_is_kept() {
    let mut window = Window::silent();
    window.command(Key::ArrowRight);
    window.command(Key::ArrowRight);
    assert_eq!(window.status(), "Faster: 20.");
    assert_eq!(window.said().last().unwrap(), "Faster: 20.");
    assert_eq!(window.manner().rate, 20);
    window.command(Key::ArrowLeft);
    assert_eq!(window.status(), "Slower: 10.");
    assert_eq!(window.harness.state().settings.rate, 10);
    for _ in 0..12 {
        window.command(Key::ArrowRight);
    }
    assert_eq!(window.status(), "This is the fastest: 100.");
    assert_eq!(window.manner().rate, 100);
    // The word that the arrows alone would light is not lit.
    assert!(window.lit().is_empty());
}

#[test]
fn the_voice_gets_louder_and_softer_by_key_but_never_silent() {
    let mut window = Window::silent();
    window.command(Key::ArrowUp);
    assert_eq!(window.status(), "This is the loudest: 100.");
    window.command(Key::ArrowDown);
    assert_eq!(window.status(), "Softer: 90.");
    for _ in 0..12 {
        window.command(Key::ArrowDown);
    }
    assert_eq!(window.status(), "This is the softest: 10.");
    assert_eq!(window.manner().volume, 10);
}

#[test]
fn a_sentence_that_is_being_read_goes_on_at_the_new_pace_after_the_change_was_said() {
    let mut window = Window::described();
    window.command(Key::ArrowRight);
    assert_eq!(window.said().last().unwrap(), "Faster: 10. a dog runs.");
    // Two words of the change, then the caption's own.
    window.voice_says(began(5, 3));
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn what_the_voice_is_told_is_kept_for_the_next_start() {
    let mut window = Window::silent();
    window.command(Key::ArrowRight);
    window.command(Key::ArrowDown);
    let file = window.folder.path().join("config/settings.toml");
    window.wait("the settings are written", |_| {
        std::fs::read_to_string(&file).is_ok_and(|text| text.contains("rate = 10") && text.contains("volume = 90"))
    });
}

#[test]
fn s_spells_the_word_that_is_lit_and_leaves_it_lit() {
    let mut window = Window::silent();
    window.letter(Key::S);
    assert_eq!(window.status(), text!("spell-which"));
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    window.letter(Key::S);
    assert_eq!(window.status(), "dog: D, O, G");
    assert_eq!(window.said().last().unwrap(), "D, O, G");
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn s_spells_the_word_that_has_the_focus() {
    let mut window = Window::silent();
    window.harness.get_by_label("runs, right, unsure").focus();
    window.harness.run_steps(3);
    window.letter(Key::S);
    assert_eq!(window.said().last().unwrap(), "R, U, N, S");
}

#[test]
fn u_says_which_words_are_unsure() {
    let mut window = Window::silent();
    window.letter(Key::U);
    assert_eq!(window.status(), "Unsure: runs");
    assert_eq!(window.said().last().unwrap(), "Unsure: runs");
}

#[test]
fn each_part_is_said_in_its_own_language() {
    let mut window = Window::described_with(0.3);
    window.harness.state_mut().caption_language = "ko".to_owned();
    window.letter(Key::R);
    let languages: Vec<_> = window.parts().into_iter().map(|part| part.language.unwrap()).collect();
    assert_eq!(languages, ["en", "ko"]);
    assert_eq!(window.parts()[1].text, "a dog runs.");
    // The introduction's words light nothing, whatever their language.
    window.voice_says(began(7, 5));
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn with_a_screen_reader_the_voice_is_silent_and_the_focus_moves_to_the_result() {
    let (mut window, _) = Window::with_reader(true, |_| {});
    window.press("Describe");
    window.wait("the description", |window| window.heading().starts_with("Description:"));
    window.harness.run_steps(3);
    assert!(window.harness.get_by_role(Role::Heading).is_focused());
    assert!(window.status().starts_with("Described in"), "{}", window.status());
    for key in [Key::ArrowRight, Key::S, Key::U, Key::R, Key::Space] {
        window.key(key);
    }
    assert!(window.said().is_empty());
    assert!(window.has("Speak"), "nothing is being said");
    assert_eq!(window.live(), Some(egui::accesskit::Live::Polite));
}

#[test]
fn with_a_screen_reader_what_would_be_said_stands_in_the_live_region_and_the_focus_follows_the_steps() {
    let (mut window, _) = Window::with_reader(true, |_| {});
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.status(), "dog, lower left");
    let word = window.harness.get_by_role_and_label(Role::Button, "dog, lower left");
    assert!(word.is_focused());
    window.letter(Key::S);
    assert_eq!(window.status(), "dog: D, O, G");
    window.letter(Key::S);
    assert_eq!(
        window.status(),
        "dog: D, O, G\u{a0}",
        "a change, so that it is announced again"
    );
    window.letter(Key::U);
    assert_eq!(window.status(), "Unsure: runs");
    window.command(Key::ArrowRight);
    assert_eq!(
        window.status(),
        "Faster: 10. The screen reader speaks now, as its own settings say."
    );
    assert!(window.said().is_empty());
}

#[test]
fn a_screen_reader_that_starts_takes_over_at_once_and_one_that_ends_gives_the_word_back() {
    let (mut window, reader) = Window::with_reader(false, |_| {});
    window.key(Key::Space);
    assert_eq!(window.said().len(), 1);
    let stops = *window.voice.stops.borrow();
    reader.set(true);
    window.harness.run_steps(2);
    assert_eq!(*window.voice.stops.borrow(), stops + 1);
    window.key(Key::R);
    assert_eq!(window.said().len(), 1);
    reader.set(false);
    window.key(Key::R);
    assert_eq!(window.said().len(), 2);
}

#[test]
fn own_voice_beside_a_screen_reader_speaks_and_announces_nothing() {
    let (mut window, _) = Window::with_reader(true, |settings| settings.speech = SpeechMode::OwnVoice);
    window.key(Key::R);
    assert_eq!(window.said(), ["a dog runs."]);
    assert_eq!(window.live(), Some(egui::accesskit::Live::Off));
    assert!(!window.harness.get_by_role(Role::Heading).is_focused());
}

#[test]
fn speech_that_is_always_left_to_the_screen_reader_needs_none_to_be_seen() {
    let (mut window, _) = Window::with_reader(false, |settings| settings.speech = SpeechMode::ScreenReader);
    window.key(Key::R);
    assert!(window.said().is_empty());
    assert!(window.harness.get_by_role(Role::Heading).is_focused());
}

/// The settings with the platform's voices on them.
fn voice_list() -> Window {
    let mut window = Window::silent();
    window.open_settings();
    assert_eq!(
        *window.voice.listed.borrow(),
        1,
        "asked once, when the list is first seen"
    );
    assert!(window.has(&text!("voices-asked")));
    let voice = |name: &str, language: &str| crate::speech::VoiceChoice {
        name: name.to_owned(),
        language: language.to_owned(),
        id: name.to_owned(),
    };
    let found = vec![
        voice("English (America)", "en-US"),
        voice("English (Great Britain)", "en-GB"),
        voice("Korean", "ko"),
    ];
    window
        .voice
        .events
        .borrow_mut()
        .push_back(SpeechEvent::Voices(Ok(found)));
    window.harness.run_steps(3);
    window
}

#[test]
fn the_voices_of_a_language_are_listed_chosen_kept_and_say_their_name() {
    let mut window = voice_list();
    for name in ["English (America)", "English (Great Britain)", "The system's own voice"] {
        window.harness.get_by_role_and_label(Role::RadioButton, name);
    }
    assert!(!window.has("Korean"), "it speaks no English");
    let row = window
        .harness
        .get_by_role_and_label(Role::RadioButton, "English (Great Britain)");
    // As the pointer does.
    row.scroll_to_me();
    window.harness.run_steps(4);
    let row = window
        .harness
        .get_by_role_and_label(Role::RadioButton, "English (Great Britain)");
    row.click();
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().settings.voice["en"], "English (Great Britain)");
    assert_eq!(window.manner().voices["en"], "English (Great Britain)");
    assert_eq!(window.said().last().unwrap(), "English (Great Britain)");
    assert_eq!(window.parts()[0].language.as_deref(), Some("en"));
    let own = window
        .harness
        .get_by_role_and_label(Role::RadioButton, "The system's own voice");
    // As a screen reader does.
    own.click_accesskit();
    window.harness.run_steps(3);
    assert!(window.manner().voices.is_empty());
}

#[test]
fn typing_narrows_the_list_of_voices() {
    let mut window = voice_list();
    let label = text!("voices-typed");
    let field = window.harness.get_by_role_and_label(Role::TextInput, &label);
    field.focus();
    field.type_text("brit");
    window.harness.run_steps(3);
    assert!(window.has("English (Great Britain)") && !window.has("English (America)"));
    assert!(window.has("One voice"));
}

#[test]
fn voices_that_cannot_be_listed_say_why_and_can_be_asked_for_again() {
    let mut window = Window::silent();
    window.open_settings();
    let failed = SpeechEvent::Voices(Err(SpeechError::NoVoice));
    window.voice.events.borrow_mut().push_back(failed);
    window.harness.run_steps(3);
    assert!(window.has(&SpeechError::NoVoice.to_string()));
    let again = text!("voices-again");
    window
        .harness
        .get_by_role_and_label(Role::Button, &again)
        .click_accesskit();
    window.harness.run_steps(3);
    assert_eq!(*window.voice.listed.borrow(), 2);
}
