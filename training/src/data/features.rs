//! Features of a frozen classifier for every photo, computed once and kept on disk.
//!
//! A file of records `[photo][view]`, each the float16 values `[cell][channel]` of one view and a checksum (CRC-32 of the
//! values, little-endian). It is read by position, so that memory does not grow with the set, and written photo by
//! photo under another name: what is broken off goes on after the last record that is whole. The file's name holds a
//! digest of everything that the features depend on, so that captioners that learn from the same features share one
//! file, and another classifier, preprocessing or list of photos has another one.

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, sync_channel};

use anyhow::{Context, Result, bail};
use half::f16;
use half::slice::HalfFloatSliceExt;
use hearsight::photo::Photo;
use image::RgbImage;
use ndarray::Array4;
use prost::Message;
use rayon::prelude::*;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::captions::CaptionedPhoto;
use super::views::{ViewsConfig, crop, cut};
use crate::classifier::Classifier;
use crate::disk::{read_exact_at, write_text};
use crate::nets::frozen_encoder::FrozenEncoderConfig;

/// Photos that are decoded together, while the classifier works on the ones before.
const TOGETHER: usize = 8;
/// Pictures that the classifier is given at once.
const AT_ONCE: usize = 8;
/// Bytes of a record's checksum.
const CHECKSUM: usize = 4;

/// How large a photo's part of the file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    /// Photos in the file.
    pub photos: usize,
    /// Views of each, mirrored ones counted.
    pub views: usize,
    /// Numbers of each view: cells × channels.
    pub values: usize,
}

impl Shape {
    fn record(&self) -> usize {
        self.values * 2 + CHECKSUM
    }

    /// Bytes of one photo.
    fn photo(&self) -> usize {
        self.views * self.record()
    }

    /// Bytes of the whole file.
    pub fn bytes(&self) -> u64 {
        self.photos as u64 * self.photo() as u64
    }
}

/// Features on disk; see the module.
pub struct Features {
    file: File,
    path: PathBuf,
    shape: Shape,
    is_mirrored: bool,
}

impl Features {
    /// Opens the features of a split's photos in `folder`, or asks the classifier first.
    ///
    /// # Errors
    /// A photo or a classifier that cannot be read, a map that is not the one that the net was made for, a full disk.
    pub fn open_or_ask(
        folder: &Path,
        photos: &[CaptionedPhoto],
        config: &FrozenEncoderConfig,
        (views, seed): (&ViewsConfig, u64),
    ) -> Result<Self> {
        let cut = config.cut()?;
        let shape = Shape {
            photos: photos.len(),
            views: views.all() * if config.mirrored { 2 } else { 1 },
            values: cut.map.cells() * cut.map.channels,
        };
        let made_with = json!({
            "classifier": digest(&cut.model.encode_to_vec()),
            "tensor": cut.tensor,
            "map": cut.map,
            "preprocessing": config.preprocessing,
            "views": (0..views.banks).map(|bank| views.made_with(bank)).collect::<Vec<_>>(),
            "mirrored": config.mirrored,
            // The first view is the whole photo, whatever the seed.
            "seed": (views.all() > 1).then_some(seed),
            "photos": list(photos)?,
            "count": photos.len(),
        });
        let name = digest(made_with.to_string().as_bytes());
        let path = folder.join(format!("{}.features", &name[..16]));
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        if !path.is_file() {
            log::info!(
                "the features of {} photos will take {:.1} GB in {}",
                photos.len(),
                shape.bytes() as f64 / 1e9,
                path.display()
            );
            write_text(&path.with_extension("json"), &format!("{made_with:#}\n"))?;
        }
        let asking = Asking {
            photos,
            views,
            seed,
            is_mirrored: config.mirrored,
        };
        let file = open_or_make(&path, shape, |from, to| {
            asking.write(Classifier::of(&cut, config.preprocessor()?)?, from, to)
        })?;
        Ok(Self {
            file,
            path,
            shape,
            is_mirrored: config.mirrored,
        })
    }

    /// Opens the features at `path`; where they are missing, has `write` add those of a range of photos, which begins after
    /// what an earlier time has left whole. Whoever asks for the same file meanwhile waits.
    ///
    /// # Errors
    /// Those of `write`, the disk's, a file of another size.
    pub fn open_or_write(
        path: &Path,
        shape: Shape,
        is_mirrored: bool,
        write: impl FnOnce(Range<usize>, &mut Writer) -> Result<()>,
    ) -> Result<Self> {
        Ok(Self {
            file: open_or_make(path, shape, |from, to| write(from..shape.photos, to))?,
            path: path.to_owned(),
            shape,
            is_mirrored,
        })
    }

    /// Views of a photo, mirrored ones not counted.
    pub fn count(&self) -> usize {
        self.shape.views / if self.is_mirrored { 2 } else { 1 }
    }

    /// Whether each view is there as in a mirror too.
    pub fn is_mirrored(&self) -> bool {
        self.is_mirrored
    }

    /// The features `[cell][channel]` of one view, or of the same view in a mirror.
    ///
    /// # Errors
    /// The disk's, or values that have changed since they were written.
    pub fn read(&self, photo: usize, view: usize, in_mirror: bool) -> Result<Vec<f32>> {
        let place = if self.is_mirrored {
            2 * view + usize::from(in_mirror)
        } else {
            view
        };
        let mut bytes = vec![0; self.shape.record()];
        let start = photo as u64 * self.shape.photo() as u64 + (place * bytes.len()) as u64;
        read_exact_at(&self.file, &mut bytes, start)
            .with_context(|| format!("cannot read the features of photo {photo} in {}", self.path.display()))?;
        let Some(values) = whole(&bytes) else {
            bail!(
                "the features of photo {photo} in {} are not as they were written: delete the file, it is made again",
                self.path.display()
            );
        };
        let halves: Vec<f16> = values
            .as_chunks()
            .0
            .iter()
            .map(|pair| f16::from_le_bytes(*pair))
            .collect();
        let mut floats = vec![0.0; halves.len()];
        halves.convert_to_f32_slice(&mut floats);
        Ok(floats)
    }
}

/// Opens the file at `path`; where it is missing, has `write` append all photos from the given one on, and gives it its
/// name when all are there. Whoever asks for the same file meanwhile waits.
///
/// # Errors
/// Those of `write`, which leave what is written so far for the next time; the disk's.
fn open_or_make(path: &Path, shape: Shape, write: impl FnOnce(usize, &mut Writer) -> Result<()>) -> Result<File> {
    let failed = || format!("cannot write {}", path.display());
    if !path.is_file() {
        let unfinished = path.with_extension("part");
        let file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&unfinished)
            .with_context(failed)?;
        file.lock().with_context(failed)?;
        // Another process may have finished while this one waited.
        if path.is_file() {
            remove_if_there(&unfinished).with_context(failed)?;
        } else {
            let done = whole_photos(&file, shape)?;
            if done > 0 {
                log::info!("going on after {done} photos of {}", unfinished.display());
            }
            file.set_len((done * shape.photo()) as u64).with_context(failed)?;
            let mut writer = Writer::new(file, shape, done)?;
            write(done, &mut writer)?;
            writer.finish().with_context(failed)?;
            // Before the file is closed, which lets the next one in.
            fs::rename(&unfinished, path).with_context(failed)?;
            drop(writer);
        }
    }
    let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
    let length = file.metadata()?.len();
    if length != shape.bytes() {
        bail!(
            "{} has {length} bytes instead of {}: delete it, it is made again",
            path.display(),
            shape.bytes()
        );
    }
    Ok(file)
}

fn remove_if_there(path: &Path) -> std::io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Photos at the start of an unfinished file that are whole. What was written last is what a crash can have spoilt.
fn whole_photos(file: &File, shape: Shape) -> Result<usize> {
    let mut done = (file.metadata()?.len() / shape.photo() as u64) as usize;
    let mut bytes = vec![0; shape.photo()];
    while done > 0 {
        read_exact_at(file, &mut bytes, (done as u64 - 1) * shape.photo() as u64)?;
        if bytes.chunks_exact(shape.record()).all(|record| whole(record).is_some()) {
            break;
        }
        done -= 1;
    }
    Ok(done.min(shape.photos))
}

/// A record's values, where their checksum is right.
fn whole(record: &[u8]) -> Option<&[u8]> {
    let (values, sum) = record.split_last_chunk::<CHECKSUM>()?;
    (crc32fast::hash(values).to_le_bytes() == *sum).then_some(values)
}

/// A file of features that is being written.
pub struct Writer {
    out: BufWriter<File>,
    shape: Shape,
    /// Records written.
    written: usize,
}

impl Writer {
    fn new(mut file: File, shape: Shape, done: usize) -> Result<Self> {
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0))?;
        Ok(Self {
            out: BufWriter::new(file),
            shape,
            written: done * shape.views,
        })
    }

    /// Appends the features `[cell][channel]` of the next view.
    ///
    /// # Errors
    /// The disk's, or another number of values.
    pub fn add(&mut self, values: &[f32]) -> Result<()> {
        if values.len() != self.shape.values {
            bail!("{} features instead of {}", values.len(), self.shape.values);
        }
        let largest = f32::from(f16::MAX);
        let bytes: Vec<u8> = values
            .iter()
            .flat_map(|value| f16::from_f32(value.clamp(-largest, largest)).to_le_bytes())
            .collect();
        self.out.write_all(&bytes)?;
        self.out.write_all(&crc32fast::hash(&bytes).to_le_bytes())?;
        self.written += 1;
        Ok(())
    }

    /// Sees to it that what was added is in the file, should the process end.
    ///
    /// # Errors
    /// The disk's.
    pub fn flush(&mut self) -> Result<()> {
        Ok(self.out.flush()?)
    }

    fn finish(&mut self) -> Result<()> {
        if self.written != self.shape.photos * self.shape.views {
            bail!(
                "{} views instead of {}",
                self.written,
                self.shape.photos * self.shape.views
            );
        }
        self.out.flush()?;
        Ok(self.out.get_ref().sync_all()?)
    }
}

struct Asking<'a> {
    photos: &'a [CaptionedPhoto],
    views: &'a ViewsConfig,
    seed: u64,
    is_mirrored: bool,
}

impl Asking<'_> {
    /// Writes all photos from number `from` on; the next ones are decoded on a thread of its own meanwhile.
    fn write(&self, mut classifier: Classifier, from: usize, to: &mut Writer) -> Result<()> {
        let progress = crate::progress::bar("asking the classifier", self.photos.len() as u64);
        progress.set_position(from as u64);
        let preprocessor = classifier.preprocessor().clone();
        std::thread::scope(|scope| {
            let (sender, decoded) = sync_channel(1);
            scope.spawn(move || {
                for start in (from..self.photos.len()).step_by(TOGETHER) {
                    let range = start..self.photos.len().min(start + TOGETHER);
                    let pictures: Result<Vec<Vec<Array4<f32>>>> = range
                        .into_par_iter()
                        .map(|number| {
                            let pictures = self.pictures(number)?;
                            Ok(pictures.iter().map(|picture| preprocessor.run(picture)).collect())
                        })
                        .collect();
                    if sender.send(pictures).is_err() {
                        return;
                    }
                }
            });
            // Moved, so that the thread ends when this part fails.
            let decoded: Receiver<Result<Vec<Vec<Array4<f32>>>>> = decoded;
            for photos in decoded {
                let photos = photos?;
                let count = photos.len();
                let pictures: Vec<Array4<f32>> = photos.into_iter().flatten().collect();
                for pictures in pictures.chunks(AT_ONCE) {
                    for features in classifier.features(pictures)?.outer_iter() {
                        to.add(features.as_standard_layout().as_slice().unwrap_or_default())?;
                    }
                }
                to.flush()?;
                progress.inc(count as u64);
            }
            progress.finish_and_clear();
            Ok(())
        })
    }

    /// The views of a photo, each followed by itself in a mirror where these are kept too.
    fn pictures(&self, number: usize) -> Result<Vec<RgbImage>> {
        let photo = &self.photos[number];
        let opened = Photo::open(&photo.path).with_context(|| format!("the photo {}", photo.name))?;
        let pixels = opened.pixels();
        let size = [pixels.width(), pixels.height()];
        let views = (0..self.views.all()).map(|view| cut(pixels, crop(self.views, self.seed, number, view, size)));
        Ok(views
            .flat_map(|view| {
                let mirrored = self.is_mirrored.then(|| image::imageops::flip_horizontal(&view));
                std::iter::once(view).chain(mirrored)
            })
            .collect())
    }
}

/// What tells two lists of photos apart without reading the photos: names and sizes.
fn list(photos: &[CaptionedPhoto]) -> Result<Value> {
    let mut digest = Sha256::new();
    for photo in photos {
        let length = fs::metadata(&photo.path)
            .with_context(|| format!("cannot read {}", photo.path.display()))?
            .len();
        digest.update(format!("{}\0{length}\n", photo.name));
    }
    Ok(json!(hex(&digest.finalize())))
}

fn digest(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const SHAPE: Shape = Shape {
        photos: 5,
        views: 2,
        values: 3,
    };

    fn values(photo: usize, view: usize) -> [f32; 3] {
        [photo as f32, view as f32, 0.5]
    }

    fn write(photos: Range<usize>, to: &mut Writer) -> Result<()> {
        for photo in photos {
            to.add(&values(photo, 0))?;
            to.add(&values(photo, 1))?;
        }
        Ok(())
    }

    #[test]
    fn what_was_broken_off_goes_on_after_the_last_photo_that_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.features");
        let broken = Features::open_or_write(&path, SHAPE, true, |photos, to| {
            write(photos.start..3, to)?;
            to.flush()?;
            bail!("killed")
        });
        assert!(broken.is_err() && !path.exists());
        // A crash of the computer can leave what was written last empty, and half a record.
        let part = path.with_extension("part");
        let mut bytes = fs::read(&part).unwrap();
        let whole = bytes.len();
        assert_eq!(whole, 3 * 2 * (3 * 2 + 4));
        bytes[2 * whole / 3..].fill(0xff);
        bytes.extend([7; 5]);
        fs::write(&part, bytes).unwrap();
        let features = Features::open_or_write(&path, SHAPE, true, |photos, to| {
            assert_eq!(photos, 2..5);
            write(photos, to)
        })
        .unwrap();
        assert!(!part.exists());
        for (photo, in_mirror) in [(0, false), (1, true), (2, true), (4, false), (4, true)] {
            let found = features.read(photo, 0, in_mirror).unwrap();
            assert_eq!(found, values(photo, usize::from(in_mirror)));
        }
        let again = Features::open_or_write(&path, SHAPE, true, |_, _| bail!("it is there"));
        assert_eq!(again.unwrap().read(3, 0, true).unwrap(), values(3, 1));
    }

    #[test]
    fn features_that_have_changed_on_disk_are_refused_not_learnt_from() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.features");
        Features::open_or_write(&path, SHAPE, false, write).unwrap();
        let mut bytes = fs::read(&path).unwrap();
        bytes[1] ^= 1;
        fs::write(&path, &bytes).unwrap();
        let features = Features::open_or_write(&path, SHAPE, false, write).unwrap();
        let error = features.read(0, 0, false).unwrap_err().to_string();
        assert!(error.contains("delete the file"), "{error}");
        features.read(0, 1, false).unwrap();
        fs::write(&path, &bytes[1..]).unwrap();
        assert!(Features::open_or_write(&path, SHAPE, false, write).is_err());
    }

    #[test]
    fn two_that_ask_for_the_same_features_make_them_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.features");
        let made = std::sync::atomic::AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    Features::open_or_write(&path, SHAPE, false, |photos, to| {
                        made.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        std::thread::sleep(std::time::Duration::from_millis(20));
                        write(photos, to)
                    })
                    .unwrap();
                });
            }
        });
        assert_eq!(made.into_inner(), 1);
        assert!(!path.with_extension("part").exists());
    }
}
