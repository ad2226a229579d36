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
    let path = model.join("config.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut config: Value = serde_json::from_str(&text).with_context(|| format!("{} is broken", path.display()))?;
    for (setting, value) in settings {
        config["hearsight"][setting] = value;
    }
    write_text(&path, &format!("{config:#}\n"))
}
