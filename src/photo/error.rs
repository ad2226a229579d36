//! Why a picture could not be read, as sentences for the person.

use std::io;

use super::decode::{MAX_ALLOCATION, MAX_FRAMES};
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
    /// A picture of a format that no decoder is there for: "QOI".
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
    /// A HEIF picture of the format "HEIC" or "AVIF", and no library that reads it.
    #[error("{}", text!("photo-no-library", format = _0))]
    NoLibrary(String),
    /// A camera's raw file without a picture in it that could be shown.
    #[error("{}", text!("photo-no-preview"))]
    NoPreview,
    /// An animation that begins with frames in which there is nothing.
    #[error("{}", text!("photo-nothing-in-frames", frames = MAX_FRAMES))]
    NothingInFrames,
    /// Decoding was given up after so many seconds.
    #[error("{}", text!("photo-too-slow", seconds = *_0))]
    TooSlow(u64),
    /// The process that decodes came to an end over this picture.
    #[error("{}", text!("photo-decoder-crashed"))]
    DecoderCrashed,
    /// The process that decodes could not be started.
    #[error("{}", text!("photo-no-decoder", reason = _0.to_string()))]
    NoDecoder(#[source] io::Error),
    /// Data are missing at the end, and too little is there to be shown.
    #[error("{}", text!("photo-ends-early"))]
    EndsEarly,
    /// The data contradict their format.
    #[error("{}", text!("photo-damaged"))]
    Damaged,
}
