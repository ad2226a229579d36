//! A model from the catalogue to its place: sizes, room on the disk, files, checks, one renaming.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::fetch::{Fetcher, Known, Wanted, fetched};
use super::web::Web;
use super::{Patience, Progress};
use crate::model::ModelFolder;
use crate::model::store::files::remove;
use crate::model::store::lock::Lock;
use crate::model::store::shelf::{Shelf, read};
use crate::model::store::{Entry, MANIFEST, Manifest, ManifestFile, StoreError};

/// Room that is left to everybody else.
const SPARE: u64 = 64 << 20;

/// What an install has done.
#[derive(Clone, Debug, PartialEq)]
pub struct Installed {
    /// The model's folder.
    pub folder: PathBuf,
    /// What is in it.
    pub manifest: Manifest,
    /// Whether it was there before, so that nothing was downloaded.
    pub before: bool,
}

/// Downloads a model of the catalogue and puts it on the shelf. Called again after a break it goes on from there.
///
/// # Errors
/// The disk is too full, the connection fails again and again, the server says no, what comes is not what the catalogue
/// or an earlier install says, or it is no model. Nothing half-made is then where a model would be found.
pub fn install(
    shelf: &Shelf,
    entry: &Entry,
    patience: &Patience,
    progress: &mut dyn FnMut(Progress),
) -> Result<Installed, StoreError> {
    fs::create_dir_all(shelf.folder()).map_err(StoreError::disk(shelf.folder()))?;
    let _lock = Lock::take(shelf.folder())?;
    let place = shelf.place(&entry.name);
    if fs::symlink_metadata(&place).is_ok() {
        shelf.check_ours(&entry.name)?;
        if let Some(manifest) = shelf
            .manifest(&entry.name)
            .filter(|found| found.revision == entry.revision)
        {
            return Ok(Installed {
                folder: place,
                manifest,
                before: true,
            });
        }
    }
    let partial = shelf.partial(&entry.name);
    let (parts, whole) = (partial.join(&entry.revision), partial.join("whole"));
    fs::create_dir_all(&parts).map_err(StoreError::disk(&parts))?;

    let known = read(&shelf.known(&entry.name)).filter(|known| known.revision == entry.revision);
    let mut fetcher = Fetcher {
        web: Web::new(&entry.address(&entry.files[0]), patience)?,
        patience: *patience,
        revision: &entry.revision,
        progress,
    };
    let mut wanted = Vec::new();
    for file in &entry.files {
        let before = known.as_ref().and_then(|known| known.file(&file.path));
        let known = Known {
            bytes: file.bytes.or(before.map(|file| file.bytes)),
            sha256: file.sha256.clone().or(before.map(|file| file.sha256.clone())),
        };
        wanted.push(fetcher.ask(&file.path, &entry.address(file), &known)?);
    }
    let all = wanted.iter().fold(0, |sum: u64, file| sum.saturating_add(file.bytes));
    let here: u64 = wanted.iter().map(|file| fetcher.here(file, &parts)).sum();
    check_room(&parts, all.saturating_sub(here))?;
    (fetcher.progress)(Progress::Begins { bytes: all, here });

    let mut files = Vec::new();
    let mut before = 0;
    for file in &wanted {
        let sha256 = fetcher.fetch(file, &parts, before, all)?;
        before += file.bytes;
        files.push(ManifestFile {
            path: file.path.clone(),
            bytes: file.bytes,
            sha256,
        });
    }
    (fetcher.progress)(Progress::Checks);
    let manifest = Manifest::new(entry.name.clone(), entry.page.clone(), entry.revision.clone(), files);
    assemble(&whole, &parts, &wanted, &manifest)?;
    if let Err(error) = ModelFolder::open(&whole) {
        remove(&partial).map_err(StoreError::disk(&partial))?;
        return Err(error.into());
    }
    remember(&shelf.known(&entry.name), &manifest)?;
    put(&whole, &place, &partial)?;
    Ok(Installed {
        folder: place,
        manifest,
        before: false,
    })
}

fn check_room(folder: &Path, missing: u64) -> Result<(), StoreError> {
    let free = fs4::available_space(folder).map_err(StoreError::disk(folder))?;
    let needed = missing.saturating_add(SPARE);
    if free < needed {
        let folder = folder.to_owned();
        return Err(StoreError::NoRoom { needed, free, folder });
    }
    Ok(())
}

/// Moves the files, which are on the same disk, to where they belong in the model's folder.
fn assemble(whole: &Path, parts: &Path, files: &[Wanted], manifest: &Manifest) -> Result<(), StoreError> {
    remove(whole).map_err(StoreError::disk(whole))?;
    for file in files {
        let to = whole.join(&file.path);
        let folder = to.parent().unwrap_or(whole);
        fs::create_dir_all(folder)
            .and_then(|()| fs::rename(fetched(file, parts), &to))
            .map_err(StoreError::disk(&to))?;
    }
    write(&whole.join(MANIFEST), manifest)
}

/// What the first install of a revision found holds for every later one.
fn remember(path: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(StoreError::disk(folder))?;
    }
    let beside = path.with_extension("new");
    write(&beside, manifest)?;
    fs::rename(&beside, path).map_err(StoreError::disk(path))
}

fn write(path: &Path, manifest: &Manifest) -> Result<(), StoreError> {
    fs::write(path, manifest.text())
        .and_then(|()| File::open(path)?.sync_all())
        .map_err(StoreError::disk(path))
}

/// Renames the whole model into its place; an older revision goes out of it first, and comes back if that fails.
fn put(whole: &Path, place: &Path, partial: &Path) -> Result<(), StoreError> {
    let old = partial.join("old");
    remove(&old).map_err(StoreError::disk(&old))?;
    let replaces = place.exists();
    if replaces {
        fs::rename(place, &old).map_err(StoreError::disk(place))?;
    }
    if let Err(error) = fs::rename(whole, place) {
        if replaces && let Err(error) = fs::rename(&old, place) {
            log::error!("{} stays in {}: {error}", place.display(), old.display());
        }
        return Err(StoreError::disk(place)(error));
    }
    if let Err(error) = remove(partial) {
        log::warn!("{} was not removed: {error}", partial.display());
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_disk_that_is_too_full_is_told_with_what_is_needed_and_what_is_free() {
        let folder = tempfile::tempdir().unwrap();
        assert!(check_room(folder.path(), 0).is_ok());
        let error = check_room(folder.path(), u64::MAX / 2).unwrap_err();
        assert!(matches!(error, StoreError::NoRoom { free, .. } if free > 0), "{error}");
        assert!(error.to_string().contains("9223372036922 MB are needed"), "{error}");
    }

    #[test]
    fn a_model_that_cannot_take_its_place_leaves_the_old_one_there() {
        let folder = tempfile::tempdir().unwrap();
        let (place, partial) = (folder.path().join("one"), folder.path().join(".partial"));
        fs::create_dir_all(&partial).unwrap();
        fs::create_dir(&place).unwrap();
        fs::write(place.join("old"), "old").unwrap();
        assert!(put(&partial.join("no such folder"), &place, &partial).is_err());
        assert_eq!(fs::read(place.join("old")).unwrap(), b"old");
    }
}
