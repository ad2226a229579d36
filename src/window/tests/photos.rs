//! The list of photos, recent descriptions, other sentences and doubt: each by key, by pointer and as screen readers
//! find it.

use super::*;
use crate::captioner::Alternative;
use crate::recent::Recent;

/// Says what the photo's name says; "doubt" in it makes it hardly to be believed, "blank" leaves nothing to see, "slow"
/// takes until it is cancelled.
#[derive(Clone, Default)]
pub struct Teller {
    /// The names of the photos that were looked at.
    pub looked: Arc<Mutex<Vec<String>>>,
    /// How many are being looked at.
    pub at_work: Arc<AtomicUsize>,
    /// The most that were ever looked at together.
    pub most: Arc<AtomicUsize>,
}

impl Teller {
    fn looked(&self) -> Vec<String> {
        self.looked.lock().unwrap().clone()
    }
}

fn plain_word(text: &str) -> Word {
    word(text, Some(Place::Left), [0.5, 0.0, 0.5, 0.0], 0.9)
}

fn other(caption: &str) -> Alternative {
    Alternative {
        caption: caption.to_owned(),
        confidence: 0.6,
        words: caption.split(' ').map(plain_word).collect(),
        tokens: vec![0, 1],
        score: -3.0,
        expected: None,
    }
}

impl Looker for Teller {
    fn about(&self) -> (String, String) {
        ("script".to_owned(), "cpu".to_owned())
    }

    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        let together = self.at_work.fetch_add(1, Ordering::SeqCst) + 1;
        self.most.fetch_max(together, Ordering::SeqCst);
        self.looked.lock().unwrap().push(photo.name().to_owned());
        progress(Stage::Encode);
        let begun = Instant::now();
        while photo.name().contains("slow") && !cancel.is_cancelled() && begun.elapsed() < PATIENCE {
            std::thread::sleep(Duration::from_millis(1));
        }
        self.at_work.fetch_sub(1, Ordering::SeqCst);
        if cancel.is_cancelled() {
            return Ok(None);
        }
        let caption = format!("dog in {}", photo.name().replace(' ', "-"));
        let mut description = a_dog_runs(if photo.name().contains("doubt") { 0.1 } else { 0.9 });
        description.words = caption.split(' ').map(plain_word).collect();
        description.caption = caption;
        if photo.name().contains("untold") {
            for word in &mut description.words {
                (word.attention, word.place) = (None, None);
            }
        }
        Ok(Some(description))
    }

    fn occlude(
        &mut self,
        _: &Photo,
        description: &Description,
        _: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        progress(Stage::Cover { covered: 8, of: 49 });
        let mut description = description.clone();
        description.words = description.words.iter().map(|word| plain_word(&word.text)).collect();
        description.attention_kind = Some(AttentionKind::Occlusion);
        Ok(Some(description))
    }

    fn look_further(
        &mut self,
        _: &Photo,
        description: &Description,
        _: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        progress(Stage::Search { tokens: 2 });
        let mut description = description.clone();
        for caption in [
            "a brown dog runs",
            "two dogs with a frisbee",
            "dog on grass",
            "a dog has a frisbee",
        ] {
            description.add_alternative(other(caption));
        }
        Ok(Some(description))
    }

    fn is_clear(&self, photo: &Photo) -> bool {
        !photo.name().contains("blank")
    }

    fn identity(&mut self) -> Option<String> {
        Some("teller".to_owned())
    }
}

/// A picture that differs from others by its name.
pub fn picture(folder: &Path, name: &str) -> PathBuf {
    let path = folder.join(name);
    let shade = name
        .bytes()
        .fold(7_u8, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte));
    image::RgbImage::from_pixel(20, 10, image::Rgb([shade, name.len() as u8, 9]))
        .save_with_format(&path, image::ImageFormat::Png)
        .unwrap();
    path
}

impl Window {
    /// A window with this describer and recent descriptions in its own folder, started with these photos.
    pub fn telling(teller: &Teller, given: impl FnOnce(&Path) -> Vec<PathBuf>) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let given = given(folder.path());
        Self::telling_in(teller, folder, given)
    }

    fn telling_in(teller: &Teller, folder: tempfile::TempDir, given: Vec<PathBuf>) -> Self {
        let (voice, desktop) = (Rc::<VoiceLog>::default(), Rc::<RefCell<DesktopLog>>::default());
        let data = folder.path().join("data");
        let mut settings = crate::settings::open_in(folder.path().join("config"));
        settings.settings.welcome_seen = true;
        let teller = teller.clone();
        let harness = Harness::builder()
            .with_size([900.0, 700.0])
            .with_max_steps(20)
            .build_eframe(|creation| {
                super::super::look::theme::apply(&creation.egui_ctx);
                super::fonts::add_korean(&creation.egui_ctx);
                let recent = Recent::start(Some(data), true, || {});
                let first = given.first().filter(|photo| !photo.is_dir()).cloned();
                let count = usize::from(first.is_some());
                let describer = Describer::start_remembering(
                    || Ok(Box::new(teller)),
                    Some(Arc::clone(&recent)),
                    first.map(Source::Path),
                    || {},
                );
                let (voice, desktop) = (Box::new(Rc::clone(&voice)), Box::new(Rc::clone(&desktop)));
                let ctx = &creation.egui_ctx;
                HearsightApp::new(ctx, describer, voice, desktop, count, settings).started_with(ctx, given, recent)
            });
        Self {
            harness,
            voice,
            desktop,
            folder,
        }
    }

    fn wait_for_heading(&mut self, heading: &str) {
        self.wait(heading, |window| window.heading() == heading);
    }

    fn wait_for_label(&mut self, label: &str) {
        self.wait(label, |window| window.has(label));
    }

    pub fn drop_files(&mut self, files: &[PathBuf]) {
        for file in files {
            self.harness
                .input_mut()
                .dropped_files
                .push(Arc::new(Dropped(file.clone())));
        }
        self.harness.run_steps(2);
    }

    fn last_said(&self) -> String {
        self.said().last().cloned().unwrap_or_default()
    }
}

fn three(folder: &Path) -> Vec<PathBuf> {
    let photos = folder.join("photos");
    std::fs::create_dir(&photos).unwrap();
    ["10.png", "9.png", "notes 1.png"]
        .map(|name| picture(&photos, name))
        .to_vec()
}

#[test]
fn page_down_and_up_step_through_the_folder_and_the_ends_are_told() {
    let mut window = Window::telling(&Teller::default(), |folder| three(folder)[..1].to_vec());
    window.wait_for_heading("Description: dog in 10.png");
    window.wait_for_label("Photo 2 of 3");
    assert_eq!(window.last_said(), "dog in 10.png", "nobody has asked for a list yet");
    window.key(Key::PageDown);
    window.wait_for_heading("Description: dog in notes-1.png");
    assert_eq!(window.last_said(), "3 of 3. dog in notes-1.png");
    assert!(window.status().starts_with("3 of 3. "), "{}", window.status());
    window.key(Key::PageDown);
    assert_eq!(window.status(), "This is the last of 3 photos.");
    assert_eq!(window.last_said(), "This is the last of 3 photos.");
    assert_eq!(window.heading(), "Description: dog in notes-1.png");
    window.press("Previous photo");
    window.press("Previous photo");
    window.wait_for_heading("Description: dog in 9.png");
    window.press("Previous photo");
    window.wait_for_status("This is the first of 3 photos.");
    assert!(window.has("Photo 1 of 3"));
}

#[test]
fn the_words_light_up_after_the_place_in_the_list_was_said() {
    let mut window = Window::telling(&Teller::default(), three);
    window.wait_for_heading("Description: dog in 10.png");
    window.wait_for_label("Photo 1 of 3");
    window.key(Key::PageDown);
    window.wait_for_heading("Description: dog in 9.png");
    assert_eq!(window.last_said(), "2 of 3. dog in 9.png");
    window.voice_says(began(6, 2));
    assert!(window.lit().is_empty());
    window.voice_says(began(6, 3));
    assert_eq!(window.lit(), ["dog, left"]);
}

#[test]
fn of_a_cut_photo_it_is_said_before_the_sentence_that_only_a_part_is_there() {
    let mut window = Window::telling(&Teller::default(), |folder| {
        let path = folder.join("cut.jpg");
        let shades = |x: u32, y: u32| image::Rgb([(x * y) as u8, (x * 7) as u8, (y * 9) as u8]);
        image::RgbImage::from_fn(97, 61, shades).save(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() * 2 / 3]).unwrap();
        vec![path]
    });
    window.wait_for_heading("Description: dog in cut.jpg");
    let note = "This file ends too early: only what is there of the picture is shown and described.";
    assert!(window.status().starts_with(note), "{}", window.status());
    assert_eq!(window.last_said(), format!("{note} dog in cut.jpg"));
}

#[test]
fn the_neighbour_is_described_ahead_and_shown_without_another_look() {
    let teller = Teller::default();
    let mut window = Window::telling(&teller, |folder| three(folder)[..1].to_vec());
    window.wait("the neighbours", |_| teller.looked().len() == 3);
    assert_eq!(teller.looked(), ["10.png", "notes 1.png", "9.png"]);
    window.key(Key::PageDown);
    window.wait_for_heading("Description: dog in notes-1.png");
    assert!(
        window.status().ends_with("This photo was described before."),
        "{}",
        window.status()
    );
    assert_eq!(teller.looked().len(), 3);
}

#[test]
fn nothing_is_described_ahead_where_that_is_turned_off() {
    let teller = Teller::default();
    let mut window = Window::telling(&teller, |folder| {
        let config = folder.join("config");
        std::fs::create_dir(&config).unwrap();
        std::fs::write(config.join("settings.toml"), "describe_ahead = false\n").unwrap();
        three(folder)[..1].to_vec()
    });
    window.wait_for_heading("Description: dog in 10.png");
    window.wait_for_label("Photo 2 of 3");
    window.harness.run_steps(5);
    std::thread::sleep(Duration::from_millis(100));
    assert_eq!(teller.looked(), ["10.png"]);
}

#[test]
fn several_dropped_photos_are_a_list_and_its_place_is_said() {
    let mut window = Window::telling(&Teller::default(), |_| Vec::new());
    window.wait_for_status("Ready.");
    let mut files = three(window.folder.path());
    files.push(PathBuf::from("/no/such/file.png"));
    window.drop_files(&files);
    window.wait_for_heading("Description: dog in 10.png");
    assert_eq!(window.last_said(), "1 of 3. dog in 10.png");
    assert!(window.has("Photo 1 of 3"));
    window.key(Key::PageDown);
    window.wait_for_heading("Description: dog in 9.png");
}

#[test]
fn a_dropped_folder_is_its_photos_and_an_empty_one_says_so() {
    let mut window = Window::telling(&Teller::default(), |_| Vec::new());
    let photos = three(window.folder.path())[0].parent().unwrap().to_owned();
    window.drop_files(&[photos]);
    window.wait_for_heading("Description: dog in 9.png");
    assert_eq!(window.last_said(), "1 of 3. dog in 9.png");
    let empty = window.folder.path().join("empty");
    std::fs::create_dir(&empty).unwrap();
    window.drop_files(&[empty]);
    window.wait("the answer", |window| {
        window.status().starts_with("There is no photo in what was given.")
    });
    assert_eq!(window.heading(), "No description yet");
}

#[test]
fn several_pasted_or_chosen_files_are_a_list_and_a_pasted_picture_is_none() {
    let mut window = Window::telling(&Teller::default(), |_| Vec::new());
    let files = three(window.folder.path());
    window.arrives(Arrival::Files(files));
    window.wait_for_heading("Description: dog in 10.png");
    assert!(window.has("Photo 1 of 3"));
    window.arrives(Arrival::Picture(image::RgbImage::new(8, 6)));
    window.wait_for_heading("Description: dog in pasted-picture");
    assert!(!window.has("Photo 1 of 3"));
    window.key(Key::PageDown);
    assert!(window.status().starts_with("There are no photos to step through."));
}

#[derive(Debug)]
struct InMemory(&'static str, Vec<u8>);

impl egui::DroppedFile for InMemory {
    fn path(&self) -> &Path {
        Path::new(self.0)
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        Ok(self.1.clone())
    }
}

#[test]
fn a_drop_of_bytes_is_described_and_a_drop_of_an_address_tells_what_to_do() {
    let mut window = Window::telling(&Teller::default(), |_| Vec::new());
    let bytes = std::fs::read(picture(window.folder.path(), "a.png")).unwrap();
    let drop = Arc::new(InMemory("", bytes));
    window.harness.input_mut().dropped_files.push(drop);
    window.wait_for_heading("Description: dog in dropped-picture");
    window.drop_files(&[PathBuf::from("https://example.org/cat.jpg")]);
    assert!(window.status().contains("Hearsight does not use the network"));
    assert_eq!(
        window.heading(),
        "Description: dog in dropped-picture",
        "what is there stays"
    );
    window.arrives(Arrival::WebAddress);
    assert!(window.status().contains("Hearsight does not use the network"));
}

#[test]
fn down_shows_and_says_other_sentences_and_how_far_they_agree_and_up_goes_back() {
    let mut window = Window::telling(&Teller::default(), |folder| vec![picture(folder, "a.png")]);
    window.wait_for_heading("Description: dog in a.png");
    window.key(Key::ArrowDown);
    window.wait_for_heading("Description: a brown dog runs");
    let agreement = "All five mention: dog. Two of five say: frisbee.";
    assert_eq!(window.last_said(), format!("2 of 5. a brown dog runs {agreement}"));
    assert!(window.has(&format!("Sentence 2 of 5. {agreement}")));
    assert_eq!(window.status(), "2 of 5. Left and Right step through its words.");
    assert!(window.has("brown, left"), "its words can be pressed");
    // What came with the sentence moves the buttons once more.
    window.harness.run_steps(6);
    window.press("Next other sentence");
    window.wait_for_heading("Description: two dogs with a frisbee");
    for _ in 0..3 {
        window.key(Key::ArrowDown);
    }
    assert_eq!(window.status(), "This is the last of 5 sentences.");
    for _ in 0..4 {
        window.key(Key::ArrowUp);
    }
    assert_eq!(window.heading(), "Description: dog in a.png");
    window.key(Key::ArrowUp);
    assert_eq!(window.status(), "This is the first of 5 sentences, the best one.");
    window.command(Key::D);
    window.wait("the description anew", |window| !window.has("Next other sentence"));
}

#[test]
fn what_is_hardly_to_be_believed_is_told_on_request_alone() {
    let mut window = Window::telling(&Teller::default(), |folder| vec![picture(folder, "doubt.png")]);
    let cannot_tell = "I cannot tell what is in this photo. Press T for a guess that is probably wrong.";
    window.wait_for_heading(&format!("Description: {cannot_tell}"));
    assert_eq!(window.last_said(), cannot_tell);
    assert_eq!(window.status(), cannot_tell, "there are no words to step through");
    assert!(!window.has("dog, left"), "the words are held back too");
    window.key(Key::Space);
    window.key(Key::Space);
    assert_eq!(window.last_said(), cannot_tell);
    window.key(Key::T);
    assert_eq!(
        window.heading(),
        "Description: This is probably wrong: dog in doubt.png"
    );
    assert_eq!(window.last_said(), "This is probably wrong: dog in doubt.png");
    assert!(window.has("dog, left"));
    window.key(Key::T);
    assert_eq!(window.status(), "No guess is held back.");
}

#[test]
fn the_guess_is_also_a_button() {
    let mut window = Window::telling(&Teller::default(), |folder| vec![picture(folder, "doubt.png")]);
    window.wait_for_label("Tell the guess");
    // Where the button has come to rest.
    window.harness.run_steps(4);
    window.press("Tell the guess");
    assert_eq!(
        window.heading(),
        "Description: This is probably wrong: dog in doubt.png"
    );
    assert!(!window.has("Tell the guess"));
}

#[test]
fn a_picture_with_nothing_to_see_is_told_to_be_none_and_not_looked_at() {
    let teller = Teller::default();
    let mut window = Window::telling(&teller, |folder| vec![picture(folder, "blank.png")]);
    window.wait_for_heading("Description: I see no clear picture here.");
    assert_eq!(window.said(), ["I see no clear picture here."]);
    assert!(teller.looked().is_empty());
    window.key(Key::T);
    window.key(Key::ArrowDown);
    assert_eq!(window.last_said(), "I see no clear picture here.");
}

#[test]
fn escape_stops_the_describing_and_nothing_of_it_comes_later() {
    let teller = Teller::default();
    let mut window = Window::telling(&teller, |folder| vec![picture(folder, "slow.png")]);
    window.wait("the look", |_| teller.looked().len() == 1);
    window.key(Key::Escape);
    assert_eq!(window.status(), "Stopped. Ctrl+D describes the photo again.");
    window.wait("the end", |_| teller.at_work.load(Ordering::SeqCst) == 0);
    assert_eq!(window.heading(), "No description yet");
}

pub fn recent_window(names: &[&str]) -> Window {
    let mut window = Window::telling(&Teller::default(), |_| Vec::new());
    for name in names {
        let path = picture(window.folder.path(), name);
        window.arrives(Arrival::Files(vec![path]));
        let heading = format!("Description: dog in {name}");
        window.wait_for_heading(&heading);
    }
    window.wait("the list", |window| {
        window.harness.state().recents.recent().entries().len() == names.len()
    });
    window
}

#[test]
fn a_recent_description_is_chosen_by_keys_and_its_photo_opened_without_another_look() {
    let mut window = recent_window(&["one.png", "two.png", "three.png"]);
    window.command(Key::H);
    window.harness.run_steps(3);
    assert!(window.has("dog in three.png three.png, just now"));
    let row = window.harness.get_by_label("dog in three.png three.png, just now");
    assert!(row.is_focused(), "the newest has the focus");
    window.key(Key::ArrowDown);
    window.key(Key::ArrowDown);
    window.key(Key::ArrowDown);
    window.key(Key::ArrowUp);
    assert!(
        window
            .harness
            .get_by_label("dog in two.png two.png, just now")
            .is_focused()
    );
    window.key(Key::End);
    assert!(
        window
            .harness
            .get_by_label("dog in one.png one.png, just now")
            .is_focused()
    );
    window.key(Key::Enter);
    window.wait_for_heading("Description: dog in one.png");
    assert!(window.has("Photo: one.png, 20 by 10 pixels"));
    assert_eq!(window.status(), "This photo was described before.");
    window.command(Key::H);
    window.press("dog in two.png two.png, just now");
    window.wait_for_heading("Description: dog in two.png");
}

#[test]
fn a_row_stays_in_its_place_while_the_list_is_open() {
    // A photo opened from the list moves to its top a moment later, and a press meant for the second row opened what
    // had been the first.
    let mut window = recent_window(&["one.png", "two.png", "three.png"]);
    window.command(Key::H);
    let recent = Arc::clone(window.harness.state().recents.recent());
    let description = recent.read(&recent.entries()[2]).unwrap();
    let row = "dog in two.png two.png, just now";
    window.harness.get_by_role_and_label(Role::Button, row).click();
    recent.keep(
        &crate::recent::Key::new([7; 32], "another"),
        "four.png",
        None,
        &description,
    );
    assert_eq!(recent.entries()[0].name, "four.png");
    window.harness.run_steps(4);
    window.wait_for_heading("Description: dog in two.png");
    window.command(Key::H);
    assert!(
        window.has("dog in one.png four.png, just now"),
        "opened again, it is up to date"
    );
}

#[test]
fn keys_that_a_slow_frame_brings_together_open_the_row_that_they_moved_to() {
    // Enter opened the row that had the focus before the frame, not the one that Down had moved to in it.
    let mut window = recent_window(&["one.png", "two.png", "three.png"]);
    window.command(Key::H);
    window.harness.run_steps(3);
    for key in [Key::ArrowDown, Key::ArrowDown, Key::Enter] {
        for pressed in [true, false] {
            window.harness.input_mut().events.push(egui::Event::Key {
                key,
                physical_key: None,
                pressed,
                repeat: false,
                modifiers: egui::Modifiers::NONE,
            });
        }
    }
    window.wait_for_heading("Description: dog in one.png");
    assert!(window.has("Photo: one.png, 20 by 10 pixels"));
}

#[test]
fn of_a_photo_that_is_gone_the_sentence_is_shown_all_the_same() {
    let mut window = recent_window(&["one.png", "two.png"]);
    std::fs::remove_file(window.folder.path().join("one.png")).unwrap();
    window.command(Key::H);
    window.press("dog in one.png one.png, just now");
    window.wait_for_heading("Description: dog in one.png");
    let status = window.status();
    assert!(status.starts_with("one.png: There is no such file."), "{status}");
    assert_eq!(window.last_said(), format!("{status} dog in one.png"));
    assert!(window.harness.query_by_role(Role::Image).is_none());
}

#[test]
fn recent_descriptions_are_forgotten_after_a_question() {
    let mut window = recent_window(&["one.png", "two.png"]);
    window.command(Key::H);
    window.press("Forget all");
    assert!(window.has("Forget all 2 recent descriptions? They cannot be brought back."));
    window.key(Key::Escape);
    assert!(
        window.has("dog in two.png two.png, just now"),
        "the question was taken back"
    );
    window.key(Key::Delete);
    window.harness.run_steps(2);
    assert!(window.harness.get_by_label("No, keep them").is_focused());
    window.press("Yes, forget all");
    assert_eq!(window.status(), "The recent descriptions are forgotten.");
    let data = window.folder.path().join("data");
    window.wait("the files to go", |_| std::fs::read_dir(&data).unwrap().count() == 0);
    window.command(Key::H);
    assert!(window.has("There are no recent descriptions."));
    window.key(Key::Escape);
    assert!(!window.has("There are no recent descriptions."));
}

#[test]
fn keeping_them_can_be_turned_off_where_they_are_listed() {
    let mut window = recent_window(&["one.png"]);
    window.command(Key::H);
    window.harness.run_steps(2);
    let keep = "Keep recent descriptions, as text on this computer";
    window.harness.get_by_role_and_label(Role::CheckBox, keep).click();
    window.harness.run_steps(3);
    window.command(Key::H);
    assert!(!window.harness.state().settings.keep_recent);
    let path = picture(window.folder.path(), "two.png");
    window.arrives(Arrival::Files(vec![path]));
    window.wait_for_heading("Description: dog in two.png");
    std::thread::sleep(Duration::from_millis(50));
    assert_eq!(window.harness.state().recents.recent().entries().len(), 1);
}

#[test]
fn the_keys_of_the_window_do_nothing_below_the_open_list() {
    let mut window = recent_window(&["one.png"]);
    let said = window.said().len();
    window.command(Key::H);
    for key in [Key::T, Key::ArrowRight, Key::PageDown, Key::Space] {
        window.key(key);
    }
    // Space presses the row that has the focus, as it does everywhere.
    window.wait_for_heading("Description: dog in one.png");
    assert!(window.said().len() <= said + 1);
    assert!(window.lit().is_empty());
}
