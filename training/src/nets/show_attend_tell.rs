//! Show, Attend and Tell (Xu et al. 2015, "Show, attend and tell: neural image caption generation with visual
//! attention"): an LSTM that looks at the photo anew for each word, softly or at one place.
//!
//! Soft attention (section 4.2) takes the weighted mean of all cells. Hard attention (section 4.1) takes one cell: while
//! training it is drawn by the weights, for half of the photos replaced by the mean, and learns by REINFORCE; else it is
//! the heaviest one.

use anyhow::Result;
use burn::module::{Module, RunningState};
use burn::nn::{Dropout, DropoutConfig, Embedding, EmbeddingConfig, Linear, LinearConfig};
use burn::tensor::activation::{log_softmax, sigmoid};
use burn::tensor::{Device, Int, Tensor};
use hearsight::onnx::{AttributeProto, DataType, Dim};
use serde::{Deserialize, Serialize};

use super::additive_attention::{AdditiveAttention, glimpse};
use super::lstm::{LstmCell, LstmState};
use super::places::{Chooser, Chosen, Places};
use super::recurrent::{emit_attention, emit_logits, emit_words, next_state, seen_dims, start_state, state_input};
use crate::export::weights::GraphWriter;
use crate::random::drop_out;

/// The sizes of a [`ShowAttendTell`].
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ShowAttendTellConfig {
    /// Width of the encoder's memory.
    pub width: usize,
    /// Width of the LSTM.
    pub hidden: usize,
    /// Width of a word's vector.
    pub embedding: usize,
    /// Width of the attention's perceptron.
    pub attention: usize,
    /// Dropout of the words and of the deep output.
    pub dropout: f64,
    /// The longest sequence in tokens, the start token counted.
    pub positions: usize,
    /// Whether one cell is looked at instead of the mean of all.
    pub hard: bool,
}

/// Photo → LSTM with attention → words; see the module.
#[derive(Module, Debug)]
pub struct ShowAttendTell {
    /// The mean of the memory → the first hidden state (section 3.1.2).
    pub start_hidden: Linear,
    /// The mean of the memory → the first cell.
    pub start_cell: Linear,
    /// `[vocabulary, embedding]`
    pub embedding: Embedding,
    /// Which cell matters now.
    pub attention: AdditiveAttention,
    /// How much the photo matters now: β of section 4.2.1.
    pub gate: Linear,
    /// What is kept from word to word; its input is the word.
    pub cell: LstmCell,
    /// The part of the gates that what is seen decides, `[width, 4 × hidden]`.
    pub look: Linear,
    /// From the hidden state to the deep output (equation 7).
    pub from_hidden: Linear,
    /// From what is seen to the deep output.
    pub from_seen: Linear,
    /// To the words.
    pub output: Linear,
    /// While training.
    pub dropout: Dropout,
    /// Whether one cell is looked at.
    pub hard: bool,
    /// Of hard attention: the moving average of sentences' log-likelihoods, which a drawn place has to beat, and how much
    /// of an average it is: 0 before the first sentence, then ever nearer to 1.
    pub baseline: RunningState<Tensor<1>>,
}

/// What all words of all sentences of some photos look at.
#[derive(Clone, Debug)]
pub struct SeenCells {
    /// The memory, `[photos, cells, width]`.
    pub cells: Tensor<3>,
    /// The attention's part of it, `[photos, cells, units]`.
    pub keys: Tensor<3>,
}

impl ShowAttendTell {
    /// Random weights.
    pub fn new(config: &ShowAttendTellConfig, vocabulary: usize, device: &Device) -> Self {
        let linear = |from: usize, to: usize| LinearConfig::new(from, to).init(device);
        let (width, hidden, embedding) = (config.width, config.hidden, config.embedding);
        Self {
            start_hidden: linear(width, hidden),
            start_cell: linear(width, hidden),
            embedding: EmbeddingConfig::new(vocabulary, embedding).init(device),
            attention: AdditiveAttention::new(width, hidden, config.attention, device),
            gate: linear(hidden, 1),
            cell: LstmCell::new(embedding, hidden, device),
            look: LinearConfig::new(width, 4 * hidden).with_bias(false).init(device),
            from_hidden: linear(hidden, embedding),
            from_seen: linear(width, embedding),
            output: linear(embedding, vocabulary),
            dropout: DropoutConfig::new(config.dropout).init(),
            hard: config.hard,
            baseline: RunningState::new(Tensor::zeros([2], device)),
        }
    }

    /// What the words look at: the memory `[rows, cells, width]` and the attention's part of it.
    pub fn see(&self, memory: Tensor<3>) -> SeenCells {
        SeenCells {
            keys: self.attention.keys(memory.clone()),
            cells: memory,
        }
    }

    /// The state before the first word: two perceptrons over the mean of the memory.
    pub fn start(&self, memory: Tensor<3>) -> LstmState {
        let mean = memory.mean_dim(1).squeeze_dim::<2>(1);
        LstmState {
            hidden: self.start_hidden.forward(mean.clone()).tanh(),
            cell: self.start_cell.forward(mean).tanh(),
        }
    }

    /// Logits `[rows, length, vocabulary]` for the token after each of `tokens` `[rows, length]`, where each word looked
    /// `[rows, length, cells]`, and what hard attention chose while training, as `chooser` says; `state` goes on.
    pub fn extend(
        &self,
        tokens: Tensor<2, Int>,
        seen: &SeenCells,
        chooser: &Chooser,
        state: &mut LstmState,
    ) -> (Tensor<3>, Tensor<3>, Option<Places>) {
        let [_, length] = tokens.dims();
        let words = drop_out(&self.dropout, self.embedding.forward(tokens));
        let from_words = self.cell.from_input(words.clone());
        let (mut said, mut glimpses, mut maps) = (Vec::new(), Vec::new(), Vec::new());
        let (mut chosen, mut entropies) = (Vec::new(), Vec::new());
        for step in 0..length {
            let logs = log_softmax(self.attention.scores(&seen.keys, state.hidden.clone()), 1);
            let used = if self.hard {
                let Chosen { used, learnt_by } = chooser.choose(logs, step);
                if let Some([taken, entropy]) = learnt_by {
                    chosen.push(taken);
                    entropies.push(entropy);
                }
                used
            } else {
                logs.exp()
            };
            let glimpse = glimpse(used.clone(), &seen.cells);
            let glimpse = sigmoid(self.gate.forward(state.hidden.clone())) * glimpse;
            let from_word = from_words.clone().narrow(1, step, 1).squeeze_dim::<2>(1);
            *state = self
                .cell
                .step(from_word + self.look.forward(glimpse.clone()), state.clone());
            said.push(state.hidden.clone());
            glimpses.push(glimpse);
            maps.push(used);
        }
        let deep = words
            + self.from_hidden.forward(Tensor::stack::<3>(said, 1))
            + self.from_seen.forward(Tensor::stack::<3>(glimpses, 1));
        let places = (!chosen.is_empty()).then(|| Places {
            log_probability: Tensor::stack::<2>(chosen, 1),
            entropy: Tensor::stack::<2>(entropies, 1),
        });
        (
            self.output.forward(drop_out(&self.dropout, deep)),
            Tensor::stack::<3>(maps, 1),
            places,
        )
    }

    /// The encoder's part of the export: the state before the first word, the memory's cells and their keys.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_start(&self, g: &mut GraphWriter, memory: &str, cells: usize) -> Result<()> {
        let mean = g.graph.reduce_mean(memory, &[1], false);
        for (name, layer) in [("hidden", &self.start_hidden), ("cell", &self.start_cell)] {
            let start = g.linear(&format!("start_{name}"), layer, &mean)?;
            let start = g.graph.tanh(&start);
            start_state(g, name, &start, self.cell.width());
        }
        let keys = self.attention.emit_keys(g, "attention", memory)?;
        let units = self.attention.cells.weight.dims()[1];
        g.graph.output(
            "attention_keys",
            &keys,
            DataType::Float,
            &seen_dims("batch", cells, units),
        );
        Ok(())
    }

    /// One word in a graph: `input_ids` `[batch, 1]`, `last_hidden_state`, `attention_keys` and the state → `logits`
    /// `[batch, 1, vocabulary]`, `cross_attentions` `[batch, 1, cells]` and the next state.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, cells: usize, never: &[u32]) -> Result<()> {
        let width = self.cell.width();
        let [seen_width, units] = self.attention.cells.weight.dims();
        let tokens = g
            .graph
            .input("input_ids", DataType::Int64, &[Dim::Named("batch"), Dim::Fixed(1)]);
        let memory = g.graph.input(
            "last_hidden_state",
            DataType::Float,
            &seen_dims("photos", cells, seen_width),
        );
        let keys = g
            .graph
            .input("attention_keys", DataType::Float, &seen_dims("photos", cells, units));
        let (hidden, cell) = (state_input(g, "hidden", width), state_input(g, "cell", width));

        let scores = self.attention.emit_scores(g, "attention", &keys, &hidden)?;
        let mut weights = g.graph.softmax(&scores, -1);
        if self.hard {
            weights = emit_heaviest(g, &weights, cells);
        }
        let row = g.graph.unsqueeze(&weights, &[1]);
        let glimpse = g.graph.matmul(&row, &memory);
        let glimpse = g.graph.squeeze(&glimpse, &[1]);
        let gate = g.linear("gate", &self.gate, &hidden)?;
        let gate = g.graph.sigmoid(&gate);
        let glimpse = g.graph.mul(&gate, &glimpse);

        let word = emit_words(g, &self.embedding, &tokens)?;
        let from_word = self.cell.emit_from_input(g, "cell", &word)?;
        let from_glimpse = g.linear("look", &self.look, &glimpse)?;
        let gates = g.graph.add(&from_word, &from_glimpse);
        let [hidden, cell] = self.cell.emit_step(g, "cell", &gates, Some([&hidden, &cell]))?;
        next_state(g, "hidden", &hidden, width);
        next_state(g, "cell", &cell, width);

        let from_hidden = g.linear("from_hidden", &self.from_hidden, &hidden)?;
        let from_seen = g.linear("from_seen", &self.from_seen, &glimpse)?;
        let deep = g.graph.add(&word, &from_hidden);
        let deep = g.graph.add(&deep, &from_seen);
        emit_attention(g, &weights, cells);
        emit_logits(g, &self.output, &deep, never)
    }
}

fn emit_heaviest(g: &mut GraphWriter, weights: &str, cells: usize) -> String {
    let attributes = vec![AttributeProto::int("axis", -1), AttributeProto::int("keepdims", 1)];
    let place = g.graph.node("ArgMax", &[weights], attributes);
    let numbers = g.graph.ints(&(0..cells as i64).collect::<Vec<_>>());
    let chosen = g.graph.equal(&place, &numbers);
    g.graph.cast(&chosen, DataType::Float)
}
