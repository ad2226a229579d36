//! Every button and key, found by role and label as a screen reader finds them; the describer's real thread with a
//! scripted captioner, a scripted voice and a scripted desktop behind the real window.
#![allow(clippy::unwrap_used)]

mod every_command;
mod folder;
mod fonts;
mod fuzz;
mod looks;
mod own_words;
mod pictures;
mod screen;
mod settings;
mod sheets;
mod tab;

use std::cell::RefCell;
use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use egui::accesskit::Role;
use egui::{Key, Modifiers};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use super::app::HearsightApp;
use super::commands::{COMMANDS, Command};
use super::outside::{Arrival, Desktop};
use super::voice::Voice;
use crate::captioner::{Attention, AttentionKind, Cancel, Description, Place, Seconds, Stage, Word};
use crate::describer::{Describer, Looker, Source};
use crate::photo::Photo;
use crate::screen::Area;
use crate::speech::{Manner, Pace, SpeechError, SpeechEvent, Utterance};
use crate::text;

mod photos;
mod storm;

const PATIENCE: Duration = Duration::from_secs(20);

pub(super) fn word(text: &str, place: Option<Place>, weights: [f32; 4], probability: f32) -> Word {
    let attention = Attention {
        rows: 2,
        columns: 2,
        weights: weights.to_vec(),
    };
    Word {
        text: text.to_owned(),
        probability,
        support: None,
        attention: Some(attention),
        place,
    }
}

/// "a dog runs." with the dog in the lower left, and no idea where "runs" is.
pub(super) fn a_dog_runs(confidence: f32) -> Description {
    Description {
        caption: "a dog runs.".to_owned(),
        confidence,
        words: vec![
            word("a", None, [0.25; 4], 0.9),
            word("dog", Some(Place::LowerLeft), [0.0, 0.0, 1.0, 0.0], 0.8),
            word("runs.", Some(Place::Right), [0.0, 0.5, 0.0, 0.5], 0.05),
        ],
        tokens: vec![0, 1, 2, 3],
        score: -2.0,
        model: "script".to_owned(),
        device: "cpu".to_owned(),
        seconds: Seconds {
            load: 0.0,
            decode_photo: 0.1,
            encode: 0.2,
            search: 0.3,
        },
        ..Description::default()
    }
}

pub(super) struct Script(f32);

impl Looker for Script {
    fn about(&self) -> (String, String) {
        ("script".to_owned(), "cpu".to_owned())
    }

    fn look(&mut self, _: &Photo, _: &Cancel, progress: &mut dyn FnMut(Stage)) -> Result<Option<Description>, String> {
        progress(Stage::Encode);
        progress(Stage::Search { tokens: 3 });
        Ok(Some(a_dog_runs(self.0)))
    }
}

#[derive(Default)]
pub(super) struct VoiceLog {
    pub(super) said: RefCell<Vec<Utterance>>,
    stops: RefCell<usize>,
    manners: RefCell<Vec<Manner>>,
    listed: RefCell<usize>,
    events: RefCell<VecDeque<SpeechEvent>>,
}

impl Voice for Rc<VoiceLog> {
    fn speak(&self, utterance: Utterance) {
        self.said.borrow_mut().push(utterance);
    }

    fn stop(&self) {
        *self.stops.borrow_mut() += 1;
    }

    fn set_manner(&self, manner: Manner) {
        self.manners.borrow_mut().push(manner);
    }

    fn list_voices(&self) {
        *self.listed.borrow_mut() += 1;
    }

    fn event(&self) -> Option<SpeechEvent> {
        self.events.borrow_mut().pop_front()
    }
}

#[derive(Default)]
pub(super) struct DesktopLog {
    chosen: usize,
    pasted: usize,
    screens: Vec<Area>,
    folders: usize,
    pub(super) places: Vec<PathBuf>,
    arrivals: VecDeque<Arrival>,
}

impl Desktop for Rc<RefCell<DesktopLog>> {
    fn choose(&mut self) -> bool {
        self.borrow_mut().chosen += 1;
        true
    }

    fn choose_place(&mut self, name: &str, folder: Option<&Path>) -> bool {
        let place = folder.unwrap_or(Path::new("")).join(name);
        self.borrow_mut().places.push(place);
        true
    }

    fn choose_folder(&mut self) -> bool {
        self.borrow_mut().folders += 1;
        true
    }

    fn paste(&mut self) -> bool {
        self.borrow_mut().pasted += 1;
        true
    }

    fn take_screen(&mut self, area: Area) -> bool {
        self.borrow_mut().screens.push(area);
        true
    }

    fn look_up(&mut self, path: PathBuf) -> bool {
        let mut log = self.borrow_mut();
        let arrival = if path.exists() {
            Arrival::Found(path)
        } else {
            Arrival::NotFound(crate::photo::PhotoError::Missing.to_string())
        };
        log.arrivals.push_back(arrival);
        true
    }

    fn poll(&mut self) -> Option<Arrival> {
        self.borrow_mut().arrivals.pop_front()
    }
}

/// The window, and what it did to the world.
pub(super) struct Window {
    pub(super) harness: Harness<'static, HearsightApp>,
    pub(super) voice: Rc<VoiceLog>,
    pub(super) desktop: Rc<RefCell<DesktopLog>>,
    pub(super) folder: tempfile::TempDir,
}

impl Window {
    /// A window of somebody who has seen the welcome.
    pub(super) fn with(load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static, photo: bool) -> Self {
        Self::with_settings(load, photo, "welcome_seen = true")
    }

    /// A window with a photo whose file of settings has this content.
    pub(super) fn with_settings_file(content: &str) -> Self {
        let content = format!("welcome_seen = true\n{content}");
        Self::with_settings(|| Ok(Box::new(Script(0.9))), true, &content)
    }

    pub(super) fn with_settings(
        load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static,
        photo: bool,
        content: &str,
    ) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let place = folder.path().join("config");
        std::fs::create_dir(&place).unwrap();
        std::fs::write(place.join(crate::settings::FILE), content).unwrap();
        Self::in_folder(folder, load, photo)
    }

    pub(super) fn in_folder(
        folder: tempfile::TempDir,
        load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static,
        photo: bool,
    ) -> Self {
        let path = folder.path().join("a dog.png");
        image::RgbImage::from_pixel(40, 30, image::Rgb([90, 120, 60]))
            .save(&path)
            .unwrap();
        let first = photo.then_some(Source::Path(path));
        let (voice, desktop) = (Rc::<VoiceLog>::default(), Rc::<RefCell<DesktopLog>>::default());
        let settings = crate::settings::open_in(folder.path().join("config"));
        let harness = Harness::builder()
            .with_size([900.0, 700.0])
            .with_max_steps(20)
            .build_eframe(|creation| {
                super::look::theme::apply(&creation.egui_ctx);
                fonts::add_korean(&creation.egui_ctx);
                let describer = Describer::start_with(load, first, || {});
                HearsightApp::new(
                    &creation.egui_ctx,
                    describer,
                    Box::new(Rc::clone(&voice)),
                    Box::new(Rc::clone(&desktop)),
                    usize::from(photo),
                    settings,
                )
            });
        Self {
            harness,
            voice,
            desktop,
            folder,
        }
    }

    /// An empty window with a model.
    pub(super) fn empty() -> Self {
        let mut window = Self::with(|| Ok(Box::new(Script(0.9))), false);
        window.wait_for_status(&text!("status-ready"));
        window
    }

    /// A window with a photo whose description has come and was given to the voice.
    pub(super) fn described() -> Self {
        Self::described_with(0.9)
    }

    pub(super) fn described_with(confidence: f32) -> Self {
        let mut window = Self::with(move || Ok(Box::new(Script(confidence))), true);
        window.wait("the description", |window| window.heading().starts_with("Description:"));
        window
    }

    /// The same after the voice has ended.
    pub(super) fn silent() -> Self {
        let mut window = Self::described();
        window.voice_says(|id| SpeechEvent::Ended {
            id,
            duration: Duration::from_secs(1),
        });
        window
    }

    pub(super) fn photo(&self) -> PathBuf {
        self.folder.path().join("a dog.png")
    }

    pub(super) fn wait(&mut self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let begun = Instant::now();
        loop {
            self.harness.step();
            if holds(self) {
                break;
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "waited in vain for {what}; the status is {:?}, the heading {:?}, and there stand {:?}",
                self.status(),
                self.heading(),
                self.names()
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        self.harness.check_accessibility();
    }

    pub(super) fn wait_for_status(&mut self, text: &str) {
        self.wait(text, |window| window.status() == text);
    }

    /// The name of the first node of this role.
    pub(super) fn name_of(&self, role: Role) -> Option<String> {
        self.harness
            .query_all_by_role(role)
            .next()
            .and_then(|node| node.accesskit_node().label())
    }

    pub(super) fn status(&self) -> String {
        self.harness
            .query_all_by_role(Role::Status)
            .next()
            .and_then(|node| node.accesskit_node().label())
            .unwrap_or_default()
    }

    pub(super) fn heading(&self) -> String {
        self.name_of(Role::Heading).unwrap_or_default()
    }

    /// What stands in the window, for the messages of failures.
    fn names(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        nodes.filter_map(|node| node.accesskit_node().label()).collect()
    }

    pub(super) fn press(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.harness.run_steps(4);
    }

    pub(super) fn key(&mut self, key: Key) {
        self.harness.key_press(key);
        self.harness.run_steps(3);
    }

    pub(super) fn command(&mut self, key: Key) {
        self.harness.key_press_modifiers(Modifiers::COMMAND, key);
        self.harness.run_steps(3);
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.harness.query_by_label(name).is_some()
    }

    /// The words that are marked, as screen readers have them.
    pub(super) fn lit(&self) -> Vec<String> {
        let nodes = self.harness.root().children_recursive();
        nodes
            .filter(|node| node.accesskit_node().toggled() == Some(egui::accesskit::Toggled::True))
            .filter_map(|node| node.accesskit_node().label())
            .collect()
    }

    pub(super) fn said(&self) -> Vec<String> {
        self.voice
            .said
            .borrow()
            .iter()
            .map(|utterance| utterance.text())
            .collect()
    }

    pub(super) fn voice_says(&mut self, event: impl FnOnce(u64) -> SpeechEvent) {
        let id = self.voice.said.borrow().last().unwrap().id;
        self.voice.events.borrow_mut().push_back(event(id));
        self.harness.run_steps(2);
    }

    pub(super) fn arrives(&mut self, arrival: Arrival) {
        self.desktop.borrow_mut().arrivals.push_back(arrival);
        self.harness.run_steps(2);
    }
}

mod voice;

/// The voice began so long ago that it is at word `at` of `words`, each of which takes it many seconds.
pub(super) fn began(words: usize, at: usize) -> impl FnOnce(u64) -> SpeechEvent {
    let timeline = Pace::default().timeline(&vec!["ba".repeat(100); words]);
    let ago = timeline.onsets()[at] + Duration::from_millis(20);
    move |id| SpeechEvent::Began {
        id,
        at: Instant::now().checked_sub(ago).unwrap(),
        timeline,
    }
}

#[test]
fn an_empty_window_says_how_to_begin() {
    let window = Window::empty();
    assert!(window.has(&text!("empty-window")));
    assert_eq!(window.heading(), text!("description-none"));
    assert!(window.has("Model script, on cpu"));
}

#[test]
fn the_window_itself_has_a_name() {
    let window = Window::empty();
    assert_eq!(
        window.harness.root().accesskit_node().label().as_deref(),
        Some("Hearsight")
    );
}

#[test]
fn a_photo_is_described_in_one_node_and_word_by_word_and_spoken() {
    let window = Window::described();
    assert_eq!(window.heading(), "Description: a dog runs.");
    assert!(window.has("dog, lower left"));
    assert!(window.has("a, all over the photo"));
    assert!(window.has("Photo: a dog.png, 40 by 30 pixels"));
    assert_eq!(window.said(), ["a dog runs."]);
    assert!(
        window.status().starts_with("Described in 0.6 seconds."),
        "{}",
        window.status()
    );
}

#[test]
fn a_word_that_the_model_was_unsure_of_says_so() {
    assert!(Window::described().has("runs, right, unsure"));
}

#[test]
fn a_sentence_in_doubt_is_shown_announced_and_spoken_with_its_doubt() {
    let mut window = Window::described_with(0.3);
    assert_eq!(window.heading(), "Description: This may be wrong: a dog runs.");
    assert_eq!(window.said(), ["This may be wrong: a dog runs."]);
    // The four words of the introduction light nothing; the caption's own then follow.
    assert_eq!(window.voice.said.borrow()[0].words().len(), 4 + 3);
    window.voice_says(began(7, 3));
    assert!(window.lit().is_empty());
    window.voice_says(began(7, 5));
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn words_light_up_as_they_are_said_and_the_light_goes_out_at_the_end() {
    let mut window = Window::described();
    let timeline = Pace::default().timeline(&["a", "dog", "runs."]);
    let last = timeline.onsets()[2] + Duration::from_millis(20);
    window.voice_says(|id| SpeechEvent::Began {
        id,
        at: Instant::now().checked_sub(last).unwrap(),
        timeline,
    });
    assert_eq!(window.lit(), ["runs, right, unsure"]);
    window.voice_says(|id| SpeechEvent::Ended {
        id,
        duration: Duration::from_secs(1),
    });
    assert!(window.lit().is_empty());
    assert!(window.has("Speak"));
}

#[test]
fn right_and_left_step_through_the_words_and_say_their_places() {
    let mut window = Window::silent();
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.lit(), ["dog, lower left"]);
    assert_eq!(window.status(), "dog, lower left");
    window.key(Key::ArrowLeft);
    assert_eq!(window.lit(), ["a, all over the photo"]);
    for _ in 0..5 {
        window.key(Key::ArrowRight);
    }
    assert_eq!(window.lit(), ["runs, right, unsure"], "it stays at the end");
}

#[test]
fn two_steps_between_two_frames_are_two_steps() {
    let mut window = Window::silent();
    for _ in 0..2 {
        window.harness.input_mut().events.push(egui::Event::Key {
            key: Key::ArrowRight,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        });
    }
    window.harness.run_steps(2);
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn arrows_step_also_while_a_button_has_the_focus_and_leave_the_focus_there() {
    let mut window = Window::silent();
    window.harness.get_by_role_and_label(Role::Button, "Open").focus();
    window.harness.run_steps(3);
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(window.status(), "dog, lower left");
    assert!(window.harness.get_by_role_and_label(Role::Button, "Open").is_focused());
}

#[test]
fn the_focus_follows_the_steps_where_it_is_on_a_word() {
    let mut window = Window::silent();
    window.harness.get_by_label("a, all over the photo").focus();
    window.harness.run_steps(3);
    window.key(Key::ArrowRight);
    assert!(
        window
            .harness
            .get_by_role_and_label(Role::Button, "dog, lower left")
            .is_focused()
    );
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn pressing_a_word_lights_it() {
    let mut window = Window::silent();
    window.press("dog, lower left");
    assert_eq!(window.lit(), ["dog, lower left"]);
    let photo = window.harness.get_by_role(Role::Image);
    assert_eq!(photo.accesskit_node().description().as_deref(), Some("Lit: lower left"));
}

#[test]
fn stepping_says_the_word_instead_of_the_sentence() {
    let mut window = Window::described();
    window.key(Key::ArrowRight);
    window.key(Key::ArrowRight);
    assert_eq!(*window.voice.stops.borrow(), 2);
    assert_eq!(window.said().last().unwrap(), "dog, lower left");
}

#[test]
fn space_speaks_and_stops() {
    let mut window = Window::silent();
    window.key(Key::Space);
    assert_eq!(window.said().len(), 2);
    assert!(window.has("Stop"));
    window.key(Key::Space);
    assert_eq!(*window.voice.stops.borrow(), 1);
    assert!(window.has("Speak"));
}

#[test]
fn space_on_a_word_speaks_and_enter_lights_it() {
    let mut window = Window::silent();
    window.harness.get_by_label("dog, lower left").focus();
    window.harness.run_steps(3);
    window.key(Key::Space);
    assert_eq!(window.said().len(), 2);
    window.key(Key::Enter);
    assert_eq!(window.lit(), ["dog, lower left"]);
}

#[test]
fn space_on_a_button_presses_that_button_and_nothing_else() {
    let mut window = Window::silent();
    window.harness.get_by_role_and_label(Role::Button, "Open").focus();
    window.harness.run_steps(3);
    window.key(Key::Space);
    assert_eq!(window.desktop.borrow().chosen, 1);
    assert_eq!(window.said().len(), 1, "only what was said at first");
}

#[test]
fn a_held_space_does_not_flutter() {
    let mut window = Window::silent();
    window.harness.key_down(Key::Space);
    window.harness.run_steps(2);
    for _ in 0..4 {
        window.harness.event(egui::Event::Key {
            key: Key::Space,
            physical_key: None,
            pressed: true,
            repeat: true,
            modifiers: Modifiers::NONE,
        });
    }
    window.harness.run_steps(6);
    window.harness.key_up(Key::Space);
    window.harness.run_steps(2);
    assert_eq!(window.said().len(), 2);
    assert_eq!(*window.voice.stops.borrow(), 0);
}

#[test]
fn the_speak_button_reads_and_the_stop_button_stops_and_escape_too() {
    let mut window = Window::silent();
    window.press("Speak");
    assert_eq!(window.said().len(), 2);
    window.press("Stop");
    assert_eq!(*window.voice.stops.borrow(), 1);
    window.press("Speak");
    window.key(Key::Escape);
    assert_eq!(*window.voice.stops.borrow(), 2);
}

#[test]
fn open_asks_for_a_file_by_button_and_key_and_describes_what_was_chosen() {
    let mut window = Window::empty();
    window.press("Open");
    window.command(Key::O);
    assert_eq!(window.desktop.borrow().chosen, 2);
    assert_eq!(window.status(), text!("status-choosing"));
    let photo = window.photo();
    window.arrives(Arrival::Files(vec![photo]));
    window.wait("the description", |window| {
        window.heading() == "Description: a dog runs."
    });
}

#[test]
fn a_dialog_that_is_closed_and_one_that_is_missing_are_told_apart() {
    let mut window = Window::empty();
    window.command(Key::O);
    window.arrives(Arrival::NothingChosen);
    assert_eq!(window.status(), text!("status-nothing-chosen"));
    window.arrives(Arrival::NoDialog);
    assert_eq!(window.status(), text!("typed-path-because"));
}

#[test]
fn paste_takes_a_picture_and_a_copied_file() {
    let mut window = Window::empty();
    window.command(Key::V);
    window.press("Paste");
    assert_eq!(window.desktop.borrow().pasted, 2);
    window.arrives(Arrival::Picture(image::RgbImage::new(8, 6)));
    window.wait("the description", |window| {
        window.heading() == "Description: a dog runs."
    });
    assert!(window.has("Photo: pasted picture, 8 by 6 pixels"));
    let photo = window.photo();
    window.arrives(Arrival::Files(vec![photo]));
    window.wait("the file", |window| window.has("Photo: a dog.png, 40 by 30 pixels"));
    window.arrives(Arrival::NotPasted(text!("status-nothing-to-paste")));
    assert_eq!(window.status(), text!("status-nothing-to-paste"));
    assert_eq!(
        window.said().last(),
        Some(&window.status()),
        "who sees nothing hears it"
    );
}

#[test]
fn describe_describes_again_by_button_and_key() {
    let mut window = Window::silent();
    window.press("Describe");
    window.wait("the second description", |window| window.said().len() == 2);
    window.command(Key::D);
    window.wait("the third description", |window| window.said().len() == 3);
}

#[test]
fn describe_without_a_photo_says_what_to_do() {
    let mut window = Window::empty();
    window.press("Describe");
    assert_eq!(window.status(), text!("status-no-photo"));
    // The first Space stops the voice, which has said it; a button that has the focus would keep it.
    window.voice_says(|id| SpeechEvent::Stopped { id });
    window.key(Key::Space);
    assert_eq!(window.status(), text!("status-no-sentence"));
    assert_eq!(window.said(), [text!("status-no-photo"), text!("status-no-sentence")]);
}

#[test]
fn copy_puts_the_sentence_with_its_doubt_on_the_clipboard() {
    let mut window = Window::described_with(0.3);
    let modifiers = Modifiers::COMMAND;
    window.harness.event(egui::Event::Key {
        key: Key::C,
        physical_key: None,
        pressed: true,
        repeat: false,
        modifiers,
    });
    window.harness.step();
    let commands = &window.harness.output().platform_output.commands;
    assert!(
        commands
            .iter()
            .any(|command| matches!(command, egui::OutputCommand::CopyText(text)
            if text == "This may be wrong: a dog runs.")),
        "{commands:?}"
    );
}

#[test]
fn the_list_of_keys_names_every_key_and_closes_by_key_and_button() {
    let mut window = Window::empty();
    window.key(Key::F1);
    for entry in COMMANDS {
        assert!(
            window.has(&format!("{}: {}", entry.key(), entry.help())),
            "{}",
            entry.id
        );
    }
    window.key(Key::Escape);
    assert!(!window.has("Close"));
    window.press("Keys");
    window.press("Close");
    assert!(!window.has("Close"));
    assert_eq!(Command::Keys.entry().key(), "F1");
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Err("the window must not read on its own thread".to_owned())
    }
}

#[test]
fn a_file_that_is_no_photo_is_shown_announced_and_spoken_as_a_sentence() {
    let mut window = Window::described();
    let path = window.folder.path().join("notes.jpg");
    std::fs::write(&path, "no picture at all").unwrap();
    let expected = Photo::open(&path).unwrap_err().to_string();
    window.arrives(Arrival::Files(vec![path]));
    window.wait_for_status(&expected);
    assert_eq!(window.said().last(), Some(&expected));
    assert_eq!(
        window.heading(),
        text!("description-none"),
        "nothing of the photo before is left"
    );
    assert!(window.harness.query_by_role(Role::Image).is_none());
}

#[test]
fn without_a_model_the_photo_is_shown_and_the_reason_said() {
    let mut window = Window::with(|| Err("There is no model. Install one.".to_owned()), true);
    window.wait_for_status("There is no model. Install one.");
    assert!(window.has("Photo: a dog.png, 40 by 30 pixels"));
    assert_eq!(window.said(), ["There is no model. Install one."]);
    window.command(Key::O);
    assert_eq!(window.desktop.borrow().chosen, 1, "the rest stays usable");
    assert!(
        window.has("There is no model. Install one."),
        "the reason stays on the screen"
    );
}

#[test]
fn a_voice_that_fails_is_told_in_text_until_it_works_again() {
    let mut window = Window::described();
    let sentence = SpeechError::NoVoice.to_string();
    window.voice_says(|id| SpeechEvent::Failed {
        id: Some(id),
        error: SpeechError::NoVoice,
    });
    assert!(window.has(&sentence));
    assert!(window.has("Speak"), "nothing is being said any more");
    assert_eq!(window.heading(), "Description: a dog runs.");
    window.voice_says(|_| SpeechEvent::Recovered);
    assert!(!window.has(&sentence));
}

/// The voice failed while nothing was to be said, and the description came before that was heard of: it was taken for silent
/// while it was being read.
#[test]
fn a_failure_that_names_no_utterance_does_not_end_the_one_that_was_asked_for_since() {
    let mut window = Window::described();
    let error = SpeechError::NoVoice;
    window.voice_says(|_| SpeechEvent::Failed { id: None, error });
    assert!(window.has(&SpeechError::NoVoice.to_string()));
    assert!(window.has("Stop"), "it is still being said");
}

#[test]
fn events_of_an_older_utterance_change_nothing() {
    let mut window = Window::silent();
    window.key(Key::Space);
    let old = window.voice.said.borrow()[0].id;
    window.voice_says(|_| SpeechEvent::Stopped { id: old });
    assert!(window.has("Stop"), "the newer one is still being said");
}

#[test]
fn everything_fits_into_the_smallest_window() {
    let mut window = Window::described();
    window.harness.set_size(egui::vec2(320.0, 400.0));
    window.harness.run_steps(4);
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(320.0, 400.0));
    for name in [
        "Open",
        "Paste",
        "Describe",
        "Copy",
        "Keys",
        "dog, lower left",
        "Photo: a dog.png, 40 by 30 pixels",
    ] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(whole.contains_rect(rect) && rect.area() > 100.0, "{name}: {rect:?}");
    }
}

#[test]
fn the_sentence_and_the_news_grow_into_the_window_when_they_come() {
    let mut window = Window::described();
    window.voice_says(|id| SpeechEvent::Failed {
        id: Some(id),
        error: SpeechError::NoVoice,
    });
    window.harness.run_steps(3);
    let photo = window.harness.get_by_role(Role::Image).rect();
    let whole = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(900.0, 700.0));
    for name in [
        "dog, lower left",
        "Model script, on cpu",
        &SpeechError::NoVoice.to_string(),
    ] {
        let rect = window.harness.get_by_label(name).rect();
        assert!(whole.contains_rect(rect) && !rect.intersects(photo), "{name}: {rect:?}");
    }
}
