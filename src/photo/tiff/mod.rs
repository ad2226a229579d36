//! The directories of a TIFF file: which of its pictures is the photo, whether it is a camera's raw file, and how it is
//! turned. The pixels are `image`'s business, but for [inks](ink) with a profile and [palettes](palette).
//!
//! `image` reads the first directory, and that may be a thumbnail; and it does not find a colour profile that is marked
//! as undefined bytes, as all programs mark it. Tag numbers are those of TIFF 6.0, TIFF/EP, DNG and ICC.1, annex B.

use std::borrow::Cow;
use std::io::Cursor;
use std::ops::Range;

use image::metadata::Orientation;
use tiff::TiffResult;
use tiff::decoder::{Decoder, Limits};

use super::decode::MAX_ALLOCATION;

pub mod ink;
pub mod palette;

/// The most directories that are looked at: no camera writes a tenth of it, and a chain may be a ring.
const MAX_DIRECTORIES: usize = 64;

const NEW_SUBFILE_TYPE: u16 = 254;
const IMAGE_WIDTH: u16 = 256;
const IMAGE_LENGTH: u16 = 257;
const PHOTOMETRIC: u16 = 262;
const ORIENTATION: u16 = 274;
const SUB_DIRECTORIES: u16 = 330;
const COLOUR_PROFILE: u16 = 34675;
const EXIF: u16 = 34665;
const INTEROPERABILITY: u16 = 40965;
const INTEROPERABILITY_INDEX: u16 = 1;
const DNG_VERSION: u16 = 50706;

/// Photometric interpretations: greys, of which 0 is black, numbers of colours, and inks.
const BLACK_IS_ZERO: u16 = 1;
const PALETTE: u32 = 3;
const SEPARATED: u32 = 5;

/// Photometric interpretations of sensors: a colour filter array, and linear raw.
const OF_SENSORS: [u32; 2] = [32803, 34892];

/// The decoder that `image` has for TIFF, asked directly for what `image` does not give out, within the same memory.
fn decoder(bytes: &[u8]) -> TiffResult<Decoder<Cursor<&[u8]>>> {
    let mut limits = Limits::default();
    limits.decoding_buffer_size = usize::try_from(MAX_ALLOCATION).unwrap_or(usize::MAX);
    Ok(Decoder::new(Cursor::new(bytes))?.with_limits(limits))
}

/// What stands in a TIFF file, or in a raw file that is one but for its version number.
pub struct Tiff<'a> {
    bytes: &'a [u8],
    is_big_endian: bool,
    directories: Vec<Directory>,
}

/// What matters here of a directory.
#[derive(Default)]
struct Directory {
    at: u32,
    subfile: u32,
    width: u32,
    height: u32,
    photometric: Option<u32>,
    orientation: Option<u32>,
    is_dng: bool,
    below: Vec<u32>,
    /// Where the colour profile lies.
    profile: Option<Range<usize>>,
}

impl Directory {
    fn orientation(&self) -> Orientation {
        self.orientation
            .and_then(|number| Orientation::from_exif(u8::try_from(number).ok()?))
            .unwrap_or(Orientation::NoTransforms)
    }
}

impl<'a> Tiff<'a> {
    /// Reads the directories; of broken ones what can be read.
    pub fn read(bytes: &'a [u8]) -> Self {
        let mut tiff = Self {
            bytes,
            is_big_endian: bytes.starts_with(b"MM"),
            directories: Vec::new(),
        };
        let mut next = tiff.long(4).into_iter().collect::<Vec<_>>();
        // Those of the chain first, then those below them.
        while let Some(at) = next.first().copied() {
            next.remove(0);
            let known = tiff.directories.iter().any(|directory| directory.at == at);
            if at == 0 || known || tiff.directories.len() == MAX_DIRECTORIES {
                continue;
            }
            let Some((directory, following)) = tiff.directory(at) else {
                continue;
            };
            next.extend(&directory.below);
            if let Some(following) = following {
                next.insert(0, following);
            }
            tiff.directories.push(directory);
        }
        tiff
    }

    /// Whether the picture is what a sensor measured, which only the maker's program develops.
    pub fn is_raw(&self) -> bool {
        self.bytes.get(8..10) == Some(b"CR")
            || self.directories.iter().any(|directory| {
                directory.is_dng || directory.photometric.is_some_and(|kind| OF_SENSORS.contains(&kind))
            })
    }

    /// How the photo of a raw file is turned, by the first directory.
    pub fn orientation(&self) -> Orientation {
        self.directories
            .first()
            .map_or(Orientation::NoTransforms, Directory::orientation)
    }

    /// The directory of the photo: the first one that is neither a smaller version of another nor a mask.
    fn photo(&self) -> Option<&Directory> {
        let is_photo = |directory: &&Directory| directory.subfile & 0b101 == 0 && directory.width > 0;
        self.directories.iter().find(is_photo).or(self.directories.first())
    }

    /// The file with the photo as its first picture.
    pub fn with_photo_first(&self) -> Cow<'a, [u8]> {
        match (self.photo(), self.directories.first()) {
            (Some(photo), Some(first)) if photo.at != first.at => {
                let at = if self.is_big_endian {
                    photo.at.to_be_bytes()
                } else {
                    photo.at.to_le_bytes()
                };
                let mut bytes = self.bytes.to_vec();
                if let Some(place) = bytes.get_mut(4..8) {
                    place.copy_from_slice(&at);
                }
                Cow::Owned(bytes)
            }
            _ => Cow::Borrowed(self.bytes),
        }
    }

    /// The photo's width and height, where they are told.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.photo().map(|photo| (photo.width, photo.height))
    }

    /// The photo's colour profile.
    pub fn profile(&self) -> Option<&'a [u8]> {
        self.bytes.get(self.photo()?.profile.clone()?)
    }

    /// How the photo is turned, where it is one of inks.
    pub fn turned_ink(&self) -> Option<Orientation> {
        let photo = self.photo()?;
        (photo.photometric == Some(SEPARATED)).then(|| photo.orientation())
    }

    /// How the photo is turned, and the file with it as its first picture and as if it were grey, where it is one of numbers
    /// into a palette.
    pub fn palette_as_grey(&self) -> Option<(Orientation, Vec<u8>)> {
        let photo = self.photo().filter(|photo| photo.photometric == Some(PALETTE))?;
        let mut bytes = self.with_photo_first().into_owned();
        let value = self.entry(photo.at, PHOTOMETRIC)? + 8;
        let grey = if self.is_big_endian {
            BLACK_IS_ZERO.to_be_bytes()
        } else {
            BLACK_IS_ZERO.to_le_bytes()
        };
        bytes.get_mut(value..value + 2)?.copy_from_slice(&grey);
        Some((photo.orientation(), bytes))
    }

    /// Whether a camera notes beside its JPEG that the colours are those of Adobe RGB, as it does in place of a profile
    /// (DCF 2.0: the interoperability index of EXIF is "R03").
    pub fn is_in_adobe_rgb(&self) -> bool {
        let index = || {
            let first = self.directories.first()?.at;
            let exif = self.long(self.entry(first, EXIF)? + 8)?;
            let interoperability = self.long(self.entry(exif, INTEROPERABILITY)? + 8)?;
            let index = self.entry(interoperability, INTEROPERABILITY_INDEX)?;
            self.bytes.get(index + 8..index + 11)
        };
        index() == Some(b"R03")
    }

    /// Where the entry of a tag lies in a directory.
    fn entry(&self, directory: u32, tag: u16) -> Option<usize> {
        let start = directory as usize;
        (0..usize::from(self.short(start)?))
            .map(|number| start + 2 + 12 * number)
            .find(|entry| self.short(*entry) == Some(tag))
    }

    /// A directory and where the next one of the chain lies.
    fn directory(&self, at: u32) -> Option<(Directory, Option<u32>)> {
        let start = at as usize;
        let count = usize::from(self.short(start)?);
        let mut directory = Directory {
            at,
            ..Directory::default()
        };
        for number in 0..count {
            let entry = start + 2 + 12 * number;
            let Some(tag) = self.short(entry) else { break };
            match tag {
                NEW_SUBFILE_TYPE => directory.subfile = self.value(entry)?,
                IMAGE_WIDTH => directory.width = self.value(entry)?,
                IMAGE_LENGTH => directory.height = self.value(entry)?,
                PHOTOMETRIC => directory.photometric = self.value(entry),
                ORIENTATION => directory.orientation = self.value(entry),
                SUB_DIRECTORIES => directory.below = self.longs(entry),
                DNG_VERSION => directory.is_dng = true,
                COLOUR_PROFILE => {
                    let (length, start) = (self.long(entry + 4)? as usize, self.long(entry + 8)? as usize);
                    directory.profile = Some(start..start.saturating_add(length));
                }
                _ => {}
            }
        }
        Some((directory, self.long(start + 2 + 12 * count)))
    }

    /// The single number of an entry, which is a short or a long.
    fn value(&self, entry: usize) -> Option<u32> {
        match self.short(entry + 2)? {
            3 => self.short(entry + 8).map(u32::from),
            4 => self.long(entry + 8),
            _ => None,
        }
    }

    /// The longs of an entry, which lie elsewhere where they are several.
    fn longs(&self, entry: usize) -> Vec<u32> {
        let count = self.long(entry + 4).unwrap_or(0) as usize;
        let place = match count {
            1 => Some(entry + 8),
            _ => self.long(entry + 8).map(|at| at as usize),
        };
        place
            .map(|place| {
                (0..count.min(MAX_DIRECTORIES))
                    .map_while(|at| self.long(place + 4 * at))
                    .collect()
            })
            .unwrap_or_default()
    }

    fn short(&self, at: usize) -> Option<u16> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian {
            u16::from_be_bytes(bytes)
        } else {
            u16::from_le_bytes(bytes)
        })
    }

    fn long(&self, at: usize) -> Option<u32> {
        let bytes = *self.bytes.get(at..)?.first_chunk()?;
        Some(if self.is_big_endian {
            u32::from_be_bytes(bytes)
        } else {
            u32::from_le_bytes(bytes)
        })
    }
}
