//! The window whose frames are measured: it presses keys by itself and looks for their answers in what it paints.

use std::fs;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::App;
use egui::{Context, Event, FullOutput, Key, Modifiers, RawInput, Shape};
use hearsight::captioner::{Attention, Cancel, Description, Stage, Word};
use hearsight::describer::Looker;
use hearsight::photo::Photo;
use hearsight::window::measuring;

/// How long the slow model works.
const WORK: Duration = Duration::from_secs(5);
/// Between two keys.
const PAUSE: Duration = Duration::from_millis(120);

/// A model that keeps its processor busy for its time.
struct Slow;

impl Looker for Slow {
    fn about(&self) -> (String, String) {
        ("slow".to_owned(), "cpu".to_owned())
    }

    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        let begun = Instant::now();
        let mut sum = 0.0_f64;
        progress(Stage::Encode);
        while photo.name().contains("small") && begun.elapsed() < WORK {
            if cancel.is_cancelled() {
                return Ok(None);
            }
            sum = (0..100_000).fold(sum, |sum, number| (sum + f64::from(number)).sqrt());
        }
        progress(Stage::Search { tokens: 3 });
        let word = |text: &str| Word {
            text: text.to_owned(),
            probability: 0.9,
            support: None,
            attention: Some(Attention {
                rows: 7,
                columns: 7,
                weights: vec![1.0 / 49.0; 49],
            }),
            place: None,
        };
        Ok(Some(Description {
            // The sum is used, so that the work is done.
            caption: if sum.is_nan() {
                "no sum".to_owned()
            } else {
                "a dog runs".to_owned()
            },
            confidence: 0.9,
            words: ["a", "dog", "runs"].map(word).to_vec(),
            tokens: vec![0, 1, 2, 3],
            score: -1.0,
            model: "slow".to_owned(),
            device: "cpu".to_owned(),
            ..Description::default()
        }))
    }
}

/// What is measured, one after the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Start,
    Working,
    Loading,
    Zooming,
    Moving,
    End,
}

/// One frame.
#[derive(Clone, Copy, Debug)]
struct Frame {
    part: Part,
    /// Input, widgets, tessellation and painting, as eframe measures them.
    whole: Duration,
    /// How long the thread meanwhile waited for a processor that something else had.
    waited: Duration,
}

/// What the painting tells the frame after it.
#[derive(Debug, Default)]
struct Painted {
    texts: Vec<String>,
}

/// Reads what is painted.
struct Reader(Arc<Mutex<Painted>>);

impl egui::Plugin for Reader {
    fn debug_name(&self) -> &'static str {
        "reader"
    }

    fn output_hook(&mut self, _: &Context, output: &mut FullOutput) {
        let mut texts = Vec::new();
        for clipped in &output.shapes {
            read(&clipped.shape, &mut texts);
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).texts = texts;
    }
}

fn read(shape: &Shape, texts: &mut Vec<String>) {
    match shape {
        Shape::Text(text) => texts.push(text.galley.text().to_owned()),
        Shape::Vec(shapes) => shapes.iter().for_each(|shape| read(shape, texts)),
        _ => {}
    }
}

/// A key whose answer is awaited.
struct Pressed {
    key: Key,
    at: Instant,
    /// How the answer begins.
    answer: &'static str,
    /// What stood there before.
    before: Option<String>,
}

/// The window, the keys and the figures.
struct Measured {
    inner: Box<dyn App>,
    painted: Arc<Mutex<Painted>>,
    part: Part,
    since: Instant,
    last_key: Instant,
    keys: usize,
    keys_of_part: usize,
    answered: usize,
    slowest_answer: Duration,
    pressed: Option<Pressed>,
    frames: Vec<Frame>,
    waited: Duration,
}

impl Measured {
    fn texts(&self) -> Vec<String> {
        self.painted
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .texts
            .clone()
    }

    fn go_on(&mut self, part: Part) {
        self.part = part;
        self.since = Instant::now();
        self.keys_of_part = 0;
    }

    /// The next key and how its answer begins; none for now.
    fn next_key(&self) -> Option<(Key, Modifiers, &'static str)> {
        let odd = self.keys_of_part % 2 == 1;
        let plain = |key, answer| Some((key, Modifiers::NONE, answer));
        match self.part {
            Part::Working | Part::Loading if odd => plain(Key::OpenBracket, "Text size"),
            Part::Working | Part::Loading => plain(Key::CloseBracket, "Text size"),
            Part::Zooming if self.keys_of_part < 16 => plain(Key::Plus, "Zoom"),
            Part::Zooming => plain(Key::Minus, "Zoom"),
            Part::Moving => {
                let to = [Key::ArrowRight, Key::ArrowDown, Key::ArrowRight, Key::ArrowUp][self.keys_of_part / 6 % 4];
                Some((to, Modifiers::SHIFT, "Zoom"))
            }
            Part::Start | Part::End => None,
        }
    }

    /// Where the parts begin and end.
    fn direct(&mut self, input: &mut RawInput) {
        let texts = self.texts();
        let described = texts.iter().any(|text| text.starts_with("Described in"));
        let (over, shown) = (self.since.elapsed(), |part: &str| {
            texts.iter().any(|text| text.contains(part))
        });
        match self.part {
            // Until the window stands and the model works.
            Part::Start if over > Duration::from_millis(1500) => self.go_on(Part::Working),
            Part::Working if over > WORK => {
                press(input, Key::PageDown, Modifiers::NONE);
                self.go_on(Part::Loading);
            }
            Part::Loading if over > Duration::from_secs(1) && (described || over > Duration::from_secs(30)) => {
                assert!(shown("2 of 2"), "the large photo is there: {texts:?}");
                self.go_on(Part::Zooming);
            }
            Part::Zooming if self.keys_of_part >= 20 => self.go_on(Part::Moving),
            Part::Moving if self.keys_of_part >= 48 => self.go_on(Part::End),
            _ => {}
        }
    }
}

fn press(input: &mut RawInput, key: Key, modifiers: Modifiers) {
    for pressed in [true, false] {
        input.events.push(Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers,
        });
    }
}

impl App for Measured {
    fn raw_input_hook(&mut self, ctx: &Context, input: &mut RawInput) {
        self.direct(input);
        let texts = self.texts();
        if let Some(pressed) = &self.pressed {
            let news = texts.iter().find(|text| text.starts_with(pressed.answer));
            let moves = pressed.answer == "Zoom" && news.is_some();
            if moves || news.is_some() && news != pressed.before.as_ref() {
                self.answered += 1;
                self.slowest_answer = self.slowest_answer.max(pressed.at.elapsed());
                self.pressed = None;
            } else if pressed.at.elapsed() > Duration::from_secs(2) {
                println!("{:?} was not answered in two seconds", pressed.key);
                self.pressed = None;
            }
        }
        if self.pressed.is_none()
            && self.last_key.elapsed() >= PAUSE
            && let Some((key, modifiers, answer)) = self.next_key()
        {
            press(input, key, modifiers);
            (self.keys, self.keys_of_part, self.last_key) = (self.keys + 1, self.keys_of_part + 1, Instant::now());
            let before = texts.into_iter().find(|text| text.starts_with(answer));
            self.pressed = Some(Pressed {
                key,
                at: Instant::now(),
                answer,
                before,
            });
        }
        if self.part == Part::End && self.pressed.is_none() {
            ctx.send_viewport_cmd(egui::ViewportCommand::Close);
        }
        // As fast as it can.
        ctx.request_repaint();
    }

    fn logic(&mut self, ctx: &Context, frame: &mut eframe::Frame) {
        let waited = waited();
        // The frame before this one.
        if let Some(seconds) = frame.info().cpu_usage {
            self.frames.push(Frame {
                part: self.part,
                whole: Duration::from_secs_f32(seconds),
                waited: waited.saturating_sub(self.waited),
            });
        }
        self.waited = waited;
        self.inner.logic(ctx, frame);
    }

    fn ui(&mut self, ui: &mut egui::Ui, frame: &mut eframe::Frame) {
        self.inner.ui(ui, frame);
    }

    fn on_exit(&mut self, gl: Option<&eframe::glow::Context>) {
        self.inner.on_exit(gl);
        self.report();
    }
}

impl Measured {
    fn report(&self) {
        for (part, name) in [
            (Part::Start, "the window opens"),
            (Part::Working, "a model works for 5 s"),
            (Part::Loading, "50 megapixels load"),
            (Part::Zooming, "50 megapixels zoomed"),
            (Part::Moving, "50 megapixels moved"),
        ] {
            let frames: Vec<&Frame> = self.frames.iter().filter(|frame| frame.part == part).collect();
            let mut times: Vec<Duration> = frames.iter().map(|frame| frame.whole).collect();
            times.sort();
            let Some(worst) = frames.iter().max_by_key(|frame| frame.whole) else {
                continue;
            };
            let ms = |time: Duration| time.as_secs_f64() * 1000.0;
            let share = |share: usize| ms(times[(times.len() - 1) * share / 100]);
            println!(
                "{name}: {} frames, median {:.1} ms, 99 of 100 within {:.1} ms, worst {:.1} ms \
                 (of which it waited {:.1} ms for a processor)",
                times.len(),
                share(50),
                share(99),
                ms(worst.whole),
                ms(worst.waited)
            );
        }
        println!(
            "{} of {} keys were answered, the slowest after {} ms",
            self.answered,
            self.keys,
            self.slowest_answer.as_millis()
        );
    }
}

/// How long this thread has waited for a processor since it began.
fn waited() -> Duration {
    let text = fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').nth(1).and_then(|word| word.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or(0))
}

/// Opens the window on the first photo of the folder and lets it measure itself.
pub fn window(folder: &Path) {
    let small = folder.join("a small.png");
    let wrap = |ctx: &Context, inner: Box<dyn App>| {
        let painted = Arc::<Mutex<Painted>>::default();
        ctx.add_plugin(Reader(Arc::clone(&painted)));
        let now = Instant::now();
        let measured = Measured {
            inner,
            painted,
            part: Part::Start,
            since: now,
            last_key: now,
            keys: 0,
            keys_of_part: 0,
            answered: 0,
            slowest_answer: Duration::ZERO,
            pressed: None,
            frames: Vec::new(),
            waited: waited(),
        };
        Box::new(measured) as Box<dyn App>
    };
    if let Err(error) = measuring::open(vec![small], || Ok(Box::new(Slow)), wrap) {
        println!("{error}");
    }
}
