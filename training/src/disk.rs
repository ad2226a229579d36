//! Files that are read by position, and files that appear only when they are whole.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::Value;
use tempfile::NamedTempFile;

/// Fills `buffer` from `offset` on, without moving a cursor that threads would share.
///
/// # Errors
/// The disk's, or the file ends earlier.
#[cfg(unix)]
pub fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, buffer, offset)
}

/// Fills `buffer` from `offset` on.
///
/// # Errors
/// The disk's, or the file ends earlier.
#[cfg(windows)]
pub fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, buffer, offset)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => {
                buffer = &mut buffer[read..];
                offset += read as u64;
            }
        }
    }
    Ok(())
}

/// Writes a file beside its place and renames it; what was there before stays until then.
///
/// # Errors
/// Those of `write`, or the disk's.
pub fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<()> {
    let folder = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
        .unwrap_or(Path::new("."));
    let failed = || format!("cannot write {}", path.display());
    let mut file = io::BufWriter::new(NamedTempFile::new_in(folder).with_context(failed)?);
    write(&mut file)?;
    let file = file
        .into_inner()
        .map_err(io::IntoInnerError::into_error)
        .with_context(failed)?;
    file.as_file().sync_all().with_context(failed)?;
    let file = file.persist(path).map_err(|error| error.error).with_context(failed)?;
    // A file for one person's eyes is a temporary file's way; these are ordinary ones.
    #[cfg(unix)]
    file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o644))
        .with_context(failed)?;
    drop(file);
    Ok(())
}

/// Writes a text file beside its place and renames it.
///
/// # Errors
/// The disk's.
pub fn write_text(path: &Path, text: &str) -> Result<()> {
    write_whole(path, |out| Ok(out.write_all(text.as_bytes())?))
}

/// Makes the file at `path` where it is missing, and keeps beside it what it was made with; refuses one that was made
/// with something else.
///
/// # Errors
/// Those of `write`, the disk's, or another making.
pub fn make_once(path: &Path, made_with: &Value, write: impl FnOnce(&mut dyn Write) -> Result<()>) -> Result<File> {
    let mut beside = path.as_os_str().to_owned();
    beside.push(".json");
    let beside = Path::new(&beside);
    if !path.is_file() {
        write_whole(path, write)?;
        write_whole(beside, |out| Ok(serde_json::to_writer_pretty(out, made_with)?))?;
    }
    let before = std::fs::read(beside)
        .ok()
        .and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    if before.as_ref() != Some(made_with) {
        bail!(
            "{} was made for another configuration: delete it, it is made again",
            path.display()
        );
    }
    File::open(path).with_context(|| format!("cannot read {}", path.display()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use serde_json::json;

    #[test]
    fn a_file_made_for_another_seed_is_refused_not_used() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("train.views");
        let make = |seed: u64| make_once(&path, &json!({"seed": seed}), |out| Ok(out.write_all(b"bytes")?));
        make(1).unwrap();
        make(1).unwrap();
        let error = make(2).unwrap_err().to_string();
        assert!(error.contains("another configuration"), "{error}");
    }

    #[test]
    fn what_fails_half_way_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("train.views");
        let failed = write_whole(&path, |out| {
            out.write_all(b"half")?;
            bail!("no more")
        });
        assert!(failed.is_err());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
