//! Halves of decoders' graphs, kept on disk, so that a graph is cut and checked once and not at every start.
//!
//! They are made again from the model at any time, so whatever is missing, strange or half there is only passed over.
//! Each decoder has a folder of its own, named by a digest of its file, of this program's version and of what runs it;
//! it is written beside and renamed, so that nobody ever reads half of it.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use tempfile::TempDir;

use super::WholeReason;
use super::source::Source;

/// How many decoders' halves are kept; each takes as much room as its decoder where the weights cannot be left there.
const KEPT: usize = 4;

/// What came of cutting a decoder's graph.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Verdict {
    /// It was cut, and both halves together give what the whole gives.
    Halves {
        /// The files' lengths in bytes: the first half's and the second's.
        bytes: [u64; 2],
        /// Whether they name weights in a file beside the model.
        external: bool,
    },
    /// It stays whole, and why.
    Whole(WholeReason),
}

/// The names of the halves' files.
const HALVES: [&str; 2] = ["once.onnx", "each.onnx"];
const VERDICT: &str = "verdict.json";

/// The place of one decoder's halves.
#[derive(Debug)]
pub(super) struct Kept {
    root: PathBuf,
    key: String,
}

impl Kept {
    /// The place for the halves that are made of these files, below the folder for such things. Where the weights can be
    /// left in a file the halves name them there and not their values, so that these do not matter; else the whole file is
    /// read. None where that cannot be done.
    pub(super) fn of(root: PathBuf, sources: &[&Source], runs_on: &str) -> Option<Self> {
        let mut digest = Sha256::new();
        digest.update(concat!(env!("CARGO_PKG_VERSION"), " 3 "));
        digest.update(runs_on);
        for source in sources {
            match source.outline() {
                Some(outline) => digest.update(outline),
                None => drop(io::copy(&mut File::open(source.file).ok()?, &mut digest).ok()?),
            }
        }
        let key = digest
            .finalize()
            .iter()
            .take(16)
            .map(|byte| format!("{byte:02x}"))
            .collect();
        Some(Self { root, key })
    }

    /// What came of an earlier try; none where there was none, or where its files are not as they were.
    pub(super) fn verdict(&self) -> Option<Verdict> {
        let verdict = serde_json::from_slice(&fs::read(self.folder().join(VERDICT)).ok()?).ok()?;
        if let Verdict::Halves { bytes, .. } = &verdict {
            let lengths = self
                .halves()
                .map(|file| fs::metadata(file).map_or(0, |data| data.len()));
            if lengths != *bytes {
                log::info!("{} is damaged", self.folder().display());
                return None;
            }
        }
        Some(verdict)
    }

    /// The files of the halves.
    pub(super) fn halves(&self) -> [PathBuf; 2] {
        HALVES.map(|name| self.folder().join(name))
    }

    /// Keeps the halves that lie in a folder from [`beside`], or that a graph stays whole.
    pub(super) fn keep(&self, made: TempDir, verdict: &Verdict) -> io::Result<()> {
        fs::write(made.path().join(VERDICT), serde_json::to_vec(verdict)?)?;
        match fs::remove_dir_all(self.folder()) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        fs::rename(made.path(), self.folder())?;
        // Nothing is left there to be removed.
        drop(made);
        self.clear()
    }

    /// Removes the oldest of more than [`KEPT`].
    fn clear(&self) -> io::Result<()> {
        let mut known: Vec<(SystemTime, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.root)? {
            let path = entry?.path();
            // What another process is writing just now has no such file yet, or another name.
            if let Ok(data) = fs::metadata(path.join(VERDICT)) {
                known.push((data.modified()?, path));
            }
        }
        known.sort();
        for (_, path) in known.iter().rev().skip(KEPT) {
            fs::remove_dir_all(path)?;
        }
        Ok(())
    }

    fn folder(&self) -> PathBuf {
        self.root.join(&self.key)
    }
}

/// A new folder to write halves to: beside those that are kept where that is possible, else a temporary one.
pub(super) fn beside(kept: Option<&Kept>) -> io::Result<TempDir> {
    let in_root = |kept: &Kept| {
        fs::create_dir_all(&kept.root)?;
        tempfile::Builder::new().prefix("unfinished-").tempdir_in(&kept.root)
    };
    match kept.map(in_root) {
        Some(Ok(folder)) => Ok(folder),
        Some(Err(error)) => {
            log::info!("the halves of the decoder's graph are not kept: {error}");
            tempfile::tempdir()
        }
        None => tempfile::tempdir(),
    }
}

/// The files of a folder from [`beside`].
pub(super) fn halves_in(folder: &Path) -> [PathBuf; 2] {
    HALVES.map(|name| folder.join(name))
}

/// Where halves are kept: in `HEARSIGHT_CACHE_DIR` where that is set, else where the platform keeps what can be made
/// again (`$XDG_CACHE_HOME/hearsight` or `~/.cache/hearsight`, `~/Library/Caches/hearsight`,
/// `%LOCALAPPDATA%\hearsight\cache`); none where there is no home.
pub(super) fn root() -> Option<PathBuf> {
    let folder = match std::env::var_os("HEARSIGHT_CACHE_DIR").filter(|folder| !folder.is_empty()) {
        Some(folder) => folder.into(),
        None => directories::ProjectDirs::from("", "", "hearsight")?
            .cache_dir()
            .to_owned(),
    };
    Some(folder.join("decoders"))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn whole() -> Verdict {
        Verdict::Whole(WholeReason::NothingToGain)
    }

    fn kept(root: &Path, content: &str) -> Kept {
        let file = root.join("decoder.onnx");
        fs::write(&file, content).unwrap();
        Kept::of(root.join("decoders"), &[&Source::of(&file)], "cpu").unwrap()
    }

    fn keep_halves(kept: &Kept) {
        let made = beside(Some(kept)).unwrap();
        for file in halves_in(made.path()) {
            fs::write(file, "half").unwrap();
        }
        let verdict = Verdict::Halves {
            bytes: [4, 4],
            external: false,
        };
        kept.keep(made, &verdict).unwrap();
    }

    #[test]
    fn halves_are_found_for_the_same_file_and_for_no_other() {
        let root = tempfile::tempdir().unwrap();
        let one = kept(root.path(), "one");
        assert_eq!(one.verdict(), None);
        keep_halves(&one);
        assert!(matches!(
            kept(root.path(), "one").verdict(),
            Some(Verdict::Halves { .. })
        ));
        assert_eq!(kept(root.path(), "other").verdict(), None);
        let decoder = root.path().join("decoder.onnx");
        fs::write(&decoder, "one").unwrap();
        let on_cuda = Kept::of(root.path().join("decoders"), &[&Source::of(&decoder)], "cuda").unwrap();
        assert_eq!(on_cuda.verdict(), None);
    }

    #[test]
    fn damaged_halves_count_as_none_and_are_replaced() {
        let root = tempfile::tempdir().unwrap();
        let kept = kept(root.path(), "one");
        keep_halves(&kept);
        for damage in ["", "half and more"] {
            fs::write(&kept.halves()[1], damage).unwrap();
            assert_eq!(kept.verdict(), None);
            keep_halves(&kept);
            assert!(kept.verdict().is_some());
        }
        fs::write(kept.folder().join(VERDICT), "{").unwrap();
        assert_eq!(kept.verdict(), None);
        kept.keep(beside(Some(&kept)).unwrap(), &whole()).unwrap();
        assert_eq!(kept.verdict(), Some(whole()));
    }

    #[test]
    fn only_the_newest_are_kept_and_nothing_unfinished_is_left() {
        let root = tempfile::tempdir().unwrap();
        let all: Vec<Kept> = (0..KEPT + 2)
            .map(|number| kept(root.path(), &number.to_string()))
            .collect();
        for kept in &all {
            kept.keep(beside(Some(kept)).unwrap(), &whole()).unwrap();
            // The clock of some file systems is coarse.
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        let found: Vec<bool> = all.iter().map(|kept| kept.verdict().is_some()).collect();
        assert_eq!(found, [false, false, true, true, true, true]);
        assert_eq!(fs::read_dir(root.path().join("decoders")).unwrap().count(), KEPT);
    }
}
