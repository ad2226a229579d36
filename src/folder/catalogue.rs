//! The files that are written of a run, and their ledger.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::album::Album;
use super::fresh::{Ready, content_of};
use super::lines::Lines;
use super::table::Table;
use super::{FolderError, Ledger};
use crate::captioner::Description;
use crate::words::OwnWords;

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// One JSON object a line, for programs.
    Lines,
    /// A table (CSV), for spreadsheets.
    Table,
    /// Web pages with the photos, for people.
    Album,
}

impl Format {
    /// All of them, what people read first.
    pub const ALL: [Self; 3] = [Self::Album, Self::Table, Self::Lines];

    /// The format that a file's ending names.
    pub fn of(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?.to_lowercase();
        match ending.as_str() {
            "jsonl" | "ndjson" => Some(Self::Lines),
            "csv" => Some(Self::Table),
            "html" | "htm" => Some(Self::Album),
            _ => None,
        }
    }

    /// Its usual ending.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Lines => "jsonl",
            Self::Table => "csv",
            Self::Album => "html",
        }
    }
}

/// One photo, as it is written down.
#[derive(Clone, Copy, Debug)]
pub struct Entry<'a> {
    /// Where it lies, as it was given.
    pub photo: &'a Path,
    /// What it was called by who asked.
    pub id: Option<&'a Value>,
    /// The words that it brings along.
    pub own_words: Option<&'a OwnWords>,
    /// What came of it.
    pub told: Told<'a>,
    /// The language of the model's sentences.
    pub tongue: &'a str,
}

/// What came of a photo.
#[derive(Clone, Copy, Debug)]
pub enum Told<'a> {
    /// It was described, perhaps as none that can be.
    Description(&'a Description),
    /// There is nothing to see in it.
    NoPicture,
    /// It could not be described; the sentence says why.
    Failed(&'a str),
}

/// A file that is being written.
pub(super) trait Output {
    /// Adds a photo.
    fn put(&mut self, entry: &Entry<'_>) -> io::Result<()>;

    /// Ends it: what stands ready beside its place, in the order in which it is to be put there.
    fn finish(self: Box<Self>) -> io::Result<Vec<Ready>>;
}

/// The files of a run: opened before the first photo, put in their places after the last.
pub struct Catalogue {
    ledger: Arc<Mutex<Ledger>>,
    /// Where the ledger lies.
    folder: PathBuf,
    outputs: Vec<(PathBuf, Box<dyn Output>)>,
}

impl Catalogue {
    /// Opens these files, at least one; their ledger is called like the first of them. `name` is what the album is about:
    /// a folder, or none.
    ///
    /// # Errors
    /// An ending is none of a [`Format`], a file is there that no run with this ledger has left so, another run writes
    /// them, or the disk says no.
    pub fn open(places: &[PathBuf], name: Option<&str>) -> Result<Self, FolderError> {
        let mut formats: Vec<(&PathBuf, Format)> = Vec::new();
        for place in places {
            let format = Format::of(place).ok_or_else(|| FolderError::Format { path: place.clone() })?;
            if formats.iter().all(|(other, _)| *other != place) {
                formats.push((place, format));
            }
        }
        let Some((first, _)) = formats.first() else {
            return Err(FolderError::Format { path: PathBuf::new() });
        };
        let path = first.with_extension("ledger");
        // Asked before a ledger is begun beside somebody else's files.
        let is_new = !path.exists();
        if let Some((place, _)) = formats.iter().find(|(place, _)| is_new && place.exists()) {
            return Err(FolderError::NotOurs { path: (*place).clone() });
        }
        let ledger = Ledger::open(&path)?;
        // As the files are called: none for a name alone.
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let mut outputs: Vec<(PathBuf, Box<dyn Output>)> = Vec::new();
        for (place, format) in formats {
            check(&ledger, &folder, place)?;
            let output = match format {
                Format::Lines => Lines::begin(place).map(|output| Box::new(output) as Box<dyn Output>),
                Format::Table => Table::begin(place).map(|output| Box::new(output) as Box<dyn Output>),
                Format::Album => {
                    for page in Album::pages_there(place).map_err(FolderError::disk(place))? {
                        check(&ledger, &folder, &page)?;
                    }
                    Album::begin(place, name).map(|output| Box::new(output) as Box<dyn Output>)
                }
            };
            outputs.push((place.clone(), output.map_err(FolderError::disk(place))?));
        }
        Ok(Self {
            ledger: Arc::new(Mutex::new(ledger)),
            folder,
            outputs,
        })
    }

    pub(super) fn ledger(&self) -> Arc<Mutex<Ledger>> {
        Arc::clone(&self.ledger)
    }

    pub(super) fn put(&mut self, entry: &Entry<'_>) -> Result<(), FolderError> {
        for (place, output) in &mut self.outputs {
            output.put(entry).map_err(FolderError::disk(place))?;
        }
        Ok(())
    }

    /// Puts the files in their places and gives those that were asked for.
    pub(super) fn finish(self) -> Result<Vec<PathBuf>, FolderError> {
        let (mut ready, mut places, mut albums) = (Vec::new(), Vec::new(), Vec::new());
        for (place, output) in self.outputs {
            ready.extend(output.finish().map_err(FolderError::disk(&place))?);
            if Format::of(&place) == Some(Format::Album) {
                albums.push(place.clone());
            }
            places.push(place);
        }
        let mut ledger = lock(&self.ledger);
        let names = ready
            .iter()
            .map(|file| (name_in(&self.folder, file.place()), file.content()));
        ledger.about_to_write(names.collect())?;
        let mut put = Vec::new();
        for file in ready {
            let place = file.place().to_owned();
            put.push(file.put().map_err(FolderError::disk(&place))?);
        }
        // Pages of an album that had more of them.
        for album in albums {
            for page in Album::pages_there(&album).map_err(FolderError::disk(&album))? {
                if !put.contains(&page) {
                    fs::remove_file(&page).map_err(FolderError::disk(&page))?;
                }
            }
            Album::sweep(&album);
        }
        Ok(places)
    }
}

pub(super) fn lock(ledger: &Mutex<Ledger>) -> MutexGuard<'_, Ledger> {
    ledger.lock().unwrap_or_else(PoisonError::into_inner)
}

/// That a file may be replaced: it is not there, or as a run with this ledger has left it.
fn check(ledger: &Ledger, folder: &Path, place: &Path) -> Result<(), FolderError> {
    match content_of(place).map_err(FolderError::disk(place))? {
        Some(content) if !ledger.has_written(&name_in(folder, place), &content) => {
            Err(FolderError::NotOurs { path: place.to_owned() })
        }
        _ => Ok(()),
    }
}

/// What the ledger calls a file: the same after the folder has moved.
fn name_in(folder: &Path, place: &Path) -> String {
    let name = place.strip_prefix(folder).unwrap_or(place);
    name.to_string_lossy().into_owned()
}

/// The folder of a file.
pub(super) fn parent(path: &Path) -> &Path {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    }
}
