//! A file as it was read, and its successor, which takes its name in one step: whoever looks, also after a power cut,
//! finds the one or the other, whole.
//!
//! The successor is written beside, has the times, permissions and extended attributes of the file, is brought to the
//! disk, and only then renamed. A copy of the file as it was is a second name of it, so that nothing of it can differ.

use std::ffi::OsString;
use std::fs::{self, File, FileTimes, Metadata};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::WordsError;
use crate::photo::{MAX_FILE_BYTES, PhotoError, io_sentence};

/// Bytes that are written at once.
const PIECE: usize = 1 << 16;

/// The ending of a copy of a photo as it was.
const BACKUP: &str = "original";

/// A file's content, and what tells that it is still the same file.
pub struct Opened {
    /// Its path, with links followed.
    path: PathBuf,
    metadata: Metadata,
    /// Its content.
    pub bytes: Vec<u8>,
}

impl Opened {
    /// Reads an ordinary file within the bounds of a photo.
    ///
    /// # Errors
    /// It is missing, no file, too large or unreadable.
    pub fn read(path: &Path) -> Result<Self, PhotoError> {
        // Asked before opening: to open a pipe without a writer would wait for ever.
        let metadata = fs::metadata(path).map_err(io_sentence)?;
        if metadata.is_dir() {
            return Err(PhotoError::Folder);
        }
        if !metadata.is_file() {
            return Err(PhotoError::NotAFile);
        }
        if metadata.len() > MAX_FILE_BYTES {
            return Err(PhotoError::FileTooLarge);
        }
        let path = fs::canonicalize(path).map_err(io_sentence)?;
        let file = File::open(&path).map_err(io_sentence)?;
        let metadata = file.metadata().map_err(io_sentence)?;
        let mut bytes = Vec::new();
        file.take(MAX_FILE_BYTES + 1)
            .read_to_end(&mut bytes)
            .map_err(io_sentence)?;
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(PhotoError::FileTooLarge);
        }
        Ok(Self { path, metadata, bytes })
    }

    /// Puts these bytes in the place of the file; with `backup` a copy of it as it was stays beside it, unless
    /// there is one from before, which is the older one and stays. Gives the path of that copy.
    ///
    /// # Errors
    /// The file may not be written, its owner and permissions cannot be kept, another program has changed it, or the
    /// disk fails. The file is as it was then.
    pub fn replace(&self, bytes: &[u8], backup: bool) -> Result<Option<PathBuf>, WordsError> {
        if self.metadata.permissions().readonly() {
            return Err(WordsError::Protected);
        }
        let folder = self.path.parent().unwrap_or(Path::new("."));
        let mut beside = beside(folder).map_err(WordsError::NotSaved)?;
        fill(&mut beside, bytes).map_err(WordsError::NotSaved)?;
        self.dress(beside.as_file()).map_err(WordsError::NotKept)?;
        beside.as_file().sync_all().map_err(WordsError::NotSaved)?;
        if !self.is_unchanged() {
            return Err(WordsError::Changed);
        }
        let backup = match backup {
            true => Some(self.back_up(folder).map_err(WordsError::NoBackup)?),
            false => None,
        };
        beside
            .persist(&self.path)
            .map_err(|error| WordsError::NotSaved(error.error))?;
        settle(folder).map_err(WordsError::NotSaved)?;
        Ok(backup)
    }

    /// Gives the successor what the file has besides its content.
    fn dress(&self, file: &File) -> io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::{MetadataExt, fchown};

            let (ours, theirs) = (file.metadata()?, &self.metadata);
            if (ours.uid(), ours.gid()) != (theirs.uid(), theirs.gid()) {
                fchown(file, Some(theirs.uid()), Some(theirs.gid()))?;
            }
            copy_attributes(&self.path, file)?;
        }
        file.set_permissions(self.metadata.permissions())?;
        let mut times = FileTimes::new();
        if let Ok(time) = self.metadata.modified() {
            times = times.set_modified(time);
        }
        if let Ok(time) = self.metadata.accessed() {
            times = times.set_accessed(time);
        }
        file.set_times(times)
    }

    /// Whether the path still leads to the file that was read.
    fn is_unchanged(&self) -> bool {
        let Ok(now) = fs::symlink_metadata(&self.path) else {
            return false;
        };
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt;

            if (now.dev(), now.ino()) != (self.metadata.dev(), self.metadata.ino()) {
                return false;
            }
        }
        now.len() == self.metadata.len() && now.modified().ok() == self.metadata.modified().ok()
    }

    /// A second name for the file as it is, or a copy where the file system has no such names.
    fn back_up(&self, folder: &Path) -> io::Result<PathBuf> {
        let backup = with_ending(&self.path, BACKUP);
        match fs::hard_link(&self.path, &backup) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return Ok(backup),
            Err(error) => {
                log::info!("no second name, so a copy: {error}");
                let mut copy = beside(folder)?;
                fill(&mut copy, &self.bytes)?;
                self.dress(copy.as_file())?;
                copy.as_file().sync_all()?;
                copy.persist_noclobber(&backup).map_err(|error| error.error)?;
            }
        }
        settle(folder)?;
        Ok(backup)
    }
}

/// Writes a file that is not there yet.
///
/// # Errors
/// The folder is missing, full or may not be written to, or the file is there meanwhile.
pub fn create(path: &Path, bytes: &[u8]) -> Result<(), WordsError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let write = || {
        // A usual file, not one that only its owner may read.
        let mut beside = tempfile::Builder::new()
            .prefix(".hearsight-")
            .make_in(folder, |path| File::create_new(path))?;
        fill(&mut beside, bytes)?;
        beside.as_file().sync_all()?;
        beside.persist_noclobber(path).map_err(|error| error.error)?;
        settle(folder)
    };
    write().map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => WordsError::Changed,
        _ => WordsError::NotSaved(error),
    })
}

/// The path with one more ending: "dog.jpg" and "xmp" give "dog.jpg.xmp".
pub fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(".");
    name.push(ending);
    name.into()
}

fn beside(folder: &Path) -> io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".hearsight-").tempfile_in(folder)
}

/// Writes piece by piece, so that a disk that is slow is asked often.
fn fill(file: &mut impl Write, bytes: &[u8]) -> io::Result<()> {
    bytes.chunks(PIECE).try_for_each(|piece| file.write_all(piece))
}

/// Brings the folder's names to the disk.
fn settle(folder: &Path) -> io::Result<()> {
    #[cfg(unix)]
    File::open(folder)?.sync_all()?;
    #[cfg(not(unix))]
    let _ = folder;
    Ok(())
}

/// Gives the successor the extended attributes of the file: labels, tags of the desktop, access control lists.
#[cfg(unix)]
fn copy_attributes(from: &Path, to: &File) -> io::Result<()> {
    use xattr::FileExt;

    let names = match xattr::list(from) {
        Ok(names) => names,
        // A file system without them has none.
        Err(error) if error.kind() == io::ErrorKind::Unsupported => return Ok(()),
        Err(error) => return Err(error),
    };
    for name in names {
        let Some(value) = xattr::get(from, &name)? else {
            continue;
        };
        if to.get_xattr(&name)?.as_ref() == Some(&value) {
            continue;
        }
        if let Err(error) = to.set_xattr(&name, &value) {
            // The system gives new files a label of their own, which programs may not choose.
            if !name.to_string_lossy().starts_with("security.") {
                return Err(error);
            }
            log::info!("{} is not kept: {error}", name.to_string_lossy());
        }
    }
    Ok(())
}
