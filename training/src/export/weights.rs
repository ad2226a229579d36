//! Weights on their way from burn into a graph.

use std::collections::HashMap;

use anyhow::{Result, anyhow, ensure};
use burn::nn::{LayerNorm, Linear};
use burn::tensor::Tensor;
use hearsight::onnx::{DataType, GraphBuilder, ModelProto, TensorProto};
use serde::{Deserialize, Serialize};

use super::integers::{Integers, WORTH_INTEGERS};

/// How weights are kept in the file; the arithmetic is float32 where it is not said to be another.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// As trained.
    Float32,
    /// Half the size; ONNX Runtime widens them once, when it loads the model.
    Float16,
    /// A quarter of the size; products are of integers. See [`integers`](super::integers).
    Int8,
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
    /// With [`Precision::Int8`] those of a convolution `[out, in, height, width]` are rounded, an output channel at a time;
    /// vectors and small tables are not.
    ///
    /// # Errors
    /// A tensor that is not float32.
    pub fn weight<const D: usize>(&mut self, name: &str, tensor: Tensor<D>) -> Result<String> {
        let shape = tensor.dims().map(|dim| dim as i64);
        let values = numbers(name, tensor)?;
        Ok(match self.precision {
            Precision::Float32 => self.graph.initializer_f32(name, &shape, &values),
            Precision::Float16 => self.graph.initializer_f16(name, &shape, &values),
            Precision::Int8 if D == 4 => Integers::rows(&values, shape[0] as usize)
                .keep(self, name, &shape)
                .widen(self),
            Precision::Int8 => self.graph.initializer_f32(name, &shape, &values),
        })
    }

    /// Keeps a table `[rows, width]` that is looked up row by row, such as an embedding.
    ///
    /// # Errors
    /// As [`Self::weight`].
    pub fn table(&mut self, name: &str, tensor: Tensor<2>) -> Result<Table> {
        if self.precision != Precision::Int8 {
            let floats = self.weight(name, tensor)?;
            return Ok(Table { floats, integers: None });
        }
        let [rows, width] = tensor.dims();
        let rounded = Integers::rows(&numbers(name, tensor)?, rows);
        let integers = rounded.keep(self, name, &[rows as i64, width as i64]);
        Ok(Table {
            floats: integers.widen(self),
            integers: Some(integers),
        })
    }

    /// `x` `[.., width]` times each row of a table: `[.., rows]`.
    pub fn times_rows(&mut self, x: &str, table: &Table) -> String {
        match &table.integers {
            None => {
                let columns = self.graph.transpose(&table.floats, &[1, 0]);
                self.graph.matmul(x, &columns)
            }
            Some(integers) => {
                let columns = integers.transposed(self);
                columns.multiply(self, x)
            }
        }
    }

    /// `x` `[.., in]` times a weight `[in, out]`: `[.., out]`.
    ///
    /// # Errors
    /// As [`Self::weight`].
    pub fn product(&mut self, name: &str, weight: Tensor<2>, x: &str) -> Result<String> {
        let [from, to] = weight.dims();
        if self.precision != Precision::Int8 {
            let weight = self.weight(name, weight)?;
            return Ok(self.graph.linear(x, &weight, None));
        }
        let integers = Integers::columns(&numbers(name, weight)?, to).keep(self, name, &[from as i64, to as i64]);
        if from.min(to) >= WORTH_INTEGERS {
            return Ok(integers.multiply(self, x));
        }
        let weight = integers.widen(self);
        Ok(self.graph.matmul(x, &weight))
    }

    /// A linear layer over the last dimension of `x`.
    ///
    /// # Errors
    /// As [`Self::weight`].
    pub fn linear(&mut self, name: &str, layer: &Linear, x: &str) -> Result<String> {
        let product = self.product(&format!("{name}.weight"), layer.weight.val(), x)?;
        let Some(bias) = &layer.bias else { return Ok(product) };
        let bias = self.weight(&format!("{name}.bias"), bias.val())?;
        Ok(self.graph.add(&product, &bias))
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
            let name = match self.precision {
                Precision::Float16 if weight.dims.len() > 1 => floats(weight)
                    .filter(|values| fit(values))
                    .map(|values| self.graph.initializer_f16(weight.name(), &weight.dims, &values)),
                // Those of convolutions: a channel of the output is a part of its own.
                Precision::Int8 if weight.dims.len() == 4 => floats(weight).map(|values| {
                    let rounded = Integers::rows(&values, weight.dims[0] as usize);
                    rounded.keep(self, weight.name(), &weight.dims).widen(self)
                }),
                _ => None,
            };
            match name {
                Some(name) => {
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

/// A table in a graph; see [`GraphWriter::table`].
pub struct Table {
    /// The name by which operations read it as float32.
    pub floats: String,
    integers: Option<super::integers::Kept>,
}

fn numbers<const D: usize>(name: &str, tensor: Tensor<D>) -> Result<Vec<f32>> {
    tensor
        .into_data()
        .try_to_vec()
        .map_err(|error| anyhow!("the weight {name}: {error:?}"))
}
