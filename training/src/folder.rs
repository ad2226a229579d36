//! Changes to a model folder that is there already.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::disk::write_text;

/// Sets some of our own settings in a folder's `config.json`, all at once, beside and renamed.
///
/// # Errors
/// A folder without a readable `config.json`, a full disk.
pub fn set<const N: usize>(model: &Path, settings: [(&str, Value); N]) -> Result<()> {
    edit(&model.join("config.json"), |config| {
        for (setting, value) in settings {
            config["hearsight"][setting] = value;
        }
    })
}

/// Sets how a folder's sentences are searched for, a setting of its `generation_config.json`, beside and renamed.
///
/// # Errors
/// A folder without a readable `generation_config.json`, a full disk.
pub fn set_search(model: &Path, setting: &str, value: Value) -> Result<()> {
    edit(&model.join("generation_config.json"), |config| config[setting] = value)
}

fn edit(path: &Path, change: impl FnOnce(&mut Value)) -> Result<()> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut config: Value = serde_json::from_str(&text).with_context(|| format!("{} is broken", path.display()))?;
    change(&mut config);
    write_text(path, &format!("{config:#}\n"))
}
