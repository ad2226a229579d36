//! Only the download of models talks to the network.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What a program opens connections with.
const WAYS: [&str; 10] = [
    "ureq",
    "reqwest",
    "hyper::",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "std::net",
    "curl",
    "wget",
];

/// Where connections may be opened.
const DOWNLOAD: &str = "src/model/store/download";

/// Speech Dispatcher may listen on a port instead of a socket file, where `SPEECHD_ADDRESS` says so; that is the
/// person's own daemon, and gets sentences to say.
const SPEECH: &str = "src/speech/ssip.rs";

/// The process that decodes photos tries whether it could bind a socket, to tell the person that it cannot.
const POWERS: &str = "src/photo/apart/powers.rs";

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            found.push(path);
        }
    }
    found
}

/// The lines of code that name a way to the network, with their files.
fn ways_of(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut found = Vec::new();
    for path in sources(&root.join(folder)) {
        let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
        for line in fs::read_to_string(&path).unwrap().lines() {
            let code = line.split("//").next().unwrap_or_default();
            if WAYS.iter().any(|way| code.contains(way)) {
                found.push((name.clone(), line.trim().to_owned()));
            }
        }
    }
    found
}

#[test]
fn no_other_room_than_the_download_opens_a_connection() {
    let found = ways_of("src");
    assert!(
        found.iter().any(|(file, _)| file.starts_with(DOWNLOAD)),
        "the download would be found"
    );
    let elsewhere: Vec<_> = found
        .iter()
        .filter(|(file, _)| !file.starts_with(DOWNLOAD) && file != SPEECH && file != POWERS)
        .collect();
    assert!(elsewhere.is_empty(), "{elsewhere:#?}");
}

#[test]
fn the_download_is_asked_for_by_the_command_line_alone() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let asks: Vec<_> = sources(&root.join("src"))
        .into_iter()
        .filter(|path| !path.starts_with(root.join(DOWNLOAD)))
        .filter(|path| fs::read_to_string(path).unwrap().contains("download::install("))
        .collect();
    assert_eq!(asks, [root.join("src/cli/models.rs")]);
}

/// ONNX Runtime 1.31 numbered the computer and wrote down what ran on it, to be sent away, before its telemetry was switched
/// off.
#[test]
fn the_library_that_runs_models_writes_nothing_down_for_its_maker() {
    let home = tempfile::tempdir().unwrap();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let done = Command::new(env!("CARGO_BIN_EXE_hearsight"))
        .arg("describe")
        .arg(root.join("assets/samples/cat.jpg"))
        .env_remove("ORT_DISABLE_TELEMETRY")
        .env_remove("HEARSIGHT_CACHE_DIR")
        .env_remove("XDG_CACHE_HOME")
        .env("HOME", home.path())
        .output()
        .unwrap();
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(!done.stdout.is_empty());
    let kept = fs::read_dir(home.path().join(".cache")).into_iter().flatten();
    let kept: Vec<_> = kept.map(|entry| entry.unwrap().file_name()).collect();
    assert!(kept.iter().all(|name| name == "hearsight"), "{kept:?}");
}

#[test]
fn training_talks_to_nobody() {
    assert_eq!(ways_of("training/src"), []);
}
