//! What `README.md` says about the window and the files beside it is true.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;

use hearsight::window::commands::{BUILT_IN, COMMANDS};

#[test]
fn every_key_of_the_window_stands_in_the_readme() {
    let readme = readme();
    let commands = COMMANDS
        .iter()
        .map(|entry| format!("| {} | {} | {} |", entry.key(), entry.name, entry.help));
    let built_in = BUILT_IN.iter().map(|(key, help)| format!("| {key} | | {help} |"));
    // On macOS the keys are written with Cmd, which the README says in a sentence.
    for row in commands.chain(built_in).map(|row| row.replace("Cmd+", "Ctrl+")) {
        assert!(readme.lines().any(|line| line == row), "README.md has no row\n{row}");
    }
}

#[test]
fn every_file_that_the_readme_points_to_is_there() {
    let readme = readme();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.contains("://")) {
        assert!(
            root.join(link).exists(),
            "README.md points to {link}, which is not there"
        );
    }
}

fn readme() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).unwrap()
}
