//! A run's configuration: one TOML file says all of it.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use crate::data::captions::DataConfig;
use crate::data::views::ViewsConfig;
use crate::data::words::WordsConfig;
use crate::learn::LearningConfig;
use crate::loss::LossConfig;
use crate::nets::captioner::CaptionerConfig;
use crate::teacher::TeacherConfig;

/// Everything that a run depends on besides the data.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The model's name, shown to people.
    pub name: String,
    /// Of all randomness.
    pub seed: u64,
    /// Where the data lies.
    pub data: DataConfig,
    /// Captions → tokens.
    pub words: WordsConfig,
    /// Photos → views.
    pub views: ViewsConfig,
    /// The net.
    pub net: CaptionerConfig,
    /// What it is taught.
    pub loss: LossConfig,
    /// How fast and how long.
    pub learning: LearningConfig,
    /// Whom the encoder listens to besides the captions.
    pub teacher: Option<TeacherConfig>,
}

impl RunConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// A missing file, or the line that is wrong.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        toml::from_str(&text).with_context(|| format!("{} is no training configuration", path.display()))
    }
}
