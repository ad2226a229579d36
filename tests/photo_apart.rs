//! Photos are decoded by a process of its own, which can do nothing else, and whose faults cost one photo.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use hearsight::photo::{Limits, Photo, PhotoError, Powers, Readers};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

const PROGRAM: &str = env!("CARGO_BIN_EXE_hearsight");

fn readers() -> Readers {
    Readers::new(Path::new(PROGRAM), Limits::default())
}

fn fixtures() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photos");
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    files.sort();
    files
}

fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let pixels = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let mut bytes = Cursor::new(Vec::new());
    DynamicImage::from(pixels).write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A program that stands in for the one that decodes and does what a shell is told.
fn pretended(folder: &Path, script: &str) -> PathBuf {
    let path = folder.join("pretended");
    // Written by a process of its own: while this one has the file open, another test may start a process that has it open
    // too for a moment, and a file that somebody writes cannot be run ("Text file busy").
    let write = "printf '#!/bin/sh\\n%s\\n' \"$1\" > \"$0\" && chmod 755 \"$0\"";
    let status = Command::new("sh").args(["-c", write]).arg(&path).arg(script).status();
    assert!(status.unwrap().success());
    path
}

fn is_there(process: u32) -> bool {
    Path::new("/proc").join(process.to_string()).exists()
}

#[test]
fn every_photo_and_every_sentence_is_the_same_as_in_one_process() {
    let readers = readers();
    for path in fixtures() {
        let bytes = fs::read(&path).unwrap();
        for bytes in [&bytes[..], &bytes[..bytes.len() / 2]] {
            let here = Photo::from_bytes("photo", bytes);
            let apart = readers.photo("photo", bytes);
            match (here, apart) {
                (Ok(here), Ok(apart)) => {
                    assert_eq!(here.pixels(), apart.pixels(), "{}", path.display());
                    assert_eq!(here.is_cut(), apart.is_cut(), "{}", path.display());
                }
                (here, apart) => assert_eq!(
                    here.unwrap_err().to_string(),
                    apart.unwrap_err().to_string(),
                    "{}",
                    path.display()
                ),
            }
        }
    }
    assert_eq!(readers.ids().len(), 2, "one process for most formats, one with libheif");
}

#[test]
fn the_process_can_neither_use_files_nor_the_network_nor_start_programs() {
    let powers = readers().powers().unwrap();
    let Powers { heif, .. } = powers.clone();
    assert!(heif.is_some(), "libheif is installed for the tests");
    let expected = Powers {
        reads: false,
        writes: false,
        connects: false,
        starts: false,
        heif,
    };
    assert_eq!(powers, expected);
}

#[test]
fn one_process_serves_photo_after_photo_and_ends_with_its_readers() {
    let readers = readers();
    readers.get_ready();
    let first = readers.ids();
    assert_eq!(first.len(), 1);
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Bmp] {
        readers.photo("photo", &picture(40, 30, format)).unwrap();
    }
    assert_eq!(readers.ids(), first);
    drop(readers);
    assert!(!is_there(first[0]));
}

#[test]
fn a_process_that_was_ended_in_the_meantime_costs_no_photo() {
    let readers = readers();
    let photo = picture(40, 30, ImageFormat::Png);
    readers.photo("photo", &photo).unwrap();
    let first = readers.ids()[0];
    assert!(
        Command::new("kill")
            .args(["-KILL", &first.to_string()])
            .status()
            .unwrap()
            .success()
    );
    readers.photo("photo", &photo).unwrap();
    assert_ne!(readers.ids(), [first]);
}

#[test]
fn what_takes_too_long_is_ended_and_says_so() {
    let limits = Limits {
        time: Duration::from_millis(1),
        ..Limits::default()
    };
    let readers = Readers::new(Path::new(PROGRAM), limits);
    let told = readers
        .photo("photo", &picture(2000, 2000, ImageFormat::Png))
        .unwrap_err();
    assert!(matches!(told, PhotoError::TooSlow(_)), "{told:?}");

    let folder = tempfile::tempdir().unwrap();
    let limits = Limits {
        time: Duration::from_secs(1),
        ..limits
    };
    let note = folder.path().join("process");
    let script = format!("echo $$ > {}; exec sleep 600", note.display());
    let readers = Readers::new(&pretended(folder.path(), &script), limits);
    let begun = Instant::now();
    let told = readers.photo("photo", &picture(40, 30, ImageFormat::Png)).unwrap_err();
    assert_eq!(
        told.to_string(),
        "Reading this picture took longer than 1 seconds and was stopped. It may be damaged: try to download or copy \
         it again, or open a smaller copy."
    );
    assert!(begun.elapsed() < Duration::from_secs(20));
    let process = fs::read_to_string(note).unwrap().trim().parse().unwrap();
    assert!(!is_there(process), "it was not ended");
}

#[test]
fn what_takes_too_much_memory_is_ended_and_the_next_photo_opens() {
    let limits = Limits {
        megabytes: 32,
        ..Limits::default()
    };
    let readers = Readers::new(Path::new(PROGRAM), limits);
    // 39 megabytes of pixels.
    for format in [ImageFormat::Jpeg, ImageFormat::Png] {
        let told = readers.photo("photo", &picture(3600, 3600, format)).unwrap_err();
        assert!(matches!(told, PhotoError::TooMuchMemory), "{told:?}");
        readers.photo("photo", &picture(400, 300, format)).unwrap();
    }
}

#[test]
fn a_crash_and_nonsense_cost_one_photo_and_say_so() {
    let folder = tempfile::tempdir().unwrap();
    for script in ["kill -SEGV $$", "exit 3", "echo I am no picture", "sleep 20 & exit 3"] {
        let readers = Readers::new(&pretended(folder.path(), script), Limits::default());
        let told = readers.photo("photo", &picture(40, 30, ImageFormat::Png)).unwrap_err();
        assert!(matches!(told, PhotoError::DecoderCrashed), "{script}: {told:?}");
        assert!(readers.ids().is_empty());
    }
    let missing = Readers::new(&folder.path().join("nowhere"), Limits::default());
    let told = missing.photo("photo", &picture(40, 30, ImageFormat::Png)).unwrap_err();
    assert!(told.to_string().contains("could not be started"), "{told}");
}

#[test]
fn what_is_no_picture_starts_no_process() {
    let readers = readers();
    assert!(matches!(
        readers.photo("notes", b"Dear diary"),
        Err(PhotoError::NotAPicture)
    ));
    assert!(readers.ids().is_empty());
}

/// What the hidden command answers to this input, and its exit code.
fn answer(arguments: &[&str], input: &[u8]) -> (Vec<u8>, Option<i32>) {
    let mut process = Command::new(PROGRAM)
        .arg("decode-photos")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    process.stdin.take().unwrap().write_all(input).unwrap();
    let output = process.wait_with_output().unwrap();
    (output.stdout, output.status.code())
}

#[test]
fn the_process_ends_when_nobody_asks_any_more_or_asks_nonsense() {
    assert_eq!(answer(&["500"], b"").1, Some(0));
    assert_eq!(
        answer(&["500"], &[0xFF; 30]).1,
        Some(1),
        "a file that is larger than any"
    );
    let cut = [9, 0, 0, 0, 0, 0, 0, 0, 1];
    assert_eq!(answer(&["500"], &cut).1, Some(1), "a file that is not all there");
    assert_eq!(answer(&["much"], b"").1, Some(2));
}

#[test]
fn where_libheif_cannot_be_opened_the_sentence_says_what_to_install() {
    let photo = fs::read(
        fixtures()
            .into_iter()
            .find(|path| path.ends_with("quarters.heic"))
            .unwrap(),
    )
    .unwrap();
    let request = [&(photo.len() as u64).to_le_bytes()[..], &photo].concat();
    // A process that was not told to open it cannot do so any more when the photo comes.
    let (without, code) = answer(&["500"], &request);
    assert_eq!((without, code), (vec![9], Some(0)));
    let (with, _) = answer(&["500", "heif"], &request);
    assert_eq!(with.len(), 9 + 64 * 32 * 3);
    assert_eq!(
        PhotoError::NoLibrary("HEIC".to_owned()).to_string(),
        "This is a HEIC picture. To read it, Hearsight needs libheif, which is not installed here or has no decoder for \
         it. Install it (on Debian and Ubuntu: libheif1 and its plugins), or save the picture as JPEG and open that."
    );
}
