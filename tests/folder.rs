//! `hearsight describe --recursive --to`: whole folders into files, as another program meets it: killed, called again,
//! with photos that move, change, are broken or are there twice.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use hearsight::captioner::DescribeOptions;
use hearsight::folder::{Event, FolderError, Job, Request};
use image::{Rgb, RgbImage};
use models::Kind;
use serde_json::{Value, json};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(60);

/// A photo with stripes, another one for each number.
fn picture(path: &Path, number: u32) {
    let pixels = RgbImage::from_fn(48, 32, |x, y| {
        let stripe = (x * (1 + number % 5) + y * (number % 7)) / 9 % 2;
        let more = ((x * 5 + y * 3) ^ number.wrapping_mul(37)) % 251;
        Rgb([(stripe * 200) as u8, more as u8, (y * 8) as u8])
    });
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    pixels.save_with_format(path, image::ImageFormat::Png).unwrap();
}

/// So many photos in two folders, and among them one that is broken, one that is blank and one that is there twice.
fn photos(folder: &Path, count: u32) {
    for number in 0..count {
        let place = if number % 3 == 0 { "trip 2" } else { "trip 10/day" };
        picture(&folder.join(place).join(format!("photo {number}.png")), number);
    }
    fs::write(folder.join("trip 2/broken.jpg"), "This is no picture.").unwrap();
    fs::write(folder.join("trip 2/words.txt"), "Neither is this.").unwrap();
    let blank = RgbImage::from_pixel(50, 40, Rgb([240, 240, 235]));
    blank.save(folder.join("trip 2/blank.png")).unwrap();
    fs::copy(folder.join("trip 2/photo 0.png"), folder.join("trip 10/copy of 0.png")).unwrap();
}

fn hearsight(model: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearsight"));
    command
        .env("LANGUAGE", "en")
        .env_remove("HEARSIGHT_MODEL")
        .env_remove("RUST_LOG")
        .env("HEARSIGHT_CONFIG_DIR", "/nowhere/hearsight");
    command.args(["describe", "--model"]).arg(model.path());
    command
}

/// Describes a folder into files beside it with these endings.
fn into_files(model: &TempDir, folder: &Path, name: &str, endings: &[&str]) -> Command {
    let mut command = hearsight(model);
    command.arg("--recursive").arg(folder.join("photos"));
    for ending in endings {
        command.arg("--to").arg(folder.join(format!("{name}.{ending}")));
    }
    command
}

/// A file beside a photo in which somebody has described it.
const SIDECAR: &str = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/">
<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description rdf:about="" xmlns:Iptc4xmpCore="http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/">
<Iptc4xmpCore:AltTextAccessibility><rdf:Alt><rdf:li xml:lang="x-default">Rex</rdf:li></rdf:Alt></Iptc4xmpCore:AltTextAccessibility>
</rdf:Description></rdf:RDF></x:xmpmeta>"#;

const ALL: [&str; 3] = ["jsonl", "csv", "html"];

fn told(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn lines(path: &Path) -> Vec<Value> {
    let text = fs::read_to_string(path).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn names(lines: &[Value], folder: &Path) -> Vec<String> {
    let name = |line: &Value| {
        let path = Path::new(line["photo"].as_str().unwrap());
        path.strip_prefix(folder.join("photos"))
            .unwrap()
            .to_str()
            .unwrap()
            .to_owned()
    };
    lines.iter().map(name).collect()
}

#[test]
fn a_folder_becomes_lines_a_table_and_an_album_in_the_order_of_its_paths() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    photos(&folder.path().join("photos"), 9);
    fs::write(folder.path().join("photos/trip 2/photo 3.png.xmp"), SIDECAR).unwrap();
    let run = into_files(&model, folder.path(), "all", &ALL).output().unwrap();
    assert_eq!(run.status.code(), Some(1), "one is broken: {}", told(&run));
    assert!(run.stdout.is_empty());
    let expected = [
        "trip 2/blank.png",
        "trip 2/broken.jpg",
        "trip 2/photo 0.png",
        "trip 2/photo 3.png",
        "trip 2/photo 6.png",
        "trip 10/copy of 0.png",
        "trip 10/day/photo 1.png",
        "trip 10/day/photo 2.png",
        "trip 10/day/photo 4.png",
        "trip 10/day/photo 5.png",
        "trip 10/day/photo 7.png",
        "trip 10/day/photo 8.png",
    ];
    let written = lines(&folder.path().join("all.jsonl"));
    assert_eq!(names(&written, folder.path()), expected);
    assert!(written[0]["no_picture"].is_string() && written[1]["error"].is_string());
    assert!(
        written[2]["caption"]
            .as_str()
            .is_some_and(|caption| !caption.is_empty())
    );
    assert_eq!(written[2]["caption"], written[5]["caption"], "the same photo twice");
    assert_eq!(
        (&written[3]["own_words"]["text"], &written[2]["own_words"]),
        (&json!("Rex"), &Value::Null)
    );
    let said = told(&run);
    assert!(said.starts_with("12 photos.\n"), "{said}");
    assert!(said.contains("2 files are no photos and were left out."), "{said}");
    assert!(said.contains("broken.jpg: This file is no picture"), "{said}");
    assert!(
        said.contains("10 photos were described, one was known already, one failed."),
        "{said}"
    );

    let mut table = csv::Reader::from_path(folder.path().join("all.csv")).unwrap();
    let rows: Vec<csv::StringRecord> = table.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 12);
    for (row, line) in rows.iter().zip(&written) {
        assert_eq!(Some(&row[0]), line["photo"].as_str());
        assert_eq!(row[1].contains("Rex"), line["own_words"].is_object());
        assert_eq!(&row[3], line["caption"].as_str().unwrap_or_default());
        assert_eq!(&row[5], line["error"].as_str().unwrap_or_default());
    }
    let album = fs::read_to_string(folder.path().join("all.html")).unwrap();
    assert_eq!(album.matches("<img ").count(), 11);
    assert!(album.contains("alt=\"Written beside the photo: Rex\""));
    assert!(album.contains("src=\"photos/trip%202/photo%200.png\""), "{album}");

    // The rest of what stands there is the ledger, and nothing is left of what was written beside.
    let mut there: Vec<String> = fs::read_dir(folder.path())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    there.sort();
    assert_eq!(there, ["all.csv", "all.html", "all.jsonl", "all.ledger", "photos"]);
}

#[test]
fn what_was_described_is_not_described_again_until_photo_model_or_settings_change() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let photos_at = folder.path().join("photos");
    photos(&photos_at, 6);
    fs::remove_file(photos_at.join("trip 2/broken.jpg")).unwrap();
    let run = |endings: &[&str], more: &[&str]| {
        let run = into_files(&model, folder.path(), "all", endings)
            .args(more)
            .output()
            .unwrap();
        assert_eq!(run.status.code(), Some(0), "{}", told(&run));
        told(&run)
    };
    let said = run(&["jsonl"], &[]);
    assert!(
        said.contains("7 photos were described, one was known already, none failed."),
        "{said}"
    );
    let before = fs::read(folder.path().join("all.jsonl")).unwrap();
    let said = run(&["jsonl", "html"], &[]);
    assert!(
        said.contains("No new photo was described, 8 were known already"),
        "{said}"
    );
    assert_eq!(fs::read(folder.path().join("all.jsonl")).unwrap(), before);

    // Moved and renamed, touched, and a new one.
    fs::rename(photos_at.join("trip 2/photo 0.png"), photos_at.join("moved.png")).unwrap();
    let touched = photos_at.join("trip 2/photo 3.png");
    fs::write(&touched, fs::read(&touched).unwrap()).unwrap();
    picture(&photos_at.join("new.png"), 77);
    let said = run(&["jsonl"], &[]);
    assert!(said.contains("One photo was described, 8 were known already"), "{said}");
    // Another content in the place of an old one.
    picture(&touched, 78);
    let said = run(&["jsonl"], &[]);
    assert!(said.contains("One photo was described, 8 were known already"), "{said}");

    let said = run(&["jsonl"], &["--beams", "2"]);
    assert!(
        said.contains("8 photos were described, one was known already"),
        "{said}"
    );
    let config = model.path().join("generation_config.json");
    let mut settings: Value = serde_json::from_slice(&fs::read(&config).unwrap()).unwrap();
    settings["max_length"] = json!(9);
    fs::write(&config, settings.to_string()).unwrap();
    let said = run(&["jsonl"], &[]);
    assert!(
        said.contains("8 photos were described, one was known already"),
        "{said}"
    );
}

#[test]
fn killed_at_any_moment_it_goes_on_and_ends_with_the_same_files_byte_for_byte() {
    let (model, folder) = (models::model(Kind::Recurrent, json!({})), TempDir::new().unwrap());
    photos(&folder.path().join("photos"), 60);
    let unbroken = into_files(&model, folder.path(), "unbroken", &ALL).output().unwrap();
    assert_eq!(unbroken.status.code(), Some(1));
    let whole = fs::metadata(folder.path().join("unbroken.ledger")).unwrap().len();
    let ledger = folder.path().join("killed.ledger");
    let mut kills = 0;
    for share in [0.0, 0.2, 0.21, 0.5, 0.8, 0.95] {
        let mut child = into_files(&model, folder.path(), "killed", &ALL)
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let begun = Instant::now();
        // As soon as so much is written down, wherever it is by then.
        while child.try_wait().unwrap().is_none()
            && fs::metadata(&ledger).map_or(0, |file| file.len()) as f64 <= share * whole as f64
        {
            assert!(begun.elapsed() < PATIENCE);
        }
        // SIGKILL: no line of ours runs after it.
        child.kill().unwrap();
        kills += usize::from(child.wait().unwrap().code().is_none());
    }
    assert!(kills >= 5, "{kills} were killed before they ended");
    let last = into_files(&model, folder.path(), "killed", &ALL).output().unwrap();
    assert_eq!(last.status.code(), Some(1), "{}", told(&last));
    for ending in ALL {
        let of = |name: &str| fs::read_to_string(folder.path().join(format!("{name}.{ending}"))).unwrap();
        assert_eq!(of("unbroken"), of("killed"), "{ending}");
    }
    let known = told(&last);
    assert!(!known.contains(" 0 were known"), "{known}");
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".part"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn a_file_of_somebody_elses_is_left_as_it_is() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    picture(&folder.path().join("photos/a.png"), 1);
    let theirs = folder.path().join("all.csv");
    fs::write(&theirs, "my own table").unwrap();
    let refused = into_files(&model, folder.path(), "all", &ALL).output().unwrap();
    assert_eq!(refused.status.code(), Some(1));
    assert!(
        told(&refused).contains("all.csv is there already"),
        "{}",
        told(&refused)
    );
    assert_eq!(fs::read_to_string(&theirs).unwrap(), "my own table");
    assert!(!folder.path().join("all.ledger").exists() && !folder.path().join("all.jsonl").exists());

    fs::remove_file(&theirs).unwrap();
    let run = || into_files(&model, folder.path(), "all", &ALL).output().unwrap();
    assert_eq!(run().status.code(), Some(0));
    assert_eq!(run().status.code(), Some(0), "ours is written anew");
    // A sentence that somebody has put right.
    let corrected = fs::read_to_string(folder.path().join("all.html")).unwrap() + "corrected";
    fs::write(folder.path().join("all.html"), &corrected).unwrap();
    let refused = run();
    assert_eq!(refused.status.code(), Some(1));
    assert_eq!(fs::read_to_string(folder.path().join("all.html")).unwrap(), corrected);
}

#[test]
fn a_folder_without_files_to_write_is_printed_and_links_are_told() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let photos_at = folder.path().join("photos");
    photos(&photos_at, 4);
    #[cfg(unix)]
    std::os::unix::fs::symlink(&photos_at, photos_at.join("trip 2/again")).unwrap();
    let run = hearsight(&model)
        .args(["--recursive", "--json"])
        .arg(&photos_at)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let printed = String::from_utf8(run.stdout.clone()).unwrap();
    let printed: Vec<Value> = printed
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let names = names(&printed, folder.path());
    assert_eq!(names.len(), 7);
    assert_eq!(
        (names[0].as_str(), names[6].as_str()),
        ("trip 2/blank.png", "trip 10/day/photo 2.png")
    );
    assert!(printed[2]["seconds"].is_object(), "the whole contract");
    #[cfg(unix)]
    assert!(
        told(&run).contains("One link to another folder was not followed."),
        "{}",
        told(&run)
    );

    let nowhere = hearsight(&model)
        .args(["--recursive", "/nowhere/photos"])
        .output()
        .unwrap();
    assert_eq!(nowhere.status.code(), Some(1));
    assert!(told(&nowhere).contains("There is no such folder"), "{}", told(&nowhere));
    for wrong in [
        &["--to", "photos.txt", "a.png"][..],
        &["--recursive"],
        &["--recursive", "--from", "-"],
        &["--to", "a.jsonl", "--json", "a.png"],
        &["--null", "a.png"],
    ] {
        let run = hearsight(&model).args(wrong).output().unwrap();
        assert_eq!(run.status.code(), Some(2), "{wrong:?}");
    }
}

#[test]
fn a_list_is_written_into_files_too_and_its_ids_stand_in_the_lines() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let photo = folder.path().join("a.png");
    picture(&photo, 3);
    let list = folder.path().join("list.jsonl");
    let asked = [
        json!({"path": photo, "id": 7}),
        json!({"path": "/nowhere.png", "id": "eight"}),
    ];
    fs::write(&list, asked.map(|line| line.to_string()).join("\n")).unwrap();
    let out = folder.path().join("out.jsonl");
    let run = hearsight(&model)
        .arg("--from")
        .arg(&list)
        .arg("--to")
        .arg(&out)
        .output()
        .unwrap();
    assert_eq!(run.status.code(), Some(1));
    let written = lines(&out);
    assert_eq!((&written[0]["id"], &written[1]["id"]), (&json!(7), &json!("eight")));
    assert!(written[0]["caption"].is_string() && written[1]["error"].is_string());
}

/// The most memory that the program ever had, in kilobytes, as the system counts it.
#[cfg(target_os = "linux")]
fn peak(mut command: Command) -> u64 {
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let status = format!("/proc/{}/status", child.id());
    let mut peak = 0;
    while child.try_wait().unwrap().is_none() {
        let text = fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kilobytes = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = peak.max(kilobytes.unwrap_or(0));
        std::thread::sleep(Duration::from_millis(2));
    }
    peak
}

/// `HEARSIGHT_MANY=100000` makes it as many as that.
#[cfg(target_os = "linux")]
#[test]
fn memory_does_not_grow_with_the_number_of_photos() {
    let many: u32 = std::env::var("HEARSIGHT_MANY").map_or(1500, |count| count.parse().unwrap());
    let model = models::model(Kind::Transformer, json!({}));
    let peaks = [100, many].map(|count| {
        let folder = TempDir::new().unwrap();
        photos(&folder.path().join("photos"), count);
        let begun = Instant::now();
        let peak = peak(into_files(&model, folder.path(), "all", &ALL));
        let written = lines(&folder.path().join("all.jsonl")).len();
        assert_eq!(written, count as usize + 3);
        println!("{count} photos: at most {} MB, {:?}", peak / 1024, begun.elapsed());
        peak
    });
    // A path and three digests a photo, and no more: a kilobyte at the most.
    let grown = peaks[1].saturating_sub(peaks[0]);
    assert!(grown < 8 * 1024 + u64::from(many), "{peaks:?} kB");
}

#[test]
fn a_job_is_paused_goes_on_and_is_cancelled_without_losing_what_it_has() {
    // Slow enough to be paused on its way: with a quicker model a fast processor once was done before its first report.
    let (model, folder) = (models::slow(24), TempDir::new().unwrap());
    photos(&folder.path().join("photos"), 150);
    let request = Request {
        folder: folder.path().join("photos"),
        outputs: vec![folder.path().join("all.jsonl")],
        model: Some(model.path().to_owned()),
        options: DescribeOptions::default(),
        ..Request::default()
    };
    let ledger = || fs::metadata(folder.path().join("all.ledger")).map_or(0, |file| file.len());
    let next = |job: &mut Job| {
        let begun = Instant::now();
        loop {
            if let Some(event) = job.poll() {
                return event;
            }
            assert!(begun.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(1));
        }
    };
    let mut job = Job::start(request.clone(), || {}).unwrap();
    loop {
        match next(&mut job) {
            Event::Progress(_) => break,
            Event::Ended(ended) => panic!("too short to be paused: {ended:?}"),
            Event::Found(_) => {}
        }
    }
    job.control().pause(true);
    std::thread::sleep(Duration::from_millis(300));
    let paused = ledger();
    std::thread::sleep(Duration::from_millis(300));
    assert_eq!(ledger(), paused, "nothing happens while it is paused");
    job.control().cancel();
    let ended = loop {
        if let Event::Ended(ended) = next(&mut job) {
            break ended;
        }
    };
    assert!(matches!(ended, Err(FolderError::Cancelled)), "{ended:?}");
    assert!(!folder.path().join("all.jsonl").exists());
    drop(job);

    let mut job = Job::start(request, || {}).unwrap();
    job.control().pause(true);
    job.control().pause(false);
    let summary = loop {
        if let Event::Ended(ended) = next(&mut job) {
            break ended.unwrap();
        }
    };
    assert!(
        summary.known > 1 && summary.described + summary.known == 152,
        "{summary:?}"
    );
    assert_eq!((summary.failed, summary.failures.len()), (1, 1));
    assert_eq!(lines(&folder.path().join("all.jsonl")).len(), 153);
    let written: Vec<PathBuf> = summary.written;
    assert_eq!(written, [folder.path().join("all.jsonl")]);
}
