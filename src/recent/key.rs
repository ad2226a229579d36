//! What makes two descriptions the same: the photo's content, the model and the way of describing.

use sha2::{Digest, Sha256};

/// Goes up when pixels, words or numbers come about in another way, so that what was kept before is not taken for
/// what would be said today.
const RULES: u32 = 2;

/// The name of a description, the same for the same photo, model and settings.
#[derive(Clone, Debug, Hash, PartialEq, Eq)]
pub struct Key(String);

impl Key {
    /// The key of a photo with this [digest](crate::photo::Photo::digest), described by what `describer` stands for.
    pub fn new(photo: [u8; 32], describer: &str) -> Self {
        let mut digest = Sha256::new();
        digest.update(RULES.to_le_bytes());
        digest.update(photo);
        digest.update(describer);
        Self(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// As it is written: 64 digits, fit for the name of a file.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this is how keys are written; anything else must not become the name of a file.
    pub(super) fn is_one(text: &str) -> bool {
        text.len() == 64
            && text
                .bytes()
                .all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_photo_or_another_describer_has_another_key() {
        let key = Key::new([1; 32], "model a");
        assert_eq!(key, Key::new([1; 32], "model a"));
        assert_ne!(key, Key::new([2; 32], "model a"));
        assert_ne!(key, Key::new([1; 32], "model b"));
        assert!(Key::is_one(key.as_str()));
        assert!(!Key::is_one("../../etc/passwd"));
    }
}
