//! The screen of settings: by key, by pointer and through the accessibility tree, and what it leaves on the disk.

use super::*;
use crate::settings::{AttentionMode, Motion, Settings, SpeechMode, ThemeChoice, open_in};

impl Window {
    fn kept(&mut self) -> Settings {
        // The thread that writes waits a moment for further changes.
        let now = self.harness.state().settings.clone();
        let place = self.folder.path().join("config");
        self.wait("the settings on the disk", |_| open_in(&place).settings == now);
        now
    }

    pub(super) fn open_settings(&mut self) {
        self.command(Key::Comma);
        assert_eq!(self.heading(), "Settings");
    }

    fn focused(&self) -> Option<String> {
        let nodes = self.harness.root().children_recursive();
        nodes
            .filter(|node| node.is_focused())
            .find_map(|node| node.accesskit_node().label())
    }

    /// Presses Tab until the focus is on this node.
    fn tab_to(&mut self, name: &str) {
        for _ in 0..100 {
            if self.focused().as_deref() == Some(name) {
                return;
            }
            self.key(Key::Tab);
        }
        panic!("Tab never came to {name:?}");
    }
}

#[test]
fn the_settings_open_on_their_heading_and_the_focus_returns_where_it_was() {
    let mut window = Window::silent();
    window.tab_to("dog, lower left");
    window.open_settings();
    assert_eq!(window.focused().as_deref(), Some("Settings"));
    assert!(!window.has("dog, lower left"));
    window.key(Key::Escape);
    assert_eq!(window.focused().as_deref(), Some("dog, lower left"));
    assert_eq!(window.heading(), "Description: a dog runs.");

    window.open_settings();
    window.press("Close");
    assert_eq!(window.focused().as_deref(), Some("dog, lower left"));
}

#[test]
fn every_setting_is_changed_by_keys_alone_and_kept() {
    let mut window = Window::silent();
    window.open_settings();
    for name in [
        "Theme: Yellow on black",
        "Reduced motion: On",
        "How the light is shown: A line around it",
        "Speak when a description is ready",
        "Who speaks: Screen reader",
        "Describe the next photo ahead of time",
        "Keep recent descriptions",
    ] {
        window.tab_to(name);
        window.key(Key::Space);
    }
    for (name, key) in [
        ("Size of the sentence", Key::ArrowRight),
        ("Size of everything", Key::ArrowRight),
        ("Strength of the light", Key::ArrowLeft),
        ("Speed", Key::ArrowRight),
        ("Loudness", Key::ArrowLeft),
    ] {
        window.tab_to(name);
        window.key(key);
    }
    let kept = window.kept();
    let expected = Settings {
        theme: ThemeChoice::YellowOnBlack,
        text_size: 33.0,
        ui_scale: 1.1,
        reduced_motion: Motion::Reduced,
        attention_mode: AttentionMode::Outline,
        attention_strength: 0.7,
        speak_when_ready: false,
        speech: SpeechMode::ScreenReader,
        rate: 5,
        volume: 95,
        describe_ahead: false,
        keep_recent: false,
        welcome_seen: true,
        ..Settings::default()
    };
    assert!((kept.attention_strength - 0.7).abs() < 1e-4 && (kept.ui_scale - 1.1).abs() < 1e-4);
    let (attention_strength, ui_scale) = (kept.attention_strength, kept.ui_scale);
    assert_eq!(
        kept,
        Settings {
            attention_strength,
            ui_scale,
            ..expected
        }
    );
}

#[test]
fn a_setting_is_changed_by_pointer_and_by_a_screen_reader() {
    let mut window = Window::silent();
    window.harness.set_size(egui::vec2(900.0, 2000.0));
    window.open_settings();
    window.harness.get_by_label("Theme: Light").click();
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().settings.theme, ThemeChoice::Light);
    window.harness.get_by_label("Theme: White on black").click_accesskit();
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().settings.theme, ThemeChoice::WhiteOnBlack);
    let speed = window.harness.get_by_role_and_label(Role::Slider, "Speed");
    assert_eq!(speed.accesskit_node().value().as_deref(), Some("usual"));
    let rect = speed.rect();
    window.harness.drag_at(rect.center());
    window.harness.run_steps(1);
    window.harness.drop_at(rect.right_center() - egui::vec2(1.0, 0.0));
    window.harness.run_steps(3);
    assert_eq!(window.harness.state().settings.rate, 100);
    let speed = window.harness.get_by_role_and_label(Role::Slider, "Speed");
    assert_eq!(speed.accesskit_node().value().as_deref(), Some("100 faster"));
}

#[test]
fn the_language_of_the_screen_changes_at_once() {
    let mut window = Window::silent();
    window.open_settings();
    window.harness.get_by_label("Language: English").click();
    window.harness.run_steps(3);
    assert_eq!(window.heading(), "Settings");
}

#[test]
fn keys_of_the_photo_mean_nothing_on_the_screen_of_settings() {
    let mut window = Window::silent();
    window.open_settings();
    let said = window.said().len();
    for key in [Key::ArrowRight, Key::CloseBracket] {
        window.key(key);
    }
    window.command(Key::O);
    assert_eq!(window.harness.state().lit, None);
    assert_eq!(window.harness.state().settings.text_size, 32.0);
    assert_eq!(window.desktop.borrow().chosen, 0);
    assert_eq!(window.said().len(), said);
}

/// The sentence in the group of a radio button: read once, and not with each of its choices.
fn help_of_group(mut node: egui_kittest::kittest::AccessKitNode<'_>) -> Option<String> {
    while node.role() != Role::Group {
        node = node.parent()?;
    }
    let mut inner: Vec<_> = node.children().collect();
    while let Some(node) = inner.pop() {
        let text = node.label().or_else(|| node.value()).unwrap_or_default();
        if text.ends_with('.') {
            return Some(text);
        }
        inner.extend(node.children());
    }
    None
}

#[test]
fn every_row_has_a_name_and_a_sentence_of_help() {
    let mut window = Window::silent();
    window.open_settings();
    let mut rows = 0;
    for node in window.harness.root().children_recursive() {
        let node = node.accesskit_node();
        if matches!(node.role(), Role::RadioButton | Role::CheckBox | Role::Slider) {
            let help = match node.role() {
                Role::RadioButton => help_of_group(node).unwrap_or_default(),
                _ => node.description().unwrap_or_default(),
            };
            assert!(
                node.label().is_some_and(|name| name.len() > 2) && help.ends_with('.'),
                "{:?}: {help:?}",
                node.label()
            );
            rows += 1;
        }
    }
    assert!(rows > 20, "{rows}");
}

#[test]
fn a_broken_file_of_settings_is_told_and_the_window_opens_all_the_same() {
    let mut window = Window::with_settings_file("theme = = dark");
    window.wait("the description", |window| window.heading().starts_with("Description:"));
    let told = window
        .harness
        .query_all_by_role(Role::Status)
        .filter_map(|node| node.accesskit_node().label())
        .any(|text| text.starts_with("The settings could not be read") && text.ends_with("settings.broken.toml."));
    assert!(told);
}

#[test]
fn the_theme_the_scale_and_the_size_of_the_sentence_go_on_by_key_and_are_said() {
    let mut window = Window::silent();
    window.command(Key::T);
    assert_eq!(window.status(), "Theme: Light.");
    window.command(Key::Plus);
    assert_eq!(window.status(), "Size of everything: 110 %.");
    window.harness.run_steps(2);
    assert!((window.harness.ctx.zoom_factor() - 1.1).abs() < 1e-4);
    window.command(Key::Minus);
    window.command(Key::Minus);
    assert_eq!(window.status(), "Size of everything: 100 %.", "not below the system's");
    window.key(Key::CloseBracket);
    assert_eq!(window.status(), "Text size: 36 points.");
    let kept = window.kept();
    assert_eq!(
        (kept.theme, kept.text_size, kept.ui_scale),
        (ThemeChoice::Light, 36.0, 1.0)
    );
}

#[test]
fn recent_descriptions_are_forgotten_from_the_settings_once_that_was_confirmed() {
    let mut window = super::photos::recent_window(&["one.png"]);
    window.open_settings();
    window.tab_to("Clear recent descriptions");
    window.key(Key::Enter);
    assert_eq!(window.focused().as_deref(), Some("No, keep them"));
    window.key(Key::Enter);
    assert_eq!(window.harness.state().recents.recent().entries().len(), 1);
    window.tab_to("Clear recent descriptions");
    window.key(Key::Enter);
    window.tab_to("Yes, forget all");
    window.key(Key::Enter);
    window.wait("nothing to be kept", |window| {
        window.harness.state().recents.recent().entries().is_empty()
    });
    assert_eq!(window.status(), "The recent descriptions are forgotten.");
}
