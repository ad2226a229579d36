//! `hearsight describe` and `hearsight doctor` as other programs meet them: arguments in, lines and exit codes out.
#![allow(clippy::unwrap_used)]

#[path = "support/models.rs"]
mod models;
#[cfg(all(target_os = "linux", feature = "speech"))]
#[path = "support/sound.rs"]
mod sound;

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use hearsight::onnx;
use image::{Rgb, RgbImage};
use models::Kind;
use serde_json::{Value, json};
use tempfile::TempDir;

#[test]
fn a_line_of_json_has_every_key_of_the_contract_with_its_type() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let mut photos = vec![
        picture(folder.path(), "made.png", 97, 64),
        picture(folder.path(), "thin.png", 64, 2),
    ];
    photos.extend(samples());
    let run = run(describe(&model).arg("--json").args(&photos));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""), "{}", run.stdout);
    let lines = run.json();
    assert_eq!(lines.len(), photos.len());
    for (at, (line, photo)) in lines.iter().zip(&photos).enumerate() {
        assert_eq!(line["photo"].as_str(), photo.to_str());
        check_contract(line);
        let load = line["seconds"]["load"].as_f64().unwrap();
        assert_eq!(load > 0.0, at == 0, "the model is loaded once, for the first photo");
    }
}

/// Every key of the contract, its type, its bounds, and no other key.
fn check_contract(line: &Value) {
    assert_eq!(
        keys(line),
        [
            "photo",
            "own_words",
            "caption",
            "confidence",
            "calibrated",
            "words",
            "alternatives",
            "agreement",
            "tokens",
            "score",
            "model",
            "device",
            "attention_kind",
            "seconds"
        ]
    );
    // tests/own_words.rs has photos with words.
    assert!(line["own_words"].is_null());
    let caption = line["caption"].as_str().unwrap();
    assert!(!caption.is_empty());
    assert!((0.0..=1.0).contains(&line["confidence"].as_f64().unwrap()));
    assert!(line["calibrated"].is_boolean());
    assert!(line["score"].as_f64().unwrap() <= 0.0);
    assert!(!line["model"].as_str().unwrap().is_empty());
    assert!(["cpu", "cuda"].contains(&line["device"].as_str().unwrap()));
    assert_eq!(line["attention_kind"], "exported");
    assert!(line["tokens"].as_array().unwrap().iter().all(Value::is_i64));
    assert!(line["tokens"].as_array().unwrap().len() > 1);
    assert_eq!(keys(&line["seconds"]), ["load", "decode_photo", "encode", "search"]);
    assert!(
        line["seconds"]
            .as_object()
            .unwrap()
            .values()
            .all(|seconds| seconds.as_f64().unwrap() >= 0.0)
    );
    for alternative in line["alternatives"].as_array().unwrap() {
        assert_eq!(keys(alternative), ["caption", "score", "confidence", "words"]);
        assert!(alternative["score"].is_f64());
        assert!((0.0..=1.0).contains(&alternative["confidence"].as_f64().unwrap()));
        check_words(&alternative["words"], alternative["caption"].as_str().unwrap());
    }
    let agreement = &line["agreement"];
    assert_eq!(keys(agreement), ["sentences", "words"]);
    let sentences = 1 + line["alternatives"].as_array().unwrap().len() as u64;
    assert_eq!(agreement["sentences"].as_u64(), Some(sentences));
    for shared in agreement["words"].as_array().unwrap() {
        assert_eq!(keys(shared), ["word", "sentences"]);
        assert!((1..=sentences).contains(&shared["sentences"].as_u64().unwrap()));
    }
    check_words(&line["words"], caption);
}

fn check_words(words: &Value, caption: &str) {
    let words = words.as_array().unwrap();
    let texts: Vec<&str> = words.iter().map(|word| word["text"].as_str().unwrap()).collect();
    assert_eq!(texts.join(" "), caption);
    for word in words {
        assert_eq!(keys(word), ["text", "probability", "support", "attention", "place"]);
        let support = &word["support"];
        assert!(support.is_null() || (0.0..=1.0).contains(&support.as_f64().unwrap()));
        assert!((0.0..=1.0).contains(&word["probability"].as_f64().unwrap()));
        assert!(word["place"].is_null() || word["place"].is_string());
        let attention = &word["attention"];
        assert_eq!(keys(attention), ["rows", "columns", "weights"]);
        let weights: Vec<f64> = attention["weights"]
            .as_array()
            .unwrap()
            .iter()
            .map(|weight| weight.as_f64().unwrap())
            .collect();
        let cells = attention["rows"].as_u64().unwrap() * attention["columns"].as_u64().unwrap();
        assert_eq!(weights.len() as u64, cells);
        assert!(
            (weights.iter().sum::<f64>() - 1.0).abs() < 1e-3,
            "the weights sum to {}",
            weights.iter().sum::<f64>()
        );
        assert!(weights.iter().all(|weight| *weight >= 0.0));
    }
}

#[test]
fn a_model_that_does_not_tell_where_it_looks_gives_null_for_attention_and_place() {
    let folder = TempDir::new().unwrap();
    let silent = model_without_attention();
    let photo = picture(folder.path(), "photo.png", 40, 30);
    let line = run(hearsight()
        .args(["describe", "--json", "--model"])
        .arg(silent.path())
        .arg(&photo))
    .json()
    .remove(0);
    let words = line["words"].as_array().unwrap();
    assert!(!words.is_empty());
    assert!(
        words
            .iter()
            .all(|word| word["attention"].is_null() && word["place"].is_null()),
        "{line}"
    );
    assert!(line["attention_kind"].is_null());
}

#[test]
fn where_a_model_does_not_tell_where_it_looks_covering_parts_of_the_photo_does() {
    let folder = TempDir::new().unwrap();
    let silent = model_without_attention();
    let photo = picture(folder.path(), "photo.png", 40, 30);
    let line = run(describe(&silent).args(["--json", "--occlusion"]).arg(&photo))
        .json()
        .remove(0);
    assert_eq!(line["attention_kind"], "occlusion");
    let maps: Vec<&Value> = line["words"]
        .as_array()
        .unwrap()
        .iter()
        .map(|word| &word["attention"])
        .collect();
    let map = maps.iter().find(|map| !map.is_null()).unwrap();
    assert_eq!((&map["rows"], &map["columns"]), (&json!(7), &json!(7)));

    let out = folder.path().join("where.png");
    let run = run(describe(&silent).arg(&photo).arg("--attention").arg(&out));
    assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 1), "{}", run.stderr);
    assert!(image::open(&out).is_ok());
}

#[test]
fn a_picture_with_nothing_to_see_is_said_to_be_none_and_no_model_invents_one() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let blank = folder.path().join("blank.png");
    RgbImage::from_pixel(120, 90, Rgb([240, 240, 235]))
        .save(&blank)
        .unwrap();
    let alone = run(describe(&model).arg(&blank));
    assert_eq!(
        (alone.code, alone.stdout.as_str(), alone.stderr.as_str()),
        (Some(0), "I see no clear picture here.\n", "")
    );
    let both = run(describe(&model)
        .arg("--json")
        .args([&blank, &picture(folder.path(), "made.png", 97, 64)]));
    let lines = both.json();
    assert_eq!((both.code, keys(&lines[0])), (Some(0), vec!["photo", "no_picture"]));
    check_contract(&lines[1]);
}

#[test]
fn what_the_model_takes_for_no_photo_is_said_to_be_none() {
    let model = models::judging(Kind::Transformer, 0.1);
    let folder = TempDir::new().unwrap();
    let page = picture(folder.path(), "page.png", 97, 64);
    let alone = run(describe(&model).arg(&page));
    let sentence = "This looks like a page of text, a screenshot or a chart. I can only describe photos.";
    assert_eq!(
        (alone.code, alone.stdout.trim_end(), alone.stderr.as_str()),
        (Some(0), sentence, "")
    );
    let lines = run(describe(&model).arg("--json").arg(&page)).json();
    assert_eq!(keys(&lines[0]), ["photo", "no_picture"]);
    assert_eq!(lines[0]["no_picture"], sentence);
}

#[test]
fn a_photo_that_fails_has_its_line_and_the_run_goes_on() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let bad = folder.path().join("words.jpg");
    fs::write(&bad, "This is no picture.").unwrap();
    let missing = folder.path().join("missing.jpg");
    let good = picture(folder.path(), "good.png", 30, 40);
    let run = run(describe(&model).arg("--json").args([&bad, &good, &missing]));
    assert_eq!(run.code, Some(1));
    let lines = run.json();
    assert_eq!(lines.len(), 3);
    assert_eq!(keys(&lines[0]), ["photo", "error"]);
    assert_eq!(lines[0]["photo"].as_str(), bad.to_str());
    assert!(is_sentence(lines[0]["error"].as_str().unwrap()), "{}", lines[0]);
    check_contract(&lines[1]);
    assert_eq!(keys(&lines[2]), ["photo", "error"]);
}

#[test]
fn of_a_cut_photo_what_is_there_is_described_and_the_person_is_told() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "cut.jpg", 97, 64);
    let bytes = fs::read(&photo).unwrap();
    fs::write(&photo, &bytes[..bytes.len() * 2 / 3]).unwrap();
    let run = run(describe(&model).arg("--json").arg(&photo));
    assert_eq!((run.code, run.json().len()), (Some(0), 1), "{}", run.stderr);
    check_contract(&run.json()[0]);
    assert!(
        run.stderr.contains("only what is there of the picture"),
        "{}",
        run.stderr
    );
    assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
}

#[test]
fn without_a_usable_model_each_photo_has_its_line_of_json_all_the_same() {
    let run = run(hearsight().args(["describe", "--json", "--model", "no/such/model", "one.png", "two.png"]));
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let lines = run.json();
    assert_eq!(lines.len(), 2);
    for (line, photo) in lines.iter().zip(["one.png", "two.png"]) {
        assert_eq!(keys(line), ["photo", "error"]);
        assert_eq!(line["photo"], photo);
        assert!(line["error"].as_str().unwrap().contains("no/such/model"), "{line}");
    }
}

#[test]
fn an_empty_name_is_a_photo_that_is_missing() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let good = picture(folder.path(), "good.png", 30, 40);
    let run = run(describe(&model).args(["--json", ""]).arg(&good));
    assert_eq!((run.code, run.stderr.as_str()), (Some(1), ""));
    let lines = run.json();
    assert_eq!(keys(&lines[0]), ["photo", "error"]);
    assert!(
        lines[0]["error"].as_str().unwrap().contains("no such file"),
        "{}",
        lines[0]
    );
    check_contract(&lines[1]);
}

#[test]
fn in_plain_words_sentences_go_to_standard_output_and_complaints_to_standard_error() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let good = picture(folder.path(), "good.png", 30, 40);
    let missing = folder.path().join("missing.jpg");
    let both = run(describe(&model).args([&missing, &good]));
    assert_eq!(both.code, Some(1));
    assert_eq!(both.stdout.lines().count(), 1);
    assert!(
        both.stdout.contains("good.png: "),
        "of several photos each line names its own: {}",
        both.stdout
    );
    both.complains_of("missing.jpg");

    let one = run(describe(&model).arg(&good));
    assert_eq!((one.code, one.stderr.as_str()), (Some(0), ""));
    assert!(!one.stdout.contains("good.png"), "{}", one.stdout);
}

#[test]
fn a_complaint_ends_with_its_sentence_and_repeats_no_cause() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    let nowhere = folder.path().join("no folder/where.png");
    let attention = run(describe(&model).arg("--attention").arg(&nowhere).arg(&photo));
    let no_model = run(hearsight().args(["describe", "--model", "no/such/model"]).arg(&photo));
    for run in [attention, no_model] {
        assert_eq!(run.code, Some(1));
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        assert!(run.stderr.trim_end().ends_with('.'), "{}", run.stderr);
        assert!(run.stderr.matches("os error").count() <= 1, "{}", run.stderr);
    }
}

#[test]
fn wrong_usage_has_an_exit_code_of_its_own() {
    let wrong: [&[&str]; 8] = [
        &["describe"],
        &["describe", "--no-such-option", "a.png"],
        &["describe", "--beams", "0", "a.png"],
        &["describe", "--beams", "many", "a.png"],
        &["describe", "--device", "abacus", "a.png"],
        &["describe", "--attention", "out.png", "a.png", "b.png"],
        &["describe", "--attention", "out.jpg", "a.png"],
        &["describe", "--attention", "out", "a.png"],
    ];
    for arguments in wrong {
        let run = run(hearsight().args(arguments));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        run.complains_of("--help");
    }
}

#[test]
fn help_names_every_command_and_option() {
    let help = run(hearsight().arg("--help"));
    assert_eq!(help.code, Some(0));
    for word in [
        "describe",
        "doctor",
        "--model",
        "--device",
        "PHOTO",
        "Examples",
        "Exit codes",
    ] {
        assert!(help.stdout.contains(word), "{word} is missing in\n{}", help.stdout);
    }
    let help = run(hearsight().args(["describe", "--help"]));
    for word in [
        "--json",
        "--speak",
        "--beams",
        "--generate",
        "--model",
        "--variant",
        "--device",
        "--attention",
        "--occlusion",
        "--low-memory",
        "--save-alt-text",
        "--unreviewed",
        "PHOTO",
    ] {
        assert!(help.stdout.contains(word), "{word} is missing in\n{}", help.stdout);
    }
    let version = run(hearsight().arg("--version"));
    assert_eq!(
        version.stdout.trim(),
        format!("hearsight {}", env!("CARGO_PKG_VERSION"))
    );
}

#[test]
fn more_beams_give_more_to_choose_from() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 40, 30);
    let with = |beams: &str| {
        run(describe(&model).args(["--json", "--beams", beams]).arg(&photo))
            .json()
            .remove(0)
    };
    let (greedy, broad) = (with("1"), with("4"));
    assert_eq!(greedy["alternatives"].as_array().unwrap().len(), 0, "{greedy}");
    assert!(!broad["alternatives"].as_array().unwrap().is_empty(), "{broad}");
}

#[test]
fn a_setting_of_the_search_is_followed_and_a_wrong_one_is_wrong_usage() {
    let (model, folder) = (model(), TempDir::new().unwrap());
    let photo = picture(folder.path(), "made.png", 64, 64);
    let tokens = |settings: &[&str]| {
        let mut command = describe(&model);
        for setting in settings {
            command.args(["--generate", setting]);
        }
        let line = run(command.arg("--json").arg(&photo)).json().remove(0);
        (
            line["tokens"].as_array().unwrap().len(),
            line["alternatives"].as_array().unwrap().len(),
        )
    };
    assert_eq!(tokens(&["max_new_tokens=5", "min_new_tokens=5"]).0, 6);
    assert_eq!(tokens(&["max_length=8", "min_length=8"]).0, 8);
    assert_eq!(tokens(&["num_beams=4", "num_return_sequences=2"]).1, 1);
    for (setting, named) in [
        ("max_lenght=5", "max_length"),
        ("num_beams=none", "num_beams"),
        ("do_sample=true", "do_sample"),
        ("early_stopping", "KEY=VALUE"),
    ] {
        let run = run(describe(&model).args(["--generate", setting]).arg(&photo));
        assert_eq!((run.code, run.stdout.as_str()), (Some(2), ""), "{setting}");
        assert!(run.stderr.contains(named), "{}", run.stderr);
    }
    let both = run(describe(&model)
        .args(["--beams", "2", "--generate", "num_beams=3"])
        .arg(&photo));
    assert_eq!(both.code, Some(2));
    let too_many = run(describe(&model)
        .args(["--generate", "num_return_sequences=3"])
        .arg(&photo));
    assert_eq!(too_many.code, Some(1));
    assert!(too_many.stderr.contains("num_return_sequences"), "{}", too_many.stderr);
}

#[test]
fn the_attention_is_saved_as_a_picture_that_is_not_the_photo() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 120, 90);
    let out = folder.path().join("where.png");
    let run = run(describe(&model).arg("--attention").arg(&out).arg(&photo));
    assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
    let saved = image::open(&out).unwrap().to_rgb8();
    let original = image::open(&photo).unwrap().to_rgb8();
    assert!(saved.width() >= original.width() && saved.height() >= original.height());
    assert_ne!(saved, original);

    let nowhere = folder.path().join("no/such/folder/where.png");
    let run = self::run(describe(&model).arg("--attention").arg(&nowhere).arg(&photo));
    assert_eq!(run.code, Some(1));
    run.complains_of("where.png");
}

#[test]
fn a_model_folder_without_one_of_its_files_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    for file in [
        "encoder_model.onnx",
        "decoder_model.onnx",
        "config.json",
        "preprocessor_config.json",
        "tokenizer.json",
    ] {
        let model = model();
        fs::remove_file(model.path().join(file)).unwrap();
        let run = run(hearsight().args(["describe", "--model"]).arg(model.path()).arg(&photo));
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{file}");
        run.complains_of(file);
    }
    let run = run(hearsight()
        .args(["describe", "--model"])
        .arg(folder.path().join("no-model"))
        .arg(&photo));
    assert_eq!(run.code, Some(1));
    run.complains_of("no-model");
}

#[test]
fn a_truncated_onnx_file_is_refused_by_name() {
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    for file in ["encoder_model.onnx", "decoder_model.onnx"] {
        let model = model();
        let path = model.path().join(file);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        let run = run(hearsight().args(["describe", "--model"]).arg(model.path()).arg(&photo));
        assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""), "{file}");
        run.complains_of(file);
    }
}

#[test]
fn an_onnx_runtime_that_is_named_but_missing_is_an_error() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    let run = run(describe(&model)
        .arg(&photo)
        .env("ORT_DYLIB_PATH", folder.path().join("libonnxruntime.so")));
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    run.complains_of("ONNX Runtime");
    run.complains_of("pip install");
}

#[cfg(target_os = "linux")]
#[test]
fn an_onnx_runtime_that_is_too_old_is_refused_with_its_version() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    let run = run(describe(&model)
        .arg(&photo)
        .env("ORT_DYLIB_PATH", old_onnx_runtime(folder.path())));
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    run.complains_of("1.20.0");
    run.complains_of("pip install");
}

/// A library that answers like ONNX Runtime 1.20.0 when it is asked for its version, and has nothing else.
#[cfg(target_os = "linux")]
fn old_onnx_runtime(folder: &Path) -> PathBuf {
    const SOURCE: &str = r#"
        struct base { const void *(*get_api)(unsigned); const char *(*version)(void); };
        static const void *get_api(unsigned version) { (void)version; return 0; }
        static const char *version(void) { return "1.20.0"; }
        static const struct base base = { get_api, version };
        const struct base *OrtGetApiBase(void) { return &base; }
    "#;
    let (source, library) = (folder.join("old.c"), folder.join("libonnxruntime.so.1.20.0"));
    fs::write(&source, SOURCE).unwrap();
    let compiled = Command::new("cc")
        .args(["-shared", "-fPIC", "-o"])
        .arg(&library)
        .arg(&source)
        .status()
        .unwrap();
    assert!(compiled.success());
    library
}

#[test]
fn who_asks_for_cuda_and_has_none_is_told_why_it_runs_on_the_cpu() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    let line = run(describe(&model).args(["--json", "--device", "cuda"]).arg(&photo))
        .json()
        .remove(0);
    let device = line["device"].as_str().unwrap();
    let reason = device
        .strip_prefix("cpu (CUDA was asked for, but: ")
        .map(|rest| rest.trim_end_matches(')'));
    assert!(
        device == "cuda" || reason.is_some_and(|reason| reason.len() > 10),
        "{device}"
    );
    let line = run(describe(&model).args(["--json", "--device", "cpu"]).arg(&photo))
        .json()
        .remove(0);
    assert_eq!(line["device"], "cpu");
}

/// What `describe` says of a photo of the hub's model, with the halves of its decoder kept in a folder.
fn with_halves_in(cache: &Path) -> String {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny-vit-gpt2");
    let mut command = hearsight();
    command.args(["describe", "--device", "cpu", "--model"]).arg(&fixture);
    let run = run(command
        .arg(fixture.join("photo-1.png"))
        .env("HEARSIGHT_CACHE_DIR", cache));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    run.stdout
}

#[test]
fn broken_halves_of_a_decoder_are_made_again_and_a_folder_that_cannot_be_written_is_done_without() {
    let cache = tempfile::tempdir().unwrap();
    let said = with_halves_in(cache.path());
    let entries: Vec<_> = fs::read_dir(cache.path().join("decoders")).unwrap().collect();
    let [Ok(entry)] = &entries[..] else {
        panic!("{entries:?}")
    };
    for half in ["once.onnx", "each.onnx"] {
        let half = entry.path().join(half);
        let whole = fs::read(&half).unwrap();
        for damage in [vec![0xFF; whole.len()], whole[..whole.len() / 2].to_vec()] {
            fs::write(&half, damage).unwrap();
            assert_eq!(with_halves_in(cache.path()), said);
            assert_eq!(fs::read(&half).unwrap(), whole);
        }
    }
    let file = cache.path().join("file");
    fs::write(&file, "").unwrap();
    assert_eq!(with_halves_in(&file), said);
}

#[test]
fn names_with_spaces_and_in_other_scripts_work() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photos = ["two words.png", "사진.png", "-dash.png"].map(|name| picture(folder.path(), name, 20, 20));
    let run = run(describe(&model).arg("--json").args(&photos));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    for (line, photo) in run.json().iter().zip(&photos) {
        assert_eq!(line["photo"].as_str(), photo.to_str());
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_name_that_is_no_unicode_works() {
    let model = model();
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = TempDir::new().unwrap();
    let photo = folder.path().join(OsStr::from_bytes(b"caf\xe9.png"));
    fs::rename(picture(folder.path(), "plain.png", 20, 20), &photo).unwrap();
    let run = run(describe(&model).arg("--json").arg(&photo));
    assert_eq!(run.code, Some(0), "{}", run.stderr);
    assert!(run.json()[0]["photo"].as_str().unwrap().contains("caf"));
}

#[test]
fn a_reader_that_has_read_enough_is_no_failure() {
    let model = model();
    let folder = TempDir::new().unwrap();
    let photo = picture(folder.path(), "photo.png", 20, 20);
    let mut command = describe(&model);
    command
        .arg("--json")
        .args([&photo; 50])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut first = String::new();
    BufReader::new(child.stdout.take().unwrap())
        .read_line(&mut first)
        .unwrap();
    check_contract(&serde_json::from_str(&first).unwrap());
    // The reader is dropped here: the program writes into a closed pipe.
    let mut stderr = String::new();
    child.stderr.take().unwrap().read_to_string(&mut stderr).unwrap();
    assert_eq!((child.wait().unwrap().code(), stderr.as_str()), (Some(0), ""));
}

#[cfg(all(target_os = "linux", feature = "window"))]
#[test]
fn without_a_display_the_window_says_what_to_do_instead() {
    let run = run(&mut hearsight());
    assert_eq!((run.code, run.stdout.as_str()), (Some(1), ""));
    run.complains_of("hearsight describe");
    assert!(!run.stderr.contains(".rs"), "a path of the build: {}", run.stderr);
}

#[cfg(all(target_os = "linux", feature = "speech"))]
mod voice {
    use super::*;
    use crate::sound::Sound;

    #[test]
    fn a_described_photo_is_really_heard() {
        let model = model();
        let sound = Sound::start();
        let folder = TempDir::new().unwrap();
        let photo = picture(folder.path(), "photo.png", 20, 20);
        let recorder = sound.record();
        let run = run(describe(&model).arg("--speak").arg(&photo).envs(sound.envs()));
        let heard = recorder.finish();
        assert_eq!((run.code, run.stderr.as_str()), (Some(0), ""));
        assert_eq!(run.stdout.lines().count(), 1);
        assert!(heard.rms > 0.02 && heard.seconds > 0.3, "{heard:?}");
    }

    #[test]
    fn several_photos_are_said_by_name_over_one_connection() {
        let model = model();
        let sound = Sound::start();
        let folder = TempDir::new().unwrap();
        let photos = ["one.png", "two.png", "three.png", "four.png"].map(|name| picture(folder.path(), name, 20, 20));
        let mut child = describe(&model)
            .arg("--speak")
            .args(&photos)
            .envs(sound.envs())
            .env("RUST_LOG", "hearsight=trace")
            .stdout(Stdio::piped())
            .stderr(fs::File::create(folder.path().join("log")).unwrap())
            .spawn()
            .unwrap();
        let tasks = PathBuf::from(format!("/proc/{}/task", child.id()));
        let of_the_voice = || {
            fs::read_dir(&tasks)
                .unwrap()
                .filter_map(|task| fs::read_to_string(task.unwrap().path().join("comm")).ok())
                .filter(|name| name.starts_with("speech"))
                .count()
        };
        // When a photo's sentence is printed, that of the photo before has been said.
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let threads: Vec<usize> = lines.map(|line| line.map(|_| of_the_voice()).unwrap()).collect();
        assert_eq!(child.wait().unwrap().code(), Some(0));
        assert_eq!(threads.len(), photos.len());
        assert!(threads[1] > 0 && threads[1] == threads[3], "{threads:?}");

        let log = fs::read_to_string(folder.path().join("log")).unwrap();
        for name in ["one.png", "two.png", "three.png", "four.png"] {
            assert!(
                log.contains(&format!("text: \"{name}: ")),
                "{name} was not said:\n{log}"
            );
        }
    }

    #[test]
    fn without_a_voice_the_sentence_is_printed_and_the_reason_told_once() {
        let model = model();
        let sound = Sound::without_voice();
        let folder = TempDir::new().unwrap();
        let photo = picture(folder.path(), "photo.png", 20, 20);
        let run = run(describe(&model).arg("--speak").args([&photo; 2]).envs(sound.envs()));
        assert_eq!(run.code, Some(0));
        assert_eq!(run.stdout.lines().count(), 2);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        run.complains_of("speech-dispatcher");
    }

    #[cfg(feature = "window")]
    #[test]
    fn where_the_named_display_is_gone_the_photos_are_described_in_the_terminal_and_aloud() {
        let model = model();
        let sound = Sound::start();
        let folder = TempDir::new().unwrap();
        let photo = picture(folder.path(), "photo.png", 20, 20);
        let recorder = sound.record();
        let mut stale = hearsight();
        stale.arg("--model").arg(model.path()).arg(&photo).envs(sound.envs());
        let run = run(stale.env("DISPLAY", ":987"));
        let heard = recorder.finish();
        assert_eq!((run.code, run.stdout.lines().count()), (Some(0), 1), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        run.complains_of("The window could not be opened");
        assert!(heard.rms > 0.02, "{heard:?}");
    }

    #[test]
    fn the_doctor_says_of_each_part_whether_it_works() {
        let model = model();
        let sound = Sound::without_voice();
        let run = run(hearsight()
            .args(["doctor", "--model"])
            .arg(model.path())
            .envs(sound.envs()));
        assert_eq!(run.code, Some(0), "a description could be made: {}", run.stdout);
        let find = |part: &str| {
            run.stdout
                .lines()
                .find(|line| line.contains(&format!(" {part}: ")))
                .map(str::to_owned)
        };
        for works in [
            "ONNX Runtime",
            "model",
            "device",
            "description",
            "photos",
            "HEIC and AVIF",
        ] {
            assert!(
                find(works).is_some_and(|line| line.starts_with("ok ")),
                "{works}: {}",
                run.stdout
            );
        }
        assert!(
            find("voice").is_some_and(|line| line.starts_with("problem ")),
            "{}",
            run.stdout
        );
        #[cfg(feature = "window")]
        assert!(
            find("display").is_some_and(|line| line.starts_with("problem ")),
            "{}",
            run.stdout
        );
    }

    #[test]
    fn a_voice_that_answers_is_not_said_to_be_heard() {
        let sound = Sound::start();
        let mut doctor = hearsight();
        doctor.args(["doctor", "--model", "no/such/model"]).envs(sound.envs());
        let run = run(&mut doctor);
        let voice = run.stdout.lines().find(|line| line.contains(" voice: ")).unwrap();
        assert!(voice.starts_with("ok ") && voice.contains("answers"), "{voice}");
    }

    #[test]
    fn a_trial_description_that_fails_is_one_finding() {
        let model = model_that_writes_nothing();
        let sound = Sound::without_voice();
        let run = run(hearsight()
            .args(["doctor", "--model"])
            .arg(model.path())
            .envs(sound.envs()));
        assert_eq!(run.code, Some(1), "{}", run.stdout);
        let findings: Vec<&str> = run
            .stdout
            .lines()
            .filter(|line| line.contains(" description: "))
            .collect();
        assert_eq!(findings.len(), 1, "{}", run.stdout);
        assert!(findings[0].contains("found no words"), "{}", run.stdout);
    }

    #[test]
    fn where_no_description_can_be_made_the_doctor_fails_and_still_looks_at_the_rest() {
        let sound = Sound::without_voice();
        let mut doctor = hearsight();
        doctor.args(["doctor", "--model", "no/such/model"]).envs(sound.envs());
        let run = run(&mut doctor);
        assert_eq!(run.code, Some(1));
        for part in ["ONNX Runtime", "model", "description", "voice"] {
            assert!(run.stdout.contains(&format!(" {part}: ")), "{part}: {}", run.stdout);
        }
    }
}

/// What a run of the program left behind.
struct Run {
    code: Option<i32>,
    stdout: String,
    stderr: String,
}

impl Run {
    fn json(&self) -> Vec<Value> {
        let parse = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        self.stdout.lines().map(parse).collect()
    }

    fn complains_of(&self, what: &str) {
        assert!(self.stderr.contains(what), "`{what}` is missing in: {}", self.stderr);
        assert!(!self.stderr.contains("panicked"), "{}", self.stderr);
    }
}

fn run(command: &mut Command) -> Run {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Run {
        code: output.status.code(),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// The program, without a display, a desktop or settings from outside.
fn hearsight() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_hearsight"));
    for name in [
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "DBUS_SESSION_BUS_ADDRESS",
        "HEARSIGHT_MODEL",
        "RUST_LOG",
    ] {
        command.env_remove(name);
    }
    // Nobody's own settings are read or written.
    command.env("HEARSIGHT_CONFIG_DIR", "/nowhere/hearsight");
    // English, whatever whoever runs the tests speaks.
    command.env("LANGUAGE", "en");
    command
}

/// `hearsight describe` with this model.
fn describe(model: &TempDir) -> Command {
    let mut command = hearsight();
    command.args(["describe", "--model"]).arg(model.path());
    command
}

/// A small model with random weights that tells where it looks.
fn model() -> TempDir {
    models::model(Kind::Transformer, json!({}))
}

/// A small model that keeps to itself where it looks: what its attention is computed from is no product of words and photo.
fn model_without_attention() -> TempDir {
    let folder = models::model(Kind::Recurrent, json!({}));
    let path = folder.path().join("decoder_model.onnx");
    let mut decoder = onnx::open(&path).unwrap();
    let outputs = &mut decoder.graph.as_mut().unwrap().output;
    let all = outputs.len();
    outputs.retain(|output| output.name() != "cross_attentions");
    assert_eq!(outputs.len(), all - 1);
    onnx::save(&decoder, &path).unwrap();
    folder
}

/// A small model with words that are all marks of the tokenizer's own, which are left out of a sentence.
#[cfg(all(target_os = "linux", feature = "speech"))]
fn model_that_writes_nothing() -> TempDir {
    let folder = model();
    let path = folder.path().join("tokenizer.json");
    let mut tokenizer: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    let mark = |(content, id): (&String, &Value)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    };
    let marks: Vec<Value> = tokenizer["model"]["vocab"]
        .as_object()
        .unwrap()
        .iter()
        .map(mark)
        .collect();
    tokenizer["added_tokens"] = marks.into();
    fs::write(&path, tokenizer.to_string()).unwrap();
    folder
}

/// A gradient with a bright bar over it.
fn picture(folder: &Path, name: &str, width: u32, height: u32) -> PathBuf {
    let path = folder.join(name);
    let shade = |at: u32, of: u32| u8::try_from(at * 255 / of).unwrap();
    let bar = |x: u32| if x * 4 / width == 1 { 250 } else { 20 };
    RgbImage::from_fn(width, height, |x, y| Rgb([shade(x, width), shade(y, height), bar(x)]))
        .save(&path)
        .unwrap();
    path
}

/// The sample photos of the project.
fn samples() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/samples");
    let mut photos: Vec<PathBuf> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .collect();
    assert!(!photos.is_empty());
    photos.sort();
    photos
}

fn keys(object: &Value) -> Vec<&str> {
    object
        .as_object()
        .unwrap_or_else(|| panic!("no object: {object}"))
        .keys()
        .map(String::as_str)
        .collect()
}

fn is_sentence(text: &str) -> bool {
    text.starts_with(char::is_uppercase) && text.ends_with('.')
}
