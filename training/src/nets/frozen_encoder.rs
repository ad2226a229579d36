//! What is learnt on top of a frozen image classifier: a projection of its last spatial map, perhaps a vector for each
//! place and layers over the grid.
//!
//! While training the classifier's features come from disk ([`crate::data::features`]); in the export its graph stands
//! before these layers, so that both are one `encoder_model.onnx`.

use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use burn::module::{Module, Param};
use burn::nn::{LayerNorm, LayerNormConfig, Linear, LinearConfig};
use burn::tensor::activation::leaky_relu;
use burn::tensor::{Device, Tensor};
use hearsight::captioner::preprocess::Preprocessor;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::encoder_layer::{EncoderLayer, EncoderLayersConfig};
use super::positions::Positions;
use crate::classifier::{Cut, MAP, MapShape, PIXELS};
use crate::export::weights::GraphWriter;

/// Of the leaky ReLU after the projection.
const SLOPE: f64 = 0.01;

/// Which classifier, how its photos are prepared, and what is learnt on top of it.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct FrozenEncoderConfig {
    /// The classifier's ONNX file; may be given on the command line instead.
    pub model: PathBuf,
    /// The tensor to cut it at, by its name in the file; none: the last spatial map, as [`Cut::of`] finds it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub output: Option<String>,
    /// How it was taught to see photos: the fields of a `preprocessor_config.json`, such as `size`, `resample`,
    /// `image_mean` and `image_std`; `do_center_crop` and `crop_size` crop instead of stretching.
    pub preprocessing: Map<String, Value>,
    /// Whether each view is kept as in a mirror too, to be shown half of the times.
    #[serde(default)]
    pub mirrored: bool,
    /// From its channels to the memory's width.
    #[serde(default)]
    pub projection: FeatureProjection,
    /// What tells the cells apart; none: what they show.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<Positions>,
    /// The layers over the grid; none: attention to a cell means that place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixing: Option<EncoderLayersConfig>,
    /// Whether a layer norm comes last.
    #[serde(default)]
    pub norm: bool,
    /// The shape of the map; where it is not given, a run reads it from the classifier when it opens.
    #[serde(default)]
    pub map: MapShape,
}

/// From the classifier's channels to the memory's width.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum FeatureProjection {
    /// The memory is the map as it is.
    #[default]
    None,
    /// A linear layer.
    Linear,
    /// A linear layer and a leaky ReLU of slope 0.01.
    LeakyRelu,
}

impl FrozenEncoderConfig {
    /// The whole `preprocessor_config.json`: what is given, and that it is an image processor's.
    pub fn preprocessing(&self) -> Value {
        let mut fields = self.preprocessing.clone();
        fields
            .entry("image_processor_type")
            .or_insert_with(|| json!("ViTImageProcessor"));
        Value::Object(fields)
    }

    /// What brings photos to the classifier's size and values.
    ///
    /// # Errors
    /// The field that is missing or not understood.
    pub fn preprocessor(&self) -> Result<Preprocessor> {
        Preprocessor::from_json(&self.preprocessing()).context("net.encoder.preprocessing")
    }

    /// The classifier, cut where the configuration says.
    ///
    /// # Errors
    /// As [`Cut::of`], or another map than the configuration's.
    pub fn cut(&self) -> Result<Cut> {
        let cut = Cut::of(&self.model, self.output.as_deref(), &self.preprocessor()?)?;
        ensure!(
            [MapShape::default(), cut.map].contains(&self.map),
            "net.encoder.map is {}, and {} has a map of {}",
            self.map,
            self.model.display(),
            cut.map
        );
        Ok(cut)
    }
}

/// Features → memory; see the module.
#[derive(Module, Debug)]
pub struct FrozenEncoder {
    /// Channels → width; none: the features as they are.
    pub project: Option<Linear>,
    /// Whether a leaky ReLU comes after the projection.
    pub is_leaky: bool,
    /// A vector for each cell, `[cells, width]`.
    pub position: Option<Param<Tensor<2>>>,
    /// Over the grid.
    pub layers: Vec<EncoderLayer>,
    /// Of what comes out.
    pub norm: Option<LayerNorm>,
}

impl FrozenEncoder {
    /// Random weights for the map that `config` names; `width` is that of the memory.
    pub fn new(config: &FrozenEncoderConfig, width: usize, device: &Device) -> Self {
        let projects = config.projection != FeatureProjection::None;
        let mixing = config.mixing.as_ref();
        Self {
            project: projects.then(|| LinearConfig::new(config.map.channels, width).init(device)),
            is_leaky: config.projection == FeatureProjection::LeakyRelu,
            position: config
                .position
                .map(|kind| kind.table(config.map.cells(), width, 0.02, device)),
            layers: mixing.map_or(Vec::new(), |mixing| {
                let layer = |_| EncoderLayer::new(mixing, width, device);
                (0..mixing.layers).map(layer).collect()
            }),
            norm: config.norm.then(|| LayerNormConfig::new(width).init(device)),
        }
    }

    /// Features `[batch, cells, channels]` → memory `[batch, cells, width]`.
    pub fn forward(&self, features: Tensor<3>) -> Tensor<3> {
        let mut x = features;
        if let Some(project) = &self.project {
            x = project.forward(x);
        }
        if self.is_leaky {
            x = leaky_relu(x, SLOPE);
        }
        if let Some(position) = &self.position {
            x = x + position.val().unsqueeze::<3>();
        }
        for layer in &self.layers {
            x = layer.forward(x);
        }
        match &self.norm {
            Some(norm) => norm.forward(x),
            None => x,
        }
    }

    /// The classifier and [`Self::forward`] in a graph that has the input [`PIXELS`].
    ///
    /// # Errors
    /// As [`GraphWriter::weight`] and [`GraphWriter::include`].
    pub fn emit(&self, g: &mut GraphWriter, cut: &Cut) -> Result<String> {
        g.include(&cut.model, PIXELS)?;
        let cells = g.graph.reshape(MAP, &[0, cut.map.channels as i64, -1]);
        let mut x = g.graph.transpose(&cells, &[0, 2, 1]);
        if let Some(project) = &self.project {
            x = g.linear("project", project, &x)?;
        }
        if self.is_leaky {
            x = g.graph.leaky_relu(&x, SLOPE as f32);
        }
        if let Some(position) = &self.position {
            let position = g.weight("position", position.val())?;
            x = g.graph.add(&x, &position);
        }
        for (index, layer) in self.layers.iter().enumerate() {
            x = layer.emit(g, &format!("layer.{index}"), &x)?;
        }
        match &self.norm {
            Some(norm) => g.layer_norm("norm", norm, &x),
            None => Ok(x),
        }
    }
}
