//! Checkpoints: a folder an epoch; which is the newest and which the best stands in a file that appears when all is
//! written. The others are forgotten.

use std::fs;
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

/// Which epochs are kept.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
struct Kept {
    newest: usize,
    best: usize,
    /// What the best one's sentences for the dev split are worth; none before the decoder has learnt.
    best_dev_worth: Option<f64>,
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

    /// The epoch whose sentences for the dev split are worth most, and its net, with the mean of its weights where the run
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
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
        }
    }

    fn of(&self, epoch: usize) -> PathBuf {
        self.folder.join(format!("epoch-{epoch}"))
    }

    /// Saves an epoch, then forgets those that are neither the newest nor the best.
    ///
    /// # Errors
    /// The disk's; the checkpoint before stays the newest.
    pub fn save(
        &self,
        row: &EpochRow,
        net: &CaptionerNet,
        optimizer: &ModuleOptimizer,
        averaged: Option<&CaptionerNet>,
    ) -> Result<()> {
        let folder = self.of(row.epoch);
        fs::create_dir_all(&folder)?;
        net.clone().save_file(folder.join(NET))?;
        if let Some(averaged) = averaged {
            averaged.clone().save_file(folder.join(AVERAGED))?;
        }
        optimizer.save(folder.join("optimizer"))?;
        let before = self.kept()?;
        let (best, best_dev_worth) = before
            .map(|kept| (kept.best, kept.best_dev_worth))
            .filter(|(_, dev)| dev.is_some_and(|dev| row.dev_worth.is_none_or(|now| dev > now)))
            .unwrap_or((row.epoch, row.dev_worth));
        let kept = Kept {
            newest: row.epoch,
            best,
            best_dev_worth,
        };
        write_text(&self.folder.join("kept.json"), &serde_json::to_string_pretty(&kept)?)?;
        self.log(row)?;
        for old in before.iter().flat_map(|kept| [kept.newest, kept.best]) {
            let folder = self.of(old);
            if ![kept.newest, kept.best].contains(&old) && folder.is_dir() {
                fs::remove_dir_all(folder)?;
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

    fn log(&self, row: &EpochRow) -> Result<()> {
        let path = self.log_path();
        let fresh = !path.is_file();
        let file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        let mut writer = csv::WriterBuilder::new().has_headers(fresh).from_writer(file);
        writer.serialize(row)?;
        writer
            .into_inner()
            .map_err(|error| anyhow!("cannot write the log: {error}"))?;
        Ok(())
    }
}
