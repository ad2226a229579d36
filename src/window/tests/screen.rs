//! Pictures of the screen, and a second start of the program, as they come in from the desktop.

use image::{Rgb, RgbImage};

use super::*;

fn picture() -> RgbImage {
    RgbImage::from_fn(64, 48, |x, y| match (x < 32, y < 24) {
        (true, true) => Rgb([200, 60, 50]),
        (false, true) => Rgb([60, 160, 70]),
        (true, false) => Rgb([60, 90, 190]),
        (false, false) => Rgb([220, 200, 90]),
    })
}

fn taken(area: Area) -> Arrival {
    Arrival::Screen {
        area,
        taken: Ok(picture()),
    }
}

fn window() -> Window {
    let mut window = Window::with(|| Ok(Box::new(Script(0.9))), true);
    window.wait("the first description", |window| {
        window.has("Describe") && !window.harness.state().is_working()
    });
    window
}

fn described(window: &mut Window, name: &str) {
    window.wait("the description", |window| {
        window.has(&format!("Photo: {name}, 64 by 48 pixels")) && !window.harness.state().is_working()
    });
}

#[test]
fn of_the_whole_screen_it_is_told_how_a_part_is_described_and_of_a_part_not() {
    let mut window = window();
    window.arrives(taken(Area::Whole));
    described(&mut window, "screen");
    let hint = "This is the screen. To have a part of it described, show that alone (Plus and Shift+Right)";
    assert!(window.status().starts_with(hint), "{}", window.status());
    window.arrives(taken(Area::Part));
    described(&mut window, "part of the screen");
    assert!(!window.status().contains("This is the screen"), "{}", window.status());
}

#[test]
fn the_screen_is_taken_once_however_often_it_is_asked_for() {
    let mut window = window();
    for _ in 0..3 {
        window.arrives(Arrival::ScreenWanted(Area::Whole));
    }
    assert_eq!(window.desktop.borrow().screens, [Area::Whole]);
    window.arrives(taken(Area::Whole));
    window.arrives(Arrival::ScreenWanted(Area::Part));
    assert_eq!(window.desktop.borrow().screens, [Area::Whole, Area::Part]);
}

#[test]
fn why_there_is_no_picture_of_the_screen_is_said_and_the_photo_stays() {
    let mut window = window();
    let heading = window.heading();
    let sentence = crate::screen::ScreenError::Cancelled.to_string();
    window.arrives(Arrival::Screen {
        area: Area::Part,
        taken: Err(sentence.clone()),
    });
    assert_eq!(window.status(), sentence);
    assert_eq!(window.said().last(), Some(&sentence));
    assert_eq!(window.heading(), heading);
}

#[test]
fn what_the_program_is_started_with_again_is_shown_here() {
    let mut window = window();
    let heading = window.heading();
    window.arrives(Arrival::Started(Vec::new()));
    assert_eq!(window.heading(), heading, "a start with nothing changes nothing");
    let path = window.folder.path().join("second.png");
    picture().save(&path).unwrap();
    window.arrives(Arrival::Started(vec![path]));
    described(&mut window, "second.png");
}
