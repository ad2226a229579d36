//! Checkpoints: a folder an epoch, the newest named in a file that is written beside and renamed.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use burn::module::Module;
use burn::optim::ModuleOptimizer;

use crate::learn::EpochRow;
use crate::nets::captioner::CaptionerNet;

/// The checkpoints of one run.
pub struct Checkpoints {
    folder: PathBuf,
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

    /// Epochs done, net and optimiser of the newest checkpoint; none before the first.
    ///
    /// # Errors
    /// A checkpoint of another net, or a broken one.
    pub fn newest(
        &self,
        net: CaptionerNet,
        optimizer: &ModuleOptimizer,
    ) -> Result<Option<(usize, CaptionerNet, ModuleOptimizer)>> {
        let Some(epoch) = self.newest_epoch()? else {
            return Ok(None);
        };
        let optimizer = optimizer.clone().load(self.of(epoch).join("optimizer"))?;
        Ok(Some((epoch, self.load(epoch, net)?, optimizer)))
    }

    /// The net of the newest checkpoint, without the optimiser.
    ///
    /// # Errors
    /// No checkpoint yet, one of another net, or a broken one.
    pub fn newest_net(&self, net: CaptionerNet) -> Result<(usize, CaptionerNet)> {
        let epoch = self
            .newest_epoch()?
            .with_context(|| format!("no checkpoint in {}", self.folder.display()))?;
        Ok((epoch, self.load(epoch, net)?))
    }

    fn load(&self, epoch: usize, net: CaptionerNet) -> Result<CaptionerNet> {
        let path = self.of(epoch).join("net");
        net.try_load_file(&path)
            .with_context(|| format!("{} is not of this net", path.display()))
    }

    fn newest_epoch(&self) -> Result<Option<usize>> {
        match fs::read_to_string(self.folder.join("newest")) {
            Ok(epoch) => Ok(Some(epoch.trim().parse().context("the file `newest` holds no number")?)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).context("cannot read the file `newest`"),
        }
    }

    fn of(&self, epoch: usize) -> PathBuf {
        self.folder.join(format!("epoch-{epoch}"))
    }

    /// Saves an epoch, then forgets the one before it.
    ///
    /// # Errors
    /// The disk's; the checkpoint before stays the newest.
    pub fn save(&self, row: &EpochRow, net: &CaptionerNet, optimizer: &ModuleOptimizer) -> Result<()> {
        let folder = self.of(row.epoch);
        fs::create_dir_all(&folder)?;
        net.clone().save_file(folder.join("net"))?;
        optimizer.save(folder.join("optimizer"))?;
        let newest = self.folder.join("newest");
        let beside = newest.with_extension("unfinished");
        fs::write(&beside, row.epoch.to_string())?;
        fs::rename(&beside, &newest)?;
        self.log(row)?;
        if let Some(before) = row
            .epoch
            .checked_sub(1)
            .map(|epoch| self.of(epoch))
            .filter(|folder| folder.is_dir())
        {
            fs::remove_dir_all(before)?;
        }
        Ok(())
    }

    fn log(&self, row: &EpochRow) -> Result<()> {
        let path = self.folder.join("log.csv");
        let fresh = !path.is_file();
        let file = fs::OpenOptions::new().create(true).append(true).open(path)?;
        let mut writer = csv::WriterBuilder::new().has_headers(fresh).from_writer(file);
        writer.serialize(row)?;
        writer.flush()?;
        writer
            .into_inner()
            .map_err(|error| anyhow::anyhow!("{error}"))?
            .flush()?;
        Ok(())
    }
}
