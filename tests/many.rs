//! Many photos in one call: read ahead, searched together, and told one by one in their order.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::{Duration, Instant};

use hearsight::captioner::{Cancel, CaptionError, Captioner, DescribeOptions, Description, LoadOptions};
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use image::{Rgb, RgbImage};
use models::Kind;
use serde_json::{Value, json};
use tempfile::TempDir;

/// A photo with stripes, another one for each number.
fn photo(number: u32) -> Photo {
    let pixels = RgbImage::from_fn(40 + number, 30, |x, y| {
        let stripe = (x * (1 + number % 5) + y * (number % 7)) / 9 % 2;
        Rgb([(stripe * 200) as u8, (x * 3 + number * 5) as u8, (y * 8) as u8])
    });
    Photo::from_pixels("stripes", pixels)
}

/// Forty paths: photos, and among them files that are broken, blank or missing.
fn forty(folder: &Path) -> Vec<PathBuf> {
    let path = |number: u32| {
        let path = folder.join(format!("photo {number}.png"));
        match number % 10 {
            3 => fs::write(&path, "This is no picture.").unwrap(),
            5 => RgbImage::from_pixel(50, 40, Rgb([240, 240, 235])).save(&path).unwrap(),
            8 => {}
            _ => photo(number).pixels().save(&path).unwrap(),
        }
        path
    };
    (0..40).map(path).collect()
}

fn hearsight(model: &TempDir) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearsight"));
    command
        .env("LANGUAGE", "en")
        .env_remove("HEARSIGHT_MODEL")
        .env_remove("RUST_LOG");
    command.env("HEARSIGHT_CONFIG_DIR", "/nowhere/hearsight");
    command.args(["describe", "--model"]).arg(model.path());
    command
}

/// The program with `--from -`, waiting for paths.
struct Waiting {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Waiting {
    fn start(mut command: Command) -> Self {
        let mut child = command
            .args(["--from", "-"])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        Self {
            input: child.stdin.take().unwrap(),
            output: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    fn ask(&mut self, path: &Path) -> String {
        writeln!(self.input, "{}", path.display()).unwrap();
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        line
    }
}

/// The same but for the time and the last digits, in which a sum of other rows beside it may differ.
fn assert_same(a: &Value, b: &Value, at: &str) {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) => {
            assert!(a.keys().eq(b.keys()), "{at}");
            for (key, value) in a.iter().filter(|(key, _)| *key != "seconds") {
                assert_same(value, &b[key], &format!("{at}.{key}"));
            }
        }
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            for (place, (a, b)) in a.iter().zip(b).enumerate() {
                assert_same(a, b, &format!("{at}[{place}]"));
            }
        }
        (Value::Number(a), Value::Number(b)) if a.is_f64() => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() < 1e-4, "{at}: {a} is not {b}");
        }
        _ => assert_eq!(a, b, "{at}"),
    }
}

#[test]
fn forty_photos_of_a_list_with_broken_ones_get_the_lines_that_each_gets_alone() {
    for (kind, beams) in [(Kind::Transformer, "1"), (Kind::Recurrent, "3")] {
        let (model, folder) = (models::model(kind, json!({})), TempDir::new().unwrap());
        let photos = forty(folder.path());
        let mut one_by_one = hearsight(&model);
        one_by_one.args(["--json", "--beams", beams]);
        let mut one_by_one = Waiting::start(one_by_one);
        let alone: Vec<Value> = photos
            .iter()
            .map(|photo| serde_json::from_str(&one_by_one.ask(photo)).unwrap())
            .collect();
        drop(one_by_one.input);
        assert_eq!(
            one_by_one.child.wait().unwrap().code(),
            Some(1),
            "some of them are broken"
        );

        let list = folder.path().join("list.txt");
        let lines: Vec<String> = photos.iter().map(|photo| photo.display().to_string()).collect();
        fs::write(&list, lines.join("\r\n")).unwrap();
        let together = hearsight(&model)
            .args(["--json", "--beams", beams, "--from"])
            .arg(&list)
            .output()
            .unwrap();
        assert_eq!(
            (together.status.code(), together.stderr.as_slice()),
            (Some(1), &b""[..])
        );
        let together = String::from_utf8(together.stdout).unwrap();
        let together: Vec<Value> = together
            .lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect();
        assert_eq!(together.len(), 40);
        for (photo, (together, alone)) in photos.iter().zip(together.iter().zip(&alone)) {
            assert_eq!(together["photo"].as_str(), photo.to_str());
            assert_same(together, alone, &photo.display().to_string());
        }
        let count = |key: &str| together.iter().filter(|line| !line[key].is_null()).count();
        assert_eq!((count("caption"), count("error"), count("no_picture")), (28, 8, 4));

        let plain = hearsight(&model)
            .args(["--beams", beams])
            .args(&photos)
            .output()
            .unwrap();
        let captions = together.iter().zip(&photos).filter_map(|(line, photo)| {
            let caption = line["caption"].as_str()?;
            Some((photo.display().to_string(), caption.to_owned()))
        });
        let plain = String::from_utf8(plain.stdout).unwrap();
        let mut lines = plain.lines().filter(|line| !line.contains("no clear picture"));
        for (photo, caption) in captions {
            let line = lines.next().unwrap();
            assert!(line.starts_with(&photo) && line.contains(&caption), "{line}: {caption}");
        }
        assert_eq!(lines.next(), None);
    }
}

#[test]
fn a_path_is_answered_before_the_next_is_given_and_who_has_read_enough_ends_it() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let path = folder.path().join("one.png");
    photo(1).pixels().save(&path).unwrap();
    let mut waiting = Waiting::start(hearsight(&model));
    for _ in 0..3 {
        let line = waiting.ask(&path);
        assert!(line.starts_with(&path.display().to_string()), "{line}");
    }
    drop(waiting.output);
    // The input stays open: nobody waits for its end.
    writeln!(waiting.input, "{}", path.display()).unwrap();
    assert_eq!(waiting.child.wait().unwrap().code(), Some(0));
}

#[cfg(unix)]
#[test]
fn a_long_list_ends_at_once_when_it_is_told_to() {
    let (model, folder) = (models::model(Kind::Transformer, json!({})), TempDir::new().unwrap());
    let (path, list) = (folder.path().join("one.png"), folder.path().join("list.txt"));
    photo(1).pixels().save(&path).unwrap();
    fs::write(&list, format!("{}\n", path.display()).repeat(100_000)).unwrap();
    let mut child = hearsight(&model)
        .arg("--from")
        .arg(&list)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    output.read_line(&mut String::new()).unwrap();
    // As the interrupt key does; that one's signal is ignored where the tests themselves run in the background.
    let interrupted = Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status()
        .unwrap();
    assert!(interrupted.success());
    let start = Instant::now();
    while child.try_wait().unwrap().is_none() {
        // It may wait for a reader.
        output.read_line(&mut String::new()).unwrap();
        assert!(start.elapsed() < Duration::from_secs(5), "it goes on");
    }
}

#[test]
fn a_list_that_cannot_be_read_is_told_and_does_not_go_with_other_photos() {
    let model = models::model(Kind::Transformer, json!({}));
    let missing = hearsight(&model)
        .args(["--from", "/nowhere/list.txt"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(1));
    let told = String::from_utf8(missing.stderr).unwrap();
    assert!(
        told.contains("/nowhere/list.txt") && told.trim_end().ends_with('.'),
        "{told}"
    );
    for others in [&["one.png"][..], &["--attention", "where.png"]] {
        let both = hearsight(&model)
            .args(["--from", "list.txt"])
            .args(others)
            .output()
            .unwrap();
        assert_eq!(both.status.code(), Some(2));
    }
}

fn load(folder: &Path) -> Captioner {
    Captioner::load(&ModelFolder::open(folder).unwrap(), &LoadOptions::default()).unwrap()
}

type Told = Result<Description, CaptionError>;

fn many(captioner: &mut Captioner, photos: u32, cancel: &Cancel, enough: usize) -> (Vec<Told>, bool) {
    let (mut told, mut order) = (Vec::new(), 0);
    let photos = (0..photos).map(|number| (number, (number % 4 != 3).then(|| photo(number))));
    let ended = captioner.describe_many(photos, &DescribeOptions::default(), cancel, &mut |number, described| {
        assert_eq!((number, described.is_some()), (order, number % 4 != 3));
        order += 1;
        told.extend(described);
        told.len() < enough
    });
    (told, matches!(ended, Err(CaptionError::Cancelled)))
}

/// The hub's tiny model with weights of 8 bits, whose scale is measured over all rows at each step.
fn quantised() -> TempDir {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let folder = TempDir::new().unwrap();
    for file in [
        "config.json",
        "generation_config.json",
        "preprocessor_config.json",
        "tokenizer.json",
    ] {
        fs::copy(fixtures.join("tiny-vit-gpt2").join(file), folder.path().join(file)).unwrap();
    }
    for graph in ["encoder_model", "decoder_model"] {
        let from = fixtures.join(format!("tiny-vit-gpt2-int8/{graph}_int8.onnx"));
        fs::copy(from, folder.path().join(format!("{graph}.onnx"))).unwrap();
    }
    folder
}

/// A graph that mixes the rows of a batch would say of a photo what it says only beside certain others.
#[test]
fn photos_are_not_searched_together_by_a_decoder_whose_rows_are_not_alone() {
    for folder in [models::model(Kind::Averaging, json!({})), quantised()] {
        let mut captioner = load(folder.path());
        let (found, _) = many(&mut captioner, 12, &Cancel::default(), usize::MAX);
        let alone = (0..12).filter(|number| number % 4 != 3).map(|number| {
            let options = DescribeOptions::default();
            captioner.describe(&photo(number), &options, &Cancel::default(), &mut |_| ())
        });
        let alone: Vec<Told> = alone.collect();
        // Such small models find no words for some of them.
        let said = |told: &Told| told.as_ref().ok().map(|found| (found.tokens.clone(), found.score));
        assert!(alone.iter().filter_map(said).count() >= 3);
        assert!(found.iter().map(said).eq(alone.iter().map(said)));
    }
}

#[test]
fn many_photos_end_soon_when_they_are_cancelled_or_enough_are_told() {
    let model = models::model(Kind::Transformer, json!({}));
    let mut captioner = load(model.path());
    let (told, cancelled) = many(&mut captioner, 1_000_000, &Cancel::default(), 5);
    assert_eq!((told.len(), cancelled), (5, false));

    let cancel = Cancel::default();
    let other = cancel.clone();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        other.cancel();
        Instant::now()
    });
    let (_, cancelled) = many(&mut captioner, 1_000_000, &cancel, usize::MAX);
    assert!(cancelled);
    assert!(canceller.join().unwrap().elapsed() < Duration::from_secs(1));

    // Also while there is no next photo yet.
    let (silent, photos) = std::sync::mpsc::channel::<(u32, Option<Photo>)>();
    let cancel = Cancel::default();
    let other = cancel.clone();
    let canceller = std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(100));
        other.cancel();
    });
    let ended = captioner.describe_many(photos.into_iter(), &DescribeOptions::default(), &cancel, &mut |_, _| {
        true
    });
    assert!(matches!(ended, Err(CaptionError::Cancelled)));
    canceller.join().unwrap();
    drop(silent);
}
