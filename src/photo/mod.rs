//! A file, paste or drop becomes upright RGB pixels within bounds.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use image::RgbImage;

mod error;

pub use error::PhotoError;

/// An upright 8-bit RGB picture, cheap to clone, with the name it is called by.
#[derive(Clone, Debug)]
pub struct Photo {
    name: String,
    path: Option<PathBuf>,
    pixels: Arc<RgbImage>,
}

impl Photo {
    /// Reads a picture file: format told by content, first frame, EXIF orientation applied, alpha over white.
    ///
    /// # Errors
    /// A [`PhotoError`] sentence for the person: missing, a folder, empty, no picture, too large, broken.
    pub fn open(path: &Path) -> Result<Self, PhotoError> {
        let _ = path;
        todo!()
    }

    /// Reads a picture from the bytes of a file, as dropped by a browser; `name` is what it is called in messages.
    ///
    /// # Errors
    /// As [`Photo::open`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, PhotoError> {
        let _ = (name, bytes);
        todo!()
    }

    /// Takes pixels that are upright already, as pasted from the clipboard.
    pub fn from_pixels(name: &str, pixels: RgbImage) -> Self {
        Self {
            name: name.to_owned(),
            path: None,
            pixels: Arc::new(pixels),
        }
    }

    /// What the photo is called in messages: the file's name, or what the paste gave.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it was read from, if it came from a file.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// The upright pixels.
    pub fn pixels(&self) -> &RgbImage {
        &self.pixels
    }
}
