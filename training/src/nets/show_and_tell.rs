//! Show and Tell (Vinyals et al. 2015, "Show and Tell: a neural image caption generator"): an LSTM that is told the
//! photo once, as if it were the first word, and then writes.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::{Device, Int, Tensor};
use hearsight::onnx::{DataType, Dim};
use serde::{Deserialize, Serialize};

use super::lstm::{LstmCell, LstmState};
use super::recurrent::{emit_logits, emit_words, next_state, start_state, state_input};
use crate::export::weights::GraphWriter;
use crate::random::drop_out;

/// The sizes of a [`ShowAndTell`].
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ShowAndTellConfig {
    /// Width of the encoder's memory.
    pub width: usize,
    /// Width of the LSTM; 512 in the paper.
    pub hidden: usize,
    /// Width of a word's vector; 512 in the paper.
    pub embedding: usize,
    /// Dropout of the words and of what the LSTM says.
    pub dropout: f64,
    /// The longest sequence in tokens, the start token counted.
    pub positions: usize,
}

/// Photo → LSTM → words; see the module.
#[derive(Module, Debug)]
pub struct ShowAndTell {
    /// The mean of the memory → what stands in for the first word (equation 10).
    pub photo: Linear,
    /// `[vocabulary, embedding]`
    pub embedding: Embedding,
    /// What is kept from word to word.
    pub cell: LstmCell,
    /// To the words.
    pub output: Linear,
    /// While training.
    pub dropout: Dropout,
}

impl ShowAndTell {
    /// Random weights.
    pub fn new(config: &ShowAndTellConfig, vocabulary: usize, device: &Device) -> Self {
        Self {
            photo: LinearConfig::new(config.width, config.embedding).init(device),
            embedding: EmbeddingConfig::new(vocabulary, config.embedding).init(device),
            cell: LstmCell::new(config.embedding, config.hidden, device),
            output: LinearConfig::new(config.hidden, vocabulary).init(device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// The state after the photo `[photos, cells, width]`.
    pub fn start(&self, memory: Tensor<3>) -> LstmState {
        let rows = memory.dims()[0];
        let nothing = LstmState::zeros(rows, self.cell.width(), &memory.device());
        let photo = self.photo.forward(memory.mean_dim(1).squeeze_dim::<2>(1));
        self.cell.step(self.cell.from_input(photo), nothing)
    }

    /// Logits `[rows, length, vocabulary]` for the token after each of `tokens` `[rows, length]`; `state` goes on.
    pub fn extend(&self, tokens: Tensor<2, Int>, state: &mut LstmState) -> Tensor<3> {
        let [_, length] = tokens.dims();
        let words = drop_out(&self.dropout, self.embedding.forward(tokens));
        let from_words = self.cell.from_input(words);
        let mut said = Vec::with_capacity(length);
        for step in 0..length {
            let from_word = from_words.clone().narrow(1, step, 1).squeeze_dim::<2>(1);
            *state = self.cell.step(from_word, state.clone());
            said.push(state.hidden.clone());
        }
        self.output
            .forward(drop_out(&self.dropout, Tensor::stack::<3>(said, 1)))
    }

    /// The encoder's part of the export: the state after the photo.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_start(&self, g: &mut GraphWriter, memory: &str) -> Result<()> {
        let mean = g.graph.reduce_mean(memory, &[1], false);
        let photo = g.linear("photo", &self.photo, &mean)?;
        let from_photo = self.cell.emit_from_input(g, "cell", &photo)?;
        let [hidden, cell] = self.cell.emit_step(g, "cell", &from_photo, None)?;
        start_state(g, "hidden", &hidden, self.cell.width());
        start_state(g, "cell", &cell, self.cell.width());
        Ok(())
    }

    /// One word in a graph: `input_ids` `[batch, 1]`, `state.hidden` and `state.cell` → `logits` `[batch, 1,
    /// vocabulary]` and the next state. The words `never` get a logit that no softmax lets through.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, never: &[u32]) -> Result<()> {
        let width = self.cell.width();
        let tokens = g
            .graph
            .input("input_ids", DataType::Int64, &[Dim::Named("batch"), Dim::Fixed(1)]);
        let (hidden, cell) = (state_input(g, "hidden", width), state_input(g, "cell", width));
        let word = emit_words(g, &self.embedding, &tokens)?;
        let from_word = self.cell.emit_from_input(g, "cell", &word)?;
        let [hidden, cell] = self.cell.emit_step(g, "cell", &from_word, Some([&hidden, &cell]))?;
        next_state(g, "hidden", &hidden, width);
        next_state(g, "cell", &cell, width);
        emit_logits(g, &self.output, &hidden, never)
    }
}
