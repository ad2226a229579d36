//! Checkpoints: a folder an epoch; which is the newest and which the best stands in a file that appears when all is
//! written. The best one and some of the newest are kept, the others forgotten.

use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use burn::module::Module;
use burn::optim::ModuleOptimizer;
use serde::{Deserialize, Serialize};

use crate::disk::write_text;
use crate::learn::EpochRow;
use crate::nets::captioner::CaptionerNet;

/// The checkpoints of one run.
pub struct Checkpoints {
    folder: PathBuf,
}

const NET: &str = "net";
const AVERAGED: &str = "averaged";

/// A run as it was after an epoch.
pub struct Checkpoint {
    /// Epochs done.
    pub epoch: usize,
    /// The net.
    pub net: CaptionerNet,
    /// The net with the mean of its weights, where the run keeps one.
    pub averaged: Option<CaptionerNet>,
    /// The optimiser.
    pub optimizer: ModuleOptimizer,
}

/// What makes one epoch better than another.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum BestBy {
    /// What its sentences for the dev split are worth (CIDEr-D).
    #[default]
    Cider,
    /// How likely it finds people's sentences for the dev split, which is how courses choose.
    Loss,
}

impl BestBy {
    /// Higher is better; none before the decoder has learnt.
    fn of(self, worth: Option<f64>, loss: Option<f64>) -> Option<f64> {
        match self {
            Self::Cider => worth,
            Self::Loss => loss.map(|loss| -loss),
        }
    }
}

/// Which epochs are kept.
#[derive(Clone, Copy, Debug)]
pub struct Keeping {
    /// How many of the newest ones, at least one; the best one is kept besides.
    pub newest: usize,
    /// Which one is the best.
    pub best_by: BestBy,
}

/// Which epochs there are.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
struct Kept {
    newest: usize,
    best: usize,
    /// What the best one's sentences for the dev split are worth; none before the decoder has learnt.
    best_dev_worth: Option<f64>,
    /// Nats a word of people's sentences there; none before, and in files that are older than this line.
    #[serde(default)]
    best_dev_loss: Option<f64>,
}

impl Checkpoints {
    /// Checkpoints in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// The disk's.
    pub fn new(folder: &Path) -> Result<Self> {
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(Self {
            folder: folder.to_owned(),
        })
    }

    /// The newest checkpoint, of a net and an optimiser like these; none before the first.
    ///
    /// # Errors
    /// A checkpoint of another net, or a broken one.
    pub fn newest(&self, net: &CaptionerNet, optimizer: &ModuleOptimizer) -> Result<Option<Checkpoint>> {
        let Some(Kept { newest: epoch, .. }) = self.kept()? else {
            return Ok(None);
        };
        Ok(Some(Checkpoint {
            epoch,
            net: self.load(epoch, NET, net.clone())?,
            averaged: self.averaged(epoch, net)?,
            optimizer: optimizer.clone().load(self.of(epoch).join("optimizer"))?,
        }))
    }

    /// How many epochs ago the best one was; 0 before the first.
    ///
    /// # Errors
    /// The disk's.
    pub fn since_best(&self) -> Result<usize> {
        Ok(self.kept()?.map_or(0, |kept| kept.newest - kept.best))
    }

    /// The best epoch, as the run chooses it, and its net, with the mean of its weights where the run
    /// keeps one.
    ///
    /// # Errors
    /// No checkpoint yet, one of another net, or a broken one.
    pub fn best(&self, net: CaptionerNet) -> Result<(usize, CaptionerNet)> {
        let kept = self
            .kept()?
            .with_context(|| format!("no checkpoint in {}", self.folder.display()))?;
        let found = match self.averaged(kept.best, &net)? {
            Some(averaged) => averaged,
            None => self.load(kept.best, NET, net)?,
        };
        Ok((kept.best, found))
    }

    fn averaged(&self, epoch: usize, net: &CaptionerNet) -> Result<Option<CaptionerNet>> {
        let is_there = self.of(epoch).join(AVERAGED).with_extension("bpk").is_file();
        is_there.then(|| self.load(epoch, AVERAGED, net.clone())).transpose()
    }

    fn load(&self, epoch: usize, name: &str, net: CaptionerNet) -> Result<CaptionerNet> {
        let path = self.of(epoch).join(name);
        net.try_load_file(&path)
            .with_context(|| format!("{} is not of this net", path.display()))
    }

    fn kept(&self) -> Result<Option<Kept>> {
        let path = self.folder.join("kept.json");
        match fs::read(&path) {
            Ok(text) => Ok(Some(
                serde_json::from_slice(&text).with_context(|| format!("{} is broken", path.display()))?,
            )),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn of(&self, epoch: usize) -> PathBuf {
        self.folder.join(format!("epoch-{epoch}"))
    }

    /// Saves an epoch, then forgets those that `keeping` does not keep.
    ///
    /// # Errors
    /// The disk's; the checkpoint before stays the newest.
    pub fn save(
        &self,
        row: &EpochRow,
        net: &CaptionerNet,
        optimizer: &ModuleOptimizer,
        averaged: Option<&CaptionerNet>,
        keeping: Keeping,
    ) -> Result<()> {
        let folder = self.of(row.epoch);
        fs::create_dir_all(&folder)?;
        net.clone().save_file(folder.join(NET))?;
        if let Some(averaged) = averaged {
            averaged.clone().save_file(folder.join(AVERAGED))?;
        }
        optimizer.save(folder.join("optimizer"))?;
        let by = keeping.best_by;
        let now = by.of(row.dev_worth, row.dev_caption);
        let better = |kept: &Kept| {
            let before = by.of(kept.best_dev_worth, kept.best_dev_loss);
            before.is_some_and(|before| now.is_none_or(|now| before > now))
        };
        let kept = match self.kept()?.filter(better) {
            Some(kept) => Kept {
                newest: row.epoch,
                ..kept
            },
            None => Kept {
                newest: row.epoch,
                best: row.epoch,
                best_dev_worth: row.dev_worth,
                best_dev_loss: row.dev_caption,
            },
        };
        // The row first: whoever is stopped between the two does this epoch again, and its row then takes the place of
        // this one.
        self.log(row)?;
        write_text(&self.folder.join("kept.json"), &serde_json::to_string_pretty(&kept)?)?;
        self.forget(kept, keeping.newest)
    }

    /// Also what was left by whoever was stopped here before.
    fn forget(&self, kept: Kept, newest: usize) -> Result<()> {
        for entry in fs::read_dir(&self.folder)? {
            let entry = entry?;
            let name = entry.file_name();
            let number = name.to_str().and_then(|name| name.strip_prefix("epoch-")?.parse().ok());
            let is_old = |epoch: usize| epoch != kept.best && epoch + newest.max(1) <= kept.newest;
            if number.is_some_and(is_old) {
                fs::remove_dir_all(entry.path())?;
            }
        }
        Ok(())
    }

    /// The table of epochs, a row for each [`save`](Self::save).
    pub fn log_path(&self) -> PathBuf {
        self.folder.join("log.csv")
    }

    /// Epochs done.
    ///
    /// # Errors
    /// The disk's.
    pub fn done(&self) -> Result<usize> {
        Ok(self.kept()?.map_or(0, |kept| kept.newest))
    }

    /// Appends a row, without those of the same and later epochs: of a run that was stopped before it counted them.
    fn log(&self, row: &EpochRow) -> Result<()> {
        let path = self.log_path();
        let before = match fs::read_to_string(&path) {
            Err(error) if error.kind() == ErrorKind::NotFound => String::new(),
            text => text.with_context(|| format!("cannot read {}", path.display()))?,
        };
        let broken = |error: &dyn std::fmt::Display| anyhow!("cannot write {}: {error}", path.display());
        let mut writer = csv::Writer::from_writer(Vec::new());
        for earlier in csv::Reader::from_reader(before.as_bytes()).deserialize() {
            let earlier: EpochRow = earlier.with_context(|| format!("{} is broken", path.display()))?;
            if earlier.epoch < row.epoch {
                writer.serialize(earlier)?;
            }
        }
        writer.serialize(row)?;
        let text = writer.into_inner().map_err(|error| broken(&error))?;
        write_text(&path, &String::from_utf8(text).map_err(|error| broken(&error))?)
    }
}
