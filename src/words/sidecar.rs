//! The file beside a photo that holds an XMP packet about it, for formats that have no place for one.

use std::path::{Path, PathBuf};

use super::file::with_ending;

/// The ending of such files.
const ENDING: &str = "xmp";

/// The names that programs give it, in the order in which they are looked for: "dog.jpg.xmp" (darktable, digiKam), which
/// is this photo's alone, and "dog.xmp" (Adobe), which also belongs to a "dog.raw" beside it.
pub fn names(photo: &Path) -> [PathBuf; 2] {
    [with_ending(photo, ENDING), photo.with_extension(ENDING)]
}

/// The sidecar that there is.
pub fn of(photo: &Path) -> Option<PathBuf> {
    names(photo).into_iter().find(|path| path.is_file() && path != photo)
}
