//! Changes to a model folder that is there already.

use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::disk::write_text;

/// Sets one of our own settings in a folder's `config.json`, beside and renamed.
///
/// # Errors
/// A folder without a readable `config.json`, a full disk.
pub fn set(model: &Path, setting: &str, value: Value) -> Result<()> {
    let path = model.join("config.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut config: Value = serde_json::from_str(&text).with_context(|| format!("{} is broken", path.display()))?;
    config["hearsight"][setting] = value;
    write_text(&path, &format!("{config:#}\n"))
}
