//! Photos with their captions, in the two splits that training sees.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use rand::SeedableRng;
use rand::rngs::StdRng;
use rand::seq::SliceRandom;

use super::layout::{DataConfig, DrawnSplit, WrongRows};
use super::readers::{Captions, Split, Wrong};

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
    /// A missing file; a photo that no split can be found for; where wrong rows are fatal, a row that cannot be read, or a
    /// photo of a list without a caption or a file, each with its line.
    pub fn read(folder: &Path, config: &DataConfig) -> Result<Self> {
        let reading = Reading { folder, config };
        let all = reading.photos(&config.captions, &config.photos)?;
        let (train, dev) = if let Some(captions) = &config.dev_captions {
            let photos = config.dev_photos.as_ref().unwrap_or(&config.photos);
            (all.photos, reading.photos(captions, photos)?.photos)
        } else if let (Some(train), Some(dev)) = (&config.train, &config.dev) {
            (reading.list(train, &all)?, reading.list(dev, &all)?)
        } else if let Some(drawn) = &config.drawn {
            draw(all.photos, drawn)?
        } else {
            all.by_its_own_splits()
        };
        for (split, what) in [(&train, "learn from"), (&dev, "choose and score by")] {
            ensure!(
                !split.is_empty(),
                "{} has no photos to {what}: [data] needs train and dev, dev_captions, drawn, or captions that name their \
                 splits",
                folder.display()
            );
        }
        Ok(Self { train, dev })
    }

    /// The same of a folder whose layout is one of those that are known.
    ///
    /// # Errors
    /// As [`read`](Self::read), and a layout that is not known.
    pub fn find(folder: &Path) -> Result<Self> {
        Self::read(folder, &DataConfig::of(folder)?)
    }
}

/// Photos in the order in which they first appear, with what each is for where that is known.
struct Photos {
    photos: Vec<CaptionedPhoto>,
    splits: HashMap<String, Split>,
}

impl Photos {
    fn by_its_own_splits(self) -> (Vec<CaptionedPhoto>, Vec<CaptionedPhoto>) {
        let of = |photos: &[CaptionedPhoto], split| -> Vec<_> {
            let photos = photos.iter();
            photos
                .filter(|photo| self.splits.get(&photo.name) == Some(&split))
                .cloned()
                .collect()
        };
        (of(&self.photos, Split::Train), of(&self.photos, Split::Dev))
    }
}

struct Reading<'a> {
    folder: &'a Path,
    config: &'a DataConfig,
}

impl Reading<'_> {
    fn photos(&self, captions: &Path, photos: &Path) -> Result<Photos> {
        let path = self.folder.join(captions);
        let Captions { rows, wrong } = Captions::read(&path)?;
        self.report(&path, &wrong)?;
        let mut found = Photos {
            photos: Vec::new(),
            splits: HashMap::new(),
        };
        let mut places: HashMap<String, usize> = HashMap::new();
        for row in rows {
            let place = *places.entry(row.photo.clone()).or_insert_with(|| {
                found.photos.push(CaptionedPhoto {
                    path: self.folder.join(photos).join(&row.photo),
                    name: row.photo.clone(),
                    captions: Vec::new(),
                });
                found.photos.len() - 1
            });
            found.photos[place].captions.push(row.caption);
            if let Some(split) = row.split {
                found.splits.insert(row.photo, split);
            }
        }
        Ok(found)
    }

    /// The photos that a list names, one a line.
    fn list(&self, list: &Path, all: &Photos) -> Result<Vec<CaptionedPhoto>> {
        let path = self.folder.join(list);
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read the split {}", path.display()))?;
        let known: HashMap<&str, &CaptionedPhoto> =
            all.photos.iter().map(|photo| (photo.name.as_str(), photo)).collect();
        let (mut split, mut wrong, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (index, name) in text
            .lines()
            .map(str::trim)
            .enumerate()
            .filter(|(_, name)| !name.is_empty())
        {
            let why = match known.get(name) {
                None => format!("no caption is known for {name}"),
                Some(photo) if !photo.path.is_file() => format!("there is no photo {}", photo.path.display()),
                Some(_) if !seen.insert(name) => format!("{name} stands there twice"),
                Some(photo) => {
                    split.push((*photo).clone());
                    continue;
                }
            };
            wrong.push(Wrong {
                place: format!("line {}", index + 1),
                why,
            });
        }
        self.report(&path, &wrong)?;
        Ok(split)
    }

    /// Stops at what is wrong, or warns of it.
    fn report(&self, path: &Path, wrong: &[Wrong]) -> Result<()> {
        for Wrong { place, why } in wrong {
            match self.config.wrong_rows {
                WrongRows::Fatal => bail!(
                    "{} {place}: {why} (wrong_rows = \"skip\" in [data] goes on without such rows)",
                    path.display()
                ),
                WrongRows::Skip => log::warn!("{} {place} is skipped: {why}", path.display()),
            }
        }
        Ok(())
    }
}

/// Draws the photos to choose by; both splits stay in the order of the captions.
fn draw(photos: Vec<CaptionedPhoto>, drawn: &DrawnSplit) -> Result<(Vec<CaptionedPhoto>, Vec<CaptionedPhoto>)> {
    ensure!(
        drawn.dev > 0.0 && drawn.dev < 1.0,
        "data.drawn.dev is a share of the photos: more than 0 and less than 1"
    );
    let mut order: Vec<usize> = (0..photos.len()).collect();
    order.shuffle(&mut StdRng::seed_from_u64(drawn.seed));
    let count = ((photos.len() as f64 * drawn.dev).round() as usize).max(1);
    let dev: HashSet<usize> = order.into_iter().take(count).collect();
    let (mut to_learn, mut to_choose) = (Vec::new(), Vec::new());
    for (place, photo) in photos.into_iter().enumerate() {
        if dev.contains(&place) {
            &mut to_choose
        } else {
            &mut to_learn
        }
        .push(photo);
    }
    Ok((to_learn, to_choose))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    const LISTED: &str = "captions = \"captions.csv\"\nphotos = \"images\"\ntrain = \"train.txt\"\ndev = \"dev.txt\"\n";

    /// A folder of ten photos with two captions each, of which the lists name a few.
    fn folder() -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("images")).unwrap();
        let mut captions = "image,caption\n".to_owned();
        for number in 0..10 {
            fs::write(folder.path().join(format!("images/{number}.jpg")), "").unwrap();
            captions += &format!("{number}.jpg,\"A dog , number {number} .\"\n{number}.jpg,Two dogs\n");
        }
        fs::write(folder.path().join("captions.csv"), captions).unwrap();
        fs::write(folder.path().join("train.txt"), "3.jpg\n1.jpg\n").unwrap();
        fs::write(folder.path().join("dev.txt"), "2.jpg\n\nb.jpg\n").unwrap();
        folder
    }

    fn read(folder: &TempDir, config: &str) -> Result<Dataset> {
        Dataset::read(folder.path(), &toml::from_str(config).unwrap())
    }

    fn names(photos: &[CaptionedPhoto]) -> Vec<&str> {
        photos.iter().map(|photo| photo.name.as_str()).collect()
    }

    #[test]
    fn lists_keep_their_order_and_a_line_that_is_wrong_is_fatal_or_skipped_as_asked() {
        let folder = folder();
        let error = read(&folder, LISTED).unwrap_err().to_string();
        assert!(
            error.contains("dev.txt line 3: no caption is known for b.jpg"),
            "{error}"
        );
        let data = read(&folder, &format!("{LISTED}wrong_rows = \"skip\"")).unwrap();
        assert_eq!(
            (names(&data.train), names(&data.dev)),
            (vec!["3.jpg", "1.jpg"], vec!["2.jpg"])
        );
        assert_eq!(data.train[0].captions, ["A dog , number 3 .", "Two dogs"]);
        fs::remove_file(folder.path().join("images/3.jpg")).unwrap();
        let error = read(&folder, LISTED).unwrap_err().to_string();
        assert!(error.contains("train.txt line 1: there is no photo"), "{error}");
    }

    #[test]
    fn a_drawn_split_is_the_same_for_the_same_seed_and_has_every_photo_once() {
        let folder = folder();
        let drawn = |seed| {
            let config =
                format!("captions = \"captions.csv\"\nphotos = \"images\"\ndrawn = {{ dev = 0.3, seed = {seed} }}");
            read(&folder, &config).unwrap()
        };
        let data = drawn(1);
        assert_eq!((data.train.len(), data.dev.len()), (7, 3));
        assert_eq!(names(&data.dev), names(&drawn(1).dev));
        assert!((2..6).any(|seed| names(&drawn(seed).dev) != names(&data.dev)));
        let mut all = [names(&data.train), names(&data.dev)].concat();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), 10);
    }

    #[test]
    fn without_a_split_what_is_missing_is_told() {
        let error = read(&folder(), "captions = \"captions.csv\"\nphotos = \"images\"").unwrap_err();
        assert!(error.to_string().contains("no photos to learn from"), "{error}");
    }

    #[test]
    fn the_layouts_of_published_sets_are_found_by_their_files() {
        let folder = tempfile::tempdir().unwrap();
        let error = Dataset::find(folder.path()).unwrap_err().to_string();
        assert!(error.contains("Flickr8k.token.txt"), "{error}");
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        };
        let coco = |number: usize| {
            format!(
                "{{\"images\": [{{\"id\": {number}, \"file_name\": \"{number}.jpg\"}}],
                \"annotations\": [{{\"image_id\": {number}, \"caption\": \"A dog.\"}}]}}"
            )
        };
        write("annotations/captions_train2017.json", &coco(1));
        write("annotations/captions_val2017.json", &coco(2));
        let data = Dataset::find(folder.path()).unwrap();
        assert_eq!((names(&data.train), names(&data.dev)), (vec!["1.jpg"], vec!["2.jpg"]));
        assert!(data.dev[0].path.ends_with("val2017/2.jpg"), "{:?}", data.dev[0].path);
        write(
            "captions.txt",
            "image,caption\na.jpg,A dog .\nb.jpg,\"A cat , asleep .\"\n",
        );
        let data = Dataset::find(folder.path()).unwrap();
        assert_eq!(
            (data.train.len(), data.dev.len()),
            (1, 1),
            "a tenth is drawn, but at least one"
        );
        assert!(data.train[0].path.parent().unwrap().ends_with("Images"));
        write("Flickr8k.token.txt", "a.jpg#0\tA dog .\nb.jpg#0\tA cat .\n");
        write("Flickr_8k.trainImages.txt", "a.jpg\n");
        write("Flickr_8k.devImages.txt", "b.jpg\n");
        for photo in ["a.jpg", "b.jpg"] {
            write(&format!("Flicker8k_Dataset/{photo}"), "");
        }
        let data = Dataset::find(folder.path()).unwrap();
        assert_eq!((names(&data.train), names(&data.dev)), (vec!["a.jpg"], vec!["b.jpg"]));
    }
}
