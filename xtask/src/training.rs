//! `cargo xtask train`, `export`, `gate`, `calibrate`, `score`, `card` and `word2vec`: the training program, built for this very processor.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use anyhow::Result;

use crate::project::{cargo, root};
use crate::setup::{Purpose, setup};
use crate::step::step;

/// Passes the command and its arguments on to the training program.
///
/// # Errors
/// Where setting up, building or the program itself fails.
pub fn training(command: &OsStr, arguments: &[OsString]) -> Result<ExitCode> {
    setup(Purpose::Run)?;
    step(
        &format!("training program: {}", command.display()),
        cargo("run")
            .args(["--release", "--package", "hearsight-training", "--target-dir"])
            // Hours of training are worth a build of its own for the processor in use.
            .arg(root().join("target").join("native"))
            .env("RUSTFLAGS", "-C target-cpu=native")
            .arg("--")
            .arg(command)
            .args(arguments),
        "The program's own message above says why.",
    )?;
    Ok(ExitCode::SUCCESS)
}
