//! The photos of a folder and of all folders below it, in the natural order of their paths.

use std::io;
use std::path::{Path, PathBuf};

use walkdir::{DirEntry, WalkDir};

use super::compare;
use super::picture::{content_is_a_picture, has_picture_ending};
use crate::text;

/// What a folder holds.
#[derive(Debug, Default)]
pub struct Walk {
    /// Its photos, and among them the folders that could not be read with the sentence that says why.
    pub found: Vec<(PathBuf, Option<String>)>,
    /// What was passed over.
    pub passed: PassedOver,
}

/// What was passed over while photos were looked for, hidden files and folders aside.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PassedOver {
    /// Files that are no photos.
    pub others: usize,
    /// Links to other folders, which are not followed: one may lead to the whole disk, or back here.
    pub links: usize,
}

impl PassedOver {
    /// Adds what was passed over elsewhere.
    pub fn add(&mut self, more: Self) {
        self.others += more.others;
        self.links += more.links;
    }

    /// The same as sentences; none where nothing was.
    pub fn sentences(self) -> Vec<String> {
        let others = (self.others > 0).then(|| text!("photos-left-out", count = self.others));
        let links = (self.links > 0).then(|| text!("folder-links", count = self.links));
        others.into_iter().chain(links).collect()
    }
}

/// Looks through a folder and those below it; `tell` hears now and then how many photos there are so far, and says whether
/// to go on. None where it says no.
///
/// What a file is, its content says: a photo of any name is one. A file that is called like a photo and holds none is
/// listed too, for its owner believes that it is one. Hidden files and folders are passed over.
pub fn walk(folder: &Path, tell: &mut dyn FnMut(usize) -> bool) -> Option<Walk> {
    /// So many files take a moment only, on a slow disk too.
    const EVERY: usize = 64;

    let mut walk = Walk::default();
    let entries = WalkDir::new(folder)
        .sort_by(in_order)
        .into_iter()
        .filter_entry(|entry| entry.depth() == 0 || !is_hidden(entry));
    for (number, entry) in entries.enumerate() {
        if number % EVERY == 0 && !tell(walk.found.len()) {
            return None;
        }
        match entry {
            Ok(entry) => walk.add(entry),
            Err(error) => {
                let path = error.path().unwrap_or(folder).to_owned();
                walk.found.push((path, Some(sentence(error.into()))));
            }
        }
    }
    Some(walk)
}

impl Walk {
    fn add(&mut self, entry: DirEntry) {
        let kind = entry.file_type();
        let path = entry.into_path();
        if kind.is_symlink() {
            match std::fs::metadata(&path) {
                Ok(led_to) if led_to.is_dir() => self.passed.links += 1,
                Ok(led_to) if led_to.is_file() => self.add_file(path),
                // A pipe must not be opened, which would wait for its writer.
                Ok(_) => self.passed.others += 1,
                // The photo that it stood for is gone; that is told when it is opened.
                Err(_) if has_picture_ending(&path) => self.found.push((path, None)),
                Err(_) => self.passed.others += 1,
            }
        } else if kind.is_file() {
            self.add_file(path);
        } else if !kind.is_dir() {
            self.passed.others += 1;
        }
    }

    fn add_file(&mut self, path: PathBuf) {
        if has_picture_ending(&path) || content_is_a_picture(&path) {
            self.found.push((path, None));
        } else {
            self.passed.others += 1;
        }
    }
}

/// By the names as people read them; names that are no text and look alike keep an order too.
fn in_order(one: &DirEntry, other: &DirEntry) -> std::cmp::Ordering {
    let (one, other) = (one.file_name(), other.file_name());
    compare(&one.to_string_lossy(), &other.to_string_lossy()).then_with(|| one.cmp(other))
}

fn is_hidden(entry: &DirEntry) -> bool {
    entry.file_name().as_encoded_bytes().starts_with(b".")
}

fn sentence(error: io::Error) -> String {
    match error.kind() {
        io::ErrorKind::PermissionDenied => text!("folder-forbidden"),
        io::ErrorKind::NotFound => text!("folder-missing"),
        _ => text!("folder-unreadable", reason = error.to_string()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";

    fn folder(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (name, content) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, content).unwrap();
        }
        folder
    }

    fn names(folder: &tempfile::TempDir) -> (Vec<String>, Walk) {
        let walk = walk(folder.path(), &mut |_| true).unwrap();
        let name = |(path, _): &(PathBuf, Option<String>)| {
            path.strip_prefix(folder.path()).unwrap().to_string_lossy().into_owned()
        };
        (walk.found.iter().map(name).collect(), walk)
    }

    #[test]
    fn photos_come_in_the_natural_order_of_their_paths_by_content_and_not_by_name() {
        let folder = folder(&[
            ("10.jpg", PNG),
            ("2.jpg", PNG),
            ("trip 10/a.png", PNG),
            ("trip 2/b.png", PNG),
            ("trip 2/deep/c", PNG),
            ("trip 2/Z.png", PNG),
            ("words.txt", b"words"),
            ("a photo.txt", PNG),
            ("no photo.jpg", b"words"),
            ("BMX race.doc", b"BMX is no bitmap"),
            (".hidden/d.png", PNG),
            ("trip 2/.e.png", PNG),
        ]);
        let (names, walk) = names(&folder);
        let expected = [
            "2.jpg",
            "10.jpg",
            "a photo.txt",
            "no photo.jpg",
            "trip 2/b.png",
            "trip 2/deep/c",
            "trip 2/Z.png",
            "trip 10/a.png",
        ];
        assert_eq!(names, expected);
        assert_eq!((walk.passed.others, walk.passed.links), (2, 0));
    }

    #[cfg(unix)]
    #[test]
    fn links_to_folders_are_counted_and_those_to_photos_followed() {
        use std::os::unix::fs::symlink;

        let folder = folder(&[("a/1.png", PNG), ("a/b/2.png", PNG)]);
        let at = |name: &str| folder.path().join(name);
        symlink(folder.path(), at("a/b/up")).unwrap();
        symlink("/", at("everything")).unwrap();
        symlink(at("a/1.png"), at("link.png")).unwrap();
        symlink(at("gone.png"), at("gone too.png")).unwrap();
        symlink(at("itself.txt"), at("itself.txt")).unwrap();
        assert!(
            std::process::Command::new("mkfifo")
                .arg(at("pipe.png"))
                .status()
                .unwrap()
                .success()
        );
        let (names, walk) = names(&folder);
        assert_eq!(names, ["a/1.png", "a/b/2.png", "gone too.png", "link.png"]);
        assert_eq!((walk.passed.others, walk.passed.links), (2, 2));
    }

    #[test]
    fn a_folder_that_is_not_there_is_told_in_its_place_and_a_walk_that_nobody_waits_for_ends() {
        let folder = tempfile::tempdir().unwrap();
        let walked = walk(&folder.path().join("gone"), &mut |_| true).unwrap();
        assert!(matches!(walked.found.as_slice(), [(_, Some(_))]));
        assert!(walk(folder.path(), &mut |_| false).is_none());
    }
}
