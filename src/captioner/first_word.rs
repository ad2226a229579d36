//! Decoders that are given the encoder's keys and values as a past, as Optimum exports those of its sequence-to-sequence
//! kind, TrOCR's for one.
//!
//! Such a decoder cannot say the first word: its inputs `past_key_values.X` with `.encoder.` in X are the outputs
//! `present.X` of another graph, the decoder without a past beside it or, in a merged export, the other branch. What that
//! needs for those outputs alone is taken out of it, and is run once a photo; what it needs for the words is a decoder too,
//! slow and the measure of the fast one.

use std::path::Path;

use prost::Message;

use super::decoder::{ATTENTION, CACHE_BRANCH, TOKENS, changes, is_past_of_photo};
use super::source::Source;
use crate::onnx::softmaxes::give_out_cross_attentions;
use crate::onnx::{self, DataType, GraphProto, ModelProto, NodeProto, TensorProto};

/// The graph that says the first word.
#[derive(Debug)]
pub(super) struct FirstWord<'a> {
    /// The file that it lies in.
    pub(super) source: Source<'a>,
    /// What it gives of the encoder, without the `present.` before it.
    names: Vec<String>,
}

impl<'a> FirstWord<'a> {
    /// The graph for the first word of a decoder, itself or one of these; none where the decoder says it alone, or where
    /// no graph gives what it needs.
    pub(super) fn of(decoder: &Source<'a>, others: &'a [impl AsRef<Path>]) -> Option<Self> {
        let names = onnx::input_names(&decoder.model().ok()?)?
            .iter()
            .filter(|name| is_past_of_photo(name))
            .map(|name| name.trim_start_matches(PAST).to_owned())
            .collect::<Vec<_>>();
        if names.is_empty() {
            return None;
        }
        let beside = others.iter().map(|file| Source::of(file.as_ref()));
        let mut candidates = std::iter::once(Source::of(decoder.file)).chain(beside);
        let source = candidates.find(|source| of_encoder(source, &names).is_some())?;
        Some(Self { source, names })
    }

    /// The decoder that says any word from all words before it.
    pub(super) fn decoder(&self) -> Option<ModelProto> {
        let mut model = first_words(&self.source)?;
        give_out_cross_attentions(&mut model, ATTENTION, changes);
        onnx::keep_outputs(&mut model, |name| !name.starts_with(PRESENT));
        Some(model)
    }

    /// What gives the encoder's keys and values, under the names by which the other decoder takes them.
    pub(super) fn once(&self) -> Option<ModelProto> {
        let mut model = of_encoder(&self.source, &self.names)?;
        let graph = model.graph.as_mut()?;
        // How many words there are is in the shapes that keys and values are given: one. Which words cannot matter.
        graph.input.retain(|input| input.name() != TOKENS);
        graph.initializer.push(TensorProto {
            name: Some(TOKENS.to_owned()),
            dims: vec![1, 1],
            data_type: Some(DataType::Int64.into()),
            int64_data: vec![0],
            ..TensorProto::default()
        });
        for output in &mut graph.output {
            let name = output.name().replacen(PRESENT, PAST, 1);
            graph.node.push(NodeProto {
                input: vec![output.name().to_owned()],
                output: vec![name.clone()],
                op_type: Some("Identity".to_owned()),
                ..NodeProto::default()
            });
            output.name = Some(name);
        }
        Some(model)
    }
}

const PAST: &str = "past_key_values.";
const PRESENT: &str = "present.";

fn read(source: &Source) -> Option<ModelProto> {
    ModelProto::decode(&*source.model().ok()?).ok()
}

/// A decoder's graph as it is for the first word.
fn first_words(source: &Source) -> Option<ModelProto> {
    let mut model = read(source)?;
    onnx::unfold(&mut model, CACHE_BRANCH, false);
    Some(model)
}

/// The part of a decoder's graph that gives these keys and values from what the encoder gives; none where it does not.
fn of_encoder(source: &Source, names: &[String]) -> Option<ModelProto> {
    let mut model = first_words(source)?;
    onnx::keep_outputs(&mut model, |output| {
        let name = output.strip_prefix(PRESENT);
        name.is_some_and(|name| names.iter().any(|needed| needed == name))
    });
    let GraphProto { input, output, .. } = model.graph();
    let is_alone = !input.iter().any(|input| input.name().starts_with(PAST));
    (output.len() == names.len() && is_alone).then_some(model)
}
