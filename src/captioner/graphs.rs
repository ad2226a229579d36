//! The graphs of a model, opened and fitted together, the decoder's cut where that gains something.
//!
//! Exports of a hub compute the cross-attention's keys and values of the whole photo anew at every word. What depends on
//! the encoder's outputs and constants alone, by the flow of data, is cut out of the decoder's graph into one of its own,
//! which runs once a photo; its results are fed to the rest as if the encoder had given them. Whether both halves give
//! what the whole gives is tried when they are made (two steps of one and of two sequences on a made-up photo, within
//! 1e-5 of the largest score); a decoder that fails stays whole. In a merged export the decoder lies inside the branches
//! of an `If`, of which the same is always taken: it is unfolded first.

use std::collections::HashSet;
use std::fs;
use std::path::{Path, PathBuf};

use ndarray::Array4;
use ort::session::Session;
use prost::Message;

use super::cancel::{Cancel, Run};
use super::captioner::LoadOptions;
use super::decoder::{ATTENTION, CACHE_BRANCH, Decoder, Memory, changes, is_close};
use super::encoder::Encoder;
use super::first_word::FirstWord;
use super::kept::{self, Kept, Verdict};
use super::once::{Once, half_floats, no_floats};
use super::preprocess::InputSize;
use super::runtime::{Graph, OpenError, Opener, open_beside};
use super::search::{Rows, Step};
use super::source::Source;
use super::{CaptionError, Division, WholeReason};
use crate::model::{ModelError, ModelFolder};
use crate::onnx::softmaxes::{give_out_cross_attentions, tells};
use crate::onnx::{self, DataLocation, DataType, ModelProto, Seam};

/// The graphs of a model.
pub(super) struct Graphs {
    pub(super) encoder: Encoder,
    /// What of the decoder's graph is run once a photo.
    pub(super) once: Option<Once>,
    pub(super) decoder: Decoder,
    /// Another decoder of the folder, which tells where it looks where that one does not.
    pub(super) twin: Option<Decoder>,
    pub(super) division: Division,
    /// What really runs.
    pub(super) device: String,
}

/// A decoder's graph as it was opened.
enum Opened {
    /// Halves that were made and checked at an earlier start.
    Halves([Session; 2]),
    /// As it is in the model, with the reason why it stays so; where none is known yet, for a moment, to try to cut it.
    Whole(Session, Option<WholeReason>),
}

/// How far scores of the halves may be from those of the whole, as a share of the largest.
const TOLERANCE: f32 = 1e-5;

impl Graphs {
    /// Opens the encoder and one of the decoders, and where that does not tell where it looks another that does.
    ///
    /// Such a one is not taken in the other's place: without a past it computes the whole sentence anew at every word. It
    /// reads the finished sentence once.
    pub(super) fn open(
        folder: &ModelFolder,
        file: &Path,
        photo: InputSize,
        options: &LoadOptions,
    ) -> Result<Self, CaptionError> {
        let (mut graphs, opener) = Self::fit_together(folder, file, photo, options)?;
        if graphs.decoder.attention_kind().is_none() {
            graphs.twin = twin(folder, file, &opener, graphs.encoder.outputs());
        }
        Ok(graphs)
    }

    fn fit_together(
        folder: &ModelFolder,
        file: &Path,
        photo: InputSize,
        options: &LoadOptions,
    ) -> Result<(Self, Opener), CaptionError> {
        let cuts = !options.whole_decoder;
        let origin = Origin::of(file, folder);
        let open_decoder = |opener: &Opener| origin.open(cuts, opener);
        let (encoder, opened, opener, device) = open_beside(folder.encoder(), &open_decoder, options)?;
        let encoder = Graph::new(encoder, folder.encoder(), &opener);
        let mut encoder = Encoder::new(encoder, options.briefly, photo, folder)?;
        let (opened, kept) = opened;
        let uncut = match opened {
            Opened::Whole(session, Some(reason)) => Err((session, reason)),
            Opened::Whole(session, None) => Ok(session),
            Opened::Halves(sessions) => match fit(sessions, file, &encoder, folder) {
                Ok((once, decoder)) => return Ok((Self::in_halves(encoder, once, decoder, device), opener)),
                Err(reason) => {
                    log::warn!("halves of an earlier start are made again: {reason:?}");
                    Ok(origin.open_whole(&opener.for_a_moment()).map_err(ModelError::from)?)
                }
            },
        };
        let whole = |session, encoder: &Encoder| Decoder::new(session, file, encoder.outputs(), folder);
        let (decoder, reason) = match uncut {
            Err((session, reason)) => (Some(whole(session, &encoder)?), reason),
            Ok(session) => {
                let uncut = whole(session, &encoder)?;
                match divide(&origin, photo, &opener, &mut encoder, uncut, folder, kept.as_ref()) {
                    Ok((once, decoder)) => return Ok((Self::in_halves(encoder, once, decoder, device), opener)),
                    Err(Undivided { reason, whole }) => (whole.filter(|_| !opener.packs()).map(|whole| *whole), reason),
                }
            }
        };
        log::info!("the decoder's graph stays whole: {reason:?}");
        let decoder = match decoder {
            Some(decoder) => decoder,
            None => whole(origin.open_whole(&opener).map_err(ModelError::from)?, &encoder)?,
        };
        let graphs = Self {
            encoder,
            once: None,
            decoder,
            twin: None,
            division: Division::Whole(reason),
            device,
        };
        Ok((graphs, opener))
    }

    fn in_halves(encoder: Encoder, once: Once, decoder: Decoder, device: String) -> Self {
        let count = once.outputs().len();
        log::info!("the decoder's graph is cut: {count} of its tensors are computed once a photo");
        Self {
            encoder,
            once: Some(once),
            decoder,
            twin: None,
            division: Division::Halves,
            device,
        }
    }
}

/// The files that a decoder is made of.
struct Origin<'a> {
    decoder: Source<'a>,
    /// Where another graph says the first word.
    first: Option<FirstWord<'a>>,
}

impl<'a> Origin<'a> {
    fn of(file: &'a Path, folder: &'a ModelFolder) -> Self {
        let decoder = Source::of(file);
        let first = FirstWord::of(&decoder, folder.decoders());
        Self { decoder, first }
    }

    /// The file that the first half's weights lie in.
    fn once(&self) -> &Source<'a> {
        self.first.as_ref().map_or(&self.decoder, |first| &first.source)
    }

    /// Opens the halves where they are kept from an earlier start, else the graph.
    fn open(&self, cuts: bool, opener: &Opener) -> Result<(Opened, Option<Kept>), OpenError> {
        let root = cuts.then(kept::root).flatten();
        let first = self.first.iter().map(|first| &first.source);
        let sources: Vec<&Source> = std::iter::once(&self.decoder).chain(first).collect();
        let kept = root.and_then(|root| Kept::of(root, &sources, &opener.runs_on()));
        let known = match (kept.as_ref().and_then(Kept::verdict), &kept) {
            (Some(Verdict::Halves { external, .. }), Some(found)) => {
                match self.open_halves(&found.halves(), external, opener) {
                    Ok(halves) => return Ok((Opened::Halves(halves), kept)),
                    Err(OpenError { error, .. }) => {
                        log::warn!("halves of an earlier start are made again: {error}");
                        None
                    }
                }
            }
            (Some(Verdict::Whole(reason)), _) => Some(reason),
            _ => (!cuts).then_some(WholeReason::Asked),
        };
        let session = match known {
            Some(_) => self.open_whole(opener)?,
            None => self.open_whole(&opener.for_a_moment())?,
        };
        Ok((Opened::Whole(session, known), kept))
    }

    fn open_halves(&self, halves: &[PathBuf; 2], external: bool, opener: &Opener) -> Result<[Session; 2], OpenError> {
        let [once, each] = halves;
        Ok([
            open_half(once, external, self.once(), opener)?,
            open_half(each, external, &self.decoder, opener)?,
        ])
    }

    /// Opens a graph that says every word.
    fn open_whole(&self, opener: &Opener) -> Result<Session, OpenError> {
        match self.first.as_ref().and_then(|first| Some((first, first.decoder()?))) {
            Some((first, model)) => opener.open_version(&model.encode_to_vec(), &first.source),
            None => opener.open_decoder(&self.decoder),
        }
    }
}

fn open_half(half: &Path, external: bool, source: &Source, opener: &Opener) -> Result<Session, OpenError> {
    // Names of files with weights are relative to where those lie, which only a graph in memory can be told.
    match external.then(|| fs::read(half)) {
        Some(Ok(bytes)) => opener.open_version(&bytes, source),
        _ => opener.open_file(half),
    }
}

/// The halves as parts of a captioner.
fn fit(
    [once, each]: [Session; 2],
    file: &Path,
    encoder: &Encoder,
    folder: &ModelFolder,
) -> Result<(Once, Decoder), WholeReason> {
    let once = Once::new(once, encoder.outputs()).ok_or(WholeReason::NothingToGain)?;
    let given: Vec<String> = encoder.outputs().iter().chain(once.outputs()).cloned().collect();
    let decoder = Decoder::new(each, file, &given, folder).map_err(WholeReason::failed)?;
    Ok((once, decoder))
}

/// A decoder's graph that stays whole.
struct Undivided {
    reason: WholeReason,
    /// None where it was closed on the way.
    whole: Option<Box<Decoder>>,
}

/// Cuts a decoder's graph, tries whether its halves give what the whole gives, and keeps them for the next start; else
/// the reason why it stays whole, which is kept too.
///
/// The whole is closed before the second half is opened, so that the weights are not in memory twice.
fn divide(
    origin: &Origin,
    photo: InputSize,
    opener: &Opener,
    encoder: &mut Encoder,
    whole: Decoder,
    folder: &ModelFolder,
    kept: Option<&Kept>,
) -> Result<(Once, Decoder), Undivided> {
    let made = match kept::beside(kept) {
        Ok(made) => made,
        Err(error) => {
            return Err(Undivided {
                reason: WholeReason::failed(error),
                whole: Some(Box::new(whole)),
            });
        }
    };
    let to = kept::halves_in(made.path());
    let mut whole = Some(whole);
    let written = match &origin.first {
        Some(first) => join(first, &origin.decoder, &to),
        None => cut(&origin.decoder, opener, &to),
    };
    let halves = written.and_then(|external| {
        let asked = whole.take().ok_or(WholeReason::NothingToGain)?;
        let mut measure = Measure::of(asked, photo, encoder, folder)?;
        let sessions = origin
            .open_halves(&to, external, opener)
            .map_err(|OpenError { error, .. }| WholeReason::failed(error))?;
        let (mut once, mut each) = fit(sessions, origin.decoder.file, encoder, folder)?;
        measure.compare(&mut once, &mut each, folder)?;
        Ok((once, each, external))
    });
    let verdict = match &halves {
        Ok((_, _, external)) => Verdict::Halves {
            bytes: kept::halves_in(made.path()).map(|half| fs::metadata(half).map_or(0, |data| data.len())),
            external: *external,
        },
        Err(reason) => Verdict::Whole(reason.clone()),
    };
    // What failed once, for want of room or memory, may work another time.
    if let Some(kept) = kept
        && !matches!(verdict, Verdict::Whole(WholeReason::Failed(_)))
        && let Err(error) = kept.keep(made, &verdict)
    {
        log::info!("what came of cutting the decoder's graph is not kept: {error}");
    }
    halves.map(|(once, each, _)| (once, each)).map_err(|reason| Undivided {
        reason,
        whole: whole.map(Box::new),
    })
}

/// Writes a decoder that takes the encoder's keys and values, and what gives them, as halves; tells whether they need
/// files beside the model.
fn join(first: &FirstWord, decoder: &Source, to: &[PathBuf; 2]) -> Result<bool, WholeReason> {
    let once = first.once().ok_or(WholeReason::NothingToGain)?;
    let mut each = read(decoder)?;
    let external = [&once, &each].into_iter().any(names_files);
    onnx::multiply_transposed(&mut each);
    for (half, file) in [once, each].iter().zip(to) {
        onnx::save(half, file).map_err(WholeReason::failed)?;
    }
    Ok(external)
}

/// Cuts a decoder's graph into halves that are written; tells whether they need files beside the model.
fn cut(source: &Source, opener: &Opener, [once, each]: &[PathBuf; 2]) -> Result<bool, WholeReason> {
    /// Tensors that cannot be handed over are told by their types, which only the opened first half knows; what is
    /// computed in the second half instead may show others.
    const ROUNDS: usize = 4;

    let mut unfit = HashSet::new();
    for _ in 0..ROUNDS {
        let model = read(source)?;
        let inputs = model.graph().input.iter().map(|input| input.name().to_owned());
        let fixed: Vec<String> = inputs.filter(|name| !changes(name)).collect();
        let seam = Seam::find(&model, &fixed, &unfit).ok_or(WholeReason::NothingToGain)?;
        let external = names_files(&model);
        let mut halves = seam.cut(model);
        onnx::multiply_transposed(&mut halves.each);
        onnx::save(&halves.once, once).map_err(WholeReason::failed)?;
        let session = open_half(once, external, source, &opener.for_a_moment())
            .map_err(|OpenError { error, .. }| WholeReason::failed(error))?;
        let others = no_floats(&session);
        if others.is_empty() {
            take_as_half(&mut halves.each, &half_floats(&session));
            onnx::save(&halves.each, each).map_err(WholeReason::failed)?;
            return Ok(external);
        }
        unfit.extend(others);
    }
    Err(WholeReason::NoFloats)
}

/// Declares inputs of a graph that are 16-bit floats.
fn take_as_half(model: &mut ModelProto, names: &[String]) {
    let inputs = model.graph.iter_mut().flat_map(|graph| &mut graph.input);
    for input in inputs.filter(|input| names.iter().any(|name| name == input.name())) {
        let tensor = input.r#type.as_mut().and_then(|kind| kind.tensor_type.as_mut());
        if let Some(tensor) = tensor {
            tensor.set_elem_type(DataType::Float16);
        }
    }
}

/// Another decoder of the folder than the one in use that tells where it looks.
fn twin(folder: &ModelFolder, used: &Path, opener: &Opener, encoder: &[String]) -> Option<Decoder> {
    let mut others = folder.decoders().iter().filter(|file| *file != used);
    others
        .find_map(|file| {
            let source = Source::of(file);
            source.model().ok().filter(|model| tells(model, ATTENTION, changes))?;
            let session = opener.open_decoder(&source).map_err(ModelError::from);
            match session.and_then(|session| Decoder::new(session, file, encoder, folder)) {
                Ok(decoder) => Some(decoder),
                Err(error) => {
                    log::info!("{} is passed over: {error}", file.display());
                    None
                }
            }
        })
        .filter(|decoder| decoder.attention_kind().is_some())
}

/// A decoder's graph, without the choice of a merged export, which is always the same here, and with its cross-attention
/// among its outputs where that can be found.
fn read(source: &Source) -> Result<ModelProto, WholeReason> {
    let bytes = source.model().map_err(WholeReason::failed)?;
    let mut model = ModelProto::decode(&*bytes).map_err(WholeReason::failed)?;
    onnx::unfold(&mut model, CACHE_BRANCH, true);
    give_out_cross_attentions(&mut model, ATTENTION, changes);
    Ok(model)
}

/// Whether weights of a graph lie in other files.
fn names_files(model: &ModelProto) -> bool {
    let mut weights = model.graph().initializer.iter();
    weights.any(|weight| weight.data_location() == DataLocation::External)
}

/// What a whole decoder says of a made-up photo, which its halves have to say too.
struct Measure {
    memory: Memory,
    expected: Vec<Step>,
    run: Run,
}

impl Measure {
    /// Asks the decoder, and closes it.
    fn of(
        mut whole: Decoder,
        photo: InputSize,
        encoder: &mut Encoder,
        folder: &ModelFolder,
    ) -> Result<Self, WholeReason> {
        let mut ask = || -> Result<_, CaptionError> {
            let run = Cancel::default().watch()?;
            let (height, width) = (photo.height as usize, photo.width as usize);
            let mut memory = Memory::new(encoder.run(&made_up(height, width), &run)?);
            encoder.rest();
            let expected = answers(&mut whole, &mut memory, folder, &run)?;
            Ok(Self { memory, expected, run })
        };
        ask().map_err(WholeReason::failed)
    }

    /// Compares what the halves give with that.
    fn compare(&mut self, once: &mut Once, each: &mut Decoder, folder: &ModelFolder) -> Result<(), WholeReason> {
        let mut ask = || {
            let more = once.run(self.memory.single(), &self.run)?;
            self.memory.extend(more);
            answers(each, &mut self.memory, folder, &self.run)
        };
        let found = ask().map_err(WholeReason::failed)?;
        let same = |(a, b): (&Step, &Step)| {
            let attends_alike = match (&a.attention, &b.attention) {
                (Some(a), Some(b)) => is_close(b, a, TOLERANCE),
                // Inside of a branch it cannot be reached, and unfolded it can.
                (None, _) => true,
                (Some(_), None) => false,
            };
            attends_alike && is_close(&b.logits, &a.logits, TOLERANCE)
        };
        if self.expected.iter().zip(&found).all(same) {
            Ok(())
        } else {
            Err(WholeReason::Differs)
        }
    }
}

/// Pixels as no photo has them, different everywhere, from −1 to 1.
fn made_up(height: usize, width: usize) -> Array4<f32> {
    let mut seed = 1_u32;
    Array4::from_shape_simple_fn((1, 3, height, width), || {
        // The constants of Numerical Recipes.
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (seed >> 8) as f32 / (1 << 23) as f32 - 1.0
    })
}

/// What a decoder says to one and to two sequences, in two steps, the second of which has the sequences in another order.
fn answers(
    decoder: &mut Decoder,
    memory: &mut Memory,
    folder: &ModelFolder,
    run: &Run,
) -> Result<Vec<Step>, CaptionError> {
    let start = folder.generation().start_token().unwrap_or_default();
    let words = folder.tokenizer().get_vocab_size(true).max(1) as i64;
    let mut steps = Vec::new();
    for parents in [&[0][..], &[1, 0]] {
        let begun: Vec<Vec<i64>> = parents
            .iter()
            .map(|&row| vec![(start + row as i64 * 7) % words])
            .collect();
        let first: Vec<&[i64]> = begun.iter().map(Vec::as_slice).collect();
        let photos = vec![0; parents.len()];
        let (step, state) = decoder.step(&rows(&first, parents, &photos), memory, None, run)?;
        steps.push(step);
        let grown: Vec<[i64; 2]> = parents
            .iter()
            .map(|&row| [begun[row][0], (3 + 5 * row as i64) % words])
            .collect();
        let second: Vec<&[i64]> = grown.iter().map(<[i64; 2]>::as_slice).collect();
        let (step, _) = decoder.step(&rows(&second, parents, &photos), memory, Some(state), run)?;
        steps.push(step);
    }
    Ok(steps)
}

fn rows<'a>(sequences: &'a [&'a [i64]], parents: &'a [usize], photos: &'a [usize]) -> Rows<'a> {
    Rows {
        sequences,
        parents,
        photos,
    }
}
