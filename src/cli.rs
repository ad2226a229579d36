//! The command line: raw arguments become a [`Task`] in one place, and every task ends in an exit code.
//!
//! Sentences about photos and their faults are in the system's language; `--help`, `doctor` and `models check` are in English.
//!
//! 0: done; 1: something failed, and its sentence stands on standard error; 2: wrong usage.

use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use hearsight::captioner::{DeviceChoice, LoadOptions};
use hearsight::language::{self, Language};
use hearsight::model::MAX_BEAMS;
use serde_json::Value;

mod ahead;
mod describe;
mod doctor;
mod generate;
mod list;
mod models;
mod output;
mod window;

use output::Output;

const EXAMPLES: &str = "\
Examples:
  hearsight photo.jpg                          open the window and describe the photo
  hearsight describe photo.jpg                 print the sentence
  hearsight describe --speak photo.jpg         print it and say it
  hearsight describe --json *.jpg > all.jsonl  one JSON object a line
  find . -name '*.jpg' | hearsight describe --from -
                                               describe the photos of a list
  hearsight describe --attention where.png photo.jpg
                                               save where the model looked for each word
  hearsight models list                        show the models that are installed or can be
  hearsight doctor                             say what works here and what does not

A photo named like a command is written with its folder: ./describe.
Where no window can open, the photos are described in the terminal and aloud.
No photo or sentence leaves this computer; only `models install` uses the network. RUST_LOG=hearsight=debug shows more of what happens.
Exit codes: 0 done, 1 something failed, 2 wrong usage.";

const ABOUT_DESCRIBE: &str = "\
A photo that fails has its sentence on standard error, or with --json the line {\"photo\", \"error\"} on standard
output; the next one is described all the same, and the exit code is 1 at the end. Without a voice --speak says so on
standard error, once, and prints on.

The keys of --json: photo, caption, confidence, words [text, probability, support or null, attention {rows, columns,
weights} or null, place or null], alternatives [caption, score, confidence, words], agreement {sentences, words [word,
sentences]}, tokens, score, model, device, attention_kind (exported, found_in_graph, twin, occlusion or null), seconds
{load, decode_photo, encode, search}. README.md says what each means.
A picture that is not described, such as a blank page, a screenshot or a chart, gives {\"photo\", \"no_picture\"}.

A sentence that is probably wrong is printed and said with that warning before it; the window holds it back until it is
asked for.";

/// Describes photos aloud, on this computer.
#[derive(Parser)]
#[command(name = "hearsight", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Photo to open in the window; of several, the first
    #[arg(value_name = "PHOTO", value_parser = any_path())]
    photos: Vec<PathBuf>,

    #[command(flatten)]
    model: ModelArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Print a sentence for each photo; needs no display
    #[command(after_help = ABOUT_DESCRIBE)]
    Describe(DescribeArguments),
    /// Say what works here, one line each; exit code 1 if a description could not be made
    Doctor(ModelArguments),
    /// Show, install, remove or check models
    #[command(subcommand)]
    Models(ModelsCommand),
}

/// What to do with models.
#[derive(Subcommand)]
enum ModelsCommand {
    /// Show the models that are installed and those that can be
    List(CatalogueArguments),
    /// Download a model of the catalogue, or go on where an earlier download broke off
    Install {
        /// The model's name in the catalogue
        name: String,
        #[command(flatten)]
        catalogue: CatalogueArguments,
    },
    /// Remove a model that was installed
    Remove {
        /// The model's name
        name: String,
    },
    /// Run a model once and compare it with what its folder promises; exit code 1 if it does not keep it
    Check {
        /// Model folder, or the name of an installed one
        #[arg(value_name = "DIR|NAME")]
        folder: PathBuf,

        /// Processor to run on: auto, cpu or cuda
        #[arg(long, value_name = "DEVICE", default_value_t)]
        device: DeviceChoice,

        /// Spare memory, as it does for describing
        #[arg(long)]
        low_memory: bool,
    },
}

#[derive(clap::Args)]
struct CatalogueArguments {
    /// Catalogue to use instead of the program's own, in the form of models/catalogue.toml
    #[arg(long, value_name = "FILE.toml")]
    catalogue: Option<PathBuf>,
}

/// Which model to use, and on what.
#[derive(clap::Args)]
struct ModelArguments {
    /// Model to use instead of the one that comes with the program: a folder, or the name of an installed one
    #[arg(long, value_name = "DIR|NAME")]
    model: Option<PathBuf>,

    /// Variant of the model's weights, such as fp16 or quantized [default: full weights where they are there]
    #[arg(long, value_name = "NAME")]
    variant: Option<String>,

    /// Processor to run on: auto, cpu or cuda
    #[arg(long, value_name = "DEVICE", default_value_t)]
    device: DeviceChoice,

    /// Spare memory, on computers with 4 GB and no graphics card: slower, with at most two threads and two beams
    #[arg(long)]
    low_memory: bool,
}

#[derive(clap::Args)]
struct DescribeArguments {
    /// Photos to describe, in this order
    #[arg(required_unless_present = "from", value_name = "PHOTO", value_parser = any_path())]
    photos: Vec<PathBuf>,

    /// Describe the photos of a list instead: a file with one path a line, or - for standard input
    #[arg(long, value_name = "LIST", conflicts_with_all = ["photos", "attention"])]
    from: Option<PathBuf>,

    /// Print one JSON object a line, for other programs
    #[arg(long)]
    json: bool,

    /// Say each sentence aloud too
    #[arg(long)]
    speak: bool,

    /// Sentences that the search keeps in view; 1 is greedy, more is slower [default: as the model says]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=MAX_BEAMS as i64))]
    beams: Option<u16>,

    /// Setting of the search by its name in generation_config.json, such as length_penalty=0.0; may be repeated
    #[arg(long, value_name = "KEY=VALUE", value_parser = generate::setting)]
    generate: Vec<(String, Value)>,

    /// Save the photo with where the model looked for each word as a PNG; takes a single PHOTO. Of a model that does not
    /// tell, it is found as with --occlusion
    #[arg(long, value_name = "OUT.png")]
    attention: Option<PathBuf>,

    /// Find where the photo matters for each word by covering parts of it, whatever the model tells; takes as long as
    /// describing some 50 photos
    #[arg(long)]
    occlusion: bool,

    #[command(flatten)]
    model: ModelArguments,
}

/// A path that may be empty, as scripts give it: a photo that is missing, and not a reason to describe none.
fn any_path() -> impl TypedValueParser<Value = PathBuf> {
    OsStringValueParser::new().map(PathBuf::from)
}

/// What is to be done, checked.
enum Task {
    /// Open the window.
    Window { photos: Vec<PathBuf>, model: Model },
    /// Describe photos without a display.
    Describe(describe::Describe),
    /// Say what works here.
    Doctor { model: Model },
    /// Show, install, remove or check models.
    Models(models::Models),
}

/// The model to load, and on what.
struct Model {
    folder: Option<PathBuf>,
    load: LoadOptions,
}

impl From<ModelArguments> for Model {
    fn from(arguments: ModelArguments) -> Self {
        Self {
            folder: arguments.model,
            load: LoadOptions {
                variant: arguments.variant,
                device: arguments.device,
                low_memory: arguments.low_memory,
                ..LoadOptions::default()
            },
        }
    }
}

impl Arguments {
    fn validate(self) -> Result<Task, clap::Error> {
        Ok(match self.command {
            None => Task::Window {
                photos: self.photos,
                model: self.model.into(),
            },
            Some(Command::Doctor(model)) => Task::Doctor { model: model.into() },
            Some(Command::Describe(arguments)) => Task::Describe(arguments.validate()?),
            Some(Command::Models(command)) => Task::Models(command.into()),
        })
    }
}

impl From<ModelsCommand> for models::Models {
    fn from(command: ModelsCommand) -> Self {
        match command {
            ModelsCommand::List(CatalogueArguments { catalogue }) => Self::List { catalogue },
            ModelsCommand::Install {
                name,
                catalogue: CatalogueArguments { catalogue },
            } => Self::Install { name, catalogue },
            ModelsCommand::Remove { name } => Self::Remove { name },
            ModelsCommand::Check {
                folder,
                device,
                low_memory,
            } => Self::Check {
                folder,
                load: LoadOptions {
                    device,
                    low_memory,
                    ..LoadOptions::default()
                },
            },
        }
    }
}

impl DescribeArguments {
    fn validate(self) -> Result<describe::Describe, clap::Error> {
        if self.attention.is_some() && self.photos.len() > 1 {
            return Err(Arguments::command().error(
                ErrorKind::TooManyValues,
                "--attention saves one picture, so it takes a single PHOTO",
            ));
        }
        // Nothing else is written: a photo.jpg of this name would be a PNG, and perhaps the photo itself.
        if let Some(out) = &self.attention
            && !out.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("png"))
        {
            return Err(Arguments::command().error(
                ErrorKind::ValueValidation,
                format!(
                    "--attention saves a PNG picture: {} does not end with .png",
                    out.display()
                ),
            ));
        }
        if self.beams.is_some() && self.generate.iter().any(|(key, _)| key == "num_beams") {
            return Err(Arguments::command().error(
                ErrorKind::ArgumentConflict,
                "--beams and --generate num_beams say the same; give one of them",
            ));
        }
        Ok(describe::Describe {
            photos: match self.from {
                Some(list) => describe::Photos::From(list),
                None => describe::Photos::Given(self.photos),
            },
            json: self.json,
            speak: self.speak,
            beams: self.beams.map(usize::from),
            generation: self.generate.into_iter().collect(),
            attention: self.attention,
            occlusion: self.occlusion,
            model: self.model.into(),
        })
    }
}

/// Reads the arguments, does what they say and tells how it went.
pub fn main() -> ExitCode {
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    language::set(Language::of_system());
    let task = match Arguments::try_parse().and_then(Arguments::validate) {
        Ok(task) => task,
        // Help and version are "errors" with exit code 0 in clap's view.
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let mut output = Output::new();
    let done = match task {
        Task::Window { photos, model } => window::run(photos, model, &mut output),
        Task::Describe(describe) => describe.run(&mut output),
        Task::Doctor { model } => doctor::run(&model, &mut output),
        Task::Models(models) => models.run(&mut output),
    };
    match done {
        Ok(Done::Well) => ExitCode::SUCCESS,
        Ok(Done::WithFailures) => ExitCode::FAILURE,
        // Whoever read our output has read enough, as `head` does: nothing went wrong here.
        Err(error) if output::is_closed_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&output::in_a_sentence(&error));
            ExitCode::FAILURE
        }
    }
}

/// How a task ended that came to its end.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Done {
    /// All of it was done.
    Well,
    /// Part of it failed, which the person was told.
    WithFailures,
}
