//! What a person asks to have described.

use std::path::PathBuf;

use image::RgbImage;

use crate::photo::{Part, Photo};
use crate::recent::Entry;

/// Where a photo comes from.
#[derive(Debug)]
pub enum Source {
    /// A file, opened or dropped.
    Path(PathBuf),
    /// Upright pixels, as pasted from the clipboard, with the name they are called by.
    Pixels {
        /// What they are called in messages.
        name: String,
        /// The picture.
        pixels: RgbImage,
    },
    /// The bytes of a picture file, as some programs drop them, with the name they are called by.
    Bytes {
        /// What they are called in messages.
        name: String,
        /// The file's content.
        bytes: Vec<u8>,
    },
    /// A photo that is decoded already, to be described again, whatever is known of it.
    Photo(Photo),
    /// A part of such a photo, to be described alone; the photo on the screen stays the whole one.
    Part {
        /// The whole photo.
        photo: Photo,
        /// The part.
        part: Part,
    },
    /// A recent description, to be shown with its photo or, where that is gone, without.
    Recent(Entry),
}
