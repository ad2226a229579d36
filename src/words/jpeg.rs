//! JPEG: the segments before the picture's data (ITU T.81, annex B), with XMP and Exif in APP1, Photoshop's resources in
//! APP13 and the index of several pictures (CIPA DC-007) in APP2.

use std::ops::Range;

use super::bytes::{part, u16_be, u32_be};
use super::edit::without_room;
use super::notes::{Hurdle, MAX_PACKET, Notes};
use super::splice::Splice;
use super::{iim, mpf};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENSION: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
const EXIF: &[u8] = b"Exif\0\0";
const PHOTOSHOP: &[u8] = b"Photoshop 3.0\0";

const APP0: u8 = 0xE0;
const APP1: u8 = 0xE1;
const APP2: u8 = 0xE2;
const APP13: u8 = 0xED;
const START_OF_SCAN: u8 = 0xDA;
const END: u8 = 0xD9;

/// The most bytes that follow a segment's length, which counts its own two bytes.
const MAX_CONTENT: usize = 65_533;

/// A marker segment.
struct Segment<'a> {
    marker: u8,
    /// The whole of it, marker and length included.
    place: Range<usize>,
    content: &'a [u8],
}

/// The segments up to the first scan, and whether they are as they should be all the way.
fn segments(bytes: &[u8]) -> (Vec<Segment<'_>>, bool) {
    let mut found = Vec::new();
    let mut at = 2;
    loop {
        let start = at;
        // Any number of fill bytes may stand before a marker.
        let Some(marker) = bytes.get(at..).and_then(|rest| {
            let filled = rest.iter().take_while(|byte| **byte == 0xFF).count();
            at += filled;
            (filled > 0).then(|| rest.get(filled).copied()).flatten()
        }) else {
            return (found, false);
        };
        at += 1;
        match marker {
            START_OF_SCAN => return (found, true),
            // A picture has to come; zero is no marker.
            END | 0x00 => return (found, false),
            // Without a length.
            0x01 | 0xD0..=0xD8 => continue,
            _ => {}
        }
        let content = u16_be(bytes, at)
            .and_then(|length| usize::from(length).checked_sub(2))
            .and_then(|length| part(bytes, at + 2, length));
        let Some(content) = content else {
            return (found, false);
        };
        at += 2 + content.len();
        found.push(Segment {
            marker,
            place: start..at,
            content,
        });
    }
}

/// What the segments have to say.
pub fn notes(bytes: &[u8]) -> Notes<'_> {
    let mut notes = Notes::default();
    let mut parts: Vec<Part<'_>> = Vec::new();
    for Segment { marker, content, .. } in segments(bytes).0 {
        match marker {
            APP1 if content.starts_with(EXIF) => notes.exif = notes.exif.or(content.get(EXIF.len()..)),
            APP1 if content.starts_with(XMP) => {
                let packet = content.get(XMP.len()..).map(Into::into);
                notes.packet = notes.packet.or(packet);
            }
            APP1 if content.starts_with(EXTENSION) => parts.extend(Part::of(content)),
            APP13 if content.starts_with(PHOTOSHOP) => {
                notes
                    .iim
                    .extend(content.get(PHOTOSHOP.len()..).and_then(iim::in_resources));
            }
            _ => {}
        }
    }
    notes.extensions = extensions(parts);
    notes
}

/// A part of an extension of the packet (XMP part 3, 1.1.3.1).
struct Part<'a> {
    name: &'a [u8],
    whole: usize,
    offset: usize,
    text: &'a [u8],
}

impl<'a> Part<'a> {
    fn of(content: &'a [u8]) -> Option<Self> {
        let rest = content.get(EXTENSION.len()..)?;
        let number = |at| usize::try_from(u32_be(rest, at)?).ok();
        Some(Self {
            name: rest.get(..32)?,
            whole: number(32)?,
            offset: number(36)?,
            text: rest.get(40..)?,
        })
    }
}

/// The extensions of which every part is there.
fn extensions(mut parts: Vec<Part<'_>>) -> Vec<(String, Vec<u8>)> {
    parts.sort_by_key(|part| (part.name, part.offset));
    let whole = |parts: &[Part<'_>]| {
        let mut text = Vec::new();
        for part in parts {
            if part.offset != text.len() || text.len() + part.text.len() > MAX_PACKET {
                return None;
            }
            text.extend_from_slice(part.text);
        }
        let first = parts.first()?;
        (text.len() == first.whole).then(|| (String::from_utf8_lossy(first.name).into_owned(), text))
    };
    parts
        .chunk_by(|one, other| one.name == other.name)
        .filter_map(whole)
        .collect()
}

/// The changes by which the packet becomes this one.
///
/// A new packet comes after the segments that have to be the first, and so before the index of several pictures, whose
/// offsets count from within that index.
///
/// # Errors
/// The segments before the picture are damaged, or a segment has too little room.
pub fn put(bytes: &[u8], packet: &str) -> Result<Vec<Splice>, Hurdle> {
    let (segments, whole) = segments(bytes);
    if !whole {
        return Err(Hurdle::Damaged);
    }
    let is_packet = |segment: &&Segment<'_>| segment.marker == APP1 && segment.content.starts_with(XMP);
    if segments.iter().filter(is_packet).count() > 1 {
        // Programs do not agree about which of them holds.
        return Err(Hurdle::Damaged);
    }
    let old = segments.iter().find(is_packet).map(|segment| segment.place.clone());
    let place = old.unwrap_or_else(|| {
        let first = |segment: &&Segment<'_>| {
            segment.marker == APP0 || segment.marker == APP1 && segment.content.starts_with(EXIF)
        };
        let end = segments
            .iter()
            .take_while(first)
            .last()
            .map_or(2, |segment| segment.place.end);
        end..end
    });
    let short = without_room(packet);
    let packet = match MAX_CONTENT.checked_sub(XMP.len()) {
        Some(room) if packet.len() <= room => packet,
        Some(room) if short.len() <= room => &short,
        _ => return Err(Hurdle::Room),
    };
    let length = u16::try_from(2 + XMP.len() + packet.len()).map_err(|_| Hurdle::Room)?;
    let mut segment = vec![0xFF, APP1];
    segment.extend_from_slice(&length.to_be_bytes());
    segment.extend_from_slice(XMP);
    segment.extend_from_slice(packet.as_bytes());

    // The index names the length of the first picture, which is this one, and says where the others are.
    let grown = i64::try_from(segment.len())
        .ok()
        .zip(i64::try_from(place.len()).ok())
        .map(|(new, old)| new - old)
        .ok_or(Hurdle::Room)?;
    let mut splices = vec![Splice {
        old: place.clone(),
        new: segment,
    }];
    if grown != 0 {
        for segment in segments.iter().filter(|segment| segment.marker == APP2) {
            if let Some(index) = segment.content.strip_prefix(mpf::NAME) {
                let start = segment.place.end - index.len();
                let behind = place.start >= segment.place.end;
                splices.extend(mpf::moved(index, start, grown, behind).ok_or(Hurdle::Damaged)?);
            }
        }
    }
    splices.sort_by_key(|splice| splice.old.start);
    Ok(splices)
}
