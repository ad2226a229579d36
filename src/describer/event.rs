//! What the describer's thread reports.

use super::{JobId, More};
use crate::captioner::{Description, Stage};
use crate::photo::Photo;
use crate::words::OwnWords;

/// What the thread reports.
#[derive(Debug)]
pub enum Event {
    /// The model is loaded.
    ModelReady {
        /// The model's name.
        name: String,
        /// What it runs on, with the reason where that is not what was asked for.
        device: String,
        /// The language of its captions, where it says it.
        language: Option<String>,
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
        /// The photo for the screen: no side longer than [`PREVIEW_SIDE`](super::PREVIEW_SIDE).
        preview: Photo,
        /// The words that it brings along.
        words: Option<Box<OwnWords>>,
    },
    /// The captioner came to its next stage.
    Progress {
        /// Whose.
        job: JobId,
        /// Which.
        stage: Stage,
    },
    /// The description is there.
    Done {
        /// Whose.
        job: JobId,
        /// What the model sees.
        description: Box<Description>,
        /// Whether it was known before it was asked for: described ahead of time, or kept from another day.
        known: bool,
    },
    /// There is nothing to see in the photo, so that no model was asked.
    NoPicture {
        /// Whose.
        job: JobId,
    },
    /// The description with what more was found, or as it was where nothing is.
    Further {
        /// Whose.
        job: JobId,
        /// What was looked for.
        more: More,
        /// The same description.
        description: Box<Description>,
    },
    /// The photo of a description that was kept cannot be opened any more; the description is there.
    PhotoGone {
        /// Whose.
        job: JobId,
        /// What the photo was called.
        name: String,
        /// Why it cannot be shown.
        sentence: String,
        /// What was kept.
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
    pub(crate) fn job(&self) -> Option<JobId> {
        match self {
            Self::ModelReady { .. } | Self::ModelFailed { .. } => None,
            Self::PhotoReady { job, .. }
            | Self::Progress { job, .. }
            | Self::Done { job, .. }
            | Self::NoPicture { job }
            | Self::Further { job, .. }
            | Self::PhotoGone { job, .. }
            | Self::Failed { job, .. } => Some(*job),
        }
    }
}
