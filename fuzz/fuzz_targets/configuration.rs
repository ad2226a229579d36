//! `config.json`, `preprocessor_config.json` and `generation_config.json`: any bytes are understood or refused.
#![no_main]

use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::{Config, GenerationConfig, MAX_BEAMS};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(config) = serde_json::from_slice::<Config>(bytes) {
        let _ = config.vocab_size();
    }
    if let Ok(value) = serde_json::from_slice::<Value>(bytes) {
        let _ = Preprocessor::from_json(&value);
        if let Some(Ok(search)) = value.as_object().map(|settings| GenerationConfig::default().with(settings)) {
            // Whatever a folder says, a search ends.
            assert!((1..=MAX_BEAMS).contains(&search.num_beams()) && search.max_length() <= 512);
        }
    }
});
