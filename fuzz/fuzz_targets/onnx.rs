//! The readers of ONNX files: the survey of what a file promises, and the messages.
#![no_main]

use std::io::Cursor;

use hearsight::onnx::ModelProto;
use hearsight::onnx::survey::survey;
use libfuzzer_sys::fuzz_target;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(found) = survey(Cursor::new(bytes), bytes.len() as u64) {
        // What lies in the file itself cannot be more than the file.
        let outside: u64 = found.external.iter().fold(0, |sum: u64, tensor| sum.saturating_add(tensor.bytes));
        assert!(found.bytes.saturating_sub(outside) <= 2 * bytes.len() as u64);
    }
    let _ = ModelProto::decode(bytes);
});
