//! What goes wrong with the file of settings, as sentences for the person.

use std::path::PathBuf;

/// What the person has to be told about the settings. The system's own words go to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingsTrouble {
    /// The file is no TOML or cannot be read; it was kept under another name.
    #[error(
        "The settings could not be read, so the usual ones are used. The old file is kept as {}.",
        .0.display()
    )]
    KeptAside(PathBuf),
    /// The same, and it could not be renamed either, so nothing is written over it.
    #[error(
        "The settings in {} could not be read, so the usual ones are used, and changes are not kept. Correct or remove \
         that file.",
        .0.display()
    )]
    Unreadable(PathBuf),
    /// A value is outside its bounds.
    #[error("The setting {key} was outside its bounds; {used} is used instead.")]
    OutOfBounds {
        /// The setting.
        key: String,
        /// The nearest bound.
        used: String,
    },
    /// A value is of a kind that the setting does not take.
    #[error("The setting {key} was not understood; {used} is used instead.")]
    NotUnderstood {
        /// The setting.
        key: String,
        /// The usual value.
        used: String,
    },
    /// The file cannot be written.
    #[error(
        "The settings cannot be saved in {}: it is read-only or full. They hold until the window is closed.",
        .0.display()
    )]
    NotWritten(PathBuf),
    /// The system knows no folder for settings.
    #[error(
        "There is no folder to keep the settings in. They hold until the window is closed; set HEARSIGHT_CONFIG_DIR to \
         a folder to keep them."
    )]
    NoFolder,
}
