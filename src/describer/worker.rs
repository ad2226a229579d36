//! What happens on the describer's thread.

use std::path::PathBuf;
use std::sync::Arc;

use crossbeam_channel::Sender;

use super::desk::{Desk, More, Task, Work};
use super::shelf::{Answer, Shelf, Stamp};
use super::{Event, JobId, Looker, PREVIEW_SIDE, Source};
use crate::captioner::{Cancel, Description};
use crate::photo::{Photo, within};
use crate::recent::{Entry, Key, Recent};
use crate::text;
use crate::words;

pub(super) struct Worker {
    desk: Arc<Desk>,
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
    recent: Option<Arc<Recent>>,
    shelf: Shelf,
}

/// The window has gone: nobody reads the events any more.
struct WindowGone;

/// What is left to do once there is a model.
struct Rest {
    job: JobId,
    cancel: Cancel,
    what: What,
}

enum What {
    /// To be described, unless that is known already; `fresh` asks for a new look.
    Photo {
        photo: Photo,
        known: Option<Answer>,
        fresh: bool,
    },
    /// A part of the photo on the screen, already cut out; it is no photo to be kept.
    Part(Photo),
    Further {
        photo: Photo,
        is_part: bool,
        description: Box<Description>,
        more: More,
    },
}

type MaybeLooker = Result<Box<dyn Looker>, String>;

impl Worker {
    pub(super) fn new(
        desk: Arc<Desk>,
        events: Sender<Event>,
        wake: Box<dyn Fn() + Send>,
        recent: Option<Arc<Recent>>,
    ) -> Self {
        Self {
            desk,
            events,
            wake,
            recent,
            shelf: Shelf::default(),
        }
    }

    pub(super) fn run(mut self, load: impl FnOnce() -> MaybeLooker) {
        // Ends early where nobody listens any more, which is no fault.
        let _ = self.work(load);
    }

    fn work(&mut self, load: impl FnOnce() -> MaybeLooker) -> Result<(), WindowGone> {
        // A photo that is there at the start is shown before the model is loaded.
        let first = match self.desk.take_waiting() {
            Some((job, work, cancel)) => self.begin(job, work, cancel)?,
            None => None,
        };
        let mut looker = match load() {
            Ok(looker) => {
                let (name, device) = looker.about();
                let language = looker.language();
                self.send(Event::ModelReady { name, device, language })?;
                Ok(looker)
            }
            Err(sentence) => {
                log::error!("no model: {sentence}");
                self.send(Event::ModelFailed {
                    sentence: sentence.clone(),
                })?;
                Err(sentence)
            }
        };
        if let Some(rest) = first {
            self.finish(&mut looker, rest)?;
        }
        while let Some(task) = self.desk.take() {
            match task {
                Task::Asked(job, work, cancel) => {
                    if let Some(rest) = self.begin(job, work, cancel)? {
                        self.finish(&mut looker, rest)?;
                    }
                }
                Task::Ahead(path, cancel) => self.look_ahead(&mut looker, path, &cancel),
            }
        }
        Ok(())
    }

    /// Does what needs no model: opens the photo and shows it. None where that is all, or something newer came.
    fn begin(&mut self, job: JobId, work: Work, cancel: Cancel) -> Result<Option<Rest>, WindowGone> {
        let source = match work {
            Work::Describe(source) => source,
            Work::Further(photo, part, description, more) => {
                let what = What::Further {
                    is_part: part.is_some(),
                    photo: part.map_or_else(|| photo.clone(), |part| photo.part(part)),
                    description,
                    more,
                };
                return Ok(Some(Rest { job, cancel, what }));
            }
        };
        let fresh = matches!(source, Source::Photo(_));
        let dropped = match &source {
            Source::Bytes { bytes, .. } => words::within(bytes),
            _ => None,
        };
        let opened = match source {
            Source::Path(path) => self.open(path),
            Source::Pixels { name, pixels } => Ok(without_file(Photo::from_pixels(&name, pixels))),
            Source::Bytes { name, bytes } => Photo::from_bytes(&name, &bytes)
                .map(without_file)
                .map_err(|error| error.to_string()),
            Source::Photo(photo) => Ok(without_file(photo)),
            Source::Part { photo, part } => {
                let what = What::Part(photo.part(part));
                return Ok(Some(Rest { job, cancel, what }));
            }
            Source::Recent(entry) => match self.reopen(&entry) {
                Ok(opened) => Ok(opened),
                Err(sentence) => return self.without_photo(job, &cancel, &entry, sentence).map(|()| None),
            },
        };
        if cancel.is_cancelled() {
            return Ok(None);
        }
        match opened {
            Ok((photo, preview, known)) => {
                // Read anew each time: they may have been saved meanwhile.
                let words = match photo.path() {
                    Some(path) => words::of(path).ok().flatten(),
                    None => dropped,
                };
                self.send(Event::PhotoReady {
                    job,
                    photo: photo.clone(),
                    preview,
                    words: words.map(Box::new),
                })?;
                let what = What::Photo { photo, known, fresh };
                Ok(Some(Rest { job, cancel, what }))
            }
            Err(sentence) => {
                self.send(Event::Failed { job, sentence })?;
                Ok(None)
            }
        }
    }

    /// The photo in a file, from the shelf where it stands there.
    fn open(&mut self, path: PathBuf) -> Result<(Photo, Photo, Option<Answer>), String> {
        if let Some(ready) = self.shelf.find(&path) {
            return Ok((ready.photo.clone(), ready.preview.clone(), ready.answer.clone()));
        }
        // Asked for first: a file that changes while it is read must not be taken for what it is afterwards.
        let stamp = Stamp::of(&path);
        let photo = Photo::open_with_digest(&path).map_err(|error| error.to_string())?;
        let preview = preview(&photo);
        self.shelf.put(stamp, &photo, &preview, None);
        Ok((photo, preview, None))
    }

    fn reopen(&mut self, entry: &Entry) -> Result<(Photo, Photo, Option<Answer>), String> {
        match entry.path() {
            Some(path) => self.open(path),
            None => Err(text!("recent-was-pasted")),
        }
    }

    /// Shows what was kept of a photo that is gone.
    fn without_photo(&self, job: JobId, cancel: &Cancel, entry: &Entry, sentence: String) -> Result<(), WindowGone> {
        if cancel.is_cancelled() {
            return Ok(());
        }
        let kept = self.recent.as_ref().and_then(|recent| recent.read(entry));
        self.send(match kept {
            Some(description) => Event::PhotoGone {
                job,
                name: entry.name.clone(),
                sentence,
                description: Box::new(description),
            },
            None => Event::Failed { job, sentence },
        })
    }

    /// Does what needs the model.
    fn finish(&mut self, looker: &mut MaybeLooker, rest: Rest) -> Result<(), WindowGone> {
        let Rest { job, cancel, what } = rest;
        if cancel.is_cancelled() {
            return Ok(());
        }
        match what {
            What::Photo { photo, known, fresh } => {
                let answer = match known {
                    Some(answer) => Ok(Some((answer, true))),
                    None => self.answer(looker, &photo, fresh, &cancel, Some(job)),
                };
                match answer {
                    Ok(None) => Ok(()),
                    Ok(Some((answer, known))) => self.tell(looker, job, &photo, answer, known),
                    Err(sentence) => self.send(Event::Failed { job, sentence }),
                }
            }
            What::Part(photo) => match self.answer(looker, &photo, true, &cancel, Some(job)) {
                Ok(None) => Ok(()),
                Ok(Some((Answer::NoPicture, _))) => self.send(Event::NoPicture { job }),
                Ok(Some((Answer::Description(description), known))) => self.send(Event::Done {
                    job,
                    description,
                    known,
                }),
                Err(sentence) => self.send(Event::Failed { job, sentence }),
            },
            What::Further {
                photo,
                is_part,
                description,
                more,
            } => {
                let mut progress = |stage| self.progress(job, stage);
                let found = match (&mut *looker, more) {
                    (Ok(looker), More::Sentences) => looker.look_further(&photo, &description, &cancel, &mut progress),
                    (Ok(looker), More::Places) => looker.occlude(&photo, &description, &cancel, &mut progress),
                    (Err(sentence), _) => Err(sentence.clone()),
                };
                match found {
                    Ok(None) => Ok(()),
                    Ok(Some(description)) => {
                        if !is_part {
                            self.shelf
                                .note(&photo, Answer::Description(Box::new(description.clone())));
                            self.keep(looker, &photo, &description);
                        }
                        let description = Box::new(description);
                        self.send(Event::Further { job, more, description })
                    }
                    Err(sentence) => self.send(Event::Failed { job, sentence }),
                }
            }
        }
    }

    /// What is to be said of a photo, and whether that was known; none where it was cancelled.
    fn answer(
        &self,
        looker: &mut MaybeLooker,
        photo: &Photo,
        fresh: bool,
        cancel: &Cancel,
        job: Option<JobId>,
    ) -> Result<Option<(Answer, bool)>, String> {
        let looker = looker.as_mut().map_err(|sentence| sentence.clone())?;
        if !looker.is_clear(photo) {
            return Ok(Some((Answer::NoPicture, false)));
        }
        if !fresh
            && let Some(recent) = self.recent.as_ref().filter(|recent| recent.is_on())
            && let Some(identity) = looker.identity()
            && let Some(description) = recent.recall(&Key::new(photo.digest(), &identity))
        {
            return Ok(Some((Answer::Description(Box::new(description)), true)));
        }
        if cancel.is_cancelled() {
            return Ok(None);
        }
        let found = looker.look(photo, cancel, &mut |stage| {
            if let Some(job) = job {
                self.progress(job, stage);
            }
        })?;
        Ok(found.map(|description| (Answer::Description(Box::new(description)), false)))
    }

    fn tell(
        &mut self,
        looker: &mut MaybeLooker,
        job: JobId,
        photo: &Photo,
        answer: Answer,
        known: bool,
    ) -> Result<(), WindowGone> {
        self.shelf.note(photo, answer.clone());
        match answer {
            Answer::NoPicture => self.send(Event::NoPicture { job }),
            Answer::Description(description) => {
                self.send(Event::Done {
                    job,
                    description: description.clone(),
                    known,
                })?;
                self.keep(looker, photo, &description);
                Ok(())
            }
        }
    }

    /// Keeps what was shown; what was only described ahead is nobody's recent description.
    fn keep(&self, looker: &mut MaybeLooker, photo: &Photo, description: &Description) {
        if let Some(recent) = self.recent.as_ref().filter(|recent| recent.is_on())
            && let Ok(looker) = looker
            && let Some(identity) = looker.identity()
        {
            let key = Key::new(photo.digest(), &identity);
            recent.keep(&key, photo.name(), photo.path(), description);
        }
    }

    /// Opens and describes a photo that nobody waits for yet; what fails is told when it is asked for.
    fn look_ahead(&mut self, looker: &mut MaybeLooker, path: PathBuf, cancel: &Cancel) {
        let Ok((photo, _, known)) = self.open(path) else {
            return;
        };
        if known.is_none()
            && !cancel.is_cancelled()
            && let Ok(Some((answer, _))) = self.answer(looker, &photo, false, cancel, None)
        {
            self.shelf.note(&photo, answer);
        }
    }

    /// May be left out where nobody reads: the result is what counts.
    fn progress(&self, job: JobId, stage: crate::captioner::Stage) {
        if self.events.try_send(Event::Progress { job, stage }).is_ok() {
            (self.wake)();
        }
    }

    fn send(&self, event: Event) -> Result<(), WindowGone> {
        self.events.send(event).map_err(|_| WindowGone)?;
        (self.wake)();
        Ok(())
    }
}

fn without_file(photo: Photo) -> (Photo, Photo, Option<Answer>) {
    let preview = preview(&photo);
    (photo, preview, None)
}

/// The photo for the screen: no side longer than [`PREVIEW_SIDE`].
pub(super) fn preview(photo: &Photo) -> Photo {
    let size = photo.pixels().dimensions();
    if size.0.max(size.1) <= PREVIEW_SIDE {
        return photo.clone();
    }
    let (width, height) = within(size, PREVIEW_SIDE);
    Photo::from_pixels(photo.name(), image::imageops::thumbnail(photo.pixels(), width, height))
}
