//! One file, from the first byte to its checked last one, through breaks.

use std::fs::{self, File, OpenOptions};
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::thread;

use super::web::{Answer, Fault, Web, reason};
use super::{Patience, Progress};
use crate::model::store::StoreError;
use crate::model::store::files::{remove, sha256};
use crate::text;

/// Larger than any file of a captioner; a server that says more is not believed.
const LARGEST: u64 = 16 << 30;

/// However often a connection brings a little and breaks: so often and no more.
const MOST_ATTEMPTS: u32 = 1000;

/// One file to fetch.
#[derive(Clone, Debug)]
pub(super) struct Wanted {
    /// Below the model's folder.
    pub path: String,
    pub address: String,
    /// Its exact size.
    pub bytes: u64,
    /// The version that the server has of it.
    pub tag: Option<String>,
    /// Its digest, where it is known.
    pub sha256: Option<String>,
}

/// What is known of a file before it is fetched, from the catalogue and from an earlier install.
#[derive(Clone, Debug, Default)]
pub(super) struct Known {
    pub bytes: Option<u64>,
    pub sha256: Option<String>,
}

/// Fetches files.
pub(super) struct Fetcher<'a> {
    pub web: Web,
    pub patience: Patience,
    /// The revision that all files belong to.
    pub revision: &'a str,
    pub progress: &'a mut dyn FnMut(Progress),
}

impl Fetcher<'_> {
    /// Asks for the size and version of a file, with its first byte.
    pub fn ask(&mut self, path: &str, address: &str, known: &Known) -> Result<Wanted, StoreError> {
        let mut failures = 0;
        loop {
            match self.ask_once(path, address, known) {
                Ok(wanted) => return Ok(wanted),
                Err(fault) => self.wait(fault, &mut failures, address)?,
            }
        }
    }

    fn ask_once(&self, path: &str, address: &str, known: &Known) -> Result<Wanted, Fault> {
        let told = match self.web.get(address, 0, Some(0), None) {
            Ok(answer) => answer.told,
            // An empty file has no first byte.
            Err(Fault::Changed) => self.web.get(address, 0, None, None)?.told,
            Err(fault) => return Err(fault),
        };
        let is_commit = |text: &str| text.len() == 40 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        if let Some(commit) = told
            .commit
            .filter(|commit| is_commit(self.revision) && commit != self.revision)
        {
            let expected = self.revision.to_owned();
            return Err(StoreError::Revision {
                expected,
                found: commit,
            }
            .into());
        }
        let bytes = told
            .bytes
            .or(known.bytes)
            .ok_or_else(|| Fault::Passing(text!("store-reason-no-size")))?;
        let expected = known.bytes.unwrap_or(bytes);
        if bytes != expected || bytes > LARGEST {
            let file = path.to_owned();
            return Err(StoreError::Size {
                file,
                expected: expected.min(LARGEST),
                found: bytes,
            }
            .into());
        }
        Ok(Wanted {
            path: path.to_owned(),
            address: address.to_owned(),
            bytes,
            tag: told.tag,
            sha256: known.sha256.clone().or(told.sha256),
        })
    }

    /// Bytes of a file that an earlier attempt has left.
    pub fn here(&self, wanted: &Wanted, folder: &Path) -> u64 {
        let part = Part::of(wanted, folder);
        if part.is_of(wanted) {
            part.len().min(wanted.bytes)
        } else {
            0
        }
    }

    /// Fetches a file into `folder`, goes on where an earlier attempt broke off, checks size and digest, and returns
    /// the digest. `before` are the bytes of other files that are here, and `all` those of all files.
    pub fn fetch(&mut self, wanted: &Wanted, folder: &Path, before: u64, all: u64) -> Result<String, StoreError> {
        let mut wanted = wanted.clone();
        let (mut failures, mut attempts, mut tries) = (0, 0, 0);
        loop {
            let part = Part::of(&wanted, folder);
            let begun = part.len();
            let done = self.fetch_rest(&wanted, &part, before, all);
            let fault = match done {
                Ok(()) => match self.check(&wanted, &part)? {
                    Some(digest) => return Ok(digest),
                    // Wrong bytes: once more from the first one, for they may have been changed on the way.
                    None if tries == 0 => {
                        tries = 1;
                        part.remove()?;
                        continue;
                    }
                    None => {
                        part.remove()?;
                        return Err(StoreError::Digest { file: wanted.path });
                    }
                },
                Err(Fault::Changed) => {
                    part.remove()?;
                    let known = Known {
                        // What was promised holds; what only the server said may be another now.
                        bytes: None,
                        sha256: wanted.sha256.clone(),
                    };
                    match self.ask_once(&wanted.path, &wanted.address, &known) {
                        Ok(now) if now.bytes == wanted.bytes => wanted = now,
                        Ok(now) => {
                            let (file, expected) = (wanted.path, wanted.bytes);
                            return Err(StoreError::Size {
                                file,
                                expected,
                                found: now.bytes,
                            });
                        }
                        Err(Fault::Final(error)) => return Err(error),
                        Err(_) => {}
                    }
                    Fault::Passing(text!("store-reason-changed"))
                }
                Err(fault) => fault,
            };
            if part.len() > begun {
                failures = 0;
            }
            attempts += 1;
            if attempts > MOST_ATTEMPTS {
                failures = self.patience.failures;
            }
            self.wait(fault, &mut failures, &wanted.address)?;
        }
    }

    /// One request for what is missing.
    fn fetch_rest(&mut self, wanted: &Wanted, part: &Part, before: u64, all: u64) -> Result<(), Fault> {
        if !part.is_of(wanted) {
            part.begin(wanted)?;
        }
        let here = part.len();
        if here == wanted.bytes {
            return Ok(());
        }
        if here > wanted.bytes {
            return Err(Fault::Changed);
        }
        let Answer { told, from, body } = self.web.get(&wanted.address, here, None, wanted.tag.as_deref())?;
        let is_other = |told: &Option<String>, known: &Option<String>| matches!((told, known), (Some(told), Some(known)) if told != known);
        if is_other(&told.tag, &wanted.tag) || told.bytes.is_some_and(|bytes| bytes != wanted.bytes) {
            return Err(Fault::Changed);
        }
        let mut file = OpenOptions::new()
            .write(true)
            .open(&part.path)
            .map_err(StoreError::disk(&part.path))?;
        let disk = || StoreError::disk(&part.path);
        // A server that knows no ranges begins anew.
        file.set_len(from).map_err(disk())?;
        std::io::Seek::seek(&mut file, std::io::SeekFrom::End(0)).map_err(disk())?;
        let mut here = from;
        let mut body = body.into_with_config().limit(u64::MAX).reader();
        let mut piece = vec![0; 1 << 16];
        loop {
            let read = match body.read(&mut piece) {
                Ok(0) => break,
                Ok(read) => read,
                Err(error) => return Err(Fault::Passing(broken(error))),
            };
            here += read as u64;
            if here > wanted.bytes {
                part.remove()?;
                return Err(StoreError::Size {
                    file: wanted.path.clone(),
                    expected: wanted.bytes,
                    found: here,
                }
                .into());
            }
            file.write_all(&piece[..read]).map_err(disk())?;
            (self.progress)(Progress::Loads {
                here: before + here,
                bytes: all,
            });
        }
        file.sync_all().map_err(disk())?;
        if here < wanted.bytes {
            return Err(Fault::Passing(text!("store-reason-broke-off")));
        }
        Ok(())
    }

    /// The digest of a file that is here, where it is the right one.
    fn check(&self, wanted: &Wanted, part: &Part) -> Result<Option<String>, StoreError> {
        let digest = sha256(&part.path).map_err(StoreError::disk(&part.path))?;
        let right = wanted.sha256.as_ref().is_none_or(|expected| *expected == digest);
        Ok(right.then_some(digest))
    }

    /// Waits before the next attempt, or gives up.
    fn wait(&mut self, fault: Fault, failures: &mut u32, address: &str) -> Result<(), StoreError> {
        let reason = match fault {
            Fault::Final(error) => return Err(error),
            Fault::Passing(reason) => reason,
            Fault::Changed => text!("store-reason-changed"),
        };
        *failures += 1;
        if *failures >= self.patience.failures {
            let address = address.to_owned();
            return Err(StoreError::Connection { address, reason });
        }
        (self.progress)(Progress::Waits { reason });
        thread::sleep(self.patience.pause_after(*failures));
        Ok(())
    }
}

fn broken(error: std::io::Error) -> String {
    match error.downcast::<ureq::Error>() {
        Ok(error) => reason(&error),
        Err(error) if error.kind() == std::io::ErrorKind::TimedOut => text!("store-reason-stalled"),
        Err(error) => {
            log::info!("a connection broke: {error}");
            text!("store-reason-broke-off")
        }
    }
}

/// A file that is not whole yet, and beside it which version it is of.
struct Part {
    path: PathBuf,
    version: PathBuf,
}

impl Part {
    fn of(wanted: &Wanted, folder: &Path) -> Self {
        // One level, whatever folders the model has: `onnx/a` cannot be mistaken, for `/` is in no part's name.
        let name = wanted.path.replace('/', "+");
        Self {
            path: folder.join(&name),
            version: folder.join(name + "+version"),
        }
    }

    fn version_of(wanted: &Wanted) -> String {
        let tag = wanted.tag.as_deref().unwrap_or_default();
        format!("{}\n{}\n{tag}\n", wanted.address, wanted.bytes)
    }

    fn is_of(&self, wanted: &Wanted) -> bool {
        fs::read_to_string(&self.version).is_ok_and(|version| version == Self::version_of(wanted))
    }

    fn len(&self) -> u64 {
        fs::metadata(&self.path).map_or(0, |found| found.len())
    }

    /// An empty file of this version.
    fn begin(&self, wanted: &Wanted) -> Result<(), StoreError> {
        self.remove()?;
        File::create(&self.path).map_err(StoreError::disk(&self.path))?;
        fs::write(&self.version, Self::version_of(wanted)).map_err(StoreError::disk(&self.version))
    }

    fn remove(&self) -> Result<(), StoreError> {
        for path in [&self.version, &self.path] {
            remove(path).map_err(StoreError::disk(path))?;
        }
        Ok(())
    }
}

/// Where a fetched file lies in `folder`.
pub(super) fn fetched(wanted: &Wanted, folder: &Path) -> PathBuf {
    Part::of(wanted, folder).path
}
