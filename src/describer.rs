//! A worker thread that owns the captioner: it takes photos, reports progress, and lets only the newest count.
//!
//! The thread loads the model itself, so nothing waits for it. A newer photo cancels the one at work; whatever the
//! older one still reports is dropped. Every event is followed by a call of `wake`, so that a window repaints.
//!
//! While nobody waits for anything, it describes the photos that may be asked for next; such work ends at once when
//! the person asks for something, and what came of it stays on a small shelf. Descriptions are looked up among the
//! [recent](crate::recent) ones first.

mod desk;
mod event;
mod looker;
mod shelf;
mod source;
mod worker;

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;
use std::time::Duration;

use crossbeam_channel::{Receiver, RecvTimeoutError, TryRecvError, bounded};

use crate::captioner::Description;
use crate::photo::{Part, Photo};
use crate::recent::Recent;
use crate::text;
pub use desk::More;
use desk::{Desk, Work};
use worker::Worker;

pub use event::Event;
pub use looker::{Looker, Settings};
pub use source::Source;

/// The longest side of the copy of a photo that is made for the screen, in pixels.
pub const PREVIEW_SIDE: u32 = 2048;

/// Events that may wait to be read; more than one photo ever sends between two frames of a window.
const EVENTS: usize = 64;

/// Counts the photos that were handed over; a higher one is newer.
pub type JobId = u64;

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
        let recent = settings.recent.clone();
        Self::start_remembering(|| settings.open(), recent, first, wake)
    }

    /// As [`start`](Self::start), with any [`Looker`].
    pub fn start_with(
        load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static,
        first: Option<Source>,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        Self::start_remembering(load, None, first, wake)
    }

    /// As [`start_with`](Self::start_with), with the recent descriptions.
    pub fn start_remembering(
        load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static,
        recent: Option<Arc<Recent>>,
        first: Option<Source>,
        wake: impl Fn() + Send + 'static,
    ) -> Self {
        let (sender, events) = bounded(EVENTS);
        let desk = Arc::new(Desk::default());
        let newest = JobId::from(first.is_some());
        if let Some(source) = first {
            desk.put(newest, Work::Describe(source));
        }
        let worker = Worker::new(Arc::clone(&desk), sender, Box::new(wake), recent);
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
        self.put(Work::Describe(source))
    }

    /// Asks for more about a photo, or a part of it, that was described, and returns at once; as with
    /// [`describe`](Self::describe), what is at work is cancelled.
    pub fn look_further(&mut self, photo: Photo, part: Option<Part>, description: Description, more: More) -> JobId {
        self.put(Work::Further(photo, part, Box::new(description), more))
    }

    fn put(&mut self, work: Work) -> JobId {
        self.newest += 1;
        self.desk.put(self.newest, work);
        self.newest
    }

    /// Ends what is at work and forgets what waits; nothing of it is heard any more.
    pub fn cancel(&mut self) {
        self.newest += 1;
        self.desk.clear();
    }

    /// Names the photos that may be asked for next, the likeliest first: they are described while nobody waits for
    /// anything, and shown at once when they are [asked for](Self::describe). Whatever is asked for ends it.
    pub fn describe_ahead(&mut self, photos: Vec<PathBuf>) {
        self.desk.put_ahead(photos);
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

#[cfg(test)]
mod tests;
