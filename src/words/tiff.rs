//! TIFF 6.0 and the Exif data of other formats, which are built the same: directories of entries of twelve bytes, in
//! either order of bytes. XMP stands in tag 700.
//!
//! Nothing that is there is moved, for offsets count from the beginning of the file and may stand anywhere: a packet of
//! the same length is written over the old one; any other comes behind the end of the file, and its entry points there.

use super::bytes::{part, text};
use super::iim;
use super::notes::{Hurdle, Notes};
use super::splice::Splice;

const IMAGE_DESCRIPTION: u16 = 270;
const PACKET: u16 = 700;
const IIM: u16 = 33_723;
const PHOTOSHOP: u16 = 34_377;
const EXIF_DIRECTORY: u16 = 34_665;
/// Windows Explorer's comment, in UTF-16.
const XP_COMMENT: u16 = 0x9C9C;
const USER_COMMENT: u16 = 0x9286;
/// Says that the file is a camera's raw data, whose programs keep words beside it.
const DNG_VERSION: u16 = 50_706;

/// The types of single bytes.
const BYTE: u16 = 1;
const ASCII: u16 = 2;
const UNDEFINED: u16 = 7;

/// Bytes of an entry: tag and type of two, count and offset of four each.
const ENTRY: usize = 12;

/// The order of the bytes of a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The lowest first.
    Little,
    /// The highest first.
    Big,
}

/// An entry of a directory.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// Where it stands.
    pub at: usize,
    /// What it is about.
    pub tag: u16,
    /// Of which type its values are.
    kind: u16,
    /// How many values it has.
    pub count: u32,
}

impl Order {
    /// The order that the first bytes name.
    pub fn of(bytes: &[u8]) -> Option<Self> {
        match bytes.first_chunk()? {
            b"II\x2A\x00" => Some(Self::Little),
            b"MM\x00\x2A" => Some(Self::Big),
            _ => None,
        }
    }

    fn u16(self, bytes: &[u8], at: usize) -> Option<u16> {
        let two = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u16::from_le_bytes(two),
            Self::Big => u16::from_be_bytes(two),
        })
    }

    /// The number of four bytes.
    pub fn u32(self, bytes: &[u8], at: usize) -> Option<u32> {
        let four = *bytes.get(at..)?.first_chunk()?;
        Some(match self {
            Self::Little => u32::from_le_bytes(four),
            Self::Big => u32::from_be_bytes(four),
        })
    }

    /// A number as four bytes.
    pub fn bytes(self, number: u32) -> [u8; 4] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    fn two_bytes(self, number: u16) -> [u8; 2] {
        match self {
            Self::Little => number.to_le_bytes(),
            Self::Big => number.to_be_bytes(),
        }
    }

    /// The entries of the directory at this offset.
    pub fn directory(self, bytes: &[u8], offset: u32) -> Option<Vec<Entry>> {
        let start = usize::try_from(offset).ok()?;
        let count = usize::from(self.u16(bytes, start)?);
        part(bytes, start + 2, count * ENTRY)?;
        let entry = |number: usize| {
            let at = start + 2 + number * ENTRY;
            Some(Entry {
                at,
                tag: self.u16(bytes, at)?,
                kind: self.u16(bytes, at + 2)?,
                count: self.u32(bytes, at + 4)?,
            })
        };
        (0..count).map(entry).collect()
    }

    /// Where the bytes of an entry stand: in the entry itself where they are few.
    fn place(self, bytes: &[u8], entry: &Entry) -> Option<std::ops::Range<usize>> {
        if !matches!(entry.kind, BYTE | ASCII | UNDEFINED) {
            return None;
        }
        let length = usize::try_from(entry.count).ok()?;
        let at = match length {
            0..=4 => entry.at + 8,
            _ => usize::try_from(self.u32(bytes, entry.at + 8)?).ok()?,
        };
        part(bytes, at, length)?;
        Some(at..at + length)
    }
}

/// What the first directory has to say besides what Exif data say, which are read by [`words`].
pub fn notes(bytes: &[u8]) -> Notes<'_> {
    let mut notes = Notes {
        exif: Some(bytes),
        ..Notes::default()
    };
    let Some((order, directory)) = first_directory(bytes) else {
        return notes;
    };
    for entry in &directory {
        let content = || bytes.get(order.place(bytes, entry)?);
        match entry.tag {
            PACKET => notes.packet = notes.packet.or(content().map(Into::into)),
            IIM => notes.iim.extend(long_content(order, bytes, entry)),
            PHOTOSHOP => notes.iim.extend(content().and_then(iim::in_resources)),
            _ => {}
        }
    }
    notes
}

/// The IIM data, which many programs give out as numbers of four bytes.
fn long_content<'a>(order: Order, bytes: &'a [u8], entry: &Entry) -> Option<&'a [u8]> {
    const LONG: u16 = 4;
    if entry.kind != LONG {
        return bytes.get(order.place(bytes, entry)?);
    }
    let length = usize::try_from(entry.count).ok()?.checked_mul(4)?;
    part(bytes, usize::try_from(order.u32(bytes, entry.at + 8)?).ok()?, length)
}

fn first_directory(bytes: &[u8]) -> Option<(Order, Vec<Entry>)> {
    let order = Order::of(bytes)?;
    Some((order, order.directory(bytes, order.u32(bytes, 4)?)?))
}

/// The description and the comments in Exif data, the likeliest to be somebody's words first.
pub fn words(exif: &[u8]) -> Vec<(super::Field, String)> {
    use super::Field;

    let mut found = Vec::new();
    let Some((order, directory)) = first_directory(exif) else {
        return found;
    };
    let content = |directory: &[Entry], tag: u16| {
        let entry = directory.iter().find(|entry| entry.tag == tag)?;
        exif.get(order.place(exif, entry)?)
    };
    if let Some(bytes) = content(&directory, IMAGE_DESCRIPTION) {
        found.push((Field::ExifDescription, text(bytes)));
    }
    if let Some(bytes) = content(&directory, XP_COMMENT) {
        found.push((Field::ExifComment, utf16(Order::Little, bytes)));
    }
    let comment = directory
        .iter()
        .find(|entry| entry.tag == EXIF_DIRECTORY)
        .and_then(|entry| order.directory(exif, order.u32(exif, entry.at + 8)?))
        .and_then(|directory| content(&directory, USER_COMMENT));
    if let Some((code, rest)) = comment.and_then(|bytes| bytes.split_first_chunk::<8>()) {
        let comment = match code {
            b"UNICODE\0" => Some(utf16(order, rest)),
            b"ASCII\0\0\0" | [0, 0, 0, 0, 0, 0, 0, 0] => Some(text(rest)),
            _ => None,
        };
        found.extend(comment.map(|comment| (Field::ExifComment, comment)));
    }
    found
}

fn utf16(order: Order, bytes: &[u8]) -> String {
    let units: Vec<u16> = bytes.chunks_exact(2).filter_map(|pair| order.u16(pair, 0)).collect();
    String::from_utf16_lossy(&units)
}

/// The changes by which the packet becomes this one.
///
/// # Errors
/// The first directory is damaged or that of raw data, or the file would become too large for its format.
pub fn put(bytes: &[u8], packet: &str) -> Result<Vec<Splice>, Hurdle> {
    let (order, directory) = first_directory(bytes).ok_or(Hurdle::Damaged)?;
    if directory.iter().any(|entry| entry.tag == DNG_VERSION) {
        return Err(Hurdle::Format);
    }
    let old = directory.iter().find(|entry| entry.tag == PACKET);
    if let Some(place) = old.and_then(|entry| order.place(bytes, entry))
        && place.len() == packet.len()
    {
        return Ok(vec![Splice::over(place.start, packet.as_bytes())]);
    }
    let number = |number: usize| u32::try_from(number).map_err(|_| Hurdle::Room);
    // Offsets are even.
    let mut tail = vec![0; bytes.len() % 2];
    let packet_at = number(bytes.len() + tail.len())?;
    tail.extend_from_slice(packet.as_bytes());
    tail.resize(tail.len() + (bytes.len() + tail.len()) % 2, 0);
    let mut entry = Vec::with_capacity(ENTRY);
    entry.extend_from_slice(&order.two_bytes(PACKET));
    entry.extend_from_slice(&order.two_bytes(BYTE));
    entry.extend_from_slice(&order.bytes(number(packet.len())?));
    entry.extend_from_slice(&order.bytes(packet_at));
    let mut splices = Vec::new();
    match old {
        Some(old) => splices.push(Splice::over(old.at, &entry)),
        None => {
            // The directory has no room for another entry: a longer one takes its place.
            let directory_at = number(bytes.len() + tail.len())?;
            let count = u16::try_from(directory.len() + 1).map_err(|_| Hurdle::Room)?;
            let before = directory.iter().take_while(|entry| entry.tag < PACKET).count();
            let start = directory.first().ok_or(Hurdle::Damaged)?.at;
            // Behind the entries stands the offset of the next directory.
            let entries = part(bytes, start, directory.len() * ENTRY + 4).ok_or(Hurdle::Damaged)?;
            let (first, rest) = entries.split_at(before * ENTRY);
            tail.extend_from_slice(&order.two_bytes(count));
            tail.extend_from_slice(first);
            tail.extend_from_slice(&entry);
            tail.extend_from_slice(rest);
            splices.push(Splice::over(4, &order.bytes(directory_at)));
        }
    }
    number(bytes.len() + tail.len())?;
    splices.push(Splice {
        old: bytes.len()..bytes.len(),
        new: tail,
    });
    Ok(splices)
}
