//! Trains, exports and scores captioners from the command line.

use std::path::PathBuf;

use anyhow::{Result, bail};
use burn::tensor::Device;
use clap::{Parser, Subcommand};
use hearsight::captioner::DescribeOptions;
use hearsight_training::calibrate::{self, Calibration};
use hearsight_training::config::RunConfig;
use hearsight_training::data::captions::{DataConfig, Dataset};
use hearsight_training::data::words::Bag;
use hearsight_training::describe;
use hearsight_training::export::{self, weights::Precision};
use hearsight_training::page;
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
    /// Write the best checkpoint of a run as a model folder; `score --calibrate` then fits its confidence.
    Export {
        #[command(flatten)]
        run: RunArguments,
        /// The model folder.
        #[arg(long)]
        to: PathBuf,
        /// How weights are kept.
        #[arg(long, value_enum, default_value = "float16")]
        precision: Precision,
    },
    /// Describe the dev split with a model folder and score the sentences.
    Score {
        /// The model folder.
        model: PathBuf,
        /// Folder of the data set: captions.csv, dev.txt, images/.
        #[arg(long)]
        data: PathBuf,
        /// Sentences that the search keeps in view, instead of the model's own number; 1 is greedy.
        #[arg(long)]
        beams: Option<usize>,
        /// Only the first so many photos.
        #[arg(long)]
        limit: Option<usize>,
        /// Write each photo's name, sentence and confidence to this CSV file.
        #[arg(long)]
        sentences: Option<PathBuf>,
        /// Write a page with photos, sentences, people's sentences and attention, the worst first, to this HTML file.
        #[arg(long)]
        page: Option<PathBuf>,
        /// Fit the confidence to these photos and store it in the model folder.
        #[arg(long)]
        calibrate: bool,
    },
}

/// Content words by which sentences are judged: the most frequent ones of the training captions.
const BAG: usize = 800;

#[derive(clap::Args)]
struct RunArguments {
    /// The run's configuration (TOML; see training/configs).
    config: PathBuf,
    /// Folder of the data set.
    #[arg(long)]
    data: PathBuf,
    /// Folder for what the run makes [default: runs/ and the configuration's name].
    #[arg(long)]
    run: Option<PathBuf>,
    /// The teacher's ONNX file, instead of the one that the configuration names.
    #[arg(long)]
    teacher: Option<PathBuf>,
    /// Stop after so many epochs; calling again goes on as if there had been no stop.
    #[arg(long)]
    stop_after: Option<usize>,
}

impl RunArguments {
    fn open(&self) -> Result<Run> {
        let mut config = RunConfig::read(&self.config)?;
        if let Some(path) = &self.teacher {
            let Some(teacher) = &mut config.teacher else {
                bail!(
                    "{} has no [teacher], so --teacher has nothing to replace",
                    self.config.display()
                );
            };
            teacher.model.clone_from(path);
        }
        let folder = self
            .run
            .clone()
            .unwrap_or_else(|| PathBuf::from("runs").join(&config.name));
        let mut run = Run::open(config, &self.data, &folder)?;
        run.stop_after = self.stop_after;
        Ok(run)
    }
}

fn main() -> Result<()> {
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("info"));
    match Arguments::parse().command {
        Command::Train { run } => {
            run.open()?.train()?;
        }
        Command::Export { run, to, precision } => {
            let run = run.open()?;
            let (epoch, net) = run.checkpoints()?.best(run.net(&Device::flex()))?;
            export::export(&net, &run.config, (&run.tokenizer, &run.bag), precision, &to)?;
            println!("epoch {epoch} is in {}", to.display());
        }
        Command::Score {
            model,
            data,
            beams,
            limit,
            sentences,
            page,
            calibrate,
        } => {
            let data = Dataset::read(&data, &DataConfig::default())?;
            let mut photos = data.dev;
            photos.truncate(limit.unwrap_or(photos.len()));
            let options = DescribeOptions {
                beams,
                ..DescribeOptions::default()
            };
            let (scores, descriptions) = describe::score(&model, &photos, &options)?;
            if let Some(path) = sentences {
                let mut writer = csv::Writer::from_path(path)?;
                writer.write_record(["image", "caption", "confidence"])?;
                for (photo, description) in std::iter::zip(&photos, &descriptions) {
                    writer.write_record([&photo.name, &description.caption, &description.confidence.to_string()])?;
                }
                writer.flush()?;
            }
            if let Some(path) = page {
                let title = format!("{} on {} photos", model.display(), photos.len());
                page::write(&path, &title, &photos, &descriptions, &scores)?;
            }
            println!("{} photos\n{scores}", photos.len());
            let bag = Bag::learn(
                data.train
                    .iter()
                    .flat_map(|photo| photo.captions.iter().map(String::as_str)),
                BAG,
            );
            let judged: Vec<_> = std::iter::zip(&photos, &descriptions)
                .filter_map(|(photo, description)| {
                    let right = calibrate::is_right(&description.caption, &photo.captions, &bag)?;
                    Some((description, right))
                })
                .collect();
            println!("{}", describe::habits(&model, &descriptions, &judged)?);
            let points: Vec<_> = judged
                .iter()
                .map(|&(description, right)| (description.evidence(), right))
                .collect();
            let calibration = Calibration::of(&points);
            println!("{calibration}");
            if calibrate {
                calibration.store(&model)?;
                println!(
                    "the confidence of {} is fitted to every other of these photos",
                    model.display()
                );
            }
        }
    }
    Ok(())
}
