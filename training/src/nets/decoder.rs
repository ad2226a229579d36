//! The decoder of a net, whichever paper it is from: memory and words in, logits and attention out.

use anyhow::{Result, anyhow, ensure};
use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use serde::{Deserialize, Serialize};
use tokenizers::Tokenizer;

use super::attention::KeysValues;
use super::bahdanau_gru::{BahdanauGru, BahdanauGruConfig};
use super::lstm::LstmState;
use super::places::{Chooser, Places};
use super::show_and_tell::{ShowAndTell, ShowAndTellConfig};
use super::show_attend_tell::{SeenCells, ShowAttendTell, ShowAttendTellConfig};
use super::transformer_decoder::{TransformerDecoder, TransformerDecoderConfig, memory_name};
use crate::data::words::UNKNOWN;
use crate::export::check::array;
use crate::export::weights::GraphWriter;
use crate::graphs::Tensors;
use crate::word2vec::Vectors;

/// Which decoder, and its sizes; `kind` in a configuration.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum DecoderConfig {
    /// Vaswani et al. 2017.
    Transformer(TransformerDecoderConfig),
    /// Vinyals et al. 2015.
    ShowAndTell(ShowAndTellConfig),
    /// Xu et al. 2015, soft and hard.
    ShowAttendTell(ShowAttendTellConfig),
    /// Bahdanau et al. 2015's attention in front of a GRU.
    BahdanauGru(BahdanauGruConfig),
}

impl DecoderConfig {
    /// Width of the memory.
    pub fn width(&self) -> usize {
        match self {
            Self::Transformer(config) => config.width,
            Self::ShowAndTell(config) => config.width,
            Self::ShowAttendTell(config) => config.width,
            Self::BahdanauGru(config) => config.width,
        }
    }

    /// The longest sequence in tokens, the start token counted.
    pub fn positions(&self) -> usize {
        match self {
            Self::Transformer(config) => config.positions,
            Self::ShowAndTell(config) => config.positions,
            Self::ShowAttendTell(config) => config.positions,
            Self::BahdanauGru(config) => config.positions,
        }
    }

    /// How sentences are searched for: as the paper has it, and for the transformer as the dev split has it.
    pub fn search(&self) -> Search {
        match self {
            // Section 4.3.1; the sum of log-likelihoods is what is compared, and no word is forbidden.
            Self::ShowAndTell(_) => Search {
                beams: 20,
                length_penalty: 0.0,
                no_repeat_ngram: 0,
            },
            // Of 0.3, 0.6, 0.8 and 1 the best for the everyday model, CIDEr-D and BLEU-4 alike.
            Self::Transformer(_) => Search {
                beams: 4,
                length_penalty: 0.8,
                no_repeat_ngram: 3,
            },
            // Longer sentences score a little better, but more of them end in mid-phrase at the last position.
            Self::ShowAttendTell(_) | Self::BahdanauGru(_) => Search {
                beams: 4,
                length_penalty: 0.3,
                no_repeat_ngram: 3,
            },
        }
    }
}

/// How sentences are searched for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Search {
    /// Sentences that are kept in view.
    pub beams: usize,
    /// The exponent of the length that divides their scores.
    pub length_penalty: f32,
    /// So many words in a row are not said twice; 0 forbids nothing.
    pub no_repeat_ngram: usize,
}

/// A decoder.
#[derive(Module, Debug)]
// There is one a net, and a module cannot be boxed.
#[allow(clippy::large_enum_variant)]
pub enum Decoder {
    /// Vaswani et al. 2017.
    Transformer(TransformerDecoder),
    /// Vinyals et al. 2015.
    ShowAndTell(ShowAndTell),
    /// Xu et al. 2015.
    ShowAttendTell(ShowAttendTell),
    /// Bahdanau et al. 2015's attention in front of a GRU.
    BahdanauGru(BahdanauGru),
}

/// A decoder with what the words of some rows look at, the same for all words.
pub enum Sight<'a> {
    /// Keys and values of the photo, a layer each.
    Transformer(&'a TransformerDecoder, Vec<KeysValues>),
    /// The photo was told at the start.
    ShowAndTell(&'a ShowAndTell, Box<LstmState>),
    /// Cells, how hard attention chooses among them, and the state before the first word.
    ShowAttendTell(&'a ShowAttendTell, Box<(SeenCells, Chooser, LstmState)>),
    /// Cells.
    BahdanauGru(&'a BahdanauGru, Box<SeenCells>),
}

/// What is kept from word to word.
#[derive(Default)]
pub enum State {
    /// Before the first word.
    #[default]
    Start,
    /// Keys and values of the words so far, a layer each.
    Past(Vec<KeysValues>),
    /// Of an LSTM.
    Lstm(Box<LstmState>),
    /// Of a GRU.
    Gru(Box<Tensor<2>>),
}

/// What a decoder gives for each of the tokens that it was given.
pub struct Told {
    /// For the token after each, `[rows, length, vocabulary]`.
    pub logits: Tensor<3>,
    /// Where it looked, `[rows, length, cells]`; none where it does not look again.
    pub attention: Option<Tensor<3>>,
    /// Of hard attention while training.
    pub places: Option<Places>,
}

impl Decoder {
    /// Random weights.
    pub fn new(config: &DecoderConfig, vocabulary: usize, device: &Device) -> Self {
        match config {
            DecoderConfig::Transformer(config) => {
                Self::Transformer(TransformerDecoder::new(config, vocabulary, device))
            }
            DecoderConfig::ShowAndTell(config) => Self::ShowAndTell(ShowAndTell::new(config, vocabulary, device)),
            DecoderConfig::ShowAttendTell(config) => {
                Self::ShowAttendTell(ShowAttendTell::new(config, vocabulary, device))
            }
            DecoderConfig::BahdanauGru(config) => Self::BahdanauGru(BahdanauGru::new(config, vocabulary, device)),
        }
    }

    /// Takes each word's vector where there is one, scaled to the mean length that the embedding has; returns how many
    /// were found. What is no word (padding, start, end and unknown) keeps its random vector: files of other programs name
    /// something else so, or have it untrained.
    ///
    /// # Errors
    /// Vectors of another width.
    pub fn start_from(&mut self, vectors: &Vectors, tokenizer: &Tokenizer, device: &Device) -> Result<usize> {
        let embedding = match self {
            Self::Transformer(net) => &mut net.embedding,
            Self::ShowAndTell(net) => &mut net.embedding,
            Self::ShowAttendTell(net) => &mut net.embedding,
            Self::BahdanauGru(net) => &mut net.embedding,
        };
        let [vocabulary, width] = embedding.weight.dims();
        ensure!(
            vectors.width() == width,
            "the word vectors have {} numbers each, and the decoder's embedding {width}: learn them with --width {width}",
            vectors.width()
        );
        let mut values: Vec<f32> = embedding
            .weight
            .val()
            .into_data()
            .try_to_vec()
            .map_err(|error| anyhow!("the embedding: {error:?}"))?;
        let known: Vec<(usize, &[f32])> = (UNKNOWN as usize + 1..vocabulary)
            .filter_map(|id| Some((id, vectors.of(&tokenizer.id_to_token(id as u32)?)?)))
            .collect();
        let length = |values: &[f32]| values.iter().map(|x| x * x).sum::<f32>().sqrt();
        let usual = values.chunks_exact(width).map(length).sum::<f32>() / vocabulary as f32;
        let theirs = known.iter().map(|(_, vector)| length(vector)).sum::<f32>() / known.len().max(1) as f32;
        let scale = usual / theirs.max(1e-12);
        for (id, vector) in &known {
            let row = &mut values[id * width..][..width];
            std::iter::zip(row, *vector).for_each(|(value, given)| *value = given * scale);
        }
        let tensor = Tensor::<2>::from_data(TensorData::new(values, [vocabulary, width]), device);
        embedding.weight = embedding.weight.clone().map(|_| tensor.require_grad());
        Ok(known.len())
    }

    /// The decoder before the memory `[photos, cells, width]`, for `times` sentences a photo, all of a photo together.
    pub fn see(&self, memory: Tensor<3>, times: usize) -> Sight<'_> {
        match self {
            // What the photo decides is computed once and repeated.
            Self::Transformer(net) => Sight::Transformer(net, net.keys_values_times(memory, times)),
            Self::ShowAndTell(net) => Sight::ShowAndTell(net, Box::new(repeated_state(net.start(memory), times))),
            Self::ShowAttendTell(net) => {
                let start = repeated_state(net.start(memory.clone()), times);
                let chooser = match net.hard {
                    true => Chooser::of(memory.dims()[0], times, &memory.device()),
                    false => Chooser::Heaviest,
                };
                Sight::ShowAttendTell(net, Box::new((net.see(memory), chooser, start)))
            }
            Self::BahdanauGru(net) => Sight::BahdanauGru(net, Box::new(net.see(memory))),
        }
    }

    /// The encoder's part of the export: what is computed once a photo.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit_memory(&self, g: &mut GraphWriter, memory: &str, cells: usize) -> Result<()> {
        match self {
            Self::Transformer(net) => net.emit_memory(g, memory, cells),
            Self::ShowAndTell(net) => net.emit_start(g, memory),
            Self::ShowAttendTell(net) => net.emit_start(g, memory, cells),
            Self::BahdanauGru(net) => net.emit_start(g, memory, cells),
        }
    }

    /// The decoder's graph; the words `never` get a logit that no softmax lets through.
    ///
    /// # Errors
    /// As [`GraphWriter::weight`].
    pub fn emit(&self, g: &mut GraphWriter, cells: usize, never: &[u32]) -> Result<()> {
        match self {
            Self::Transformer(net) => net.emit(g, cells, never),
            Self::ShowAndTell(net) => net.emit(g, never),
            Self::ShowAttendTell(net) => net.emit(g, cells, never),
            Self::BahdanauGru(net) => net.emit(g, cells, never),
        }
    }
}

impl Sight<'_> {
    /// Teacher forcing: `tokens` `[rows, length]` from the start token on.
    pub fn forward(&self, tokens: Tensor<2, Int>) -> Told {
        self.extend(tokens, &mut State::Start)
    }

    /// What the export's encoder gives besides the memory, by its outputs' names.
    ///
    /// # Errors
    /// Numbers that are not float32.
    pub fn told_once(&self) -> Result<Tensors> {
        let mut told = Tensors::new();
        match self {
            Self::Transformer(_, layers) => {
                for (index, layer) in layers.iter().enumerate() {
                    for (kind, value) in [("key", &layer.keys), ("value", &layer.values)] {
                        told.insert(memory_name(index, kind), array(value.clone())?);
                    }
                }
            }
            Self::ShowAndTell(_, start) => told.extend(start_states(start)?),
            Self::ShowAttendTell(_, seen) => {
                let (cells, _, start) = &**seen;
                told.extend(start_states(start)?);
                told.insert("attention_keys".into(), array(cells.keys.clone())?);
            }
            Self::BahdanauGru(_, seen) => {
                told.insert("attention_cells".into(), array(seen.cells.clone())?);
                told.insert("attention_keys".into(), array(seen.keys.clone())?);
            }
        }
        Ok(told)
    }

    /// [`Self::forward`] for tokens after those of `state`, which goes on; a state of another decoder is the start.
    pub fn extend(&self, tokens: Tensor<2, Int>, state: &mut State) -> Told {
        let before = std::mem::take(state);
        let (told, after) = match self {
            Self::Transformer(net, seen) => {
                let mut past = match before {
                    State::Past(past) => past,
                    _ => Vec::new(),
                };
                let (logits, attention) = net.extend(tokens, seen, &mut past);
                (Told::of(logits, Some(attention)), State::Past(past))
            }
            Self::ShowAndTell(net, start) => {
                let mut lstm = lstm_state(before, start);
                let logits = net.extend(tokens, &mut lstm);
                (Told::of(logits, None), State::Lstm(Box::new(lstm)))
            }
            Self::ShowAttendTell(net, seen) => {
                let (cells, chooser, start) = &**seen;
                let mut lstm = lstm_state(before, start);
                let (logits, attention, places) = net.extend(tokens, cells, chooser, &mut lstm);
                let told = Told {
                    places,
                    ..Told::of(logits, Some(attention))
                };
                (told, State::Lstm(Box::new(lstm)))
            }
            Self::BahdanauGru(net, cells) => {
                let mut hidden = match before {
                    State::Gru(hidden) => *hidden,
                    _ => net.start(tokens.dims()[0], &cells.cells.device()),
                };
                let (logits, attention) = net.extend(tokens, cells, &mut hidden);
                (Told::of(logits, Some(attention)), State::Gru(Box::new(hidden)))
            }
        };
        *state = after;
        told
    }
}

impl Told {
    /// What was told of words one after the other, as if of all at once.
    ///
    /// # Errors
    /// There is nothing to join.
    pub fn joined(parts: Vec<Self>) -> Result<Self> {
        ensure!(!parts.is_empty(), "a sentence without a word");
        let (mut logits, mut attention) = (Vec::new(), Vec::new());
        let (mut chosen, mut entropies) = (Vec::new(), Vec::new());
        for part in parts {
            logits.push(part.logits);
            attention.extend(part.attention);
            if let Some(places) = part.places {
                chosen.push(places.log_probability);
                entropies.push(places.entropy);
            }
        }
        Ok(Self {
            logits: Tensor::cat(logits, 1),
            attention: (!attention.is_empty()).then(|| Tensor::cat(attention, 1)),
            places: (!chosen.is_empty()).then(|| Places {
                log_probability: Tensor::cat(chosen, 1),
                entropy: Tensor::cat(entropies, 1),
            }),
        })
    }

    fn of(logits: Tensor<3>, attention: Option<Tensor<3>>) -> Self {
        Self {
            logits,
            attention,
            places: None,
        }
    }
}

fn start_states(start: &LstmState) -> Result<Tensors> {
    let states = [("hidden", &start.hidden), ("cell", &start.cell)];
    let named = states.map(|(name, value)| Ok((format!("initial_state.{name}"), array(value.clone())?)));
    named.into_iter().collect()
}

fn lstm_state(before: State, start: &LstmState) -> LstmState {
    match before {
        State::Lstm(state) => *state,
        _ => start.clone(),
    }
}

fn repeated_state(state: LstmState, times: usize) -> LstmState {
    let repeat = |x: Tensor<2>| {
        let [rows, width] = x.dims();
        x.unsqueeze_dim::<3>(1)
            .repeat_dim(1, times)
            .reshape([rows * times, width])
    };
    LstmState {
        hidden: repeat(state.hidden),
        cell: repeat(state.cell),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::data::words::{self, TokenizerKind, WordsConfig};

    /// The special tokens' vectors, which nothing had trained, were once copied too.
    #[test]
    fn words_start_from_their_vectors_and_what_is_no_word_from_its_own() {
        let words = WordsConfig {
            kind: TokenizerKind::Word,
            minimum_count: 1,
            vocabulary: 10,
            longest: 5,
            bag: 0,
            spelling: None,
            stop_words: None,
            vectors: None,
        };
        let tokenizer = words::learn(["a dog"].into_iter(), &words).unwrap();
        let device = Device::flex().autodiff();
        let config = ShowAndTellConfig {
            width: 2,
            hidden: 2,
            embedding: 2,
            dropout: 0.0,
            positions: 6,
        };
        let mut decoder = Decoder::ShowAndTell(ShowAndTell::new(&config, tokenizer.get_vocab_size(true), &device));
        let rows = |decoder: &Decoder| -> Vec<f32> {
            let Decoder::ShowAndTell(net) = decoder else {
                unreachable!()
            };
            net.embedding.weight.val().into_data().try_to_vec().unwrap()
        };
        let before = rows(&decoder);
        let names = ["<pad>", "<start>", "<end>", "<unk>", "dog"]
            .map(str::to_owned)
            .to_vec();
        let vectors = Vectors::new(names, 2, vec![9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 9.0, 3.0, 4.0]);
        assert_eq!(decoder.start_from(&vectors, &tokenizer, &device).unwrap(), 1);
        let after = rows(&decoder);
        assert_eq!(before[..8], after[..8]);
        let dog = tokenizer.token_to_id("dog").unwrap() as usize;
        let [x, y] = [after[2 * dog], after[2 * dog + 1]];
        assert!((x / y - 0.75).abs() < 1e-5, "{x} {y}");
        let a = tokenizer.token_to_id("a").unwrap() as usize;
        assert_eq!(before[2 * a..][..2], after[2 * a..][..2]);
    }
}
