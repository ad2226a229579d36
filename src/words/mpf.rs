//! The index of the pictures that follow each other in a file (CIPA DC-007, "Multi-Picture Format"): telephones keep
//! previews, depth and gain maps so. It is a small TIFF structure in an APP2 segment of the first picture.

use super::bytes::part;
use super::splice::Splice;
use super::tiff::Order;

/// How the segment begins.
pub const NAME: &[u8] = b"MPF\0";

/// The tag of the list of pictures.
const PICTURES: u16 = 0xB002;

/// Bytes of an entry of that list: attributes, length and offset of four bytes each, and two numbers of two.
const ENTRY: usize = 16;

/// The changes of an index that stands at `start` of the file when the first picture grows by so many bytes. Offsets
/// count from the beginning of the index, so that they change only where it grows `behind` that. None where the index
/// cannot be read.
pub fn moved(index: &[u8], start: usize, grown: i64, behind: bool) -> Option<Vec<Splice>> {
    let order = Order::of(index)?;
    let directory = order.directory(index, order.u32(index, 4)?)?;
    let list = directory.iter().find(|entry| entry.tag == PICTURES)?;
    let at = usize::try_from(order.u32(index, list.at + 8)?).ok()?;
    let pictures = part(index, at, usize::try_from(list.count).ok()?)?;
    let mut splices = Vec::new();
    let mut change = |at: usize| {
        let new = u32::try_from(i64::from(order.u32(index, at)?) + grown).ok()?;
        splices.push(Splice::over(start + at, &order.bytes(new)));
        Some(())
    };
    for (number, _) in pictures.chunks_exact(ENTRY).enumerate() {
        let entry = at + number * ENTRY;
        if number == 0 {
            change(entry + 4)?;
        } else if behind && order.u32(index, entry + 8)? != 0 {
            change(entry + 8)?;
        }
    }
    Some(splices)
}
