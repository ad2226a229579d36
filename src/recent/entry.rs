//! One line of the list of recent descriptions.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::Key;

/// A description that is kept, without its words.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub(super) key: String,
    /// The sentence, with its warning where there was one.
    pub sentence: String,
    /// What the photo was called.
    pub name: String,
    /// Where it was; not always Unicode.
    path: Option<OsString>,
    /// When it was described or seen again, in seconds since 1970.
    pub when: u64,
}

impl Entry {
    pub(super) fn new(key: &Key, sentence: String, name: &str, path: Option<&Path>, when: u64) -> Self {
        Self {
            key: key.as_str().to_owned(),
            sentence,
            name: name.to_owned(),
            path: path.map(|path| path.as_os_str().to_owned()),
            when,
        }
    }

    /// Where the photo was, if it came from a file.
    pub fn path(&self) -> Option<PathBuf> {
        self.path.as_ref().map(PathBuf::from)
    }
}
