//! Why a photo could not be described, as sentences for the person.

use crate::model::{GenerationError, ModelError};
use crate::text;

use super::RuntimeError;
use super::preprocess::PreprocessorError;

/// What could not be done, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum CaptionError {
    /// ONNX Runtime is missing, too old or broken.
    #[error(transparent)]
    Runtime(#[from] RuntimeError),
    /// The model folder cannot be used.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// The model wants its photos prepared in a way that is not known here.
    #[error(transparent)]
    Preprocessor(#[from] PreprocessorError),
    /// A setting of the search that was asked for cannot be followed.
    #[error("{}", text!("caption-setting", reason = reason.to_string()))]
    Generation {
        /// Which one, and why.
        #[from]
        reason: GenerationError,
    },
    /// [`Cancel::cancel`](super::Cancel::cancel) was called.
    #[error("{}", text!("caption-cancelled"))]
    Cancelled,
    /// The model ended its sentence before the first word.
    #[error("{}", text!("caption-no-words"))]
    NoWords,
    /// A graph failed while it ran.
    #[error("{}", text!("caption-run-failed", reason = reason))]
    Run {
        /// What ONNX Runtime said, in one line.
        reason: String,
    },
}
