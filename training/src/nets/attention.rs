//! Multi-head attention with the keys and values in the open.
//!
//! Vaswani et al. 2017, "Attention is all you need", section 3.2. burn's own layer hides its cache; here keys and
//! values are computed apart from the look-up, because the export gives those of the photo once, not once a word.

use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Tensor};

/// What is attended to: keys and values, each `[batch, heads, positions, width / heads]`.
#[derive(Clone, Debug)]
pub struct KeysValues {
    /// `[batch, heads, positions, width / heads]`
    pub keys: Tensor<4>,
    /// `[batch, heads, positions, width / heads]`
    pub values: Tensor<4>,
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
        Self { query: linear(), key: linear(), value: linear(), output: linear(), heads }
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

    /// `[batch, positions, width]` → `[batch, heads, positions, width / heads]`
    fn split(&self, x: Tensor<3>) -> Tensor<4> {
        let [batch, positions, width] = x.dims();
        x.reshape([batch, positions, self.heads, width / self.heads]).swap_dims(1, 2)
    }
}

/// Adds −10⁹ where a word would see a later one: `[length, length]`.
pub fn causal_mask(length: usize, device: &Device) -> Tensor<2> {
    let above = (0..length * length).map(|i| if i % length > i / length { -1e9 } else { 0.0 }).collect::<Vec<f32>>();
    Tensor::from_data(burn::tensor::TensorData::new(above, [length, length]), device)
}
