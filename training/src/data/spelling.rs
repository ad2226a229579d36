//! Misspellings in captions, mended before anything is learnt from them.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail};

use super::captions::CaptionedPhoto;

/// What people wrote, in lower case → what they meant.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Spelling(HashMap<String, String>);

impl Spelling {
    /// Reads a file with two words a line, the wrong one first; `#` starts a remark.
    ///
    /// # Errors
    /// No such file, or the line that has not two words.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut words = HashMap::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.split('#').next().unwrap_or_default();
            match line.split_whitespace().collect::<Vec<_>>()[..] {
                [] => {}
                [wrong, right] => {
                    words.insert(wrong.to_lowercase(), right.to_owned());
                }
                _ => bail!(
                    "line {} of {} must have two words: a wrong one and a right one",
                    number + 1,
                    path.display()
                ),
            }
        }
        Ok(Self(words))
    }

    /// The caption with its wrong words replaced; what stands around them stays.
    pub fn mend(&self, caption: &str) -> String {
        let mend = |word: &str| {
            let plain = word.trim_matches(|letter: char| !letter.is_alphanumeric());
            match self.0.get(&plain.to_lowercase()) {
                Some(right) => word.replacen(plain, right, 1),
                None => word.to_owned(),
            }
        };
        caption.split(' ').map(mend).collect::<Vec<_>>().join(" ")
    }

    /// All captions of some photos, mended.
    pub fn mend_photos(&self, photos: &mut [CaptionedPhoto]) {
        let captions = photos.iter_mut().flat_map(|photo| &mut photo.captions);
        captions.for_each(|caption| *caption = self.mend(caption));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_wrong_word_is_mended_and_nothing_else_is_touched() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("spelling.txt");
        std::fs::write(&path, "# of dogs\ndalmation dalmatian\n").unwrap();
        let spelling = Spelling::read(&path).unwrap();
        assert_eq!(spelling.mend("A Dalmation, runs ."), "A dalmatian, runs .");
        assert_eq!(spelling.mend("dalmations"), "dalmations");
        std::fs::write(&path, "one two three").unwrap();
        let error = Spelling::read(&path).unwrap_err().to_string();
        assert!(error.contains("line 1"), "{error}");
    }

    #[test]
    fn the_list_of_the_everyday_model_can_be_read() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs/spelling.txt");
        assert_eq!(Spelling::read(&path).unwrap().mend("a feild"), "a field");
    }
}
