//! `config.json` and `preprocessor_config.json`: any bytes are understood or refused.
#![no_main]

use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::Config;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(config) = serde_json::from_slice::<Config>(bytes) {
        let _ = config.vocab_size();
    }
    if let Ok(value) = serde_json::from_slice(bytes) {
        let _ = Preprocessor::from_json(&value);
    }
});
