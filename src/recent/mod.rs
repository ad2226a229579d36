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

/// Where they are kept: with the rest of the [data](crate::settings::data_folder).
pub fn folder() -> Option<PathBuf> {
    crate::settings::data_folder()
}
