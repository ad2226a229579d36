//! A gated recurrent unit (Cho et al. 2014), with the reset gate after the product, as Keras and cuDNN have it.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use crate::export::weights::GraphWriter;
use crate::fused;

/// The gates as two linear layers: one over the input, one over the hidden state.
#[derive(Module, Debug)]
pub struct GruCell {
    /// `[input, 3 × width]`: update and reset gate, then the candidate.
    pub input: Linear,
    /// `[width, 3 × width]`, with a bias of its own, because the reset gate acts on it too.
    pub hidden: Linear,
}

impl GruCell {
    /// Random weights.
    pub fn new(input: usize, width: usize, device: &Device) -> Self {
        Self {
            input: LinearConfig::new(input, 3 * width).init(device),
            hidden: LinearConfig::new(width, 3 * width).init(device),
        }
    }

    /// The width of the state.
    pub fn width(&self) -> usize {
        self.hidden.weight.dims()[0]
    }

    /// The state `[rows, width]` after a step whose input's part of the gates is `from_input` `[rows, 3 × width]`.
    pub fn step(&self, from_input: Tensor<2>, state: Tensor<2>) -> Tensor<2> {
        let from_state = self.hidden.forward(state.clone());
        fused::gru(from_input, from_state, state)
    }

    /// [`Self::step`] in a graph.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_step(&self, g: &mut GraphWriter, name: &str, input: &str, state: &str) -> Result<String> {
        let given = g.linear(&format!("{name}.input"), &self.input, input)?;
        let before = g.linear(&format!("{name}.hidden"), &self.hidden, state)?;
        let sizes = [self.width() as i64; 3];
        let (given, before) = (g.graph.split(&given, -1, &sizes), g.graph.split(&before, -1, &sizes));
        let [update, reset] = [0, 1].map(|index| {
            let sum = g.graph.add(&given[index], &before[index]);
            g.graph.sigmoid(&sum)
        });
        let recalled = g.graph.mul(&reset, &before[2]);
        let candidate = g.graph.add(&given[2], &recalled);
        let candidate = g.graph.tanh(&candidate);
        // update · state + (1 - update) · candidate
        let change = g.graph.sub(state, &candidate);
        let change = g.graph.mul(&update, &change);
        Ok(g.graph.add(&candidate, &change))
    }
}
