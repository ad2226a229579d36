//! Why a picture could not be read, as sentences for the person.

use std::io;

use super::decode::MAX_ALLOCATION;
use super::{MAX_FILE_BYTES, MAX_PIXELS};
use crate::text;

/// What could not be done, why, and what to do.
///
/// The sentences name no file: the caller shows or says the name beside them where there are several.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Nothing lies at the path.
    #[error("{}", text!("photo-missing"))]
    Missing,
    /// The path leads to a folder.
    #[error("{}", text!("photo-is-folder"))]
    Folder,
    /// A device, pipe or socket, which may never end.
    #[error("{}", text!("photo-is-no-file"))]
    NotAFile,
    /// The system denies reading.
    #[error("{}", text!("photo-forbidden"))]
    Forbidden,
    /// Anything else that the system says when it is asked for the file.
    #[error("{}", text!("photo-unreadable", reason = _0.to_string()))]
    Unreadable(#[source] io::Error),
    /// No bytes.
    #[error("{}", text!("photo-empty"))]
    Empty,
    /// More bytes than are read.
    #[error("{}", text!("photo-file-too-large", megabytes = MAX_FILE_BYTES >> 20))]
    FileTooLarge,
    /// The content is of no picture format, whatever the name says.
    #[error("{}", text!("photo-no-picture"))]
    NotAPicture,
    /// A picture of a format that no decoder is there for: "AVIF".
    #[error("{}", text!("photo-unsupported", format = _0))]
    Unsupported(String),
    /// A picture of a variant of its format that no decoder is there for: "PNG".
    #[error("{}", text!("photo-unsupported-kind", format = _0))]
    UnsupportedKind(String),
    /// More pixels than are allowed.
    #[error("{}", text!("photo-too-many-pixels", megapixels = MAX_PIXELS / 1_000_000))]
    TooManyPixels,
    /// Few enough pixels, but more memory for them than is allowed.
    #[error("{}", text!("photo-too-much-memory", megabytes = MAX_ALLOCATION >> 20))]
    TooMuchMemory,
    /// Data are missing at the end.
    #[error("{}", text!("photo-ends-early"))]
    EndsEarly,
    /// The data contradict their format.
    #[error("{}", text!("photo-damaged"))]
    Damaged,
}
