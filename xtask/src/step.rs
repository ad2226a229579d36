//! What the person sees: one headline a step, the time it took, and why it stopped.

use std::process::Command;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// Says that something is as it should be already.
pub fn fine(what: &str) {
    eprintln!("    ok  {what}");
}

/// Says something that the person should read, without stopping.
pub fn note(what: &str) {
    for line in what.lines() {
        eprintln!("  note  {line}");
    }
}

/// Runs one step under a headline, with its own output below, and tells the time it took.
///
/// # Errors
/// Where the command cannot start or fails; `advice` then says what to do.
pub fn step(headline: &str, command: &mut Command, advice: &str) -> Result<()> {
    eprintln!("  ...   {headline}");
    let started = Instant::now();
    let program = command.get_program().to_owned();
    let status = command
        .status()
        .with_context(|| format!("{} could not be started. {advice}", program.display()))?;
    if !status.success() {
        bail!("{headline}: failed ({status}). {advice}");
    }
    eprintln!("  done  {headline} ({:.1} s)", started.elapsed().as_secs_f64());
    Ok(())
}

/// Whether a command starts and succeeds; its output is swallowed.
pub fn succeeds(command: &mut Command) -> bool {
    command.output().is_ok_and(|output| output.status.success())
}
