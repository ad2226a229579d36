//! A transformer layer over the grid, in which every cell sees every other, of one of two kinds: layer norm,
//! self-attention, layer norm, feed-forward, each beside a short cut (Vaswani et al. 2017, section 3.1, with the norm
//! first); or, as courses on captioning teach it, layer norm, dense with ReLU, self-attention, add and norm.

use anyhow::Result;
use burn::module::Module;
use burn::nn::{Dropout, DropoutConfig, LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::attention::MultiHeadAttention;
use super::feed_forward::FeedForward;
use crate::export::weights::GraphWriter;
use crate::random::drop_out;

/// The sizes of the [`EncoderLayer`]s of an encoder.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EncoderLayersConfig {
    /// Of which kind.
    #[serde(default)]
    pub kind: EncoderLayerKind,
    /// How many; none: a cell knows only what its convolutions saw, and attention to it means that place.
    pub layers: usize,
    /// Heads of the self-attention; divides the width.
    pub heads: usize,
    /// Inner width of the feed-forward net; a dense layer has none.
    #[serde(default)]
    pub inner: usize,
    /// While training.
    pub dropout: f64,
}

/// The two kinds of layer; see the module.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum EncoderLayerKind {
    /// Self-attention and a feed-forward net.
    #[default]
    Standard,
    /// A dense layer and self-attention.
    Dense,
}

/// One layer; see the module.
#[derive(Module, Debug)]
pub struct EncoderLayer {
    /// Before the self-attention.
    pub attention_norm: LayerNorm,
    /// Over the grid.
    pub attention: MultiHeadAttention,
    /// Before the feed-forward net; of a dense layer, last.
    pub forward_norm: LayerNorm,
    /// Cell by cell; none in a dense layer.
    pub feed_forward: Option<FeedForward>,
    /// Before the self-attention of a dense layer, `[width, width]`.
    pub dense: Option<Linear>,
    /// While training.
    pub dropout: Dropout,
}

impl EncoderLayer {
    /// Random weights.
    pub fn new(config: &EncoderLayersConfig, width: usize, device: &Device) -> Self {
        let norm = || LayerNormConfig::new(width).init(device);
        let is_dense = config.kind == EncoderLayerKind::Dense;
        Self {
            attention_norm: norm(),
            attention: MultiHeadAttention::new(width, config.heads, device),
            forward_norm: norm(),
            feed_forward: (!is_dense).then(|| FeedForward::new(width, config.inner, device)),
            dense: is_dense.then(|| LinearConfig::new(width, width).init(device)),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// `[batch, cells, width]` → the same shape.
    pub fn forward(&self, x: Tensor<3>) -> Tensor<3> {
        let normed = self.attention_norm.forward(x.clone());
        let (x, given) = match &self.dense {
            Some(dense) => {
                let given = relu(dense.forward(normed));
                (given.clone(), given)
            }
            None => (x, normed),
        };
        let keys_values = self.attention.keys_values(given.clone());
        let (mixed, _) = self.attention.forward(given, &keys_values, None);
        let x = x + drop_out(&self.dropout, mixed);
        let normed = self.forward_norm.forward(x.clone());
        match &self.feed_forward {
            Some(feed_forward) => x + drop_out(&self.dropout, feed_forward.forward(normed)),
            None => normed,
        }
    }

    /// [`Self::forward`] in a graph, its weights under `name`.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, name: &str, x: &str) -> Result<String> {
        let normed = g.layer_norm(&format!("{name}.attention_norm"), &self.attention_norm, x)?;
        let (x, given) = match &self.dense {
            Some(dense) => {
                let given = g.linear(&format!("{name}.dense"), dense, &normed)?;
                let given = g.graph.relu(&given);
                (given.clone(), given)
            }
            None => (x.to_owned(), normed),
        };
        let attention = format!("{name}.attention");
        let [keys, values] = self.attention.emit_keys_values(g, &attention, &given)?;
        let [mixed, _] = self.attention.emit(g, &attention, &given, [&keys, &values], None)?;
        let x = g.graph.add(&x, &mixed);
        let normed = g.layer_norm(&format!("{name}.forward_norm"), &self.forward_norm, &x)?;
        let Some(feed_forward) = &self.feed_forward else {
            return Ok(normed);
        };
        let inner = feed_forward.emit(g, &format!("{name}.feed_forward"), &normed)?;
        Ok(g.graph.add(&x, &inner))
    }
}
