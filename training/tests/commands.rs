//! The program's commands on a small data set whose layout only a configuration knows, and how `score` describes photos.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hearsight::captioner::{Cancel, Captioner, DescribeOptions, LoadOptions};
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use hearsight_training::data::captions::CaptionedPhoto;
use hearsight_training::describe;
use serde_json::Value;
use tempfile::TempDir;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn everyday() -> PathBuf {
    root().join("models/everyday")
}

fn samples() -> Vec<CaptionedPhoto> {
    let photo = |name: &str, caption: &str| CaptionedPhoto {
        name: name.to_owned(),
        path: root().join("assets/samples").join(name),
        captions: vec![caption.to_owned()],
    };
    vec![
        photo("cat.jpg", "A cat"),
        photo("coffee.jpg", "A cup of coffee on a table"),
        photo("rocket.jpg", "A rocket rises into the sky"),
    ]
}

/// The samples as a data set that `Dataset::find` does not know, with a configuration beside it that names its folder.
fn set() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let set = folder.path().join("set");
    fs::create_dir_all(set.join("pictures")).unwrap();
    let mut captions = "image,caption\n".to_owned();
    for photo in samples() {
        fs::copy(&photo.path, set.join("pictures").join(&photo.name)).unwrap();
        captions += &format!("{0},{1}\n{0},A thing .\n", photo.name, photo.captions[0]);
    }
    fs::write(set.join("words.csv"), captions).unwrap();
    fs::write(set.join("learn.txt"), "cat.jpg\n").unwrap();
    fs::write(set.join("choose.txt"), "coffee.jpg\nrocket.jpg\n").unwrap();
    let text = include_str!("../configs/everyday.toml");
    let (before, after) = text.split_once("[data]").unwrap();
    let (_, after) = after.split_once("\n[words]").unwrap();
    let config = folder.path().join("run.toml");
    let data = "[data]\nfolder = \"set\"\ncaptions = \"words.csv\"\nphotos = \"pictures\"\ntrain = \"learn.txt\"\n\
                dev = \"choose.txt\"\n";
    let after = after.replace("spelling = \"spelling.txt\"\n", "");
    fs::write(&config, format!("{before}{data}\n[words]{after}")).unwrap();
    (folder, config)
}

/// Runs the program as somebody whose home is the folder that it is called in.
fn call(arguments: &[&str], within: &Path) -> Output {
    Command::new(env!("CARGO_BIN_EXE_hearsight-training"))
        .args(arguments)
        .current_dir(within)
        .env("HOME", within)
        .env_remove("XDG_CACHE_HOME")
        .env_remove("ORT_DISABLE_TELEMETRY")
        .output()
        .unwrap()
}

fn said(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

#[test]
fn photos_described_together_are_described_as_each_alone() {
    let folder = ModelFolder::open(&everyday()).unwrap();
    // Five, so that the last group is not whole.
    let photos: Vec<_> = samples().into_iter().chain(samples()).take(5).collect();
    for beams in [1, 4] {
        let options = DescribeOptions {
            beams: Some(beams),
            ..DescribeOptions::default()
        };
        let together = describe::describe(&folder, &photos, &options).unwrap();
        assert_eq!(together.len(), photos.len());
        let mut captioner = Captioner::load(&folder, &LoadOptions::default()).unwrap();
        for (photo, found) in std::iter::zip(&photos, &together) {
            let opened = Photo::open(&photo.path).unwrap();
            let alone = captioner
                .describe(&opened, &options, &Cancel::default(), &mut |_| ())
                .unwrap();
            assert_eq!(
                (&found.caption, &found.tokens),
                (&alone.caption, &alone.tokens),
                "{}",
                photo.name
            );
            assert!((found.confidence - alone.confidence).abs() < 1e-4, "{}", photo.name);
            for (a, b) in std::iter::zip(&found.words, &alone.words) {
                assert!(
                    (a.probability - b.probability).abs() < 1e-4,
                    "{}: {}",
                    photo.name,
                    a.text
                );
            }
        }
    }
}

#[test]
fn a_photo_that_cannot_be_opened_stops_the_scoring_with_its_name() {
    let folder = ModelFolder::open(&everyday()).unwrap();
    let mut photos = samples();
    photos[1].path = "/nowhere/coffee.jpg".into();
    let error = describe::describe(&folder, &photos, &DescribeOptions::default()).unwrap_err();
    assert!(format!("{error:#}").starts_with("coffee.jpg: "), "{error:#}");
}

#[test]
fn score_survey_and_word2vec_read_the_data_of_a_configuration() {
    let (folder, config) = set();
    let (config, home) = (config.to_str().unwrap(), folder.path());
    let model = everyday();
    // From elsewhere, so that nothing is found by luck.
    let elsewhere = tempfile::tempdir().unwrap();
    let file = |name: &str| home.join(name).to_str().unwrap().to_owned();
    let (json, summary, tables, vectors) = (
        file("all.json"),
        file("summary.json"),
        file("tables"),
        file("vectors.txt"),
    );
    for (arguments, told) in [
        (
            vec![
                "score",
                model.to_str().unwrap(),
                "--config",
                config,
                "--beams",
                "1",
                "--json",
                &json,
                "--summary",
                &summary,
            ],
            "the most frequent caption",
        ),
        (vec!["survey", "--config", config, "--to", &tables], "Tables and plots"),
        (
            vec![
                "word2vec",
                "--config",
                config,
                "--to",
                &vectors,
                "--minimum-count",
                "1",
                "--width",
                "4",
                "--epochs",
                "1",
            ],
            "words are in",
        ),
    ] {
        let output = call(&arguments, elsewhere.path());
        assert!(
            output.status.success() && said(&output).contains(told),
            "{}",
            said(&output)
        );
    }
    // ONNX Runtime's telemetry.
    assert!(!elsewhere.path().join(".cache/Microsoft").exists());
    let read = |path: &str| -> Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let (all, summary) = (read(&json), read(&summary));
    assert_eq!(all["photos"][1]["photo"], "rocket.jpg");
    assert_eq!((&summary["photos"], &summary["beams"]), (&2.into(), &1.into()));
    assert_eq!(summary["model"], "everyday");
    assert_eq!(all["corpus"], summary["corpus"]);
    // Of the cat's two captions "a cat" and "a thing", no word but "a" is in the others'; "a thing" is everybody's.
    assert!(summary["most_frequent"]["bleu"][0].as_f64().unwrap() > 0.0, "{summary}");
    let text = summary.to_string();
    for private in ["rocket", "thing", home.to_str().unwrap()] {
        assert!(!text.contains(private), "{private} in {text}");
    }
}

#[test]
fn every_command_that_reads_a_data_set_takes_a_configuration() {
    let here = tempfile::tempdir().unwrap();
    for command in ["score", "card", "calibrate", "gate", "survey", "word2vec"] {
        let output = call(&[command, "--help"], here.path());
        assert!(
            said(&output).contains("--config <CONFIG>"),
            "{command}: {}",
            said(&output)
        );
    }
    for arguments in [vec!["survey", "--to", "tables"], vec!["gate", "model"]] {
        let output = call(&arguments, here.path());
        assert!(
            !output.status.success() && said(&output).contains("--data FOLDER"),
            "{}",
            said(&output)
        );
    }
}

#[test]
fn a_net_before_its_first_step_is_a_model_folder_for_other_trainers() {
    let (folder, config) = set();
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.split("[teacher]").next().unwrap()).unwrap();
    let export = |to: &str| {
        let arguments = [
            "export",
            config.to_str().unwrap(),
            "--run",
            "run",
            "--to",
            to,
            "--untrained",
        ];
        let output = call(&arguments, folder.path());
        assert!(output.status.success(), "{}", said(&output));
        folder.path().join(to)
    };
    let (one, other) = (export("one"), export("other"));
    let model = ModelFolder::open(&one).unwrap();
    assert_eq!(model.config().hearsight.attention_grid, Some([8, 8]));
    let encoder = |folder: &Path| fs::read(folder.join("encoder_model.onnx")).unwrap();
    assert!(encoder(&one) == encoder(&other), "the same seed gives other weights");
    // A net that nobody has trained is not exported unasked.
    let arguments = ["export", config.to_str().unwrap(), "--run", "run", "--to", "none"];
    assert!(!call(&arguments, folder.path()).status.success());
}

#[test]
fn train_asks_for_a_data_set_only_where_the_configuration_names_none() {
    let (folder, config) = set();
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replace("folder = \"set\"\n", "")).unwrap();
    let config = config.to_str().unwrap();
    let output = call(&["train", config], folder.path());
    assert!(
        !output.status.success() && said(&output).contains("nobody has said where the data set lies"),
        "{}",
        said(&output)
    );
    // With one it goes on to what is missing next: the teacher, beside the configuration.
    fs::write(config, text).unwrap();
    let output = call(&["train", config], folder.path());
    let beside = folder.path().join("teacher.onnx");
    assert!(
        !output.status.success() && said(&output).contains(beside.to_str().unwrap()),
        "{}",
        said(&output)
    );
}
