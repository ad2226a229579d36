//! A frozen image classifier given as an ONNX file: read, cut at its last spatial map, and run over photos.
//!
//! What comes before the classes is what captioners learn from (every paper here did so with Inception, GoogLeNet,
//! EfficientNet, ResNet or VGG), and what a teacher of our own encoder says. [`Cut`] finds it by reading the graph;
//! [`Classifier`] runs it with the preprocessing that the classifier was trained with.

mod cut;
mod external;
mod layout;
mod opset;

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, anyhow};
use hearsight::captioner::open_graph;
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::onnx::{self, ModelProto};
use ndarray::{Array3, Array4, Axis};
use ort::session::Session;
use ort::value::TensorRef;
use serde::{Deserialize, Serialize};
use serde_json::Value;

pub use cut::{Cut, MAP, PIXELS};

/// The shape of a spatial map without its batch.
#[derive(Clone, Copy, Debug, Default, Deserialize, Serialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
pub struct MapShape {
    /// Numbers that each cell has.
    pub channels: usize,
    /// Cells from top to bottom.
    pub rows: usize,
    /// Cells from left to right.
    pub columns: usize,
}

impl MapShape {
    /// Cells in all.
    pub fn cells(&self) -> usize {
        self.rows * self.columns
    }
}

impl fmt::Display for MapShape {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}×{}×{}", self.rows, self.columns, self.channels)
    }
}

/// A classifier, cut at a spatial map, with its preprocessing.
pub struct Classifier {
    session: Session,
    preprocessor: Preprocessor,
    map: MapShape,
}

impl Classifier {
    /// Opens the classifier at `path`, cut at the tensor `output`, or at the last spatial map where none is named;
    /// `preprocessing` is the content of a `preprocessor_config.json`.
    ///
    /// # Errors
    /// As [`Cut::of`], and preprocessing that is not understood.
    pub fn open(path: &Path, output: Option<&str>, preprocessing: &Value) -> Result<Self> {
        let preprocessor = Preprocessor::from_json(preprocessing)?;
        let cut = Cut::of(path, output, &preprocessor)?;
        Self::of(&cut, preprocessor)
    }

    /// Opens one that is cut already.
    ///
    /// # Errors
    /// A graph that ONNX Runtime refuses.
    pub fn of(cut: &Cut, preprocessor: Preprocessor) -> Result<Self> {
        Ok(Self {
            session: session(&cut.model)?,
            preprocessor,
            map: cut.map,
        })
    }

    /// The shape of the map.
    pub fn map(&self) -> MapShape {
        self.map
    }

    /// What brings a photo to the shape and values that [`Self::features`] takes.
    pub fn preprocessor(&self) -> &Preprocessor {
        &self.preprocessor
    }

    /// The map of some prepared pictures, each `[1, 3, height, width]`: `[pictures, cells, channels]`.
    ///
    /// # Errors
    /// ONNX Runtime's.
    pub fn features(&mut self, pictures: &[Array4<f32>]) -> Result<Array3<f32>> {
        let views: Vec<_> = pictures.iter().map(|picture| picture.view()).collect();
        let pixels = ndarray::concatenate(Axis(0), &views)?;
        let outputs = self
            .session
            .run(ort::inputs![PIXELS => TensorRef::from_array_view(&pixels)?])?;
        let map = outputs.get(MAP).ok_or_else(|| anyhow!("the classifier gave no map"))?;
        let map = map.try_extract_array::<f32>()?.into_dimensionality::<ndarray::Ix4>()?;
        let (count, channels, rows, columns) = map.dim();
        let cells = map.permuted_axes([0, 2, 3, 1]);
        Ok(cells
            .as_standard_layout()
            .into_owned()
            .into_shape_with_order((count, rows * columns, channels))?)
    }
}

/// Opens a graph that is not on disk yet.
fn session(model: &ModelProto) -> Result<Session> {
    let folder = tempfile::tempdir().context("cannot make a temporary folder")?;
    let path = folder.path().join("classifier.onnx");
    onnx::save(model, &path)?;
    Ok(open_graph(&path)?)
}
