#![cfg(all(target_os = "linux", feature = "window"))]
//! The screen as a photo, on a desktop of its own with a real X server, and through a portal that answers as it is told;
//! the clipboard for scripts; and the one window that a second start goes to.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;
mod support;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use image::{Rgb, RgbImage};
use models::Kind;
use serde_json::{Value, json};
use support::desktop::{Desktop, Window, end};
use support::photo::four_corners;

/// The colours of `other_window.py`, quarter by quarter.
const COLOURS: [[u8; 3]; 4] = [
    [0xC8, 0x3C, 0x32],
    [0x3C, 0xA0, 0x46],
    [0x3C, 0x5A, 0xBE],
    [0xDC, 0xC8, 0x5A],
];

/// A process that is ended with its test, and the lines that it prints.
struct Helper {
    process: Child,
    lines: BufReader<ChildStdout>,
}

impl Helper {
    fn start(mut command: Command, ready: &str) -> Self {
        use std::os::unix::process::CommandExt;

        let mut process = command
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .process_group(0)
            .spawn()
            .unwrap();
        let lines = BufReader::new(process.stdout.take().unwrap());
        let mut helper = Self { process, lines };
        assert_eq!(helper.line(), ready);
        helper
    }

    fn line(&mut self) -> String {
        let mut line = String::new();
        self.lines.read_line(&mut line).unwrap();
        line.trim().to_owned()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A window of another program.
fn other_window(desktop: &Desktop, place: [u32; 4]) -> Helper {
    let mut command = desktop.python_command("other_window.py");
    command.args(place.map(|side| side.to_string()));
    Helper::start(command, "shown")
}

/// A portal that answers so, with the picture at this path.
fn portal(desktop: &Desktop, answer: &str, picture: &Path) -> Helper {
    let mut command = desktop.python_command("portal.py");
    command.arg(answer).arg(picture);
    Helper::start(command, "ready")
}

/// Whether this test is the process that takes the picture, whose environment is the desktop's.
const TAKE: &str = "HEARSIGHT_TEST_TAKE";

/// Run by [`taken`] in a process of its own, for the display is named in the environment.
#[test]
fn what_is_asked_for_is_taken() {
    let Some(wish) = std::env::var_os(TAKE) else { return };
    let wish = wish.into_string().unwrap();
    let (area, path) = wish.split_once(' ').unwrap();
    let area = match area {
        "whole" => hearsight::screen::Area::Whole,
        _ => hearsight::screen::Area::Part,
    };
    match hearsight::screen::take(area) {
        Ok(picture) => picture.save(path).unwrap(),
        Err(error) => std::fs::write(Path::new(path).with_extension("txt"), error.to_string()).unwrap(),
    }
}

/// What the program would see of the screen, or the sentence about why it sees nothing.
fn taken(desktop: &Desktop, area: &str, envs: &[(&str, &str)]) -> Result<RgbImage, String> {
    let path = desktop.folder().join("taken.png");
    let mut command = desktop.command(std::env::current_exe().unwrap());
    command
        .args(["--exact", "what_is_asked_for_is_taken"])
        .env(TAKE, format!("{area} {}", path.display()))
        .envs(envs.iter().copied());
    assert!(command.status().unwrap().success());
    let sentence = path.with_extension("txt");
    if let Ok(text) = std::fs::read_to_string(&sentence) {
        std::fs::remove_file(sentence).unwrap();
        return Err(text);
    }
    let picture = image::open(&path).unwrap().to_rgb8();
    std::fs::remove_file(path).unwrap();
    Ok(picture)
}

/// Runs `hearsight` on the desktop to its end.
fn run(desktop: &Desktop, arguments: &[&str], envs: &[(&str, &str)]) -> Output {
    let mut command = desktop.command(env!("CARGO_BIN_EXE_hearsight"));
    command.args(arguments).envs(envs.iter().copied());
    command.stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
}

fn json_line(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {output:?}"))
}

fn desktop() -> Desktop {
    Desktop::start([("SPEECHD_ADDRESS", "unix_socket:/nowhere".into())])
}

/// Whether each quarter of the picture has its colour in its middle.
fn shows_the_other_window(picture: &RgbImage) -> bool {
    let (width, height) = picture.dimensions();
    (0..4).all(|quarter| {
        let (across, down) = (quarter % 2, quarter / 2);
        let at = (width * (1 + 2 * across) / 4, height * (1 + 2 * down) / 4);
        picture.get_pixel(at.0, at.1).0 == COLOURS[quarter as usize]
    })
}

#[test]
fn on_x11_the_whole_screen_is_taken_or_the_window_in_front_alone() {
    let desktop = desktop();
    let missing = taken(&desktop, "part", &[]);
    assert!(
        missing
            .unwrap_err()
            .starts_with("There is no other window on the screen.")
    );

    let _below = other_window(&desktop, [0, 0, 1100, 860]);
    let _above = other_window(&desktop, [120, 90, 400, 300]);
    let cut = |screen: &RgbImage| image::imageops::crop_imm(screen, 120, 90, 400, 300).to_image();
    // A window is told as shown before all of it is painted, on a computer that is slow.
    for _ in 0..100 {
        let (before, after) = (desktop.screenshot(), desktop.screenshot());
        if before == after && shows_the_other_window(&cut(&after)) {
            break;
        }
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let whole = taken(&desktop, "whole", &[]).unwrap();
    assert_eq!(whole.dimensions(), (1100, 860));
    let part = taken(&desktop, "part", &[]).unwrap();
    assert_eq!(part.dimensions(), (400, 300));
    assert!(shows_the_other_window(&part));
    assert!(cut(&whole) == part, "the window is what lies there on the screen");
    // The same as another program sees it.
    assert!(whole == desktop.screenshot());

    let line = json_line(&run(&desktop, &["describe", "--screen", "--json"], &[]));
    assert_eq!(line["photo"], "screen");
    assert!(line["caption"].is_string() || line["no_picture"].is_string(), "{line}");
}

#[test]
fn a_window_that_hangs_over_the_edge_is_cut_there() {
    let desktop = desktop();
    let _other = other_window(&desktop, [900, 700, 400, 300]);
    let part = taken(&desktop, "part", &[]).unwrap();
    assert!(part.width() <= 400 && part.height() <= 300);
    assert_eq!(part.get_pixel(5, 5).0, COLOURS[0]);
}

#[test]
fn without_a_screen_a_sentence_says_so() {
    let desktop = desktop();
    let sentence = taken(&desktop, "whole", &[("DISPLAY", "")]).unwrap_err();
    assert!(sentence.starts_with("There is no screen here"), "{sentence}");
    let output = run(&desktop, &["describe", "--screen"], &[("DISPLAY", ":4711")]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("There is no screen here"));
    let line = json_line(&run(
        &desktop,
        &["describe", "--json", "--screen-part"],
        &[("DISPLAY", "")],
    ));
    assert_eq!(line["photo"], "screen-part");
    assert!(line["error"].as_str().unwrap().starts_with("There is no screen here"));
}

/// Wayland as far as the picture of the screen is concerned.
const WAYLAND: [(&str, &str); 1] = [("WAYLAND_DISPLAY", "wayland-0")];

#[test]
fn on_wayland_the_portal_takes_the_picture_and_its_file_does_not_stay() {
    let desktop = desktop();
    let picture = four_corners(desktop.folder(), "a screen.png");
    let mut portal = portal(&desktop, "picture", &picture);
    for (area, way) in [("whole", "at once"), ("part", "interactive")] {
        let taken = taken(&desktop, area, &WAYLAND).unwrap();
        assert!(taken == image::open(&picture).unwrap().to_rgb8());
        assert_eq!(portal.line(), way);
    }
    let files: Vec<_> = std::fs::read_dir(desktop.folder())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .filter(|name| name.contains("of the portal"))
        .collect();
    assert!(files.is_empty(), "{files:?}");
}

#[test]
fn whatever_a_portal_answers_ends_in_a_sentence() {
    let desktop = desktop();
    let picture = four_corners(desktop.folder(), "a screen.png");
    let sentence = taken(&desktop, "whole", &WAYLAND).unwrap_err();
    assert!(sentence.contains("it has no portal for that"), "{sentence}");
    for (answer, expected) in [
        ("cancel", "No picture of the screen was taken."),
        ("refuse", "The desktop has given no picture of the screen."),
        ("deny", "The desktop has given no picture of the screen."),
        ("vanish", "The desktop's portal has ended without a picture"),
        ("web", "The desktop's portal has ended without a picture"),
    ] {
        let _portal = portal(&desktop, answer, &picture);
        let begun = Instant::now();
        let sentence = taken(&desktop, "part", &WAYLAND).unwrap_err();
        assert!(sentence.starts_with(expected), "{answer}: {sentence}");
        assert!(begun.elapsed() < Duration::from_secs(10), "{answer} is not waited for");
    }
    // What it hands out may be no picture.
    let text = desktop.folder().join("no picture.png");
    std::fs::write(&text, "no picture").unwrap();
    let _portal = portal(&desktop, "picture", &text);
    let sentence = taken(&desktop, "whole", &WAYLAND).unwrap_err();
    assert!(sentence.starts_with("The desktop's picture of the screen cannot be used: This file is no picture"));
}

#[test]
fn the_clipboard_is_described_for_scripts() {
    let desktop = desktop();
    let output = run(&desktop, &["describe", "--clipboard"], &[]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).starts_with("There is no picture and no photo file"));
    desktop.copy_picture(&four_corners(desktop.folder(), "copied.png"));
    let line = json_line(&run(&desktop, &["describe", "--clipboard", "--json"], &[]));
    assert_eq!(line["photo"], "clipboard");
    assert!(line["caption"].is_string() || line["no_picture"].is_string(), "{line}");
}

/// Waits until the photo that the window shows is the other program's window, and nothing of our own.
fn wait_for_the_other_window(window: &Window, name: &str) {
    let begun = Instant::now();
    loop {
        let [left, top, width, height] = window.wait_for("image", &format!("Photo: {name}, .*")).rect;
        let shown = image::imageops::crop_imm(&window.picture(), left, top, width, height).to_image();
        let known = |pixel: &Rgb<u8>| COLOURS.iter().any(|colour| is_shade(pixel.0, *colour));
        // The photo keeps its proportions within the area, with the window's own even colour beside it.
        let seen = shown.pixels().filter(|pixel| known(pixel)).count();
        let edge = *shown.get_pixel(1, 1);
        let beside = shown.pixels().filter(|pixel| near(pixel.0, edge.0)).count();
        let share = (seen + beside) as f64 / f64::from(width * height);
        if seen * 2 > (width * height) as usize && share > 0.95 {
            return;
        }
        assert!(
            begun.elapsed() < Duration::from_secs(30),
            "{seen} and {beside} of {width} × {height}"
        );
    }
}

/// The name of the window that has the keyboard.
fn in_front(desktop: &Desktop) -> String {
    let mut xdotool = desktop.command("xdotool");
    let output = xdotool
        .args(["getactivewindow", "getwindowname"])
        .stdout(Stdio::piped())
        .output()
        .unwrap();
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// Whether it is a colour as it is, or darker: a picture that was described before is lit at once, and the rest of it
/// dimmed.
fn is_shade(one: [u8; 3], colour: [u8; 3]) -> bool {
    let product = |a: [u8; 3], b: [u8; 3]| -> f32 { a.iter().zip(b).map(|(a, b)| f32::from(*a) * f32::from(b)).sum() };
    let light = product(one, colour) / product(colour, colour);
    (0.3..1.1).contains(&light) && near(one, colour.map(|part| (f32::from(part) * light) as u8))
}

fn near(one: [u8; 3], other: [u8; 3]) -> bool {
    one.iter().zip(other).all(|(one, other)| one.abs_diff(other) < 12)
}

#[test]
fn the_window_takes_the_screen_by_key_without_itself_in_the_picture_and_comes_back() {
    let desktop = desktop();
    let model = models::model(Kind::Transformer, json!({}));
    let _other = other_window(&desktop, [0, 0, 1100, 860]);
    let window = desktop.open([Path::new("--model"), model.path()]);
    window.wait_for("(push )?button", "Open");
    window.key("ctrl+shift+p");
    window.wait_for("image", "Photo: screen, 1100 by 860 pixels");
    wait_for_the_other_window(&window, "screen");
    assert_eq!(in_front(&desktop), "Hearsight");
    window.key("ctrl+shift+w");
    window.wait_for("image", "Photo: part of the screen, 1100 by 860 pixels");
    wait_for_the_other_window(&window, "part of the screen");
    window.close();
}

#[test]
fn a_key_of_the_desktop_opens_the_window_with_the_screen_as_it_was() {
    let desktop = desktop();
    let model = models::model(Kind::Transformer, json!({}));
    let _other = other_window(&desktop, [100, 100, 640, 480]);
    let window = desktop.open([Path::new("--screen-part"), Path::new("--model"), model.path()]);
    window.wait_for("image", "Photo: part of the screen, 640 by 480 pixels");
    wait_for_the_other_window(&window, "part of the screen");
    window.close();
}

#[test]
fn a_second_start_shows_its_photo_in_the_window_that_is_there() {
    let desktop = desktop();
    let (first, second) = (photo(&desktop, "first.png"), photo(&desktop, "second ü%20.png"));
    let window = desktop.open([&first]);
    window.wait_for("image", r"Photo: first\.png, .*");
    let output = run(&desktop, &[second.to_str().unwrap()], &[]);
    assert!(output.status.success(), "{output:?}");
    window.wait_for("image", "Photo: second ü%20\\.png, .*");

    // A start with nothing only shows the window; one for the screen hides it, takes the picture and brings it back.
    assert!(run(&desktop, &[], &[]).status.success());
    let _other = other_window(&desktop, [0, 0, 1100, 860]);
    assert!(run(&desktop, &["--screen"], &[]).status.success());
    window.wait_for("image", "Photo: screen, 1100 by 860 pixels");
    wait_for_the_other_window(&window, "screen");
    window.close();
}

fn photo(desktop: &Desktop, name: &str) -> PathBuf {
    four_corners(desktop.folder(), name)
}
