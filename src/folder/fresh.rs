//! A file that is written beside the one it replaces, and put in its place when it is whole.

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ledger::Content;

/// A file that is being written.
#[derive(Debug)]
pub struct Fresh {
    place: PathBuf,
    part: PathBuf,
    file: BufWriter<File>,
    digest: Sha256,
}

impl Fresh {
    /// Begins a file; what a run that was killed has left of it is overwritten.
    ///
    /// # Errors
    /// The folder is missing, full or may not be written to.
    pub fn begin(place: &Path) -> io::Result<Self> {
        let name = place.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
        let mut hidden = std::ffi::OsString::from(".");
        hidden.push(name);
        hidden.push(".part");
        let part = place.with_file_name(hidden);
        Ok(Self {
            place: place.to_owned(),
            file: BufWriter::new(File::create(&part)?),
            part,
            digest: Sha256::new(),
        })
    }

    /// Ends it; it still stands beside its place.
    ///
    /// # Errors
    /// The disk is full, or gone.
    pub fn finish(mut self) -> io::Result<Ready> {
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        Ok(Ready {
            place: std::mem::take(&mut self.place),
            part: std::mem::take(&mut self.part),
            content: std::mem::take(&mut self.digest).finalize().into(),
        })
    }
}

impl Write for Fresh {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.file.write(bytes)?;
        self.digest.update(&bytes[..written]);
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl Drop for Fresh {
    fn drop(&mut self) {
        remove(&self.part);
    }
}

/// A file that is whole and stands beside its place.
#[derive(Debug)]
pub struct Ready {
    place: PathBuf,
    part: PathBuf,
    content: Content,
}

impl Ready {
    /// Where it is to stand.
    pub fn place(&self) -> &Path {
        &self.place
    }

    /// The digest of its content.
    pub fn content(&self) -> Content {
        self.content
    }

    /// Puts it in its place.
    ///
    /// # Errors
    /// The system does not let it.
    pub fn put(mut self) -> io::Result<PathBuf> {
        fs::rename(&self.part, &self.place)?;
        self.part.clear();
        Ok(std::mem::take(&mut self.place))
    }
}

impl Drop for Ready {
    fn drop(&mut self) {
        remove(&self.part);
    }
}

/// Nothing is left where the run ended early; what is done with has no name here.
fn remove(part: &Path) {
    if !part.as_os_str().is_empty()
        && let Err(error) = fs::remove_file(part)
    {
        log::info!("{} is left: {error}", part.display());
    }
}

/// The digest of a file's content; none where there is no file.
///
/// # Errors
/// It cannot be read.
pub fn content_of(path: &Path) -> io::Result<Option<Content>> {
    let mut file = match File::open(path) {
        Ok(file) => BufReader::new(file),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let (mut digest, mut bytes) = (Sha256::new(), vec![0; 1 << 16]);
    loop {
        match file.read(&mut bytes)? {
            0 => return Ok(Some(digest.finalize().into())),
            read => digest.update(&bytes[..read]),
        }
    }
}
