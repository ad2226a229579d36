//! The thread with a captioner that is as slow or as broken as a test needs it.
#![allow(clippy::unwrap_used)]

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use crossbeam_channel::unbounded;

use image::RgbImage;

use super::worker::preview;
use super::*;
use crate::captioner::{AttentionKind, Cancel, Stage};

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
        model: "script".to_owned(),
        device: "cpu".to_owned(),
        ..Description::default()
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
        Event::Done { job, description, .. } => Some((*job, description.caption.clone())),
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
            Event::Done { job, description, .. } => format!("done {job} {}", description.caption),
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

/// Counts what it looks at; its looks say which number they are, and "blank" photos show nothing.
#[derive(Clone, Default)]
struct Counted {
    looks: Arc<AtomicUsize>,
    cancelled: Arc<AtomicUsize>,
}

impl Looker for Counted {
    fn about(&self) -> (String, String) {
        Script.about()
    }

    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        let number = self.looks.fetch_add(1, Ordering::SeqCst) + 1;
        let mut found = Script.look(photo, cancel, progress)?;
        if found.is_none() {
            self.cancelled.fetch_add(1, Ordering::SeqCst);
        }
        if let Some(description) = &mut found {
            description.caption = format!("{} at look {number}", photo.name());
        }
        Ok(found)
    }

    fn look_further(
        &mut self,
        photo: &Photo,
        description: &Description,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        if Script.look(photo, cancel, progress)?.is_none() {
            return Ok(None);
        }
        let mut description = description.clone();
        description.alternatives.push(crate::captioner::Alternative {
            caption: "another".to_owned(),
            confidence: 0.5,
            words: Vec::new(),
            tokens: Vec::new(),
            score: -1.0,
            expected: None,
        });
        Ok(Some(description))
    }

    fn occlude(
        &mut self,
        _: &Photo,
        description: &Description,
        _: &Cancel,
        _: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        let attention_kind = Some(AttentionKind::Occlusion);
        Ok(Some(Description {
            attention_kind,
            ..description.clone()
        }))
    }

    fn is_clear(&self, photo: &Photo) -> bool {
        !photo.name().contains("blank")
    }

    fn identity(&mut self) -> Option<String> {
        Some("counted".to_owned())
    }
}

impl Counted {
    fn describer(&self, recent: Option<Arc<Recent>>) -> Describer {
        let looker = self.clone();
        Describer::start_remembering(|| Ok(Box::new(looker)), recent, None, || {})
    }

    fn wait_for_looks(&self, count: usize) {
        let begun = Instant::now();
        while self.looks.load(Ordering::SeqCst) < count {
            assert!(begun.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(2));
        }
    }
}

fn on_disk(folder: &tempfile::TempDir, name: &str) -> PathBuf {
    let path = folder.path().join(name);
    let shade = u8::try_from(name.len() * 7).unwrap();
    RgbImage::from_pixel(4, 3, image::Rgb([shade; 3])).save(&path).unwrap();
    path
}

fn done_and_known(event: &Event) -> Option<(String, bool)> {
    match event {
        Event::Done { description, known, .. } => Some((description.caption.clone(), *known)),
        _ => None,
    }
}

#[test]
fn a_photo_that_was_described_ahead_is_shown_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = (on_disk(&folder, "one.png"), on_disk(&folder, "number two.png"));
    let looker = Counted::default();
    let mut describer = looker.describer(None);
    describer.describe(Source::Path(one.clone()));
    assert_eq!(
        wait(&mut describer, done_and_known),
        ("one.png at look 1".to_owned(), false)
    );
    describer.describe_ahead(vec![two.clone()]);
    looker.wait_for_looks(2);
    // Whether it has finished by then shows in what is known of it only.
    describer.describe(Source::Path(two.clone()));
    let (caption, _) = wait(&mut describer, done_and_known);
    assert!(caption.starts_with("number two.png at look"), "{caption}");
    // Stepping back and on again needs no further look.
    let looks = looker.looks.load(Ordering::SeqCst);
    for path in [one, two] {
        describer.describe(Source::Path(path));
        assert!(wait(&mut describer, done_and_known).1);
    }
    assert_eq!(looker.looks.load(Ordering::SeqCst), looks);
}

#[test]
fn what_the_person_asks_for_ends_what_is_described_ahead() {
    let folder = tempfile::tempdir().unwrap();
    let (slow, other) = (on_disk(&folder, "slow.png"), on_disk(&folder, "other.png"));
    let looker = Counted::default();
    let mut describer = looker.describer(None);
    describer.describe_ahead(vec![slow, on_disk(&folder, "never.png")]);
    looker.wait_for_looks(1);
    let begun = Instant::now();
    describer.describe(Source::Path(other));
    assert_eq!(wait(&mut describer, done_and_known).0, "other.png at look 2");
    assert!(begun.elapsed() < PATIENCE / 2);
    assert_eq!(looker.cancelled.load(Ordering::SeqCst), 1);
    assert_eq!(
        looker.looks.load(Ordering::SeqCst),
        2,
        "nothing else is described ahead"
    );
}

#[test]
fn a_file_that_has_changed_is_described_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = on_disk(&folder, "a.png");
    let looker = Counted::default();
    let mut describer = looker.describer(None);
    describer.describe(Source::Path(path.clone()));
    wait(&mut describer, done_and_known);
    RgbImage::from_pixel(40, 30, image::Rgb([200; 3])).save(&path).unwrap();
    describer.describe(Source::Path(path));
    assert_eq!(
        wait(&mut describer, done_and_known),
        ("a.png at look 2".to_owned(), false)
    );
}

#[test]
fn a_photo_with_nothing_to_see_is_not_looked_at() {
    let looker = Counted::default();
    let mut describer = looker.describer(None);
    let job = describer.describe(pixels("blank"));
    let told = wait(&mut describer, |event| match event {
        Event::NoPicture { job } => Some(*job),
        Event::Done { .. } => Some(0),
        _ => None,
    });
    assert_eq!((told, looker.looks.load(Ordering::SeqCst)), (job, 0));
}

#[test]
fn cancelled_work_is_not_heard_of_and_the_next_photo_is_described() {
    let looker = Counted::default();
    let mut describer = looker.describer(None);
    describer.describe(pixels("slow"));
    looker.wait_for_looks(1);
    while describer.poll().is_some() {}
    describer.cancel();
    let begun = Instant::now();
    while looker.cancelled.load(Ordering::SeqCst) == 0 {
        assert!(begun.elapsed() < PATIENCE / 2);
        std::thread::sleep(Duration::from_millis(2));
    }
    assert!(describer.poll().is_none());
    describer.describe(pixels("next"));
    assert_eq!(wait(&mut describer, done_and_known).0, "next at look 2");
}

#[test]
fn more_sentences_come_on_request() {
    let looker = Counted::default();
    let mut describer = looker.describer(None);
    let photo = Photo::from_pixels("a photo", RgbImage::new(4, 3));
    let job = describer.look_further(photo, None, described("first"), More::Sentences);
    let (of, captions) = wait(&mut describer, |event| match event {
        Event::Further { job, description, .. } => {
            Some((*job, description.sentences().map(str::to_owned).collect::<Vec<_>>()))
        }
        _ => None,
    });
    assert_eq!((of, captions), (job, vec!["first".to_owned(), "another".to_owned()]));
}

#[test]
fn where_the_photo_matters_is_found_on_request_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let path = on_disk(&folder, "a.png");
    let data = folder.path().join("data");
    let looker = Counted::default();
    let recent = || Some(Recent::start(Some(data.clone()), true, || {}));
    let mut describer = looker.describer(recent());
    let photo = Photo::open_with_digest(&path).unwrap();
    let job = describer.look_further(photo, None, described("first"), More::Places);
    let (of, kind) = wait(&mut describer, |event| match event {
        Event::Further {
            job,
            more: More::Places,
            description,
        } => Some((*job, description.attention_kind)),
        _ => None,
    });
    assert_eq!((of, kind), (job, Some(AttentionKind::Occlusion)));
    drop(describer);

    let mut describer = looker.describer(recent());
    describer.describe(Source::Path(path));
    let kind = wait(&mut describer, |event| match event {
        Event::Done {
            description,
            known: true,
            ..
        } => Some(description.attention_kind),
        _ => None,
    });
    assert_eq!(kind, Some(AttentionKind::Occlusion));
}

#[test]
fn a_description_that_was_kept_is_not_computed_again_unless_that_is_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = on_disk(&folder, "a.png");
    let data = folder.path().join("data");
    let looker = Counted::default();
    let recent = || Some(Recent::start(Some(data.clone()), true, || {}));
    let mut describer = looker.describer(recent());
    describer.describe(Source::Path(path.clone()));
    wait(&mut describer, done_and_known);
    drop(describer);

    // Under another name, and after another start: the content counts.
    let moved = folder.path().join("moved.png");
    std::fs::rename(&path, &moved).unwrap();
    let kept = recent();
    let mut describer = looker.describer(kept.clone());
    describer.describe(Source::Path(moved.clone()));
    assert_eq!(
        wait(&mut describer, done_and_known),
        ("a.png at look 1".to_owned(), true)
    );
    describer.describe(Source::Photo(Photo::open_with_digest(&moved).unwrap()));
    assert_eq!(
        wait(&mut describer, done_and_known),
        ("moved.png at look 2".to_owned(), false)
    );
    // Pixels have keys too.
    describer.describe(pixels("pasted"));
    assert!(!wait(&mut describer, done_and_known).1);
    describer.describe(pixels("pasted again"));
    assert_eq!(
        wait(&mut describer, done_and_known),
        ("pasted at look 3".to_owned(), true)
    );
    // Turned off, nothing is looked up.
    kept.unwrap().turn(false);
    describer.describe(pixels("pasted"));
    assert!(!wait(&mut describer, done_and_known).1);
}

#[test]
fn a_recent_description_is_shown_with_its_photo_or_without_it_where_that_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let path = on_disk(&folder, "a.png");
    let recent = Recent::start(Some(folder.path().join("data")), true, || {});
    let looker = Counted::default();
    let mut describer = looker.describer(Some(Arc::clone(&recent)));
    describer.describe(Source::Path(path.clone()));
    wait(&mut describer, done_and_known);
    describer.describe(pixels("pasted"));
    wait(&mut describer, done_and_known);
    let begun = Instant::now();
    while recent.entries().len() < 2 {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(2));
    }
    let entries = recent.entries();
    describer.describe(Source::Recent(entries[1].clone()));
    assert!(wait(&mut describer, done_and_known).1);
    std::fs::remove_file(path).unwrap();
    for (entry, caption) in [(&entries[1], "a.png at look 1"), (&entries[0], "pasted at look 2")] {
        describer.describe(Source::Recent(entry.clone()));
        let (name, sentence, found) = wait(&mut describer, |event| match event {
            Event::PhotoGone {
                name,
                sentence,
                description,
                ..
            } => Some((name.clone(), sentence.clone(), description.caption.clone())),
            _ => None,
        });
        assert_eq!((name, found.as_str()), (entry.name.clone(), caption));
        assert!(sentence.ends_with('.'), "{sentence}");
    }
    // Forgotten meanwhile, it is only told that the photo is gone.
    recent.clear();
    let begun = Instant::now();
    while recent.read(&entries[1]).is_some() {
        assert!(begun.elapsed() < PATIENCE);
        std::thread::sleep(Duration::from_millis(2));
    }
    describer.describe(Source::Recent(entries[1].clone()));
    assert!(wait(&mut describer, failed).1.contains("no such file"));
}
