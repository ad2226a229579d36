//! Tells whether a JPEG file is whole: decoders fill what is missing with grey and say nothing.

/// Where the part of the file ends that can be decoded: before the first segment that is not all there. None where an
/// end-of-image marker follows the picture's scans, so that the file is whole.
///
/// Walks the marker segments (ITU T.81, annex B), so that the end marker of an embedded thumbnail does not count and
/// bytes after the picture do not matter.
pub fn cut_at(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some((marker, after)) = next_marker(bytes, at) {
        at = match marker {
            END_OF_IMAGE => return None,
            // Markers without a length: TEM, restarts (which also occur inside a scan), start of image.
            0x01 | 0xD0..=0xD8 => after,
            _ => match bytes.get(after..after + 2) {
                // What follows a scan's header is its data, which `next_marker` skips.
                Some(&[high, low]) => after + usize::from(u16::from_be_bytes([high, low])).max(2),
                _ => return Some(after - 2),
            },
        };
        if at > bytes.len() {
            return Some(after - 2);
        }
    }
    Some(bytes.len())
}

const END_OF_IMAGE: u8 = 0xD9;

/// The next marker at or after `at` and the position behind it; entropy-coded data (FF 00) and fill bytes are passed
/// over.
fn next_marker(bytes: &[u8], at: usize) -> Option<(u8, usize)> {
    let rest = bytes.get(at..)?;
    rest.windows(2)
        .position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0x00 | 0xFF))
        .map(|start| (rest[start + 1], at + start + 2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_marker_after_the_scan_makes_it_whole() {
        let scan = [
            0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 1, 7, 0xFF, 0, 0xFF, 0xD0, 9, 0xFF, 0xFF, 0xD9, 5,
        ];
        assert_eq!(cut_at(&scan), None);
        for end in 0..scan.len() - 2 {
            assert!(cut_at(&scan[..end]).is_some(), "whole after {end} bytes");
        }
    }

    #[test]
    fn the_end_marker_of_a_thumbnail_does_not_count() {
        let cut = [
            0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, 0xD9, 0xFF, 0xDA, 0, 2, 1, 2, 3,
        ];
        assert_eq!(cut_at(&cut), Some(cut.len()));
    }

    #[test]
    fn a_segment_that_is_not_all_there_is_left_out() {
        let scan = [0xFF, 0xD8, 0xFF, 0xDA, 0, 3, 1, 7, 8, 0xFF, 0xC4, 0, 9, 1];
        for end in 11..=scan.len() {
            assert_eq!(cut_at(&scan[..end]), Some(9), "{end}");
        }
    }
}
