//! Files of captions as data sets publish them: each reader gives rows of photo and caption, and what is wrong.

mod coco;
mod csv;
mod karpathy;
mod token;

use std::path::{Component, Path};

use anyhow::{Context, Result, bail};
use serde_json::Value;

/// What a photo is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Split {
    /// To learn from.
    Train,
    /// To choose and score by.
    Dev,
    /// To be left alone.
    Test,
}

/// One caption.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    /// The photo's name, below the folder of photos.
    pub photo: String,
    /// The caption as written.
    pub caption: String,
    /// What the photo is for, where the file itself says so.
    pub split: Option<Split>,
}

/// A row that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// Its line, or its number where there are no lines.
    pub place: String,
    /// What is wrong with it.
    pub why: String,
}

/// A file of captions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Captions {
    /// The captions, in the file's order.
    pub rows: Vec<Row>,
    /// What could not be read, in the same order.
    pub wrong: Vec<Wrong>,
}

impl Captions {
    /// Reads a file: `.csv` and what begins with the line `image,caption` as rows of these (Flickr8k and Flickr30k as they
    /// are passed on today, Kaggle's `captions.txt` among them), `.json` as Karpathy's splits or as COCO's captions, by what
    /// stands in it, and all else as `Flickr8k.token.txt`.
    ///
    /// # Errors
    /// A missing file, or one that is none of these.
    pub fn read(path: &Path) -> Result<Self> {
        let extension = path.extension().and_then(|extension| extension.to_str());
        match extension.map(str::to_lowercase).as_deref() {
            Some("csv") => csv::read(path),
            Some("json") => json(path),
            _ if csv::is_headed(path)? => csv::read(path),
            _ => token::read(path),
        }
    }

    fn add(&mut self, place: impl Fn() -> String, row: Result<Row, &str>) {
        let row = row.and_then(|row| {
            if row.caption.is_empty() {
                return Err("the caption is empty");
            }
            let mut parts = Path::new(&row.photo).components();
            let is_name = !row.photo.is_empty() && parts.all(|part| matches!(part, Component::Normal(_)));
            is_name.then_some(row).ok_or("this is no name of a photo")
        });
        match row {
            Ok(row) => self.rows.push(row),
            Err(why) => self.wrong.push(Wrong {
                place: place(),
                why: why.to_owned(),
            }),
        }
    }
}

impl Row {
    fn new(photo: &str, caption: &str) -> Self {
        Self {
            photo: photo.trim().to_owned(),
            caption: caption.trim().to_owned(),
            split: None,
        }
    }
}

fn json(path: &Path) -> Result<Captions> {
    let file = std::fs::File::open(path).with_context(|| format!("cannot read captions {}", path.display()))?;
    let found: Value = serde_json::from_reader(std::io::BufReader::new(file))
        .with_context(|| format!("{} is no JSON", path.display()))?;
    match (&found["images"], &found["annotations"]) {
        (Value::Array(images), Value::Array(annotations)) => Ok(coco::read(images, annotations)),
        (Value::Array(images), Value::Null) => Ok(karpathy::read(images)),
        _ => bail!(
            "{} has neither \"images\" with sentences (Karpathy's splits) nor \"images\" and \"annotations\" (COCO)",
            path.display()
        ),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(name: &str, text: &str) -> Result<Captions> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        Captions::read(&path)
    }

    /// Photo and caption of each row.
    fn rows(found: &Captions) -> Vec<(&str, &str)> {
        let rows = found.rows.iter();
        rows.map(|row| (row.photo.as_str(), row.caption.as_str())).collect()
    }

    fn wrong(found: &Captions) -> Vec<(&str, &str)> {
        let wrong = found.wrong.iter();
        wrong.map(|wrong| (wrong.place.as_str(), wrong.why.as_str())).collect()
    }

    #[test]
    fn a_csv_keeps_commas_and_quotes_and_names_the_lines_that_are_wrong() {
        let text = "image,caption\na.jpg,\"A dog , running .\"\n../b.jpg,Two dogs\nc.jpg\nd.jpg,\"\"\ne.jpg,A cat\n";
        let found = read("captions.csv", text).unwrap();
        assert_eq!(rows(&found), [("a.jpg", "A dog , running ."), ("e.jpg", "A cat")]);
        assert_eq!(
            wrong(&found),
            [
                ("line 3", "this is no name of a photo"),
                ("line 4", "a row needs an image and a caption"),
                ("line 5", "the caption is empty"),
            ]
        );
    }

    #[test]
    fn flickrs_own_file_has_a_number_behind_each_name() {
        let text = "a.jpg#0\tA dog .\na.jpg#1\tA dog\truns .\nb.jpg A cat .\n\nc.jpg#x\tA cow .\n";
        let found = read("Flickr8k.token.txt", text).unwrap();
        assert_eq!(rows(&found), [("a.jpg", "A dog ."), ("a.jpg", "A dog\truns .")]);
        assert_eq!(
            wrong(&found),
            [
                ("line 3", "a row needs name#number, a tab and a caption"),
                ("line 5", "a row needs name#number, a tab and a caption"),
            ]
        );
    }

    #[test]
    fn kaggles_captions_txt_is_a_csv_by_its_first_line() {
        for head in [
            "image,caption\n",
            "\u{feff}Image, Caption\r\n",
            "\"image\",\"caption\"\n",
        ] {
            let found = read(
                "captions.txt",
                &format!("{head}a.jpg,A dog .\nb.jpg,\"A cat , asleep .\"\n"),
            )
            .unwrap();
            assert_eq!(rows(&found), [("a.jpg", "A dog ."), ("b.jpg", "A cat , asleep .")]);
            assert_eq!(wrong(&found), []);
        }
        let found = read("captions.txt", "a.jpg#0\tA dog .\n").unwrap();
        assert_eq!(rows(&found), [("a.jpg", "A dog .")]);
        assert_eq!(rows(&read("captions.txt", "").unwrap()), []);
        let error = Captions::read(Path::new("/nowhere/captions.txt")).unwrap_err();
        assert!(error.to_string().contains("cannot read captions"), "{error}");
    }

    #[test]
    fn karpathys_splits_say_what_each_photo_is_for() {
        let text = r#"{"dataset": "flickr8k", "images": [
            {"filename": "a.jpg", "split": "train", "sentences": [{"raw": "A dog ."}, {"tokens": ["no", "raw"]}]},
            {"filepath": "val2014", "filename": "b.jpg", "split": "restval", "sentences": [{"raw": "A cat ."}]},
            {"filename": "c.jpg", "split": "val", "sentences": [{"raw": "A cow ."}]},
            {"filename": "d.jpg", "split": "test", "sentences": [{"raw": "A hen ."}]},
            {"filename": "e.jpg", "split": "other", "sentences": [{"raw": "An owl ."}]},
            {"split": "train", "sentences": []}]}"#;
        let found = read("dataset.json", text).unwrap();
        let splits: Vec<_> = found.rows.iter().map(|row| (row.photo.as_str(), row.split)).collect();
        assert_eq!(
            splits,
            [
                ("a.jpg", Some(Split::Train)),
                ("val2014/b.jpg", Some(Split::Train)),
                ("c.jpg", Some(Split::Dev)),
                ("d.jpg", Some(Split::Test)),
            ]
        );
        assert_eq!(
            wrong(&found),
            [
                ("image 1, sentence 2", "it has no \"raw\" text"),
                ("image 5", "its split is none of train, restval, val and test"),
                ("image 6", "it has no \"filename\""),
            ]
        );
    }

    #[test]
    fn cocos_captions_find_their_photos_by_number() {
        let text = r#"{"images": [{"id": 7, "file_name": "000000000007.jpg"}, {"id": 8}],
            "annotations": [{"image_id": 7, "caption": "A dog.\n"}, {"image_id": 9, "caption": "A cat."}, {"image_id": 7}]}"#;
        let found = read("captions_train2017.json", text).unwrap();
        assert_eq!(rows(&found), [("000000000007.jpg", "A dog.")]);
        assert_eq!(
            wrong(&found),
            [
                ("image 2", "it needs \"id\" and \"file_name\""),
                ("annotation 2", "no image has its \"image_id\""),
                ("annotation 3", "it needs \"image_id\" and \"caption\""),
            ]
        );
    }

    #[test]
    fn what_is_no_file_of_captions_is_told() {
        for (name, text, told) in [
            ("a.json", "{", "is no JSON"),
            ("a.json", "{\"info\": 1}", "has neither"),
        ] {
            let error = format!("{:#}", read(name, text).unwrap_err());
            assert!(error.contains(told), "{error}");
        }
        let error = Captions::read(Path::new("/nowhere/captions.csv")).unwrap_err();
        assert!(error.to_string().contains("cannot read captions"), "{error}");
    }
}
