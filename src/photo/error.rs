//! Why a picture could not be read, as sentences for the person.

use std::io;

use super::decode::MAX_ALLOCATION;
use super::{MAX_FILE_BYTES, MAX_PIXELS};

/// What could not be done, why, and what to do.
///
/// The sentences name no file: the caller shows or says the name beside them where there are several.
#[derive(Debug, thiserror::Error)]
pub enum PhotoError {
    /// Nothing lies at the path.
    #[error("There is no such file. It may have been moved or renamed: choose the photo again.")]
    Missing,
    /// The path leads to a folder.
    #[error("This is a folder, not a picture. Choose a photo inside it.")]
    Folder,
    /// A device, pipe or socket, which may never end.
    #[error("This is not an ordinary file, so it cannot be read as a picture. Choose a photo.")]
    NotAFile,
    /// The system denies reading.
    #[error("This file may not be read: the permission is missing. Change its permissions or choose another photo.")]
    Forbidden,
    /// Anything else that the system says when it is asked for the file.
    #[error("This file cannot be read: {0}. Check that its disk or card is still connected, then try again.")]
    Unreadable(#[source] io::Error),
    /// No bytes.
    #[error("This file is empty. Try to download or copy it again.")]
    Empty,
    /// More bytes than are read.
    #[error(
        "This file is larger than {} megabytes, too large for a picture. Choose a smaller one.",
        MAX_FILE_BYTES >> 20
    )]
    FileTooLarge,
    /// The content is of no picture format, whatever the name says.
    #[error("This file is no picture, whatever its name says. Choose a photo such as a JPEG or PNG file.")]
    NotAPicture,
    /// A picture of a format or variant that no decoder is there for: "the format AVIF", "a special kind of PNG".
    #[error("This is a picture of {0}, which cannot be read here. Save it as JPEG or PNG and open that.")]
    Unsupported(String),
    /// More pixels than are allowed.
    #[error(
        "This picture is too large: up to {} megapixels can be read. Make a smaller copy and open that.",
        MAX_PIXELS / 1_000_000
    )]
    TooManyPixels,
    /// Few enough pixels, but more memory for them than is allowed.
    #[error(
        "This picture is too large: reading it would take more than {} megabytes of memory. Make a smaller copy and \
         open that.",
        MAX_ALLOCATION >> 20
    )]
    TooMuchMemory,
    /// Data are missing at the end.
    #[error("This file ends too early to be a whole picture. Try to download or copy it again.")]
    EndsEarly,
    /// The data contradict their format.
    #[error("This picture is damaged and cannot be shown. Try to download or copy it again.")]
    Damaged,
}
