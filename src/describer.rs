//! A worker thread that owns the captioner: it takes photos, reports progress, and lets only the newest count.
//!
//! The thread loads the model itself, so nothing waits for it. A newer photo cancels the one at work; whatever the
//! older one still reports is dropped. Every event is followed by a call of `wake`, so that a window repaints.

use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, TryRecvError, bounded};
use image::RgbImage;

use crate::captioner::{Cancel, CaptionError, Captioner, DescribeOptions, Description, LoadOptions, Stage};
use crate::model::{self, ModelFolder};
use crate::photo::{Photo, within};
use crate::text;

/// The longest side of the copy of a photo that is made for the screen, in pixels.
pub const PREVIEW_SIDE: u32 = 2048;

/// Events that may wait to be read; more than one photo ever sends between two frames of a window.
const EVENTS: usize = 64;

/// Counts the photos that were handed over; a higher one is newer.
pub type JobId = u64;

/// Where a photo comes from.
#[derive(Debug)]
pub enum Source {
    /// A file, opened or dropped.
    Path(PathBuf),
    /// Upright pixels, as pasted from the clipboard, with the name they are called by.
    Pixels {
        /// What they are called in messages.
        name: String,
        /// The picture.
        pixels: RgbImage,
    },
    /// A photo that is decoded already, to be described again.
    Photo(Photo),
}

/// What the thread reports.
#[derive(Debug)]
pub enum Event {
    /// The model is loaded.
    ModelReady {
        /// The model's name.
        name: String,
        /// What it runs on, with the reason where that is not what was asked for.
        device: String,
    },
    /// There is no model to describe with; photos are still decoded and shown.
    ModelFailed {
        /// Why, and what to do.
        sentence: String,
    },
    /// The photo is decoded and can be shown, before its sentence is written.
    PhotoReady {
        /// Whose.
        job: JobId,
        /// The whole photo.
        photo: Photo,
        /// The photo for the screen: no side longer than [`PREVIEW_SIDE`].
        preview: Photo,
    },
    /// The captioner came to its next stage.
    Progress {
        /// Whose.
        job: JobId,
        /// Which.
        stage: Stage,
    },
    /// The description is written.
    Done {
        /// Whose.
        job: JobId,
        /// What the model sees.
        description: Box<Description>,
    },
    /// The photo could not be opened or described.
    Failed {
        /// Whose.
        job: JobId,
        /// Why, and what to do.
        sentence: String,
    },
}

impl Event {
    /// The photo that the event is about; none for events about the model.
    fn job(&self) -> Option<JobId> {
        match self {
            Self::ModelReady { .. } | Self::ModelFailed { .. } => None,
            Self::PhotoReady { job, .. }
            | Self::Progress { job, .. }
            | Self::Done { job, .. }
            | Self::Failed { job, .. } => Some(*job),
        }
    }
}

/// What the thread needs of a captioner; [`Captioner`] in the program.
pub trait Looker {
    /// The model's name and what it runs on.
    fn about(&self) -> (String, String);

    /// Describes one photo; `Ok(None)` where it was cancelled.
    ///
    /// # Errors
    /// A sentence for the person.
    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String>;
}

/// The captioner with the options that every photo is described with.
struct Eyes {
    captioner: Captioner,
    options: DescribeOptions,
}

impl Looker for Eyes {
    fn about(&self) -> (String, String) {
        (self.captioner.name().to_owned(), self.captioner.device().to_owned())
    }

    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        match self.captioner.describe(photo, &self.options, cancel, progress) {
            Ok(description) => Ok(Some(description)),
            Err(CaptionError::Cancelled) => Ok(None),
            Err(error) => Err(error.to_string()),
        }
    }
}

/// Which model to load and how to describe.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The model folder; none: the one that [`model::find`] finds.
    pub model: Option<PathBuf>,
    /// How the model is loaded.
    pub load: LoadOptions,
    /// How photos are described.
    pub describe: DescribeOptions,
}

impl Settings {
    fn open(self) -> Result<Box<dyn Looker>, String> {
        let path = model::find(self.model.as_deref()).map_err(|error| error.to_string())?;
        let folder = ModelFolder::open(&path).map_err(|error| error.to_string())?;
        let captioner = Captioner::load(&folder, &self.load).map_err(|error| error.to_string())?;
        Ok(Box::new(Eyes {
            captioner,
            options: self.describe,
        }))
    }
}

/// The handle of the thread. Dropping it cancels the photo at work and ends the thread; one that is reading a model or
/// a file, which nothing can cancel, is left alone after some seconds.
#[derive(Debug)]
pub struct Describer {
    desk: Arc<Desk>,
    events: Option<Receiver<Event>>,
    thread: Option<JoinHandle<()>>,
    // Nothing is ever sent: it closes when the thread has ended.
    ended: Receiver<()>,
    newest: JobId,
    gone: Gone,
}

/// What was told of a thread that has ended by itself.
#[derive(Debug)]
enum Gone {
    Nothing,
    /// That it is gone, and that this photo, 0 for none, will not be described.
    Told(JobId),
}

impl Describer {
    const DROP_WITHIN: Duration = Duration::from_millis(2500);

    /// Starts the thread, which loads the model at once. A photo given as `first` is job 1 and is shown before the
    /// model is loaded.
    pub fn start(settings: Settings, first: Option<Source>, wake: impl Fn() + Send + 'static) -> Self {
        Self::start_with(|| settings.open(), first, wake)
    }

    /// As [`start`](Self::start), with any [`Looker`].
    pub fn start_with(
        load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static,
        first: Option<Source>,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let (sender, events) = bounded(EVENTS);
        let desk = Arc::new(Desk::default());
        let newest = JobId::from(first.is_some());
        desk.lock().waiting = first.map(|source| (newest, source));
        let worker = Worker {
            desk: Arc::clone(&desk),
            events: sender,
            wake: Box::new(wake),
        };
        let (ending, ended) = bounded(0);
        let thread = std::thread::Builder::new().name("describer".to_owned()).spawn(move || {
            // Dropped, and so told, by a panic as well.
            let _ending = ending;
            worker.run(load);
        });
        // Without a thread the channel is closed, which `poll` reports.
        let thread = thread
            .inspect_err(|error| log::error!("the describer's thread did not start: {error}"))
            .ok();
        Self {
            desk,
            events: Some(events),
            thread,
            ended,
            newest,
            gone: Gone::Nothing,
        }
    }

    /// Hands over a photo and returns at once. The photo before it is cancelled; it sends no more events.
    pub fn describe(&mut self, source: Source) -> JobId {
        self.newest += 1;
        self.desk.put(self.newest, source);
        self.newest
    }

    /// The next event that still counts, if there is one.
    pub fn poll(&mut self) -> Option<Event> {
        loop {
            match self.events.as_ref()?.try_recv() {
                Ok(event) if event.job().is_none_or(|job| job == self.newest) => return Some(event),
                Ok(_stale) => {}
                Err(TryRecvError::Empty) => return None,
                Err(TryRecvError::Disconnected) => return self.tell_of_the_end(),
            }
        }
    }

    /// Without the thread there is no model, and every photo that is still handed over fails with that reason.
    fn tell_of_the_end(&mut self) -> Option<Event> {
        let sentence = text!("describer-gone");
        match self.gone {
            Gone::Nothing => {
                self.gone = Gone::Told(0);
                Some(Event::ModelFailed { sentence })
            }
            Gone::Told(job) if job < self.newest => {
                self.gone = Gone::Told(self.newest);
                Some(Event::Failed {
                    job: self.newest,
                    sentence,
                })
            }
            Gone::Told(_) => None,
        }
    }
}

impl Drop for Describer {
    fn drop(&mut self) {
        // The thread may be waiting for room in the channel: close it before waiting for the thread.
        self.events = None;
        self.desk.close();
        match self.ended.recv_timeout(Self::DROP_WITHIN) {
            Err(RecvTimeoutError::Timeout) => log::warn!("the describer's thread does not end; it is left alone"),
            Ok(()) | Err(RecvTimeoutError::Disconnected) => {
                if self.thread.take().is_some_and(|thread| thread.join().is_err()) {
                    log::error!("the describer's thread had panicked");
                }
            }
        }
    }
}

/// Where a photo waits: room for one, for only the newest counts.
#[derive(Debug, Default)]
struct Desk {
    state: Mutex<DeskState>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct DeskState {
    waiting: Option<(JobId, Source)>,
    at_work: Option<Cancel>,
    closed: bool,
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, DeskState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, job: JobId, source: Source) {
        let mut state = self.lock();
        state.waiting = Some((job, source));
        if let Some(cancel) = state.at_work.take() {
            cancel.cancel();
        }
        self.changed.notify_one();
    }

    fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        if let Some(cancel) = state.at_work.take() {
            cancel.cancel();
        }
        self.changed.notify_one();
    }

    /// Waits for the next photo; none once closed.
    fn take(&self) -> Option<(JobId, Source, Cancel)> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some((job, source)) = state.waiting.take() {
                return Some((job, source, Self::begin(&mut state)));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The photo that waits already, without waiting for one.
    fn take_waiting(&self) -> Option<(JobId, Source, Cancel)> {
        let mut state = self.lock();
        let (job, source) = state.waiting.take()?;
        Some((job, source, Self::begin(&mut state)))
    }

    fn begin(state: &mut DeskState) -> Cancel {
        let cancel = Cancel::default();
        state.at_work = Some(cancel.clone());
        cancel
    }
}

struct Worker {
    desk: Arc<Desk>,
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
}

/// The window has gone: nobody reads the events any more.
struct WindowGone;

impl Worker {
    fn run(self, load: impl FnOnce() -> Result<Box<dyn Looker>, String>) {
        // Ends early where nobody listens any more, which is no fault.
        let _ = self.work(load);
    }

    fn work(&self, load: impl FnOnce() -> Result<Box<dyn Looker>, String>) -> Result<(), WindowGone> {
        // A photo that is there at the start is shown before the model is loaded.
        let first = match self.desk.take_waiting() {
            Some((job, source, cancel)) => self.decode(job, source, &cancel)?.map(|photo| (job, photo, cancel)),
            None => None,
        };
        let mut looker = match load() {
            Ok(looker) => {
                let (name, device) = looker.about();
                self.send(Event::ModelReady { name, device })?;
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
        if let Some((job, photo, cancel)) = first {
            self.describe(&mut looker, job, &photo, &cancel)?;
        }
        while let Some((job, source, cancel)) = self.desk.take() {
            if let Some(photo) = self.decode(job, source, &cancel)? {
                self.describe(&mut looker, job, &photo, &cancel)?;
            }
        }
        Ok(())
    }

    /// Decodes the photo and shows it; none where that failed or a newer one came.
    fn decode(&self, job: JobId, source: Source, cancel: &Cancel) -> Result<Option<Photo>, WindowGone> {
        let photo = match source {
            Source::Path(path) => Photo::open(&path),
            Source::Pixels { name, pixels } => Ok(Photo::from_pixels(&name, pixels)),
            Source::Photo(photo) => Ok(photo),
        };
        if cancel.is_cancelled() {
            return Ok(None);
        }
        match photo {
            Ok(photo) => {
                let preview = preview(&photo);
                self.send(Event::PhotoReady {
                    job,
                    photo: photo.clone(),
                    preview,
                })?;
                Ok(Some(photo))
            }
            Err(error) => {
                self.send(Event::Failed {
                    job,
                    sentence: error.to_string(),
                })?;
                Ok(None)
            }
        }
    }

    fn describe(
        &self,
        looker: &mut Result<Box<dyn Looker>, String>,
        job: JobId,
        photo: &Photo,
        cancel: &Cancel,
    ) -> Result<(), WindowGone> {
        if cancel.is_cancelled() {
            return Ok(());
        }
        let result = match looker {
            // Progress may be left out where nobody reads: the result is what counts.
            Ok(looker) => looker.look(photo, cancel, &mut |stage| {
                if self.events.try_send(Event::Progress { job, stage }).is_ok() {
                    (self.wake)();
                }
            }),
            Err(sentence) => Err(sentence.clone()),
        };
        match result {
            Ok(Some(description)) => self.send(Event::Done {
                job,
                description: Box::new(description),
            }),
            Ok(None) => Ok(()),
            Err(sentence) => self.send(Event::Failed { job, sentence }),
        }
    }

    fn send(&self, event: Event) -> Result<(), WindowGone> {
        self.events.send(event).map_err(|_| WindowGone)?;
        (self.wake)();
        Ok(())
    }
}

/// The photo for the screen: no side longer than [`PREVIEW_SIDE`].
fn preview(photo: &Photo) -> Photo {
    let size = photo.pixels().dimensions();
    if size.0.max(size.1) <= PREVIEW_SIDE {
        return photo.clone();
    }
    let (width, height) = within(size, PREVIEW_SIDE);
    Photo::from_pixels(photo.name(), image::imageops::thumbnail(photo.pixels(), width, height))
}

#[cfg(test)]
mod tests;
