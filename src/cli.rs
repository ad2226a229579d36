//! The command line: raw arguments become a [`Task`] in one place, and every task ends in an exit code.
//!
//! Sentences about photos and their faults are in the system's language; `--help`, `doctor` and `models check` are in English.
//!
//! 0: done; 1: something failed, and its sentence stands on standard error; 2: wrong usage.

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::builder::{OsStringValueParser, TypedValueParser};
use clap::{CommandFactory, Parser, Subcommand, error::ErrorKind};
use hearsight::captioner::{DeviceChoice, LoadOptions};
use hearsight::folder::Format;
use hearsight::language::{self, Language};
use hearsight::model::MAX_BEAMS;
use hearsight::photo;
use hearsight::words::Manner;
use serde_json::Value;

mod ahead;
mod alt;
mod describe;
mod doctor;
mod generate;
mod list;
mod models;
mod output;
mod progress;
mod saving;
mod taken;
mod window;

use output::Output;
use taken::Taken;

const EXAMPLES: &str = "\
Examples:
  hearsight photo.jpg                          open the window and describe the photo
  hearsight describe photo.jpg                 print the sentence
  hearsight describe --speak photo.jpg         print it and say it
  hearsight describe --json *.jpg > all.jsonl  one JSON object a line
  find . -name '*.jpg' | hearsight describe --from -
                                               describe the photos of a list
  hearsight describe Pictures --recursive --to photos.html
                                               write an album of all photos below a folder
  hearsight describe --attention where.png photo.jpg
                                               save where the model looked for each word
  hearsight describe --save-alt-text photo.jpg
                                               look at the sentence and save it in the photo
  hearsight alt photo.jpg                      show the words that are saved in a photo
  hearsight alt photo.jpg --write 'Rex, 2019'  save your own
  hearsight describe --screen --speak          say what is on the screen; for a key of the desktop
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

The keys of --json: photo, own_words {text, language, by, machine, field, sidecar, extended} or null, caption, confidence, calibrated, words [text, probability, support or null, attention {rows, columns,
weights} or null, place or null], alternatives [caption, score, confidence, words], agreement {sentences, words [word,
sentences]}, tokens, score, model, device, attention_kind (exported, found_in_graph, twin, occlusion or null), seconds
{load, decode_photo, encode, search}. README.md says what each means.
A picture that is not described, such as a blank page, a screenshot or a chart, gives {\"photo\", \"no_picture\"}.

A line of the list of --from is a path, or a JSON object such as {\"path\": \"a.jpg\", \"id\": 7}; its id, any JSON value, comes
back in the answer. Answers come in the order of the list, each as soon as it is there.

With --to the descriptions go into files: OUT.jsonl (the lines of --json without maps, tokens, other sentences and
seconds), OUT.csv (a table), OUT.html (an album of web pages). They are written anew beside the old ones and put in their
places when all photos are done. What was described stands in OUT.ledger meanwhile: after a break the same command goes on
from there, a photo that was moved or is there twice is not described again, and after a change of model or settings all
are. A file that somebody else has written or changed is never replaced. Of folders, photos are told by their content;
hidden files and folders are passed over, and links to other folders are not followed.

A sentence that is probably wrong is printed and said with that warning before it; the window holds it back until it is
asked for.";

const ABOUT_ALT: &str = "\
Words are read from XMP (alternative text, extended description, description), Exif, IPTC captions, PNG texts and a
file photo.jpg.xmp or photo.xmp beside the photo; the alternative text and what a person has written come first.
They are saved as XMP's alternative text in JPEG, PNG, WebP and TIFF files; everything else of the file stays as it is,
byte for byte, and so do its times and permissions. A text that a person has written is replaced only with --replace.

The keys of --json: photo, own_words {text, language or null, by (person or machine), machine or null, field, sidecar
or null, extended or null} or null. README.md says what each means.";

/// Describes photos aloud, on this computer.
#[derive(Parser)]
#[command(name = "hearsight", version, after_help = EXAMPLES, args_conflicts_with_subcommands = true)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,

    /// Photo to open in the window; of several, the first
    #[arg(value_name = "PHOTO", value_parser = any_path())]
    photos: Vec<PathBuf>,

    /// Describe the screen in the window, as it was before; for a key of the desktop
    #[arg(long, conflicts_with_all = ["photos", "screen_part"])]
    screen: bool,

    /// Describe the window in front so; on Wayland the desktop asks for a window or a region
    #[arg(long, conflicts_with = "photos")]
    screen_part: bool,

    /// Open another window where there is one already, instead of showing the photos in that one; a model or a
    /// processor that is named does so too
    #[arg(long)]
    another: bool,

    #[command(flatten)]
    model: ModelArguments,
}

#[derive(Subcommand)]
enum Command {
    /// Print a sentence for each photo; needs no display
    #[command(after_help = ABOUT_DESCRIBE)]
    Describe(DescribeArguments),
    /// Show the words that are saved in photos, or save your own as a photo's alternative text; needs no model
    #[command(after_help = ABOUT_ALT)]
    Alt(AltArguments),
    /// Say what works here, one line each; exit code 1 if a description could not be made
    Doctor(ModelArguments),
    /// Show, install, remove or check models
    #[command(subcommand)]
    Models(ModelsCommand),
    /// Write the manual pages into a folder, for packages
    #[command(hide = true)]
    ManPages {
        /// Folder that is there
        folder: PathBuf,
    },
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

        /// Variant of the model's weights, such as fp16 or quantized [default: full weights where they are there]
        #[arg(long, value_name = "NAME")]
        variant: Option<String>,

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

/// How an alternative text is saved.
#[derive(clap::Args)]
struct SavingArguments {
    /// Save it also in the place of a text that a person has written
    #[arg(long)]
    replace: bool,

    /// Keep the photo as it was as photo.jpg.original beside it, unless there is such a file already
    #[arg(long)]
    backup: bool,

    /// Save it in a file beside the photo, photo.jpg.xmp, and leave the photo as it is
    #[arg(long)]
    sidecar: bool,
}

impl SavingArguments {
    /// The option that says how to save where nothing is saved.
    fn any(&self) -> Option<&'static str> {
        let given = [
            (self.replace, "--replace"),
            (self.backup, "--backup"),
            (self.sidecar, "--sidecar"),
        ];
        given.into_iter().find_map(|(given, name)| given.then_some(name))
    }
}

impl From<SavingArguments> for Manner {
    fn from(arguments: SavingArguments) -> Self {
        Self {
            replace: arguments.replace,
            backup: arguments.backup,
            beside: arguments.sidecar,
        }
    }
}

#[derive(clap::Args)]
struct AltArguments {
    /// Photos whose words are shown, in this order
    #[arg(required = true, value_name = "PHOTO", value_parser = any_path())]
    photos: Vec<PathBuf>,

    /// Print one JSON object a line, for other programs
    #[arg(long)]
    json: bool,

    /// Save this as the alternative text of the photo, at most 250 characters; takes a single PHOTO
    #[arg(long, value_name = "TEXT")]
    write: Option<String>,

    /// Language of TEXT as a BCP 47 tag, such as en or pt-BR [default: the system's, as far as Hearsight speaks it]
    #[arg(long, value_name = "TAG", requires = "write", value_parser = language_tag)]
    language: Option<String>,

    #[command(flatten)]
    saving: SavingArguments,
}

impl AltArguments {
    fn validate(self) -> Result<alt::Alt, clap::Error> {
        if self.write.is_none()
            && let Some(option) = self.saving.any()
        {
            return Err(Arguments::command().error(
                ErrorKind::MissingRequiredArgument,
                format!("{option} says how TEXT is saved, so it takes --write TEXT"),
            ));
        }
        if self.write.is_some() && self.photos.len() > 1 {
            return Err(Arguments::command().error(
                ErrorKind::TooManyValues,
                "--write saves one text, so it takes a single PHOTO",
            ));
        }
        let language = self.language.unwrap_or_else(|| language::current().tag().to_owned());
        Ok(alt::Alt {
            photos: self.photos,
            json: self.json,
            write: self.write.map(|text| (text, language)),
            manner: self.saving.into(),
        })
    }
}

/// A language tag by its form (BCP 47): letters, digits and hyphens.
fn language_tag(tag: &str) -> Result<String, String> {
    let is_part = |part: &str| (1..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
    let begins_well = tag.chars().take(2).filter(char::is_ascii_alphabetic).count() == 2;
    if begins_well && tag.split('-').all(is_part) {
        Ok(tag.to_owned())
    } else {
        Err("not a language tag such as en or pt-BR".to_owned())
    }
}

#[derive(clap::Args)]
struct DescribeArguments {
    /// Photos to describe, in this order
    #[arg(
        required_unless_present_any = ["from", "screen", "screen_part", "clipboard"],
        value_name = "PHOTO",
        value_parser = any_path()
    )]
    photos: Vec<PathBuf>,

    /// Describe what is on the screen instead
    #[arg(long, conflicts_with_all = ["photos", "from", "screen_part", "clipboard"])]
    screen: bool,

    /// Describe the window in front instead; on Wayland the desktop asks for a window or a region
    #[arg(long, conflicts_with_all = ["photos", "from", "clipboard"])]
    screen_part: bool,

    /// Describe the picture or the photo files on the clipboard instead
    #[arg(long, conflicts_with_all = ["photos", "from"])]
    clipboard: bool,

    /// Describe the photos of a list instead: a file with one path a line, or - for standard input
    #[arg(long, value_name = "LIST", conflicts_with_all = ["photos", "attention"])]
    from: Option<PathBuf>,

    /// A NUL ends each path of the list instead of the end of the line, as after find -print0
    #[arg(long, short = '0', requires = "from", conflicts_with = "photos")]
    null: bool,

    /// Describe all photos of folders and of the folders below them, in the natural order of their paths
    #[arg(long, short, conflicts_with_all = ["from", "attention"])]
    recursive: bool,

    /// Write into this file instead of printing: a .jsonl, .csv or .html; may be repeated
    #[arg(long, value_name = "OUT", conflicts_with_all = ["json", "speak", "attention", "occlusion", "save_alt_text"])]
    to: Vec<PathBuf>,

    /// How to show on standard error how far it is [default: of folders and with --to a bar on a terminal, else lines]
    #[arg(long, value_enum, value_name = "FORM", default_value_t, hide_default_value = true)]
    progress: progress::Form,

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

    /// Save each sentence as the photo's alternative text, after you have looked at it and perhaps written another one
    #[arg(long)]
    save_alt_text: bool,

    /// Save without that look, as scripts do; sentences that may be wrong are not saved then
    #[arg(long, requires = "save_alt_text")]
    unreviewed: bool,

    #[command(flatten)]
    saving: SavingArguments,

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
    Window(window::Window),
    /// Describe photos without a display.
    Describe(Box<describe::Describe>),
    /// Show or save the words of photos.
    Alt(alt::Alt),
    /// Say what works here.
    Doctor { model: Model },
    /// Show, install, remove or check models.
    Models(models::Models),
    /// Write the manual pages.
    ManPages { folder: PathBuf },
}

/// The model to load, and on what.
struct Model {
    folder: Option<PathBuf>,
    load: LoadOptions,
}

impl Model {
    /// Whether nothing but the program's own choice was asked for.
    fn is_usual(&self) -> bool {
        self.folder.is_none() && self.load == LoadOptions::default()
    }
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
            None => Task::Window(window::Window {
                photos: self.photos,
                taken: Taken::of(self.screen, self.screen_part, false),
                another: self.another,
                model: self.model.into(),
            }),
            Some(Command::Doctor(model)) => Task::Doctor { model: model.into() },
            Some(Command::Describe(arguments)) => Task::Describe(Box::new(arguments.validate()?)),
            Some(Command::Alt(arguments)) => Task::Alt(arguments.validate()?),
            Some(Command::Models(command)) => Task::Models(command.into()),
            Some(Command::ManPages { folder }) => Task::ManPages { folder },
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
                variant,
                device,
                low_memory,
            } => Self::Check {
                folder,
                load: LoadOptions {
                    variant,
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
        if let Some(out) = self.to.iter().find(|out| Format::of(out).is_none()) {
            return Err(Arguments::command().error(
                ErrorKind::ValueValidation,
                format!(
                    "--to writes .jsonl, .csv and .html: {} ends with none of them",
                    out.display()
                ),
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
        if !self.save_alt_text
            && let Some(option) = self.saving.any()
        {
            return Err(Arguments::command().error(
                ErrorKind::MissingRequiredArgument,
                format!("{option} says how a sentence is saved, so it takes --save-alt-text"),
            ));
        }
        if self.save_alt_text && !self.unreviewed && !std::io::stdin().is_terminal() {
            return Err(Arguments::command().error(
                ErrorKind::MissingRequiredArgument,
                "--save-alt-text asks about each sentence, which takes a terminal; scripts add --unreviewed",
            ));
        }
        Ok(describe::Describe {
            photos: match (Taken::of(self.screen, self.screen_part, self.clipboard), self.from) {
                (Some(taken), _) => describe::Photos::Taken(taken),
                (None, Some(list)) if self.null => describe::Photos::From(list, list::Ends::Nul),
                (None, Some(list)) => describe::Photos::From(list, list::Ends::Line),
                (None, None) if self.recursive => describe::Photos::Below(self.photos),
                (None, None) => describe::Photos::Given(self.photos),
            },
            json: self.json,
            speak: self.speak,
            beams: self.beams.map(usize::from),
            generation: self.generate.into_iter().collect(),
            attention: self.attention,
            occlusion: self.occlusion,
            saving: self.save_alt_text.then(|| saving::Saving {
                unreviewed: self.unreviewed,
                manner: self.saving.into(),
            }),
            to: self.to,
            progress: self.progress,
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
    if matches!(task, Task::Window { .. } | Task::Describe(_)) {
        photo::decode_apart();
    }
    let mut output = Output::new();
    let done = match task {
        Task::Window(window) => window.run(&mut output),
        Task::Describe(describe) => describe.run(&mut output),
        Task::Alt(alt) => alt.run(&mut output),
        Task::Doctor { model } => doctor::run(&model, &mut output),
        Task::Models(models) => models.run(&mut output),
        Task::ManPages { folder } => clap_mangen::generate_to(Arguments::command(), folder)
            .map(|()| Done::Well)
            .map_err(Into::into),
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
