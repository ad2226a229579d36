//! A model folder comes from anybody: one that reaches outside, promises what it does not have or asks for what nobody
//! can give is refused in a sentence or bounded, and `models check` says what is wrong with it.
#![allow(clippy::unwrap_used)]

#[path = "support/tiny.rs"]
mod tiny;

use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::time::{Duration, Instant};

use hearsight::captioner::{Cancel, Captioner, DescribeOptions, Description, DeviceChoice, LoadOptions};
use hearsight::model::ModelFolder;
use hearsight::model::store::{MANIFEST, Manifest, ManifestFile, sha256};
use hearsight::onnx::{self, NodeProto, StringStringEntryProto, TensorProto};
use hearsight::photo::Photo;
use serde_json::{Value, json};
use tempfile::TempDir;
use tiny::{FILES, fixture};

/// The small model, in `model/` of a folder of the test's own.
fn model() -> (TempDir, PathBuf) {
    let outer = tempfile::tempdir().unwrap();
    let folder = outer.path().join("model");
    fs::create_dir(&folder).unwrap();
    for file in FILES {
        fs::copy(fixture().join(file), folder.join(file)).unwrap();
    }
    (outer, folder)
}

fn described(folder: &Path) -> Result<Description, String> {
    let options = LoadOptions {
        device: DeviceChoice::Cpu,
        threads: Some(1),
        ..LoadOptions::default()
    };
    let folder = ModelFolder::open(folder).map_err(|error| error.to_string())?;
    let mut captioner = Captioner::load(&folder, &options).map_err(|error| error.to_string())?;
    let photo = Photo::open(&fixture().join("photo-0.png")).unwrap();
    captioner
        .describe(&photo, &DescribeOptions::default(), &Cancel::default(), &mut |_| {})
        .map_err(|error| error.to_string())
}

/// Changes the encoder's largest tensor, and returns the values that it had.
fn change_weights(folder: &Path, change: impl FnOnce(&mut TensorProto)) -> Vec<u8> {
    let path = folder.join("encoder_model.onnx");
    let mut model = onnx::open(&path).unwrap();
    let weights = &mut model.graph.as_mut().unwrap().initializer;
    let largest = weights
        .iter_mut()
        .max_by_key(|tensor| tensor.raw_data.as_ref().map_or(0, Vec::len))
        .unwrap();
    let values = largest.raw_data.clone().unwrap();
    change(largest);
    onnx::save(&model, &path).unwrap();
    values
}

/// Moves the encoder's largest tensor into a file.
fn move_weights(folder: &Path, location: &str) -> Vec<u8> {
    change_weights(folder, |tensor| {
        tensor.raw_data = None;
        tensor.data_location = Some(1);
        tensor.external_data = vec![StringStringEntryProto {
            key: Some("location".to_owned()),
            value: Some(location.to_owned()),
        }];
    })
}

fn change_json(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(file);
    let mut value: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

fn check(folder: &Path) -> Output {
    check_with(folder, &[])
}

fn check_with(folder: &Path, more: &[&str]) -> Output {
    program(folder).args(more).output().unwrap()
}

fn program(folder: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_hearsight"));
    program
        .args(["models", "check", "--device", "cpu"])
        .arg(folder)
        .env("LC_ALL", "C.UTF-8");
    program
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn weights_in_a_file_of_the_folder_are_used() {
    let (_outer, folder) = model();
    let expected = described(&folder).unwrap();
    let values = move_weights(&folder, "weights.bin");
    fs::write(folder.join("weights.bin"), values).unwrap();
    assert_eq!(described(&folder).unwrap().tokens, expected.tokens);
}

#[test]
fn weights_outside_of_the_folder_are_not_read_however_they_are_named() {
    for location in [
        "../secret.bin",
        "./../secret.bin",
        "x/../../secret.bin",
        "..\\secret.bin",
        "C:secret.bin",
        "",
    ] {
        let (outer, folder) = model();
        let values = move_weights(&folder, location);
        fs::write(outer.path().join("secret.bin"), values).unwrap();
        let error = described(&folder).unwrap_err();
        assert!(error.contains("outside of the model's folder"), "{location}: {error}");
    }
    let (outer, folder) = model();
    let secret = outer.path().join("secret.bin");
    let values = move_weights(&folder, secret.to_str().unwrap());
    fs::write(&secret, values).unwrap();
    let error = described(&folder).unwrap_err();
    assert!(error.contains("outside of the model's folder"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_link_out_of_the_folder_is_not_followed_and_the_hubs_cache_is() {
    use std::os::unix::fs::symlink;

    let (outer, folder) = model();
    let secret = outer.path().join("secret.bin");
    let values = move_weights(&folder, "weights.bin");
    fs::write(&secret, &values).unwrap();
    symlink(&secret, folder.join("weights.bin")).unwrap();
    let error = described(&folder).unwrap_err();
    assert!(error.contains("outside of the model's folder"), "{error}");

    // In the cache the graph and its weights are both links into one folder of blobs.
    let snapshot = outer.path().join("snapshot");
    fs::create_dir(&snapshot).unwrap();
    fs::remove_file(folder.join("weights.bin")).unwrap();
    fs::write(folder.join("weights.bin"), values).unwrap();
    for file in FILES.iter().chain(&["weights.bin"]) {
        symlink(folder.join(file), snapshot.join(file)).unwrap();
    }
    assert!(ModelFolder::open(&snapshot).unwrap().check_graphs().is_ok());
}

#[test]
fn weights_that_are_missing_or_too_short_are_told() {
    let (_outer, folder) = model();
    let values = move_weights(&folder, "weights.bin");
    let error = described(&folder).unwrap_err();
    assert!(error.contains("weights.bin"), "{error}");
    fs::write(folder.join("weights.bin"), &values[..values.len() - 4]).unwrap();
    let error = described(&folder).unwrap_err();
    assert!(
        error.contains("weights.bin") && error.contains("it ends before"),
        "{error}"
    );
}

#[test]
fn a_tensor_of_ten_gigabytes_that_is_not_there_is_refused_before_room_is_made_for_it() {
    let (_outer, folder) = model();
    change_weights(&folder, |tensor| tensor.dims = vec![2_500_000_000]);
    let begun = Instant::now();
    let error = described(&folder).unwrap_err();
    assert!(error.contains("promises 2500000000 values"), "{error}");
    assert!(begun.elapsed() < Duration::from_secs(5));

    // A file with a hole takes no room on the disk and would take it all in memory.
    let (_outer, folder) = model();
    move_weights(&folder, "weights.bin");
    change_weights(&folder, |tensor| {
        tensor.raw_data = Some(vec![0; 4 * tensor.dims.iter().product::<i64>() as usize])
    });
    let path = folder.join("encoder_model.onnx");
    let mut graph = onnx::open(&path).unwrap();
    for tensor in &mut graph.graph.as_mut().unwrap().initializer {
        if tensor.data_location == Some(1) {
            tensor.dims = vec![2_500_000_000];
            tensor.raw_data = None;
        }
    }
    onnx::save(&graph, &path).unwrap();
    File::create(folder.join("weights.bin"))
        .unwrap()
        .set_len(10_000_000_000)
        .unwrap();
    let error = described(&folder).unwrap_err();
    assert!(error.contains("9 GB of weights"), "{error}");
}

#[test]
fn a_configuration_that_is_huge_or_no_file_is_not_read() {
    let (_outer, folder) = model();
    File::create(folder.join("tokenizer.json"))
        .unwrap()
        .set_len(10_000_000_000)
        .unwrap();
    let error = described(&folder).unwrap_err();
    assert!(
        error.contains("tokenizer.json") && error.contains("at most 128 MB"),
        "{error}"
    );

    #[cfg(unix)]
    for file in ["config.json", "generation_config.json", "tokenizer.json"] {
        let (_outer, folder) = model();
        let path = folder.join(file);
        fs::remove_file(&path).unwrap();
        std::os::unix::fs::symlink("/dev/zero", &path).unwrap();
        let error = described(&folder).unwrap_err();
        assert!(error.contains("no ordinary file"), "{error}");
        fs::remove_file(&path).unwrap();
        // Nobody ever writes into it.
        assert!(Command::new("mkfifo").arg(&path).status().unwrap().success());
        let error = described(&folder).unwrap_err();
        assert!(error.contains("no ordinary file"), "{error}");
    }
}

#[test]
fn a_search_without_end_is_bounded() {
    let (_outer, folder) = model();
    change_json(&folder, "generation_config.json", |settings| {
        settings["max_length"] = json!(1_000_000_000_u64);
        settings["min_length"] = json!(1_000_000_000_u64);
        settings["num_beams"] = json!(1);
    });
    let begun = Instant::now();
    // The small model has no positions for so many words, which its graph says.
    match described(&folder) {
        Ok(description) => assert!(description.tokens.len() <= 512, "{}", description.tokens.len()),
        Err(error) => assert!(error.ends_with('.'), "{error}"),
    }
    assert!(begun.elapsed() < Duration::from_secs(60));
}

#[test]
fn absurd_sizes_in_configurations_are_refused_in_a_sentence_or_bounded() {
    let huge = u64::MAX / 2;
    for (file, change) in [
        (
            "config.json",
            json!({"vocab_size": huge, "decoder": {"vocab_size": huge}}),
        ),
        ("config.json", json!({"hearsight": {"attention_grid": [huge, huge]}})),
        ("config.json", json!({"hearsight": {"attention_grid": [0, 0]}})),
        ("generation_config.json", json!({"decoder_start_token_id": i64::MAX})),
        ("generation_config.json", json!({"eos_token_id": i64::MIN})),
        ("generation_config.json", json!({"repetition_penalty": 0})),
        (
            "preprocessor_config.json",
            json!({"size": {"height": huge, "width": huge}}),
        ),
        ("preprocessor_config.json", json!({"size": {"height": 0, "width": 0}})),
        ("preprocessor_config.json", json!({"image_std": [0, 0, 0]})),
    ] {
        let (_outer, folder) = model();
        change_json(&folder, file, |value| {
            for (key, changed) in change.as_object().unwrap() {
                value[key] = changed.clone();
            }
        });
        let error = described(&folder).expect_err(&change.to_string());
        assert!(error.ends_with('.') && error.len() > 20, "{change}: {error}");
    }
    for change in [
        json!({"no_repeat_ngram_size": huge}),
        json!({"length_penalty": -1e30}),
        json!({"num_beams": 100_000}),
    ] {
        let (_outer, folder) = model();
        change_json(&folder, "generation_config.json", |value| {
            for (key, changed) in change.as_object().unwrap() {
                value[key] = changed.clone();
            }
            value["max_length"] = json!(4);
        });
        if let Err(error) = described(&folder) {
            assert!(error.ends_with('.'), "{change}: {error}");
        }
    }
}

#[test]
fn a_graph_that_may_repeat_for_ever_is_refused_by_the_name_of_its_operation() {
    for operation in ["Loop", "Scan"] {
        let (_outer, folder) = model();
        let path = folder.join("encoder_model.onnx");
        let mut model = onnx::open(&path).unwrap();
        model.graph.as_mut().unwrap().node.push(NodeProto {
            op_type: Some(operation.to_owned()),
            output: vec!["round".to_owned()],
            ..NodeProto::default()
        });
        onnx::save(&model, &path).unwrap();
        let error = ModelFolder::open(&folder)
            .unwrap()
            .check_graphs()
            .unwrap_err()
            .to_string();
        assert!(error.contains(operation) && error.contains("for ever"), "{error}");
    }
}

#[test]
fn a_model_that_keeps_its_promises_is_checked_and_measured() {
    let (_outer, folder) = model();
    let output = check(&folder);
    let report = printed(&output);
    assert_eq!(output.status.code(), Some(0), "{output:?}");
    let parts: Vec<&str> = report
        .lines()
        .map(|line| line.strip_prefix("ok       ").unwrap().split(':').next().unwrap())
        .collect();
    let expected = [
        "digests",
        "configuration",
        "size",
        "graphs",
        "device",
        "encoder",
        "probabilities",
        "attention",
        "latency",
        "sentence",
        "memory",
        "operations",
    ];
    assert_eq!(parts, expected, "{report}");
    assert!(report.contains(" CPU (100 % of the time)"), "{report}");
    assert!(report.contains("weights sum to 1 within"), "{report}");
    assert!(
        report.contains("device: cpu\n") && report.contains("ms each"),
        "{report}"
    );
}

#[test]
fn a_variant_is_checked_by_its_name_with_its_own_size_and_one_that_is_not_there_is_told() {
    let (_outer, folder) = model();
    for graph in ["encoder_model_int8.onnx", "decoder_model_int8.onnx"] {
        let quantised = fixture().with_file_name("tiny-vit-gpt2-int8").join(graph);
        fs::copy(quantised, folder.join(graph)).unwrap();
    }
    let size = |report: &str| report.lines().find(|line| line.contains("size: ")).map(str::to_owned);
    let full = printed(&check(&folder));
    let int8 = printed(&check_with(&folder, &["--variant", "int8"]));
    assert!(size(&int8).is_some() && size(&int8) != size(&full), "{int8}");
    let missing = check_with(&folder, &["--variant", "fp8"]);
    assert_eq!(missing.status.code(), Some(1));
    let report = printed(&missing);
    assert!(
        report.contains("problem  configuration: ") && report.contains("fp32, int8"),
        "{report}"
    );
}

#[test]
fn a_file_that_is_not_as_it_was_installed_is_told() {
    let (_outer, folder) = model();
    let files = FILES.map(|file| ManifestFile {
        path: file.to_owned(),
        bytes: fs::metadata(folder.join(file)).unwrap().len(),
        sha256: sha256(&folder.join(file)).unwrap(),
    });
    let manifest = Manifest::new("tiny".into(), "https://example.org".into(), "r1".into(), files.into());
    fs::write(folder.join(MANIFEST), manifest.text()).unwrap();
    let output = check(&folder);
    assert!(
        printed(&output).contains("digests: 6 files as they were installed, revision r1"),
        "{output:?}"
    );
    change_json(&folder, "generation_config.json", |settings| {
        settings["max_length"] = json!(5)
    });
    let output = check(&folder);
    assert_eq!(output.status.code(), Some(1));
    let report = printed(&output);
    assert!(
        report.starts_with("problem  digests: ") && report.contains("generation_config.json is not as"),
        "{report}"
    );
}

#[test]
fn each_fault_of_a_folder_is_told_in_its_line_with_exit_code_one() {
    type Fault = (&'static str, &'static str, fn(&Path));
    let faults: [Fault; 5] = [
        ("configuration", "has no tokenizer.json", |folder| {
            fs::remove_file(folder.join("tokenizer.json")).unwrap()
        }),
        ("configuration", "vocabulary", |folder| {
            change_json(folder, "config.json", |config| {
                config["decoder"]["vocab_size"] = json!(7)
            });
        }),
        ("size", "promises", |folder| {
            change_weights(folder, |tensor| tensor.dims = vec![2_500_000_000]);
        }),
        ("encoder", "no finite numbers", |folder| {
            change_weights(folder, |tensor| {
                for value in tensor.raw_data.as_mut().unwrap().chunks_exact_mut(4) {
                    value.copy_from_slice(&f32::NAN.to_le_bytes());
                }
            });
        }),
        ("run", "model failed", |folder| {
            change_json(folder, "preprocessor_config.json", |settings| {
                settings["size"] = json!({"height": 64, "width": 48});
            });
        }),
    ];
    for (part, sentence, spoil) in faults {
        let (_outer, folder) = model();
        spoil(&folder);
        let output = check(&folder);
        let report = printed(&output);
        let line = report
            .lines()
            .find(|line| line.starts_with("problem"))
            .unwrap_or_default();
        let line = report
            .lines()
            .find(|line| line.starts_with(&format!("problem  {part}: ")))
            .unwrap_or_else(|| panic!("{part}: {line}\n{report}"));
        assert!(line.contains(sentence), "{line}");
        assert_eq!(output.status.code(), Some(1));
    }
}

/// The report of `models check`, which has to come within seconds.
#[cfg(unix)]
fn checked_in_time(folder: &Path) -> String {
    let mut child = program(folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let begin = Instant::now();
    while child.try_wait().unwrap().is_none() {
        if begin.elapsed() > Duration::from_secs(60) {
            child.kill().unwrap();
            panic!("models check hangs");
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    let mut report = String::new();
    child.stdout.take().unwrap().read_to_string(&mut report).unwrap();
    report
}

#[cfg(unix)]
#[test]
fn a_manifest_that_is_a_pipe_and_a_file_that_never_ends_do_not_hang_the_check() {
    let (_outer, folder) = model();
    let made = Command::new("mkfifo").arg(folder.join(MANIFEST)).status().unwrap();
    assert!(made.success());
    assert!(checked_in_time(&folder).contains("problem  digests: "));
    fs::remove_file(folder.join(MANIFEST)).unwrap();
    let endless = ManifestFile {
        path: "README.md".to_owned(),
        bytes: 0,
        sha256: "0".repeat(64),
    };
    let manifest = Manifest::new("tiny".into(), "https://example.org".into(), "r1".into(), vec![endless]);
    fs::write(folder.join(MANIFEST), manifest.text()).unwrap();
    std::os::unix::fs::symlink("/dev/zero", folder.join("README.md")).unwrap();
    assert!(checked_in_time(&folder).contains("README.md is not as it was installed"));
}
