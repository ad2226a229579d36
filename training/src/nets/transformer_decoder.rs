//! A transformer decoder that writes the sentence (Vaswani et al. 2017), layer norm first, embedding tied to the output.

use burn::module::{Module, Param};
use burn::nn::{Dropout, DropoutConfig, Embedding, EmbeddingConfig, Initializer, LayerNorm, LayerNormConfig};
use burn::tensor::{Device, Int, Tensor};
use serde::{Deserialize, Serialize};

use super::attention::{KeysValues, MultiHeadAttention, causal_mask};
use super::feed_forward::FeedForward;

/// The sizes of a [`TransformerDecoder`].
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct TransformerDecoderConfig {
    /// Width of the memory, the embedding and every layer.
    pub width: usize,
    /// Number of layers.
    pub layers: usize,
    /// Heads of each attention; divides the width.
    pub heads: usize,
    /// Inner width of the feed-forward nets.
    pub inner: usize,
    /// Dropout after the embedding and after each part of a layer.
    pub dropout: f64,
    /// The longest sequence in tokens, the start token counted.
    pub positions: usize,
}

/// One layer: words look at earlier words, then at the photo, then think.
#[derive(Module, Debug)]
pub struct DecoderLayer {
    /// Before the self-attention.
    pub self_norm: LayerNorm,
    /// Over the words so far.
    pub self_attention: MultiHeadAttention,
    /// Before the cross-attention.
    pub cross_norm: LayerNorm,
    /// Over the photo's cells.
    pub cross_attention: MultiHeadAttention,
    /// Before the feed-forward net.
    pub forward_norm: LayerNorm,
    /// Of this layer.
    pub feed_forward: FeedForward,
}

/// Tokens and memory → logits and attention; see the module.
#[derive(Module, Debug)]
pub struct TransformerDecoder {
    /// `[vocabulary, width]`, also the output's weights.
    pub embedding: Embedding,
    /// A learned vector for each position, `[positions, width]`.
    pub position: Param<Tensor<2>>,
    /// From the words to the sentence.
    pub layers: Vec<DecoderLayer>,
    /// Of what comes out.
    pub norm: LayerNorm,
    /// The output's bias, `[vocabulary]`.
    pub bias: Param<Tensor<1>>,
    /// While training.
    pub dropout: Dropout,
}

impl TransformerDecoder {
    /// Random weights.
    pub fn new(config: &TransformerDecoderConfig, vocabulary: usize, device: &Device) -> Self {
        let width = config.width;
        let norm = || LayerNormConfig::new(width).init(device);
        let attention = || MultiHeadAttention::new(width, config.heads, device);
        let small = Initializer::Normal { mean: 0.0, std: (width as f64).powf(-0.5) };
        let layer = |_| DecoderLayer {
            self_norm: norm(),
            self_attention: attention(),
            cross_norm: norm(),
            cross_attention: attention(),
            forward_norm: norm(),
            feed_forward: FeedForward::new(width, config.inner, device),
        };
        Self {
            embedding: EmbeddingConfig::new(vocabulary, width).with_initializer(small.clone()).init(device),
            position: small.init([config.positions, width], device),
            layers: (0..config.layers).map(layer).collect(),
            norm: norm(),
            bias: Initializer::Zeros.init([vocabulary], device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// The memory's keys and values for each layer's cross-attention.
    pub fn keys_values(&self, memory: Tensor<3>) -> Vec<KeysValues> {
        self.layers.iter().map(|layer| layer.cross_attention.keys_values(memory.clone())).collect()
    }

    /// Teacher forcing: `tokens` `[batch, length]` from the start token on, `memory` as from [`Self::keys_values`].
    ///
    /// Returns logits `[batch, length, vocabulary]` for the token after each, and the cross-attention averaged over
    /// layers and heads, `[batch, length, cells]`.
    pub fn forward(&self, tokens: Tensor<2, Int>, memory: &[KeysValues]) -> (Tensor<3>, Tensor<3>) {
        let [batch, length] = tokens.dims();
        let device = memory[0].keys.device();
        let positions = self.position.val().slice([0..length]).unsqueeze::<3>();
        let scale = (self.embedding.weight.dims()[1] as f64).sqrt();
        let mut x = self.dropout.forward(self.embedding.forward(tokens) * scale + positions);
        let mask = causal_mask(length, &device);
        let mut attention: Option<Tensor<3>> = None;
        for (layer, memory) in std::iter::zip(&self.layers, memory) {
            let normed = layer.self_norm.forward(x.clone());
            let words = layer.self_attention.keys_values(normed.clone());
            let (mixed, _) = layer.self_attention.forward(normed, &words, Some(&mask));
            x = x + self.dropout.forward(mixed);
            let (seen, weights) = layer.cross_attention.forward(layer.cross_norm.forward(x.clone()), memory, None);
            x = x + self.dropout.forward(seen);
            let inner = layer.feed_forward.forward(layer.forward_norm.forward(x.clone()));
            x = x + self.dropout.forward(inner);
            let weights = weights.mean_dim(1).squeeze_dim::<3>(1);
            attention = Some(match attention {
                Some(sum) => sum + weights,
                None => weights,
            });
        }
        let attention = attention.unwrap_or_else(|| Tensor::zeros([batch, length, 1], &device));
        let [vocabulary, width] = self.embedding.weight.dims();
        let x = self.norm.forward(x).reshape([batch * length, width]);
        let logits = x.matmul(self.embedding.weight.val().transpose()) + self.bias.val().unsqueeze::<2>();
        (logits.reshape([batch, length, vocabulary]), attention / self.layers.len() as f64)
    }
}
