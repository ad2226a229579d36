//! Tells whether a JPEG file is whole: decoders fill what is missing with grey and say nothing.

/// Whether an end-of-image marker follows the picture's scans.
///
/// Walks the marker segments (ITU T.81, annex B), so that the end marker of an embedded thumbnail does not count and
/// bytes after the picture do not matter.
pub fn is_whole(bytes: &[u8]) -> bool {
    let mut at = 0;
    while let Some((marker, after)) = next_marker(bytes, at) {
        at = match marker {
            END_OF_IMAGE => return true,
            // Markers without a length: TEM, restarts (which also occur inside a scan), start of image.
            0x01 | 0xD0..=0xD8 => after,
            _ => match bytes.get(after..after + 2) {
                // What follows a scan's header is its data, which `next_marker` skips.
                Some(&[high, low]) => after + usize::from(u16::from_be_bytes([high, low])).max(2),
                _ => return false,
            },
        };
    }
    false
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
        assert!(is_whole(&scan));
        for end in 0..scan.len() - 2 {
            assert!(!is_whole(&scan[..end]), "whole after {end} bytes");
        }
    }

    #[test]
    fn the_end_marker_of_a_thumbnail_does_not_count() {
        assert!(!is_whole(&[
            0xFF, 0xD8, 0xFF, 0xE1, 0, 6, 0xFF, 0xD8, 0xFF, 0xD9, 0xFF, 0xDA, 0, 2, 1, 2, 3
        ]));
    }
}
