//! What cameras and programs write where a person's words would stand, and how words are made fit to be shown and said.

/// The most characters that are told; the rest of a longer text is left out.
const MOST: usize = 20_000;

/// What cameras and programs write by themselves, in small letters.
const WRITTEN_BY_CAMERAS: [&str; 32] = [
    "asc",
    "ascii",
    "binary comment",
    "charset=ascii",
    "cof",
    "comment",
    "default",
    "description",
    "digital camera",
    "digital still camera",
    "edf",
    "exif jpeg",
    "exif_jpeg_picture",
    "hdr",
    "image",
    "jpeg",
    "kodak digital still camera",
    "konica minolta digital camera",
    "made with gimp",
    "mde",
    "minolta digital camera",
    "none",
    "null",
    "olympus digital camera",
    "photo",
    "rhdr",
    "samsung",
    "samsung camera pictures",
    "sdr",
    "screenshot",
    "sony dsc",
    "untitled",
];

/// How such texts begin, in small letters.
const BEGIN: [&str; 12] = [
    "<digimax",
    "charset=",
    "created by",
    "created with",
    "creator: gd-jpeg",
    "cs=",
    "dcim",
    "file source:",
    "imagej=",
    "processed with",
    "shot with",
    "software:",
];

/// How the names of pictures end.
const ENDINGS: [&str; 9] = [
    ".jpg", ".jpeg", ".png", ".heic", ".tif", ".tiff", ".dng", ".webp", ".gif",
];

/// The words as one line without signs that a terminal would obey; none where nothing is left.
pub fn clean(text: &str) -> Option<String> {
    let mut line = String::new();
    for word in text.split(|letter: char| letter.is_whitespace() || letter.is_control()) {
        if word.is_empty() {
            continue;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    if let Some((end, _)) = line.char_indices().nth(MOST) {
        line.truncate(end);
        line.push('…');
    }
    (!line.is_empty()).then_some(line)
}

/// Whether a clean text was written by a camera or a program, and describes nothing.
pub fn is_junk(text: &str) -> bool {
    let small = text.to_lowercase();
    // Settings of programs, as JSON or XML.
    let is_data = small.starts_with(['{', '[', '<']);
    let is_path = small.contains('\\') && !small.contains(' ');
    // "DSC_0001", "IMG_20240101_120000.jpg", "100_0042": a word of camera's letters and digits.
    let is_name = !small.contains(' ')
        && (ENDINGS.iter().any(|ending| small.ends_with(ending))
            || small.is_ascii() && small.chars().filter(char::is_ascii_digit).count() >= 3);
    let says_nothing = !small.chars().any(char::is_alphabetic);
    is_data
        || is_path
        || is_name
        || says_nothing
        || WRITTEN_BY_CAMERAS.contains(&small.as_str())
        || BEGIN.iter().any(|begin| small.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cameras_write_describes_nothing() {
        for junk in [
            "OLYMPUS DIGITAL CAMERA",
            "SONY DSC",
            "DCIM\\100MEDIA\\DJI_0001.JPG",
            "SAMSUNG",
            "IMG_20240101_120000",
            "DSC_0042.JPG",
            "Exif_JPEG_PICTURE",
            "{\"shape\": [3, 4]}",
            "Created with GIMP",
            "ImageJ=1.53t",
            "<Digimax A50>",
            "- - -",
            "12:00",
        ] {
            assert!(is_junk(junk), "{junk}");
        }
    }

    #[test]
    fn what_people_write_does() {
        for words in [
            "Grandma",
            "우리 강아지",
            "Ulm 1987",
            "Our dog Rex on the beach",
            "a {red} ball",
        ] {
            assert!(!is_junk(words), "{words}");
        }
    }

    #[test]
    fn words_are_one_line_without_signs_that_a_terminal_obeys() {
        assert_eq!(clean(" a\r\n\tdog\u{0}\u{1b}[31m ").as_deref(), Some("a dog [31m"));
        assert_eq!(clean("\u{0}\n "), None);
        let long = clean(&"가".repeat(30_000));
        assert_eq!(long.map(|text| text.chars().count()), Some(MOST + 1));
    }
}
