//! The two graphs of an exported model folder, run step by step by the names of their inputs: what an export is checked
//! by, and what tells how likely a sentence is that somebody else wrote.
//!
//! The app's own loop searches for sentences; this one is given them.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use hearsight::captioner::open_graph;
use ndarray::{Array2, ArrayD, Axis, IxDyn, s};
use ort::session::{Session, SessionOutputs};
use ort::value::{DynValue, Outlet, TensorRef, Value};

/// Tensors by the names of a graph's inputs or outputs.
pub type Tensors = HashMap<String, ArrayD<f32>>;

/// Encoder and decoder of a folder that [`export`](crate::export) wrote.
pub struct Graphs {
    encoder: Session,
    decoder: Session,
}

/// What the decoder gives for each of the tokens that it was given.
pub struct Step {
    /// `[rows, length, vocabulary]`, for the token after each.
    pub logits: ArrayD<f32>,
    /// `[rows, length, cells]`; none where the decoder does not look again.
    pub attention: Option<ArrayD<f32>>,
}

impl Graphs {
    /// Opens `encoder_model.onnx` and `decoder_model.onnx` of a folder.
    ///
    /// # Errors
    /// A missing or broken file, no ONNX Runtime.
    pub fn open(model: &Path) -> Result<Self> {
        Ok(Self {
            encoder: open_graph(&model.join("encoder_model.onnx"))?,
            decoder: open_graph(&model.join("decoder_model.onnx"))?,
        })
    }

    /// All outputs of the encoder for `pixels` `[photos, 3, height, width]`.
    ///
    /// # Errors
    /// ONNX Runtime's own.
    pub fn encode(&mut self, pixels: &ArrayD<f32>) -> Result<Tensors> {
        let outputs = self
            .encoder
            .run(ort::inputs!["pixel_values" => TensorRef::from_array_view(pixels)?])?;
        outputs
            .keys()
            .map(|name| Ok((name.to_owned(), read(&outputs, name)?)))
            .collect()
    }

    /// Whether the decoder takes one token a run, as recurrent ones do, or any number.
    pub fn is_step_by_step(&self) -> bool {
        let tokens = self.decoder.inputs().iter().find(|input| input.name() == "input_ids");
        tokens
            .and_then(|input| input.dtype().tensor_shape())
            .is_some_and(|shape| shape.get(1) == Some(&1))
    }

    /// Runs the decoder on `tokens` `[rows, length]` after those of `state`, which is empty at the start and goes on.
    ///
    /// `memory` is of as many photos as there are rows, or of one photo for all rows.
    ///
    /// # Errors
    /// An input that neither encoder nor state gives, or ONNX Runtime's own.
    pub fn extend(&mut self, tokens: &Array2<i64>, memory: &Tensors, state: &mut Tensors) -> Result<Step> {
        let rows = tokens.nrows();
        let given = |input: &Outlet| -> Result<DynValue> {
            let name = input.name();
            if name == "input_ids" {
                return Ok(Value::from_array(tokens.clone())?.into_dyn());
            }
            if let Some(value) = memory.get(name) {
                return Ok(Value::from_array(value.clone())?.into_dyn());
            }
            let rest = state_of(name, ["past_key_values.", "state."])
                .with_context(|| format!("the decoder asks for {name}, which the encoder does not give"))?;
            let value = match (state.get(rest), memory.get(&format!("initial_state.{rest}"))) {
                (Some(value), _) => value.clone(),
                (None, Some(start)) => for_rows(start, rows)?,
                (None, None) => nothing(input, rows)?,
            };
            Ok(Value::from_array(value)?.into_dyn())
        };
        let inputs = self
            .decoder
            .inputs()
            .iter()
            .map(|input| Ok((input.name().to_owned(), given(input)?)))
            .collect::<Result<Vec<(String, DynValue)>>>()?;
        let outputs = self.decoder.run(inputs)?;
        let mut next = Tensors::new();
        for name in outputs.keys() {
            if let Some(rest) = state_of(name, ["present.", "next_state."]) {
                next.insert(rest.to_owned(), read(&outputs, name)?);
            }
        }
        let step = Step {
            logits: read(&outputs, "logits")?,
            attention: outputs
                .contains_key("cross_attentions")
                .then(|| read(&outputs, "cross_attentions"))
                .transpose()?,
        };
        *state = next;
        Ok(step)
    }

    /// [`Self::extend`] from the start, in as many runs as this decoder needs.
    ///
    /// # Errors
    /// As [`Self::extend`].
    pub fn forward(&mut self, tokens: &Array2<i64>, memory: &Tensors) -> Result<Step> {
        let mut state = Tensors::new();
        if !self.is_step_by_step() {
            return self.extend(tokens, memory, &mut state);
        }
        let (mut logits, mut maps) = (Vec::new(), Vec::new());
        for at in 0..tokens.ncols() {
            let step = self.extend(&tokens.slice(s![.., at..=at]).to_owned(), memory, &mut state)?;
            logits.push(step.logits);
            maps.extend(step.attention);
        }
        let joined = |parts: &[ArrayD<f32>]| {
            let views: Vec<_> = parts.iter().map(|part| part.view()).collect();
            ndarray::concatenate(Axis(1), &views)
        };
        Ok(Step {
            logits: joined(&logits)?,
            attention: (!maps.is_empty()).then(|| joined(&maps)).transpose()?,
        })
    }
}

fn read(outputs: &SessionOutputs<'_>, name: &str) -> Result<ArrayD<f32>> {
    let value = outputs
        .get(name)
        .with_context(|| format!("the graph has no output {name}"))?;
    Ok(value.try_extract_array::<f32>()?.to_owned())
}

fn state_of<'a>(name: &'a str, prefixes: [&str; 2]) -> Option<&'a str> {
    prefixes.into_iter().find_map(|prefix| name.strip_prefix(prefix))
}

/// A state of one photo for all rows; of several photos it has to be a row each.
fn for_rows(start: &ArrayD<f32>, rows: usize) -> Result<ArrayD<f32>> {
    let mut shape = start.shape().to_vec();
    if let Some(first) = shape.first_mut() {
        *first = rows;
    }
    let all = start
        .broadcast(IxDyn(&shape))
        .context("a state of other photos than there are rows")?;
    Ok(all.to_owned())
}

/// What a state without a start begins with: zeros, a past of length 0.
fn nothing(input: &Outlet, rows: usize) -> Result<ArrayD<f32>> {
    let shape = input.dtype().tensor_shape();
    let shape = shape.with_context(|| format!("the decoder's input {} has no shape", input.name()))?;
    let sizes: Vec<usize> = std::iter::zip(0.., shape.iter())
        .map(|(axis, &size)| if axis == 0 { rows } else { size.max(0) as usize })
        .collect();
    ensure!(
        !sizes.is_empty(),
        "the decoder's input {} is a single number",
        input.name()
    );
    Ok(ArrayD::zeros(IxDyn(&sizes)))
}
