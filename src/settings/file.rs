//! The file: read with patience, written beside and renamed.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use toml::{Table, Value};

use super::trouble::SettingsTrouble;
use super::values::Settings;
use crate::text;

/// What the file begins with.
const HEADER: &str = "# Hearsight's settings. The window writes this file anew after every change.\n\n";

/// No person has as many broken files; the last of them is written over.
const MOST_BROKEN: u32 = 99;

/// What was found in the file.
#[derive(Debug, Default)]
pub struct Found {
    pub settings: Settings,
    /// The keys of the file that this version does not know.
    pub unknown: Table,
    pub troubles: Vec<SettingsTrouble>,
    /// Whether the file may be written over.
    pub writable: bool,
}

/// Reads the file; none is as good as an empty one.
pub fn read(path: &Path) -> Found {
    let table = match fs::read(path) {
        Ok(bytes) => {
            let text = String::from_utf8(bytes).map_err(|error| error.to_string());
            text.and_then(|text| text.parse::<Table>().map_err(|error| error.to_string()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Table::new()),
        Err(error) => Err(error.to_string()),
    };
    match table {
        Ok(table) => understand(table),
        Err(error) => {
            log::warn!("{}: {error}", path.display());
            let kept = keep_aside(path);
            Found {
                writable: kept.is_ok(),
                troubles: vec![match kept {
                    Ok(kept) => SettingsTrouble::KeptAside(kept),
                    Err(_) => SettingsTrouble::Unreadable(path.to_owned()),
                }],
                ..Found::default()
            }
        }
    }
}

/// Takes each key by itself, so that one that cannot be used costs no other.
fn understand(mut table: Table) -> Found {
    let mut found = Found {
        writable: true,
        ..Found::default()
    };
    let usual = table_of(&Settings::default());
    let mut known = usual.clone();
    for (key, default) in &usual {
        let Some(value) = table.remove(key) else { continue };
        let before = known.insert(key.clone(), value);
        if let Err(error) = known.clone().try_into::<Settings>() {
            log::warn!("setting {key}: {error}");
            known.insert(key.clone(), before.unwrap_or_else(|| default.clone()));
            found.troubles.push(SettingsTrouble::NotUnderstood {
                key: key.clone(),
                used: in_words(default),
            });
        }
    }
    found.settings = known.try_into().unwrap_or_default();
    let clamped = found.settings.clamp();
    let used = table_of(&found.settings);
    found
        .troubles
        .extend(clamped.into_iter().map(|key| SettingsTrouble::OutOfBounds {
            key: key.to_owned(),
            used: used.get(key).map(in_words).unwrap_or_default(),
        }));
    found.unknown = table;
    found
}

/// The value as people write it.
fn in_words(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Table(_) => text!("settings-usual"),
        value => value.to_string(),
    }
}

/// The text of the file, with the keys that this version does not know as they were found.
pub fn text(settings: &Settings, unknown: &Table) -> Result<String, toml::ser::Error> {
    let mut table = unknown.clone();
    table.extend(table_of(settings));
    Ok(HEADER.to_owned() + &toml::to_string(&table)?)
}

fn table_of(settings: &Settings) -> Table {
    let mut table = Table::try_from(settings).unwrap_or_default();
    for (_, value) in table.iter_mut() {
        // 0.7 as a single is 0.699999988 as a double, which nobody has chosen.
        if let Value::Float(number) = value {
            *number = (*number * 1e4).round() / 1e4;
        }
    }
    table
}

/// Writes the file beside the one that is there and renames it, so that a full disk or a power cut leaves the old one.
pub fn write(path: &Path, text: &str) -> io::Result<()> {
    // A link, as people use for files that they keep elsewhere, stays one.
    let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    fs::create_dir_all(folder)?;
    let mut beside = tempfile::Builder::new().prefix(".settings-").tempfile_in(folder)?;
    beside.write_all(text.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(&path).map_err(|error| error.error)?;
    Ok(())
}

/// Renames a file that cannot be read to the first free `settings.broken.toml`, `settings.broken-2.toml`, ….
fn keep_aside(path: &Path) -> io::Result<PathBuf> {
    let name = |number: u32| match number {
        1 => path.with_extension("broken.toml"),
        number => path.with_extension(format!("broken-{number}.toml")),
    };
    let free = (1..MOST_BROKEN)
        .map(name)
        .find(|kept| fs::symlink_metadata(kept).is_err());
    let kept = free.unwrap_or_else(|| name(MOST_BROKEN));
    fs::rename(path, &kept).inspect_err(|error| log::warn!("{}: {error}", path.display()))?;
    Ok(kept)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::settings::{AttentionMode, FILE, Language, SpeechMode, ThemeChoice};

    fn settings_of(text: &str) -> Found {
        understand(text.parse().unwrap())
    }

    fn sentences(found: &Found) -> Vec<String> {
        found.troubles.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn what_was_written_is_read_again() {
        let settings = Settings {
            language: Language::Korean,
            theme: ThemeChoice::YellowOnBlack,
            text_size: 48.0,
            ui_scale: 1.3,
            attention_mode: AttentionMode::Outline,
            attention_strength: 0.7,
            speech: SpeechMode::ScreenReader,
            speak_when_ready: false,
            voice: [("en".to_owned(), "Alan \"the voice\"".to_owned())].into(),
            rate: -30,
            volume: 40,
            describe_ahead: false,
            keep_recent: false,
            welcome_seen: true,
            ..Settings::default()
        };
        let text = text(&settings, &Table::new()).unwrap();
        let found = settings_of(&text);
        assert_eq!(found.settings, settings, "{text}");
        assert!(found.troubles.is_empty() && found.unknown.is_empty());
        assert!(text.contains("attention_strength = 0.7\n"), "{text}");
    }

    #[test]
    fn a_key_that_nobody_knows_is_kept_as_it_stands() {
        let found = settings_of("text_size = 40\nfuture = \"x\"\n[later]\ndeep = [1, 2]\n[voice]\nen = \"Alan\"\n");
        assert_eq!(found.settings.text_size, 40.0);
        assert!(found.troubles.is_empty());
        let again: Table = text(&found.settings, &found.unknown).unwrap().parse().unwrap();
        assert_eq!(again["future"].as_str(), Some("x"));
        assert_eq!(again["later"]["deep"].as_array().map(Vec::len), Some(2));
        assert_eq!(again["voice"]["en"].as_str(), Some("Alan"));
    }

    #[test]
    fn a_value_that_cannot_be_used_is_told_and_costs_no_other() {
        let found = settings_of("theme = \"purple\"\nvolume = \"loud\"\nlanguage = \"ko\"\nrate = 30\n");
        assert_eq!(
            found.settings,
            Settings {
                language: Language::Korean,
                rate: 30,
                ..Settings::default()
            }
        );
        assert_eq!(
            sentences(&found),
            [
                "The setting theme was not understood; system is used instead.",
                "The setting volume was not understood; 100 is used instead."
            ]
        );
    }

    #[test]
    fn a_value_out_of_bounds_is_clamped_and_told() {
        let found = settings_of("text_size = 500\nattention_strength = -1\n");
        assert_eq!(
            (found.settings.text_size, found.settings.attention_strength),
            (120.0, 0.0)
        );
        assert_eq!(
            sentences(&found),
            [
                "The setting text_size was outside its bounds; 120.0 is used instead.",
                "The setting attention_strength was outside its bounds; 0.0 is used instead."
            ]
        );
    }

    #[test]
    fn broken_files_are_kept_aside_under_names_of_their_own() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        for (content, kept) in [
            (&b"text_size = = 3"[..], "settings.broken.toml"),
            (&b"\xff\xfe"[..], "settings.broken-2.toml"),
        ] {
            fs::write(&path, content).unwrap();
            let found = read(&path);
            assert_eq!(found.settings, Settings::default());
            assert!(found.writable);
            let kept = folder.path().join(kept);
            assert_eq!(found.troubles, [SettingsTrouble::KeptAside(kept.clone())]);
            assert_eq!(fs::read(kept).unwrap(), content);
            assert!(!path.exists());
        }
    }

    #[test]
    fn a_folder_in_the_files_place_is_kept_aside_too() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        fs::create_dir(&path).unwrap();
        assert!(matches!(read(&path).troubles[..], [SettingsTrouble::KeptAside(_)]));
    }

    #[test]
    fn writing_leaves_nothing_but_the_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join(FILE);
        write(&path, "rate = 1\n").unwrap();
        write(&path, "rate = 2\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "rate = 2\n");
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_to_the_file_stays_a_link() {
        let folder = tempfile::tempdir().unwrap();
        let (path, elsewhere) = (folder.path().join(FILE), folder.path().join("elsewhere.toml"));
        fs::write(&elsewhere, "rate = 1\n").unwrap();
        std::os::unix::fs::symlink(&elsewhere, &path).unwrap();
        write(&path, "rate = 2\n").unwrap();
        assert!(fs::symlink_metadata(&path).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&elsewhere).unwrap(), "rate = 2\n");
    }
}
