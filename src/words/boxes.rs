//! HEIC, HEIF and AVIF (ISO/IEC 23008-12) and JPEG XL in its container (ISO/IEC 18181-2): boxes with their lengths. They
//! are read only: a longer packet would move what other boxes point to.

use std::borrow::Cow;

use super::bytes::{part, u32_be};
use super::notes::{MAX_PACKET, Notes};

/// How a JPEG XL container begins.
pub const JPEG_XL: &[u8] = b"\0\0\0\x0CJXL \r\n\x87\n";

/// The kind of content that an item of XMP has.
const XMP: &[u8] = b"application/rdf+xml";

/// More items has no photo, though large ones have hundreds of tiles.
const MOST_ITEMS: usize = 1 << 16;

/// So many items of words are looked for; a photo has one of each kind.
const TRIES: usize = 8;

/// The boxes one after the other, each with its name and its content.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (&[u8], &[u8])> {
    let mut rest = bytes;
    std::iter::from_fn(move || {
        let (name, short) = (rest.get(4..8)?, u32_be(rest, 0)?);
        let (header, length) = match short {
            // To the end of the file.
            0 => (8, rest.len()),
            // A length of eight bytes follows.
            1 => (16, usize::try_from(number(rest, 8, 8)?).ok()?),
            length => (8, usize::try_from(length).ok()?),
        };
        let content = rest.get(header..length)?;
        rest = rest.get(length..)?;
        Some((name, content))
    })
}

/// The content of the first box of this name.
fn named<'a>(bytes: &'a [u8], name: &[u8; 4]) -> Option<&'a [u8]> {
    boxes(bytes)
        .find(|(known, _)| known == name)
        .map(|(_, content)| content)
}

/// A number of up to eight bytes, the highest first.
fn number(bytes: &[u8], at: usize, length: usize) -> Option<u64> {
    let bytes = part(bytes, at, length)?;
    Some(bytes.iter().fold(0, |sum, byte| sum << 8 | u64::from(*byte)))
}

/// What the boxes of a JPEG XL file have to say.
pub fn jpeg_xl_notes(bytes: &[u8]) -> Notes<'_> {
    Notes {
        packet: named(bytes, b"xml ").map(Cow::Borrowed),
        exif: named(bytes, b"Exif").and_then(exif),
        ..Notes::default()
    }
}

/// What the items of a HEIF file have to say.
pub fn heif_notes(bytes: &[u8]) -> Notes<'_> {
    let mut notes = Notes::default();
    // Behind version and flags.
    let Some(meta) = named(bytes, b"meta").and_then(|meta| meta.get(4..)) else {
        return notes;
    };
    let Some(items) = named(meta, b"iinf") else {
        return notes;
    };
    let first = if items.first() == Some(&0) { 6 } else { 8 };
    let entries = boxes(items.get(first..).unwrap_or_default()).take(MOST_ITEMS);
    let items = entries
        .filter(|(name, _)| *name == b"infe")
        .filter_map(|(_, entry)| item(entry));
    let words = items.filter(|(_, kind, content)| matches!((*kind, *content), (b"Exif", _) | (b"mime", XMP)));
    for (id, kind, _) in words.take(TRIES) {
        let content = content(bytes, meta, id);
        match (kind, content) {
            (b"Exif", Some(Cow::Borrowed(content))) => notes.exif = notes.exif.or_else(|| exif(content)),
            (b"mime", content) => notes.packet = notes.packet.or(content),
            _ => {}
        }
    }
    notes
}

/// The number, the type and the kind of content of an item.
fn item(entry: &[u8]) -> Option<(u64, &[u8], &[u8])> {
    let wide = match entry.first()? {
        2 => 2,
        3 => 4,
        _ => return None,
    };
    // The number of a protection comes between.
    let kind = entry.get(4 + wide + 2..)?;
    let texts = kind.get(4..)?;
    let mut texts = texts.split(|byte| *byte == 0);
    let (_name, content) = (texts.next()?, texts.next().unwrap_or_default());
    Some((number(entry, 4, wide)?, kind.get(..4)?, content))
}

/// The content of an item, by the list of places.
fn content<'a>(bytes: &'a [u8], meta: &'a [u8], wanted: u64) -> Option<Cow<'a, [u8]>> {
    let places = named(meta, b"iloc")?;
    let version = *places.first()?;
    let (sizes, more_sizes) = (*places.get(4)?, *places.get(5)?);
    let half = |byte: u8| usize::from(byte & 0x0F);
    let (of_offset, of_length, of_base) = (half(sizes >> 4), half(sizes), half(more_sizes >> 4));
    let of_index = if version == 0 { 0 } else { half(more_sizes) };
    let wide = if version < 2 { 2 } else { 4 };
    if of_offset + of_length == 0 {
        return None;
    }
    let mut at = 6;
    let mut take = |length: usize| {
        let value = number(places, at, length)?;
        at += length;
        Some(value)
    };
    let count = take(wide)?;
    for _ in 0..count.min(MOST_ITEMS as u64) {
        let id = take(wide)?;
        let in_box = if version == 0 { 0 } else { take(2)? & 0x0F };
        let _reference = take(2)?;
        let base = take(of_base)?;
        let parts = take(2)?;
        let mut whole: Option<Cow<'a, [u8]>> = None;
        for _ in 0..parts {
            take(of_index)?;
            let (offset, length) = (take(of_offset)?, take(of_length)?);
            if id != wanted {
                continue;
            }
            let within = match in_box {
                0 => bytes,
                1 => named(meta, b"idat")?,
                _ => return None,
            };
            let start = usize::try_from(base.checked_add(offset)?).ok()?;
            let piece = part(within, start, usize::try_from(length).ok()?)?;
            whole = Some(match whole {
                None => Cow::Borrowed(piece),
                Some(before) if before.len() + piece.len() <= MAX_PACKET => [&before, piece].concat().into(),
                Some(_) => return None,
            });
        }
        if id == wanted {
            return whole;
        }
    }
    None
}

/// Exif data behind the number of bytes that come before them.
fn exif(content: &[u8]) -> Option<&[u8]> {
    let before = usize::try_from(u32_be(content, 0)?).ok()?;
    content.get(4..)?.get(before..)
}

/// Whether a file begins as HEIF does, by its brands.
pub fn is_heif(bytes: &[u8]) -> bool {
    const BRANDS: [&[u8]; 8] = [b"heic", b"heix", b"hevc", b"heim", b"heis", b"mif1", b"msf1", b"avif"];
    let Some(brands) = bytes
        .get(4..8)
        .filter(|name| *name == b"ftyp")
        .and_then(|_| named(bytes, b"ftyp"))
    else {
        return false;
    };
    // The main one, a version, and those that it is compatible with.
    brands.chunks_exact(4).take(32).any(|brand| BRANDS.contains(&brand))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::words::{Field, within};

    fn boxed(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let length = u32::try_from(8 + content.len()).unwrap();
        [&length.to_be_bytes()[..], name, content].concat()
    }

    fn packet() -> Vec<u8> {
        let text = "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description \
            xmlns:i='http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/'><i:AltTextAccessibility>Rex\
            </i:AltTextAccessibility></rdf:Description></rdf:RDF>";
        text.as_bytes().to_vec()
    }

    /// One tile, and XMP in two parts behind all boxes.
    fn heif() -> Vec<u8> {
        let item = |id: u8, kind: &[u8]| boxed(b"infe", &[&[2, 0, 0, 0, 0, id, 0, 0], kind].concat());
        let xmp = item(2, b"mime\0application/rdf+xml\0");
        let items = [&[0, 0, 0, 0, 0, 2][..], &item(1, b"hvc1\0"), &xmp].concat();
        let packet = packet();
        let make = |at: u32| {
            let half = u32::try_from(packet.len() / 2).unwrap();
            let rest = u32::try_from(packet.len()).unwrap() - half;
            let mut places = vec![0, 0, 0, 0, 0x44, 0, 0, 2, 0, 1, 0, 0, 0, 0, 0, 2, 0, 0, 0, 2];
            for number in [at, half, at + half, rest] {
                places.extend(number.to_be_bytes());
            }
            let meta = [vec![0; 4], boxed(b"iinf", &items), boxed(b"iloc", &places)].concat();
            [boxed(b"ftyp", b"heic\0\0\0\0mif1heic"), boxed(b"meta", &meta)].concat()
        };
        let length = u32::try_from(make(0).len()).unwrap();
        [make(length), packet.clone()].concat()
    }

    #[test]
    fn words_in_heif_and_jpeg_xl_are_told() {
        let jpeg_xl = [
            JPEG_XL,
            &boxed(b"ftyp", b"jxl \0\0\0\0jxl "),
            &boxed(b"xml ", &packet()),
        ]
        .concat();
        for bytes in [heif(), jpeg_xl] {
            let words = within(&bytes).unwrap();
            assert_eq!((words.text.as_str(), words.field), ("Rex", Field::AltText));
        }
    }

    #[test]
    fn boxes_that_end_early_or_never_have_no_words() {
        let whole = heif();
        for end in 0..whole.len() - 1 {
            assert_eq!(within(&whole[..end]), None, "{end}");
        }
        assert_eq!(boxes(&[0, 0, 0, 4, b'f', b'r', b'e', b'e']).count(), 0);
    }
}
