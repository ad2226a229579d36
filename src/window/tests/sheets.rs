//! What stands over the window: the menu, the list of keys, the typed path, the welcome; and the language of it all.

use super::*;
use crate::language::Language;
use crate::window::sheet::Sheet;
use crate::window::welcome;

impl Window {
    /// The names of the menu's rows, in order.
    fn menu(&self) -> Vec<String> {
        let rows = self.harness.query_all_by_role(Role::MenuItem);
        rows.filter_map(|row| row.accesskit_node().label()).collect()
    }

    /// The name of what has the focus.
    fn at_focus(&self) -> String {
        let mut nodes = self.harness.root().children_recursive();
        nodes
            .find(|node| node.accesskit_node().is_focused())
            .and_then(|node| node.accesskit_node().label())
            .unwrap_or_default()
    }

    fn types(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run_steps(2);
    }

    /// What stands in the text field.
    fn typed(&self) -> String {
        let field = self.harness.get_by_role(Role::TextInput);
        field.accesskit_node().value().unwrap_or_default()
    }
}

#[test]
fn the_menu_has_every_command_with_its_key_and_help_by_key_and_by_button() {
    let mut window = Window::empty();
    window.key(Key::F10);
    let names: Vec<String> = COMMANDS.iter().map(|entry| entry.name()).collect();
    assert_eq!(window.menu(), names);
    assert!(window.harness.query_by_role_and_label(Role::Menu, "Menu").is_some());
    assert!(window.harness.query_by_role_and_label(Role::Group, "Photo").is_some());
    let open = window.harness.get_by_role_and_label(Role::MenuItem, "Open");
    assert_eq!(open.accesskit_node().data().keyboard_shortcut(), Some("Ctrl+O"));
    assert_eq!(open.accesskit_node().description(), Some(Command::Open.entry().help()));
    window.key(Key::F10);
    assert!(window.menu().is_empty());
    window.press("Menu");
    assert!(!window.menu().is_empty());
    window.press("Close");
    assert!(window.menu().is_empty());
}

#[test]
fn the_menu_is_gone_through_by_arrows_and_enter_does_what_it_says() {
    let mut window = Window::silent();
    window.key(Key::F10);
    assert_eq!(window.at_focus(), COMMANDS[0].name());
    window.key(Key::ArrowDown);
    assert_eq!(window.at_focus(), COMMANDS[1].name());
    window.key(Key::ArrowUp);
    window.key(Key::ArrowUp);
    assert_eq!(window.at_focus(), COMMANDS[COMMANDS.len() - 1].name());
    window.key(Key::Home);
    window.key(Key::ArrowRight);
    let first_after = COMMANDS.iter().find(|entry| entry.group != COMMANDS[0].group).unwrap();
    assert_eq!(window.at_focus(), first_after.name());
    window.key(Key::ArrowLeft);
    assert_eq!(window.at_focus(), COMMANDS[0].name());
    window.key(Key::Enter);
    assert!(window.menu().is_empty());
    assert_eq!(window.desktop.borrow().chosen, 1, "the first row is Open");
    assert!(
        window.lit().is_empty(),
        "the arrows did not step through the words behind it"
    );
}

#[test]
fn the_menu_is_pressed_like_any_button() {
    let mut window = Window::silent();
    window.key(Key::F10);
    window.harness.get_by_role_and_label(Role::MenuItem, "Paste").click();
    window.harness.run_steps(4);
    assert_eq!(window.desktop.borrow().pasted, 1);
    assert!(window.menu().is_empty());
    // A screen reader presses also what is scrolled out of sight.
    window.key(Key::F10);
    let next = window.harness.get_by_role_and_label(Role::MenuItem, "Next word");
    next.click_accesskit();
    window.harness.run_steps(4);
    assert_eq!(window.lit(), ["a, all over the photo"]);
    assert!(window.menu().is_empty());
}

#[test]
fn a_hint_for_what_is_behind_does_not_cover_a_sheet() {
    let mut window = Window::silent();
    let copy = window.harness.get_by_role_and_label(Role::Button, "Copy").rect();
    window.harness.event(egui::Event::PointerMoved(copy.center()));
    window.harness.run_steps(12);
    let hint = Command::Copy.entry().hover();
    assert!(window.has(&hint));
    window.key(Key::F1);
    window.harness.run_steps(12);
    assert!(!window.has(&hint));
    window.key(Key::Escape);
    window.harness.run_steps(12);
    assert!(window.has(&hint), "it is the same as before again");
}

#[test]
fn the_focus_goes_back_to_where_it_was_before_the_menu() {
    let mut window = Window::silent();
    window.harness.get_by_role_and_label(Role::Button, "Copy").focus();
    window.harness.run_steps(2);
    window.key(Key::F10);
    window.key(Key::Escape);
    assert_eq!(window.at_focus(), "Copy");
    assert!(window.menu().is_empty());
}

#[test]
fn the_list_of_keys_is_said_scrolls_by_keys_and_falls_silent_when_it_closes() {
    let mut window = Window::silent();
    window.harness.set_size(egui::vec2(500.0, 500.0));
    window.key(Key::F1);
    assert_eq!(window.at_focus(), "Keys");
    let said = window.said().last().cloned().unwrap();
    for entry in COMMANDS {
        assert!(said.contains(&format!("{}: {}", entry.key(), entry.help())), "{said}");
    }
    let line = format!("Tab: {}", text!("built-in-tab"));
    let before = window.harness.get_by_label(&line).rect().top();
    window.key(Key::PageDown);
    window.harness.run_steps(30);
    let after = window.harness.get_by_label(&line).rect().top();
    assert!(after < before - 50.0, "{before} to {after}");
    window.key(Key::Home);
    window.harness.run_steps(30);
    assert!((window.harness.get_by_label(&line).rect().top() - before).abs() < 1.0);
    let stops = *window.voice.stops.borrow();
    window.key(Key::Escape);
    assert_eq!(*window.voice.stops.borrow(), stops + 1);
    assert!(!window.has(&line));
}

#[test]
fn a_typed_path_is_opened() {
    let mut window = Window::empty();
    window.command(Key::L);
    assert_eq!(window.at_focus(), text!("typed-path-label"));
    let path = window.photo().display().to_string();
    window.types(&path);
    assert_eq!(window.typed(), path);
    window.key(Key::Enter);
    window.wait("the description", |window| {
        window.heading() == "Description: a dog runs."
    });
    assert!(window.harness.query_by_role(Role::TextInput).is_none());
}

#[test]
fn a_typed_folder_is_its_photos_and_one_without_photos_brings_the_dialog_back() {
    let mut window = Window::empty();
    let folder = window.folder.path().display().to_string();
    window.command(Key::L);
    window.types(&folder);
    window.key(Key::Enter);
    window.wait("the description", |window| {
        window.heading() == "Description: a dog runs."
    });
    let empty = window.folder.path().join("config").display().to_string();
    window.command(Key::L);
    window.types(&empty);
    window.key(Key::Enter);
    let none = text!("photos-none-given");
    window.wait("the reason", |window| {
        window.harness.query_all_by_label(&none).count() > 1
    });
    assert_eq!(window.typed(), empty);
    assert_eq!(window.said().last(), Some(&none));
}

#[test]
fn letters_and_digits_are_typed_and_nothing_else() {
    let mut window = Window::silent();
    window.command(Key::L);
    let said = window.said().len();
    for key in [
        Key::A,
        Key::P,
        Key::W,
        Key::Plus,
        Key::Num0,
        Key::Space,
        Key::ArrowLeft,
        Key::CloseBracket,
    ] {
        window.key(key);
    }
    assert!(window.lit().is_empty());
    assert_eq!(window.said().len(), said);
    assert_eq!(
        window.harness.state().settings,
        crate::settings::Settings {
            welcome_seen: true,
            ..Default::default()
        }
    );
}

#[test]
fn a_wrong_path_is_told_and_the_text_stays() {
    let mut window = Window::silent();
    window.command(Key::L);
    window.types("/no/such/dog.png");
    window.key(Key::Enter);
    let missing = text!("photo-missing");
    window.wait("the reason", |window| window.has(&missing));
    assert_eq!(window.said().last(), Some(&missing), "who sees nothing hears it");
    assert_eq!(window.typed(), "/no/such/dog.png");
    assert_eq!(window.at_focus(), text!("typed-path-label"));
    assert!(
        window
            .harness
            .query_by_role_and_label(Role::Heading, "Type a path")
            .is_some()
    );
    window.key(Key::Escape);
    assert_eq!(
        window.heading(),
        "Description: a dog runs.",
        "the photo before is still there"
    );
    // It is there to be corrected when one comes back.
    window.command(Key::L);
    assert_eq!(window.typed(), "/no/such/dog.png");
    assert!(!window.has(&missing));
}

#[test]
fn a_typed_file_that_is_no_photo_brings_the_dialog_back() {
    let mut window = Window::empty();
    let path = window.folder.path().join("notes.txt");
    std::fs::write(&path, "no picture at all").unwrap();
    let path = path.display().to_string();
    window.command(Key::L);
    window.types(&path);
    window.press(&text!("typed-path-open"));
    window.wait("the reason", |window| {
        window.harness.query_all_by_label(&text!("photo-no-picture")).count() > 1
    });
    assert_eq!(window.typed(), path);
}

#[test]
fn an_empty_path_is_no_path() {
    let mut window = Window::empty();
    window.command(Key::L);
    window.key(Key::Enter);
    assert!(window.has(&text!("typed-path-empty")));
}

#[test]
fn without_a_file_dialog_a_path_is_asked_for() {
    let mut window = Window::empty();
    window.command(Key::O);
    window.arrives(Arrival::NoDialog);
    window.harness.run_steps(3);
    assert_eq!(window.status(), text!("typed-path-because"));
    assert_eq!(window.at_focus(), text!("typed-path-label"));
}

#[test]
fn the_first_start_is_welcomed_once() {
    let mut window = Window::with_settings(|| Ok(Box::new(Script(0.9))), false, "");
    window.wait("the welcome", |window| window.has(&welcome::text()));
    assert_eq!(window.said(), [welcome::text()]);
    for key in [Command::Open, Command::Speak, Command::Keys] {
        assert!(welcome::text().contains(&key.entry().key()));
    }
    assert!(window.harness.state().settings.welcome_seen);
    window.command(Key::O);
    assert!(!window.has(&welcome::text()));
    assert_eq!(window.said().len(), 1);
}

#[test]
fn the_welcome_waits_until_the_first_photo_has_been_described_and_said() {
    let mut window = Window::with_settings(|| Ok(Box::new(Script(0.9))), true, "");
    window.wait("the description", |window| window.said().len() == 1);
    assert_eq!(window.said(), ["a dog runs."]);
    window.voice_says(|id| SpeechEvent::Ended {
        id,
        duration: Duration::from_secs(1),
    });
    assert_eq!(window.said(), ["a dog runs.".to_owned(), welcome::text()]);
}

#[test]
fn the_whole_window_speaks_korean_and_changes_while_it_runs() {
    let mut window = Window::silent();
    window.harness.state_mut().settings.language = crate::settings::Language::Korean;
    window.harness.state_mut().settings_changed();
    window.harness.run_steps(3);
    assert_eq!(crate::language::current(), Language::Korean);
    for name in ["열기", "붙여 넣기", "읽기", "메뉴", "단축키"] {
        assert!(
            window.harness.query_by_role_and_label(Role::Button, name).is_some(),
            "{name}"
        );
    }
    assert_eq!(window.heading(), "설명: a dog runs.");
    assert!(window.has("dog, 왼쪽 아래"));
    assert_eq!(window.status(), "이제 모든 것을 한국어로 보여 줍니다.");
    for sheet in [Sheet::Menu, Sheet::Help, Sheet::TypedPath] {
        let ctx = window.harness.ctx.clone();
        window.harness.state_mut().sheets.show(&ctx, sheet);
        window.harness.run_steps(4);
        let english: Vec<String> = window
            .harness
            .root()
            .children_recursive()
            .filter_map(|node| node.accesskit_node().label())
            .filter(|label| !label.chars().any(|letter| ('가'..='힣').contains(&letter)))
            .filter(|label| label.split_whitespace().count() > 1 && !label.contains("script"))
            .collect();
        assert_eq!(english, Vec::<String>::new(), "{sheet:?}");
    }
}
