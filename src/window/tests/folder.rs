//! Describing a folder: by key and by name as screen readers find it, with a scripted job on its real thread.

use super::photos::{Teller, picture};
use super::*;
use crate::folder::{Control, Event, FolderError, Job, Progress, Request, Summary};
use crate::window::folder_screen::FolderScreen;
use crate::window::outside::SavePlace;
use crate::window::sheet::Sheet;

/// What the test and the scripted job share.
#[derive(Clone, Default)]
struct Script {
    requests: Arc<Mutex<Vec<Request>>>,
    control: Arc<Mutex<Option<Control>>>,
    /// How many photos are done; the job tells of each number that it sees.
    done: Arc<AtomicUsize>,
    /// Whether it fails at the end.
    fails: bool,
}

const COUNT: usize = 10;

impl Script {
    /// Does what the real one does, but for the describing.
    fn work(&self, control: &Control, tell: &mut dyn FnMut(Event)) -> Result<Summary, FolderError> {
        *self.control.lock().unwrap() = Some(control.clone());
        tell(Event::Found(3));
        let begun = Instant::now();
        loop {
            let done = self.done.load(Ordering::SeqCst);
            if control.is_cancelled() || begun.elapsed() > PATIENCE {
                return Err(FolderError::Cancelled);
            }
            if done >= COUNT {
                break;
            }
            tell(Event::Progress(Progress {
                done,
                total: Some(COUNT),
                failed: done / 4,
                left: Some(Duration::from_secs(300)),
            }));
            std::thread::sleep(Duration::from_millis(5));
        }
        if self.fails {
            return Err(FolderError::NoFolder);
        }
        Ok(Summary {
            described: 8,
            known: 1,
            failed: 1,
            failures: vec![("bad.jpg".into(), "This file is empty.".to_owned())],
            written: vec!["/photos/descriptions.html".into()],
            passed: crate::roll::PassedOver { others: 0, links: 2 },
        })
    }

    fn window(&self) -> Window {
        let mut window = Window::silent();
        let script = self.clone();
        window.harness.state_mut().folder = FolderScreen::new(
            Request::default(),
            Box::new(move |request, _| {
                script.requests.lock().unwrap().push(request);
                let script = script.clone();
                Job::start_with(move |control, tell| script.work(control, tell), || {})
            }),
        );
        window
    }

    fn control(&self) -> Control {
        self.control.lock().unwrap().clone().unwrap()
    }
}

impl Window {
    fn open_folder_sheet(&mut self) {
        self.harness
            .key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::O);
        self.harness.run_steps(4);
        assert!(self.harness.state().sheets.is(Sheet::Folder));
    }

    fn type_folder(&mut self, text: &str) {
        self.harness.event(egui::Event::Text(text.to_owned()));
        self.harness.run_steps(2);
    }

    fn begin(&mut self) {
        self.open_folder_sheet();
        self.type_folder("/photos");
        self.press("Describe all photos");
        self.wait("progress", |window| window.says_somewhere("0 of 10 photos."));
    }

    /// Whether a line of news says this to a screen reader or to the eye.
    fn says_somewhere(&self, text: &str) -> bool {
        let (sentence, _) = self.harness.state().folder.news().unwrap_or_default();
        sentence.contains(text)
    }

    /// What the line of the job tells screen readers.
    fn announced(&self) -> String {
        let (_, announced) = self.harness.state().folder.news().unwrap_or_default();
        announced.to_owned()
    }
}

#[test]
fn a_folder_is_typed_or_chosen_and_its_files_lie_in_it_unless_the_person_says_otherwise() {
    let script = Script::default();
    let mut window = script.window();
    window.open_folder_sheet();
    window.press("Describe all photos");
    assert!(window.has(&text!("folder-sheet-no-folder")));
    assert_eq!(window.said().last(), Some(&text!("folder-sheet-no-folder")));
    window.press("Choose the folder");
    assert_eq!(window.desktop.borrow().folders, 1);
    let chosen = SavePlace::Chosen("/pictures/2024".into());
    window.desktop.borrow_mut().arrivals.push_back(Arrival::Folder(chosen));
    window.wait("the folder", |window| {
        let fields = window.harness.query_all_by_role(Role::TextInput);
        let values: Vec<_> = fields.filter_map(|field| field.accesskit_node().value()).collect();
        values == ["/pictures/2024", "/pictures/2024/descriptions"]
    });
    window
        .harness
        .get_by_role_and_label(Role::CheckBox, "Lines for programs (.jsonl)")
        .click();
    window.harness.run_steps(3);
    window.press("Describe all photos");
    window.wait("the job", |_| !script.requests.lock().unwrap().is_empty());
    let request = script.requests.lock().unwrap()[0].clone();
    assert_eq!(request.folder, Path::new("/pictures/2024"));
    let expected = ["/pictures/2024/descriptions.html", "/pictures/2024/descriptions.jsonl"];
    assert_eq!(request.outputs, expected.map(PathBuf::from));

    // A system without a dialog says so and lets the person type.
    let mut window = Script::default().window();
    window.open_folder_sheet();
    let none = Arrival::Folder(SavePlace::NoDialog);
    window.desktop.borrow_mut().arrivals.push_back(none);
    window.wait("that there is none", |window| {
        window.has(&text!("folder-sheet-no-dialog"))
    });
    let album = window
        .harness
        .get_by_role_and_label(Role::CheckBox, "Album of web pages (.html)");
    album.click();
    window.harness.run_steps(3);
    window.harness.get_by_role_and_label(Role::TextInput, "Folder:").focus();
    window.harness.run_steps(2);
    window.type_folder("/photos");
    window.press("Describe all photos");
    assert!(window.has(&text!("folder-sheet-no-format")));
}

#[test]
fn a_job_is_paused_goes_on_and_tells_how_far_it_is_without_chattering() {
    let script = Script::default();
    let mut window = script.window();
    window.begin();
    let announced = window.announced();
    for done in 1..7 {
        script.done.store(done, Ordering::SeqCst);
        window.wait("the next photo", |window| {
            window.says_somewhere(&format!("{done} of 10 photos."))
        });
        assert_eq!(window.announced(), announced, "not at every photo");
    }
    assert!(window.says_somewhere("One failed. about 5 minutes left."));
    let said = window.said().len();
    window.press("Pause");
    assert!(script.control().is_paused() && window.says_somewhere("Paused."));
    assert!(window.announced().contains("6 of 10 photos.") && window.announced().ends_with("Paused."));
    assert_eq!(window.said().len(), said + 1);
    window.press("Go on");
    assert!(!script.control().is_paused() && !window.says_somewhere("Paused."));

    // Closed, the job stands in the news of the window, and a screen reader finds it there.
    window.key(Key::Escape);
    assert!(window.harness.state().sheets.open().is_none() && window.harness.state().folder.news().is_some());
    let line = window.announced();
    assert!(window.has(&line), "{line}");
    // What is being said would not be cut off by the end.
    window.voice_says(|id| SpeechEvent::Ended {
        id,
        duration: Duration::from_secs(1),
    });
    script.done.store(COUNT, Ordering::SeqCst);
    let end = "8 photos were described, one was known already, one failed.";
    window.wait_for_status(end);
    assert_eq!(window.said().last().map(String::as_str), Some(end));
    assert!(!window.has(&line));
    window.open_folder_sheet();
    let again = window.harness.query_all_by_label(end).count();
    assert_eq!(again, 2, "in the sheet, and in the news behind it");
    for line in ["Written: /photos/descriptions.html", "bad.jpg: This file is empty."] {
        assert!(window.has(line), "{line}");
    }
    assert!(window.has(&text!("folder-links", count = 2)));
}

#[test]
fn a_cancelled_job_and_one_that_fails_are_told_and_another_can_begin() {
    let script = Script::default();
    let mut window = script.window();
    window.begin();
    window.press("Cancel the job");
    window.wait_for_status(&FolderError::Cancelled.to_string());
    assert!(window.has("Describe all photos"));

    let script = Script {
        fails: true,
        ..Script::default()
    };
    let mut window = script.window();
    window.begin();
    script.done.store(COUNT, Ordering::SeqCst);
    window.wait_for_status(&FolderError::NoFolder.to_string());
    assert!(window.harness.state().status.trouble && window.has("Describe all photos"));
}

#[test]
fn a_photo_is_described_while_a_folder_is_and_the_folder_waits_for_it() {
    let script = Script::default();
    let teller = Teller::default();
    let mut window = Window::telling(&teller, |folder| vec![picture(folder, "first.png")]);
    window.wait("the description", |window| {
        window.heading() == "Description: dog in first.png"
    });
    let started = script.clone();
    window.harness.state_mut().folder = FolderScreen::new(
        Request::default(),
        Box::new(move |_, _| {
            let script = started.clone();
            Job::start_with(move |control, tell| script.work(control, tell), || {})
        }),
    );
    window.begin();
    window.key(Key::Escape);
    let gives_way = |script: &Script| script.control().gives_way();
    assert!(!gives_way(&script));
    let slow = picture(window.folder.path(), "slow.png");
    window.drop_files(&[slow]);
    window.wait("the folder to wait", |_| gives_way(&script));
    window.key(Key::Escape);
    let next = picture(window.folder.path(), "next.png");
    window.drop_files(&[next]);
    window.wait("the other photo", |window| {
        window.heading() == "Description: dog in next.png"
    });
    window.wait("the folder to go on", |_| !gives_way(&script));
    assert!(window.harness.state().folder.news().is_some());
}
