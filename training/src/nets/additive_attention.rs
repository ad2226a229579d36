//! Additive attention (Bahdanau et al. 2015, "Neural machine translation by jointly learning to align and translate",
//! appendix A.1.2): a small perceptron scores each cell against the decoder's state.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};

use crate::export::weights::GraphWriter;
use crate::fused;

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

    /// Scores `[rows, cells]` of the cells with these keys `[photos, cells, units]` for a state `[rows, width]`, all rows of
    /// a photo together; a softmax makes them weights.
    pub fn scores(&self, keys: &Tensor<3>, state: Tensor<2>) -> Tensor<2> {
        let scores = fused::scores(keys.clone(), self.state.forward(state), self.score.weight.val());
        match &self.score.bias {
            Some(bias) => scores + bias.val().unsqueeze::<2>(),
            None => scores,
        }
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

/// The weighted mean of the cells `[photos, cells, width]` for `weights` `[rows, cells]`, all rows of a photo together:
/// `[rows, width]`.
pub fn glimpse(weights: Tensor<2>, cells: &Tensor<3>) -> Tensor<2> {
    let ([rows, _], [photos, count, width]) = (weights.dims(), cells.dims());
    let weights = weights.reshape([photos, rows / photos, count]);
    weights.matmul(cells.clone()).reshape([rows, width])
}
