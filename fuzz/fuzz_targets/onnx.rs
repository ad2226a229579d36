//! The readers of ONNX files: the survey of what a file promises, the messages, the finder of cross-attentions, and what else
//! is done to a decoder's graph.
#![no_main]

use std::collections::HashSet;
use std::io::Cursor;

use hearsight::onnx::softmaxes::{give_out_cross_attentions, tells, with_cross_attentions};
use hearsight::onnx::survey::survey;
use hearsight::onnx::{ModelProto, Seam, keep_outputs, multiply_transposed, outline, unfold};
use libfuzzer_sys::fuzz_target;
use prost::Message;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(found) = survey(Cursor::new(bytes), bytes.len() as u64) {
        // What lies in the file itself cannot be more than the file.
        let outside: u64 = found.external.iter().fold(0, |sum: u64, tensor| sum.saturating_add(tensor.bytes));
        assert!(found.bytes.saturating_sub(outside) <= 2 * bytes.len() as u64);
    }
    if let Ok(Some((outlined, _))) = outline::read(Cursor::new(bytes), bytes.len() as u64, "model.onnx") {
        // Of each weight that is left out its place is written instead.
        assert!(outlined.len() < bytes.len());
    }
    let changes = |name: &str| name == "input_ids" || name.starts_with("past_key_values.");
    let found = with_cross_attentions(bytes, "cross_attentions", changes);
    // What is added is only ever what was found.
    assert!(found.is_none() || tells(bytes, "cross_attentions", changes));
    let Ok(model) = ModelProto::decode(bytes) else { return };
    let mut telling = model.clone();
    give_out_cross_attentions(&mut telling, "cross_attentions", changes);
    let outputs = |model: &ModelProto| model.graph.as_ref().map_or(0, |graph| graph.output.len());
    assert_eq!(outputs(&telling) > outputs(&model), found.is_some());
    for value in [true, false] {
        let mut unfolded = model.clone();
        unfold(&mut unfolded, "use_cache_branch", value);
        keep_outputs(&mut unfolded, |name| name.starts_with("present."));
    }
    let inputs = model.graph.iter().flat_map(|graph| &graph.input).filter_map(|input| input.name.clone());
    let fixed: Vec<String> = inputs.filter(|name| name != "input_ids").collect();
    if let Some(seam) = Seam::find(&model, &fixed, &HashSet::new()) {
        let mut halves = seam.cut(model);
        multiply_transposed(&mut halves.each);
        let handed = halves.once.graph.map_or(0, |graph| graph.output.len());
        assert_eq!(handed, seam.between.len());
    }
});
