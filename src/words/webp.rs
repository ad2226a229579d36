//! WebP: chunks of RIFF (WebP Container Specification). XMP stands behind the picture, and a header says that it is
//! there; a simple file, which has no such header, gets one.

use std::ops::Range;

use super::bytes::{part, u32_le};
use super::notes::{Hurdle, Notes};
use super::splice::Splice;

/// Bytes before the first chunk.
const HEADER: usize = 12;

/// The flags of the header chunk that say that there is XMP, and an alpha channel.
const HAS_XMP: u8 = 0x04;
const HAS_ALPHA: u8 = 0x10;

struct Chunk<'a> {
    kind: &'a [u8],
    /// The whole of it, with the byte that makes its length even.
    place: Range<usize>,
    content: &'a [u8],
}

/// The chunks, and whether they end where the file says that it ends.
fn chunks(bytes: &[u8]) -> (Vec<Chunk<'_>>, bool) {
    let mut found = Vec::new();
    let Some(end) = end(bytes).filter(|end| *end <= bytes.len()) else {
        return (found, false);
    };
    let mut at = HEADER;
    let next = |at: usize| {
        let length = usize::try_from(u32_le(bytes, at + 4)?).ok()?;
        let content = part(bytes.get(..end)?, at + 8, length)?;
        Some(Chunk {
            kind: part(bytes, at, 4)?,
            place: at..(at + 8 + length + length % 2).min(end),
            content,
        })
    };
    while at < end {
        let Some(chunk) = next(at) else {
            return (found, false);
        };
        at = chunk.place.end;
        found.push(chunk);
    }
    (found, true)
}

/// Where the file ends by its own header, which counts from behind itself.
fn end(bytes: &[u8]) -> Option<usize> {
    usize::try_from(u32_le(bytes, 4)?).ok()?.checked_add(8)
}

/// What the chunks have to say.
pub fn notes(bytes: &[u8]) -> Notes<'_> {
    let mut notes = Notes::default();
    for chunk in chunks(bytes).0 {
        match chunk.kind {
            b"XMP " => notes.packet = notes.packet.or(Some(chunk.content.into())),
            // Some programs put the name of JPEG's segment before it.
            b"EXIF" => {
                let exif = chunk.content.strip_prefix(b"Exif\0\0").unwrap_or(chunk.content);
                notes.exif = notes.exif.or(Some(exif));
            }
            _ => {}
        }
    }
    notes
}

/// The changes by which the packet becomes this one.
///
/// # Errors
/// The chunks are damaged, several of them hold a packet, or the file would become too large for its format.
pub fn put(bytes: &[u8], packet: &str) -> Result<Vec<Splice>, Hurdle> {
    let (chunks, whole) = chunks(bytes);
    let (true, Some(first)) = (whole, chunks.first()) else {
        return Err(Hurdle::Damaged);
    };
    let mut packets = chunks.iter().filter(|chunk| chunk.kind == b"XMP ");
    let old = packets.next().map(|chunk| chunk.place.clone());
    if packets.next().is_some() {
        return Err(Hurdle::Damaged);
    }
    let mut splices = Vec::new();
    match first.kind {
        b"VP8X" => {
            let flags = *first.content.first().ok_or(Hurdle::Damaged)?;
            splices.push(Splice::over(first.place.start + 8, &[flags | HAS_XMP]));
        }
        kind => {
            let header = header(kind, first.content).ok_or(Hurdle::Damaged)?;
            splices.push(Splice {
                old: HEADER..HEADER,
                new: chunk(b"VP8X", &header)?,
            });
        }
    }
    let last = chunks.last().map_or(HEADER, |chunk| chunk.place.end);
    splices.push(Splice {
        old: old.unwrap_or(last..last),
        new: chunk(b"XMP ", packet.as_bytes())?,
    });
    let grown: usize = splices.iter().map(|splice| splice.new.len()).sum();
    let gone: usize = splices.iter().map(|splice| splice.old.len()).sum();
    let length = (last + grown)
        .checked_sub(gone + 8)
        .and_then(|length| u32::try_from(length).ok());
    let length = length.ok_or(Hurdle::Room)?;
    splices.insert(0, Splice::over(4, &length.to_le_bytes()));
    Ok(splices)
}

fn chunk(kind: &[u8], content: &[u8]) -> Result<Vec<u8>, Hurdle> {
    let length = u32::try_from(content.len()).map_err(|_| Hurdle::Room)?;
    let mut bytes = kind.to_vec();
    bytes.extend_from_slice(&length.to_le_bytes());
    bytes.extend_from_slice(content);
    bytes.resize(bytes.len() + content.len() % 2, 0);
    Ok(bytes)
}

/// The header of a simple file: flags, and width and height less one in 24 bits each, as the picture's own header has
/// them (RFC 6386, 9.1; WebP Lossless Bitstream Specification, 3).
fn header(kind: &[u8], picture: &[u8]) -> Option<Vec<u8>> {
    let (width, height, alpha) = match kind {
        b"VP8 " => {
            let &[0x9D, 0x01, 0x2A, a, b, c, d] = picture.get(3..)?.first_chunk()? else {
                return None;
            };
            // The highest two bits are a scale.
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3FFF).checked_sub(1);
            (side(a, b)?, side(c, d)?, false)
        }
        b"VP8L" => {
            let bits = u32_le(picture.strip_prefix(&[0x2F])?, 0)?;
            (bits & 0x3FFF, bits >> 14 & 0x3FFF, bits >> 28 & 1 == 1)
        }
        _ => return None,
    };
    let flags = HAS_XMP | if alpha { HAS_ALPHA } else { 0 };
    let mut header = vec![flags, 0, 0, 0];
    for side in [width, height] {
        header.extend_from_slice(side.to_le_bytes().get(..3)?);
    }
    Some(header)
}
