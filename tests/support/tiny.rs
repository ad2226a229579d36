//! The tiny model of a hub's layout in `tests/fixtures/tiny-vit-gpt2`, and the files of it that make a model folder.

#![allow(dead_code)]

use std::path::PathBuf;

/// The files that a model folder needs.
pub const FILES: [&str; 6] = [
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
    "encoder_model.onnx",
    "decoder_with_past_model.onnx",
];

/// Its folder.
pub fn fixture() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny-vit-gpt2")
}
