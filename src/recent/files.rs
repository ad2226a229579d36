//! The files of the recent descriptions: the index and one file for each of them.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Entry, Key, MOST, RecentTrouble};
use crate::captioner::Description;

/// The form of the index.
const VERSION: u32 = 1;

#[derive(Deserialize, Serialize)]
struct Index {
    version: u32,
    entries: Vec<Entry>,
}

/// Where everything lies.
#[derive(Clone, Debug)]
pub(super) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(super) fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn index(&self) -> PathBuf {
        self.folder.join("recent.json")
    }

    fn details(&self) -> PathBuf {
        self.folder.join("recent")
    }

    fn detail(&self, key: &str) -> PathBuf {
        self.details().join(format!("{key}.json"))
    }

    /// The index, newest first; a broken one is set aside.
    pub(super) fn entries(&self) -> Result<Vec<Entry>, RecentTrouble> {
        let text = match fs::read(self.index()) {
            Ok(text) => text,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(self.unwritable(source)),
        };
        match serde_json::from_slice::<Index>(&text) {
            Ok(index) if index.version == VERSION && index.entries.iter().all(|entry| Key::is_one(&entry.key)) => {
                Ok(index.entries)
            }
            found => {
                log::warn!("the index of recent descriptions is broken: {:?}", found.err());
                let aside = self.index().with_extension("json.broken");
                fs::rename(self.index(), &aside).map_err(|source| self.unwritable(source))?;
                Err(RecentTrouble::Broken { aside })
            }
        }
    }

    /// Writes a description and its place in the index, at the top; gives the new index.
    pub(super) fn keep(&self, entry: Entry, description: &Description) -> Result<Vec<Entry>, RecentTrouble> {
        let mut entries = match self.entries() {
            // Told when the program started, and set aside: go on with a new one.
            Err(RecentTrouble::Broken { .. }) => Vec::new(),
            entries => entries?,
        };
        let detail = serde_json::to_vec(&rounded(description)).map_err(|error| self.unwritable(error.into()))?;
        private_folder(&self.details()).map_err(|source| self.unwritable(source))?;
        write_beside(&self.detail(&entry.key), &detail).map_err(|source| self.unwritable(source))?;
        entries.retain(|other| other.key != entry.key);
        entries.insert(0, entry);
        let dropped = entries.split_off(entries.len().min(MOST));
        self.write_index(&entries)?;
        for old in dropped {
            remove(&self.detail(&old.key)).map_err(|source| self.unwritable(source))?;
        }
        Ok(entries)
    }

    /// The description with this key; none where it is not kept, or no longer readable.
    pub(super) fn description(&self, key: &str) -> Option<Description> {
        if !Key::is_one(key) {
            return None;
        }
        let text = fs::read(self.detail(key)).ok()?;
        serde_json::from_slice(&text)
            .inspect_err(|error| log::warn!("a recent description is broken: {error}"))
            .ok()
    }

    /// Deletes all of it.
    pub(super) fn clear(&self) -> Result<(), RecentTrouble> {
        let clear = || {
            remove(&self.index())?;
            match fs::remove_dir_all(self.details()) {
                Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
                _ => Ok(()),
            }
        };
        clear().map_err(|source| RecentTrouble::Clear {
            folder: self.folder.clone(),
            source,
        })
    }

    /// Deletes the files that the index does not name, as a program that was killed leaves behind.
    pub(super) fn sweep(&self, entries: &[Entry]) {
        let known: std::collections::HashSet<PathBuf> = entries.iter().map(|entry| self.detail(&entry.key)).collect();
        for file in fs::read_dir(self.details()).into_iter().flatten().flatten() {
            if !known.contains(&file.path())
                && let Err(error) = fs::remove_file(file.path())
            {
                log::info!("{} is left: {error}", file.path().display());
            }
        }
    }

    fn write_index(&self, entries: &[Entry]) -> Result<(), RecentTrouble> {
        let index = Index {
            version: VERSION,
            entries: entries.to_vec(),
        };
        let text = serde_json::to_vec(&index).map_err(|error| self.unwritable(error.into()))?;
        write_beside(&self.index(), &text).map_err(|source| self.unwritable(source))
    }

    fn unwritable(&self, source: io::Error) -> RecentTrouble {
        RecentTrouble::Write {
            folder: self.folder.clone(),
            source,
        }
    }
}

/// Makes a folder that only this account may look into, and those above it.
fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Writes a file beside the old one, readable for this account alone, and renames it, so that there is never half of
/// one.
fn write_beside(path: &Path, content: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    // Made with the permissions 0600 where there are such.
    let mut file = tempfile::Builder::new().prefix(".new").tempfile_in(folder)?;
    file.write_all(content)?;
    file.persist(path).map_err(|error| error.error)?;
    Ok(())
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The same with weights of five digits, which is finer than any eye and half as long.
fn rounded(description: &Description) -> Description {
    let mut description = description.clone();
    let others = description.alternatives.iter_mut().flat_map(|other| &mut other.words);
    for word in description.words.iter_mut().chain(others) {
        for weight in word.attention.iter_mut().flat_map(|map| &mut map.weights) {
            *weight = (*weight * 1e5).round() / 1e5;
        }
    }
    description
}
