//! Trains, exports and scores captioners from the command line.

use std::path::PathBuf;

use anyhow::Result;
use clap::{Parser, Subcommand};
use hearsight_training::config::RunConfig;
use hearsight_training::run::Run;

/// Trains attention captioners, exports them as ONNX model folders and scores these.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Train from a configuration, from the newest checkpoint on.
    Train {
        #[command(flatten)]
        run: RunArguments,
    },
}

#[derive(clap::Args)]
struct RunArguments {
    /// The run's configuration (TOML; see training/configs).
    config: PathBuf,
    /// Folder of the data set.
    #[arg(long)]
    data: PathBuf,
    /// Folder for what the run makes.
    #[arg(long)]
    run: PathBuf,
    /// The teacher's ONNX file, instead of the one that the configuration names.
    #[arg(long)]
    teacher: Option<PathBuf>,
    /// Train for so many epochs instead of the configured number.
    #[arg(long)]
    epochs: Option<usize>,
}

impl RunArguments {
    fn open(&self) -> Result<Run> {
        let mut config = RunConfig::read(&self.config)?;
        if let (Some(teacher), Some(path)) = (&mut config.teacher, &self.teacher) {
            teacher.model.clone_from(path);
        }
        if let Some(epochs) = self.epochs {
            config.learning.epochs = epochs;
        }
        Run::open(config, &self.data, &self.run)
    }
}

fn main() -> Result<()> {
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("info"));
    match Arguments::parse().command {
        Command::Train { run } => {
            run.open()?.train()?;
            Ok(())
        }
    }
}
