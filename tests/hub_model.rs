//! A folder in the hub's layout is described token for token as Hugging Face's `generate()` does it.
#![allow(clippy::unwrap_used)]

#[path = "support/tiny.rs"]
mod tiny;

use std::collections::HashSet;
use std::fs;

use hearsight::captioner::{
    AttentionKind, Cancel, Captioner, DescribeOptions, Description, DeviceChoice, Division, LoadOptions, Stage,
    WholeReason,
};
use hearsight::model::ModelFolder;
use hearsight::onnx::{self, DataLocation, NodeProto, StringStringEntryProto};
use hearsight::photo::Photo;
use serde_json::Value;
use tempfile::TempDir;
use tiny::fixture;

/// So small a model only waits for further threads.
const ONE_THREAD: LoadOptions = LoadOptions {
    device: DeviceChoice::Cpu,
    threads: Some(1),
    whole_decoder: false,
    briefly: false,
    variant: None,
    profiles: None,
    low_memory: false,
};

fn read(file: &str) -> Value {
    serde_json::from_slice(&fs::read(fixture().join(file)).unwrap()).unwrap()
}

/// The model with the given decoder graphs and search settings.
fn model(decoders: &[&str], settings: &Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        "encoder_model.onnx",
        "config.json",
        "preprocessor_config.json",
        "tokenizer.json",
    ];
    for file in files.iter().chain(decoders) {
        fs::copy(fixture().join(file), folder.path().join(file)).unwrap();
    }
    let mut generation = read("generation_config.json");
    for (key, value) in settings.as_object().unwrap() {
        generation[key] = value.clone();
    }
    fs::write(folder.path().join("generation_config.json"), generation.to_string()).unwrap();
    folder
}

fn describe(captioner: &mut Captioner, photo: &str) -> Description {
    let photo = Photo::open(&fixture().join(photo)).unwrap();
    captioner
        .describe(&photo, &DescribeOptions::default(), &Cancel::default(), &mut |_| {})
        .unwrap()
}

fn plain(text: &Value) -> String {
    text.as_str().unwrap().split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Compares every row of `expected.json` with what the model with these decoder graphs says.
fn says_what_generate_says(decoders: &[&str]) {
    let expected = read("expected.json");
    let rows = expected.as_array().unwrap();
    let mut settings: Vec<&Value> = rows.iter().map(|row| &row["settings"]).collect();
    settings.dedup();
    let mut compared = 0;
    for settings in settings.iter().take(12) {
        let folder = model(decoders, settings);
        let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &ONE_THREAD).unwrap();
        for row in rows.iter().filter(|row| row["settings"] == **settings) {
            assert_row(&describe(&mut captioner, row["photo"].as_str().unwrap()), row);
            compared += 1;
        }
    }
    assert_eq!(compared, 48);
}

fn assert_row(found: &Description, row: &Value) {
    let name = format!("{} {}", row["photo"], row["settings"]);
    let mut tokens: Vec<i64> = serde_json::from_value(row["sequences"][0].clone()).unwrap();
    // Several sequences are filled up to the same length; here the end token is the filling, and the start token too.
    if let Some(end) = tokens.iter().skip(1).position(|&token| token == tokens[0]) {
        tokens.truncate(end + 2);
    }
    assert_eq!(found.tokens, tokens, "{name}");
    assert_eq!(found.caption, plain(&row["texts"][0]), "{name}");
    let words: Vec<&str> = found.words.iter().map(|word| word.text.as_str()).collect();
    assert_eq!(words.join(" "), found.caption, "{name}");
    if let Some(scores) = row["sequences_scores"].as_array() {
        // Hugging Face divides the sum by a power of the number of tokens after the start token.
        let power = row["settings"]["length_penalty"].as_f64().unwrap_or(1.0);
        let score = f64::from(found.score) / ((found.tokens.len() - 1) as f64).powf(power);
        let expected = scores[0].as_f64().unwrap();
        assert!(
            (score - expected).abs() < 1e-3 * expected.abs().max(1.0),
            "{name}: {score} is not {expected}"
        );
        for text in &row["texts"].as_array().unwrap()[1..] {
            let text = plain(text);
            assert!(
                found.alternatives.iter().any(|other| other.caption == text),
                "{name}: no {text}"
            );
        }
    }
    if let Some(expected) = row["token_logprobs"].as_array() {
        let sum: f64 = expected.iter().filter_map(Value::as_f64).sum();
        assert!(
            (f64::from(found.score) - sum).abs() < 1e-3,
            "{name}: {} is not {sum}",
            found.score
        );
        let mean = sum / expected.len() as f64;
        assert!((f64::from(found.confidence) - mean.exp()).abs() < 1e-4, "{name}");
    }
}

#[test]
fn the_merged_decoder_says_what_generate_says() {
    says_what_generate_says(&["decoder_model_merged.onnx"]);
}

#[test]
fn the_decoder_with_a_past_says_what_generate_says_from_the_first_step_on() {
    says_what_generate_says(&["decoder_model.onnx", "decoder_with_past_model.onnx"]);
}

#[test]
fn the_decoder_without_a_past_says_what_generate_says() {
    says_what_generate_says(&["decoder_model.onnx"]);
}

#[test]
fn a_model_that_wants_another_search_is_refused_by_the_name_of_its_setting() {
    let folder = model(&["decoder_model.onnx"], &serde_json::json!({"do_sample": true}));
    let error = ModelFolder::open(folder.path()).unwrap_err().to_string();
    assert!(
        error.contains("do_sample") && error.contains("generation_config.json"),
        "{error}"
    );
}

/// The model with full weights beside its configuration and another variant, with another decoder, in `onnx/`.
fn two_variants() -> TempDir {
    let folder = model(&["decoder_model.onnx"], &serde_json::json!({}));
    fs::create_dir(folder.path().join("onnx")).unwrap();
    for (from, to) in [
        ("encoder_model.onnx", "encoder_model_int8.onnx"),
        ("decoder_with_past_model.onnx", "decoder_with_past_model_int8.onnx"),
        ("encoder_model.onnx", "encoder_model_fp16.onnx"),
    ] {
        fs::copy(fixture().join(from), folder.path().join("onnx").join(to)).unwrap();
    }
    folder
}

#[test]
fn full_weights_come_first_and_another_variant_is_chosen_by_its_name() {
    let folder = two_variants();
    let opened = ModelFolder::open(folder.path()).unwrap();
    // Of the third there is no decoder.
    assert_eq!(opened.variants().collect::<Vec<_>>(), ["fp32", "int8"]);
    assert!(opened.encoder().ends_with("encoder_model.onnx"));
    for name in ["int8", "_int8"] {
        let chosen = opened.clone().choose(Some(name)).unwrap();
        assert!(chosen.encoder().ends_with("onnx/encoder_model_int8.onnx"));
        assert!(chosen.decoders()[0].ends_with("onnx/decoder_with_past_model_int8.onnx"));
        assert_eq!(chosen.variants().next(), Some("int8"));
    }
    let options = LoadOptions {
        variant: Some("int8".to_owned()),
        ..ONE_THREAD
    };
    // The full weights are broken here: only the other variant can be what runs.
    fs::write(folder.path().join("decoder_model.onnx"), "broken").unwrap();
    let mut captioner = Captioner::load(&opened, &options).unwrap();
    assert_eq!(describe(&mut captioner, "photo-0.png").tokens[..3], [599, 374, 97]);
    assert!(Captioner::load(&opened, &ONE_THREAD).is_err());
}

#[test]
fn a_variant_that_is_not_there_is_refused_with_those_that_are() {
    let folder = two_variants();
    let error = ModelFolder::open(folder.path())
        .unwrap()
        .choose(Some("q4"))
        .unwrap_err()
        .to_string();
    assert!(error.contains("\"q4\"") && error.contains("fp32, int8"), "{error}");
}

/// Describes the photos of all rows of a fixture's `expected.json` and compares tokens and scores with what `generate()`
/// said, which fills short rows with `padding`; returns the descriptions.
fn as_generate_says(captioner: &mut Captioner, fixture_name: &str, padding: i64) -> Vec<Description> {
    let expected = read(&format!("../{fixture_name}/expected.json"));
    let mut described = |row: &Value| {
        let photo = Photo::open(&fixture().join(row["photo"].as_str().unwrap())).unwrap();
        let options = DescribeOptions {
            generation: row["settings"].as_object().unwrap().clone(),
            ..DescribeOptions::default()
        };
        let found = captioner
            .describe(&photo, &options, &Cancel::default(), &mut |_| {})
            .unwrap();
        let name = format!("{fixture_name} {} {}", row["photo"], row["settings"]);
        let said: Vec<i64> = serde_json::from_value(row["sequences"][0].clone()).unwrap();
        let (said, filling) = said.split_at(found.tokens.len());
        assert_eq!(found.tokens, said, "{name}");
        assert!(filling.iter().all(|&token| token == padding), "{name}");
        if let Some(expected) = row["sequences_scores"][0].as_f64() {
            let power = row["settings"]["length_penalty"].as_f64().unwrap_or(1.0);
            let score = f64::from(found.score) / ((found.tokens.len() - 1) as f64).powf(power);
            // A penalty for repeating changes what is compared, and not what is said of the likelihood.
            let penalised = row["settings"].get("repetition_penalty").is_some();
            assert!(
                penalised || (score - expected).abs() < 1e-3 * expected.abs().max(1.0),
                "{name}: {score} is not {expected}"
            );
        }
        found
    };
    expected.as_array().unwrap().iter().map(&mut described).collect()
}

/// Compares what the variants of a folder beside the fixture say, put into `onnx/` beside the full weights, with what
/// `generate()` says with them.
fn variant_says_what_generate_says(fixture_of_variant: &str, variant: &str, decoder: &str) {
    let folder = model(&["decoder_model.onnx"], &serde_json::json!({}));
    fs::create_dir(folder.path().join("onnx")).unwrap();
    for graph in ["encoder_model", decoder] {
        let graph = format!("{graph}_{variant}.onnx");
        fs::copy(
            fixture().with_file_name(fixture_of_variant).join(&graph),
            folder.path().join("onnx").join(graph),
        )
        .unwrap();
    }
    let options = LoadOptions {
        variant: Some(variant.to_owned()),
        ..ONE_THREAD
    };
    let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &options).unwrap();
    for found in as_generate_says(&mut captioner, fixture_of_variant, 599) {
        assert!(found.words.iter().all(|word| word.attention.is_some()));
        assert_eq!(found.attention_kind, Some(AttentionKind::FoundInGraph));
    }
}

#[test]
fn a_quantised_variant_beside_the_full_weights_says_what_generate_says_with_it() {
    variant_says_what_generate_says("tiny-vit-gpt2-int8", "int8", "decoder_model");
}

#[test]
fn a_half_precision_variant_says_what_generate_says_with_it_whatever_numbers_it_takes_and_gives() {
    variant_says_what_generate_says("tiny-vit-gpt2-fp16", "fp16", "decoder_with_past_model");
    variant_says_what_generate_says("tiny-vit-gpt2-fp16-inside", "fp16", "decoder_model");
}

#[test]
fn quantised_graphs_in_a_folder_of_their_own_are_found() {
    let folder = model(&[], &serde_json::json!({}));
    fs::create_dir(folder.path().join("onnx")).unwrap();
    for (from, to) in [
        ("encoder_model", "encoder_model"),
        ("decoder_model_merged", "decoder_model_merged"),
    ] {
        let to = folder.path().join(format!("onnx/{to}_quantized.onnx"));
        fs::copy(fixture().join(format!("{from}.onnx")), to).unwrap();
    }
    fs::remove_file(folder.path().join("encoder_model.onnx")).unwrap();
    let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &ONE_THREAD).unwrap();
    assert_eq!(describe(&mut captioner, "photo-0.png").tokens[..3], [599, 374, 97]);
}

/// A photo's sentence from the decoder's graph in halves or whole.
fn described(folder: &TempDir, whole_decoder: bool, divided: bool) -> Description {
    let options = LoadOptions {
        whole_decoder,
        ..ONE_THREAD
    };
    let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &options).unwrap();
    assert_eq!(
        *captioner.division() == Division::Halves,
        divided,
        "{:?}",
        captioner.division()
    );
    assert!(captioner.has_attention());
    describe(&mut captioner, "photo-1.png")
}

#[test]
fn a_decoder_in_halves_says_the_same_to_the_last_bit_as_the_whole_one() {
    for decoders in [&["decoder_with_past_model.onnx"][..], &["decoder_model.onnx"]] {
        for beams in [1, 4] {
            let folder = model(decoders, &serde_json::json!({ "num_beams": beams }));
            // Made and checked at the first start, kept from then on.
            let (made, kept) = (described(&folder, false, true), described(&folder, false, true));
            let whole = described(&folder, true, false);
            for halves in [made, kept] {
                assert_eq!(
                    (&halves.tokens, halves.score.to_bits()),
                    (&whole.tokens, whole.score.to_bits())
                );
                assert_eq!(halves.words, whole.words);
            }
        }
    }
}

#[test]
fn a_merged_decoder_is_unfolded_and_cut_and_tells_where_it_looks_as_the_one_with_a_past_does() {
    for beams in [1, 4] {
        let settings = serde_json::json!({ "num_beams": beams });
        let merged = model(&["decoder_model_merged.onnx"], &settings);
        // Made and checked at the first start, kept from then on.
        let (made, kept) = (described(&merged, false, true), described(&merged, false, true));
        let as_it_is = LoadOptions {
            whole_decoder: true,
            ..ONE_THREAD
        };
        let whole = describe(&mut load(&merged, &as_it_is), "photo-1.png");
        let past = described(&model(&["decoder_with_past_model.onnx"], &settings), true, false);
        for halves in [made, kept] {
            assert_eq!(
                (&halves.tokens, halves.score.to_bits()),
                (&whole.tokens, whole.score.to_bits())
            );
            assert_eq!(halves.attention_kind, Some(AttentionKind::FoundInGraph));
            assert_look_alike(&halves, &past);
        }
    }
}

#[test]
fn a_decoder_whose_halves_say_something_else_stays_whole_and_describes_all_the_same() {
    let folder = model(&["decoder_with_past_model.onnx"], &serde_json::json!({}));
    let file = folder.path().join("decoder_with_past_model.onnx");
    let mut decoder = onnx::open(&file).unwrap();
    // What came of cutting it is kept by its graph, and is to be found out here.
    decoder.producer_name = Some(folder.path().display().to_string());
    let nodes = &mut decoder.graph.as_mut().unwrap().node;
    let scores = nodes
        .iter_mut()
        .flat_map(|node| &mut node.output)
        .find(|name| *name == "logits");
    *scores.unwrap() = "certain".to_owned();
    // With chance in it no two runs agree.
    for (operation, input, output) in [
        ("RandomUniformLike", &["certain"][..], "chance"),
        ("Add", &["certain", "chance"], "logits"),
    ] {
        nodes.push(NodeProto {
            op_type: Some(operation.to_owned()),
            input: input.iter().map(|name| (*name).to_owned()).collect(),
            output: vec![output.to_owned()],
            ..NodeProto::default()
        });
    }
    onnx::save(&decoder, &file).unwrap();
    // Found out at the first start, known at the second.
    for briefly in [true, false] {
        let mut captioner = load(&folder, &LoadOptions { briefly, ..ONE_THREAD });
        assert_eq!(*captioner.division(), Division::Whole(WholeReason::Differs));
        assert!(!describe(&mut captioner, "photo-1.png").caption.is_empty());
    }
}

/// Where a process's files are mapped can be asked for there alone.
#[cfg(target_os = "linux")]
#[test]
fn for_a_single_photo_the_encoders_room_is_given_back_before_the_search_and_the_next_one_is_described_all_the_same() {
    let decoders = ["decoder_with_past_model.onnx"];
    let [folder, other] = [(), ()].map(|()| model(&decoders, &serde_json::json!({})));
    let encoder = folder.path().canonicalize().unwrap().join("encoder_model.onnx");
    let is_mapped = || {
        let maps = fs::read_to_string("/proc/self/maps").unwrap();
        maps.contains(encoder.to_str().unwrap())
    };
    let briefly = LoadOptions {
        briefly: true,
        ..ONE_THREAD
    };
    // The first start closes it already when it has cut the decoder.
    drop(load(&folder, &briefly));
    let (mut brief, mut usual) = (load(&folder, &briefly), load(&other, &ONE_THREAD));
    assert!(is_mapped());
    for photo in ["photo-1.png", "photo-2.png", "photo-1.png"] {
        let expected = describe(&mut usual, photo);
        let opened = Photo::open(&fixture().join(photo)).unwrap();
        let mut searched = 0;
        let mut progress = |stage| {
            if matches!(stage, Stage::Search { .. }) {
                assert!(!is_mapped());
                searched += 1;
            }
        };
        let found = brief.describe(&opened, &DescribeOptions::default(), &Cancel::default(), &mut progress);
        assert_eq!(found.unwrap().tokens, expected.tokens);
        assert!(searched > 0);
    }
}

/// Moves the weights of a decoder to a file beside it, as exports of more than two gigabytes have them.
fn put_weights_beside(folder: &TempDir, decoder: &str) {
    let path = folder.path().join(decoder);
    let mut model = onnx::open(&path).unwrap();
    let mut beside: Vec<u8> = Vec::new();
    for weight in &mut model.graph.as_mut().unwrap().initializer {
        let Some(bytes) = weight.raw_data.take_if(|bytes| bytes.len() > 1000) else {
            continue;
        };
        let note = |key: &str, value: String| StringStringEntryProto {
            key: Some(key.to_owned()),
            value: Some(value),
        };
        weight.external_data = vec![
            note("location", format!("{decoder}_data")),
            note("offset", beside.len().to_string()),
            note("length", bytes.len().to_string()),
        ];
        weight.set_data_location(DataLocation::External);
        beside.extend(bytes);
    }
    assert!(beside.len() > 100_000);
    fs::write(folder.path().join(format!("{decoder}_data")), beside).unwrap();
    onnx::save(&model, &path).unwrap();
}

#[test]
fn weights_in_a_file_beside_the_decoder_are_found_by_its_halves_too() {
    let decoder = "decoder_with_past_model.onnx";
    let folder = model(&[decoder], &serde_json::json!({}));
    let whole = described(&folder, true, false);
    put_weights_beside(&folder, decoder);
    for _ in 0..2 {
        assert_eq!(described(&folder, false, true).tokens, whole.tokens);
    }
}

/// Asserts that two descriptions look at the same places for the same words.
fn assert_look_alike(a: &Description, b: &Description) {
    assert_eq!(a.tokens, b.tokens);
    let sentences = |description: &Description| {
        let others = description.alternatives.iter().map(|other| other.words.clone());
        std::iter::once(description.words.clone())
            .chain(others)
            .collect::<Vec<_>>()
    };
    let (a, b) = (sentences(a), sentences(b));
    assert_eq!(a.len(), b.len());
    for (a, b) in a.iter().flatten().zip(b.iter().flatten()) {
        let (a, b) = (a.attention.as_ref().unwrap(), b.attention.as_ref().unwrap());
        assert!(a.weights.iter().zip(&b.weights).all(|(a, b)| (a - b).abs() < 1e-4));
    }
}

fn load(folder: &TempDir, options: &LoadOptions) -> Captioner {
    Captioner::load(&ModelFolder::open(folder.path()).unwrap(), options).unwrap()
}

#[test]
fn a_twin_in_the_folder_tells_where_a_decoder_looks_that_does_not() {
    for beams in [1, 4] {
        let settings = serde_json::json!({ "num_beams": beams });
        let alone = model(&["decoder_model.onnx"], &settings);
        let silent = model(&["decoder_model_merged.onnx"], &settings);
        let both = model(&["decoder_model_merged.onnx", "decoder_model.onnx"], &settings);
        let as_it_is = LoadOptions {
            whole_decoder: true,
            ..ONE_THREAD
        };
        let found = describe(&mut load(&alone, &as_it_is), "photo-2.png");
        assert_eq!(found.attention_kind, Some(AttentionKind::FoundInGraph));
        let mut captioner = load(&both, &as_it_is);
        assert_eq!(captioner.attention_kind(), Some(AttentionKind::Twin));
        let of_twin = describe(&mut captioner, "photo-2.png");
        assert_eq!(of_twin.attention_kind, Some(AttentionKind::Twin));
        assert_look_alike(&of_twin, &found);

        let mut captioner = load(&silent, &as_it_is);
        assert_eq!(captioner.attention_kind(), None);
        let untold = describe(&mut captioner, "photo-2.png");
        assert_eq!(untold.attention_kind, None);
        assert!(untold.words.iter().all(|word| word.attention.is_none()));
        let photo = Photo::open(&fixture().join("photo-2.png")).unwrap();
        let covered = captioner
            .occlude(&photo, &untold, &Cancel::default(), &mut |_| {})
            .unwrap();
        assert_eq!(covered.attention_kind, Some(AttentionKind::Occlusion));
        assert!(covered.words.iter().any(|word| word.attention.is_some()));
    }
}

#[test]
fn the_cross_attention_is_found_by_what_it_computes_whatever_it_is_called() {
    let decoder = "decoder_with_past_model.onnx";
    let folder = model(&[decoder], &serde_json::json!({}));
    let named = describe(&mut load(&folder, &ONE_THREAD), "photo-3.png");
    let path = folder.path().join(decoder);
    let mut graph = onnx::open(&path).unwrap();
    let nodes = &mut graph.graph.as_mut().unwrap().node;
    let mut renamed = 0;
    let names = nodes
        .iter_mut()
        .flat_map(|node| node.output.iter_mut().chain(&mut node.input));
    // The names of weights, which stand elsewhere too, begin otherwise.
    for name in names.filter(|name| name.starts_with('/') && name.contains("att")) {
        *name = name
            .replace("crossattention", "a")
            .replace("attn", "b")
            .replace("Softmax", "s");
        renamed += 1;
    }
    assert!(renamed > 20);
    onnx::save(&graph, &path).unwrap();
    let unnamed = describe(&mut load(&folder, &ONE_THREAD), "photo-3.png");
    assert_eq!(unnamed.attention_kind, Some(AttentionKind::FoundInGraph));
    assert_look_alike(&unnamed, &named);
}

/// Compares every row of a fixture of its own architecture with what it says with these decoders alone.
fn architecture_says_what_generate_says(model: &str, grid: (usize, usize), decoders: &[&str]) {
    let origin = fixture().with_file_name(model);
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(&origin).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        if !name.starts_with("decoder") || decoders.contains(&&*name) {
            fs::copy(origin.join(&name), folder.path().join(name)).unwrap();
        }
    }
    let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &ONE_THREAD).unwrap();
    assert_eq!(*captioner.division(), Division::Halves);
    let found = as_generate_says(&mut captioner, model, 1);
    assert_eq!(found.len(), 16);
    for word in found.iter().flat_map(|found| &found.words) {
        let map = word.attention.as_ref().unwrap();
        assert_eq!((map.rows, map.columns), grid);
    }
    let different: HashSet<_> = found.iter().map(|found| &found.tokens).collect();
    assert!(different.len() > 4, "the photos and settings make a difference");
}

#[test]
fn a_trocr_decoder_behind_a_deit_encoder_says_what_generate_says() {
    architecture_says_what_generate_says("tiny-deit-trocr", (4, 4), &["decoder_model.onnx"]);
}

#[test]
fn a_decoder_that_takes_the_encoders_keys_and_values_has_them_from_the_graph_for_the_first_word() {
    let pair = ["decoder_model.onnx", "decoder_with_past_model.onnx"];
    architecture_says_what_generate_says("tiny-deit-trocr", (4, 4), &pair);
    let folder = fixture().with_file_name("tiny-deit-trocr");
    // Kept halves, and the graph that says every word, say the same.
    for options in [
        ONE_THREAD,
        LoadOptions {
            whole_decoder: true,
            ..ONE_THREAD
        },
    ] {
        let mut captioner = Captioner::load(&ModelFolder::open(&folder).unwrap(), &options).unwrap();
        as_generate_says(&mut captioner, "tiny-deit-trocr", 1);
    }
}

#[test]
fn in_a_merged_export_the_other_branch_is_the_graph_for_the_first_word() {
    architecture_says_what_generate_says("tiny-deit-trocr", (4, 4), &["decoder_model_merged.onnx"]);
}

#[test]
fn a_decoder_without_the_graph_for_the_first_word_is_refused_by_the_name_of_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for entry in fs::read_dir(fixture().with_file_name("tiny-deit-trocr")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_owned();
        if name != "decoder_model.onnx" && name != "decoder_model_merged.onnx" {
            fs::copy(path, folder.path().join(name)).unwrap();
        }
    }
    let opened = ModelFolder::open(folder.path()).unwrap();
    let error = Captioner::load(&opened, &ONE_THREAD).unwrap_err().to_string();
    assert!(error.contains("past_key_values.0.encoder.key"), "{error}");
}

#[test]
fn a_bert_decoder_behind_an_encoder_of_upright_photos_says_what_generate_says() {
    architecture_says_what_generate_says("tiny-vit-bert", (3, 2), &["decoder_model.onnx"]);
}
