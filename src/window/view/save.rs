//! Saving what is seen: the photo with the light on it, or the grid of all words with its JSON; asked for in a dialog,
//! made and written on a thread of its own.

use std::path::{Path, PathBuf};

use crossbeam_channel::{Receiver, Sender, bounded};

use crate::captioner::{Attention, Description};
use crate::overlay::{self, Style};
use crate::photo::{Part, Photo};
use crate::report;
use crate::text;
use crate::window::app::HearsightApp;
use crate::window::outside::SavePlace;
use crate::words::OwnWords;

/// What is to be saved, as it was when the person asked.
struct Job {
    photo: Photo,
    own_words: Option<Box<OwnWords>>,
    description: Description,
    part: Option<Part>,
    style: Style,
    what: What,
}

enum What {
    /// The photo with this light on it.
    Picture(Attention),
    /// The grid and the JSON.
    Review,
}

/// Remembers what waits for a place, and hears what became of it.
pub struct Saver {
    waiting: Option<Job>,
    busy: bool,
    sender: Sender<Result<Vec<PathBuf>, String>>,
    results: Receiver<Result<Vec<PathBuf>, String>>,
    wake: std::sync::Arc<dyn Fn() + Send + Sync>,
}

impl Saver {
    /// `wake` is called when something was saved, or could not be.
    pub fn new(wake: impl Fn() + Send + Sync + 'static) -> Self {
        let (sender, results) = bounded(1);
        Self {
            waiting: None,
            busy: false,
            sender,
            results,
            wake: std::sync::Arc::new(wake),
        }
    }

    /// Writes what waits, into the file that was chosen or, where there is no dialog, to the photo or the person's
    /// pictures; whether that began.
    fn write(&mut self, chosen: Option<PathBuf>) -> bool {
        let Some(job) = self.waiting.take() else { return false };
        let (sender, wake) = (self.sender.clone(), std::sync::Arc::clone(&self.wake));
        let started = std::thread::Builder::new().name("save".to_owned()).spawn(move || {
            // The window may have gone: then there is nobody to tell.
            if sender.try_send(job.write(chosen)).is_ok() {
                wake();
            }
        });
        self.busy = started
            .inspect_err(|error| log::error!("the thread that saves did not start: {error}"))
            .is_ok();
        self.busy
    }
}

impl Job {
    /// What the file is called unless the person says otherwise.
    fn name(&self) -> String {
        let photo = Path::new(self.photo.name()).file_stem().unwrap_or_default();
        let photo: String = photo
            .to_string_lossy()
            .chars()
            .filter(|letter| !"/\\:*?\"<>|".contains(*letter))
            .collect();
        match self.what {
            What::Picture(_) => format!("{photo}-attention.png"),
            What::Review => format!("{photo}-review.png"),
        }
    }

    fn folder(&self) -> Option<&Path> {
        self.photo.path()?.parent()
    }

    fn write(self, chosen: Option<PathBuf>) -> Result<Vec<PathBuf>, String> {
        let picture = match &self.what {
            What::Picture(light) => report::lit_picture(&self.photo, light, self.part, self.style),
            What::Review => {
                let photo = self
                    .part
                    .map_or_else(|| self.photo.clone(), |part| self.photo.part(part));
                report::attention_picture(&photo, &self.description, self.style).map_err(|error| error.to_string())?
            }
        };
        let picture = report::png(&picture).map_err(|error| error.to_string())?;
        let json = match self.what {
            What::Picture(_) => None,
            What::Review => {
                let photo = self.photo.path().unwrap_or(Path::new(self.photo.name()));
                Some(report::json_line(photo, self.own_words.as_deref(), &self.description) + "\n")
            }
        };
        let mut contents: Vec<(&str, &[u8])> = vec![("png", &picture)];
        contents.extend(json.as_ref().map(|json| ("json", json.as_bytes())));

        let name = self.name();
        let places = match chosen {
            Some(path) => vec![path],
            None => self
                .usual_folders()
                .into_iter()
                .map(|folder| folder.join(&name))
                .collect(),
        };
        let mut reason = None;
        for place in places {
            match report::write_free(&place, &contents) {
                Ok(paths) => return Ok(paths),
                Err(error) => {
                    log::info!("{}: {error}", place.display());
                    reason = Some(error.to_string());
                }
            }
        }
        Err(reason.map_or_else(|| text!("save-nowhere"), |reason| text!("save-failed", reason = reason)))
    }

    /// Beside the photo, or else among the person's pictures.
    fn usual_folders(&self) -> Vec<PathBuf> {
        let person = directories::UserDirs::new();
        let pictures = person
            .as_ref()
            .and_then(|person| person.picture_dir().map(Path::to_owned));
        let home = person.as_ref().map(|person| person.home_dir().to_owned());
        self.folder()
            .map(Path::to_owned)
            .into_iter()
            .chain(pictures)
            .chain(home)
            .collect()
    }
}

impl HearsightApp {
    /// Asks where the review, or the photo with the light on it, is to be saved.
    pub(super) fn ask_to_save(&mut self, review: bool) {
        let (Some((photo, _)), Some(description)) = (&self.shown, self.description.as_deref()) else {
            self.say_no_sentence();
            return;
        };
        if self.seeing.saver.busy {
            self.answer(text!("save-busy"));
            return;
        }
        // Without a lit word the picture shows what the whole sentence is about.
        let lit = self
            .lit
            .filter(|_| !self.seeing.whole)
            .and_then(|number| description.words.get(number));
        let light = match lit {
            Some(word) => word.attention.clone(),
            None => overlay::whole(description),
        };
        let what = match (review, light) {
            (true, _) => What::Review,
            (false, Some(light)) => What::Picture(light),
            (false, None) => {
                self.answer(overlay::no_map(description.attention_kind));
                return;
            }
        };
        let job = Job {
            photo: photo.clone(),
            own_words: self.own_words.clone(),
            description: description.clone(),
            part: self.seeing.parts.shown(),
            style: self.style(),
            what,
        };
        let started = self.desktop.choose_place(&job.name(), job.folder());
        self.seeing.saver.waiting = Some(job);
        if started {
            self.say(text!("save-choosing"));
        } else {
            self.complain(text!("status-no-thread"));
        }
    }

    /// The person has chosen, or has not.
    pub(in crate::window) fn save_at(&mut self, place: SavePlace) {
        let chosen = match place {
            SavePlace::Chosen(path) => Some(path),
            SavePlace::NoDialog => None,
            SavePlace::Cancelled => {
                self.seeing.saver.waiting = None;
                self.answer(text!("save-not-chosen"));
                return;
            }
        };
        if self.seeing.saver.write(chosen) {
            self.say(text!("save-working"));
        } else {
            self.complain(text!("status-no-thread"));
        }
    }

    /// Tells what became of it.
    pub(in crate::window) fn hear_of_saving(&mut self) {
        while let Ok(result) = self.seeing.saver.results.try_recv() {
            self.seeing.saver.busy = false;
            match result.as_deref() {
                Ok([picture, json]) => {
                    let (path, json) = (picture.display().to_string(), json.display().to_string());
                    self.answer(text!("saved-with-json", path = path, json = json));
                }
                Ok(paths) => {
                    let path = paths.first().map(|path| path.display().to_string()).unwrap_or_default();
                    self.answer(text!("saved", path = path));
                }
                Err(sentence) => self.warn(sentence.clone()),
            }
        }
    }
}
