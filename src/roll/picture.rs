//! Which files are pictures, told by the name where it says so and by the first bytes where it does not.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use crate::photo::{START, starts_like_a_picture};

/// The endings of pictures that can be read here.
///
/// Behind the dots: those of pictures as they are passed on, then those of cameras' raw files.
pub const ENDINGS: [&str; 25] = [
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "jfif", "jpe", "apng", "tif", "tiff", "heic", "heif", "hif", "avif",
    "jxl", "dng", "cr2", "cr3", "nef", "arw", "raf", "orf", "rw2", "pef",
];

/// Endings that are never those of a picture that can be read, so that large folders of them are not read for nothing.
const OTHERS: [&str; 24] = [
    "txt", "md", "json", "xml", "html", "csv", "pdf", "zip", "gz", "mp3", "mp4", "mov", "avi", "mkv", "wav", "doc",
    "docx", "xls", "xlsx", "rs", "py", "log", "xmp", "ini",
];

/// Whether an ordinary file is a picture by its name or, where that says nothing, by its content.
pub fn is_picture(path: &Path) -> bool {
    let ending = path
        .extension()
        .and_then(|ending| ending.to_str())
        .map(str::to_lowercase);
    match ending.as_deref() {
        Some(ending) if ENDINGS.contains(&ending) => true,
        Some(ending) if OTHERS.contains(&ending) => false,
        _ => content_is_a_picture(path),
    }
}

/// Whether the name of a file says that it is a picture.
pub(super) fn has_picture_ending(path: &Path) -> bool {
    let ending = path.extension().and_then(|ending| ending.to_str());
    ending.is_some_and(|ending| ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending)))
}

/// Whether an ordinary file holds a picture, whatever its name.
pub(super) fn content_is_a_picture(path: &Path) -> bool {
    let mut start = [0; START];
    let read = File::open(path).and_then(|mut file| file.read(&mut start));
    read.is_ok_and(|read| start.get(..read).is_some_and(starts_like_a_picture))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_name_or_else_the_content_says_that_a_file_is_a_picture() {
        let folder = tempfile::tempdir().unwrap();
        let png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR";
        for (name, content, expected) in [
            ("a.JPG", &b""[..], true),
            ("b.txt", png, false),
            ("without ending", png, true),
            ("download.part2", png, true),
            ("words", b"no picture", false),
            ("empty", b"", false),
        ] {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            assert_eq!(is_picture(&path), expected, "{name}");
        }
        assert!(!is_picture(&folder.path().join("nothing there")));
    }
}
