//! What went wrong with the recent descriptions, as sentences for the person.

use std::io;
use std::path::PathBuf;

use crate::text;

/// What could not be done, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum RecentTrouble {
    /// The index is no index.
    #[error("{}", text!("recent-broken", aside = aside.display().to_string()))]
    Broken {
        /// Where it lies now.
        aside: PathBuf,
    },
    /// The disk does not take it.
    #[error(
        "{}",
        text!("recent-not-written", folder = folder.display().to_string(), reason = source.to_string())
    )]
    Write {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The disk does not let go of it.
    #[error(
        "{}",
        text!("recent-not-cleared", folder = folder.display().to_string(), reason = source.to_string())
    )]
    Clear {
        /// The folder.
        folder: PathBuf,
        /// What the system says.
        source: io::Error,
    },
}
