//! `cargo xtask run PHOTO`: from a clone to a spoken sentence.

use std::ffi::OsString;
use std::process::ExitCode;

use anyhow::{Context, Result};

use crate::project::{self, cargo};
use crate::setup::{Purpose, setup};
use crate::step::{note, step};

/// The photo that is described where there is neither a display nor a photo.
const SAMPLE: &str = "assets/samples/cat.jpg";

/// Sets up, builds in release mode (waited for once; photos are fast ever after) and runs the program.
///
/// # Errors
/// Where setting up or building fails; the program's own failure is its exit code.
pub fn run(photos: &[OsString]) -> Result<ExitCode> {
    setup(Purpose::Run)?;
    step(
        "build Hearsight (the first time takes some minutes)",
        cargo("build").args(["--release", "--package", "hearsight"]),
        "Please read the compiler's first error above; if it names a missing program or library, install the packages \
         of packaging/debian-packages.txt and call this again.",
    )?;
    let mut program = cargo("run");
    program.args(["--quiet", "--release", "--package", "hearsight", "--"]);
    if has_display() {
        program.arg("--").args(photos);
    } else {
        note("There is no display, so the sentence is printed and spoken instead of shown in the window.");
        program.args(["describe", "--speak", "--"]).args(photos);
        if photos.is_empty() {
            note(&format!("No photo was named; this describes the sample {SAMPLE}."));
            program.arg(project::root().join(SAMPLE));
        }
    }
    let status = program.status().context("the program could not be started")?;
    // A code beyond a byte does not exist; a program ended by a signal has none at all.
    Ok(status
        .code()
        .and_then(|code| u8::try_from(code).ok())
        .map_or(ExitCode::FAILURE, ExitCode::from))
}

/// Whether the window has somewhere to open.
fn has_display() -> bool {
    let named = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(windows, target_os = "macos")) || named("DISPLAY") || named("WAYLAND_DISPLAY")
}
