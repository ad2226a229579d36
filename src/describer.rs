//! A worker thread that owns the captioner: it takes photos, reports progress, and lets only the newest count.
//!
//! The thread loads the model itself, so nothing waits for it. A newer photo cancels the one at work; whatever the
//! older one still reports is dropped. Every event is followed by a call of `wake`, so that a window repaints.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

use crossbeam_channel::{Receiver, Sender, TryRecvError, bounded};
use image::RgbImage;

use crate::captioner::{Cancel, Captioner, Description, Stage};
use crate::photo::{Photo, PhotoError};

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
    /// A file's bytes without a path, with the name it is called by.
    Bytes {
        /// What it is called in messages.
        name: String,
        /// The whole file.
        bytes: Vec<u8>,
    },
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
