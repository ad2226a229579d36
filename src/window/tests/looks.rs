//! Every screen at every size: large targets, a ring around what has the focus, nothing out of reach, by Tab alone.

use std::collections::BTreeSet;

use egui::epaint::Shape;
use egui::{Rect, Vec2, vec2};

use super::photos::{Teller, picture};
use super::*;
use crate::settings::{Motion, Settings, ThemeChoice};
use crate::window::look::theme;

/// Windows in native points, and how much larger everything in them is.
const SIZES: [(Vec2, f32); 5] = [
    (vec2(320.0, 400.0), 1.0),
    (vec2(320.0, 400.0), 3.0),
    (vec2(1000.0, 760.0), 3.0),
    (vec2(3840.0, 2160.0), 1.0),
    (vec2(3840.0, 2160.0), 3.0),
];

/// A screen's name and how it comes up.
type Screen = (&'static str, fn() -> Window);

const SCREENS: [Screen; 10] = [
    ("empty", Window::empty),
    ("described", Window::silent),
    ("in doubt", || Window::described_with(0.3)),
    ("settings", || {
        let mut window = Window::silent();
        window.open_settings();
        window
    }),
    ("list of keys", || {
        let mut window = Window::silent();
        window.key(Key::F1);
        window
    }),
    ("menu", || {
        let mut window = Window::silent();
        window.key(Key::F10);
        window
    }),
    ("path to type", || {
        let mut window = Window::silent();
        window.command(Key::L);
        window
    }),
    ("recent descriptions", || {
        let mut window = Window::telling(&Teller::default(), |folder| vec![picture(folder, "a photo.png")]);
        window.wait("the description", |window| window.heading().starts_with("Description:"));
        window.command(Key::H);
        window
    }),
    ("review", || {
        let mut window = Window::silent();
        window.key(Key::G);
        window
    }),
    ("exploring", || {
        let mut window = Window::silent();
        window.key(Key::E);
        window
    }),
];

impl Window {
    /// Shows it in a window of this size, at this scale.
    fn at(mut self, size: Vec2, scale: f32) -> Self {
        let settings = &mut self.harness.state_mut().settings;
        settings.ui_scale = scale;
        // No test waits for a movement to end.
        settings.reduced_motion = Motion::Reduced;
        self.harness.set_size(size);
        self.harness.run_steps(6);
        self
    }

    /// What can be seen, in points of the scale in use.
    fn seen(&self) -> Rect {
        self.harness.ctx.content_rect()
    }

    /// Name and place of what has the focus.
    fn focused_node(&self) -> Option<(String, Rect)> {
        let nodes = self.harness.root().children_recursive();
        nodes.filter(|node| node.is_focused()).find_map(|node| {
            let node = node.accesskit_node();
            let name = format!(
                "{:?} {:?}",
                node.role(),
                node.label().or(node.value()).unwrap_or_default()
            );
            node.raw_bounds().map(|rect| (name, points(rect)))
        })
    }

    /// Where rings are painted: strokes as wide as the focus has them, in its colour.
    fn rings(&self) -> Vec<Rect> {
        let ring = theme::ring(&self.harness.ctx.global_style().visuals);
        let shapes = self.harness.output().shapes.iter();
        shapes
            .filter_map(|shape| match &shape.shape {
                Shape::Rect(rect) if rect.stroke == ring => Some(rect.rect),
                _ => None,
            })
            .collect()
    }
}

/// A node's place as egui has it.
fn points(rect: egui::accesskit::Rect) -> Rect {
    let at = |x: f64, y: f64| egui::pos2(x as f32, y as f32);
    Rect::from_min_max(at(rect.x0, rect.y0), at(rect.x1, rect.y1))
}

#[test]
fn everything_that_can_be_pressed_is_a_large_target() {
    for (screen, open) in SCREENS {
        for (size, scale) in SIZES {
            let window = open().at(size, scale);
            for node in window.harness.root().children_recursive() {
                let node = node.accesskit_node();
                let pressed = node.data().supports_action(egui::accesskit::Action::Click)
                    || matches!(node.role(), Role::Slider | Role::TextInput);
                // A scroll bar is as broad as scroll bars are; everything scrolls by wheel, by finger and by key too.
                let pressed = pressed && node.role() != Role::ScrollBar;
                let Some(bounds) = node.raw_bounds().filter(|_| pressed) else {
                    continue;
                };
                let rect = points(bounds);
                assert!(
                    rect.width() >= theme::TARGET - 0.1 && rect.height() >= theme::TARGET - 0.1,
                    "{screen} at {size} and {scale}: {:?} {:?} is {}",
                    node.role(),
                    node.label(),
                    rect.size()
                );
            }
        }
    }
}

#[test]
fn tab_comes_to_everything_and_each_stop_is_in_sight_and_has_its_ring() {
    for (screen, open) in SCREENS {
        for (size, scale) in SIZES {
            let mut window = open().at(size, scale);
            let mut stops = BTreeSet::new();
            for _ in 0..120 {
                window.harness.key_press(Key::Tab);
                window.harness.run_steps(7);
                let Some((name, rect)) = window.focused_node() else {
                    continue;
                };
                let seen = window.seen();
                let what = format!("{screen} at {size} and {scale}: {name} at {rect} in {seen}");
                assert!(
                    rect.left() >= seen.left() - 0.5 && rect.right() <= seen.right() + 0.5,
                    "beyond the side: {what}"
                );
                let in_sight = rect.intersect(seen);
                let enough = rect.height().min(theme::TARGET).min(seen.height());
                assert!(in_sight.height() >= enough - 0.5, "out of sight: {what}");
                let ringed = window.rings().iter().any(|ring| ring.expand(8.0).intersects(rect));
                assert!(ringed, "no ring: {what}, rings {:?}", window.rings());
                if !stops.insert(format!("{name} {:.0}", rect.left())) && stops.len() > 3 {
                    break;
                }
            }
            assert!(
                !stops.is_empty(),
                "{screen} at {size} and {scale}: Tab comes to nothing"
            );
        }
    }
}

#[test]
fn no_text_is_cut_off_at_the_side() {
    for (screen, open) in SCREENS {
        for (size, scale) in SIZES {
            let window = open().at(size, scale);
            let seen = window.seen();
            for node in window.harness.root().children_recursive() {
                let node = node.accesskit_node();
                let Some(bounds) = node
                    .raw_bounds()
                    .filter(|_| node.label().is_some() || node.value().is_some())
                else {
                    continue;
                };
                if matches!(node.role(), Role::Window | Role::ScrollBar) {
                    continue;
                }
                let rect = points(bounds);
                assert!(
                    rect.left() >= seen.left() - 0.5 && rect.right() <= seen.right() + 0.5,
                    "{screen} at {size} and {scale}: {:?} {:?} {:?} at {rect} in {seen}",
                    node.role(),
                    node.label(),
                    node.value()
                );
            }
        }
    }
}

#[test]
fn the_largest_sentence_is_never_cut_off_and_its_words_come_into_sight_by_key() {
    for (size, scale) in SIZES {
        let mut window = Window::silent().at(size, scale);
        window.harness.state_mut().settings.text_size = 120.0;
        window.harness.run_steps(4);
        for word in ["a, all over the photo", "dog, lower left", "runs, right, unsure"] {
            window.key(Key::ArrowRight);
            window.harness.run_steps(6);
            let node = window.harness.get_by_role_and_label(Role::Button, word);
            let rect = points(node.accesskit_node().raw_bounds().unwrap());
            let seen = window.seen();
            assert!(
                rect.left() >= seen.left() && rect.right() <= seen.right(),
                "{word} at {rect} in {seen}"
            );
            assert!(rect.intersect(seen).height() > 40.0, "{word} at {rect} in {seen}");
        }
    }
}

#[test]
fn a_sentence_that_is_too_long_for_the_window_scrolls_by_key() {
    for (size, scale) in [(vec2(320.0, 400.0), 3.0), (vec2(600.0, 500.0), 1.0)] {
        let mut window = Window::silent().at(size, scale);
        window.harness.state_mut().settings.text_size = 120.0;
        window.harness.run_steps(4);
        let first = |window: &Window| window.harness.get_by_label("a, all over the photo").rect().top();
        let before = first(&window);
        window.command(Key::PageDown);
        window.harness.run_steps(4);
        let after = first(&window);
        assert!(after < before - 40.0, "{before} to {after} at {size} and {scale}");
        window.command(Key::PageUp);
        window.harness.run_steps(4);
        assert!((first(&window) - before).abs() < 1.0, "at {size} and {scale}");
    }
}

#[test]
fn in_themes_of_high_contrast_no_letter_fades_where_it_is_scrolled() {
    for theme in [
        ThemeChoice::BlackOnWhite,
        ThemeChoice::WhiteOnBlack,
        ThemeChoice::YellowOnBlack,
    ] {
        let mut window = Window::silent();
        window.harness.state_mut().settings.theme = theme;
        window.harness.run_steps(3);
        let fade = window.harness.ctx.global_style().spacing.scroll.fade;
        assert_eq!(fade.strength, 0.0, "{theme:?}");
    }
}

#[test]
fn each_theme_has_its_ring() {
    for theme in ThemeChoice::ALL {
        let mut window = Window::silent();
        window.harness.state_mut().settings = Settings {
            theme: *theme,
            ..Settings::default()
        };
        window.harness.run_steps(3);
        window.key(Key::Tab);
        assert_eq!(window.rings().len(), 1, "{theme:?}");
    }
}
