//! The whole table of commands: each row's keys and its item in the menu, and what the person then sees or hears.

use super::photos::Teller;
use super::*;
use crate::window::commands::Entry;
use crate::window::sheet::Sheet;
use egui::KeyboardShortcut;

/// What a command must do that was not so before it.
struct Effect {
    /// Brings the window to where the command has something to do.
    before: fn(&mut Window),
    /// Whether it was done.
    done: fn(&Window, &Before) -> bool,
}

/// The window before the command.
struct Before {
    status: String,
    said: usize,
    settings: crate::settings::Settings,
    /// Where the last line below the sentence stands.
    foot: f32,
}

fn foot(window: &Window) -> f32 {
    window.harness.get_by_label("Model script, on cpu").rect().top()
}

/// The sentence and the news have no room to stand there at once.
fn too_long(window: &mut Window) {
    let app = window.harness.state_mut();
    app.settings.text_size = 120.0;
    app.settings_changed();
    window.harness.set_size(egui::vec2(500.0, 500.0));
    window.harness.run_steps(12);
}

impl Before {
    fn of(window: &Window) -> Self {
        Self {
            status: window.status(),
            said: window.said().len(),
            settings: window.harness.state().settings.clone(),
            foot: window
                .harness
                .query_by_label("Model script, on cpu")
                .map_or(0.0, |node| node.rect().top()),
        }
    }
}

fn nothing(_: &mut Window) {}

fn zoomed(window: &mut Window) {
    for _ in 0..6 {
        window.key(Key::Plus);
    }
}

fn at_the_second_word(window: &mut Window) {
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
}

fn scaled(window: &mut Window) {
    window.command(Key::Plus);
}

fn lit_by(window: &Window, words: &[&str]) -> bool {
    window.lit() == words
}

fn sheet(window: &Window, sheet: Sheet) -> bool {
    window.harness.state().sheets.is(sheet) && window.harness.query_all_by_role(Role::Heading).count() > 0
}

fn says(window: &Window, before: &Before, start: &str) -> bool {
    window.status() != before.status && window.status().starts_with(start)
}

/// What every command must do. There is no arm for "any other": a new command has to say here what it does.
fn effect(command: Command) -> Effect {
    let effect = |before, done| Effect { before, done };
    match command {
        Command::Open => effect(nothing, |window, _| {
            window.desktop.borrow().chosen == 1 && window.status() == text!("status-choosing")
        }),
        Command::TypePath => effect(nothing, |window, _| {
            sheet(window, Sheet::TypedPath) && window.harness.query_by_role(Role::TextInput).is_some()
        }),
        Command::SaveWords => effect(nothing, |window, _| {
            sheet(window, Sheet::SaveWords) && window.harness.query_by_role(Role::MultilineTextInput).is_some()
        }),
        Command::Paste => effect(nothing, |window, _| {
            window.desktop.borrow().pasted == 1 && window.status() == text!("status-pasting")
        }),
        Command::Screen => effect(nothing, |window, _| {
            window.desktop.borrow().screens == [Area::Whole] && window.status() == text!("status-taking-screen")
        }),
        Command::ScreenPart => effect(nothing, |window, _| {
            window.desktop.borrow().screens == [Area::Part] && window.status() == text!("status-taking-screen")
        }),
        Command::Describe => effect(nothing, |window, before| {
            window.said().len() > before.said && window.said().last().is_some_and(|said| said.contains("dog in b.png"))
        }),
        Command::NextPhoto => effect(nothing, |window, _| window.heading() == "Description: dog in c.png"),
        Command::PreviousPhoto => effect(nothing, |window, _| window.heading() == "Description: dog in a.png"),
        Command::DescribeFolder => effect(nothing, |window, _| sheet(window, Sheet::Folder)),
        Command::Recent => effect(nothing, |window, _| sheet(window, Sheet::Recent)),
        Command::SavePicture => effect(nothing, |window, _| {
            window.desktop.borrow().places.len() == 1 && window.status() == text!("save-choosing")
        }),
        Command::ZoomIn => effect(nothing, |window, before| says(window, before, "Zoom ")),
        Command::ZoomOut => effect(zoomed, |window, before| says(window, before, "Zoom ")),
        Command::Fit => effect(zoomed, |window, before| says(window, before, "The whole photo")),
        Command::ActualSize => effect(nothing, |window, before| says(window, before, "Zoom 100 percent")),
        Command::PanLeft | Command::PanRight | Command::PanUp | Command::PanDown => effect(zoomed, |window, before| {
            window.status() != before.status && window.status().contains("middle of the view")
        }),
        Command::DescribePart => effect(zoomed, |window, _| window.status().starts_with(&text!("part-done"))),
        Command::AttentionMode => effect(at_the_second_word, |window, before| {
            window.harness.state().settings.attention_mode != before.settings.attention_mode
                && says(window, before, "Light ")
        }),
        Command::WholeSentence => effect(nothing, |window, before| {
            says(window, before, "Light of the whole sentence")
        }),
        Command::Stronger | Command::Weaker => effect(at_the_second_word, |window, before| {
            window.harness.state().settings.attention_strength != before.settings.attention_strength
                && says(window, before, "Light at ")
        }),
        Command::Place => effect(at_the_second_word, |window, before| {
            window.said().len() > before.said && window.status() == "in: left"
        }),
        Command::Places => effect(nothing, |window, before| {
            window.said().len() > before.said && says(window, before, "dog: left. ")
        }),
        Command::Cover => effect(
            |window| {
                let untold = super::photos::picture(&window.folder.path().join("photos"), "untold.png");
                window.drop_files(&[untold]);
                window.wait("the description", |window| {
                    window.heading() == "Description: dog in untold.png" && !window.harness.state().is_working()
                });
            },
            |window, _| window.status() == text!("cover-done"),
        ),
        Command::Explore => effect(nothing, |window, before| says(window, before, "Exploring, ")),
        Command::Review => effect(nothing, |window, _| window.status() == text!("review-open")),
        Command::ExportReview => effect(nothing, |window, _| window.desktop.borrow().places.len() == 1),
        Command::Next => effect(nothing, |window, _| lit_by(window, &["dog, left"])),
        Command::Previous => effect(nothing, |window, _| lit_by(window, &["b.png, left"])),
        Command::NextSentence => effect(nothing, |window, _| window.heading() == "Description: a brown dog runs"),
        Command::PreviousSentence => effect(
            |window| {
                window.key(Key::ArrowDown);
                window.wait("another sentence", |window| {
                    window.heading().ends_with("a brown dog runs")
                });
            },
            |window, _| window.heading() == "Description: dog in b.png",
        ),
        Command::Guess => effect(
            |window| {
                let doubt = super::photos::picture(&window.folder.path().join("photos"), "doubt.png");
                window.drop_files(&[doubt]);
                window.wait("that nothing is claimed", |window| {
                    window.heading() != "Description: dog in b.png" && !window.harness.state().is_working()
                });
            },
            |window, _| window.heading().ends_with("dog in doubt.png"),
        ),
        Command::Copy => effect(nothing, |window, _| window.status() == text!("status-copied")),
        Command::LargerText => effect(nothing, |window, before| {
            window.harness.state().settings.text_size > before.settings.text_size && says(window, before, "Text size")
        }),
        Command::SmallerText => effect(nothing, |window, before| {
            window.harness.state().settings.text_size < before.settings.text_size && says(window, before, "Text size")
        }),
        Command::ScrollDown => effect(too_long, |window, before| foot(window) < before.foot - 10.0),
        Command::ScrollUp => effect(
            |window| {
                too_long(window);
                window.command(Key::PageDown);
                window.harness.run_steps(40);
            },
            |window, before| foot(window) > before.foot + 10.0,
        ),
        Command::Unsure => effect(nothing, |window, _| window.status() == text!("unsure-none")),
        Command::Speak | Command::Repeat => effect(nothing, |window, before| {
            window.said().len() == before.said + 1 && window.has("Stop")
        }),
        Command::Stop => effect(at_the_second_word, |window, _| window.lit().is_empty()),
        Command::Faster => effect(nothing, |window, before| says(window, before, "Faster")),
        Command::Slower => effect(nothing, |window, before| says(window, before, "Slower")),
        Command::Louder => effect(
            |window| window.command(Key::ArrowDown),
            |window, before| window.harness.state().settings.volume > before.settings.volume,
        ),
        Command::Softer => effect(nothing, |window, before| says(window, before, "Softer")),
        Command::Spell => effect(at_the_second_word, |window, _| window.status() == "in: I, N"),
        Command::Settings => effect(nothing, |window, _| {
            window.harness.state().settings_screen.is_open() && window.heading() == text!("settings")
        }),
        Command::NextTheme => effect(nothing, |window, before| {
            window.harness.state().settings.theme != before.settings.theme && says(window, before, "Theme")
        }),
        Command::LargerAll => effect(nothing, |window, before| {
            window.harness.state().settings.ui_scale > before.settings.ui_scale
        }),
        Command::SmallerAll => effect(scaled, |window, before| {
            window.harness.state().settings.ui_scale < before.settings.ui_scale
        }),
        Command::UsualSize => effect(scaled, |window, before| {
            window.harness.state().settings.ui_scale < before.settings.ui_scale
        }),
        Command::Menu => effect(nothing, |window, _| sheet(window, Sheet::Menu)),
        Command::Keys => effect(nothing, |window, _| sheet(window, Sheet::Help)),
    }
}

/// A window at the second of three photos of a folder, large enough to be zoomed into, described and silent.
fn window() -> Window {
    let mut window = Window::telling(&Teller::default(), |folder| {
        let photos = folder.join("photos");
        std::fs::create_dir(&photos).unwrap();
        let picture = |name: &str| {
            let path = photos.join(name);
            let shade = name.as_bytes()[0];
            image::RgbImage::from_pixel(1200, 800, image::Rgb([shade, 90, 60]))
                .save(&path)
                .unwrap();
            path
        };
        let paths = ["a.png", "b.png", "c.png"].map(picture);
        vec![paths[1].clone()]
    });
    window.wait("the description and the list", |window| {
        window.heading() == "Description: dog in b.png" && window.has("Photo 2 of 3")
    });
    window.voice_says(|id| SpeechEvent::Ended {
        id,
        duration: Duration::from_secs(1),
    });
    window
}

fn press(window: &mut Window, key: KeyboardShortcut) {
    window.harness.key_press_modifiers(key.modifiers, key.logical_key);
    window.harness.run_steps(3);
}

fn choose(window: &mut Window, entry: &Entry) {
    window.key(Key::F10);
    let name = entry.name();
    window
        .harness
        .get_by_role_and_label(Role::MenuItem, &name)
        .click_accesskit();
    window.harness.run_steps(4);
}

/// Does it in a new window, and waits for what it must do.
fn try_out(entry: &Entry, way: &str, act: impl FnOnce(&mut Window)) {
    let mut window = window();
    let Effect { before: prepare, done } = effect(entry.command);
    prepare(&mut window);
    let before = Before::of(&window);
    assert!(!done(&window, &before), "{} {way}: it is so already", entry.id);
    act(&mut window);
    window.wait(&format!("what {} {way} does", entry.id), |window| done(window, &before));
}

#[test]
fn every_command_does_by_each_of_its_keys_what_the_table_says() {
    for entry in COMMANDS {
        for key in entry.keys {
            try_out(entry, &entry.key(), |window| press(window, *key));
        }
    }
}

#[test]
fn every_command_does_from_the_menu_what_the_table_says() {
    for entry in COMMANDS {
        // The menu that is open cannot be seen to open: it closes.
        if entry.command == Command::Menu {
            let mut window = window();
            choose(&mut window, entry);
            assert!(!sheet(&window, Sheet::Menu));
            continue;
        }
        try_out(entry, "in the menu", |window| choose(window, entry));
    }
}
