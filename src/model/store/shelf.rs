//! The folder of installed models.

use std::fs::{self, File};
use std::io::{self, ErrorKind, Read};
use std::path::{Path, PathBuf};

use super::files::remove;
use super::lock::Lock;
use super::{MANIFEST, Manifest, StoreError, is_name};

/// No honest manifest is larger.
const LARGEST_MANIFEST: u64 = 1 << 20;

/// Where installed models stand.
#[derive(Clone, Debug)]
pub struct Shelf {
    folder: PathBuf,
}

impl Shelf {
    /// The person's own: `models/` of the platform's data folder.
    ///
    /// # Errors
    /// The system names no such folder.
    pub fn own() -> Result<Self, StoreError> {
        let data = crate::settings::data_folder().ok_or(StoreError::NoPlace)?;
        Ok(Self::at(data.join("models")))
    }

    /// One that stands there.
    pub fn at(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Where it stands.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the model of that name, where it is installed.
    pub fn find(&self, name: &str) -> Option<PathBuf> {
        self.manifest(name).map(|_| self.place(name))
    }

    /// What was installed under that name; none where nothing whole was.
    pub fn manifest(&self, name: &str) -> Option<Manifest> {
        if !is_name(name) {
            return None;
        }
        read(&self.place(name).join(MANIFEST)).filter(|manifest| manifest.name == name)
    }

    /// Everything that is installed, by name.
    pub fn installed(&self) -> Vec<Manifest> {
        let entries = fs::read_dir(&self.folder).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries
            .filter_map(|entry| entry.file_name().into_string().ok())
            .collect();
        names.sort();
        names.iter().filter_map(|name| self.manifest(name)).collect()
    }

    /// Removes a model that was installed here, and what an unfinished install of it has left.
    ///
    /// # Errors
    /// It is not installed, or the folder of that name is somebody's own.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let none = || StoreError::NotInstalled { name: name.to_owned() };
        if !is_name(name) || !self.folder.is_dir() {
            return Err(none());
        }
        let _lock = Lock::take(&self.folder)?;
        let (place, partial) = (self.place(name), self.partial(name));
        if fs::symlink_metadata(&place).is_err() {
            if !partial.is_dir() {
                return Err(none());
            }
            return remove(&partial).map_err(StoreError::disk(&partial));
        }
        self.check_ours(name)?;
        // Out of sight first, so that nobody ever finds half of it.
        let aside = partial.join("removed");
        remove(&aside)
            .and_then(|()| fs::create_dir_all(&partial))
            .and_then(|()| fs::rename(&place, &aside))
            .and_then(|()| remove(&partial))
            .map_err(StoreError::disk(&place))
    }

    /// Refuses a folder or link that this program has not put there.
    pub(super) fn check_ours(&self, name: &str) -> Result<(), StoreError> {
        let place = self.place(name);
        let is_folder = fs::symlink_metadata(&place).is_ok_and(|found| found.is_dir());
        if is_folder && self.manifest(name).is_some() {
            return Ok(());
        }
        Err(StoreError::NotOurs { folder: place })
    }

    pub(super) fn place(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// Where a model lies until it is whole.
    pub(super) fn partial(&self, name: &str) -> PathBuf {
        self.folder.join(".partial").join(name)
    }

    /// Where it is remembered what the first install of each revision found.
    #[cfg(feature = "download")]
    pub(super) fn known(&self, name: &str) -> PathBuf {
        self.folder.join(".known").join(format!("{name}.json"))
    }
}

/// The text of a manifest, which is a file and no larger than an honest one: a pipe would never end.
///
/// # Errors
/// It cannot be read.
pub fn read_text(path: &Path) -> io::Result<Vec<u8>> {
    // Before it is opened: opening a pipe already waits for somebody to write into it.
    let found = fs::metadata(path)?;
    if !found.is_file() || found.len() > LARGEST_MANIFEST {
        return Err(ErrorKind::InvalidData.into());
    }
    let mut text = Vec::new();
    File::open(path)?.take(LARGEST_MANIFEST).read_to_end(&mut text)?;
    Ok(text)
}

/// A manifest that is there and understood.
pub(super) fn read(path: &Path) -> Option<Manifest> {
    Manifest::parse(&read_text(path).ok()?)
        .inspect_err(|error| log::warn!("{}: {error}", path.display()))
        .ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shelf() -> (tempfile::TempDir, Shelf) {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(folder.path().join("models"));
        (folder, shelf)
    }

    fn install(shelf: &Shelf, name: &str) {
        let manifest = Manifest::new(name.to_owned(), "https://example.org".into(), "abc".into(), Vec::new());
        fs::create_dir_all(shelf.place(name)).unwrap();
        fs::write(shelf.place(name).join(MANIFEST), manifest.text()).unwrap();
    }

    #[test]
    fn what_is_installed_is_found_listed_and_removed_by_name() {
        let (_folder, shelf) = shelf();
        assert!(shelf.installed().is_empty());
        install(&shelf, "one");
        install(&shelf, "two");
        assert_eq!(shelf.find("one"), Some(shelf.place("one")));
        shelf.remove("one").unwrap();
        assert_eq!((shelf.find("one"), shelf.place("one").exists()), (None, false));
        let names: Vec<_> = shelf.installed().into_iter().map(|manifest| manifest.name).collect();
        assert_eq!(names, ["two"]);
        assert!(matches!(shelf.remove("one"), Err(StoreError::NotInstalled { .. })));
    }

    #[test]
    fn a_folder_that_somebody_has_put_there_is_neither_found_nor_removed() {
        let (_folder, shelf) = shelf();
        fs::create_dir_all(shelf.place("mine")).unwrap();
        fs::write(shelf.place("mine").join("config.json"), "{}").unwrap();
        // A manifest of another model does not make it one of ours.
        install(&shelf, "other");
        fs::copy(shelf.place("other").join(MANIFEST), shelf.place("mine").join(MANIFEST)).unwrap();
        assert_eq!(shelf.find("mine"), None);
        assert!(matches!(shelf.remove("mine"), Err(StoreError::NotOurs { .. })));
        assert!(shelf.place("mine").join("config.json").exists());
    }

    #[test]
    fn names_that_lead_elsewhere_find_and_remove_nothing() {
        let (folder, shelf) = shelf();
        install(&shelf, "one");
        install(&Shelf::at(folder.path().to_owned()), "outside");
        for name in ["../outside", "..", "", ".partial", "one/../../outside"] {
            assert_eq!(shelf.find(name), None, "{name}");
            assert!(shelf.remove(name).is_err(), "{name}");
        }
        assert!(folder.path().join("outside").exists());
    }

    #[cfg(unix)]
    #[test]
    fn a_link_in_a_models_place_is_not_followed() {
        let (folder, shelf) = shelf();
        let outside = Shelf::at(folder.path().join("outside"));
        install(&outside, "one");
        fs::create_dir_all(shelf.folder()).unwrap();
        std::os::unix::fs::symlink(outside.place("one"), shelf.place("one")).unwrap();
        assert!(matches!(shelf.remove("one"), Err(StoreError::NotOurs { .. })));
        assert!(outside.find("one").is_some());
    }
}
