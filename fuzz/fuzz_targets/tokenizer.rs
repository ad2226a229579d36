//! `tokenizer.json`: any bytes are a tokenizer that decodes, or refused.
#![no_main]

use hearsight::model::read_tokenizer;
use libfuzzer_sys::fuzz_target;

fuzz_target!(
    // The library panics at some malformed files, which is caught where they are read; a hook that ends the process, as
    // the fuzzer's does, would see that first. What nobody catches still ends it.
    init: std::panic::set_hook(Box::new(|_| {})),
    |bytes: &[u8]| {
        if let Ok(tokenizer) = read_tokenizer(bytes) {
            let _ = tokenizer.get_vocab(true);
            let _ = tokenizer.decode(&[0, 1, 2, 39, u32::MAX], true);
        }
    }
);
