//! A CSV with the header `image,caption`, a row for each caption.

use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

use anyhow::{Context, Result};

use super::{Captions, Row};

/// Longer than any such header; what has no lines is not read whole for it.
const HEADER: u64 = 64;

/// Whether a file begins with the header, whatever it is called.
pub(super) fn is_headed(path: &Path) -> Result<bool> {
    let file = File::open(path).with_context(|| format!("cannot read captions {}", path.display()))?;
    let mut line = Vec::new();
    BufReader::new(file.take(HEADER))
        .read_until(b'\n', &mut line)
        .with_context(|| format!("cannot read captions {}", path.display()))?;
    let line = String::from_utf8_lossy(&line).to_lowercase();
    let names = line.trim_start_matches('\u{feff}').split(',');
    Ok(names.map(|name| name.trim().trim_matches('"')).eq(["image", "caption"]))
}

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
