//! What the exports of all recurrent decoders share: the names of their state, a word in, logits out.
//!
//! A state `X` starts from the encoder's output `initial_state.X`, goes into the decoder as `state.X` and comes out as
//! `next_state.X`, each `[batch, width]`.

use anyhow::{Result, anyhow};
use burn::nn::{Embedding, Linear};
use hearsight::onnx::{DataType, Dim};

use crate::export::weights::GraphWriter;

/// What no softmax lets through.
const NEVER: f32 = -1e9;

fn dims(width: usize) -> [Dim<'static>; 2] {
    [Dim::Named("batch"), Dim::Fixed(width as i64)]
}

/// A state as the encoder gives it.
pub fn start_state(g: &mut GraphWriter, name: &str, value: &str, width: usize) {
    g.graph
        .output(&format!("initial_state.{name}"), value, DataType::Float, &dims(width));
}

/// A state as the decoder takes it.
pub fn state_input(g: &mut GraphWriter, name: &str, width: usize) -> String {
    g.graph.input(&format!("state.{name}"), DataType::Float, &dims(width))
}

/// A state as the decoder gives it.
pub fn next_state(g: &mut GraphWriter, name: &str, value: &str, width: usize) {
    g.graph
        .output(&format!("next_state.{name}"), value, DataType::Float, &dims(width));
}

/// The vectors `[batch, embedding]` of `tokens` `[batch, 1]`.
///
/// # Errors
/// As [`GraphWriter::weight`].
pub fn emit_words(g: &mut GraphWriter, embedding: &Embedding, tokens: &str) -> Result<String> {
    let table = g.table("embedding", embedding.weight.val())?;
    let words = g.graph.embedding(tokens, &table.floats);
    Ok(g.graph.squeeze(&words, &[1]))
}

/// `said` `[batch, width]` → the output `logits` `[batch, 1, vocabulary]`, with the words `never` shut out.
///
/// # Errors
/// As [`GraphWriter::weight`].
pub fn emit_logits(g: &mut GraphWriter, layer: &Linear, said: &str, never: &[u32]) -> Result<()> {
    let [_, vocabulary] = layer.weight.dims();
    let mut bias: Vec<f32> = match &layer.bias {
        Some(bias) => bias
            .val()
            .into_data()
            .try_to_vec()
            .map_err(|error| anyhow!("the output's bias: {error:?}"))?,
        None => vec![0.0; vocabulary],
    };
    for &id in never {
        bias[id as usize] = NEVER;
    }
    let logits = g.product("output", layer.weight.val(), said)?;
    let bias = g.graph.initializer_f32("output.bias", &[vocabulary as i64], &bias);
    let logits = g.graph.add(&logits, &bias);
    let logits = g.graph.unsqueeze(&logits, &[1]);
    let dims = [Dim::Named("batch"), Dim::Fixed(1), Dim::Fixed(vocabulary as i64)];
    g.graph.output("logits", &logits, DataType::Float, &dims);
    Ok(())
}

/// Where a word was looked for: `weights` `[batch, cells]` → the output `cross_attentions` `[batch, 1, cells]`.
pub fn emit_attention(g: &mut GraphWriter, weights: &str, cells: usize) {
    let map = g.graph.unsqueeze(weights, &[1]);
    let dims = [Dim::Named("batch"), Dim::Fixed(1), Dim::Fixed(cells as i64)];
    g.graph.output("cross_attentions", &map, DataType::Float, &dims);
}

/// What all words look at, as the encoder gives it (`output`) and the decoder takes it: `[batch, cells, width]`.
pub fn seen_dims(batch: &str, cells: usize, width: usize) -> [Dim<'_>; 3] {
    [Dim::Named(batch), Dim::Fixed(cells as i64), Dim::Fixed(width as i64)]
}
