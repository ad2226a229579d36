//! How vectors are learnt, as a file says it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::{Method, Word2VecConfig};

/// One TOML file says all of it; see `training/configs/word2vec.toml`.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Word2VecSettings {
    /// Of all randomness.
    pub seed: u64,
    /// A word must have been seen so often.
    pub minimum_count: u64,
    /// Misspellings to mend first, beside the file.
    #[serde(default)]
    pub spelling: Option<PathBuf>,
    /// From what, how fast and how long.
    pub learning: Word2VecConfig,
}

impl Default for Word2VecSettings {
    /// Those of the authors' program, for small sets.
    fn default() -> Self {
        Self {
            seed: 7,
            minimum_count: 4,
            spelling: None,
            learning: Word2VecConfig {
                method: Method::SkipGram,
                width: 256,
                window: 5,
                negatives: 10,
                subsample: 1e-3,
                epochs: 15,
                rate: 0.025,
            },
        }
    }
}

impl Word2VecSettings {
    /// Reads a file.
    ///
    /// # Errors
    /// A missing file, or the line that is wrong.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut settings: Self =
            toml::from_str(&text).with_context(|| format!("{} does not say how to learn vectors", path.display()))?;
        if let Some(spelling) = &mut settings.spelling {
            *spelling = path.with_file_name(&*spelling);
        }
        Ok(settings)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn the_file_of_the_project_says_what_holds_without_one_and_mends_misspellings() {
        let configs = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
        let settings = Word2VecSettings::read(&configs.join("word2vec.toml")).unwrap();
        let expected = Word2VecSettings {
            spelling: Some(configs.join("spelling.txt")),
            ..Word2VecSettings::default()
        };
        assert_eq!(settings, expected);
    }
}
