//! Which encoder a net has: a convolutional net of our own, or a frozen image classifier.

use anyhow::{Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::conv_encoder::ConvEncoderConfig;
use super::encoder_layer::EncoderLayersConfig;
use super::frozen_encoder::{FeatureProjection, FrozenEncoderConfig};
use crate::data::views::preprocessor_config;

/// Which encoder, and its sizes; `kind` in a configuration.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum EncoderConfig {
    /// Our own, learnt with the decoder.
    Conv(ConvEncoderConfig),
    /// An image classifier given as an ONNX file.
    Frozen(FrozenEncoderConfig),
}

impl EncoderConfig {
    /// Rows and columns of the memory's cells.
    pub fn grid(&self) -> [usize; 2] {
        match self {
            Self::Conv(config) => [config.grid(); 2],
            Self::Frozen(config) => [config.map.rows, config.map.columns],
        }
    }

    /// Cells of the memory.
    pub fn cells(&self) -> usize {
        let [rows, columns] = self.grid();
        rows * columns
    }

    /// The `preprocessor_config.json` of its photos.
    pub fn preprocessing(&self) -> Value {
        match self {
            Self::Conv(config) => preprocessor_config(config.picture),
            Self::Frozen(config) => config.preprocessing(),
        }
    }

    /// The layers over the grid, if there are any.
    pub fn mixing(&self) -> Option<&EncoderLayersConfig> {
        let mixing = match self {
            Self::Conv(config) => Some(&config.mixing),
            Self::Frozen(config) => config.mixing.as_ref(),
        };
        mixing.filter(|mixing| mixing.layers > 0)
    }

    /// Refuses sizes that do not fit together, or a memory of this `width`.
    ///
    /// # Errors
    /// The setting that is wrong.
    pub fn check(&self, width: usize) -> Result<()> {
        match self {
            Self::Conv(config) => ensure!(
                config.channels.len() == config.blocks.len()
                    && config.grid() << config.channels.len() == config.picture,
                "net.encoder.picture must be a multiple of 2 to the number of stages, with a number of blocks for each"
            ),
            Self::Frozen(config) => {
                config.preprocessor()?;
                ensure!(
                    config.projection != FeatureProjection::None || [0, width].contains(&config.map.channels),
                    "net.decoder.width must be {}, the channels of the classifier's map, or net.encoder.projection must \
                     not be \"none\"",
                    config.map.channels
                );
            }
        }
        if let Some(mixing) = self.mixing() {
            ensure!(
                mixing.heads > 0 && width.is_multiple_of(mixing.heads),
                "net.encoder.mixing.heads must divide net.decoder.width"
            );
        }
        Ok(())
    }
}
