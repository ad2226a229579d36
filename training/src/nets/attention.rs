//! Multi-head attention with the keys and values in the open.
//!
//! Vaswani et al. 2017, "Attention is all you need", section 3.2. burn's own layer hides its cache; here keys and
//! values are computed apart from the look-up, because the export gives those of the photo once, not once a word.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};
use hearsight::onnx::Dim;

use crate::export::weights::GraphWriter;
use crate::start::Weights;

/// What is attended to: keys and values, each `[batch, heads, positions, width / heads]`.
#[derive(Clone, Debug)]
pub struct KeysValues {
    /// `[batch, heads, positions, width / heads]`
    pub keys: Tensor<4>,
    /// `[batch, heads, positions, width / heads]`
    pub values: Tensor<4>,
}

impl KeysValues {
    /// Each row `times` times in a row: the sentences of a photo share its keys and values.
    pub fn times(self, times: usize) -> Self {
        let repeat = |x: Tensor<4>| {
            let [rows, heads, positions, width] = x.dims();
            x.unsqueeze_dim::<5>(1)
                .repeat_dim(1, times)
                .reshape([rows * times, heads, positions, width])
        };
        match times {
            1 => self,
            _ => Self {
                keys: repeat(self.keys),
                values: repeat(self.values),
            },
        }
    }

    /// These, and after them `more`.
    pub fn then(self, more: Self) -> Self {
        Self {
            keys: Tensor::cat(vec![self.keys, more.keys], 2),
            values: Tensor::cat(vec![self.values, more.values], 2),
        }
    }
}

/// Scaled dot-product attention in several heads.
#[derive(Module, Debug)]
pub struct MultiHeadAttention {
    /// `[width, width]`
    pub query: Linear,
    /// `[width, width]`
    pub key: Linear,
    /// `[width, width]`
    pub value: Linear,
    /// `[width, width]`
    pub output: Linear,
    /// Number of heads; divides the width.
    pub heads: usize,
}

impl MultiHeadAttention {
    /// Random weights; `heads` must divide `width`.
    pub fn new(width: usize, heads: usize, device: &Device) -> Self {
        let linear = || LinearConfig::new(width, width).init(device);
        Self {
            query: linear(),
            key: linear(),
            value: linear(),
            output: linear(),
            heads,
        }
    }

    /// Takes exported weights: keys and values from one graph, query and output from another.
    ///
    /// # Errors
    /// Weights of another net.
    pub fn start_from(&mut self, [memory, words]: [&Weights; 2], name: &str) -> Result<()> {
        memory.linear(&format!("{name}.key"), &mut self.key)?;
        memory.linear(&format!("{name}.value"), &mut self.value)?;
        words.linear(&format!("{name}.query"), &mut self.query)?;
        words.linear(&format!("{name}.output"), &mut self.output)
    }

    /// Keys and values of `memory` `[batch, positions, width]`.
    pub fn keys_values(&self, memory: Tensor<3>) -> KeysValues {
        KeysValues {
            keys: self.split(self.key.forward(memory.clone())),
            values: self.split(self.value.forward(memory)),
        }
    }

    /// Looks `x` `[batch, queries, width]` up; `mask` `[queries, positions]` is added to the scores.
    ///
    /// Returns the output `[batch, queries, width]` and the weights `[batch, heads, queries, positions]`.
    pub fn forward(&self, x: Tensor<3>, memory: &KeysValues, mask: Option<&Tensor<2>>) -> (Tensor<3>, Tensor<4>) {
        let [batch, queries, width] = x.dims();
        let scale = ((width / self.heads) as f64).sqrt();
        let query = self.split(self.query.forward(x));
        let mut scores = query.matmul(memory.keys.clone().swap_dims(2, 3)) / scale;
        if let Some(mask) = mask {
            scores = scores + mask.clone().unsqueeze::<4>();
        }
        let weights = softmax(scores, 3);
        let mixed = weights.clone().matmul(memory.values.clone());
        let mixed = mixed.swap_dims(1, 2).reshape([batch, queries, width]);
        (self.output.forward(mixed), weights)
    }

    /// [`Self::keys_values`] in a graph: the names of keys and values.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_keys_values(&self, g: &mut GraphWriter, name: &str, memory: &str) -> Result<[String; 2]> {
        let keys = g.linear(&format!("{name}.key"), &self.key, memory)?;
        let values = g.linear(&format!("{name}.value"), &self.value, memory)?;
        Ok([self.emit_split(g, &keys), self.emit_split(g, &values)])
    }

    /// [`Self::forward`] in a graph: the names of output and weights; `mask` is added to the scores.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(
        &self,
        g: &mut GraphWriter,
        name: &str,
        x: &str,
        [keys, values]: [&str; 2],
        mask: Option<&str>,
    ) -> Result<[String; 2]> {
        let width = self.query.weight.dims()[1];
        let query = g.linear(&format!("{name}.query"), &self.query, x)?;
        let query = self.emit_split(g, &query);
        let keys = g.graph.transpose(keys, &[0, 1, 3, 2]);
        let scores = g.graph.matmul(&query, &keys);
        let scale = g.graph.float(((width / self.heads) as f32).sqrt());
        let mut scores = g.graph.div(&scores, &scale);
        if let Some(mask) = mask {
            scores = g.graph.add(&scores, mask);
        }
        let weights = g.graph.softmax(&scores, -1);
        let mixed = g.graph.matmul(&weights, values);
        let mixed = g.graph.transpose(&mixed, &[0, 2, 1, 3]);
        let mixed = g.graph.reshape(&mixed, &[0, 0, width as i64]);
        Ok([g.linear(&format!("{name}.output"), &self.output, &mixed)?, weights])
    }

    /// The dimensions of keys and values in a graph: `[batch, heads, positions, width / heads]`.
    pub fn emit_dims<'a>(&self, batch: &'a str, positions: Dim<'a>) -> [Dim<'a>; 4] {
        let width = self.query.weight.dims()[1];
        [
            Dim::Named(batch),
            Dim::Fixed(self.heads as i64),
            positions,
            Dim::Fixed((width / self.heads) as i64),
        ]
    }

    fn emit_split(&self, g: &mut GraphWriter, x: &str) -> String {
        let width = self.query.weight.dims()[1];
        let heads = g
            .graph
            .reshape(x, &[0, 0, self.heads as i64, (width / self.heads) as i64]);
        g.graph.transpose(&heads, &[0, 2, 1, 3])
    }

    /// `[batch, positions, width]` → `[batch, heads, positions, width / heads]`
    fn split(&self, x: Tensor<3>) -> Tensor<4> {
        let [batch, positions, width] = x.dims();
        x.reshape([batch, positions, self.heads, width / self.heads])
            .swap_dims(1, 2)
    }
}

/// Adds −10⁹ where one of `length` words after `past` others would see a later one: `[length, past + length]`.
pub fn causal_mask(past: usize, length: usize, device: &Device) -> Tensor<2> {
    let all = past + length;
    let above = (0..length * all)
        .map(|i| if i % all > past + i / all { -1e9 } else { 0.0 })
        .collect::<Vec<f32>>();
    Tensor::from_data(burn::tensor::TensorData::new(above, [length, all]), device)
}
