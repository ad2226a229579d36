//! A model folder's encoder by itself: what it says of a picture before any sentence is written.

use std::path::Path;

use anyhow::{Context, Result, bail};
use hearsight::captioner::open_graph;
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::model::ModelFolder;
use image::RgbImage;
use ndarray::Axis;
use ort::session::Session;
use ort::value::TensorRef;

/// The encoder's output that a gate is computed from, `[batch, cells, width]`.
pub const MEMORY: &str = "last_hidden_state";

/// An encoder with its preprocessing.
pub struct Looker {
    session: Session,
    preprocessor: Preprocessor,
    /// Of the output `word_support`, in its order; empty where the model has none.
    words: Vec<String>,
}

/// What it says of one picture.
pub struct Look {
    /// The means of the memory over its cells, then those of its squares: twice the memory's width.
    pub features: Vec<f32>,
    /// The photo's support for each of the model's words.
    support: Vec<f32>,
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
        let support = match outputs.get("word_support") {
            Some(support) if !self.words.is_empty() => support.try_extract_array::<f32>()?.iter().copied().collect(),
            _ => Vec::new(),
        };
        Ok(Look {
            features: means.iter().chain(&squares).copied().collect(),
            support,
        })
    }

    /// How likely a picture makes a word, 0 to 1; none for a word that the model does not know.
    pub fn support(&self, look: &Look, word: &str) -> Option<f32> {
        let place = self.words.iter().position(|known| known == word)?;
        look.support.get(place).copied()
    }
}
