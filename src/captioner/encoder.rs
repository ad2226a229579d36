//! The encoder: pixels become what the decoder looks at.

use ndarray::Array4;
use ort::session::SessionInputValue;
use ort::value::{DynValue, TensorRef};

use super::CaptionError;
use super::cancel::Run;
use super::decoder::run_error;
use super::numbers::{self, Numbers};
use super::preprocess::InputSize;
use super::runtime::{Graph, check_numbers};
use crate::model::{ModelError, ModelFolder};
use crate::text;

/// An encoder graph: `pixel_values` [B,3,H,W] → any outputs, which the decoder takes by name.
#[derive(Debug)]
pub(super) struct Encoder {
    graph: Graph,
    /// Whether it is closed after each photo.
    rests: bool,
    /// What it takes the pixels as.
    numbers: Numbers,
    outputs: Vec<String>,
}

const PIXELS: &str = "pixel_values";

impl Encoder {
    /// `rests` says whether its weights' room is given back whenever [`rest`](Self::rest) is called.
    pub(super) fn new(
        mut graph: Graph,
        rests: bool,
        photo: InputSize,
        folder: &ModelFolder,
    ) -> Result<Self, ModelError> {
        let session = graph.session()?;
        check_numbers(session, folder.encoder())?;
        let shape = session.inputs().first().and_then(|input| input.dtype().tensor_shape());
        if let Some(&[_, _, height, width]) = shape.map(|shape| &**shape)
            && [(height, photo.height), (width, photo.width)]
                .iter()
                .any(|&(graph, photo)| graph > 0 && graph != i64::from(photo))
        {
            return Err(folder.contradiction(text!(
                "reason-encoder-size",
                width = width,
                height = height,
                made_width = photo.width,
                made_height = photo.height
            )));
        }
        if let Some(other) = session.inputs().iter().find(|input| input.name() != PIXELS) {
            let what = text!("reason-unknown-input", name = other.name());
            return Err(ModelError::Unsupported {
                file: folder.encoder().to_path_buf(),
                what,
            });
        }
        let numbers = session
            .inputs()
            .first()
            .and_then(Numbers::of)
            .unwrap_or(Numbers::Single);
        let outputs = session
            .outputs()
            .iter()
            .map(|output| output.name().to_owned())
            .collect();
        Ok(Self {
            graph,
            rests,
            numbers,
            outputs,
        })
    }

    /// The names of its outputs.
    pub(super) fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// Says that no photo is looked at for a while.
    pub(super) fn rest(&mut self) {
        if self.rests {
            self.graph.close();
        }
    }

    /// Runs the encoder on one photo; the outputs are in the order of [`outputs`](Self::outputs).
    pub(super) fn run(&mut self, pixels: &Array4<f32>, run: &Run) -> Result<Vec<DynValue>, CaptionError> {
        let pixels: SessionInputValue = match self.numbers {
            Numbers::Single => TensorRef::from_array_view(pixels).map_err(run_error)?.into(),
            Numbers::Half => Numbers::Half.write(pixels.to_owned().into_dyn())?.into(),
        };
        let mut outputs = self
            .graph
            .session()?
            .run_with_options(ort::inputs![PIXELS => pixels], run.options())
            .map_err(run_error)?;
        let values = self.outputs.iter().filter_map(|name| outputs.remove(name));
        if self.rests {
            // What the graph made it in is given back with the graph.
            return values.map(numbers::own).collect();
        }
        Ok(values.collect())
    }
}
