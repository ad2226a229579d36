//! Where the settings are, and whatever else is kept for a person.

use std::path::PathBuf;

/// The folder of the settings: `HEARSIGHT_CONFIG_DIR` where that is set, else where the platform keeps such things
/// (`$XDG_CONFIG_HOME/hearsight` or `~/.config/hearsight`, `~/Library/Application Support/hearsight`,
/// `%APPDATA%\hearsight\config`); none where there is no home.
pub fn folder() -> Option<PathBuf> {
    match std::env::var_os("HEARSIGHT_CONFIG_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => directories::ProjectDirs::from("", "", "hearsight").map(|dirs| dirs.config_dir().to_owned()),
    }
}

/// The folder of what is kept: `HEARSIGHT_DATA_DIR` where that is set, else where the platform keeps a program's data
/// (`$XDG_DATA_HOME/hearsight` or `~/.local/share/hearsight`, `~/Library/Application Support/hearsight`,
/// `%APPDATA%\hearsight\data`); none where there is no home.
pub fn data_folder() -> Option<PathBuf> {
    match std::env::var_os("HEARSIGHT_DATA_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => Some(folder.into()),
        None => directories::ProjectDirs::from("", "", "hearsight").map(|dirs| dirs.data_dir().to_owned()),
    }
}
