//! Trains, exports and scores captioners from the command line.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use burn::tensor::Device;
use clap::{Parser, Subcommand};
use hearsight_training::calibrate::CalibrateCommand;
use hearsight_training::card::CardCommand;
use hearsight_training::config::RunConfig;
use hearsight_training::consensus::ConsensusCommand;
use hearsight_training::data::arguments;
use hearsight_training::export::check::{self, Differences};
use hearsight_training::export::{self, weights::Precision};
use hearsight_training::gate::GateCommand;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::run::Run;
use hearsight_training::score::ScoreCommand;
use hearsight_training::survey::SurveyCommand;
use hearsight_training::word2vec::Word2VecCommand;

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
    /// Write the best checkpoint of a run as a model folder; `gate`, `consensus` and
    /// `calibrate` then teach it what to say of what is no photo, which of its sentences, of people, and how sure.
    Export {
        #[command(flatten)]
        run: RunArguments,
        /// The model folder.
        #[arg(long)]
        to: PathBuf,
        /// How weights are kept.
        #[arg(long, value_enum, default_value = "float16")]
        precision: Precision,
        /// First compare burn and ONNX Runtime on ten dev photos, and write nothing where they differ.
        #[arg(long)]
        check: bool,
        /// Write the net with random weights instead, for a trainer outside this crate (training/gpu), and into the run's
        /// folder what counts of its teacher's features, if it has one.
        #[arg(long)]
        untrained: bool,
    },
    /// Learn word vectors from the captions, for the start of a decoder's embedding, and list neighbours.
    Word2vec(Word2VecCommand),
    /// Count a data set's photos, captions and words; write tables and plots.
    Survey(SurveyCommand),
    /// Describe the dev split with a model folder and score the sentences.
    Score(ScoreCommand),
    /// Teach a model folder to tell what is no photo; before `calibrate`.
    Gate(GateCommand),
    /// Give a model folder the captions of the photos it has learnt from, to choose sentences by; before `calibrate`.
    Consensus(ConsensusCommand),
    /// Choose which guesses about people a model folder says, and fit its confidence, by the dev split.
    Calibrate(CalibrateCommand),
    /// Print what a model's card says of its scores and sentences, as Markdown.
    Card(CardCommand),
}

#[derive(clap::Args)]
struct RunArguments {
    /// The run's configuration (TOML; see training/configs).
    config: PathBuf,
    /// Folder of the data set [default: the one that the configuration names].
    #[arg(long)]
    data: Option<PathBuf>,
    /// Folder for what the run makes [default: runs/ and the configuration's name].
    #[arg(long)]
    run: Option<PathBuf>,
    /// The teacher's ONNX file, instead of the one that the configuration names.
    #[arg(long)]
    teacher: Option<PathBuf>,
    /// The frozen classifier's ONNX file, instead of the one that the configuration names.
    #[arg(long)]
    classifier: Option<PathBuf>,
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
        if let Some(path) = &self.classifier {
            let EncoderConfig::Frozen(encoder) = &mut config.net.encoder else {
                bail!(
                    "{} has an encoder of its own, so --classifier has nothing to replace",
                    self.config.display()
                );
            };
            encoder.model.clone_from(path);
        }
        let folder = self
            .run
            .clone()
            .unwrap_or_else(|| PathBuf::from("runs").join(&config.name));
        let data = arguments::folder(self.data.as_deref(), &config.data, &self.config)?.to_owned();
        let mut run = Run::open(config, &data, &folder)?;
        run.stop_after = self.stop_after;
        Ok(run)
    }
}

#[allow(unsafe_code)]
fn main() -> Result<()> {
    // SAFETY: nothing has been started yet.
    unsafe { hearsight::captioner::forbid_telemetry() };
    env_logger::init_from_env(env_logger::Env::default().default_filter_or("info,ort=warn"));
    match Arguments::parse().command {
        Command::Train { run } => {
            run.open()?.train()?;
        }
        Command::Export {
            run,
            to,
            precision,
            check,
            untrained,
        } => {
            let run = run.open()?;
            let net = run.net(&Device::flex());
            let (epoch, net) = if untrained {
                if let Some(teacher) = &run.config.teacher {
                    run.projection(teacher)?;
                }
                (0, net)
            } else {
                run.checkpoints()?.best(net)?
            };
            let write = |to: &Path| export::export(&net, &run.config, (&run.tokenizer, &run.bag), precision, to);
            if check {
                let trial = tempfile::tempdir()?;
                write(trial.path())?;
                let photos = run.data.dev.get(..check::PHOTOS).unwrap_or(&run.data.dev);
                let words = (&run.tokenizer, run.config.words.longest);
                let differences = Differences::of((&net, &run.config), words, trial.path(), photos)?;
                println!("{differences}");
                differences.verdict(precision)?;
            }
            write(&to)?;
            println!("epoch {epoch} is in {}", to.display());
        }
        Command::Score(score) => score.run()?,
        Command::Gate(gate) => gate.run()?,
        Command::Consensus(consensus) => consensus.run()?,
        Command::Calibrate(calibrate) => calibrate.run()?,
        Command::Card(card) => card.run()?,
        Command::Word2vec(word2vec) => word2vec.run()?,
        Command::Survey(survey) => survey.run()?,
    }
    Ok(())
}
