//! Orca, the screen reader, on a desktop of the tests: what it says, from its own log.

use std::fs;
use std::os::unix::process::CommandExt;
use std::path::PathBuf;
use std::process::Child;
use std::thread::sleep;
use std::time::{Duration, Instant};

use super::desktop::{Desktop, end};

const PATIENCE: Duration = Duration::from_secs(40);
/// What comes within this time belongs to the same key.
const QUIET: Duration = Duration::from_millis(1500);

/// A running Orca.
pub struct Orca {
    process: Child,
    log: PathBuf,
}

impl Orca {
    /// Whether it is installed here.
    pub fn is_installed() -> bool {
        std::env::var_os("PATH")
            .is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join("orca").exists()))
    }

    /// Starts it. It has no voice of its own there: nothing but the program could be heard.
    pub fn start(desktop: &Desktop) -> Self {
        let log = desktop.folder().join("orca.log");
        let process = desktop
            .python_command("run_orca.py")
            .arg(&log)
            .arg(desktop.folder().join("orca"))
            .env("SPEECHD_ADDRESS", "unix_socket:/nowhere")
            .process_group(0)
            .spawn()
            .unwrap();
        let orca = Self { process, log };
        orca.wait_for("Screen reader on.");
        orca
    }

    /// Everything that it has said.
    pub fn said(&self) -> Vec<String> {
        let log = fs::read_to_string(&self.log).unwrap_or_default();
        log.lines().filter_map(spoken).collect()
    }

    /// Waits until it has said something that contains this.
    pub fn wait_for(&self, part: &str) {
        let begun = Instant::now();
        while !self.said().iter().any(|said| said.contains(part)) {
            assert!(
                begun.elapsed() < PATIENCE,
                "Orca never said {part:?}: {:?}",
                self.said()
            );
            sleep(Duration::from_millis(50));
        }
    }

    /// What it says after the first `from` sentences, as soon as it has said something and then nothing for a while.
    pub fn answer(&self, from: usize) -> Vec<String> {
        let begun = Instant::now();
        let (mut count, mut since) = (from, Instant::now());
        loop {
            let said = self.said();
            if said.len() != count {
                (count, since) = (said.len(), Instant::now());
            }
            if count > from && since.elapsed() > QUIET {
                return said[from..].to_vec();
            }
            assert!(
                begun.elapsed() < PATIENCE,
                "Orca says nothing more after {:?}",
                said.last()
            );
            sleep(Duration::from_millis(50));
        }
    }
}

impl Drop for Orca {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// What a line of the log says was spoken.
fn spoken(line: &str) -> Option<String> {
    let (_, rest) = line.split_once("SPEECH OUTPUT: '")?;
    // After it come the voice's properties.
    let end = rest
        .rfind("'{")
        .or_else(|| rest.rfind("' voice="))
        .or_else(|| rest.rfind("' {"));
    let text = end.map_or(rest.trim_end_matches('\''), |end| &rest[..end]);
    let text = text.rfind("' voice=").map_or(text, |end| &text[..end]);
    Some(text.trim_end_matches('\u{a0}').trim().to_owned())
}
