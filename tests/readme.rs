//! What `README.md` says about the window and the files beside it is true.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};

use hearsight::window::commands::{COMMANDS, built_in};

/// Between these lines of the README stands what is made from the table of commands.
const MARKS: [&str; 2] = [
    "<!-- keys: made by UPDATE_README=1 cargo test --test readme -->\n",
    "<!-- end of keys -->",
];

#[test]
fn the_readme_has_the_table_of_keys_that_the_window_has() {
    let readme = readme();
    let (before, rest) = readme.split_once(MARKS[0]).unwrap();
    let (there, after) = rest.split_once(MARKS[1]).unwrap();
    let table = table();
    if std::env::var_os("UPDATE_README").is_some() {
        fs::write(path(), [before, MARKS[0], &table, MARKS[1], after].concat()).unwrap();
    } else {
        assert_eq!(there, table, "run UPDATE_README=1 cargo test --test readme");
    }
}

/// On macOS the keys are written with Cmd, which the README says in a sentence.
fn table() -> String {
    let ours = COMMANDS
        .iter()
        .map(|entry| format!("| {} | {} | {} |\n", entry.key(), entry.name(), entry.help()));
    let built_in = built_in().map(|(key, help)| format!("| {key} | | {help} |\n"));
    let rows: String = ours.chain(built_in).collect();
    format!("\n| Key | Name | What it does |\n|---|---|---|\n{rows}\n").replace("Cmd+", "Ctrl+")
}

#[test]
fn every_file_and_heading_that_the_readme_points_to_is_there() {
    let readme = readme();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let headings: Vec<String> = readme.lines().filter_map(anchor).collect();
    let links = readme.split("](").skip(1).filter_map(|rest| rest.split(')').next());
    for link in links.filter(|link| !link.contains("://")) {
        let is_there = match link.strip_prefix('#') {
            Some(heading) => headings.iter().any(|anchor| anchor == heading),
            None => root.join(link).exists(),
        };
        assert!(is_there, "README.md points to {link}, which is not there");
    }
}

/// What links call a heading.
fn anchor(line: &str) -> Option<String> {
    let heading = line.strip_prefix('#')?.trim_start_matches('#').trim();
    let kept = heading
        .chars()
        .filter(|letter| letter.is_alphanumeric() || " -".contains(*letter));
    Some(kept.collect::<String>().to_lowercase().replace(' ', "-"))
}

fn readme() -> String {
    fs::read_to_string(path()).unwrap()
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")
}
