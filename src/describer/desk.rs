//! Where work waits: room for one thing that the person asked for, for only the newest counts, and for the photos that
//! may be asked for next.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use super::{JobId, Source};
use crate::captioner::{Cancel, Description};
use crate::photo::{Part, Photo};

/// What a person asks for.
#[derive(Debug)]
pub(super) enum Work {
    Describe(Source),
    Further(Photo, Option<Part>, Box<Description>, More),
}

/// What more is to be found out about a photo that was described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum More {
    /// Other sentences.
    Sentences,
    /// Where the photo matters for each word, by covering parts of it.
    Places,
}

/// What is to be done now.
pub(super) enum Task {
    /// What the person waits for.
    Asked(JobId, Work, Cancel),
    /// What nobody waits for yet.
    Ahead(PathBuf, Cancel),
}

#[derive(Debug, Default)]
pub(super) struct Desk {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    waiting: Option<(JobId, Work)>,
    ahead: VecDeque<PathBuf>,
    at_work: Option<Cancel>,
    closed: bool,
}

impl State {
    fn begin(&mut self) -> Cancel {
        let cancel = Cancel::default();
        self.at_work = Some(cancel.clone());
        cancel
    }

    /// Ends what is at work, and what nobody waits for.
    fn interrupt(&mut self) {
        self.ahead.clear();
        if let Some(cancel) = self.at_work.take() {
            cancel.cancel();
        }
    }
}

impl Desk {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn put(&self, job: JobId, work: Work) {
        let mut state = self.lock();
        state.waiting = Some((job, work));
        state.interrupt();
        self.changed.notify_one();
    }

    pub(super) fn put_ahead(&self, photos: Vec<PathBuf>) {
        let mut state = self.lock();
        state.ahead = photos.into();
        self.changed.notify_one();
    }

    pub(super) fn clear(&self) {
        let mut state = self.lock();
        state.waiting = None;
        state.interrupt();
    }

    pub(super) fn close(&self) {
        let mut state = self.lock();
        state.closed = true;
        state.waiting = None;
        state.interrupt();
        self.changed.notify_one();
    }

    /// Waits for the next thing to do, what the person asked for before all else; none once closed.
    pub(super) fn take(&self) -> Option<Task> {
        let mut state = self.lock();
        loop {
            if state.closed {
                return None;
            }
            if let Some((job, work)) = state.waiting.take() {
                return Some(Task::Asked(job, work, state.begin()));
            }
            if let Some(path) = state.ahead.pop_front() {
                return Some(Task::Ahead(path, state.begin()));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// What the person asked for already, without waiting.
    pub(super) fn take_waiting(&self) -> Option<(JobId, Work, Cancel)> {
        let mut state = self.lock();
        let (job, work) = state.waiting.take()?;
        Some((job, work, state.begin()))
    }
}
