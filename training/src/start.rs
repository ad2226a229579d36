//! A net that starts from an exported model folder instead of random weights: to learn on, to learn one's own photos, or
//! to grow, since blocks that the folder does not have start as if they were not there.
//!
//! An exported convolution has taken in its batch norm, so that it is given back on real photos:
//! [`crate::nets::conv_encoder::ConvEncoder::settle`].

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail, ensure};
use burn::module::Param;
use burn::nn::{LayerNorm, Linear};
use burn::tensor::{Device, Tensor, TensorData};
use half::f16;
use hearsight::onnx::{self, DataType, ModelProto, TensorProto};
use serde::{Deserialize, Serialize};
use tokenizers::Tokenizer;

use crate::data::words::Bag;
use crate::nets::captioner::CaptionerNet;
use crate::nets::decoder::Decoder;

/// Where weights come from before the first step.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct StartConfig {
    /// A model folder that this program has exported, of a convolutional encoder and a transformer decoder.
    pub model: PathBuf,
    /// Whether the decoder starts from it too, or from random weights.
    pub decoder: bool,
}

/// The weights of one exported graph, by their names.
pub struct Weights {
    by_name: HashMap<String, TensorProto>,
    device: Device,
    path: PathBuf,
}

impl Weights {
    fn open(path: &Path, device: &Device) -> Result<Self> {
        Ok(Self::of(onnx::open(path)?, path, device))
    }

    /// Those of a model that was read from `path`.
    pub fn of(model: ModelProto, path: &Path, device: &Device) -> Self {
        let tensors = model.graph.unwrap_or_default().initializer.into_iter();
        let by_name = tensors.filter_map(|tensor| Some((tensor.name.clone()?, tensor)));
        Self {
            by_name: by_name.collect(),
            device: device.clone(),
            path: path.to_owned(),
        }
    }

    /// Whether there is such a weight.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    /// A weight of `dims`.
    ///
    /// # Errors
    /// None of that name, of another shape, or not of floating-point numbers.
    pub fn get<const D: usize>(&self, name: &str, dims: [usize; D]) -> Result<Tensor<D>> {
        let (values, found) = self.values(name)?;
        ensure!(
            found == dims,
            "{name} is {found:?} in {} and {dims:?} in the configuration",
            self.path.display()
        );
        Ok(Tensor::from_data(TensorData::new(values, dims), &self.device))
    }

    /// Puts a weight of the same shape into `parameter`.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn put<const D: usize>(&self, name: &str, parameter: &mut Param<Tensor<D>>) -> Result<()> {
        let tensor = self.get(name, parameter.val().dims())?;
        replace(parameter, tensor);
        Ok(())
    }

    /// A linear layer's weight and bias.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn linear(&self, name: &str, layer: &mut Linear) -> Result<()> {
        self.put(&format!("{name}.weight"), &mut layer.weight)?;
        match &mut layer.bias {
            Some(bias) => self.put(&format!("{name}.bias"), bias),
            None => Ok(()),
        }
    }

    /// A layer norm's scale and bias.
    ///
    /// # Errors
    /// As [`Self::get`].
    pub fn layer_norm(&self, name: &str, layer: &mut LayerNorm) -> Result<()> {
        self.put(&format!("{name}.scale"), &mut layer.gamma)?;
        match &mut layer.beta {
            Some(beta) => self.put(&format!("{name}.bias"), beta),
            None => Ok(()),
        }
    }

    /// A weight's numbers and dimensions.
    ///
    /// # Errors
    /// None of that name, not of floating-point numbers, or cut short.
    pub fn values(&self, name: &str) -> Result<(Vec<f32>, Vec<usize>)> {
        let tensor = self
            .by_name
            .get(name)
            .with_context(|| format!("{} has no weight {name}: it is another net", self.path.display()))?;
        let bytes = tensor.raw_data.as_deref().unwrap_or_default();
        let kind = tensor.data_type.and_then(|kind| DataType::try_from(kind).ok());
        let values: Vec<f32> = match kind {
            Some(DataType::Float) => bytes
                .as_chunks()
                .0
                .iter()
                .map(|bytes| f32::from_le_bytes(*bytes))
                .collect(),
            Some(DataType::Float16) => bytes
                .as_chunks()
                .0
                .iter()
                .map(|bytes| f16::from_le_bytes(*bytes).to_f32())
                .collect(),
            _ => bail!("{name} in {} is not of floating-point numbers", self.path.display()),
        };
        let dims: Vec<usize> = tensor.dims.iter().map(|&dim| dim.max(0) as usize).collect();
        ensure!(
            values.len() == dims.iter().product::<usize>(),
            "{name} in {} is cut short",
            self.path.display()
        );
        Ok((values, dims))
    }

    /// Puts the rows of `name` `[theirs, width]` whose `place` is known into the rows of `parameter` `[ours, width]`.
    fn rows(&self, name: &str, parameter: &mut Param<Tensor<2>>, places: &[Option<usize>]) -> Result<()> {
        let [_, width] = parameter.val().dims();
        let (theirs, dims) = self.values(name)?;
        ensure!(
            dims.get(1) == Some(&width),
            "{name} is {dims:?} in {}, and a row has {width} numbers in the configuration",
            self.path.display()
        );
        let mut ours = numbers(parameter)?;
        for (row, place) in ours.chunks_exact_mut(width).zip(places) {
            if let Some(found) = place.and_then(|place| theirs.chunks_exact(width).nth(place)) {
                row.copy_from_slice(found);
            }
        }
        let dims = parameter.val().dims();
        replace(parameter, Tensor::from_data(TensorData::new(ours, dims), &self.device));
        Ok(())
    }

    /// [`Self::rows`] of single numbers.
    fn places(&self, name: &str, parameter: &mut Param<Tensor<1>>, places: &[Option<usize>]) -> Result<()> {
        let (theirs, _) = self.values(name)?;
        let mut ours = numbers(parameter)?;
        for (number, place) in ours.iter_mut().zip(places) {
            if let Some(found) = place.and_then(|place| theirs.get(place)) {
                // What may never be written is not as unlikely while it is learnt as an exported graph makes it.
                *number = found.max(LEAST_BIAS);
            }
        }
        let dims = parameter.val().dims();
        replace(parameter, Tensor::from_data(TensorData::new(ours, dims), &self.device));
        Ok(())
    }
}

/// The smallest bias of a word.
const LEAST_BIAS: f32 = -10.0;

/// Puts a tensor in the place of a parameter's value; it goes on being learnt.
pub fn replace<const D: usize>(parameter: &mut Param<Tensor<D>>, tensor: Tensor<D>) {
    let is_learnt = parameter.val().is_require_grad();
    *parameter = parameter.clone().map(|_| tensor.detach().set_require_grad(is_learnt));
}

fn numbers<const D: usize>(parameter: &Param<Tensor<D>>) -> Result<Vec<f32>> {
    let data = parameter.val().into_data();
    data.try_to_vec()
        .map_err(|error| anyhow!("a weight of the net: {error:?}"))
}

/// Starts `net` from the folder; words that the folder does not know keep their random rows.
///
/// # Errors
/// A folder of another net, or one that cannot be read.
pub fn start(
    net: &mut CaptionerNet,
    config: &StartConfig,
    (tokenizer, bag): (&Tokenizer, &Bag),
    device: &Device,
) -> Result<()> {
    let folder = &config.model;
    let encoder = Weights::open(&folder.join("encoder_model.onnx"), device)?;
    let ours = net.encoder.as_mut();
    ours.context("start: a frozen encoder has nothing to start from a model folder")?
        .start_from(&encoder)?;
    let settings = folder.join("config.json");
    let settings = std::fs::read(&settings).with_context(|| format!("cannot read {}", settings.display()))?;
    let settings: serde_json::Value = serde_json::from_slice(&settings).context("config.json is broken")?;
    if settings["hearsight"]["word_support"] == serde_json::json!(bag.words) {
        encoder.linear("word_support", &mut net.word_support)?;
    }
    if !config.decoder {
        return Ok(());
    }
    let Decoder::Transformer(decoder) = &mut net.decoder else {
        bail!("start.decoder: only a transformer starts from a model folder")
    };
    let weights = Weights::open(&folder.join("decoder_model.onnx"), device)?;
    decoder.start_from(&encoder, &weights)?;
    let theirs = crate::data::words::load(&folder.join("tokenizer.json"))?;
    let places: Vec<Option<usize>> = (0..tokenizer.get_vocab_size(true) as u32)
        .map(|id| Some(theirs.token_to_id(&tokenizer.id_to_token(id)?)? as usize))
        .collect();
    weights.rows("embedding", &mut decoder.embedding.weight, &places)?;
    weights.places("bias", &mut decoder.bias, &places)
}
