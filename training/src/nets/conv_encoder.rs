//! A small convolutional encoder: a photo becomes a grid of features.
//!
//! Plain 3×3 convolutions with batch norm and ReLU, each stage halving the picture, residual blocks in the later
//! stages (He et al. 2015, "Deep residual learning", section 3.3), a wide last layer if one is asked for (as in Sandler et
//! al. 2018, "MobileNetV2", table 2, whose features a teacher's are), then any number of transformer layers over the grid.
//! Plain convolutions use a processor far better than depthwise ones.

use anyhow::{Result, bail, ensure};
use burn::module::{Module, Param, RunningState};
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::{
    BatchNorm, BatchNormConfig, Initializer, LayerNorm, LayerNormConfig, Linear, LinearConfig, PaddingConfig2d,
};
use burn::tensor::activation::relu;
use burn::tensor::{Device, Tensor};
use hearsight::onnx::DataType;
use serde::{Deserialize, Serialize};

use super::encoder_layer::{EncoderLayer, EncoderLayersConfig};
use crate::convolution::convolve;
use crate::export::weights::GraphWriter;
use crate::start::{Weights, replace};

/// The sizes of a [`ConvEncoder`].
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct ConvEncoderConfig {
    /// Height and width of the picture in pixels; a multiple of 2 to the number of stages.
    pub picture: usize,
    /// Channels of each stage; every stage halves height and width.
    pub channels: Vec<usize>,
    /// Residual blocks of each stage.
    pub blocks: Vec<usize>,
    /// Channels of a last 1×1 convolution with ReLU, which stands between the stages and the memory; 0: none.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub last: usize,
    /// The layers over the grid.
    pub mixing: EncoderLayersConfig,
    /// Whether each picture is brought to a mean of 0 and a deviation of 1 first, over all of its values.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub standardise: bool,
}

fn is_zero(number: &usize) -> bool {
    *number == 0
}

impl ConvEncoderConfig {
    /// Rows (and columns) of the grid that comes out.
    pub fn grid(&self) -> usize {
        self.picture >> self.channels.len()
    }
}

/// Convolution, batch norm.
#[derive(Module, Debug)]
pub struct ConvNorm {
    /// `[out, in, 3, 3]`, without bias: the batch norm has one.
    pub conv: Conv2d,
    /// Over the output channels.
    pub norm: BatchNorm,
}

impl ConvNorm {
    fn new(channels: [usize; 2], stride: usize, device: &Device) -> Self {
        Self {
            conv: Conv2dConfig::new(channels, [3, 3])
                .with_stride([stride, stride])
                .with_padding(PaddingConfig2d::Explicit(1, 1, 1, 1))
                .with_bias(false)
                .with_initializer(Initializer::KaimingNormal {
                    gain: 2f64.sqrt(),
                    fan_out_only: false,
                })
                .init(device),
            norm: BatchNormConfig::new(channels[1]).init(device),
        }
    }

    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        self.norm
            .forward(convolve(x, self.conv.weight.val(), self.conv.stride[0]))
    }

    /// From an exported convolution, which has taken in its batch norm.
    fn start_from(&mut self, weights: &Weights, name: &str) -> Result<()> {
        weights.put(&format!("{name}.weight"), &mut self.conv.weight)?;
        let bias = weights.get(&format!("{name}.bias"), self.norm.beta.val().dims())?;
        replace(&mut self.norm.gamma, bias.ones_like());
        self.norm.running_mean = RunningState::new(bias.zeros_like());
        self.norm.running_var = RunningState::new(bias.ones_like() - self.norm.epsilon);
        replace(&mut self.norm.beta, bias);
        Ok(())
    }

    /// Scale and shift of the norm at use, `[channels]` each.
    fn affine(&self) -> [Tensor<1>; 2] {
        let deviation = (self.norm.running_var.value_sync() + self.norm.epsilon).sqrt();
        let scale = self.norm.gamma.val().detach() / deviation;
        let shift = self.norm.beta.val().detach() - self.norm.running_mean.value_sync() * scale.clone();
        [scale, shift]
    }

    /// Takes what the convolution says of `x` as what the norm has seen; at use all stays as it was. Returns what it
    /// says then.
    fn settle(&mut self, x: Tensor<4>) -> Tensor<4> {
        let [scale, shift] = self.affine();
        let y = convolve(x, self.conv.weight.val().detach(), self.conv.stride[0]);
        let channels = y.dims()[1];
        let values = y.clone().swap_dims(0, 1).flatten::<2>(1, 3);
        let mean = values.clone().mean_dim(1).squeeze_dim::<1>(1);
        let variance = values.var_bias(1).squeeze_dim::<1>(1);
        let deviation = (variance.clone() + self.norm.epsilon).sqrt();
        replace(&mut self.norm.gamma, scale.clone() * deviation);
        replace(&mut self.norm.beta, shift.clone() + mean.clone() * scale.clone());
        self.norm.running_mean = RunningState::new(mean);
        self.norm.running_var = RunningState::new(variance);
        y * scale.reshape([1, channels, 1, 1]) + shift.reshape([1, channels, 1, 1])
    }

    /// One convolution in a graph: at use the batch norm is a scale and a shift, which its weights take in.
    fn emit(&self, g: &mut GraphWriter, name: &str, x: &str) -> Result<String> {
        let [scale, bias] = self.affine();
        let channels = scale.dims()[0];
        let weight = self.conv.weight.val() * scale.reshape([channels, 1, 1, 1]);
        let weight = g.weight(&format!("{name}.weight"), weight)?;
        let bias = g.weight(&format!("{name}.bias"), bias)?;
        let stride = self.conv.stride.map(|stride| stride as i64);
        Ok(g.graph.conv(x, &weight, Some(&bias), stride, [1; 4], 1))
    }
}

/// Two convolutions beside a short cut.
#[derive(Module, Debug)]
pub struct Residual {
    /// The first convolution.
    pub first: ConvNorm,
    /// The second one.
    pub second: ConvNorm,
}

impl Residual {
    fn forward(&self, x: Tensor<4>) -> Tensor<4> {
        relu(self.second.forward(relu(self.first.forward(x.clone()))) + x)
    }

    /// From an exported block; where there is none it starts as if it were not there.
    fn start_from(&mut self, weights: &Weights, name: &str) -> Result<()> {
        if weights.has(&format!("{name}.first.weight")) {
            self.first.start_from(weights, &format!("{name}.first"))?;
            self.second.start_from(weights, &format!("{name}.second"))
        } else {
            let nothing = self.second.norm.gamma.val().zeros_like();
            replace(&mut self.second.norm.gamma, nothing);
            Ok(())
        }
    }

    fn settle(&mut self, x: Tensor<4>) -> Tensor<4> {
        let inner = relu(self.first.settle(x.clone()));
        relu(self.second.settle(inner) + x)
    }

    fn emit(&self, g: &mut GraphWriter, name: &str, x: &str) -> Result<String> {
        let inner = self.first.emit(g, &format!("{name}.first"), x)?;
        let inner = g.graph.relu(&inner);
        let inner = self.second.emit(g, &format!("{name}.second"), &inner)?;
        let sum = g.graph.add(&inner, x);
        Ok(g.graph.relu(&sum))
    }
}

/// Halves the picture, then refines it.
#[derive(Module, Debug)]
pub struct Stage {
    /// Stride 2.
    pub down: ConvNorm,
    /// At the new size.
    pub blocks: Vec<Residual>,
}

/// Photo → memory; see the module.
#[derive(Module, Debug)]
pub struct ConvEncoder {
    /// From the picture to the grid.
    pub stages: Vec<Stage>,
    /// Of every cell the stages' channels → the last layer's; a 1×1 convolution is that.
    pub last: Option<Linear>,
    /// Last channels → width.
    pub project: Linear,
    /// A learned vector for each cell, `[cells, width]`.
    pub position: Param<Tensor<2>>,
    /// Over the grid.
    pub layers: Vec<EncoderLayer>,
    /// Of what comes out.
    pub norm: LayerNorm,
    /// Whether each picture is standardised first.
    pub standardise: bool,
}

impl ConvEncoder {
    /// Random weights; `width` is that of the memory.
    pub fn new(config: &ConvEncoderConfig, width: usize, device: &Device) -> Self {
        let mut from = 3;
        let stages = std::iter::zip(&config.channels, &config.blocks)
            .map(|(&channels, &blocks)| {
                let down = ConvNorm::new([from, channels], 2, device);
                from = channels;
                let block = |_| Residual {
                    first: ConvNorm::new([channels, channels], 1, device),
                    second: ConvNorm::new([channels, channels], 1, device),
                };
                Stage {
                    down,
                    blocks: (0..blocks).map(block).collect(),
                }
            })
            .collect();
        let layer = |_| EncoderLayer::new(&config.mixing, width, device);
        let last = (config.last > 0).then(|| {
            LinearConfig::new(from, config.last)
                .with_initializer(Initializer::KaimingNormal {
                    gain: 2f64.sqrt(),
                    fan_out_only: false,
                })
                .init(device)
        });
        if last.is_some() {
            from = config.last;
        }
        Self {
            stages,
            last,
            project: LinearConfig::new(from, width).init(device),
            position: Initializer::Normal { mean: 0.0, std: 0.02 }.init([config.grid().pow(2), width], device),
            layers: (0..config.mixing.layers).map(layer).collect(),
            norm: LayerNormConfig::new(width).init(device),
            standardise: config.standardise,
        }
    }

    /// Takes the weights of an exported encoder; [`Self::settle`] has to follow before it learns.
    ///
    /// # Errors
    /// Weights of another encoder.
    pub fn start_from(&mut self, weights: &Weights) -> Result<()> {
        for (index, stage) in self.stages.iter_mut().enumerate() {
            let name = format!("stage.{index}");
            stage.down.start_from(weights, &format!("{name}.down"))?;
            for (index, block) in stage.blocks.iter_mut().enumerate() {
                block.start_from(weights, &format!("{name}.block.{index}"))?;
            }
        }
        match &mut self.last {
            Some(last) if weights.has("last.weight") => {
                weights.linear("last", last)?;
                weights.linear("project", &mut self.project)?;
            }
            Some(last) => widen(weights, last, &mut self.project)?,
            None if weights.has("last.weight") => {
                bail!(
                    "start: the folder's encoder has a last layer: write last = … under [net.encoder], as its configuration has"
                )
            }
            None => weights.linear("project", &mut self.project)?,
        }
        weights.put("position", &mut self.position)?;
        ensure!(
            self.layers.is_empty(),
            "start: layers that mix the cells do not start from a model folder"
        );
        weights.layer_norm("norm", &mut self.norm)
    }

    /// Lets every batch norm see `pixels` `[batch, 3, height, width]` with the weights as they are, without a change of
    /// what the encoder says at use.
    pub fn settle(&mut self, pixels: Tensor<4>) {
        let mut x = if self.standardise { standardise(pixels) } else { pixels };
        for stage in &mut self.stages {
            x = relu(stage.down.settle(x));
            for block in &mut stage.blocks {
                x = block.settle(x);
            }
        }
    }

    /// Pixels `[batch, 3, height, width]`, normalised as the preprocessor says → memory `[batch, cells, width]`.
    pub fn forward(&self, pixels: Tensor<4>) -> Tensor<3> {
        let mut x = if self.standardise { standardise(pixels) } else { pixels };
        for stage in &self.stages {
            x = relu(stage.down.forward(x));
            for block in &stage.blocks {
                x = block.forward(x);
            }
        }
        let mut cells = x.flatten::<3>(2, 3).swap_dims(1, 2);
        if let Some(last) = &self.last {
            cells = relu(last.forward(cells));
        }
        let mut x = self.project.forward(cells) + self.position.val().unsqueeze::<3>();
        for layer in &self.layers {
            x = layer.forward(x);
        }
        self.norm.forward(x)
    }

    /// [`Self::forward`] in a graph, for a net that is not being trained ([`Module::valid`]).
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, pixels: &str) -> Result<String> {
        let mut x = if self.standardise {
            emit_standardise(g, pixels)
        } else {
            pixels.to_owned()
        };
        for (index, stage) in self.stages.iter().enumerate() {
            let name = format!("stage.{index}");
            x = stage.down.emit(g, &format!("{name}.down"), &x)?;
            x = g.graph.relu(&x);
            for (index, block) in stage.blocks.iter().enumerate() {
                x = block.emit(g, &format!("{name}.block.{index}"), &x)?;
            }
        }
        let first = self.last.as_ref().unwrap_or(&self.project);
        let channels = first.weight.dims()[0] as i64;
        let cells = g.graph.reshape(&x, &[0, channels, -1]);
        let mut cells = g.graph.transpose(&cells, &[0, 2, 1]);
        if let Some(last) = &self.last {
            cells = g.linear("last", last, &cells)?;
            cells = g.graph.relu(&cells);
        }
        let position = g.weight("position", self.position.val())?;
        let projected = g.linear("project", &self.project, &cells)?;
        let mut x = g.graph.add(&projected, &position);
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.emit(g, &format!("layer.{index}"), &x)?;
        }
        g.layer_norm("norm", &self.norm, &x)
    }
}

/// Starts the last layer from a net that has none, without a change of what it says: its first channels hand on what the
/// stages say, which is not negative, and `project` takes nothing of the others yet.
fn widen(weights: &Weights, last: &mut Linear, project: &mut Linear) -> Result<()> {
    let [channels, wide] = last.weight.dims();
    let [_, width] = project.weight.dims();
    ensure!(
        wide >= channels,
        "net.encoder.last is {wide}: to start from a net without a last layer it must be at least its {channels} channels"
    );
    let device = last.weight.device();
    let others = last.weight.val().slice([0..channels, channels..wide]);
    replace(
        &mut last.weight,
        Tensor::cat(vec![Tensor::eye(channels, &device), others], 1),
    );
    if let Some(bias) = &mut last.bias {
        let nothing = bias.val().zeros_like();
        replace(bias, nothing);
    }
    let taken = weights.get("project.weight", [channels, width])?;
    let untaken = Tensor::zeros([wide - channels, width], &device);
    replace(&mut project.weight, Tensor::cat(vec![taken, untaken], 0));
    match &mut project.bias {
        Some(bias) => weights.put("project.bias", bias),
        None => Ok(()),
    }
}

/// Each picture of `[batch, 3, height, width]` with a mean of 0 and a deviation of 1 over all of its values. The deviation
/// counts as at least one over the root of their number, so that an even picture becomes zeros.
fn standardise(pixels: Tensor<4>) -> Tensor<4> {
    let [batch, channels, height, width] = pixels.dims();
    let count = channels * height * width;
    let x = pixels.reshape([batch, count]);
    let x = x.clone() - x.mean_dim(1);
    let deviation = x.clone().powf_scalar(2.0).mean_dim(1).sqrt();
    let x = x / deviation.clamp_min((count as f64).powf(-0.5));
    x.reshape([batch, channels, height, width])
}

/// [`standardise`] in a graph.
fn emit_standardise(g: &mut GraphWriter, pixels: &str) -> String {
    let mean = g.graph.reduce_mean(pixels, &[1, 2, 3], true);
    let x = g.graph.sub(pixels, &mean);
    let squared = g.graph.mul(&x, &x);
    let variance = g.graph.reduce_mean(&squared, &[1, 2, 3], true);
    let deviation = g.graph.sqrt(&variance);
    let count = g.graph.node("Size", &[pixels], Vec::new());
    let batch = g.graph.dim(pixels, 0);
    let count = g.graph.div(&count, &batch);
    let count = g.graph.cast(&count, DataType::Float);
    let root = g.graph.sqrt(&count);
    let one = g.graph.float(1.0);
    let least = g.graph.div(&one, &root);
    let deviation = g.graph.node("Max", &[&deviation, &least], Vec::new());
    g.graph.div(&x, &deviation)
}
