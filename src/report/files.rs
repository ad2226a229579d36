//! Files that are whole or not there, and that take no other file's place.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// The most names that are tried.
const MOST: u32 = 9999;

/// Writes several files that differ only in their endings ("png", "json"), beside each other first and then renamed.
/// No file that is there is written over: where one of the names is taken, "name 2", "name 3", … are tried. Gives the
/// paths in the order of `contents`.
///
/// # Errors
/// When the folder is missing, full or may not be written to; nothing is left of the files then.
pub fn write_free(wanted: &Path, contents: &[(&str, &[u8])]) -> io::Result<Vec<PathBuf>> {
    let folder = wanted.parent().filter(|folder| !folder.as_os_str().is_empty());
    let folder = folder.unwrap_or(Path::new("."));
    let stem = wanted.file_stem().ok_or(io::ErrorKind::InvalidFilename)?;
    for number in 1..=MOST {
        let mut name = stem.to_owned();
        if number > 1 {
            name.push(format!(" {number}"));
        }
        let path = |ending: &str| {
            let mut name = name.clone();
            name.push(".");
            name.push(ending);
            folder.join(name)
        };
        match write_together(folder, contents, path) {
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            done => return done,
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn write_together(
    folder: &Path,
    contents: &[(&str, &[u8])],
    path: impl Fn(&str) -> PathBuf,
) -> io::Result<Vec<PathBuf>> {
    let paths: Vec<PathBuf> = contents.iter().map(|(ending, _)| path(ending)).collect();
    if paths.iter().any(|path| fs::symlink_metadata(path).is_ok()) {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    let mut beside = Vec::new();
    for (_, bytes) in contents {
        // Not hidden from the person's own programs: a usual file, not one that only its owner may read.
        let mut file = tempfile::Builder::new()
            .prefix(".hearsight-")
            .make_in(folder, |path| fs::File::create_new(path))?;
        file.write_all(bytes)?;
        file.as_file().sync_all()?;
        beside.push(file);
    }
    let mut written: Vec<PathBuf> = Vec::new();
    for (file, path) in beside.into_iter().zip(paths) {
        if let Err(error) = file.persist_noclobber(&path) {
            for path in &written {
                if let Err(error) = fs::remove_file(path) {
                    log::warn!("{} is left: {error}", path.display());
                }
            }
            return Err(error.error);
        }
        written.push(path);
    }
    Ok(written)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let mut names: Vec<String> = fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn a_pair_takes_a_name_that_is_free_for_both() {
        let folder = tempfile::tempdir().unwrap();
        let wanted = folder.path().join("dog review.png");
        fs::write(folder.path().join("dog review 2.json"), "someone's").unwrap();
        let pair: [(&str, &[u8]); 2] = [("png", b"picture"), ("json", b"words")];
        assert_eq!(write_free(&wanted, &pair).unwrap()[0], wanted);
        let third = write_free(&wanted, &pair).unwrap();
        assert_eq!(third[1], folder.path().join("dog review 3.json"));
        assert_eq!(fs::read(&third[0]).unwrap(), b"picture");
        assert_eq!(fs::read(folder.path().join("dog review 2.json")).unwrap(), b"someone's");
        assert_eq!(
            names(folder.path()),
            [
                "dog review 2.json",
                "dog review 3.json",
                "dog review 3.png",
                "dog review.json",
                "dog review.png"
            ]
        );
    }

    #[test]
    fn where_it_cannot_be_written_nothing_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let error = write_free(&folder.path().join("no folder/dog.png"), &[("png", b"picture")]).unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::NotFound);
        assert!(write_free(Path::new("/"), &[("png", b"picture")]).is_err());
        assert!(names(folder.path()).is_empty());
    }
}
