//! The whole window by Tab: on every screen all that can be used is named, is met in the order in which it is read,
//! and lets the focus go on until it is where it began.

use super::*;
use crate::settings::SpeechMode;

/// What has the focus.
#[derive(Clone, Debug, PartialEq)]
struct Stop {
    id: String,
    role: Role,
    name: String,
    rect: egui::Rect,
}

/// What tells nodes apart.
fn id_of(node: &egui_kittest::kittest::AccessKitNode<'_>) -> String {
    format!("{:?}", node.id())
}

impl Window {
    fn stop(&self) -> Option<Stop> {
        let mut nodes = self.harness.root().children_recursive();
        let node = nodes.find(|node| node.accesskit_node().is_focused())?;
        let inner = node.accesskit_node();
        Some(Stop {
            id: id_of(&inner),
            role: inner.role(),
            name: inner.label().unwrap_or_default(),
            rect: node.rect(),
        })
    }

    fn tab(&mut self, back: bool) -> Option<Stop> {
        let modifiers = if back { Modifiers::SHIFT } else { Modifiers::NONE };
        self.harness.key_press_modifiers(modifiers, Key::Tab);
        // Two for the focus, the others for what scrolls into sight.
        self.harness.run_steps(6);
        self.stop()
    }

    /// Every widget that takes the focus and is not behind anything, by its id.
    fn focusable(&self) -> Vec<(String, String)> {
        let nodes = self.harness.root().children_recursive();
        nodes
            .map(|node| node.accesskit_node())
            .filter(|node| node.data().supports_action(egui::accesskit::Action::Focus) && !node.is_disabled())
            .map(|node| (id_of(&node), node.label().unwrap_or_default()))
            .collect()
    }

    /// Walks once around and gives the stops.
    fn walk(&mut self, screen: &str, back: bool) -> Vec<Stop> {
        let mut stops: Vec<Stop> = Vec::new();
        let limit = self.focusable().len() * 2 + 20;
        for _ in 0..limit {
            let Some(stop) = self.tab(back) else {
                // egui gives the focus away between the last and the first.
                if stops.is_empty() {
                    continue;
                }
                let Some(again) = self.tab(back) else {
                    panic!("{screen}: the focus is lost after {stops:?}")
                };
                assert_eq!(again.id, stops[0].id, "{screen}: after the end comes the begin");
                return stops;
            };
            assert!(
                !stop.name.trim().is_empty(),
                "{screen}: {stop:?} has no name, after {:?}",
                stops.last()
            );
            if stops.first().is_some_and(|first| first.id == stop.id) {
                return stops;
            }
            assert!(
                stops.iter().all(|other| other.id != stop.id),
                "{screen}: a trap: {} comes again after {:?}",
                stop.name,
                stops.iter().map(|stop| &stop.name).collect::<Vec<_>>()
            );
            stops.push(stop);
        }
        panic!("{screen}: no way back to the begin; {stops:?}");
    }
}

/// Whether one stop is read before the other or in the same line: it stands higher, or beside it on the left.
fn in_reading_order(one: &Stop, other: &Stop) -> bool {
    let (a, b) = (one.rect, other.rect);
    let same_line = a.top() < b.bottom() - 2.0 && b.top() < a.bottom() - 2.0;
    if same_line {
        a.left() <= b.left() + 1.0
    } else {
        a.top() <= b.top() + 1.0
    }
}

/// Walks forth and back. `parts` says how many blocks, each in reading order, the screen has, for blocks need not stand
/// below one another: the photo is read after the sentence below it, as the frequent before the rare.
fn try_out(window: &mut Window, screen: &str, parts: usize, scrolls: bool) {
    let all = window.focusable();
    assert!(!all.is_empty(), "{screen}");
    let forth = window.walk(screen, false);
    for (id, name) in &all {
        assert!(
            forth.iter().any(|stop| stop.id == *id),
            "{screen}: Tab never comes to {name:?}; it came to {:?}",
            forth.iter().map(|stop| &stop.name).collect::<Vec<_>>()
        );
    }
    let now = window.stop().map(|stop| stop.id);
    assert_eq!(now.as_ref(), Some(&forth[0].id), "{screen}: it ends where it began");
    let back = window.walk(screen, true);
    assert_eq!(forth.len(), back.len(), "{screen}: there are as many steps back");
    let mut reversed: Vec<String> = back.iter().map(|stop| stop.id.clone()).collect();
    reversed.reverse();
    let at = reversed.iter().position(|id| *id == forth[0].id).unwrap_or(0);
    reversed.rotate_left(at);
    assert_eq!(
        reversed,
        forth.iter().map(|stop| stop.id.clone()).collect::<Vec<_>>(),
        "{screen}: the way back is the way forth"
    );
    // What scrolls stands elsewhere at each stop.
    if !scrolls {
        let breaks: Vec<_> = forth
            .windows(2)
            .filter(|pair| !in_reading_order(&pair[0], &pair[1]))
            .map(|pair| (&pair[0].name, &pair[1].name))
            .collect();
        assert!(
            breaks.len() < parts,
            "{screen}: jumps against the reading at {breaks:?}"
        );
    }
}

fn key(window: &mut Window, modifiers: Modifiers, key: Key) {
    window.harness.key_press_modifiers(modifiers, key);
    window.harness.run_steps(6);
}

#[test]
fn the_empty_window_is_walked_by_tab() {
    try_out(&mut Window::empty(), "the empty window", 1, false);
}

#[test]
fn the_window_with_a_described_photo_is_walked_by_tab() {
    try_out(&mut Window::silent(), "a described photo", 2, false);
}

#[test]
fn the_narrow_window_is_walked_by_tab() {
    let mut window = Window::silent();
    window.harness.set_size(egui::vec2(320.0, 400.0));
    window.harness.run_steps(6);
    try_out(&mut window, "a narrow window", 2, false);
}

#[test]
fn the_reviewing_grid_is_walked_by_tab() {
    let mut window = Window::silent();
    key(&mut window, Modifiers::NONE, Key::G);
    try_out(&mut window, "the review", 3, false);
}

#[test]
fn every_sheet_is_walked_by_tab_and_gives_the_focus_back() {
    for (screen, modifiers, opens, scrolls) in [
        ("the menu", Modifiers::NONE, Key::F10, true),
        ("the help", Modifiers::NONE, Key::F1, true),
        ("the typed path", Modifiers::COMMAND, Key::L, false),
        ("the recent descriptions", Modifiers::COMMAND, Key::H, false),
    ] {
        let mut window = Window::silent();
        window.harness.get_by_role_and_label(Role::Button, "Copy").focus();
        window.harness.run_steps(3);
        key(&mut window, modifiers, opens);
        let behind = id_of(
            &window
                .harness
                .get_by_role_and_label(Role::Button, "Copy")
                .accesskit_node(),
        );
        let stops = window.walk(screen, false);
        assert!(
            stops.iter().all(|stop| stop.id != behind),
            "{screen}: Tab goes behind it"
        );
        assert!(
            stops.iter().any(|stop| stop.name == text!("close")),
            "{screen}: {stops:?}"
        );
        assert_eq!(window.walk(screen, true).len(), stops.len(), "{screen}");
        if !scrolls {
            // The walk began somewhere within: once around there is one jump, from the last to the first.
            let around = stops.iter().zip(stops.iter().cycle().skip(1));
            let jumps: Vec<_> = around.filter(|(one, other)| !in_reading_order(one, other)).collect();
            assert!(jumps.len() <= 1, "{screen}: {jumps:?}");
        }
        key(&mut window, Modifiers::NONE, Key::Escape);
        window.harness.run_steps(4);
        let back = window.stop().map(|stop| stop.name);
        assert_eq!(back.as_deref(), Some("Copy"), "{screen}: the focus goes back");
    }
}

#[test]
fn the_settings_are_walked_by_tab_and_give_the_focus_back() {
    let mut window = Window::silent();
    window.harness.get_by_role_and_label(Role::Button, "Copy").focus();
    window.harness.run_steps(3);
    key(&mut window, Modifiers::COMMAND, Key::Comma);
    try_out(&mut window, "the settings", 1, true);
    key(&mut window, Modifiers::NONE, Key::Escape);
    let back = window.stop().map(|stop| stop.name);
    assert_eq!(back.as_deref(), Some("Copy"));
}

#[test]
fn beside_a_screen_reader_what_opens_has_the_focus() {
    let mut window = Window::silent();
    let app = window.harness.state_mut();
    app.settings.speech = SpeechMode::ScreenReader;
    app.settings_changed();
    window.harness.run_steps(4);
    key(&mut window, Modifiers::NONE, Key::R);
    key(&mut window, Modifiers::NONE, Key::G);
    let stop = window.stop().map(|stop| stop.role);
    assert!(stop.is_some_and(|role| role != Role::Status), "{stop:?}");
    key(&mut window, Modifiers::NONE, Key::Escape);
    key(&mut window, Modifiers::NONE, Key::CloseBracket);
    assert_eq!(window.stop().map(|stop| stop.role), Some(Role::Status));
}

#[test]
fn beside_a_screen_reader_the_texts_are_walked_too() {
    let mut window = Window::silent();
    let app = window.harness.state_mut();
    app.settings.speech = SpeechMode::ScreenReader;
    app.settings_changed();
    window.harness.run_steps(4);
    let stops = window.walk("the window beside a screen reader", false);
    let status = window.status();
    assert!(
        stops
            .iter()
            .any(|stop| stop.role == Role::Status && stop.name == status),
        "{stops:?}"
    );
    assert!(
        stops.iter().any(|stop| stop.name == "Model script, on cpu"),
        "{stops:?}"
    );
    key(&mut window, Modifiers::NONE, Key::F1);
    let stops = window.walk("the help beside a screen reader", false);
    assert!(stops.len() > COMMANDS.len(), "each line can be read");
}
