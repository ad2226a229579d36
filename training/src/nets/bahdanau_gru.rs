//! A captioner as courses teach it: dense features of the grid, additive attention (Bahdanau et al. 2015) and a GRU.
//!
//! As in the widely taught notebook that applies "Show, attend and tell" with a GRU: the state starts from zeros, the
//! GRU is given what is seen and the word side by side, and a dense layer stands before the words.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{leaky_relu, softmax};
use burn::tensor::module::linear;
use burn::tensor::{Device, Int, Tensor};
use hearsight::onnx::{DataType, Dim};
use serde::{Deserialize, Serialize};

use super::additive_attention::{AdditiveAttention, glimpse};
use super::gru::GruCell;
use super::recurrent::{emit_attention, emit_logits, emit_words, next_state, seen_dims, state_input};
use super::show_attend_tell::SeenCells;
use crate::export::weights::GraphWriter;
use crate::random::drop_out;

/// Of the leaky ReLU over the features.
const SLOPE: f64 = 0.01;

/// The sizes of a [`BahdanauGru`].
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct BahdanauGruConfig {
    /// Width of the encoder's memory.
    pub width: usize,
    /// Width of the dense features; 256 in the course notebooks that it follows.
    pub features: usize,
    /// Width of a word's vector; 256 in the course notebooks that it follows.
    pub embedding: usize,
    /// Width of the attention's perceptron; 512 in the course notebooks that it follows.
    pub attention: usize,
    /// Width of the GRU and of the dense layer after it; 512 in the course notebooks that it follows.
    pub hidden: usize,
    /// Dropout before the words; none in the course notebooks that it follows.
    pub dropout: f64,
    /// The longest sequence in tokens, the start token counted.
    pub positions: usize,
}

/// Photo → GRU with attention → words; see the module.
#[derive(Module, Debug)]
pub struct BahdanauGru {
    /// Each cell of the memory → its features, through a leaky ReLU.
    pub features: Linear,
    /// `[vocabulary, embedding]`
    pub embedding: Embedding,
    /// Which cell matters now.
    pub attention: AdditiveAttention,
    /// What is kept from word to word.
    pub cell: GruCell,
    /// Before the words.
    pub dense: Linear,
    /// To the words.
    pub output: Linear,
    /// While training.
    pub dropout: Dropout,
}

impl BahdanauGru {
    /// Random weights.
    pub fn new(config: &BahdanauGruConfig, vocabulary: usize, device: &Device) -> Self {
        let linear = |from: usize, to: usize| LinearConfig::new(from, to).init(device);
        Self {
            features: linear(config.width, config.features),
            embedding: EmbeddingConfig::new(vocabulary, config.embedding).init(device),
            attention: AdditiveAttention::new(config.features, config.hidden, config.attention, device),
            cell: GruCell::new(config.features + config.embedding, config.hidden, device),
            dense: linear(config.hidden, config.hidden),
            output: linear(config.hidden, vocabulary),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// What the words look at: the features of the memory `[rows, cells, width]` and the attention's part of them.
    pub fn see(&self, memory: Tensor<3>) -> SeenCells {
        let cells = leaky_relu(self.features.forward(memory), SLOPE);
        SeenCells {
            keys: self.attention.keys(cells.clone()),
            cells,
        }
    }

    /// The state `[rows, hidden]` before the first word: nothing.
    pub fn start(&self, rows: usize, device: &Device) -> Tensor<2> {
        Tensor::zeros([rows, self.cell.width()], device)
    }

    /// Logits `[rows, length, vocabulary]` for the token after each of `tokens` `[rows, length]`, and the weights
    /// `[rows, length, cells]`; `state` goes on.
    pub fn extend(&self, tokens: Tensor<2, Int>, seen: &SeenCells, state: &mut Tensor<2>) -> (Tensor<3>, Tensor<3>) {
        let [_, length] = tokens.dims();
        let words = self.embedding.forward(tokens);
        // The words' part of the gates for all steps at once; the input is what is seen and the word side by side.
        let weight = self.cell.input.weight.val();
        let ([_, _, features], [input, gates]) = (seen.cells.dims(), weight.dims());
        let of_glimpse = weight.clone().slice([0..features, 0..gates]);
        let from_words = linear(
            words,
            weight.slice([features..input, 0..gates]),
            self.cell.input.bias.as_ref().map(|bias| bias.val()),
        );
        let (mut said, mut maps) = (Vec::new(), Vec::new());
        for step in 0..length {
            let weights = softmax(self.attention.scores(&seen.keys, state.clone()), 1);
            let glimpse = glimpse(weights.clone(), &seen.cells);
            let from_word = from_words.clone().narrow(1, step, 1).squeeze_dim::<2>(1);
            *state = self
                .cell
                .step(glimpse.matmul(of_glimpse.clone()) + from_word, state.clone());
            said.push(state.clone());
            maps.push(weights);
        }
        let said = drop_out(&self.dropout, self.dense.forward(Tensor::stack::<3>(said, 1)));
        (self.output.forward(said), Tensor::stack::<3>(maps, 1))
    }

    /// The encoder's part of the export: features and their keys.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_start(&self, g: &mut GraphWriter, memory: &str, cells: usize) -> Result<()> {
        let features = g.linear("features", &self.features, memory)?;
        let features = g.graph.leaky_relu(&features, SLOPE as f32);
        let keys = self.attention.emit_keys(g, "attention", &features)?;
        let [width, units] = self.attention.cells.weight.dims();
        for (name, value, width) in [("attention_cells", &features, width), ("attention_keys", &keys, units)] {
            g.graph
                .output(name, value, DataType::Float, &seen_dims("batch", cells, width));
        }
        Ok(())
    }

    /// One word in a graph: `input_ids` `[batch, 1]`, `attention_cells`, `attention_keys` and `state.hidden` → `logits`
    /// `[batch, 1, vocabulary]`, `cross_attentions` `[batch, 1, cells]` and the next state.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, cells: usize, never: &[u32]) -> Result<()> {
        let [width, units] = self.attention.cells.weight.dims();
        let tokens = g
            .graph
            .input("input_ids", DataType::Int64, &[Dim::Named("batch"), Dim::Fixed(1)]);
        let mut seen =
            |name: &str, width: usize| g.graph.input(name, DataType::Float, &seen_dims("photos", cells, width));
        let (features, keys) = (seen("attention_cells", width), seen("attention_keys", units));
        let state = state_input(g, "hidden", self.cell.width());

        let scores = self.attention.emit_scores(g, "attention", &keys, &state)?;
        let weights = g.graph.softmax(&scores, -1);
        let row = g.graph.unsqueeze(&weights, &[1]);
        let glimpse = g.graph.matmul(&row, &features);
        let glimpse = g.graph.squeeze(&glimpse, &[1]);
        let word = emit_words(g, &self.embedding, &tokens)?;
        let input = g.graph.concat(&[&glimpse, &word], -1);
        let state = self.cell.emit_step(g, "cell", &input, &state)?;
        next_state(g, "hidden", &state, self.cell.width());
        let said = g.linear("dense", &self.dense, &state)?;
        emit_attention(g, &weights, cells);
        emit_logits(g, &self.output, &said, never)
    }
}
