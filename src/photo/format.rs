//! The format of a picture, told by its first bytes; the name of the file plays no part.

use image::ImageFormat;

use super::PhotoError;

/// How many bytes from a file's start are enough to tell its format.
pub const START: usize = 64;

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// JPEG, of any kind.
    Jpeg,
    /// TIFF, and those raw formats of cameras that are TIFF files: CR2, NEF, ARW, DNG, PEF, SRW.
    Tiff,
    /// Raw formats of cameras that are none: CR3, RAF, ORF, RW2.
    Raw,
    /// HEIC: HEVC pictures in HEIF, what iPhones write.
    Heic,
    /// AVIF: AV1 pictures in HEIF.
    Avif,
    /// JPEG XL, bare or in its container.
    Jxl,
    /// PNG, GIF, WebP or BMP.
    Other(ImageFormat),
}

impl Format {
    /// The format that the content shows.
    ///
    /// # Errors
    /// There is no content, it is of no picture, or of a format that is not read.
    pub fn of(bytes: &[u8]) -> Result<Self, PhotoError> {
        if bytes.is_empty() {
            return Err(PhotoError::Empty);
        }
        if let Some(format) = Self::unknown_to_image(bytes) {
            return Ok(format);
        }
        match image::guess_format(bytes).map_err(|_| PhotoError::NotAPicture)? {
            ImageFormat::Jpeg => Ok(Self::Jpeg),
            ImageFormat::Tiff => Ok(Self::Tiff),
            format if format.reading_enabled() => Ok(Self::Other(format)),
            format => Err(PhotoError::Unsupported(usual_name(format).to_owned())),
        }
    }

    /// What `image` has no name for, or another one.
    fn unknown_to_image(bytes: &[u8]) -> Option<Self> {
        const RAW: [&[u8]; 5] = [b"FUJIFILMCCD-RAW", b"IIRO", b"IIRS", b"MMOR", b"IIU\0"];
        const JXL: [&[u8]; 2] = [b"\xFF\x0A", b"\0\0\0\x0CJXL \r\n\x87\n"];
        if RAW.iter().any(|start| bytes.starts_with(start)) {
            return Some(Self::Raw);
        }
        if JXL.iter().any(|start| bytes.starts_with(start)) {
            return Some(Self::Jxl);
        }
        // BigTIFF, which has another number of its version.
        if bytes.starts_with(b"II+\0") || bytes.starts_with(b"MM\0+") {
            return Some(Self::Tiff);
        }
        Self::by_brand(bytes)
    }

    /// The first brand of an ISO file that is known here: the major one, then the compatible ones (ISO/IEC 23008-12).
    fn by_brand(bytes: &[u8]) -> Option<Self> {
        if bytes.get(4..8) != Some(b"ftyp") {
            return None;
        }
        let length = bytes
            .first_chunk()
            .map_or(0, |length| u32::from_be_bytes(*length) as usize);
        // The major one is there whatever the length says.
        let brands = bytes.get(8..length.clamp(12, START).min(bytes.len()))?;
        let mut kinds = brands.chunks_exact(4).map(|brand| match brand {
            b"avif" | b"avis" => Some(Self::Avif),
            b"heic" | b"heix" | b"hevc" | b"hevx" | b"heim" | b"heis" | b"hevm" | b"hevs" => Some(Self::Heic),
            b"crx " => Some(Self::Raw),
            _ => None,
        });
        kinds
            .find_map(|kind| kind)
            // HEIF without a word on what is in it.
            .or_else(|| brands.starts_with(b"mif1").then_some(Self::Heic))
    }

    /// What people call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Jpeg => "JPEG",
            Self::Tiff => "TIFF",
            Self::Raw => "RAW",
            Self::Heic => "HEIC",
            Self::Avif => "AVIF",
            Self::Jxl => "JPEG XL",
            Self::Other(format) => usual_name(format),
        }
    }
}

/// Whether a file that begins so is a picture that is read. Two letters alone, as bitmaps have them, begin many a text.
pub fn starts_like_a_picture(start: &[u8]) -> bool {
    match Format::of(start) {
        // The size of the header that follows.
        Ok(Format::Other(ImageFormat::Bmp)) => {
            matches!(start.get(14..18), Some([12 | 40 | 52 | 56 | 64 | 108 | 124, 0, 0, 0]))
        }
        format => format.is_ok(),
    }
}

/// What people call a format.
fn usual_name(format: ImageFormat) -> &'static str {
    match format {
        ImageFormat::Png => "PNG",
        ImageFormat::Gif => "GIF",
        ImageFormat::WebP => "WebP",
        ImageFormat::Pnm => "PNM",
        ImageFormat::Tga => "TGA",
        ImageFormat::Dds => "DDS",
        ImageFormat::Bmp => "BMP",
        ImageFormat::Ico => "ICO",
        ImageFormat::Hdr => "Radiance HDR",
        ImageFormat::OpenExr => "OpenEXR",
        ImageFormat::Farbfeld => "farbfeld",
        ImageFormat::Qoi => "QOI",
        other => other.extensions_str().first().copied().unwrap_or("unknown"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brands_of_a_file_tell_heic_avif_and_camera_raw_apart() {
        let file = |brands: &str| {
            let mut bytes = (8 + brands.len() as u32).to_be_bytes().to_vec();
            bytes.extend(b"ftyp");
            bytes.extend(brands.as_bytes());
            Format::of(&bytes).ok()
        };
        assert_eq!(file("heic\0\0\0\0mif1heic"), Some(Format::Heic));
        assert_eq!(file("mif1\0\0\0\0mif1avif"), Some(Format::Avif));
        assert_eq!(file("mif1\0\0\0\0mif1miaf"), Some(Format::Heic));
        assert_eq!(file("avis\0\0\0\0avifmif1"), Some(Format::Avif));
        assert_eq!(file("crx \0\0\0\x01crx isom"), Some(Format::Raw));
        assert_eq!(file("mp42\0\0\0\0isommp42"), None);
        assert_eq!(Format::of(b"\0\0\0\x02ftypavif").ok(), Some(Format::Avif));
    }

    #[test]
    fn a_format_that_is_not_read_is_called_by_its_usual_name() {
        let told = Format::of(b"qoif\0\0\0\x01\0\0\0\x01\x03\0").map_err(|error| error.to_string());
        let expected =
            "This is a picture of the format QOI, which cannot be read here. Save it as JPEG or PNG and open that.";
        assert_eq!(told, Err(expected.to_owned()));
    }
}
