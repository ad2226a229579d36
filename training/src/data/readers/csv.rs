//! A CSV with the header `image,caption`, a row for each caption.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Captions, Row};

pub(super) fn read(path: &Path) -> Result<Captions> {
    let mut reader = csv::ReaderBuilder::new();
    // Rows with too few fields are told, not a reason to stop reading.
    let reader = reader.flexible(true).from_path(path);
    let mut reader = reader.with_context(|| format!("cannot read captions {}", path.display()))?;
    let mut found = Captions::default();
    for record in reader.records() {
        let record = record.with_context(|| format!("{} is not a CSV of image,caption rows", path.display()))?;
        let row = match (record.get(0), record.get(1)) {
            (Some(photo), Some(caption)) => Ok(Row::new(photo, caption)),
            _ => Err("a row needs an image and a caption"),
        };
        let line = record.position().map_or(0, csv::Position::line);
        found.add(|| format!("line {line}"), row);
    }
    Ok(found)
}
