//! The run itself: photos come, those that are not known are described in groups, and all are written down in their order.

use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::Value;

use super::catalogue::{Catalogue, Entry, Told, lock};
use super::ledger::{Answer, Batch};
use super::{Control, FolderError, Ledger, Pace};
use crate::captioner::{
    CaptionError, Captioner, DescribeOptions, Description, Groups, LoadOptions, start_runtime_ahead,
};
use crate::model::{self, ModelFolder};
use crate::photo::Photo;
use crate::recent::Key;
use crate::roll::PassedOver;
use crate::text;
use crate::words::{self, OwnWords};

/// The failures that are named at the end; all of them stand in the files.
const NAMED: usize = 20;

/// More than can be on its way at once: then those that have arrived are forgotten.
const ON_THE_WAY: usize = 1024;

/// A photo that is to be described.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Where it lies.
    pub photo: PathBuf,
    /// What it is called by who asks, to be given back with the answer.
    pub id: Option<Value>,
    /// Why it cannot be described, where that is known already.
    pub trouble: Option<String>,
}

impl From<PathBuf> for Asked {
    fn from(photo: PathBuf) -> Self {
        Self {
            photo,
            id: None,
            trouble: None,
        }
    }
}

/// As [`walk`](crate::roll::walk) finds them.
impl From<(PathBuf, Option<String>)> for Asked {
    fn from((photo, trouble): (PathBuf, Option<String>)) -> Self {
        Self {
            photo,
            id: None,
            trouble,
        }
    }
}

/// What photos are described with.
pub struct Describing {
    captioner: Captioner,
    options: DescribeOptions,
    /// What stands for the model and all that decides what it says of a photo.
    identity: String,
}

impl Describing {
    /// Loads a model: the given one, or else the one that [`model::find`] finds.
    ///
    /// # Errors
    /// There is nothing to describe with, or a setting of the search cannot be followed.
    pub fn load(model: Option<&Path>, load: &LoadOptions, options: DescribeOptions) -> Result<Self, FolderError> {
        let _starting = start_runtime_ahead();
        let found = model::find(model).and_then(|path| ModelFolder::open(&path)?.choose(load.variant.as_deref()));
        let folder = found.map_err(CaptionError::from)?;
        let captioner = Captioner::load(&folder, load)?;
        let digest = folder.digest().map_err(FolderError::disk(folder.path()))?;
        let beams = captioner.beams(&options)?;
        Ok(Self {
            captioner,
            identity: format!("{digest} {options:?} {beams}"),
            options,
        })
    }
}

/// How far a run is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Photos that are written down.
    pub done: usize,
    /// All of them, where that is known.
    pub total: Option<usize>,
    /// Those of the done that failed.
    pub failed: usize,
    /// How long the rest takes, where that can be told.
    pub left: Option<Duration>,
}

impl Progress {
    /// Counts one more, and reckons how long the rest takes.
    pub fn count(&mut self, pace: &mut Pace) {
        self.done += 1;
        self.reckon(pace);
    }

    fn reckon(&mut self, pace: &mut Pace) {
        let now = Instant::now();
        pace.mark(now, self.done);
        self.left = self
            .total
            .and_then(|total| pace.left(now, total.saturating_sub(self.done)));
    }
}

/// What a run came to.
#[derive(Clone, Debug, Default)]
pub struct Summary {
    /// Photos that were looked at in this run.
    pub described: usize,
    /// Photos whose content had been described before.
    pub known: usize,
    /// Photos that could not be described.
    pub failed: usize,
    /// The first of those, each with the sentence that says why.
    pub failures: Vec<(PathBuf, String)>,
    /// The files that were written.
    pub written: Vec<PathBuf>,
    /// What was passed over while the photos were looked for.
    pub passed: PassedOver,
}

impl Summary {
    /// A line each: what it came to, the files, the failures, and what was passed over.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![self.sentence()];
        let written = self.written.iter().map(|path| path.display().to_string());
        lines.extend(written.map(|path| text!("folder-written", path = path)));
        let failures = self.failures.iter();
        lines.extend(failures.map(|(photo, sentence)| format!("{}: {sentence}", photo.display())));
        let unnamed = self.failed.saturating_sub(self.failures.len());
        if unnamed > 0 {
            lines.push(text!("folder-failed-more", count = unnamed));
        }
        lines.extend(self.passed.sentences());
        lines
    }

    /// What it came to.
    pub fn sentence(&self) -> String {
        text!(
            "folder-summary",
            described = self.described,
            known = self.known,
            failed = self.failed
        )
    }
}

/// A photo that was looked for.
struct Item {
    asked: Asked,
    /// The words that it brings along.
    own_words: Option<OwnWords>,
    found: Found,
}

/// A photo as it was found.
enum Found {
    /// It is to be looked at, or there is nothing to see in it.
    New { key: Key, is_clear: bool },
    /// It was described before, or is there twice and is being described.
    Known(Key),
    /// It cannot be read.
    Broken(String),
}

/// What the thread that reads knows.
struct Reader {
    ledger: Arc<Mutex<Ledger>>,
    identity: String,
    /// Whether nothing can be found in the ledger, so that a file's content need not be looked up before it is decoded.
    begins_anew: bool,
    /// What is on its way.
    sent: HashSet<Key>,
}

/// Describes photos into the files of a catalogue; `total` says how many there are, where that is known. `tell` is called
/// after each group of photos.
///
/// # Errors
/// The files cannot be written, the photos not be listed, the model not be asked, or it was cancelled. What was described
/// until then stays in the ledger; the files stay as they were.
pub fn describe(
    photos: impl Iterator<Item = Result<Asked, String>> + Send + 'static,
    total: Option<usize>,
    mut catalogue: Catalogue,
    mut with: Describing,
    control: &Control,
    tell: &mut dyn FnMut(&Progress),
) -> Result<Summary, FolderError> {
    let ledger = catalogue.ledger();
    let mut reader = Reader {
        begins_anew: lock(&ledger).is_empty(),
        ledger: Arc::clone(&ledger),
        identity: with.identity,
        sent: HashSet::new(),
    };
    let mut writer = Writer {
        tongue: with.captioner.language().unwrap_or("en").to_owned(),
        ledger,
        catalogue: &mut catalogue,
        summary: Summary::default(),
        failed: HashMap::new(),
        pace: Pace::default(),
        progress: Progress {
            total,
            ..Progress::default()
        },
    };
    let found = photos.map(move |asked| match asked {
        Ok(asked) => {
            let (found, photo) = reader.find(&asked);
            // What a person has written holds, whatever can be made of the pixels; it may have changed since.
            let own_words = words::of(&asked.photo).ok().flatten();
            let item = Item {
                asked,
                own_words,
                found,
            };
            (Ok(item), photo)
        }
        Err(sentence) => (Err(FolderError::List(sentence)), None),
    });
    let mut fault = None;
    let described =
        with.captioner
            .describe_groups(found, &with.options, control.handle(), Groups::Whole, &mut |group| {
                let begun = Instant::now();
                if !control.goes_on() {
                    return Err(CaptionError::Cancelled);
                }
                // A pause says nothing of the pace.
                if begun.elapsed() > Duration::from_secs(1) {
                    writer.pace.forget();
                }
                match writer.write(group) {
                    Ok(()) => tell(&writer.progress),
                    Err(error) => fault = Some(error),
                }
                Ok(fault.is_none())
            });
    let mut summary = writer.summary;
    match (fault, described) {
        (Some(error), _) => return Err(error),
        (None, Err(CaptionError::Cancelled)) => return Err(FolderError::Cancelled),
        (None, Err(error)) => return Err(error.into()),
        (None, Ok(())) => {}
    }
    summary.written = catalogue.finish()?;
    Ok(summary)
}

impl Reader {
    fn find(&mut self, asked: &Asked) -> (Found, Option<Photo>) {
        if let Some(trouble) = &asked.trouble {
            return (Found::Broken(trouble.clone()), None);
        }
        if !self.begins_anew {
            // Known by its content it need not be decoded.
            match Photo::digest_of(&asked.photo) {
                Ok(content) => {
                    let key = Key::new(content, &self.identity);
                    if self.is_known(&key) {
                        return (Found::Known(key), None);
                    }
                }
                Err(error) => return (Found::Broken(error.to_string()), None),
            }
        }
        let photo = match Photo::open_with_digest(&asked.photo) {
            Ok(photo) => photo,
            Err(error) => return (Found::Broken(error.to_string()), None),
        };
        let key = Key::new(photo.digest(), &self.identity);
        if self.is_known(&key) {
            return (Found::Known(key), None);
        }
        if self.sent.len() >= ON_THE_WAY {
            let ledger = lock(&self.ledger);
            self.sent.retain(|key| !ledger.knows(key));
        }
        self.sent.insert(key.clone());
        let is_clear = photo.is_clear();
        (Found::New { key, is_clear }, is_clear.then_some(photo))
    }

    fn is_known(&self, key: &Key) -> bool {
        self.sent.contains(key) || lock(&self.ledger).knows(key)
    }
}

/// What the thread of the model writes down.
struct Writer<'a> {
    ledger: Arc<Mutex<Ledger>>,
    catalogue: &'a mut Catalogue,
    tongue: String,
    summary: Summary,
    /// What the model could not describe, for it may be there twice.
    failed: HashMap<Key, String>,
    pace: Pace,
    progress: Progress,
}

/// Photos that were searched together, and what came between them.
type Group = Vec<(Result<Item, FolderError>, Option<Result<Description, CaptionError>>)>;

impl Writer<'_> {
    /// First into the ledger, all of it at once, then into the files.
    fn write(&mut self, group: Group) -> Result<(), FolderError> {
        let (mut batch, mut results, mut end) = (Batch::default(), Vec::new(), Ok(()));
        for (item, described) in group {
            let item = match item {
                Ok(item) => item,
                Err(error) => {
                    end = Err(error);
                    break;
                }
            };
            let result = match item.found {
                Found::Broken(sentence) => Err(sentence),
                Found::Known(key) => {
                    self.summary.known += 1;
                    Ok(key)
                }
                Found::New { key, is_clear } => {
                    let answer = match described {
                        None if !is_clear => Ok(Answer::NoPicture),
                        None => Err(CaptionError::NoWords.to_string()),
                        Some(Ok(description)) => Ok(Answer::of(description)),
                        Some(Err(error)) => Err(error.to_string()),
                    };
                    match answer {
                        Ok(answer) => {
                            self.summary.described += 1;
                            batch.answer(&key, answer);
                        }
                        Err(sentence) => {
                            self.failed.insert(key.clone(), sentence);
                        }
                    }
                    Ok(key)
                }
            };
            results.push((item.asked, item.own_words, result));
        }
        lock(&self.ledger).append(&batch)?;
        for (asked, own_words, result) in results {
            self.put(asked, own_words.as_ref(), result)?;
        }
        self.progress.failed = self.summary.failed;
        self.progress.reckon(&mut self.pace);
        end
    }

    fn put(
        &mut self,
        asked: Asked,
        own_words: Option<&OwnWords>,
        result: Result<Key, String>,
    ) -> Result<(), FolderError> {
        let found = match result {
            Ok(key) => match self.failed.get(&key) {
                Some(sentence) => Err(sentence.clone()),
                // It was written down before: now, earlier in this run or in another one.
                None => lock(&self.ledger)
                    .answer(&key)?
                    .ok_or_else(|| CaptionError::NoWords.to_string()),
            },
            Err(sentence) => Err(sentence),
        };
        let told = match &found {
            Ok(Answer::Description(description)) => Told::Description(description),
            Ok(Answer::NoPicture) => Told::NoPicture,
            Err(sentence) => Told::Failed(sentence),
        };
        self.catalogue.put(&Entry {
            photo: &asked.photo,
            id: asked.id.as_ref(),
            own_words,
            told,
            tongue: &self.tongue,
        })?;
        self.progress.done += 1;
        if let Err(sentence) = found {
            self.summary.failed += 1;
            if self.summary.failures.len() < NAMED {
                self.summary.failures.push((asked.photo, sentence));
            }
        }
        Ok(())
    }
}
