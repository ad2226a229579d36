//! The whole net that is trained: encoder, decoder, and two heads that teach the encoder: one says which words the photo
//! supports and is exported too, one is needed for nothing else.

use anyhow::{Result, bail};
use burn::module::Module;
use burn::nn::{Linear, LinearConfig};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::conv_encoder::ConvEncoder;
use super::decoder::{Decoder, DecoderConfig};
use super::encoder::EncoderConfig;
use super::frozen_encoder::FrozenEncoder;
use crate::data::batches::Batch;
use crate::export::weights::GraphWriter;

/// The sizes of a [`CaptionerNet`].
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct CaptionerConfig {
    /// Photo → memory.
    pub encoder: EncoderConfig,
    /// Memory → words.
    pub decoder: DecoderConfig,
}

/// Encoder, decoder and the encoder's teaching heads.
#[derive(Module, Debug)]
pub struct CaptionerNet {
    /// Photo → memory; none where a frozen classifier stands in its place.
    pub encoder: Option<ConvEncoder>,
    /// A frozen classifier's features → memory; there where [`Self::encoder`] is not. An enum would give the weights of
    /// checkpoints other names.
    pub frozen: Option<FrozenEncoder>,
    /// Memory → words.
    pub decoder: Decoder,
    /// Mean of the memory → one logit a word of the bag: which words the photo supports.
    pub word_support: Linear,
    /// Each cell of the memory → the teacher's components; none without a teacher.
    pub teacher: Option<Linear>,
}

impl CaptionerNet {
    /// Random weights for a `vocabulary`, a bag of `bag` words and `teacher` components.
    pub fn new(
        config: &CaptionerConfig,
        vocabulary: usize,
        bag: usize,
        teacher: Option<usize>,
        device: &Device,
    ) -> Self {
        let width = config.decoder.width();
        let (encoder, frozen) = match &config.encoder {
            EncoderConfig::Conv(config) => (Some(ConvEncoder::new(config, width, device)), None),
            EncoderConfig::Frozen(config) => (None, Some(FrozenEncoder::new(config, width, device))),
        };
        Self {
            encoder,
            frozen,
            decoder: Decoder::new(&config.decoder, vocabulary, device),
            word_support: LinearConfig::new(width, bag).init(device),
            teacher: teacher.map(|components| LinearConfig::new(width, components).init(device)),
        }
    }

    /// The memory `[photos, cells, width]` of a batch.
    ///
    /// # Errors
    /// A batch of another kind of encoder.
    pub fn look(&self, batch: &Batch, device: &Device) -> Result<Tensor<3>> {
        match (&self.encoder, &self.frozen) {
            (Some(encoder), _) => Ok(encoder.forward(batch.pixels(device)?)),
            (None, Some(encoder)) => Ok(encoder.forward(batch.features(device)?)),
            (None, None) => bail!("the net has no encoder"),
        }
    }

    /// [`Self::look`] as in use: the encoder learns nothing by it, and its batch norms take nothing in.
    ///
    /// # Errors
    /// As [`Self::look`].
    pub fn look_only(&self, batch: &Batch) -> Result<Tensor<3>> {
        let net = self.valid();
        let plain = net.word_support.weight.val().device();
        Ok(Tensor::from_inner(net.look(batch, &plain)?))
    }

    /// Memory `[batch, cells, width]` → logits `[batch, bag]`.
    pub fn word_support(&self, memory: Tensor<3>) -> Tensor<2> {
        self.word_support.forward(memory.mean_dim(1).squeeze_dim::<2>(1))
    }

    /// [`Self::word_support`] in a graph, as probabilities.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_word_support(&self, g: &mut GraphWriter, memory: &str) -> Result<String> {
        let mean = g.graph.reduce_mean(memory, &[1], false);
        let logits = g.linear("word_support", &self.word_support, &mean)?;
        Ok(g.graph.sigmoid(&logits))
    }
}
