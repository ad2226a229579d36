//! Additive attention (Bahdanau et al. 2015, "Neural machine translation by jointly learning to align and translate",
//! appendix A.1.2): a small perceptron scores each cell against the decoder's state.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use crate::export::weights::GraphWriter;

/// `vᵀ tanh(U a + W s)` for each cell `a` and a state `s`.
#[derive(Module, Debug)]
pub struct AdditiveAttention {
    /// `U`, `[cell width, units]`.
    pub cells: Linear,
    /// `W`, `[state width, units]`.
    pub state: Linear,
    /// `v`, `[units, 1]`.
    pub score: Linear,
}

impl AdditiveAttention {
    /// Random weights.
    pub fn new(cells: usize, state: usize, units: usize, device: &Device) -> Self {
        Self {
            cells: LinearConfig::new(cells, units).init(device),
            state: LinearConfig::new(state, units).init(device),
            score: LinearConfig::new(units, 1).init(device),
        }
    }

    /// The part that does not change from word to word: `[rows, cells, width]` → `[rows, cells, units]`.
    pub fn keys(&self, cells: Tensor<3>) -> Tensor<3> {
        self.cells.forward(cells)
    }

    /// Scores `[rows, cells]` of the cells with these keys for a state `[rows, width]`; a softmax makes them weights.
    pub fn scores(&self, keys: &Tensor<3>, state: Tensor<2>) -> Tensor<2> {
        let state = self.state.forward(state).unsqueeze_dim::<3>(1);
        self.score.forward((keys.clone() + state).tanh()).squeeze_dim::<2>(2)
    }

    /// [`Self::keys`] in a graph.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_keys(&self, g: &mut GraphWriter, name: &str, cells: &str) -> Result<String> {
        g.linear(&format!("{name}.cells"), &self.cells, cells)
    }

    /// [`Self::scores`] in a graph.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_scores(&self, g: &mut GraphWriter, name: &str, keys: &str, state: &str) -> Result<String> {
        let state = g.linear(&format!("{name}.state"), &self.state, state)?;
        let state = g.graph.unsqueeze(&state, &[1]);
        let sum = g.graph.add(keys, &state);
        let inner = g.graph.tanh(&sum);
        let scores = g.linear(&format!("{name}.score"), &self.score, &inner)?;
        Ok(g.graph.squeeze(&scores, &[2]))
    }
}
