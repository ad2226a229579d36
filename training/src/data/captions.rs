//! Captions as published with Flickr8k: a CSV of image,caption rows, and split files with one photo name a line.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde::{Deserialize, Serialize};

/// Where a data set lies, relative to the folder given on the command line.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// CSV with the header `image,caption`.
    pub captions: PathBuf,
    /// Folder of the photos.
    pub photos: PathBuf,
    /// Names of the photos to learn from, one a line.
    pub train: PathBuf,
    /// Names of the photos to choose and score by.
    pub dev: PathBuf,
}

impl Default for DataConfig {
    /// The names that the Flickr8k folder has.
    fn default() -> Self {
        let path = PathBuf::from;
        Self {
            captions: path("captions.csv"),
            photos: path("images"),
            train: path("train.txt"),
            dev: path("dev.txt"),
        }
    }
}

/// A photo and what people said of it.
#[derive(Clone, Debug, PartialEq)]
pub struct CaptionedPhoto {
    /// The name in the CSV and the split file.
    pub name: String,
    /// The photo's file.
    pub path: PathBuf,
    /// Its captions in the order of the CSV, as written.
    pub captions: Vec<String>,
}

/// The two splits that training sees.
#[derive(Clone, Debug)]
pub struct Dataset {
    /// To learn from.
    pub train: Vec<CaptionedPhoto>,
    /// To choose and score by.
    pub dev: Vec<CaptionedPhoto>,
}

impl Dataset {
    /// Reads captions and splits below `folder`.
    ///
    /// # Errors
    /// A missing file, a row without two fields (with its line), a photo of a split without a caption or a file.
    pub fn read(folder: &Path, config: &DataConfig) -> Result<Self> {
        let captions = read_captions(&folder.join(&config.captions))?;
        let photos = folder.join(&config.photos);
        let split = |names: &Path| read_split(&folder.join(names), &captions, &photos);
        Ok(Self {
            train: split(&config.train)?,
            dev: split(&config.dev)?,
        })
    }
}

fn read_captions(path: &Path) -> Result<HashMap<String, Vec<String>>> {
    let mut reader =
        csv::Reader::from_path(path).with_context(|| format!("cannot read captions {}", path.display()))?;
    let mut captions: HashMap<String, Vec<String>> = HashMap::new();
    for row in reader.records() {
        let row = row.with_context(|| format!("{} is not a CSV of image,caption rows", path.display()))?;
        let (Some(name), Some(caption)) = (row.get(0), row.get(1)) else {
            let line = row.position().map_or(0, csv::Position::line);
            bail!("{} line {line}: a row needs an image and a caption", path.display());
        };
        captions
            .entry(name.trim().to_owned())
            .or_default()
            .push(caption.trim().to_owned());
    }
    Ok(captions)
}

fn read_split(path: &Path, captions: &HashMap<String, Vec<String>>, photos: &Path) -> Result<Vec<CaptionedPhoto>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read the split {}", path.display()))?;
    let mut split = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let name = line.trim();
        if name.is_empty() {
            continue;
        }
        let Some(captions) = captions.get(name) else {
            bail!("{} line {}: no caption is known for {name}", path.display(), index + 1);
        };
        let file = photos.join(name);
        if !file.is_file() {
            bail!(
                "{} line {}: there is no photo {}",
                path.display(),
                index + 1,
                file.display()
            );
        }
        split.push(CaptionedPhoto {
            name: name.to_owned(),
            path: file,
            captions: captions.clone(),
        });
    }
    if split.is_empty() {
        bail!("the split {} names no photo", path.display());
    }
    Ok(split)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn quoted_captions_keep_their_commas_and_a_split_without_captions_names_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir(folder.path().join("images")).unwrap();
        write("images/a.jpg", "");
        write(
            "captions.csv",
            "image,caption\na.jpg,\"A dog , running .\"\na.jpg,Two dogs\n",
        );
        write("train.txt", "a.jpg\n");
        write("dev.txt", "a.jpg\n\nb.jpg\n");
        let error = Dataset::read(folder.path(), &DataConfig::default())
            .unwrap_err()
            .to_string();
        assert!(error.contains("dev.txt line 3"), "{error}");
        write("dev.txt", "a.jpg\n");
        let data = Dataset::read(folder.path(), &DataConfig::default()).unwrap();
        assert_eq!(data.train[0].captions, ["A dog , running .", "Two dogs"]);
    }
}
