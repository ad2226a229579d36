//! Photos that were opened lately or may be asked for next, with what is to be said of them, so that stepping to them
//! shows them at once.

use std::collections::VecDeque;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use crate::captioner::Description;
use crate::photo::Photo;

/// The most photos on it: the one that is shown, its neighbours, and one to step back to.
const MOST: usize = 4;

/// The most bytes of pixels on it; a single photo may have more and then stands alone.
const BYTES: usize = 256 << 20;

/// What is to be said of a photo.
#[derive(Clone, Debug)]
pub(super) enum Answer {
    Description(Box<Description>),
    NoPicture,
}

/// What tells that a file is still the one that was read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Stamp {
    bytes: u64,
    modified: Option<SystemTime>,
}

impl Stamp {
    pub(super) fn of(path: &Path) -> Option<Self> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(Self {
            bytes: metadata.len(),
            modified: metadata.modified().ok(),
        })
    }
}

/// A photo on the shelf.
#[derive(Clone, Debug)]
pub(super) struct Ready {
    path: PathBuf,
    stamp: Stamp,
    pub(super) photo: Photo,
    pub(super) preview: Photo,
    pub(super) answer: Option<Answer>,
}

#[derive(Debug, Default)]
pub(super) struct Shelf {
    /// The latest last.
    photos: VecDeque<Ready>,
}

impl Shelf {
    /// Puts a photo on it that was read when its file had this stamp.
    pub(super) fn put(&mut self, stamp: Option<Stamp>, photo: &Photo, preview: &Photo, answer: Option<Answer>) {
        let (Some(stamp), Some(path)) = (stamp, photo.path()) else {
            return;
        };
        self.photos.retain(|ready| ready.path != path);
        self.photos.push_back(Ready {
            path: path.to_owned(),
            stamp,
            photo: photo.clone(),
            preview: preview.clone(),
            answer,
        });
        while self.photos.len() > MOST || (self.photos.len() > 1 && self.bytes() > BYTES) {
            self.photos.pop_front();
        }
    }

    fn bytes(&self) -> usize {
        let of = |photo: &Photo| photo.pixels().as_raw().len();
        self.photos
            .iter()
            .map(|ready| of(&ready.photo) + of(&ready.preview))
            .sum()
    }

    /// What is known of the file as it is now.
    pub(super) fn find(&self, path: &Path) -> Option<&Ready> {
        let ready = self.photos.iter().find(|ready| ready.path == path)?;
        (Stamp::of(path) == Some(ready.stamp)).then_some(ready)
    }

    /// Notes what is to be said of a photo that stands on it.
    pub(super) fn note(&mut self, photo: &Photo, answer: Answer) {
        if let Some(ready) = self
            .photos
            .iter_mut()
            .find(|ready| Some(ready.path.as_path()) == photo.path())
        {
            ready.answer = Some(answer);
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use image::{Rgb, RgbImage};

    use super::*;

    fn on_disk(folder: &tempfile::TempDir, name: &str) -> Photo {
        let path = folder.path().join(name);
        RgbImage::from_pixel(4, 3, Rgb([9; 3])).save(&path).unwrap();
        Photo::open(&path).unwrap()
    }

    #[test]
    fn a_photo_is_found_until_its_file_changes_or_newer_ones_push_it_off() {
        let folder = tempfile::tempdir().unwrap();
        let mut shelf = Shelf::default();
        let photos: Vec<Photo> = (0..MOST + 1).map(|at| on_disk(&folder, &format!("{at}.png"))).collect();
        for photo in &photos {
            shelf.put(Stamp::of(photo.path().unwrap()), photo, photo, None);
        }
        assert!(shelf.find(photos[0].path().unwrap()).is_none());
        let last = photos[MOST].path().unwrap();
        shelf.note(&photos[MOST], Answer::NoPicture);
        assert!(matches!(shelf.find(last).unwrap().answer, Some(Answer::NoPicture)));
        std::fs::write(last, "another content").unwrap();
        assert!(shelf.find(last).is_none());
    }

    #[test]
    fn pixels_without_a_file_are_not_put_on_it() {
        let mut shelf = Shelf::default();
        let pasted = Photo::from_pixels("pasted", RgbImage::new(4, 3));
        shelf.put(None, &pasted, &pasted, None);
        assert!(shelf.photos.is_empty());
    }
}
