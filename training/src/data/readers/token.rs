//! `Flickr8k.token.txt` as its authors published it: name#number, a tab, a caption.

use std::path::Path;

use anyhow::{Context, Result};

use super::{Captions, Row};

pub(super) fn read(path: &Path) -> Result<Captions> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read captions {}", path.display()))?;
    let mut found = Captions::default();
    for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let row = row(line).ok_or("a row needs name#number, a tab and a caption");
        found.add(|| format!("line {}", index + 1), row);
    }
    Ok(found)
}

fn row(line: &str) -> Option<Row> {
    let (name, caption) = line.split_once('\t')?;
    let (photo, number) = name.rsplit_once('#')?;
    number.trim().parse::<usize>().ok()?;
    Some(Row::new(photo, caption))
}
