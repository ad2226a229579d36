//! Which names may become names of files and folders: those of the catalogue and of manifests come from outside.

/// Names that Windows keeps for devices, whatever their ending.
const DEVICES: [&str; 4] = ["con", "prn", "aux", "nul"];

const LONGEST: usize = 64;

/// Whether a text is a model's name: lower-case letters, digits, `-`, `_` and `.`, with a letter or digit at both ends.
pub fn is_name(name: &str) -> bool {
    is_part(name) && !name.bytes().any(|byte| byte.is_ascii_uppercase())
}

/// Whether a text is the path of a model's file below its folder, with `/` between its parts: nothing that leads out of
/// it, is hidden, or means something else on another system.
pub fn is_file_path(path: &str) -> bool {
    let parts = path.split('/').count();
    (1..=3).contains(&parts) && path.split('/').all(is_part)
}

fn is_part(part: &str) -> bool {
    let ends = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_alphanumeric());
    let stem = part.split('.').next().unwrap_or(part).to_ascii_lowercase();
    let numbered = (stem.starts_with("com") || stem.starts_with("lpt")) && stem.len() == 4;
    part.len() <= LONGEST
        && ends(part.bytes().next())
        && ends(part.bytes().last())
        && part
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        && !part.contains("..")
        && !DEVICES.contains(&stem.as_str())
        && !numbered
}

/// Whether a text is a SHA-256 digest as 64 lower-case digits.
pub(super) fn is_digest(text: &str) -> bool {
    text.len() == 64 && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_that_leads_out_of_the_folder_or_is_hidden_is_none() {
        for path in ["config.json", "onnx/encoder_model.onnx", "a/b/c_d-2.onnx_data"] {
            assert!(is_file_path(path), "{path}");
        }
        for path in [
            "",
            "/etc/passwd",
            "../up",
            "a/../b",
            "a//b",
            "a/",
            ".hidden",
            "a/.b",
            "C:\\x",
            "a\\b",
            "a/b/c/d",
            "con",
            "NUL.json",
            "com1.onnx",
            "a b",
            "ä",
            "a\0",
            "a..b",
            "end.",
        ] {
            assert!(!is_file_path(path), "{path}");
        }
    }

    #[test]
    fn a_name_is_one_part_in_lower_case() {
        assert!(is_name("vit-gpt2-small"));
        for name in ["", "a/b", "Upper", "..", ".x", "-x", &"x".repeat(65)] {
            assert!(!is_name(name), "{name}");
        }
    }
}
