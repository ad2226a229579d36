//! What a file has to say in words, block by block, and where its XMP packet has its place.

use std::borrow::Cow;

use super::splice::Splice;
use super::{boxes, jpeg, png, tiff, webp};

/// The most bytes of a packet that are read; the largest that people's programs write have some megabytes.
pub const MAX_PACKET: usize = 16 << 20;

/// The blocks of a file that may have words in them, as they stand there.
#[derive(Debug, Default)]
pub struct Notes<'a> {
    /// The XMP packet.
    pub packet: Option<Cow<'a, [u8]>>,
    /// The extensions of the packet, each with its name.
    pub extensions: Vec<(String, Vec<u8>)>,
    /// Exif data, which begin as a TIFF file does.
    pub exif: Option<&'a [u8]>,
    /// IPTC-IIM data sets.
    pub iim: Vec<&'a [u8]>,
    /// Texts with their keywords, as PNG has them.
    pub texts: Vec<(String, String)>,
}

/// Why a file's packet cannot be changed where it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hurdle {
    /// The format has no place for one that we know how to change safely.
    Format,
    /// The file, or the packet in it, is not as its format says.
    Damaged,
    /// The words do not fit where the format has them.
    Room,
}

/// The formats that have words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG (ITU T.81), with XMP in APP1.
    Jpeg,
    /// PNG, with XMP in an iTXt chunk.
    Png,
    /// WebP, with XMP in a chunk of that name.
    WebP,
    /// TIFF 6.0, with XMP in tag 700.
    Tiff,
    /// HEIC, HEIF and AVIF, which are only read.
    Heif,
    /// JPEG XL, which is only read.
    JpegXl,
}

impl Format {
    /// The format that the content shows; none for any other.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes {
            [0xFF, 0xD8, 0xFF, ..] => Some(Self::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Self::WebP),
            [b'I', b'I', 42, 0, ..] | [b'M', b'M', 0, 42, ..] => Some(Self::Tiff),
            _ if bytes.starts_with(&png::SIGNATURE) => Some(Self::Png),
            _ if bytes.starts_with(boxes::JPEG_XL) => Some(Self::JpegXl),
            _ if boxes::is_heif(bytes) => Some(Self::Heif),
            _ => None,
        }
    }

    /// Reads what there is; what is damaged is left out.
    pub fn notes(self, bytes: &[u8]) -> Notes<'_> {
        match self {
            Self::Jpeg => jpeg::notes(bytes),
            Self::Png => png::notes(bytes),
            Self::WebP => webp::notes(bytes),
            Self::Tiff => tiff::notes(bytes),
            Self::Heif => boxes::heif_notes(bytes),
            Self::JpegXl => boxes::jpeg_xl_notes(bytes),
        }
    }

    /// The changes by which the packet becomes this one.
    ///
    /// # Errors
    /// The file cannot be changed safely.
    pub fn put(self, bytes: &[u8], packet: &str) -> Result<Vec<Splice>, Hurdle> {
        match self {
            Self::Jpeg => jpeg::put(bytes, packet),
            Self::Png => png::put(bytes, packet),
            Self::WebP => webp::put(bytes, packet),
            Self::Tiff => tiff::put(bytes, packet),
            Self::Heif | Self::JpegXl => Err(Hurdle::Format),
        }
    }
}
