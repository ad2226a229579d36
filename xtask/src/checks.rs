//! `cargo xtask test`: every check and test, the quick ones first.

use std::process::{Command, ExitCode};
use std::time::Instant;

use anyhow::Result;

use crate::project::cargo;
use crate::setup::{Purpose, setup};
use crate::step::{step, succeeds};

/// Sets up what the tests need and runs every check and test, to the first that fails.
///
/// # Errors
/// The first failure, with what to do.
pub fn test() -> Result<ExitCode> {
    let started = Instant::now();
    setup(Purpose::Test)?;
    let tools = ["fmt", "clippy"]
        .iter()
        .all(|tool| succeeds(cargo(tool).arg("--version")));
    if !tools {
        step(
            "install rustfmt and clippy",
            Command::new("rustup").args(["component", "add", "rustfmt", "clippy"]),
            "Please install rustfmt and clippy for the Rust in use.",
        )?;
    }
    step(
        "1 of 4: formatting",
        cargo("fmt").args(["--all", "--", "--check"]),
        "`cargo fmt` puts it right.",
    )?;
    step(
        "2 of 4: lints",
        cargo("clippy").args(["--workspace", "--all-targets", "--", "--deny", "warnings"]),
        "Each warning above says what it wants.",
    )?;
    step(
        "3 of 4: tests",
        cargo("test").arg("--workspace"),
        "The failed test's name and reason stand above; `cargo test NAME` runs it alone.",
    )?;
    step(
        "4 of 4: documentation",
        cargo("doc")
            .args(["--workspace", "--no-deps"])
            .env("RUSTDOCFLAGS", "--deny warnings"),
        "Each warning above names the broken link or the missing sentence.",
    )?;
    println!(
        "All checks and tests passed ({:.0} s).",
        started.elapsed().as_secs_f64()
    );
    Ok(ExitCode::SUCCESS)
}
