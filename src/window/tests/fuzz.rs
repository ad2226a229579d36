//! A thousand random keys, letters, presses and drops in the real window: it never panics, never speaks with two voices
//! or works on two photos at once, and always answers afterwards.

use std::cell::Cell;
use std::sync::atomic::AtomicBool;

use super::*;
use crate::settings::SpeechMode;
use crate::window::screen_reader::ScreenReader;
use crate::window::sheet::Sheet;
use crate::window::voice::Narrator;

/// Events in all, shared out over the seeds.
const EVENTS: usize = 1000;

/// Looks for some milliseconds, sometimes until it is told to stop, sometimes fails.
#[derive(Clone, Default)]
struct Moody {
    at_work: Arc<AtomicUsize>,
    twice: Arc<AtomicBool>,
    looks: u32,
}

impl Looker for Moody {
    fn about(&self) -> (String, String) {
        ("moody".to_owned(), "cpu".to_owned())
    }

    fn look(
        &mut self,
        _: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        if self.at_work.fetch_add(1, Ordering::SeqCst) > 0 {
            self.twice.store(true, Ordering::SeqCst);
        }
        self.looks += 1;
        progress(Stage::Encode);
        let long = Duration::from_millis(if self.looks.is_multiple_of(5) { 60_000 } else { 3 });
        let begun = Instant::now();
        while begun.elapsed() < long && !cancel.is_cancelled() {
            std::thread::sleep(Duration::from_millis(1));
        }
        progress(Stage::Search { tokens: 3 });
        self.at_work.fetch_sub(1, Ordering::SeqCst);
        match self.looks % 7 {
            _ if cancel.is_cancelled() => Ok(None),
            0 => Err("It failed. Try another photo.".to_owned()),
            3 => Ok(Some(a_dog_runs(0.1))),
            _ => Ok(Some(a_dog_runs(0.9))),
        }
    }
}

/// A voice as the platform's: it says one thing, which a newer one ends, and may take for ever.
#[derive(Default)]
struct Mouth {
    saying: Cell<Option<u64>>,
    newest: Cell<u64>,
    events: RefCell<VecDeque<SpeechEvent>>,
}

impl Mouth {
    fn end(&self) {
        if let Some(id) = self.saying.take() {
            self.events.borrow_mut().push_back(SpeechEvent::Ended {
                id,
                duration: Duration::from_millis(500),
            });
        }
    }

    fn begin(&self) {
        if let Some(id) = self.saying.get() {
            self.events.borrow_mut().push_back(SpeechEvent::Began {
                id,
                at: Instant::now(),
                timeline: Pace::default().timeline(&["a", "dog", "runs"]),
            });
        }
    }

    fn fail(&self) {
        let error = SpeechError::NoVoice;
        let id = self.saying.take();
        self.events.borrow_mut().push_back(SpeechEvent::Failed { id, error });
    }
}

impl Voice for Rc<Mouth> {
    fn speak(&self, utterance: Utterance) {
        assert!(utterance.id > self.newest.get(), "an utterance is never said twice");
        assert!(!utterance.text().trim().is_empty(), "there is something to say");
        self.newest.set(utterance.id);
        if let Some(id) = self.saying.replace(Some(utterance.id)) {
            self.events.borrow_mut().push_back(SpeechEvent::Stopped { id });
        }
    }

    fn stop(&self) {
        if let Some(id) = self.saying.take() {
            self.events.borrow_mut().push_back(SpeechEvent::Stopped { id });
        }
    }

    fn set_manner(&self, _: Manner) {}

    fn list_voices(&self) {
        let voices = SpeechEvent::Voices(Ok(Vec::new()));
        self.events.borrow_mut().push_back(voices);
    }

    fn event(&self) -> Option<SpeechEvent> {
        self.events.borrow_mut().pop_front()
    }
}

struct Reader(Rc<Cell<bool>>);

impl ScreenReader for Reader {
    fn is_on(&self) -> bool {
        self.0.get()
    }
}

/// The window under the storm, and its fakes.
struct Storm {
    window: Window,
    random: fastrand::Rng,
    mouth: Rc<Mouth>,
    reader: Rc<Cell<bool>>,
    looker: Moody,
    files: Vec<PathBuf>,
    /// What was done last, for the report.
    done: VecDeque<String>,
    seed: u64,
}

impl Storm {
    fn new(seed: u64) -> Self {
        let looker = Moody::default();
        let theirs = looker.clone();
        let mut window = Window::with(move || Ok(Box::new(theirs)), true);
        let (mouth, reader) = (Rc::<Mouth>::default(), Rc::<Cell<bool>>::default());
        let narrator = Narrator::new(Box::new(Rc::clone(&mouth)), Box::new(Reader(Rc::clone(&reader))));
        window.harness.state_mut().narrator = narrator;
        // What no font of the tests can draw is a box, as in the window itself.
        window
            .harness
            .ctx
            .set_missing_glyph_policy(egui::MissingGlyphPolicy::Tofu);
        let folder = window.folder.path().to_owned();
        let wide = folder.join("wide.png");
        image::RgbImage::from_pixel(900, 60, image::Rgb([9, 99, 200]))
            .save(&wide)
            .unwrap();
        let text = folder.join("no photo.txt");
        std::fs::write(&text, "nothing to see").unwrap();
        let files = vec![window.photo(), wide, text, folder.clone(), folder.join("gone.png")];
        Self {
            window,
            random: fastrand::Rng::with_seed(seed),
            mouth,
            reader,
            looker,
            files,
            done: VecDeque::new(),
            seed,
        }
    }

    fn note(&mut self, what: String) {
        self.done.push_back(what);
        if self.done.len() > 12 {
            self.done.pop_front();
        }
    }

    fn place(&mut self) -> egui::Pos2 {
        let size = self.window.harness.ctx.content_rect().size();
        egui::pos2(self.random.f32() * size.x, self.random.f32() * size.y)
    }

    /// One thing that a person, the desktop, the voice or a screen reader may do.
    fn event(&mut self) {
        let what = match self.random.u8(0..20) {
            0..=7 => {
                let entry = &COMMANDS[self.random.usize(0..COMMANDS.len())];
                let key = entry.keys[self.random.usize(0..entry.keys.len())];
                self.window.harness.key_press_modifiers(key.modifiers, key.logical_key);
                entry.key()
            }
            8 | 9 => {
                let key = Key::ALL[self.random.usize(0..Key::ALL.len())];
                let sets = [Modifiers::NONE, Modifiers::SHIFT, Modifiers::COMMAND, Modifiers::ALT];
                let modifiers = sets[self.random.usize(0..sets.len())];
                self.window.harness.key_press_modifiers(modifiers, key);
                format!("{modifiers:?} {key:?}")
            }
            10 => {
                for _ in 0..self.random.usize(1..4) {
                    self.window.harness.key_press(Key::Tab);
                }
                let key = [Key::Enter, Key::Space, Key::Escape][self.random.usize(0..3)];
                self.window.harness.key_press(key);
                format!("Tab and {key:?}")
            }
            11 => {
                let texts = [
                    "x",
                    "강아지",
                    "\u{0}\u{7}",
                    "/tmp",
                    "~",
                    "\u{1f415}",
                    "a\nb",
                    "\u{202e}",
                ];
                let text = texts[self.random.usize(0..texts.len())];
                self.window.harness.event(egui::Event::Text(text.to_owned()));
                format!("typed {text:?}")
            }
            12..=14 => {
                let (from, to) = (self.place(), self.place());
                let button = [egui::PointerButton::Primary, egui::PointerButton::Secondary][self.random.usize(0..2)];
                let press = |pos, pressed| egui::Event::PointerButton {
                    pos,
                    button,
                    pressed,
                    modifiers: Modifiers::NONE,
                };
                let end = if self.random.bool() { from } else { to };
                self.window.harness.event(egui::Event::PointerMoved(from));
                self.window.harness.event(press(from, true));
                self.window.harness.event(egui::Event::PointerMoved(end));
                self.window.harness.event(press(end, false));
                format!("pointer {from} to {end}")
            }
            15 => {
                let delta = egui::vec2(0.0, self.random.f32() * 400.0 - 200.0);
                let place = self.place();
                self.window.harness.event(egui::Event::PointerMoved(place));
                self.window.harness.event(egui::Event::MouseWheel {
                    unit: egui::MouseWheelUnit::Point,
                    delta,
                    phase: egui::TouchPhase::Move,
                    source: egui::MouseWheelSource::Unknown,
                    modifiers: [Modifiers::NONE, Modifiers::COMMAND][self.random.usize(0..2)],
                });
                format!("wheel {delta}")
            }
            16 => {
                for _ in 0..self.random.usize(1..4) {
                    let file = self.files[self.random.usize(0..self.files.len())].clone();
                    let dropped = Arc::new(Dropped(file));
                    self.window.harness.input_mut().dropped_files.push(dropped);
                }
                "a drop".to_owned()
            }
            17 => {
                let file = self.files[self.random.usize(0..self.files.len())].clone();
                let picture = image::RgbImage::new(self.random.u32(1..30), self.random.u32(1..30));
                let arrival = match self.random.u8(0..6) {
                    0 => Arrival::Files(vec![file]),
                    1 => Arrival::Picture(picture),
                    2 => Arrival::NothingChosen,
                    3 => Arrival::NoDialog,
                    4 => Arrival::NotPasted("nothing".to_owned()),
                    _ => Arrival::Started(Vec::new()),
                };
                let what = format!("{arrival:?}");
                self.window.desktop.borrow_mut().arrivals.push_back(arrival);
                what.chars().take(40).collect()
            }
            18 => match self.random.u8(0..4) {
                0 => {
                    self.mouth.begin();
                    "the voice begins".to_owned()
                }
                1 | 2 => {
                    self.mouth.end();
                    "the voice ends".to_owned()
                }
                _ => {
                    self.mouth.fail();
                    "the voice fails".to_owned()
                }
            },
            _ => match self.random.u8(0..3) {
                0 => {
                    self.reader.set(!self.reader.get());
                    format!("screen reader {}", self.reader.get())
                }
                1 => {
                    let sizes = [[320.0, 400.0], [900.0, 700.0], [2000.0, 300.0], [200.0, 150.0]];
                    let size = sizes[self.random.usize(0..sizes.len())];
                    self.window.harness.set_size(size.into());
                    format!("size {size:?}")
                }
                _ => {
                    std::thread::sleep(Duration::from_millis(self.random.u64(1..6)));
                    "a pause".to_owned()
                }
            },
        };
        self.note(what);
        for _ in 0..self.random.usize(1..4) {
            self.window.harness.step();
        }
        self.check();
    }

    fn check(&self) {
        let report = || format!("seed {}, after {:?}", self.seed, self.done);
        let app = self.window.harness.state();
        assert!(
            !self.looker.twice.load(Ordering::SeqCst),
            "two jobs at once: {}",
            report()
        );
        if self.reader.get() && app.settings.speech == SpeechMode::Automatic {
            assert!(
                !app.is_speaking(),
                "two voices: the screen reader's and ours: {}",
                report()
            );
            assert_eq!(self.mouth.saying.get(), None, "two voices: {}", report());
        }
        // What the window holds for speech is what the voice says; what the voice has told since comes next frame.
        if self.mouth.events.borrow().is_empty() {
            assert_eq!(app.is_speaking(), self.mouth.saying.get().is_some(), "{}", report());
        }
    }

    /// Whatever has happened, two keys bring a dialog and the help.
    fn still_answers(mut self) {
        for _ in 0..5 {
            self.window.key(Key::Escape);
        }
        self.check();
        let chosen = self.window.desktop.borrow().chosen;
        self.window.command(Key::O);
        let report = || format!("seed {}, after {:?}", self.seed, self.done);
        assert_eq!(self.window.desktop.borrow().chosen, chosen + 1, "{}", report());
        self.window.key(Key::F1);
        assert!(self.window.harness.state().sheets.is(Sheet::Help), "{}", report());
    }
}

#[test]
fn a_thousand_random_events_never_panic_and_never_leave_two_voices_or_two_jobs() {
    // Another seed for a longer look: HEARSIGHT_SEED=12345 cargo test random_events.
    let given = std::env::var("HEARSIGHT_SEED").ok().and_then(|seed| seed.parse().ok());
    let seeds: Vec<u64> = given.map_or_else(|| vec![1, 20, 300, 4000, 50_000], |seed| vec![seed]);
    for seed in &seeds {
        eprintln!("seed {seed}");
        let mut storm = Storm::new(*seed);
        for _ in 0..EVENTS / seeds.len() {
            storm.event();
        }
        storm.still_answers();
    }
}
