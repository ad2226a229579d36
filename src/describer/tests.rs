//! The thread with a captioner that is as slow or as broken as a test needs it.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;

use super::*;
use crate::captioner::Seconds;

/// Plenty on a loaded machine, and never waited for where all is well.
const PATIENCE: Duration = Duration::from_secs(20);

/// Looks at a photo until it is cancelled where its name says "slow"; fails where it says "broken".
struct Script;

impl Looker for Script {
    fn about(&self) -> (String, String) {
        ("script".to_owned(), "cpu".to_owned())
    }

    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        progress(Stage::Encode);
        let begun = Instant::now();
        while photo.name().contains("slow") && begun.elapsed() < PATIENCE {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        if photo.name().contains("broken") {
            return Err("The model failed.".to_owned());
        }
        Ok(Some(described(photo.name())))
    }
}

fn described(caption: &str) -> Description {
    Description {
        caption: caption.to_owned(),
        confidence: 0.9,
        words: Vec::new(),
        alternatives: Vec::new(),
        tokens: Vec::new(),
        score: 0.0,
        model: "script".to_owned(),
        device: "cpu".to_owned(),
        seconds: Seconds::default(),
    }
}

fn pixels(name: &str) -> Source {
    Source::Pixels {
        name: name.to_owned(),
        pixels: RgbImage::new(4, 3),
    }
}

fn script() -> Result<Box<dyn Looker>, String> {
    Ok(Box::new(Script))
}

fn no_model() -> Result<Box<dyn Looker>, String> {
    Err("There is no model. Install one.".to_owned())
}

/// Polls until `wanted` gives a value, and fails the test where it does not come.
fn wait<T>(describer: &mut Describer, mut wanted: impl FnMut(&Event) -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        while let Some(event) = describer.poll() {
            if let Some(found) = wanted(&event) {
                return found;
            }
        }
        assert!(begun.elapsed() < PATIENCE, "the event did not come");
        std::thread::sleep(Duration::from_millis(2));
    }
}

fn done(event: &Event) -> Option<(JobId, String)> {
    match event {
        Event::Done { job, description } => Some((*job, description.caption.clone())),
        _ => None,
    }
}

fn failed(event: &Event) -> Option<(JobId, String)> {
    match event {
        Event::Failed { job, sentence } => Some((*job, sentence.clone())),
        _ => None,
    }
}

#[test]
fn a_photo_is_shown_then_described() {
    let mut describer = Describer::start_with(script, None, || {});
    let name = wait(&mut describer, |event| match event {
        Event::ModelReady { name, .. } => Some(name.clone()),
        _ => None,
    });
    assert_eq!(name, "script");
    let job = describer.describe(pixels("a dog"));
    let mut seen = Vec::new();
    wait(&mut describer, |event| {
        seen.push(match event {
            Event::PhotoReady { job, photo, .. } => format!("photo {job} {}", photo.name()),
            Event::Progress { job, stage } => format!("progress {job} {stage:?}"),
            Event::Done { job, description } => format!("done {job} {}", description.caption),
            other => format!("{other:?}"),
        });
        done(event)
    });
    assert_eq!(job, 1);
    assert_eq!(seen, ["photo 1 a dog", "progress 1 Encode", "done 1 a dog"]);
}

#[test]
fn the_first_photo_is_shown_before_the_model_is_loaded() {
    let (let_go, held) = unbounded::<()>();
    let load = move || {
        held.recv_timeout(PATIENCE).map_err(|_| "never let go".to_owned())?;
        script()
    };
    let mut describer = Describer::start_with(load, Some(pixels("first")), || {});
    wait(&mut describer, |event| {
        matches!(event, Event::PhotoReady { job: 1, .. }).then_some(())
    });
    let_go.send(()).unwrap();
    assert_eq!(wait(&mut describer, done), (1, "first".to_owned()));
}

#[test]
fn a_newer_photo_cancels_the_one_at_work_and_nothing_of_it_is_heard() {
    let mut describer = Describer::start_with(script, None, || {});
    describer.describe(pixels("slow"));
    wait(&mut describer, |event| {
        matches!(event, Event::Progress { .. }).then_some(())
    });
    let begun = Instant::now();
    let newer = describer.describe(pixels("newer"));
    let mut jobs = Vec::new();
    let caption = wait(&mut describer, |event| {
        jobs.extend(event.job());
        done(event)
    });
    assert_eq!(caption, (newer, "newer".to_owned()));
    assert!(jobs.iter().all(|job| *job == newer), "{jobs:?}");
    assert!(begun.elapsed() < PATIENCE / 2, "the slow one was not cancelled");
}

#[test]
fn a_result_that_waits_unread_is_dropped_when_a_newer_photo_comes() {
    let woken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&woken);
    let mut describer = Describer::start_with(script, Some(pixels("older")), move || {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    // Photo, model, progress, done: all of them lie unread in the channel.
    let begun = Instant::now();
    while woken.load(Ordering::SeqCst) < 4 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(2));
    }
    describer.describe(pixels("newer"));
    assert_eq!(wait(&mut describer, done), (2, "newer".to_owned()));
}

#[test]
fn of_many_photos_at_once_the_last_is_described() {
    let mut describer = Describer::start_with(script, None, || {});
    for number in 1..=50 {
        describer.describe(pixels(&format!("slow {number}")));
    }
    describer.describe(pixels("the last"));
    assert_eq!(wait(&mut describer, done), (51, "the last".to_owned()));
}

#[test]
fn without_a_model_the_photo_is_shown_and_the_reason_told() {
    let mut describer = Describer::start_with(no_model, Some(pixels("a dog")), || {});
    let mut shown = false;
    let mut model = None;
    let (job, sentence) = wait(&mut describer, |event| {
        shown |= matches!(event, Event::PhotoReady { .. });
        if let Event::ModelFailed { sentence } = event {
            model = Some(sentence.clone());
        }
        failed(event)
    });
    assert!(shown);
    assert_eq!((job, sentence.as_str()), (1, "There is no model. Install one."));
    assert_eq!(model, Some(sentence));
}

#[test]
fn a_photo_that_fails_leaves_the_next_one_to_be_described() {
    let mut describer = Describer::start_with(script, None, || {});
    describer.describe(pixels("broken"));
    assert_eq!(wait(&mut describer, failed), (1, "The model failed.".to_owned()));
    describer.describe(Source::Path(PathBuf::from("/no/such/photo.png")));
    let (job, sentence) = wait(&mut describer, failed);
    assert_eq!(job, 2);
    assert!(sentence.ends_with('.'), "{sentence}");
    describer.describe(pixels("fine"));
    assert_eq!(wait(&mut describer, done), (3, "fine".to_owned()));
}

#[test]
fn dropping_ends_the_thread_at_once_even_while_it_looks() {
    let mut describer = Describer::start_with(script, Some(pixels("slow")), || {});
    wait(&mut describer, |event| {
        matches!(event, Event::Progress { .. }).then_some(())
    });
    let begun = Instant::now();
    drop(describer);
    assert!(begun.elapsed() < PATIENCE / 2);
}

#[test]
fn dropping_does_not_wait_for_a_model_that_loads_for_long() {
    let (let_go, held) = unbounded::<()>();
    let load = move || {
        let _ = held.recv_timeout(PATIENCE);
        script()
    };
    let describer = Describer::start_with(load, None, || {});
    let begun = Instant::now();
    drop(describer);
    assert!(begun.elapsed() < PATIENCE / 2, "{:?}", begun.elapsed());
    drop(let_go);
}

#[test]
fn a_thread_that_dies_is_told_as_a_sentence_for_every_photo() {
    let mut describer = Describer::start_with(|| panic!("on purpose"), None, || {});
    let sentence = wait(&mut describer, |event| match event {
        Event::ModelFailed { sentence } => Some(sentence.clone()),
        _ => None,
    });
    assert_eq!(sentence, text!("describer-gone"));
    let job = describer.describe(pixels("a dog"));
    assert_eq!(wait(&mut describer, failed), (job, text!("describer-gone")));
    assert!(describer.poll().is_none());
}

#[test]
fn a_huge_photo_is_scaled_down_for_the_screen_and_a_thin_one_keeps_a_pixel() {
    let shown = |width, height| {
        preview(&Photo::from_pixels("photo", RgbImage::new(width, height)))
            .pixels()
            .dimensions()
    };
    assert_eq!(shown(4096, 3072), (2048, 1536));
    assert_eq!(shown(1, 10_000), (1, 2048));
    assert_eq!(shown(640, 480), (640, 480));
}
