//! The command that surveys a data set.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context, Result};

use super::{Survey, plots, tables};
use crate::data::arguments::DataArguments;
use crate::data::spelling::Spelling;

/// Which data set, and where its tables and plots go.
#[derive(clap::Args)]
pub struct SurveyCommand {
    #[command(flatten)]
    data: DataArguments,
    /// The folder for tables and plots.
    #[arg(long)]
    to: PathBuf,
    /// Misspellings to mend, as a configuration's words.spelling names them.
    #[arg(long)]
    spelling: Option<PathBuf>,
    /// Also count the words that are seen so often.
    #[arg(long, default_value_t = 4)]
    minimum_count: usize,
}

impl SurveyCommand {
    /// Counts, writes the tables of both splits and the plots of the one that is learnt from, and says the most important.
    ///
    /// # Errors
    /// Data that cannot be read; a full disk.
    pub fn run(&self) -> Result<()> {
        let data = self.data.read()?;
        let spelling = self.spelling.as_deref().map(Spelling::read).transpose()?;
        let survey = |photos| Survey::of(photos, spelling.as_ref());
        let splits = [("train", survey(&data.train)?), ("dev", survey(&data.dev)?)];
        fs::create_dir_all(&self.to).with_context(|| format!("cannot make the folder {}", self.to.display()))?;
        tables::write(&self.to, &splits, self.minimum_count)?;
        let [(_, learnt), _] = &splits;
        plots::write(&self.to, learnt)?;
        tables::tell(&mut std::io::stdout(), &splits, self.minimum_count)?;
        println!("Tables and plots are in {}.", self.to.display());
        Ok(())
    }
}
