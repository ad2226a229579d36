//! A transformer layer over the grid, in which every cell sees every other: layer norm, self-attention, layer norm,
//! feed-forward, each beside a short cut (Vaswani et al. 2017, section 3.1, with the norm first).

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::attention::MultiHeadAttention;
use super::feed_forward::FeedForward;
use crate::export::weights::GraphWriter;

/// The sizes of the [`EncoderLayer`]s of an encoder.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EncoderLayersConfig {
    /// How many; none: a cell knows only what its convolutions saw, and attention to it means that place.
    pub layers: usize,
    /// Heads of the self-attention; divides the width.
    pub heads: usize,
    /// Inner width of the feed-forward net.
    pub inner: usize,
    /// While training.
    pub dropout: f64,
}

/// One layer; see the module.
#[derive(Module, Debug)]
pub struct EncoderLayer {
    /// Before the self-attention.
    pub attention_norm: LayerNorm,
    /// Over the grid.
    pub attention: MultiHeadAttention,
    /// Before the feed-forward net.
    pub forward_norm: LayerNorm,
    /// Cell by cell.
    pub feed_forward: FeedForward,
    /// While training.
    pub dropout: Dropout,
}

impl EncoderLayer {
    /// Random weights.
    pub fn new(config: &EncoderLayersConfig, width: usize, device: &Device) -> Self {
        let norm = || LayerNormConfig::new(width).init(device);
        Self {
            attention_norm: norm(),
            attention: MultiHeadAttention::new(width, config.heads, device),
            forward_norm: norm(),
            feed_forward: FeedForward::new(width, config.inner, device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// `[batch, cells, width]` → the same shape.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let normed = self.attention_norm.forward(x.clone());
        let keys_values = self.attention.keys_values(normed.clone());
        let (mixed, _) = self.attention.forward(normed, &keys_values, None);
        let x = x + self.dropout.forward(mixed);
        let inner = self.feed_forward.forward(self.forward_norm.forward(x.clone()));
        x + self.dropout.forward(inner)
    }

    /// [`Self::forward`] in a graph, its weights under `name`.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, name: &str, x: &str) -> Result<String> {
        let normed = g.layer_norm(&format!("{name}.attention_norm"), &self.attention_norm, x)?;
        let attention = format!("{name}.attention");
        let [keys, values] = self.attention.emit_keys_values(g, &attention, &normed)?;
        let [mixed, _] = self.attention.emit(g, &attention, &normed, [&keys, &values], None)?;
        let x = g.graph.add(x, &mixed);
        let normed = g.layer_norm(&format!("{name}.forward_norm"), &self.forward_norm, &x)?;
        let inner = self.feed_forward.emit(g, &format!("{name}.feed_forward"), &normed)?;
        Ok(g.graph.add(&x, &inner))
    }
}
