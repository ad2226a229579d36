//! What a person has chosen, kept from one start to the next in one TOML file in the platform's config folder.
//!
//! [`open`] reads the file and never fails: a key that cannot be used falls back to its default and is told, a key that
//! nobody knows is kept as it stands, a broken file is kept aside. The [`Keeper`] that comes with it writes the file
//! anew after every change, beside the old one and renamed, on a thread of its own.

mod choices;
mod file;
mod keeper;
mod place;
mod trouble;
mod values;

use std::path::PathBuf;

pub use choices::{AttentionMode, Language, Motion, SpeechMode, ThemeChoice};
pub use keeper::Keeper;
pub use place::{data_folder, folder};
pub use trouble::SettingsTrouble;
pub use values::{RATE, STRENGTH, Settings, TEXT_SIZE, UI_SCALE, VOLUME};

/// The file's name in its folder.
pub const FILE: &str = "settings.toml";

/// The settings as they were found, and who keeps them from now on.
#[derive(Debug)]
pub struct Opened {
    /// What the person has chosen, or the defaults.
    pub settings: Settings,
    /// Writes every change down.
    pub keeper: Keeper,
    /// What the person has to be told about the file, each as a sentence.
    pub troubles: Vec<SettingsTrouble>,
}

/// Reads the settings of this person; see [`folder`] for where they are.
pub fn open() -> Opened {
    match folder() {
        Some(folder) => open_in(folder),
        None => Opened {
            settings: Settings::default(),
            keeper: Keeper::forgetful(),
            troubles: vec![SettingsTrouble::NoFolder],
        },
    }
}

/// Reads the settings in this folder, which is made when there is something to write.
pub fn open_in(folder: impl Into<PathBuf>) -> Opened {
    let path = folder.into().join(FILE);
    let found = file::read(&path);
    let keeper = if found.writable {
        Keeper::start(path, found.unknown)
    } else {
        Keeper::forgetful()
    };
    Opened {
        settings: found.settings,
        keeper,
        troubles: found.troubles,
    }
}
