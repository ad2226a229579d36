//! What the encoder says of a photo before any sentence is written: which words it supports, what people would
//! write about it, and whether it is a photo.

use ort::value::DynValue;

use super::CaptionError;
use super::consensus::{ExpectedCaptions, Foresight};
use super::numbers::read;
use super::support::{Bag, Support};
use crate::model::{ModelError, ModelFolder};
use crate::text;

/// The encoder's output: how likely the picture is a photo, `[batch, 1]`.
const OUTPUT: &str = "photo_probability";

/// Where in the encoder's outputs it stands.
#[derive(Debug)]
pub(super) struct Eyes {
    bag: Option<Bag>,
    foresight: Option<Foresight>,
    gate: Option<Gate>,
}

/// Stops what is no photo.
#[derive(Debug)]
struct Gate {
    output: usize,
    below: f32,
}

/// Of one picture.
#[derive(Clone, Debug)]
pub(super) struct Sight {
    pub(super) support: Support,
    /// What people would write about it; nothing where the model does not say.
    pub(super) expected: ExpectedCaptions,
    /// False for what is hardly one: a page of text, a screenshot, a chart.
    pub(super) is_photo: bool,
}

impl Eyes {
    /// Those of a model, as its configuration says.
    pub(super) fn new(folder: &ModelFolder, outputs: &[String]) -> Result<Self, ModelError> {
        let bag = Bag::new(folder, outputs)?;
        let foresight = Foresight::new(folder, outputs)?;
        let gate = match folder.config().hearsight.no_photo_below {
            None => None,
            Some(below) => match outputs.iter().position(|name| name == OUTPUT) {
                Some(output) => Some(Gate { output, below }),
                None => return Err(folder.contradiction(text!("reason-no-gate", output = OUTPUT))),
            },
        };
        Ok(Self { bag, foresight, gate })
    }

    /// Reads what the encoder gave for one picture.
    pub(super) fn read(&self, outputs: &[DynValue]) -> Result<Sight, CaptionError> {
        let support = self.bag.as_ref().map(|bag| bag.read(outputs)).transpose()?;
        let foresight = self.foresight.as_ref();
        let expected = foresight.map(|foresight| foresight.read(outputs)).transpose()?;
        let is_photo = self.gate.as_ref().map(|gate| gate.passes(outputs)).transpose()?;
        Ok(Sight {
            support: support.unwrap_or_default(),
            expected: expected.unwrap_or_default(),
            is_photo: is_photo.unwrap_or(true),
        })
    }
}

impl Gate {
    fn passes(&self, outputs: &[DynValue]) -> Result<bool, CaptionError> {
        let Some(output) = outputs.get(self.output) else {
            return Ok(true);
        };
        let values = read(output)?;
        // What is no number stops nothing.
        Ok(values.first().is_none_or(|p| p.is_nan() || *p >= self.below))
    }
}
