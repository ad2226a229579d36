//! Where the settings are.

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
