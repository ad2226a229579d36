//! Recent descriptions, kept as text on this computer so that a photo that was described need not be described again.
//!
//! Kept are the sentence, its words with their numbers and maps, its alternatives, and the photo's name and place;
//! never a pixel. An index, `recent.json`, names the newest [`MOST`] of them, and each has a file of its own in
//! `recent/`; only the person's own account may read them. Whatever the window needs is in memory; files are read and
//! written on other threads than the window's.

mod entry;
mod error;
mod files;
mod key;
mod store;

pub use entry::Entry;
pub use error::RecentTrouble;
pub use key::Key;
pub use store::Recent;

use std::path::PathBuf;

/// How many descriptions are kept; the oldest go first.
pub const MOST: usize = 500;

/// Where they are kept: `HEARSIGHT_DATA_DIR` where that is set, else where the platform keeps a program's data
/// (`$XDG_DATA_HOME/hearsight` or `~/.local/share/hearsight`, `~/Library/Application Support/hearsight`,
/// `%APPDATA%\hearsight\data`); none where there is no home.
pub fn folder() -> Option<PathBuf> {
    match std::env::var_os("HEARSIGHT_DATA_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => directories::ProjectDirs::from("", "", "hearsight").map(|dirs| dirs.data_dir().to_owned()),
    }
}
