//! A model folder's encoder by itself: what it says of a picture before any sentence is written.

use std::path::Path;

use anyhow::{Context, Result, bail};
use hearsight::captioner::open_graph;
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::ModelFolder;
use image::RgbImage;
use ndarray::{ArrayView3, Axis};
use ort::session::Session;
use ort::value::TensorRef;

/// The encoder's output that a gate is computed from, `[batch, cells, width]`.
pub const MEMORY: &str = "last_hidden_state";

/// The encoder's output of how likely a photo makes each word of the bag, `[batch, bag]`.
pub const SUPPORT: &str = "word_support";

/// What is drawn has places without any texture, and photos have few: a place is flat where its grey varies over three by
/// three pixels by less than this, once strictly and once less so. In the numbers that the encoder is given, −1 to 1 for ours:
/// there a step of 256 is 0.008.
pub const FLAT: [f32; 2] = [0.02, 0.08];

/// An encoder with its preprocessing.
pub struct Looker {
    session: Session,
    preprocessor: Preprocessor,
    /// Of the output `word_support`, in its order; empty where the model has none.
    words: Vec<String>,
}

/// What it says of one picture.
pub struct Look {
    /// The means of the memory over its cells, those of its squares, and the share of the places that are [`FLAT`]: twice
    /// the memory's width and two.
    pub features: Vec<f32>,
    /// The photo's support for each of the model's words.
    support: Vec<f32>,
}

impl Look {
    /// The means of the memory over its cells.
    pub fn means(&self) -> &[f32] {
        &self.features[..(self.features.len() - FLAT.len()) / 2]
    }

    /// How likely the picture makes each word of the model's bag; nothing where the model has none.
    pub fn support(&self) -> &[f32] {
        &self.support
    }
}

impl Looker {
    /// Opens the encoder of a model folder.
    ///
    /// # Errors
    /// A folder or a graph that cannot be read.
    pub fn open(model: &Path) -> Result<Self> {
        let folder = ModelFolder::open(model)?;
        let session = open_graph(folder.encoder())?;
        if !session.outputs().iter().any(|output| output.name() == MEMORY) {
            bail!("the encoder of {} has no output {MEMORY}", model.display());
        }
        Ok(Self {
            session,
            preprocessor: Preprocessor::from_json(folder.preprocessor())?,
            words: folder.config().hearsight.word_support.clone().unwrap_or_default(),
        })
    }

    /// Looks at a picture.
    ///
    /// # Errors
    /// The graph failed, or gives something else than it should.
    pub fn look(&mut self, picture: &RgbImage) -> Result<Look> {
        let pixels = self.preprocessor.run(picture);
        let outputs = self
            .session
            .run(ort::inputs!["pixel_values" => TensorRef::from_array_view(&pixels)?])?;
        let memory = outputs[MEMORY].try_extract_array::<f32>()?;
        let cells = memory.index_axis(Axis(0), 0);
        let means = cells.mean_axis(Axis(0)).context("a memory without cells")?;
        let squares = cells
            .mapv(|x| x * x)
            .mean_axis(Axis(0))
            .context("a memory without cells")?;
        let support = match outputs.get(SUPPORT) {
            Some(support) => support.try_extract_array::<f32>()?.iter().copied().collect(),
            None => Vec::new(),
        };
        let flat = flat_shares(pixels.index_axis(Axis(0), 0));
        Ok(Look {
            features: means.iter().chain(&squares).copied().chain(flat).collect(),
            support,
        })
    }

    /// How likely a picture makes a word, 0 to 1; none for a word that the model does not know.
    pub fn support(&self, look: &Look, word: &str) -> Option<f32> {
        let place = self.words.iter().position(|known| known == word)?;
        look.support.get(place).copied()
    }
}

/// The share of the places of `pixels` `[colours, rows, columns]` that are flat by each of [`FLAT`]; a place on the edge,
/// which has no neighbours on one side, does not count.
pub fn flat_shares(pixels: ArrayView3<'_, f32>) -> [f32; 2] {
    let grey = pixels.mean_axis(Axis(0)).unwrap_or_default();
    let ranges = grey.windows([3, 3]).into_iter().map(|place| {
        let most = place.fold(f32::NEG_INFINITY, |most, &value| most.max(value));
        most - place.fold(f32::INFINITY, |least, &value| least.min(value))
    });
    let ranges: Vec<f32> = ranges.collect();
    FLAT.map(|bound| ranges.iter().filter(|range| **range < bound).count() as f32 / ranges.len().max(1) as f32)
}

#[cfg(test)]
mod tests {
    use ndarray::Array3;

    use super::*;

    #[test]
    fn an_even_surface_is_flat_a_soft_slope_only_loosely_and_a_pattern_is_not() {
        let shares = |grey: fn(usize, usize) -> f32| {
            flat_shares(Array3::from_shape_fn((3, 8, 8), |(_, row, column)| grey(row, column)).view())
        };
        assert_eq!(shares(|_, _| 0.3), [1.0, 1.0]);
        assert_eq!(shares(|row, _| row as f32 * 0.03), [0.0, 1.0]);
        assert_eq!(shares(|row, column| ((row + column) % 2) as f32), [0.0, 0.0]);
        // Half of it: of the six columns that have neighbours three.
        assert_eq!(
            shares(|row, column| if column < 5 { 0.0 } else { (row % 2) as f32 }),
            [0.5, 0.5]
        );
    }
}
