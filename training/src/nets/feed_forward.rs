//! The position-wise feed-forward net of a transformer layer (Vaswani et al. 2017, section 3.3).

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};

use crate::export::weights::GraphWriter;
use crate::start::Weights;

/// Linear, ReLU, linear.
#[derive(Module, Debug)]
pub struct FeedForward {
    /// `[width, inner]`
    pub widen: Linear,
    /// `[inner, width]`
    pub narrow: Linear,
}

impl FeedForward {
    /// Random weights.
    pub fn new(width: usize, inner: usize, device: &Device) -> Self {
        Self {
            widen: LinearConfig::new(width, inner).init(device),
            narrow: LinearConfig::new(inner, width).init(device),
        }
    }

    /// Takes exported weights.
    ///
    /// # Errors
    /// Weights of another net.
    pub fn start_from(&mut self, weights: &Weights, name: &str) -> Result<()> {
        weights.linear(&format!("{name}.widen"), &mut self.widen)?;
        weights.linear(&format!("{name}.narrow"), &mut self.narrow)
    }

    /// `[batch, positions, width]` → the same shape.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        self.narrow.forward(relu(self.widen.forward(x)))
    }

    /// [`Self::forward`] in a graph.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, name: &str, x: &str) -> Result<String> {
        let wide = g.linear(&format!("{name}.widen"), &self.widen, x)?;
        let wide = g.graph.relu(&wide);
        g.linear(&format!("{name}.narrow"), &self.narrow, &wide)
    }
}
