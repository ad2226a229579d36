//! Whatever a person does, in whatever order: one job is at work at most, and what stands on the screen belongs to the
//! photo that was asked for last.

use super::photos::{Teller, picture};
use super::*;

const EVENTS: usize = 1000;

/// The photo on the screen and the sentence below it belong together, and nothing else is at work.
fn check(window: &Window, teller: &Teller, last: Option<&str>, what: &str) {
    let app = window.harness.state();
    assert!(teller.most.load(Ordering::SeqCst) <= 1, "two jobs at once after {what}");
    if let (Some((photo, _)), Some(description)) = (&app.shown, &app.description)
        && !description.caption.contains("runs")
        && description.caption.contains("dog in ")
    {
        let expected = format!("dog in {}", photo.name().replace(' ', "-"));
        assert_eq!(description.caption, expected, "after {what}");
    }
    if let (Some(last), Some((photo, _)), None, false) = (last, &app.shown, app.at_work, app.album.is_opening()) {
        assert_eq!(photo.name(), last, "after {what}");
    }
}

#[test]
fn a_thousand_random_events_leave_one_job_and_the_newest_photo() {
    for seed in [1, 7] {
        storm(seed, EVENTS / 2);
    }
}

fn storm(seed: u64, events: usize) {
    let mut random = fastrand::Rng::with_seed(seed);
    let teller = Teller::default();
    let mut window = Window::telling(&teller, |_| Vec::new());
    let photos = window.folder.path().join("photos");
    std::fs::create_dir(&photos).unwrap();
    let names = [
        "a.png",
        "b doubt.png",
        "c blank.png",
        "d slow.png",
        "e.png",
        "f.png",
        "g slow.png",
    ];
    let paths: Vec<PathBuf> = names.iter().map(|name| picture(&photos, name)).collect();
    // What must be on the screen once all is quiet; none where that depends on how far the list had come.
    let mut last: Option<String> = None;
    for number in 0..events {
        let any = |random: &mut fastrand::Rng| random.usize(0..paths.len());
        let what = match random.u8(0..14) {
            0 => {
                let at = any(&mut random);
                window
                    .desktop
                    .borrow_mut()
                    .arrivals
                    .push_back(Arrival::Files(vec![paths[at].clone()]));
                last = Some(names[at].to_owned());
                "a chosen file"
            }
            1 => {
                let (one, other) = (any(&mut random), any(&mut random));
                for at in [one, other] {
                    let file = Arc::new(Dropped(paths[at].clone()));
                    window.harness.input_mut().dropped_files.push(file);
                }
                last = Some(names[one].to_owned());
                "a drop of two"
            }
            2 => {
                window
                    .harness
                    .input_mut()
                    .dropped_files
                    .push(Arc::new(Dropped(photos.clone())));
                last = Some(names[0].to_owned());
                "a dropped folder"
            }
            3 => {
                let picture = image::RgbImage::new(random.u32(1..9), 5);
                window
                    .desktop
                    .borrow_mut()
                    .arrivals
                    .push_back(Arrival::Picture(picture));
                last = Some("pasted picture".to_owned());
                "a paste"
            }
            4 | 5 => {
                window.harness.key_press(Key::PageDown);
                last = None;
                "the next photo"
            }
            6 => {
                window.harness.key_press(Key::PageUp);
                last = None;
                "the photo before"
            }
            7 => {
                window.harness.key_press(Key::Escape);
                last = None;
                "escape"
            }
            8 => {
                window.harness.key_press_modifiers(Modifiers::COMMAND, Key::D);
                "again"
            }
            9 => {
                window.harness.key_press(Key::ArrowDown);
                "another sentence"
            }
            10 => {
                window.harness.key_press(Key::ArrowUp);
                "the sentence before"
            }
            11 => {
                window.harness.key_press(Key::T);
                "the guess"
            }
            12 => {
                window.harness.key_press(Key::Space);
                "space"
            }
            _ => {
                window.harness.key_press(Key::ArrowRight);
                "the next word"
            }
        };
        window.harness.run_steps(random.usize(1..4));
        if random.u8(0..6) == 0 {
            std::thread::sleep(Duration::from_millis(random.u64(1..8)));
            window.harness.step();
        }
        check(
            &window,
            &teller,
            last.as_deref(),
            &format!("event {number}, {what}, seed {seed}"),
        );
    }
    // Once a quick photo is asked for and all is quiet, it is that one.
    window.drop_files(&[paths[0].clone()]);
    window.wait("the last photo", |window| {
        window.heading() == "Description: dog in a.png"
    });
    check(&window, &teller, Some("a.png"), "the storm");
    assert!(!window.harness.state().is_working());
}
