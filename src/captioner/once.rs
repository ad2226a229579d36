//! What of a decoder's graph depends on the photo alone, run once a photo instead of once a word.

use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, TensorElementType};

use std::borrow::Cow;

use super::CaptionError;
use super::cancel::Run;
use super::decoder::{fed_from, run_error};

/// The first half of a decoder's graph: encoder outputs → what the second half takes by name, as if the encoder had
/// given it.
#[derive(Debug)]
pub(super) struct Once {
    session: Session,
    /// Input names with the encoder's output that each is fed from.
    memory: Vec<(String, usize)>,
    outputs: Vec<String>,
}

impl Once {
    /// None where it takes something that the encoder does not give.
    pub(super) fn new(session: Session, encoder: &[String]) -> Option<Self> {
        let fed = |name: &str| Some((name.to_owned(), fed_from(name, encoder)?));
        let memory = session
            .inputs()
            .iter()
            .map(|input| fed(input.name()))
            .collect::<Option<_>>()?;
        let outputs = session
            .outputs()
            .iter()
            .map(|output| output.name().to_owned())
            .collect();
        Some(Self {
            session,
            memory,
            outputs,
        })
    }

    /// The names of what it computes.
    pub(super) fn outputs(&self) -> &[String] {
        &self.outputs
    }

    /// Runs it on what the encoder gave for one photo; the outputs are in the order of [`outputs`](Self::outputs).
    pub(super) fn run(&mut self, encoded: &[DynValue], run: &Run) -> Result<Vec<DynValue>, CaptionError> {
        let given = self
            .memory
            .iter()
            .filter_map(|(name, index)| Some((name, encoded.get(*index)?)));
        let inputs: Vec<(Cow<str>, SessionInputValue)> =
            given.map(|(name, value)| (name.into(), value.into())).collect();
        let mut outputs = self
            .session
            .run_with_options(inputs, run.options())
            .map_err(run_error)?;
        Ok(self.outputs.iter().filter_map(|name| outputs.remove(name)).collect())
    }
}

/// Outputs of a graph that are no 32-bit floats, which alone can be repeated for several sequences.
pub(super) fn no_floats(session: &Session) -> Vec<String> {
    let is_float = |kind| kind == Some(TensorElementType::Float32);
    let others = session
        .outputs()
        .iter()
        .filter(|output| !is_float(output.dtype().tensor_type()));
    others.map(|output| output.name().to_owned()).collect()
}
