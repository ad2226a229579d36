//! Where a data set lies: its files of captions, its photos, and how it is split.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// Where a data set lies; all paths but `folder` are relative to its folder.
///
/// The photos to choose and score by are those of the list `dev`, or of a file of captions of their own, or drawn, or
/// those that the file of captions names (Karpathy's splits).
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DataConfig {
    /// The data set's folder, relative to the configuration's file; may be given on the command line instead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub folder: Option<PathBuf>,
    /// The captions: `image,caption` as CSV, `Flickr8k.token.txt`, Karpathy's or COCO's JSON.
    pub captions: PathBuf,
    /// Folder of the photos.
    pub photos: PathBuf,
    /// Names of the photos to learn from, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub train: Option<PathBuf>,
    /// Names of the photos to choose and score by, one a line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev: Option<PathBuf>,
    /// The captions of the photos to choose and score by, where they have a file of their own, as COCO's have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_captions: Option<PathBuf>,
    /// Folder of the photos of `dev_captions`, if it is another one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dev_photos: Option<PathBuf>,
    /// Draw the photos to choose and score by.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drawn: Option<DrawnSplit>,
    /// What to do about rows that cannot be read.
    #[serde(default)]
    pub wrong_rows: WrongRows,
}

/// A split by chance.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct DrawnSplit {
    /// The share of the photos to choose and score by, more than 0 and less than 1.
    pub dev: f64,
    /// Of the draw.
    pub seed: u64,
}

/// What to do about rows that cannot be read.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum WrongRows {
    /// Stop at the first.
    #[default]
    Fatal,
    /// Warn of each, and go on without it.
    Skip,
}

/// Flickr8k and Flickr30k as Kaggle passes them on: without a word on what is to be learnt from.
const KAGGLE: &str = "captions.txt";

/// A tenth, where nobody says what is to be chosen by.
const TENTH: DrawnSplit = DrawnSplit { dev: 0.1, seed: 7 };

/// The files of data sets as they are passed on: captions, photos, and lists to learn and to choose by.
const KNOWN: [(&str, &str, Option<[&str; 2]>); 8] = [
    ("captions.csv", "images", Some(["train.txt", "dev.txt"])),
    (
        "Flickr8k.token.txt",
        "Flicker8k_Dataset",
        Some(["Flickr_8k.trainImages.txt", "Flickr_8k.devImages.txt"]),
    ),
    (KAGGLE, "Images", None),
    ("dataset.json", "images", None),
    ("dataset_flickr8k.json", "images", None),
    ("dataset_flickr30k.json", "images", None),
    ("dataset_coco.json", "images", None),
    ("annotations/captions_train2017.json", "train2017", None),
];

impl DataConfig {
    /// The layout of the folder of a data set, by the files that lie there. Where it has no split, a tenth is drawn.
    ///
    /// # Errors
    /// None is known; the sentence names those that are.
    pub fn of(folder: &Path) -> Result<Self> {
        let there = |(captions, ..): &&(&str, &str, _)| folder.join(captions).is_file();
        let Some((captions, photos, lists)) = KNOWN.iter().find(there) else {
            let names: Vec<&str> = KNOWN.iter().map(|(captions, ..)| *captions).collect();
            bail!(
                "{} has no file of captions that is known: {}",
                folder.display(),
                names.join(", ")
            );
        };
        let [train, dev] = lists.map_or([None, None], |lists| lists.map(|list| Some(list.into())));
        let is_coco = captions.ends_with("train2017.json");
        Ok(Self {
            folder: None,
            captions: captions.into(),
            photos: photos.into(),
            train,
            dev,
            dev_captions: is_coco.then(|| "annotations/captions_val2017.json".into()),
            dev_photos: is_coco.then(|| "val2017".into()),
            drawn: (*captions == KAGGLE).then_some(TENTH),
            wrong_rows: WrongRows::default(),
        })
    }
}
