//! The decoder as a function (tokens, memory, state) → (logits, attention, state), whatever its architecture.
//!
//! The graphs' inputs and outputs take part by name, the batch first in each shape:
//! - tokens: the input `input_ids` i64 [B,T], the last token alone where there is a state, else the whole sequence;
//! - memory: every encoder output that the decoder takes by the same name, or `last_hidden_state` as
//!   `encoder_hidden_states`;
//! - state: an input `past_key_values.X` is fed from the output `present.X`, an input `state.X` from `next_state.X`. It
//!   starts from the encoder's output `initial_state.X`, else from zeros, a past with length 0;
//! - keys and values of the encoder, the inputs `past_key_values.X` with `.encoder.` in X, belong to the memory: they
//!   are what the graph for the first word gives out (see `first_word`);
//! - `use_cache_branch` bool [1], of merged exports, is always true: a past of length 0 serves the first step;
//! - out come `logits` [B,T,V] and, where the model tells it, `cross_attentions` [B,T,L], already averaged over heads
//!   and layers, or else the softmaxes of its cross-attentions, [B,heads,T,L] or [B·heads,T,L], whose rows must sum to 1.
//!
//! A graph may declare its shapes open or wrongly, so those that matter are checked on what it gave.

use std::borrow::Cow;
use std::path::Path;
use std::rc::Rc;

use ndarray::{Array2, Array3, ArrayD, ArrayView1, ArrayViewD, Axis, Ix3, s};
use ort::session::{RunOptions, Session, SessionInputValue};
use ort::value::{DynValue, Outlet, Tensor, ValueType};

use super::cancel::Run;
use super::numbers::{self, Numbers, read, rows_missing, select, stack};
use super::runtime::{check_numbers, short};
use super::search::{Found, Rows, Step, Wanted, search};
use super::{AttentionKind, CaptionError, Stage};
use crate::model::{ModelError, ModelFolder};
use crate::onnx::softmaxes::is_cross_attention;
use crate::text;

pub(super) const TOKENS: &str = "input_ids";
const LOGITS: &str = "logits";
/// The output of a decoder that tells where it looked.
pub(super) const ATTENTION: &str = "cross_attentions";
pub(super) const CACHE_BRANCH: &str = "use_cache_branch";

/// A decoder's graph with the parts that its inputs and outputs take.
#[derive(Debug)]
pub(super) struct Decoder {
    session: Session,
    /// Input names with the encoder's output that each is fed from, and what it is taken as.
    memory: Vec<(String, usize, Numbers)>,
    state: Vec<Slot>,
    cache_branch: bool,
    /// How many tokens it knows; none where the graph does not say it.
    vocabulary: Option<usize>,
    /// Outputs that tell where it looked: one, averaged already, or the softmax of each layer.
    attention: Vec<String>,
    /// Why what looked like its attention is not used.
    refused: Option<String>,
    /// Whether memory of batch 1 serves several rows; none until it has been tried.
    broadcasts: Option<bool>,
    /// Whether a row's results are its own, whatever the other rows are; none until it has been tried.
    rows_are_alone: Option<bool>,
}

#[derive(Debug)]
struct Slot {
    input: String,
    output: String,
    /// The encoder's output that the state starts from.
    initial: Option<usize>,
    /// What it starts from otherwise; −1 stands for the batch.
    shape: Vec<i64>,
    numbers: Numbers,
}

/// What the encoder gave for each of the photos that are described together, in the order of its outputs.
#[derive(Debug)]
pub(super) struct Memory {
    photos: Vec<Vec<DynValue>>,
    /// The same laid out row by row, where the graph does not broadcast it: the photo of each row, and the values.
    laid_out: Option<(Vec<usize>, Vec<DynValue>)>,
}

/// The state after a step, in the order of the decoder's slots.
#[derive(Debug, Default)]
pub(super) struct State(Vec<DynValue>);

impl Decoder {
    pub(super) fn new(
        session: Session,
        file: &Path,
        encoder: &[String],
        folder: &ModelFolder,
    ) -> Result<Self, ModelError> {
        check_numbers(&session, file)?;
        let unsupported = |what| ModelError::Unsupported {
            file: file.to_path_buf(),
            what,
        };
        let from_encoder = |name: &str| encoder.iter().position(|output| output == name);
        let (mut memory, mut state, mut cache_branch) = (Vec::new(), Vec::new(), false);
        for input in session.inputs() {
            let name = input.name();
            let past = name
                .strip_prefix("past_key_values.")
                .map(|rest| (rest, format!("present.{rest}")));
            let numbers = Numbers::of(input).unwrap_or(Numbers::Single);
            let next = name
                .strip_prefix("state.")
                .map(|rest| (rest, format!("next_state.{rest}")));
            if name == TOKENS {
            } else if name == CACHE_BRANCH {
                cache_branch = true;
            } else if let Some(index) = fed_from(name, encoder) {
                memory.push((name.to_owned(), index, numbers));
            } else if let Some((rest, output)) = past.or(next) {
                let initial = from_encoder(&format!("initial_state.{rest}"));
                // Unlike a past of its own they are never of length 0.
                if is_past_of_photo(name) && initial.is_none() {
                    return Err(unsupported(text!("reason-other-decoder", name = name)));
                }
                let shape = initial_shape(input).ok_or_else(|| unsupported(text!("reason-no-shape", name = name)))?;
                state.push(Slot {
                    input: name.to_owned(),
                    output,
                    initial,
                    shape,
                    numbers,
                });
            } else {
                return Err(unsupported(text!("reason-not-given", name = name)));
            }
        }
        let has_output = |name: &str| session.outputs().iter().any(|output| output.name() == name);
        if let Some(slot) = state.iter().find(|slot| !has_output(&slot.output)) {
            return Err(unsupported(text!("reason-no-output", name = &slot.output)));
        }
        if session.inputs().iter().all(|input| input.name() != TOKENS) || !has_output(LOGITS) {
            return Err(unsupported(text!("reason-needs", input = TOKENS, output = LOGITS)));
        }
        if memory.is_empty() && state.iter().all(|slot| slot.initial.is_none()) {
            return Err(unsupported(text!("reason-cannot-see")));
        }
        let logits = session
            .outputs()
            .iter()
            .find(|output| output.name() == LOGITS)
            .and_then(shape);
        let vocabulary = logits.and_then(|shape| usize::try_from(*shape.last()?).ok());
        if let Some(size) = vocabulary {
            folder.check_vocabulary(size)?;
        }
        let attention = if has_output(ATTENTION) {
            vec![ATTENTION.to_owned()]
        } else {
            let names = session.outputs().iter().map(Outlet::name);
            names
                .filter(|name| is_cross_attention(name))
                .map(str::to_owned)
                .collect()
        };
        Ok(Self {
            session,
            memory,
            state,
            cache_branch,
            vocabulary,
            attention,
            refused: None,
            broadcasts: None,
            rows_are_alone: None,
        })
    }

    /// How many tokens the decoder knows; none where its graph does not say it.
    pub(super) fn vocabulary(&self) -> Option<usize> {
        self.vocabulary
    }

    /// How the graph tells where it looked; none where it does not.
    pub(super) fn attention_kind(&self) -> Option<AttentionKind> {
        self.attention.first().map(|name| match name.as_str() {
            ATTENTION => AttentionKind::Exported,
            _ => AttentionKind::FoundInGraph,
        })
    }

    /// Why what looked like its attention is not used, where that turned out.
    pub(super) fn refused(&self) -> Option<&str> {
        self.refused.as_deref()
    }

    /// Where the graph looks for each token of a photo's finished sequence after the start token, one map each: one run
    /// where it takes whole sequences, else one a token. Empty where it does not tell.
    pub(super) fn attend(
        &mut self,
        tokens: &[i64],
        memory: &mut Memory,
        photo: usize,
        run: &Run,
    ) -> Result<Vec<Rc<[f32]>>, CaptionError> {
        let rows = |map: &Array2<f32>| {
            map.rows()
                .into_iter()
                .map(|row| row.iter().copied().collect())
                .collect()
        };
        // The last token is what the sequence led to.
        let before = tokens.len().saturating_sub(1);
        if before == 0 {
            return Ok(Vec::new());
        }
        if self.state.is_empty() {
            let tokens = Array2::from_shape_vec((1, before), tokens[..before].to_vec()).map_err(run_error)?;
            let (step, _) = self.run(tokens, memory.of(photo), &[], Looks::Every, run.options())?;
            return Ok(step.attention.as_ref().map(rows).unwrap_or_default());
        }
        let (mut maps, mut state) = (Vec::<Rc<[f32]>>::new(), None);
        for length in 1..=before {
            run.check()?;
            let asked = Rows {
                sequences: &[&tokens[..length]],
                parents: &[0],
                photos: &[photo],
            };
            let (step, next) = self.step(&asked, memory, state.take(), run)?;
            state = Some(next);
            maps.extend(step.attention.as_ref().map(rows).unwrap_or_default());
        }
        Ok(maps)
    }

    /// Runs one step for all sequences.
    ///
    /// `state` is what the step before gave, none at the first.
    pub(super) fn step(
        &mut self,
        asked: &Rows,
        memory: &mut Memory,
        state: Option<State>,
        run: &Run,
    ) -> Result<(Step, State), CaptionError> {
        let Rows { sequences, parents, .. } = *asked;
        let rows = sequences.len();
        let is_one_for_all =
            memory.photos.len() == 1 && (rows == 1 || self.broadcasts(memory, sequences[0][0], run)?);
        let memory = if is_one_for_all {
            memory.single()
        } else {
            memory.laid_out(asked.photos)?
        };
        let state = match state {
            Some(State(values)) if parents.iter().copied().eq(0..values.first().map_or(0, batch)) => values,
            Some(State(values)) => values
                .iter()
                .map(|value| select(value, parents))
                .collect::<Result<_, _>>()?,
            None => self.initial_state(memory, rows)?,
        };
        let unread = if state.is_empty() { sequences[0].len() } else { 1 };
        let tokens: Vec<i64> = sequences
            .iter()
            .flat_map(|tokens| &tokens[tokens.len() - unread..])
            .copied()
            .collect();
        let tokens = Array2::from_shape_vec((rows, unread), tokens).map_err(run_error)?;
        self.run(tokens, memory, &state, Looks::Last, run.options())
    }

    /// Searches for the best sequences for each of the photos that the memory is of.
    pub(super) fn search(
        &mut self,
        memory: &mut Memory,
        wanted: &Wanted,
        run: &Run,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Vec<Found>, CaptionError> {
        let mut state = None;
        search(wanted, &mut |asked| {
            run.check()?;
            progress(Stage::Search {
                tokens: asked.sequences.first().map_or(0, |tokens| tokens.len() - 1),
            });
            let (step, next) = self.step(asked, memory, state.take(), run)?;
            state = Some(next);
            Ok(step)
        })
    }

    /// Whether the graph gives the same for memory of batch 1 as for memory repeated for each row, which a caller
    /// would rather not compute with.
    ///
    /// Nothing in a graph says so, and a graph that does not (because it reshapes by the batch of its tokens) need not
    /// fail either; so it is tried once, on memory that differs from place to place.
    fn broadcasts(&mut self, memory: &Memory, start: i64, run: &Run) -> Result<bool, CaptionError> {
        if let Some(known) = self.broadcasts {
            return Ok(known);
        }
        let mut pattern = Memory::new(pattern_like(memory.single(), 0)?);
        let single = self.first_step(pattern.single(), 2, start, run);
        let repeated = self.first_step(pattern.laid_out(&[0, 0])?, 2, start, run);
        // A cancelled run fails too, which says nothing about the graph.
        run.check()?;
        let broadcasts = match (&single, &repeated) {
            (Ok(single), Ok(repeated)) => is_close(&single.logits, &repeated.logits, 1e-3),
            (single, _) => single.is_ok(),
        };
        log::debug!("the decoder broadcasts memory over beams: {broadcasts}");
        self.broadcasts = Some(broadcasts);
        Ok(broadcasts)
    }

    /// Whether photos may be described together: whether each row's results are those that it would have alone.
    ///
    /// They are not where a graph measures all rows at once, as quantised ones do that choose their scale by the largest
    /// value of the whole batch: what is said of a photo would depend on the photos beside it. Tried once, on made-up
    /// photos of the shapes of this one.
    pub(super) fn rows_are_alone(&mut self, memory: &Memory, start: i64, run: &Run) -> Result<bool, CaptionError> {
        if let Some(known) = self.rows_are_alone {
            return Ok(known);
        }
        let patterns = [1000, 0].map(|first| pattern_like(memory.single(), first));
        let [one, other] = patterns;
        let (one, other) = (one?, other?);
        let alone = [&one, &other].map(|photo| self.first_step(photo, 1, start, run));
        let mut both = Memory::together(vec![Memory::new(one), Memory::new(other)]);
        let together = self.first_step(both.laid_out(&[0, 1])?, 2, start, run);
        run.check()?;
        let are_alone = match (alone, together) {
            ([Ok(one), Ok(other)], Ok(together)) => {
                let rows = [(one, 0), (other, 1)];
                rows.iter().all(|(alone, row)| {
                    let row = together.logits.row(*row).insert_axis(Axis(0)).to_owned();
                    is_close(&row, &alone.logits, 1e-5)
                })
            }
            _ => false,
        };
        log::debug!("photos are described together: {are_alone}");
        self.rows_are_alone = Some(are_alone);
        Ok(are_alone)
    }

    /// The first step of so many rows.
    fn first_step(&mut self, memory: &[DynValue], rows: usize, start: i64, run: &Run) -> Result<Step, CaptionError> {
        let tokens = Array2::from_elem((rows, 1), start);
        let state = self.initial_state(memory, rows)?;
        self.run(tokens, memory, &state, Looks::Last, run.options())
            .map(|(step, _)| step)
    }

    fn initial_state(&self, memory: &[DynValue], rows: usize) -> Result<Vec<DynValue>, CaptionError> {
        let slots = self.state.iter();
        slots
            .map(|slot| match slot.initial.and_then(|index| memory.get(index)) {
                Some(value) if batch(value) == rows => select(value, &Vec::from_iter(0..rows)),
                Some(value) => select(value, &vec![0; rows]),
                None => {
                    let size = |&length: &i64| usize::try_from(length).unwrap_or(rows);
                    let zeros = ArrayD::<f32>::zeros(slot.shape.iter().map(size).collect::<Vec<_>>());
                    slot.numbers.write(zeros)
                }
            })
            .collect()
    }

    fn run(
        &mut self,
        tokens: Array2<i64>,
        memory: &[DynValue],
        state: &[DynValue],
        looks: Looks,
        options: &RunOptions,
    ) -> Result<(Step, State), CaptionError> {
        let rows = tokens.nrows();
        let tokens = Tensor::from_array(tokens).map_err(run_error)?;
        let mut inputs: Vec<(Cow<str>, SessionInputValue)> = vec![(TOKENS.into(), tokens.into())];
        if self.cache_branch {
            inputs.push((
                CACHE_BRANCH.into(),
                Tensor::from_array(([1], vec![true])).map_err(run_error)?.into(),
            ));
        }
        for (name, index, numbers) in &self.memory {
            if let Some(value) = memory.get(*index) {
                inputs.push((name.into(), numbers.feed(value)?));
            }
        }
        for (slot, value) in self.state.iter().zip(state) {
            inputs.push(((&slot.input).into(), slot.numbers.feed(value)?));
        }
        let mut outputs = self.session.run_with_options(inputs, options).map_err(run_error)?;
        let logits = last_logits(read(&outputs[LOGITS])?.view(), rows)?;
        let mut refused = None;
        let layers = self.attention.iter().map(|name| {
            let weights = read(&outputs[name.as_str()]).ok()?;
            let weights = weights.view();
            // What an export gives out by this name it stands for; what was found must show that it is attention.
            if name != ATTENTION && refused.is_none() {
                refused = furthest_from_one(&weights)
                    .map(|sum| text!("reason-no-attention", name = name, sum = format!("{sum:.3}")));
            }
            looks.of(&per_token(&weights, rows)?)
        });
        let attention = layers.collect::<Option<Vec<_>>>().as_deref().and_then(mean);
        let state = self
            .state
            .iter()
            .filter_map(|slot| outputs.remove(&slot.output))
            .collect();
        let Some(reason) = refused else {
            return Ok((Step { logits, attention }, State(state)));
        };
        log::warn!("the decoder's attention is not used: {reason}");
        self.attention.clear();
        self.refused = Some(reason);
        let attention = None;
        Ok((Step { logits, attention }, State(state)))
    }
}

/// Which tokens' attention is wanted.
#[derive(Clone, Copy, Debug)]
enum Looks {
    /// That of the last token of each row: [rows, L].
    Last,
    /// That of every token of the first row: [T, L].
    Every,
}

impl Looks {
    fn of(self, weights: &Array3<f32>) -> Option<Array2<f32>> {
        let (rows, tokens, _) = weights.dim();
        match self {
            Self::Last => Some(weights.index_axis(Axis(1), tokens.checked_sub(1)?).to_owned()),
            Self::Every => (rows > 0).then(|| weights.index_axis(Axis(0), 0).to_owned()),
        }
    }
}

impl Memory {
    /// Of one photo.
    pub(super) fn new(photo: Vec<DynValue>) -> Self {
        Self {
            photos: vec![photo],
            laid_out: None,
        }
    }

    /// Of several photos that are described together.
    pub(super) fn together(photos: Vec<Self>) -> Self {
        Self {
            photos: photos.into_iter().flat_map(|memory| memory.photos).collect(),
            laid_out: None,
        }
    }

    /// Each photo by itself again.
    pub(super) fn apart(self) -> Vec<Self> {
        self.photos.into_iter().map(Self::new).collect()
    }

    /// Of several photos that went through the encoder together: each row of the values is a photo's.
    pub(super) fn of_rows(values: Vec<DynValue>, photos: usize) -> Result<Self, CaptionError> {
        let row = |row| values.iter().map(|value| select(value, &[row])).collect();
        Ok(Self {
            photos: (0..photos).map(row).collect::<Result<_, _>>()?,
            laid_out: Some(((0..photos).collect(), values)),
        })
    }

    /// What the encoder gave for the first photo.
    pub(super) fn single(&self) -> &[DynValue] {
        self.of(0)
    }

    fn of(&self, photo: usize) -> &[DynValue] {
        self.photos.get(photo).map(Vec::as_slice).unwrap_or_default()
    }

    /// Adds what was computed from that.
    pub(super) fn extend(&mut self, more: Vec<DynValue>) {
        if let Some(photo) = self.photos.first_mut() {
            photo.extend(more);
        }
        self.laid_out = None;
    }

    /// Values with a row for each of these photos.
    fn laid_out(&mut self, photos: &[usize]) -> Result<&[DynValue], CaptionError> {
        let values = match self.laid_out.take().filter(|(known, _)| known == photos) {
            Some((_, values)) => values,
            None => (0..self.single().len())
                .map(|place| {
                    let rows = photos.iter().map(|&photo| self.photos.get(photo)?.get(place));
                    let rows: Vec<&DynValue> = rows.collect::<Option<_>>().ok_or_else(rows_missing)?;
                    stack(&rows)
                })
                .collect::<Result<_, _>>()?,
        };
        Ok(&self.laid_out.insert((photos.to_vec(), values)).1)
    }
}

/// Which of the encoder's outputs a decoder's input is fed from.
pub(super) fn fed_from(input: &str, encoder: &[String]) -> Option<usize> {
    let output = |name: &str| encoder.iter().position(|output| output == name);
    output(input).or_else(|| output("last_hidden_state").filter(|_| input == "encoder_hidden_states"))
}

/// Whether a decoder's input is another one from word to word; the rest of them tell of the photo.
pub(super) fn changes(input: &str) -> bool {
    let is_state = ["past_key_values.", "state."]
        .iter()
        .any(|start| input.starts_with(start));
    [TOKENS, CACHE_BRANCH].contains(&input) || (is_state && !is_past_of_photo(input))
}

/// Whether a decoder's input is keys or values of the encoder's output, which stay as they are from word to word.
pub(super) fn is_past_of_photo(input: &str) -> bool {
    input.starts_with("past_key_values.") && input.contains(".encoder.")
}

/// The error for a graph that failed while it ran.
pub(super) fn run_error(error: impl std::fmt::Display) -> CaptionError {
    let message = error.to_string();
    log::debug!("a graph failed: {message}");
    CaptionError::Run {
        reason: short(&message),
    }
}

/// The scores of the last token's successors, [rows,V], from logits [rows,T,V].
fn last_logits(logits: ArrayViewD<f32>, rows: usize) -> Result<Array2<f32>, CaptionError> {
    let shape = logits.shape().to_vec();
    let logits = logits
        .into_dimensionality::<Ix3>()
        .ok()
        .filter(|logits| logits.len_of(Axis(0)) == rows && logits.len_of(Axis(1)) > 0)
        .ok_or_else(|| run_error(text!("reason-scores-shape", shape = format!("{shape:?}"), rows = rows)))?;
    let logits = logits.slice_move(s![.., -1, ..]).to_owned();
    // A row without a single word that is possible has no softmax, nor has one with a word that is infinitely likely.
    let is_bad = |row: ArrayView1<f32>| {
        let largest = row.fold(f32::NEG_INFINITY, |largest, &logit| largest.max(logit));
        !largest.is_finite() || row.iter().any(|logit| logit.is_nan())
    };
    if logits.rows().into_iter().any(is_bad) {
        return Err(run_error(text!("reason-scores-no-numbers")));
    }
    Ok(logits)
}

/// Where each token looked, [rows,T,L], from weights [rows,T,L], [rows,heads,T,L] or [rows·heads,T,L]; none from any
/// other shape.
fn per_token(weights: &ArrayViewD<f32>, rows: usize) -> Option<Array3<f32>> {
    let (heads, tokens, length) = match *weights.shape() {
        [both, tokens, length] if rows > 0 && both % rows == 0 => (both / rows, tokens, length),
        [first, heads, tokens, length] if first == rows => (heads, tokens, length),
        _ => return None,
    };
    let weights = weights.to_owned();
    let weights = weights.into_shape_with_order((rows, heads, tokens, length)).ok()?;
    weights.mean_axis(Axis(1))
}

/// How far the weights of a token may be from summing to 1; half-precision numbers are a thousandth apart.
const SUM_TOLERANCE: f32 = 1e-2;

/// The sum of the token's weights that is furthest from 1, where it is too far, or where a weight is none.
fn furthest_from_one(weights: &ArrayViewD<f32>) -> Option<f32> {
    let sums = weights
        .rows()
        .into_iter()
        .map(|row| match row.iter().any(|weight| *weight < 0.0) {
            true => f32::NAN,
            false => row.sum(),
        });
    let away = |sum: &f32| if sum.is_nan() { f32::INFINITY } else { (sum - 1.0).abs() };
    sums.max_by(|a, b| away(a).total_cmp(&away(b)))
        .filter(|sum| away(sum) > SUM_TOLERANCE)
}

/// The mean of layers; none where they are of different shapes.
fn mean(layers: &[Array2<f32>]) -> Option<Array2<f32>> {
    let (first, rest) = layers.split_first()?;
    if rest.iter().any(|layer| layer.dim() != first.dim()) {
        return None;
    }
    Some(rest.iter().fold(first.clone(), |sum, layer| sum + layer) / layers.len() as f32)
}

fn shape(outlet: &Outlet) -> Option<&[i64]> {
    match outlet.dtype() {
        ValueType::Tensor { shape, .. } => Some(shape),
        _ => None,
    }
}

/// The shape of a state before the first token: the batch stays open, any other open length is 0.
fn initial_shape(input: &Outlet) -> Option<Vec<i64>> {
    let lengths = shape(input)?.iter().enumerate();
    Some(
        lengths
            .map(|(axis, &length)| if axis == 0 { -1 } else { length.max(0) })
            .collect(),
    )
}

fn batch(value: &DynValue) -> usize {
    let first = value.dtype().tensor_shape().and_then(|shape| shape.first().copied());
    first.and_then(|length| usize::try_from(length).ok()).unwrap_or(1)
}

/// Whether all numbers are those of `b`, within a share of the largest of them.
pub(super) fn is_close(a: &Array2<f32>, b: &Array2<f32>, share: f32) -> bool {
    let largest = b.iter().fold(1.0_f32, |largest, value| largest.max(value.abs()));
    a.dim() == b.dim() && a.iter().zip(b).all(|(a, b)| (a - b).abs() <= share * largest)
}

/// Values like those of a photo that differ from place to place; other ones for another first place.
fn pattern_like(photo: &[DynValue], first: u32) -> Result<Vec<DynValue>, CaptionError> {
    photo.iter().map(|value| numbers::pattern_like(value, first)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array3, Array4};

    use super::*;

    #[test]
    fn logits_of_another_shape_than_the_sequences_are_refused_in_a_sentence() {
        let three = Array3::<f32>::zeros((1, 2, 5)).into_dyn();
        assert_eq!(last_logits(three.view(), 1).unwrap().dim(), (1, 5));
        for (logits, rows) in [
            (three, 4),
            (Array2::zeros((4, 5)).into_dyn(), 4),
            (Array3::zeros((4, 0, 5)).into_dyn(), 4),
        ] {
            let error = last_logits(logits.view(), rows).unwrap_err().to_string();
            assert!(error.contains("for 4 sequences"), "{error}");
        }
    }

    #[test]
    fn logits_without_a_softmax_are_refused() {
        let scores = |row: [f32; 3]| {
            last_logits(
                Array3::from_shape_fn((1, 1, 3), |(_, _, word)| row[word])
                    .into_dyn()
                    .view(),
                1,
            )
        };
        assert!(scores([0.0, f32::NEG_INFINITY, 1.0]).is_ok());
        for row in [[0.0, f32::NAN, 1.0], [0.0, f32::INFINITY, 1.0], [f32::NEG_INFINITY; 3]] {
            let error = scores(row).unwrap_err().to_string();
            assert!(error.contains("its scores are not numbers"), "{error}");
        }
    }

    #[test]
    fn attention_of_heads_side_by_side_or_one_behind_the_other_is_the_same() {
        let weights = Array4::from_shape_fn((2, 3, 4, 5), |(b, h, t, l)| (b * 60 + h * h * 20 + t * 5 + l) as f32);
        let flat = weights.to_shape((6, 4, 5)).unwrap().to_owned().into_dyn();
        let expected = weights.mean_axis(Axis(1)).unwrap();
        assert_eq!(per_token(&flat.view(), 2), Some(expected.clone()));
        assert_eq!(
            Looks::Last.of(&expected),
            Some(expected.slice(s![.., -1, ..]).to_owned())
        );
        assert_eq!(
            Looks::Every.of(&expected),
            Some(expected.slice(s![0, .., ..]).to_owned())
        );
        assert_eq!(per_token(&weights.into_dyn().view(), 2), Some(expected));
    }

    #[test]
    fn attention_that_does_not_fit_the_sequences_is_none() {
        for (shape, rows) in [
            (vec![5, 1, 4], 2),
            (vec![4, 2, 1, 4], 2),
            (vec![2, 0, 4], 2),
            (vec![2, 0, 1, 4], 2),
            (vec![4], 1),
        ] {
            let weights = per_token(&ArrayD::zeros(shape).view(), rows);
            assert_eq!(weights.and_then(|weights| Looks::Last.of(&weights)), None);
        }
        assert_eq!(mean(&[Array2::zeros((2, 4)), Array2::zeros((2, 9))]), None);
    }

    #[test]
    fn weights_that_do_not_sum_to_one_are_no_attention() {
        let even = |weight: f32| ArrayD::from_elem(vec![1, 2, 3, 4], weight);
        assert_eq!(furthest_from_one(&even(0.25).view()), None);
        assert_eq!(furthest_from_one(&even(0.5).view()), Some(2.0));
        let mut negative = even(0.25);
        (negative[[0, 1, 2, 0]], negative[[0, 1, 2, 1]]) = (-0.25, 0.75);
        assert!(furthest_from_one(&negative.view()).unwrap().is_nan());
        let mut none = even(0.25);
        none[[0, 0, 0, 0]] = f32::NAN;
        assert!(furthest_from_one(&none.view()).is_some());
    }
}
