//! Forty thousand broken versions of what comes from outside: nothing panics, hangs or makes room without bound.
//!
//! The same parsers have fuzz targets in `fuzz/`, which look further and take longer.
#![allow(clippy::unwrap_used)]

#[path = "support/broken.rs"]
mod broken;

use std::fs;
use std::io::Cursor;
use std::path::PathBuf;

use broken::mutated;
use fastrand::Rng;
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::store::{Catalogue, Manifest, ManifestFile};
use hearsight::model::{Config, read_tokenizer};
use hearsight::onnx::softmaxes::{give_out_cross_attentions, with_cross_attentions};
use hearsight::onnx::survey::survey;
use hearsight::onnx::{ModelProto, outline};
use hearsight::words::{try_file, try_packet};
use prost::Message;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn fixture(file: &str) -> Vec<u8> {
    fs::read(root().join("tests/fixtures/tiny-vit-gpt2").join(file)).unwrap()
}

/// Gives a parser so many broken versions, and returns how many it took for good.
fn taken(seed: u64, count: usize, source: &[u8], mut parse: impl FnMut(&[u8]) -> bool) -> usize {
    let mut rng = Rng::with_seed(seed);
    (0..count).filter(|_| parse(&mutated(&mut rng, source))).count()
}

#[test]
fn configurations_catalogues_and_manifests_survive_eleven_thousand() {
    let json = |bytes: &[u8]| serde_json::from_slice::<serde_json::Value>(bytes).ok();
    let config = fs::read(root().join("models/everyday/config.json")).unwrap();
    let taken_configs = taken(1, 3000, &config, |bytes| {
        serde_json::from_slice::<Config>(bytes).is_ok()
    });
    let preprocessor = fixture("preprocessor_config.json");
    let taken_preprocessors = taken(2, 3000, &preprocessor, |bytes| {
        json(bytes).is_some_and(|value| Preprocessor::from_json(&value).is_ok())
    });
    let catalogue = fs::read(root().join("models/catalogue.toml")).unwrap();
    let taken_catalogues = taken(3, 2000, &catalogue, |bytes| {
        std::str::from_utf8(bytes).is_ok_and(|text| Catalogue::parse(text).is_ok())
    });
    let file = ManifestFile {
        path: "onnx/encoder_model.onnx".to_owned(),
        bytes: 12,
        sha256: "0".repeat(64),
    };
    let manifest = Manifest::new("one".into(), "https://example.org".into(), "r1".into(), vec![file]);
    let taken_manifests = taken(4, 3000, manifest.text().as_bytes(), |bytes| {
        Manifest::parse(bytes).is_ok()
    });
    // Some of the changes hurt nothing, and most do: neither is everything let through nor everything refused.
    for (taken, of) in [
        (taken_configs, 3000),
        (taken_preprocessors, 3000),
        (taken_catalogues, 2000),
        (taken_manifests, 3000),
    ] {
        assert!(taken > 0 && taken < of * 9 / 10, "{taken} of {of}");
    }
}

#[test]
fn the_words_of_photos_survive_twenty_thousand() {
    let small = |name: &str| fs::read(root().join("fuzz/corpus/words").join(name)).unwrap();
    for (seed, name) in ["small.jpg", "small.png", "small.webp", "small.tif"]
        .into_iter()
        .enumerate()
    {
        let bytes = small(name);
        assert!(try_file(&bytes), "{name}");
        // Where a text could still be saved, all other words were still there afterwards.
        let changed = taken(20 + seed as u64, 4000, &bytes, try_file);
        assert!(changed > 0 && changed < 3600, "{name}: {changed}");
    }
    let packet = small("small.xmp");
    let read = taken(24, 4000, &packet, try_packet);
    assert!(read > 0 && read < 3600, "{read}");
}

#[test]
fn the_tokenizer_survives_a_thousand() {
    // A small one, so that the time goes into what is broken.
    let mut small: serde_json::Value = serde_json::from_slice(&fixture("tokenizer.json")).unwrap();
    if let Some(words) = small["model"]["vocab"].as_object_mut() {
        let kept: Vec<_> = words
            .clone()
            .into_iter()
            .filter(|(_, id)| id.as_u64() < Some(40))
            .collect();
        *words = kept.into_iter().collect();
        small["model"]["merges"] = serde_json::json!([]);
        small["added_tokens"] = serde_json::json!([]);
    }
    let small = small.to_string().into_bytes();
    assert!(read_tokenizer(&small).is_ok());
    let taken = taken(5, 1000, &small, |bytes| {
        read_tokenizer(bytes).is_ok_and(|tokenizer| {
            let _ = tokenizer.decode(&[0, 1, 39, u32::MAX], true);
            true
        })
    });
    assert!(taken < 900, "{taken}");
}

#[test]
fn the_onnx_readers_and_the_finder_of_attention_survive_twelve_thousand() {
    let graph = fixture("encoder_model.onnx");
    // Where the weights begin nothing but numbers changes.
    let decoder = fixture("decoder_model_merged.onnx");
    let plain = fixture("decoder_model.onnx");
    for (seed, source) in [(6, &graph), (7, &decoder), (8, &plain)] {
        let head = &source[..source.len().min(60_000)];
        let whole = taken(seed, 4000, head, |bytes| {
            let surveyed = survey(Cursor::new(bytes), bytes.len() as u64);
            let outlined = outline::read(Cursor::new(bytes), bytes.len() as u64, "model.onnx");
            if let Ok(Some((outlined, _))) = outlined {
                // Of each weight that is left out its place is written instead.
                assert!(outlined.len() < bytes.len());
            }
            let read = ModelProto::decode(bytes);
            if let Ok(mut telling) = read.clone() {
                let changes = |name: &str| name == "input_ids" || name.starts_with("past_key_values.");
                let found = with_cross_attentions(bytes, "cross_attentions", changes);
                let outputs = |model: &ModelProto| model.graph.as_ref().map_or(0, |graph| graph.output.len());
                let before = outputs(&telling);
                give_out_cross_attentions(&mut telling, "cross_attentions", changes);
                assert_eq!(outputs(&telling) > before, found.is_some());
            }
            surveyed.is_ok() && read.is_ok()
        });
        assert!(whole < 3600, "{whole}");
    }
    assert!(survey(Cursor::new(&graph), graph.len() as u64).is_ok());
    assert!(survey(Cursor::new(&decoder), decoder.len() as u64).is_ok());
}
