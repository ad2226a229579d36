//! What goes wrong with the file of settings, as sentences for the person.

use std::path::PathBuf;

use crate::text;

/// What the person has to be told about the settings. The system's own words go to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsTrouble {
    /// The file is no TOML or cannot be read; it was kept under another name.
    #[error("{}", text!("settings-kept-aside", file = .0.display().to_string()))]
    KeptAside(PathBuf),
    /// The same, and it could not be renamed either, so nothing is written over it.
    #[error("{}", text!("settings-unreadable", file = .0.display().to_string()))]
    Unreadable(PathBuf),
    /// A value is outside its bounds.
    #[error("{}", text!("settings-out-of-bounds", key = key, used = used))]
    OutOfBounds {
        /// The setting.
        key: String,
        /// The nearest bound.
        used: String,
    },
    /// A value is of a kind that the setting does not take.
    #[error("{}", text!("settings-not-understood", key = key, used = used))]
    NotUnderstood {
        /// The setting.
        key: String,
        /// The usual value.
        used: String,
    },
    /// The file cannot be written.
    #[error("{}", text!("settings-not-written", folder = .0.display().to_string()))]
    NotWritten(PathBuf),
    /// The system knows no folder for settings.
    #[error("{}", text!("settings-no-folder"))]
    NoFolder,
}
