//! The ledger: what was described, by content, in a file that only ever grows.
//!
//! Each line is one JSON object. A line that has no end, as a run leaves it that was killed, is cut off when the file is
//! opened again. In memory is only where each description stands.

use std::collections::{HashMap, HashSet};
use std::fs::{File, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};

use super::FolderError;
use crate::captioner::Description;
use crate::recent::Key;

/// The form of the file.
const VERSION: u32 = 1;

/// A computer that loses its power loses what was described within this time.
const SYNC: Duration = Duration::from_secs(5);

/// A ledger is in use only when it is for longer than this: a process that this program starts has all its files, with their
/// locks, for the moment until it becomes another program, also when the job that held them has just been cancelled.
const SETTLE: Duration = Duration::from_secs(1);

/// What is to be said of a photo.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// The description, without maps, other sentences and times.
    Description(Box<Description>),
    /// There is nothing to see in it.
    NoPicture,
}

impl Answer {
    /// What of a description is kept.
    pub fn of(description: Description) -> Self {
        let number = |value: f32| if value.is_finite() { value } else { 0.0 };
        let mut kept = Description {
            alternatives: Vec::new(),
            tokens: Vec::new(),
            attention_kind: None,
            seconds: crate::captioner::Seconds::default(),
            // What is no number cannot be written as JSON, and is no confidence either.
            confidence: number(description.confidence),
            score: number(description.score),
            ..description
        };
        for word in &mut kept.words {
            word.attention = None;
            word.probability = number(word.probability);
            word.support = word.support.map(number);
        }
        Self::Description(Box::new(kept))
    }
}

/// The digest of a file's content.
pub type Content = [u8; 32];

/// What is written down at once: of photos that were searched together all or nothing, so that the same photos are
/// searched together again after a break.
#[derive(Debug, Default, Deserialize, Serialize)]
pub struct Batch {
    /// What is to be said, by key.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    answers: Vec<(String, Answer)>,
    /// Files that were written beside the ledger, and the digests of their contents.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    written: Vec<(String, String)>,
}

impl Batch {
    /// Notes what is to be said of a content.
    pub fn answer(&mut self, key: &Key, answer: Answer) {
        self.answers.push((key.as_str().to_owned(), answer));
    }

    fn is_empty(&self) -> bool {
        self.answers.is_empty() && self.written.is_empty()
    }
}

#[derive(Deserialize, Serialize)]
struct Header {
    hearsight_ledger: u32,
}

/// Where a line stands in the file.
#[derive(Clone, Copy, Debug)]
struct Line {
    at: u64,
    bytes: usize,
}

/// What was described, and which files were written of it.
#[derive(Debug)]
pub struct Ledger {
    path: PathBuf,
    file: File,
    /// Where the next line goes.
    end: u64,
    answers: HashMap<[u8; 32], Line>,
    written: HashSet<(String, String)>,
    synced: Instant,
}

impl Ledger {
    /// Opens a ledger, or begins one, and keeps others from it for as long as it is open.
    ///
    /// # Errors
    /// It is in use, cannot be read or written, or is no ledger.
    pub fn open(path: &Path) -> Result<Self, FolderError> {
        let file = File::options()
            .create(true)
            .read(true)
            .write(true)
            .truncate(false)
            .open(path)
            .map_err(FolderError::disk(path))?;
        let begun = Instant::now();
        loop {
            match file.try_lock() {
                Ok(()) => break,
                Err(TryLockError::WouldBlock) if begun.elapsed() < SETTLE => {
                    std::thread::sleep(Duration::from_millis(20));
                }
                Err(TryLockError::WouldBlock) => return Err(FolderError::Busy { path: path.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(FolderError::disk(path)(error)),
            }
        }
        let mut ledger = Self {
            path: path.to_owned(),
            file,
            end: 0,
            answers: HashMap::new(),
            written: HashSet::new(),
            synced: Instant::now(),
        };
        let is_ours = ledger.read().map_err(FolderError::disk(path))?;
        if !is_ours {
            return Err(FolderError::NotOurs { path: path.to_owned() });
        }
        if ledger.end == 0 {
            let header = Header {
                hearsight_ledger: VERSION,
            };
            ledger.write_line(&header).map_err(FolderError::disk(path))?;
        }
        Ok(ledger)
    }

    /// Whether nothing was described yet.
    pub fn is_empty(&self) -> bool {
        self.answers.is_empty()
    }

    /// Whether there is something to be said with this key.
    pub fn knows(&self, key: &Key) -> bool {
        unhex(key.as_str()).is_some_and(|key| self.answers.contains_key(&key))
    }

    /// What is to be said with this key.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn answer(&mut self, key: &Key) -> Result<Option<Answer>, FolderError> {
        let Some(line) = unhex(key.as_str()).and_then(|key| self.answers.get(&key)).copied() else {
            return Ok(None);
        };
        let text = self.line(line).map_err(FolderError::disk(&self.path))?;
        let batch: Batch =
            serde_json::from_slice(&text).map_err(|error| FolderError::disk(&self.path)(error.into()))?;
        let found = batch.answers.into_iter().find(|(other, _)| other == key.as_str());
        Ok(found.map(|(_, answer)| answer))
    }

    /// Writes down what was found, all of it or nothing.
    ///
    /// # Errors
    /// The disk is full, or gone.
    pub fn append(&mut self, batch: &Batch) -> Result<(), FolderError> {
        if batch.is_empty() {
            return Ok(());
        }
        let line = self.write_line(batch).map_err(FolderError::disk(&self.path))?;
        self.take_in(batch, line);
        if self.synced.elapsed() > SYNC {
            self.sync()?;
        }
        Ok(())
    }

    /// Sees to it that all of it is on the disk.
    ///
    /// # Errors
    /// The disk says that it is not.
    pub fn sync(&mut self) -> Result<(), FolderError> {
        self.synced = Instant::now();
        self.file.sync_data().map_err(FolderError::disk(&self.path))
    }

    /// Notes that a file of this name with this content is about to be put in its place, so that it is known for ours.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn about_to_write(&mut self, names: Vec<(String, Content)>) -> Result<(), FolderError> {
        let written = names.into_iter().map(|(name, content)| (name, hex(&content))).collect();
        self.append(&Batch {
            written,
            ..Batch::default()
        })?;
        self.sync()
    }

    /// Whether a file of this name with this content was written by a run with this ledger.
    pub fn has_written(&self, name: &str, content: &Content) -> bool {
        self.written.contains(&(name.to_owned(), hex(content)))
    }

    /// Reads where everything stands; false where the file is something else. A last line without an end is cut off.
    fn read(&mut self) -> io::Result<bool> {
        let mut reader = BufReader::new(self.file.try_clone()?);
        let mut text = Vec::new();
        loop {
            text.clear();
            let bytes = reader.read_until(b'\n', &mut text)?;
            let whole = text.last() == Some(&b'\n');
            if self.end == 0 && bytes > 0 {
                let is_ours = match whole {
                    true => {
                        serde_json::from_slice(&text).is_ok_and(|header: Header| header.hearsight_ledger == VERSION)
                    }
                    false => is_begun_header(&text),
                };
                if !is_ours {
                    return Ok(false);
                }
            } else if whole {
                let line = Line { at: self.end, bytes };
                match serde_json::from_slice(&text) {
                    Ok(batch) => self.take_in(&batch, line),
                    Err(error) => log::warn!("a line of {} is broken: {error}", self.path.display()),
                }
            }
            if !whole {
                self.file.set_len(self.end)?;
                return Ok(true);
            }
            self.end += bytes as u64;
        }
    }

    fn take_in(&mut self, batch: &Batch, line: Line) {
        let answers = batch.answers.iter();
        self.answers
            .extend(answers.filter_map(|(key, _)| Some((unhex(key)?, line))));
        self.written.extend(batch.written.iter().cloned());
    }

    fn write_line(&mut self, content: &impl Serialize) -> io::Result<Line> {
        let mut text = serde_json::to_vec(content)?;
        text.push(b'\n');
        let at = self.end;
        self.file.seek(SeekFrom::Start(at))?;
        self.file.write_all(&text)?;
        self.end += text.len() as u64;
        Ok(Line { at, bytes: text.len() })
    }

    fn line(&mut self, line: Line) -> io::Result<Vec<u8>> {
        let mut text = vec![0; line.bytes];
        self.file.seek(SeekFrom::Start(line.at))?;
        self.file.read_exact(&mut text)?;
        Ok(text)
    }
}

/// Whether this is how a ledger begins whose first line could not be finished.
fn is_begun_header(text: &[u8]) -> bool {
    let header = format!("{{\"hearsight_ledger\":{VERSION}}}");
    header.as_bytes().starts_with(text)
}

/// Bytes as digits.
fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    if text.len() != 2 * N || !text.is_ascii() {
        return None;
    }
    for (at, byte) in bytes.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(2 * at..2 * at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;
    use crate::report::example;

    fn key(number: u8) -> Key {
        Key::new([number; 32], "model")
    }

    fn batch(numbers: &[u8]) -> Batch {
        let mut batch = Batch::default();
        for number in numbers {
            batch.answer(&key(*number), Answer::of(example::description()));
        }
        batch
    }

    #[test]
    fn what_was_written_down_is_there_again_without_what_takes_room() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photos.ledger");
        let mut ledger = Ledger::open(&path).unwrap();
        assert!(ledger.is_empty());
        ledger.append(&batch(&[1, 2])).unwrap();
        let mut blank = Batch::default();
        blank.answer(&key(3), Answer::NoPicture);
        ledger.append(&blank).unwrap();
        ledger.about_to_write(vec![("photos.csv".to_owned(), [9; 32])]).unwrap();
        drop(ledger);

        let mut ledger = Ledger::open(&path).unwrap();
        assert!(ledger.knows(&key(1)) && ledger.knows(&key(2)) && !ledger.knows(&key(4)));
        let Some(Answer::Description(kept)) = ledger.answer(&key(2)).unwrap() else {
            panic!("it is gone");
        };
        assert_eq!((kept.caption.as_str(), kept.words.len()), ("a cat.", 2));
        assert!(kept.alternatives.is_empty() && kept.words.iter().all(|word| word.attention.is_none()));
        assert_eq!(ledger.answer(&key(3)).unwrap(), Some(Answer::NoPicture));
        assert_eq!(ledger.answer(&key(4)).unwrap(), None);
        assert!(ledger.has_written("photos.csv", &[9; 32]));
        assert!(!ledger.has_written("photos.csv", &[8; 32]));
    }

    #[test]
    fn cut_off_at_any_byte_it_opens_with_all_its_whole_lines_and_goes_on() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photos.ledger");
        let mut ledger = Ledger::open(&path).unwrap();
        let mut ends = vec![ledger.end];
        for numbers in [[1, 2], [3, 4]] {
            ledger.append(&batch(&numbers)).unwrap();
            ends.push(ledger.end);
        }
        drop(ledger);
        let all = fs::read(&path).unwrap();
        for length in 0..all.len() {
            fs::write(&path, &all[..length]).unwrap();
            let mut ledger = Ledger::open(&path).unwrap();
            let whole = ends.iter().filter(|end| **end <= length as u64).count();
            let known = (1..=4).filter(|number| ledger.knows(&key(*number))).count();
            // Of photos that were searched together all are there or none.
            assert_eq!(known, whole.saturating_sub(1) * 2, "{length} bytes");
            ledger.append(&batch(&[9])).unwrap();
            drop(ledger);
            let mut ledger = Ledger::open(&path).unwrap();
            assert!(ledger.answer(&key(9)).unwrap().is_some(), "{length} bytes");
        }
    }

    #[test]
    fn one_at_a_time_and_no_file_of_somebody_elses() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("photos.ledger");
        let first = Ledger::open(&path).unwrap();
        assert!(matches!(Ledger::open(&path), Err(FolderError::Busy { .. })));
        drop(first);
        for theirs in ["my notes", "{\"hearsight_ledger\":2}\n", "{}\n"] {
            fs::write(&path, theirs).unwrap();
            assert!(
                matches!(Ledger::open(&path), Err(FolderError::NotOurs { .. })),
                "{theirs}"
            );
            assert_eq!(fs::read_to_string(&path).unwrap(), theirs);
        }
        let nowhere = Ledger::open(&folder.path().join("none/photos.ledger"));
        assert!(matches!(nowhere, Err(FolderError::Disk { .. })));
    }

    #[test]
    fn what_is_no_number_is_written_down_as_none() {
        let mut description = example::description();
        (description.confidence, description.score) = (f32::NAN, f32::NEG_INFINITY);
        let text = serde_json::to_string(&Answer::of(description)).unwrap();
        assert!(serde_json::from_str::<Answer>(&text).is_ok(), "{text}");
    }
}
