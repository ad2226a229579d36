//! What of a decoder's graph depends on the photo alone, run once a photo instead of once a word.

use ort::session::{Session, SessionInputValue};
use ort::value::{DynValue, Outlet};

use std::borrow::Cow;

use super::CaptionError;
use super::cancel::Run;
use super::decoder::{fed_from, run_error};
use super::numbers::Numbers;

/// The first half of a decoder's graph: encoder outputs → what the second half takes by name, as if the encoder had
/// given it.
#[derive(Debug)]
pub(super) struct Once {
    session: Session,
    /// Input names with the encoder's output that each is fed from, and what it is taken as.
    memory: Vec<(String, usize, Numbers)>,
    outputs: Vec<String>,
}

impl Once {
    /// None where it takes something that the encoder does not give.
    pub(super) fn new(session: Session, encoder: &[String]) -> Option<Self> {
        let fed = |input: &Outlet| {
            let from = fed_from(input.name(), encoder)?;
            Some((input.name().to_owned(), from, Numbers::of(input)?))
        };
        let memory = session.inputs().iter().map(fed).collect::<Option<_>>()?;
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
            .filter_map(|(name, index, numbers)| Some((name, numbers.feed(encoded.get(*index)?))));
        let inputs: Vec<(Cow<str>, SessionInputValue)> = given
            .map(|(name, value)| Ok((name.into(), value?)))
            .collect::<Result<_, CaptionError>>()?;
        let mut outputs = self
            .session
            .run_with_options(inputs, run.options())
            .map_err(run_error)?;
        Ok(self.outputs.iter().filter_map(|name| outputs.remove(name)).collect())
    }
}

/// Outputs of a graph that are no floats, which alone can be repeated for several sequences.
pub(super) fn no_floats(session: &Session) -> Vec<String> {
    named(session, |numbers| numbers.is_none())
}

/// Outputs of a graph that are 16-bit floats.
pub(super) fn half_floats(session: &Session) -> Vec<String> {
    named(session, |numbers| numbers == Some(Numbers::Half))
}

fn named(session: &Session, are: impl Fn(Option<Numbers>) -> bool) -> Vec<String> {
    let outputs = session.outputs().iter().filter(|output| are(Numbers::of(output)));
    outputs.map(|output| output.name().to_owned()).collect()
}
