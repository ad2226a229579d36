//! What a run was: its configuration, data, seed and version, kept as `run.json` beside its weights.
//!
//! A run may be gone on with under another configuration or version, so the file is a list: what held from which epoch on.

use std::path::Path;

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::config::RunConfig;
use crate::data::captions::{CaptionedPhoto, Dataset};
use crate::disk::write_text;

/// What a run is made of, from an epoch on.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
pub struct Making {
    /// Epochs that were done before.
    pub after_epoch: usize,
    /// The training program's version.
    pub version: String,
    /// Of all randomness.
    pub seed: u64,
    /// What was learnt from and chosen by.
    pub data: DataRecord,
    /// All of the run's choices, as that version knew them.
    pub config: Value,
}

/// A data set in a few numbers.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq, Eq)]
pub struct DataRecord {
    /// Photos to learn from.
    pub train: usize,
    /// Photos to choose by.
    pub dev: usize,
    /// Captions of both.
    pub captions: usize,
    /// SHA-256 over both splits' names, captions and sizes of photo files, in order, in hexadecimal digits.
    pub digest: String,
}

impl DataRecord {
    /// Of a data set as it is learnt from.
    pub fn of(data: &Dataset) -> Self {
        let mut digest = Sha256::new();
        // A length before each text, or "ab" and "c" would be "a" and "bc".
        let mut add = |text: &str| {
            digest.update((text.len() as u64).to_le_bytes());
            digest.update(text.as_bytes());
        };
        for (split, photos) in [("train", &data.train), ("dev", &data.dev)] {
            add(split);
            for photo in photos {
                add(&photo.name);
                let size = std::fs::metadata(&photo.path).map_or(0, |file| file.len());
                add(&size.to_string());
                photo.captions.iter().for_each(|caption| add(caption));
            }
        }
        let captions = |photos: &[CaptionedPhoto]| photos.iter().map(|photo| photo.captions.len()).sum::<usize>();
        Self {
            train: data.train.len(),
            dev: data.dev.len(),
            captions: captions(&data.train) + captions(&data.dev),
            digest: digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect(),
        }
    }
}

/// Adds to the `run.json` at `path` what a run is made of after `epoch` epochs, where that is something else than before.
///
/// # Errors
/// A file that is no such list, a full disk.
pub fn keep(path: &Path, epoch: usize, config: &RunConfig, data: &Dataset) -> Result<()> {
    let now = Making {
        after_epoch: epoch,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        seed: config.seed,
        data: DataRecord::of(data),
        config: serde_json::to_value(config)?,
    };
    let mut all: Vec<Making> = match std::fs::read(path) {
        Ok(text) => serde_json::from_slice(&text).with_context(|| format!("{} is broken", path.display()))?,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("cannot read {}", path.display())),
    };
    let is_new = all.last().is_none_or(|last| {
        let last = Making {
            after_epoch: epoch,
            ..last.clone()
        };
        last != now
    });
    if is_new {
        // What was begun and left before an epoch was done made nothing.
        all.retain(|making| making.after_epoch < epoch);
        all.push(now);
        write_text(path, &format!("{}\n", serde_json::to_string_pretty(&all)?))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_run_says_what_it_was_made_of_from_which_epoch_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.json");
        let mut config: RunConfig = toml::from_str(include_str!("../configs/everyday.toml")).unwrap();
        let photo = |name: &str, caption: &str| CaptionedPhoto {
            name: name.to_owned(),
            path: folder.path().join(name),
            captions: vec![caption.to_owned()],
        };
        let mut data = Dataset {
            train: vec![photo("a.png", "a dog"), photo("b.png", "a cat")],
            dev: vec![photo("c.png", "a hat")],
        };
        let read = || -> Vec<Making> { serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap() };
        keep(&path, 0, &config, &data).unwrap();
        keep(&path, 3, &config, &data).unwrap();
        assert_eq!(read().len(), 1, "nothing else");
        let first = read().remove(0);
        assert_eq!((first.after_epoch, first.seed), (0, config.seed));
        assert_eq!(first.config, serde_json::to_value(&config).unwrap());
        assert_eq!((first.data.train, first.data.dev, first.data.captions), (2, 1, 3));
        config.learning.clip = 1.0;
        keep(&path, 5, &config, &data).unwrap();
        data.dev[0].captions[0] = "a cap".to_owned();
        keep(&path, 5, &config, &data).unwrap();
        let all = read();
        let epochs: Vec<_> = all.iter().map(|making| making.after_epoch).collect();
        assert_eq!(epochs, [0, 5]);
        assert_ne!(all[0].data.digest, all[1].data.digest);
        std::fs::write(folder.path().join("a.png"), "pixels").unwrap();
        assert_ne!(
            DataRecord::of(&data).digest,
            all[1].data.digest,
            "a photo is another one"
        );
    }
}
