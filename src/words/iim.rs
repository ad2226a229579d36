//! IPTC-IIM 4.2, the notes of press agencies from before XMP: the caption (data set 2:120), which stands in Photoshop's
//! resources or in a tag of TIFF.

use super::bytes::{part, text, u16_be, u32_be};

/// The resource that holds the data sets.
const RESOURCE: u16 = 0x0404;

/// The data sets in Photoshop's resources: "8BIM", number, name with its length, and content with its length, each of
/// the two padded to an even length.
pub fn in_resources(resources: &[u8]) -> Option<&[u8]> {
    let mut at = 0;
    while part(resources, at, 4)? == b"8BIM" {
        let number = u16_be(resources, at + 4)?;
        let name = 1 + usize::from(*resources.get(at + 6)?);
        let length_at = at + 6 + name + name % 2;
        let length = usize::try_from(u32_be(resources, length_at)?).ok()?;
        let content = part(resources, length_at + 4, length)?;
        if number == RESOURCE {
            return Some(content);
        }
        at = length_at + 4 + length + length % 2;
    }
    None
}

/// The caption among the data sets.
pub fn caption(sets: &[u8]) -> Option<String> {
    let mut at = 0;
    while let Some(&[0x1C, record, set]) = sets.get(at..).and_then(|rest| rest.first_chunk()) {
        let length = u16_be(sets, at + 3)?;
        // A set bit means a length of another form, for content that is no text.
        let length = usize::from(length & 0x7FFF) * usize::from(length & 0x8000 == 0);
        let content = part(sets, at + 5, length)?;
        if (record, set) == (2, 120) {
            return Some(text(content));
        }
        at += 5 + length;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resource(number: u16, content: &[u8]) -> Vec<u8> {
        let mut bytes = b"8BIM".to_vec();
        bytes.extend(number.to_be_bytes());
        bytes.extend([0, 0]);
        bytes.extend((content.len() as u32).to_be_bytes());
        bytes.extend(content);
        bytes.resize(bytes.len() + content.len() % 2, 0);
        bytes
    }

    #[test]
    fn the_caption_is_found_behind_other_resources_and_data_sets_in_either_encoding() {
        for (caption_bytes, expected) in [("Großmutter".as_bytes(), "Großmutter"), (b"M\xFCller", "Müller")] {
            let mut sets = vec![
                0x1C,
                1,
                90,
                0,
                3,
                0x1B,
                b'%',
                b'G',
                0x1C,
                2,
                120,
                0,
                caption_bytes.len() as u8,
            ];
            sets.extend(caption_bytes);
            let mut resources = resource(0x0425, &[7; 5]);
            resources.extend(resource(RESOURCE, &sets));
            let found = in_resources(&resources).and_then(caption);
            assert_eq!(found.as_deref(), Some(expected));
        }
    }

    #[test]
    fn what_ends_early_has_no_caption() {
        assert_eq!(caption(&[0x1C, 2, 120, 0, 9, b'x']), None);
        assert_eq!(in_resources(b"8BIM\x04\x04"), None);
    }
}
