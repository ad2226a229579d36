//! Weights on their way from burn into a graph.

use anyhow::{Result, anyhow};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;
use hearsight::onnx::GraphBuilder;
use serde::{Deserialize, Serialize};

/// How weights are kept in the file; the arithmetic is float32 either way.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// As trained.
    Float32,
    /// Half the size; ONNX Runtime widens them once, when it loads the model.
    Float16,
}

/// burn's epsilon of layer norm, which its module keeps to itself.
const LAYER_NORM_EPSILON: f32 = 1e-5;

/// A graph being written, with the layers of this crate's nets.
pub struct GraphWriter {
    /// The operations.
    pub graph: GraphBuilder,
    precision: Precision,
}

impl GraphWriter {
    /// An empty graph.
    pub fn new(name: &str, precision: Precision) -> Self {
        Self {
            graph: GraphBuilder::new(name),
            precision,
        }
    }

    /// Keeps a tensor's values under `name`; returns the name by which operations read them as float32.
    ///
    /// # Errors
    /// A tensor that is not float32.
    pub fn weight<const D: usize>(&mut self, name: &str, tensor: Tensor<D>) -> Result<String> {
        let shape = tensor.dims().map(|dim| dim as i64);
        let values: Vec<f32> = tensor
            .into_data()
            .try_to_vec()
            .map_err(|error| anyhow!("the weight {name}: {error:?}"))?;
        Ok(match self.precision {
            Precision::Float32 => self.graph.initializer_f32(name, &shape, &values),
            Precision::Float16 => self.graph.initializer_f16(name, &shape, &values),
        })
    }

    /// A linear layer over the last dimension of `x`.
    ///
    /// # Errors
    /// As [`Self::weight`].
    pub fn linear(&mut self, name: &str, layer: &Linear, x: &str) -> Result<String> {
        let weight = self.weight(&format!("{name}.weight"), layer.weight.val())?;
        let bias = layer
            .bias
            .as_ref()
            .map(|bias| self.weight(&format!("{name}.bias"), bias.val()))
            .transpose()?;
        Ok(self.graph.linear(x, &weight, bias.as_deref()))
    }

    /// A layer norm over the last dimension of `x`.
    ///
    /// # Errors
    /// As [`Self::weight`].
    pub fn layer_norm(&mut self, name: &str, layer: &LayerNorm, x: &str) -> Result<String> {
        let scale = self.weight(&format!("{name}.scale"), layer.gamma.val())?;
        let bias = match &layer.beta {
            Some(beta) => self.weight(&format!("{name}.bias"), beta.val())?,
            None => String::new(),
        };
        Ok(self.graph.layer_norm(x, &scale, &bias, LAYER_NORM_EPSILON))
    }
}
