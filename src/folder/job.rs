//! A folder that is described on a thread of its own, for the window.

use std::path::{Path, PathBuf};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crossbeam_channel::{Receiver, Sender, bounded};

use super::{Asked, Catalogue, Control, Describing, FolderError, Progress, Summary, describe};
use crate::captioner::{DescribeOptions, LoadOptions};
use crate::roll::{Walk, walk};

/// What is to be described, into what, and with what.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The folder; those below it too.
    pub folder: PathBuf,
    /// The files that are to be written.
    pub outputs: Vec<PathBuf>,
    /// The model; none: the one that [`find`](crate::model::find) finds.
    pub model: Option<PathBuf>,
    /// How it is loaded.
    pub load: LoadOptions,
    /// How it is asked.
    pub options: DescribeOptions,
}

/// What the thread reports.
#[derive(Debug)]
pub enum Event {
    /// So many photos were found so far.
    Found(usize),
    /// So far it is.
    Progress(Progress),
    /// It has ended.
    Ended(Result<Summary, FolderError>),
}

/// The handle of the thread. Dropping it cancels the run and waits a moment for its end.
#[derive(Debug)]
pub struct Job {
    control: Control,
    events: Receiver<Event>,
    thread: Option<JoinHandle<()>>,
}

/// Sends events to the window and wakes it.
struct Teller {
    events: Sender<Event>,
    wake: Box<dyn Fn() + Send>,
    told: Instant,
}

impl Teller {
    /// How often the window hears of it at most.
    const EVERY: Duration = Duration::from_millis(200);

    /// What comes soon again may be left out.
    fn tell(&mut self, event: Event) {
        if self.told.elapsed() >= Self::EVERY && self.events.try_send(event).is_ok() {
            self.told = Instant::now();
            (self.wake)();
        }
    }

    fn tell_the_end(&self, ended: Result<Summary, FolderError>) {
        if self.events.send(Event::Ended(ended)).is_ok() {
            (self.wake)();
        }
    }
}

impl Job {
    /// Starts it; `wake` is called after each event.
    ///
    /// # Errors
    /// The system has no room for a thread.
    pub fn start(request: Request, wake: impl Fn() + Send + 'static) -> std::io::Result<Self> {
        Self::start_with(move |control, tell| run(&request, control, tell), wake)
    }

    /// The same with any work.
    ///
    /// # Errors
    /// As [`start`](Self::start).
    pub fn start_with(
        work: impl FnOnce(&Control, &mut dyn FnMut(Event)) -> Result<Summary, FolderError> + Send + 'static,
        wake: impl Fn() + Send + 'static,
    ) -> std::io::Result<Self> {
        let (sender, events) = bounded(16);
        let control = Control::default();
        let handle = control.clone();
        let thread = std::thread::Builder::new().name("folder".to_owned()).spawn(move || {
            let mut teller = Teller {
                events: sender,
                wake: Box::new(wake),
                told: Instant::now(),
            };
            let ended = work(&handle, &mut |event| teller.tell(event));
            teller.tell_the_end(ended);
        })?;
        Ok(Self {
            control,
            events,
            thread: Some(thread),
        })
    }

    /// Pauses and cancels it.
    pub fn control(&self) -> &Control {
        &self.control
    }

    /// What has come since, oldest first; a thread that ended by a fault has its end told too.
    pub fn poll(&mut self) -> Option<Event> {
        if let Ok(event) = self.events.try_recv() {
            return Some(event);
        }
        let has_ended = self.thread.as_ref().is_some_and(JoinHandle::is_finished);
        if !has_ended {
            return None;
        }
        // What it has sent last may have come in between.
        if let Ok(event) = self.events.try_recv() {
            return Some(event);
        }
        let panicked = self.thread.take().is_some_and(|thread| thread.join().is_err());
        panicked.then_some(Event::Ended(Err(FolderError::Gone)))
    }
}

impl Drop for Job {
    fn drop(&mut self) {
        const WITHIN: Duration = Duration::from_secs(2);

        self.control.cancel();
        let begun = Instant::now();
        while let Some(thread) = &self.thread {
            // It may wait for room to tell its end.
            while self.events.try_recv().is_ok() {}
            if thread.is_finished() {
                break;
            }
            if begun.elapsed() > WITHIN {
                log::warn!("the folder's thread does not end; it is left alone");
                break;
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

fn run(request: &Request, control: &Control, tell: &mut dyn FnMut(Event)) -> Result<Summary, FolderError> {
    // Asked here, off the window's thread: a folder that was typed may not be there, or lie on another computer.
    if !request.folder.is_dir() {
        return Err(FolderError::NoFolder);
    }
    let catalogue = Catalogue::open(&request.outputs, name_of(&request.folder).as_deref())?;
    let with = Describing::load(request.model.as_deref(), &request.load, request.options.clone())?;
    let walked = walk(&request.folder, &mut |found| {
        tell(Event::Found(found));
        control.goes_on()
    });
    let Walk { found, passed } = walked.ok_or(FolderError::Cancelled)?;
    let total = found.len();
    let photos = found.into_iter().map(|found| Ok(Asked::from(found)));
    let summary = describe(photos, Some(total), catalogue, with, control, &mut |progress| {
        tell(Event::Progress(progress.clone()));
    })?;
    Ok(Summary { passed, ..summary })
}

/// What an album of a folder is called.
pub fn name_of(folder: &Path) -> Option<String> {
    let folder = std::path::absolute(folder).ok()?;
    Some(folder.file_name()?.to_string_lossy().into_owned())
}
