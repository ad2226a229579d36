//! A transformer decoder that writes the sentence (Vaswani et al. 2017): layer norm first, embedding tied to the
//! output.

use anyhow::Result;
use burn::module::{Module, Param};
use burn::nn::{Dropout, DropoutConfig, Embedding, EmbeddingConfig, Initializer, LayerNorm, LayerNormConfig};
use burn::tensor::{Device, Int, Tensor};
use hearsight::onnx::{DataType, Dim};
use serde::{Deserialize, Serialize};

use super::attention::{KeysValues, MultiHeadAttention, causal_mask};
use super::feed_forward::FeedForward;
use super::positions::Positions;
use crate::export::weights::GraphWriter;
use crate::random::drop_out;
use crate::start::Weights;

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
    /// What tells the positions apart.
    #[serde(default)]
    pub position: Positions,
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
    /// A vector for each position, `[positions, width]`.
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
        let small = Initializer::Normal {
            mean: 0.0,
            std: (width as f64).powf(-0.5),
        };
        let layer = |_| DecoderLayer {
            self_norm: norm(),
            self_attention: attention(),
            cross_norm: norm(),
            cross_attention: attention(),
            forward_norm: norm(),
            feed_forward: FeedForward::new(width, config.inner, device),
        };
        Self {
            embedding: EmbeddingConfig::new(vocabulary, width)
                .with_initializer(small)
                .init(device),
            position: config
                .position
                .table(config.positions, width, (width as f64).powf(-0.5), device),
            layers: (0..config.layers).map(layer).collect(),
            norm: norm(),
            bias: Initializer::Zeros.init([vocabulary], device),
            dropout: DropoutConfig::new(config.dropout).init(),
        }
    }

    /// Takes the weights of an exported decoder, but for those of single words; those of the cross-attention's keys and
    /// values are in the `encoder`'s graph.
    ///
    /// # Errors
    /// Weights of another decoder.
    pub fn start_from(&mut self, encoder: &Weights, decoder: &Weights) -> Result<()> {
        decoder.put("position", &mut self.position)?;
        for (index, layer) in self.layers.iter_mut().enumerate() {
            let name = |part: &str| format!("layer.{index}.{part}");
            decoder.layer_norm(&name("self_norm"), &mut layer.self_norm)?;
            decoder.layer_norm(&name("cross_norm"), &mut layer.cross_norm)?;
            decoder.layer_norm(&name("forward_norm"), &mut layer.forward_norm)?;
            layer.self_attention.start_from([decoder, decoder], &name("self"))?;
            layer.cross_attention.start_from([encoder, decoder], &name("cross"))?;
            layer.feed_forward.start_from(decoder, &name("feed_forward"))?;
        }
        decoder.layer_norm("norm", &mut self.norm)
    }

    /// The memory's keys and values for each layer's cross-attention.
    pub fn keys_values(&self, memory: Tensor<3>) -> Vec<KeysValues> {
        self.layers
            .iter()
            .map(|layer| layer.cross_attention.keys_values(memory.clone()))
            .collect()
    }

    /// [`Self::keys_values`] for `times` sentences a photo, all of a photo together.
    pub fn keys_values_times(&self, memory: Tensor<3>, times: usize) -> Vec<KeysValues> {
        let seen = self.keys_values(memory).into_iter();
        seen.map(|seen| seen.times(times)).collect()
    }

    /// Teacher forcing: `tokens` `[batch, length]` from the start token on, `memory` as from [`Self::keys_values`].
    ///
    /// Returns logits `[batch, length, vocabulary]` for the token after each, and the cross-attention averaged over
    /// layers and heads, `[batch, length, cells]`.
    pub fn forward(&self, tokens: Tensor<2, Int>, memory: &[KeysValues]) -> (Tensor<3>, Tensor<3>) {
        self.extend(tokens, memory, &mut Vec::new())
    }

    /// [`Self::forward`] for tokens after those whose keys and values are `past`, a layer each and none at the start;
    /// those of `tokens` are added to it.
    pub fn extend(
        &self,
        tokens: Tensor<2, Int>,
        memory: &[KeysValues],
        past: &mut Vec<KeysValues>,
    ) -> (Tensor<3>, Tensor<3>) {
        let [batch, length] = tokens.dims();
        let device = memory[0].keys.device();
        let before = past.first().map_or(0, |past| past.keys.dims()[2]);
        let mut earlier = std::mem::take(past).into_iter();
        let positions = self.position.val().narrow(0, before, length).unsqueeze::<3>();
        let scale = (self.embedding.weight.dims()[1] as f64).sqrt();
        let mut x = drop_out(&self.dropout, self.embedding.forward(tokens) * scale + positions);
        let mask = causal_mask(before, length, &device);
        let mut attention: Option<Tensor<3>> = None;
        for (layer, memory) in std::iter::zip(&self.layers, memory) {
            let normed = layer.self_norm.forward(x.clone());
            let mut words = layer.self_attention.keys_values(normed.clone());
            if let Some(earlier) = earlier.next() {
                words = earlier.then(words);
            }
            let (mixed, _) = layer.self_attention.forward(normed, &words, Some(&mask));
            past.push(words);
            x = x + drop_out(&self.dropout, mixed);
            let (seen, weights) = layer
                .cross_attention
                .forward(layer.cross_norm.forward(x.clone()), memory, None);
            x = x + drop_out(&self.dropout, seen);
            let inner = layer.feed_forward.forward(layer.forward_norm.forward(x.clone()));
            x = x + drop_out(&self.dropout, inner);
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
        (
            logits.reshape([batch, length, vocabulary]),
            attention / self.layers.len() as f64,
        )
    }

    /// One step in a graph: `input_ids` `[batch, length]`, the photo's keys and values, and the keys and values of the
    /// words before (`past_key_values`, of length 0 at the start) → `logits`, `present`, `cross_attentions`.
    ///
    /// The words `never` get a logit that no softmax lets through.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, cells: usize, never: &[u32]) -> Result<()> {
        let [vocabulary, width] = self.embedding.weight.dims();
        let (batch, length) = (Dim::Named("batch"), Dim::Named("length"));
        let tokens = g.graph.input("input_ids", DataType::Int64, &[batch, length]);
        let caches: Vec<Caches> = self
            .layers
            .iter()
            .enumerate()
            .map(|(i, layer)| layer.inputs(g, i, cells))
            .collect();
        let Some(first) = caches.first() else {
            anyhow::bail!("a decoder needs a layer")
        };

        let (past, now) = (g.graph.dim(&first.past[0], 2), g.graph.dim(&tokens, 1));
        let all = g.graph.add(&past, &now);
        let (past, all) = (g.graph.squeeze(&past, &[0]), g.graph.squeeze(&all, &[0]));
        let (zero, one) = (g.graph.int(0), g.graph.int(1));
        let (rows, columns) = (g.graph.range(&past, &all, &one), g.graph.range(&zero, &all, &one));

        let embedding = g.table("embedding", self.embedding.weight.val())?;
        let words = g.graph.embedding(&tokens, &embedding.floats);
        let scale = g.graph.float((width as f32).sqrt());
        let words = g.graph.mul(&words, &scale);
        let positions = g.weight("position", self.position.val())?;
        let positions = g.graph.gather(&positions, &rows, 0);
        let mut x = g.graph.add(&words, &positions);

        let rows = g.graph.unsqueeze(&rows, &[1]);
        let earlier = g.graph.greater_or_equal(&rows, &columns);
        let (seen, unseen) = (g.graph.float(0.0), g.graph.float(-1e9));
        let mask = g.graph.where_(&earlier, &seen, &unseen);

        let mut maps = Vec::new();
        for (index, (layer, caches)) in std::iter::zip(&self.layers, &caches).enumerate() {
            let [out, map] = layer.emit(g, index, &x, caches, &mask)?;
            x = out;
            maps.push(g.graph.reduce_mean(&map, &[1], false));
        }
        let maps: Vec<_> = maps.iter().map(|map| g.graph.unsqueeze(map, &[0])).collect();
        let maps = g.graph.concat(&maps.iter().map(String::as_str).collect::<Vec<_>>(), 0);
        let attention = g.graph.reduce_mean(&maps, &[0], false);

        let x = g.layer_norm("norm", &self.norm, &x)?;
        let logits = g.times_rows(&x, &embedding);
        let mut bias: Vec<f32> = self
            .bias
            .val()
            .into_data()
            .try_to_vec()
            .map_err(|error| anyhow::anyhow!("the output's bias: {error:?}"))?;
        for &id in never {
            bias[id as usize] = -1e9;
        }
        let bias = g.graph.initializer_f32("bias", &[vocabulary as i64], &bias);
        let logits = g.graph.add(&logits, &bias);
        g.graph.output(
            "logits",
            &logits,
            DataType::Float,
            &[batch, length, Dim::Fixed(vocabulary as i64)],
        );
        g.graph.output(
            "cross_attentions",
            &attention,
            DataType::Float,
            &[batch, length, Dim::Fixed(cells as i64)],
        );
        Ok(())
    }

    /// The encoder's part: each layer's cross-attention keys and values as outputs, computed once a photo.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_memory(&self, g: &mut GraphWriter, memory: &str, cells: usize) -> Result<()> {
        for (index, layer) in self.layers.iter().enumerate() {
            let attention = &layer.cross_attention;
            let dims = attention.emit_dims("batch", Dim::Fixed(cells as i64));
            let names = attention.emit_keys_values(g, &format!("layer.{index}.cross"), memory)?;
            for (kind, name) in std::iter::zip(["key", "value"], &names) {
                g.graph.output(&memory_name(index, kind), name, DataType::Float, &dims);
            }
        }
        Ok(())
    }
}

/// The name of a layer's keys or values of the photo.
pub(super) fn memory_name(layer: usize, kind: &str) -> String {
    format!("cross_key_values.{layer}.{kind}")
}

/// What a layer of the graph is given besides the words: keys and values of the photo, and of the words before.
struct Caches {
    photo: [String; 2],
    past: [String; 2],
}

impl DecoderLayer {
    fn inputs(&self, g: &mut GraphWriter, index: usize, cells: usize) -> Caches {
        let mut input = |name: &str, dims: [Dim; 4]| g.graph.input(name, DataType::Float, &dims);
        // The photo's batch has its own name: with one photo and several beams it stays 1 and is broadcast.
        let photo = self.cross_attention.emit_dims("photos", Dim::Fixed(cells as i64));
        let past = self.self_attention.emit_dims("batch", Dim::Named("past"));
        Caches {
            photo: ["key", "value"].map(|kind| input(&memory_name(index, kind), photo)),
            past: ["key", "value"].map(|kind| input(&format!("past_key_values.{index}.{kind}"), past)),
        }
    }

    /// The layer in a graph: its output and its cross-attention's weights `[batch, heads, length, cells]`.
    fn emit(&self, g: &mut GraphWriter, index: usize, x: &str, caches: &Caches, mask: &str) -> Result<[String; 2]> {
        let name = |part: &str| format!("layer.{index}.{part}");
        let normed = g.layer_norm(&name("self_norm"), &self.self_norm, x)?;
        let now = self.self_attention.emit_keys_values(g, &name("self"), &normed)?;
        let dims = self.self_attention.emit_dims("batch", Dim::Named("all"));
        let mut present = Vec::new();
        for ((kind, past), now) in ["key", "value"].iter().zip(&caches.past).zip(&now) {
            let joined = g.graph.concat(&[past, now], 2);
            g.graph
                .output(&format!("present.{index}.{kind}"), &joined, DataType::Float, &dims);
            present.push(joined);
        }
        let words = [present[0].as_str(), present[1].as_str()];
        let [mixed, _] = self.self_attention.emit(g, &name("self"), &normed, words, Some(mask))?;
        let x = g.graph.add(x, &mixed);
        let normed = g.layer_norm(&name("cross_norm"), &self.cross_norm, &x)?;
        let photo = [caches.photo[0].as_str(), caches.photo[1].as_str()];
        let [seen, map] = self.cross_attention.emit(g, &name("cross"), &normed, photo, None)?;
        let x = g.graph.add(&x, &seen);
        let normed = g.layer_norm(&name("forward_norm"), &self.forward_norm, &x)?;
        let inner = self.feed_forward.emit(g, &name("feed_forward"), &normed)?;
        Ok([g.graph.add(&x, &inner), map])
    }
}
