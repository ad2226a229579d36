//! A file, paste or drop becomes upright RGB pixels within bounds.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use image::RgbImage;
use sha2::{Digest, Sha256};

mod apart;
mod clear;
mod colour;
mod decode;
mod error;
mod format;
mod heif;
mod jpeg;
mod part;
mod raw;
mod scale;
mod tiff;

pub use apart::{Limits, Powers, Readers, decode_apart, powers, serve};
pub use error::PhotoError;
pub(crate) use format::{START, starts_like_a_picture};
pub use part::Part;
pub(crate) use scale::within;

/// The most pixels that are read; the largest telephone cameras give 200 megapixels.
pub const MAX_PIXELS: u64 = 200_000_000;

/// The most bytes of a file that are read.
pub const MAX_FILE_BYTES: u64 = 512 << 20;

/// An upright 8-bit RGB picture, cheap to clone, with the name it is called by.
#[derive(Clone, Debug)]
pub struct Photo {
    name: String,
    path: Option<PathBuf>,
    pixels: Arc<RgbImage>,
    seconds: f64,
    is_cut: bool,
    /// Of the file's content, where it was asked for when the file was read.
    digest: Option<[u8; 32]>,
}

impl Photo {
    /// Reads a picture file: format told by content, first frame with something in it, colours in sRGB, turned as its
    /// metadata say, alpha over white.
    ///
    /// It is decoded in this process, or in one of its own where [`decode_apart`] was called.
    ///
    /// # Errors
    /// A [`PhotoError`] sentence for the person: missing, a folder, empty, no picture, too large, broken.
    pub fn open(path: &Path) -> Result<Self, PhotoError> {
        Self::read(path, |_| None)
    }

    /// As [`open`](Self::open), with the [`digest`](Self::digest) of the file's content.
    ///
    /// # Errors
    /// As [`Photo::open`].
    pub fn open_with_digest(path: &Path) -> Result<Self, PhotoError> {
        Self::read(path, |bytes| Some(Sha256::digest(bytes).into()))
    }

    fn read(path: &Path, digest: impl FnOnce(&[u8]) -> Option<[u8; 32]>) -> Result<Self, PhotoError> {
        let start = Instant::now();
        let bytes = read_bounded(path)?;
        let decoded = apart::decode(&bytes)?;
        Ok(Self {
            name: display_name(path),
            path: Some(path.to_owned()),
            pixels: Arc::new(decoded.pixels),
            seconds: start.elapsed().as_secs_f64(),
            is_cut: decoded.is_cut,
            digest: digest(&bytes),
        })
    }

    /// The digest that [`open_with_digest`](Self::open_with_digest) would give, without decoding anything.
    ///
    /// # Errors
    /// What there is to say of a file that cannot be read.
    pub fn digest_of(path: &Path) -> Result<[u8; 32], PhotoError> {
        Ok(Sha256::digest(read_bounded(path)?).into())
    }

    /// Reads a picture from the bytes of a file, as dropped by a browser; `name` is what it is called in messages.
    ///
    /// # Errors
    /// As [`Photo::open`].
    pub fn from_bytes(name: &str, bytes: &[u8]) -> Result<Self, PhotoError> {
        Self::decoded(name, bytes, apart::decode)
    }

    fn decoded(
        name: &str,
        bytes: &[u8],
        decode: impl FnOnce(&[u8]) -> Result<decode::Decoded, PhotoError>,
    ) -> Result<Self, PhotoError> {
        if bytes.len() as u64 > MAX_FILE_BYTES {
            return Err(PhotoError::FileTooLarge);
        }
        let start = Instant::now();
        let decoded = decode(bytes)?;
        Ok(Self {
            seconds: start.elapsed().as_secs_f64(),
            is_cut: decoded.is_cut,
            ..Self::from_pixels(name, decoded.pixels)
        })
    }

    /// Takes pixels that are upright already, as pasted from the clipboard.
    pub fn from_pixels(name: &str, pixels: RgbImage) -> Self {
        Self {
            name: name.to_owned(),
            path: None,
            pixels: Arc::new(pixels),
            seconds: 0.0,
            is_cut: false,
            digest: None,
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

    /// Whether its file ended before the picture did, so that only what was there is shown.
    pub fn is_cut(&self) -> bool {
        self.is_cut
    }

    /// Whether there is anything to see: false for an even surface, a smooth gradient and noise, about which a model
    /// would only invent something.
    pub fn is_clear(&self) -> bool {
        clear::is_clear(&self.pixels)
    }

    /// The SHA-256 digest of the file's content where it was opened [with it](Self::open_with_digest), else of the
    /// size and the pixels.
    pub fn digest(&self) -> [u8; 32] {
        self.digest.unwrap_or_else(|| {
            let (width, height) = self.pixels.dimensions();
            let mut digest = Sha256::new();
            digest.update(b"pixels");
            digest.update(width.to_le_bytes());
            digest.update(height.to_le_bytes());
            digest.update(self.pixels.as_raw());
            digest.finalize().into()
        })
    }

    /// A part of the photo as a photo of its own, of the full pixels; the part is cut to what there is of it, and a
    /// pixel at least.
    #[must_use]
    pub fn part(&self, part: Part) -> Self {
        let Part {
            left,
            top,
            width,
            height,
        } = part.within(self.pixels.dimensions());
        let pixels = image::imageops::crop_imm(&*self.pixels, left, top, width, height).to_image();
        Self {
            pixels: Arc::new(pixels),
            // Of these pixels and not of the file's.
            digest: None,
            ..self.clone()
        }
    }

    /// Seconds that reading and decoding it took; 0 for pixels that were there already.
    pub fn seconds(&self) -> f64 {
        self.seconds
    }
}

/// The file's name without its folder; what is no Unicode shows as replacement characters.
fn display_name(path: &Path) -> String {
    path.file_name()
        .unwrap_or(path.as_os_str())
        .to_string_lossy()
        .into_owned()
}

/// The bytes of an ordinary file, [`MAX_FILE_BYTES`] at most.
fn read_bounded(path: &Path) -> Result<Vec<u8>, PhotoError> {
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
    // The file may grow while it is read, and some tell no length: the bound holds for the reading too.
    let mut bytes = Vec::with_capacity(usize::try_from(metadata.len()).unwrap_or(0));
    let file = File::open(path).map_err(io_sentence)?;
    file.take(MAX_FILE_BYTES + 1)
        .read_to_end(&mut bytes)
        .map_err(io_sentence)?;
    if bytes.len() as u64 > MAX_FILE_BYTES {
        return Err(PhotoError::FileTooLarge);
    }
    Ok(bytes)
}

/// What the system says of a file, as a sentence for the person.
pub(crate) fn io_sentence(error: io::Error) -> PhotoError {
    match error.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory | io::ErrorKind::InvalidFilename => PhotoError::Missing,
        io::ErrorKind::PermissionDenied => PhotoError::Forbidden,
        _ => PhotoError::Unreadable(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_denied_file_and_a_failing_disk_have_sentences_of_their_own() {
        let sentence = |kind| io_sentence(io::Error::from(kind)).to_string();
        assert!(sentence(io::ErrorKind::PermissionDenied).contains("permission"));
        assert!(sentence(io::ErrorKind::TimedOut).contains("disk or card"));
    }
}
