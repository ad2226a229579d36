//! Why photos could not be described into files, as sentences for the person.

use std::io;
use std::path::PathBuf;

use crate::captioner::CaptionError;
use crate::text;

/// What could not be done, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum FolderError {
    /// The ending of a file says nothing of its format.
    #[error("{}", text!("folder-format", path = path.display().to_string()))]
    Format {
        /// The file.
        path: PathBuf,
    },
    /// A file is there that was not written by this program, or was changed since.
    #[error("{}", text!("folder-not-ours", path = path.display().to_string()))]
    NotOurs {
        /// The file.
        path: PathBuf,
    },
    /// Another run writes the same files.
    #[error("{}", text!("folder-busy", path = path.display().to_string()))]
    Busy {
        /// The ledger.
        path: PathBuf,
    },
    /// A file cannot be read or written.
    #[error("{}", text!("folder-disk", path = path.display().to_string(), reason = source.to_string()))]
    Disk {
        /// The file.
        path: PathBuf,
        /// What the system says.
        #[source]
        source: io::Error,
    },
    /// There is no such folder.
    #[error("{}", text!("folder-missing"))]
    NoFolder,
    /// The photos cannot be listed to the end; the sentence says why.
    #[error("{_0}")]
    List(String),
    /// The thread has ended by a fault.
    #[error("{}", text!("describer-gone"))]
    Gone,
    /// There is nothing to describe with.
    #[error(transparent)]
    Caption(#[from] CaptionError),
    /// It was ended by the person.
    #[error("{}", text!("folder-cancelled"))]
    Cancelled,
}

impl FolderError {
    /// Something that the system says of a file.
    pub(super) fn disk(path: &std::path::Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }
}
