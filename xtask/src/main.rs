//! Sets up, runs and tests Hearsight: `cargo xtask run PHOTO`, `cargo xtask test`.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use anyhow::Result;

mod checks;
mod onnx_runtime;
#[cfg(unix)]
mod package;
mod packages;
mod project;
mod run;
mod setup;
mod step;
mod training;

const USAGE: &str = "\
Sets up, runs and tests Hearsight.

Usage: cargo xtask COMMAND

Commands:
  run [PHOTO…]           install what is missing, build, and open the window; without a display, print and speak
                         the sentence instead
  test                   install what the tests need besides, and run every check and test
  setup [run|test]       only install what is missing
  package                build a Debian package with ONNX Runtime and the model in target/package
    --program FILE       pack this program instead of building it
    --to DIR             write the package there
    --uncompressed       pack faster, for trying out
  package check DEB      have lintian read a package, and try it out in a fresh Debian (as root, with a network)
  train CONFIG…          train a captioner: `hearsight-training train CONFIG…`, built for this very processor; --data names
                         the data set where the configuration's own folder is not there
  export CONFIG…         write a trained captioner as a model folder: `hearsight-training export CONFIG…`
  gate ARGUMENTS…        teach a model folder to tell what is no photo: `hearsight-training gate ARGUMENTS…`
  consensus ARGUMENTS…   teach a model folder what people would write about a photo, to choose sentences by:
                         `hearsight-training consensus ARGUMENTS…`
  calibrate ARGUMENTS…   fit a model folder's confidence to the dev split: `hearsight-training calibrate ARGUMENTS…`
  score ARGUMENTS…       score a model folder: `hearsight-training score ARGUMENTS…`
  survey ARGUMENTS…      count a data set's captions and words: `hearsight-training survey ARGUMENTS…`
  word2vec ARGUMENTS…    learn vectors of a data set's words: `hearsight-training word2vec ARGUMENTS…`
  reproduce CONFIG --data DATA --to MODEL --summary FILE [--classifier FILE]
                         a row of training/RESULTS.md: train, export and score, every guess about people said
  card ARGUMENTS…        print what a model's card says of its scores: `hearsight-training card ARGUMENTS…`
";

fn main() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().skip(1).collect();
    match dispatch(&arguments) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nStopped: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn dispatch(arguments: &[OsString]) -> Result<ExitCode> {
    let Some((command, rest)) = arguments.split_first() else {
        return Ok(wrong_usage("a command is missing"));
    };
    match (command.to_str(), rest) {
        (Some("run"), photos) => run::run(photos),
        (Some("test"), []) => checks::test(),
        (Some("setup"), []) => setup::setup(setup::Purpose::Run),
        (Some("setup"), [purpose]) => match purpose.to_str() {
            Some("run") => setup::setup(setup::Purpose::Run),
            Some("test") => setup::setup(setup::Purpose::Test),
            _ => Ok(not_known(purpose)),
        },
        (
            Some("train" | "export" | "gate" | "consensus" | "calibrate" | "score" | "card" | "word2vec" | "survey"),
            rest,
        ) => training::training(command, rest),
        (Some("reproduce"), rest) => match training::Row::read(rest) {
            Some(row) => row.reproduce(),
            None => Ok(wrong_usage("of `reproduce` something is missing or not known")),
        },
        #[cfg(unix)]
        (Some("package"), rest) => package::package(rest),
        (Some("help" | "--help" | "-h"), _) => {
            print!("{USAGE}");
            Ok(ExitCode::SUCCESS)
        }
        (Some("test"), [first, ..]) | (Some("setup"), [_, first, ..]) => Ok(not_known(first)),
        _ => Ok(not_known(command)),
    }
    .map_err(|error| error.context(format!("cargo xtask {}", command.display())))
}

fn not_known(word: &OsStr) -> ExitCode {
    wrong_usage(&format!("`{}` is not known here", word.display()))
}

fn wrong_usage(why: &str) -> ExitCode {
    eprintln!("{why}\n\n{USAGE}");
    ExitCode::from(2)
}
