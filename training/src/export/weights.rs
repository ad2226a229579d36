//! Weights on their way from burn into a graph.

use std::collections::HashMap;

use anyhow::{Result, anyhow, ensure};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;
use hearsight::onnx::{DataType, GraphBuilder, ModelProto, TensorProto};
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

    /// Takes in another graph, all of whose names are free but that of its input, which is there already. Its weights are
    /// kept as the others are; vectors stay as they are, because they weigh little and rounding their variances would
    /// tell.
    ///
    /// # Errors
    /// A graph with other inputs.
    pub fn include(&mut self, model: &ModelProto, input: &str) -> Result<()> {
        let graph = model.graph();
        ensure!(
            graph.input.iter().all(|given| given.name() == input),
            "a graph that is taken in has inputs of its own"
        );
        let mut widened = HashMap::new();
        for weight in &graph.initializer {
            let rounded = match self.precision {
                Precision::Float16 if weight.dims.len() > 1 => floats(weight).filter(|values| fit(values)),
                _ => None,
            };
            match rounded {
                Some(values) => {
                    let name = self.graph.initializer_f16(weight.name(), &weight.dims, &values);
                    widened.insert(weight.name(), name);
                }
                None => {
                    self.graph.tensor(weight.clone());
                }
            }
        }
        for node in &graph.node {
            let read = |name: &String| widened.get(name.as_str()).unwrap_or(name).clone();
            let inputs: Vec<String> = node.input.iter().map(read).collect();
            let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
            let outputs: Vec<&str> = node.output.iter().map(String::as_str).collect();
            self.graph
                .named_node(node.op_type(), &inputs, &outputs, node.attribute.clone());
        }
        Ok(())
    }
}

/// A weight's values, where they are 32-bit floats.
fn floats(weight: &TensorProto) -> Option<Vec<f32>> {
    if weight.data_type() != DataType::Float {
        return None;
    }
    let raw = weight.raw_data.as_deref().unwrap_or_default();
    let values = raw.as_chunks().0.iter().map(|bytes| f32::from_le_bytes(*bytes));
    Some(values.chain(weight.float_data.iter().copied()).collect())
}

/// Whether no value is too large for 16 bits.
fn fit(values: &[f32]) -> bool {
    values.iter().all(|value| value.abs() <= half::f16::MAX.to_f32())
}
