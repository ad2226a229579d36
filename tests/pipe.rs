//! The program as one stage of a pipe: a line out for each line in, as soon as it is there, and several of it side by side
//! under GNU parallel.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use image::{Rgb, RgbImage};
use models::Kind;
use serde_json::{Value, json};
use tempfile::TempDir;

fn pictures(folder: &Path, count: u32) -> Vec<PathBuf> {
    let picture = |number: u32| {
        let path = folder.join(format!("photo {number}.png"));
        let pixels = RgbImage::from_fn(40 + number, 30, |x, y| {
            Rgb([
                (x * (3 + number % 5) % 256) as u8,
                (x * y * 5 % 256) as u8,
                (y * 8) as u8,
            ])
        });
        pixels.save(&path).unwrap();
        path
    };
    (0..count).map(picture).collect()
}

fn dressed(command: &mut Command) -> &mut Command {
    command
        .env("LANGUAGE", "en")
        .env_remove("HEARSIGHT_MODEL")
        .env_remove("RUST_LOG")
        .env("HEARSIGHT_CONFIG_DIR", "/nowhere/hearsight")
}

fn hearsight(model: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearsight"));
    dressed(&mut command);
    command
        .args(["describe", "--json", "--from", "-", "--model"])
        .arg(model.path());
    command
}

/// What goes in, and the lines that come out.
fn through(mut command: Command, input: &[u8]) -> (Option<i32>, Vec<Value>) {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let input = input.to_owned();
    let writer = std::thread::spawn(move || stdin.write_all(&input));
    let output = child.wait_with_output().unwrap();
    writer.join().unwrap().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines = text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    (output.status.code(), lines)
}

#[test]
fn a_line_is_answered_in_its_turn_with_its_id_before_the_next_comes_and_errors_are_lines_too() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let photo = &pictures(folder.path(), 1)[0];
    let mut child = hearsight(&model)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let (mut input, mut output) = (
        child.stdin.take().unwrap(),
        BufReader::new(child.stdout.take().unwrap()),
    );
    let mut ask = |line: &str| -> Value {
        writeln!(input, "{line}").unwrap();
        let mut answer = String::new();
        output.read_line(&mut answer).unwrap();
        serde_json::from_str(&answer).unwrap()
    };
    let id = json!({"row": 7, "of": ["a", null]});
    let answer = ask(&json!({"path": photo, "id": id}).to_string());
    assert_eq!((answer["photo"].as_str(), &answer["id"]), (photo.to_str(), &id));
    assert!(answer["caption"].is_string());
    let plain = ask(photo.to_str().unwrap());
    assert!(plain.get("id").is_none() && plain["caption"] == answer["caption"]);
    let missing = ask(r#"{"path": "/nowhere/a.png", "id": 8}"#);
    assert_eq!(
        (missing["photo"].as_str(), &missing["id"]),
        (Some("/nowhere/a.png"), &json!(8))
    );
    assert!(missing["error"].as_str().unwrap().starts_with("There is no such file"));
    let empty = ask(r#"{"id": 9}"#);
    assert_eq!(empty["id"], json!(9));
    assert!(empty["error"].as_str().unwrap().starts_with("This line names no photo"));
    // An answer that failed goes in again as it came out.
    fs::copy(photo, folder.path().join("late.png")).unwrap();
    let again = json!({"photo": folder.path().join("late.png"), "id": 8, "error": "It was missing."});
    assert_eq!(ask(&again.to_string())["caption"], answer["caption"]);
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[cfg(unix)]
#[test]
fn names_with_the_end_of_a_line_in_them_come_through_where_nul_ends_them() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let odd = folder.path().join("two\nlines {.png");
    fs::rename(&pictures(folder.path(), 1)[0], &odd).unwrap();
    let found = Command::new("find")
        .arg(folder.path())
        .args(["-name", "*.png", "-print0"])
        .output()
        .unwrap();
    let mut command = hearsight(&model);
    command.arg("-0");
    let (code, lines) = through(command, &found.stdout);
    assert_eq!((code, lines.len()), (Some(0), 1));
    assert_eq!(lines[0]["photo"].as_str(), odd.to_str());
}

/// As README.md has it: the same sentences in the same order as from one process.
#[cfg(target_os = "linux")]
#[test]
fn gnu_parallel_runs_several_and_gives_the_lines_in_order() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let mut photos = pictures(folder.path(), 23);
    photos.insert(11, folder.path().join("missing.png"));
    let list: Vec<String> = photos.iter().map(|photo| photo.display().to_string()).collect();
    let list = list.join("\n") + "\n";
    let (code, alone) = through(hearsight(&model), list.as_bytes());
    assert_eq!((code, alone.len()), (Some(1), 24));

    let mut parallel = Command::new("parallel");
    dressed(&mut parallel);
    parallel
        .args([
            "--will-cite",
            "--keep-order",
            "--pipe",
            "-N",
            "6",
            "--jobs",
            "2",
            "--quote",
        ])
        .arg(env!("CARGO_BIN_EXE_hearsight"))
        .args(["describe", "--json", "--from", "-", "--model"])
        .arg(model.path());
    let (code, lines) = through(parallel, list.as_bytes());
    assert_eq!(code, Some(1), "one job of four had a photo that is missing");
    let said = |lines: &[Value]| -> Vec<(Value, Value, Value)> {
        let line = |line: &Value| (line["photo"].clone(), line["caption"].clone(), line["error"].clone());
        lines.iter().map(line).collect()
    };
    assert_eq!(said(&lines), said(&alone));
    // Four processes, each of which has loaded the model.
    let loads = lines
        .iter()
        .filter(|line| line["seconds"]["load"].as_f64().is_some_and(|load| load > 0.0));
    assert_eq!(loads.count(), 4);
}
