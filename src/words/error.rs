//! Why words could not be read or saved, as sentences for the person.

use std::io;
use std::path::PathBuf;

use super::{LIMIT, OwnWords};
use crate::photo::PhotoError;
use crate::text;

/// What could not be done, why, and what to do. The sentences name no key and no option, for the window and the command
/// line have different ones: see [`WordsError::offers_sidecar`].
#[derive(Debug, thiserror::Error)]
pub enum WordsError {
    /// The photo cannot be read.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// Nothing was written.
    #[error("{}", text!("own-words-empty"))]
    Empty,
    /// More characters than an alternative text should have.
    #[error("{}", text!("own-words-too-long", count = _0, most = LIMIT))]
    TooLong(usize),
    /// A person's text stands there already, and this is another one.
    #[error("{}", text!("own-words-there", words = &_0.text))]
    There(Box<OwnWords>),
    /// The format has no place that could be changed safely.
    #[error("{}", text!("own-words-no-place"))]
    NoPlace,
    /// The file, or the packet in it, is damaged.
    #[error("{}", text!("own-words-damaged"))]
    Damaged,
    /// What the file has of its own leaves no room.
    #[error("{}", text!("own-words-no-room"))]
    NoRoom,
    /// The file is write-protected.
    #[error("{}", text!("own-words-protected"))]
    Protected,
    /// Owner or permissions could not be kept.
    #[error("{}", text!("own-words-not-kept", reason = _0.to_string()))]
    NotKept(#[source] io::Error),
    /// Another program has changed the file meanwhile.
    #[error("{}", text!("own-words-changed"))]
    Changed,
    /// The sidecar is damaged.
    #[error("{}", text!("own-words-sidecar-damaged", path = _0.display().to_string()))]
    SidecarDamaged(PathBuf),
    /// The copy of the photo as it is could not be made.
    #[error("{}", text!("own-words-no-backup", reason = _0.to_string()))]
    NoBackup(#[source] io::Error),
    /// The disk or the system.
    #[error("{}", text!("own-words-not-saved", reason = _0.to_string()))]
    NotSaved(#[source] io::Error),
}

impl WordsError {
    /// Whether the words could still be saved beside the photo.
    pub fn offers_sidecar(&self) -> bool {
        matches!(
            self,
            Self::NoPlace | Self::Damaged | Self::NoRoom | Self::Protected | Self::NotKept(_)
        )
    }
}
