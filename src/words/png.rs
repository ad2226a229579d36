//! PNG: chunks with their length and checksum (W3C PNG, 5.3). XMP stands in an iTXt chunk, and texts in tEXt, zTXt and
//! iTXt.

use std::borrow::Cow;
use std::io::Read;
use std::ops::Range;

use flate2::read::ZlibDecoder;

use super::bytes::{part, text, u32_be};
use super::notes::{Hurdle, MAX_PACKET, Notes};
use super::splice::Splice;

/// How every PNG file begins.
pub const SIGNATURE: [u8; 8] = [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1A, b'\n'];

const XMP: &str = "XML:com.adobe.xmp";

/// The keywords of texts that may describe the picture, the likelier first.
const KEYWORDS: [&str; 2] = ["Description", "Comment"];

/// The most bytes that a compressed text may have.
const MAX_TEXT: u64 = 1 << 20;

struct Chunk<'a> {
    kind: &'a [u8],
    place: Range<usize>,
    content: &'a [u8],
}

/// The chunks up to the end of the picture, and whether that is there.
fn chunks(bytes: &[u8]) -> (Vec<Chunk<'_>>, bool) {
    let mut found = Vec::new();
    let mut at = SIGNATURE.len();
    let next = |at: usize| {
        let length = usize::try_from(u32_be(bytes, at)?).ok()?;
        let whole = part(bytes, at, length.checked_add(12)?)?;
        Some(Chunk {
            kind: whole.get(4..8)?,
            place: at..at + whole.len(),
            content: whole.get(8..8 + length)?,
        })
    };
    while let Some(chunk) = next(at) {
        at = chunk.place.end;
        if chunk.kind == b"IEND" {
            return (found, true);
        }
        found.push(chunk);
    }
    (found, false)
}

/// What the chunks have to say.
pub fn notes(bytes: &[u8]) -> Notes<'_> {
    let mut notes = Notes::default();
    for chunk in chunks(bytes).0 {
        match chunk.kind {
            b"eXIf" => notes.exif = notes.exif.or(Some(chunk.content)),
            b"iTXt" => match international(chunk.content) {
                Some((XMP, packet)) => notes.packet = notes.packet.or(Some(packet)),
                Some((keyword, content)) => note(&mut notes, keyword, &content),
                None => {}
            },
            b"tEXt" => {
                if let Some((keyword, content)) = keyword(chunk.content) {
                    note(&mut notes, keyword, content);
                }
            }
            b"zTXt" => {
                if let Some((keyword, [0, content @ ..])) = keyword(chunk.content)
                    && let Some(content) = inflated(content, MAX_TEXT)
                {
                    note(&mut notes, keyword, &content);
                }
            }
            _ => {}
        }
    }
    let rank = |keyword: &str| KEYWORDS.iter().position(|known| *known == keyword);
    notes.texts.sort_by_key(|(keyword, _)| rank(keyword));
    notes
}

fn note(notes: &mut Notes<'_>, keyword: &str, content: &[u8]) {
    if KEYWORDS.contains(&keyword) {
        notes.texts.push((keyword.to_owned(), text(content)));
    }
}

/// A keyword and what follows its zero byte.
fn keyword(content: &[u8]) -> Option<(&str, &[u8])> {
    let end = content.iter().take(80).position(|byte| *byte == 0)?;
    Some((std::str::from_utf8(content.get(..end)?).ok()?, content.get(end + 1..)?))
}

/// The keyword and the text of an iTXt chunk: compression, method, language and translated keyword stand in between.
fn international(content: &[u8]) -> Option<(&str, Cow<'_, [u8]>)> {
    let (keyword, rest) = keyword(content)?;
    let (&[compressed, _], rest) = rest.split_first_chunk()?;
    let language = rest.iter().position(|byte| *byte == 0)?;
    let rest = rest.get(language + 1..)?;
    let translated = rest.iter().position(|byte| *byte == 0)?;
    let text = rest.get(translated + 1..)?;
    let text = match compressed {
        0 => Cow::Borrowed(text),
        _ => Cow::Owned(inflated(text, MAX_PACKET as u64)?),
    };
    Some((keyword, text))
}

/// What was compressed, where it has at most so many bytes.
fn inflated(content: &[u8], most: u64) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    ZlibDecoder::new(content).take(most + 1).read_to_end(&mut bytes).ok()?;
    (bytes.len() as u64 <= most).then_some(bytes)
}

/// The changes by which the packet becomes this one; a new one comes before the picture's data, where readers look who
/// do not read on.
///
/// # Errors
/// The chunks are damaged, or several of them hold a packet.
pub fn put(bytes: &[u8], packet: &str) -> Result<Vec<Splice>, Hurdle> {
    let (chunks, whole) = chunks(bytes);
    let data = chunks.iter().find(|chunk| chunk.kind == b"IDAT");
    let (true, Some(data)) = (whole, data) else {
        return Err(Hurdle::Damaged);
    };
    let mut packets = chunks
        .iter()
        .filter(|chunk| chunk.kind == b"iTXt" && keyword(chunk.content).is_some_and(|(keyword, _)| keyword == XMP));
    let old = packets.next().map(|chunk| chunk.place.clone());
    if packets.next().is_some() {
        return Err(Hurdle::Damaged);
    }
    let mut content = b"iTXt".to_vec();
    content.extend_from_slice(XMP.as_bytes());
    // Not compressed, without a language and a translated keyword, as XMP part 3, 1.1.5 has it.
    content.extend_from_slice(&[0; 5]);
    content.extend_from_slice(packet.as_bytes());
    let length = u32::try_from(content.len() - 4)
        .ok()
        .filter(|length| *length < 1 << 31)
        .ok_or(Hurdle::Room)?;
    let mut chunk = length.to_be_bytes().to_vec();
    chunk.extend_from_slice(&content);
    chunk.extend_from_slice(&crc32fast::hash(&content).to_be_bytes());
    Ok(vec![Splice {
        old: old.unwrap_or(data.place.start..data.place.start),
        new: chunk,
    }])
}
