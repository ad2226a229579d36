//! Scheduled sampling (Bengio et al. 2015, "Scheduled sampling for sequence prediction with recurrent neural networks"):
//! while it learns, a decoder is told more and more of its own words instead of people's, as it will be when it writes.
//!
//! A recurrent decoder goes word by word, and each word that is not given is drawn by the probabilities of the step
//! before. A transformer reads all words at once, so it reads the sentence twice (Mihaylova and Martins 2019, "Scheduled
//! sampling for transformers"): first people's words alone, then with some of them replaced by what it would have written
//! there. What is drawn is taken as given: no gradient goes through the choice.

use anyhow::{Result, anyhow};
use burn::module::Module;
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::data::words::{END, PAD, START};
use crate::nets::captioner::CaptionerNet;
use crate::nets::decoder::{Decoder, Sight, State, Told};
use crate::write::{Choice, choose};

/// How the share ε of people's words falls with the steps of a stage (section 2.4).
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(tag = "decay", rename_all = "snake_case", deny_unknown_fields)]
pub enum Sampling {
    /// `max(least, 1 − slope · step)`.
    Linear {
        /// What a step takes off.
        slope: f64,
        /// Where it stops.
        least: f64,
    },
    /// `k / (k + exp(step / k))`: it is a half after `k · ln k` steps.
    InverseSigmoid {
        /// At least 1; the larger, the later.
        k: f64,
    },
}

impl Sampling {
    /// ε of a step, counted from 0.
    pub fn truth(&self, step: usize) -> f64 {
        let step = step as f64;
        match *self {
            Self::Linear { slope, least } => (1.0 - slope * step).max(least),
            Self::InverseSigmoid { k } => k / (k + (step / k).exp()),
        }
    }

    /// Whether it is a share at every step.
    pub fn is_sound(&self) -> bool {
        match *self {
            Self::Linear { slope, least } => slope >= 0.0 && (0.0..=1.0).contains(&least),
            Self::InverseSigmoid { k } => k >= 1.0,
        }
    }
}

/// What a decoder says to sentences `[rows, length]` of which each word is people's with the probability `truth`, else one
/// that it would have written itself.
///
/// `memory` `[photos, cells, width]`; all sentences of a photo stand together.
///
/// # Errors
/// Numbers that are none.
pub fn forward(
    net: &CaptionerNet,
    memory: &Tensor<3>,
    given: Tensor<2, Int>,
    sentences: usize,
    (truth, rng): (f64, &mut StdRng),
) -> Result<Told> {
    let device = memory.device();
    let [rows, length] = given.dims();
    let words: Vec<i64> = given
        .into_data()
        .convert::<i64>()
        .try_to_vec()
        .map_err(|error| anyhow!("the captions' tokens: {error:?}"))?;
    let sight = net.decoder.see(memory.clone(), sentences);
    if let Decoder::Transformer(_) = &net.decoder {
        // The first reading teaches nothing, so it needs no graph and drops nothing out.
        let (decoder, seen) = (net.decoder.valid(), memory.clone().inner());
        let plain = seen.device();
        let first = decoder.see(seen, sentences);
        let told = first.forward(tokens(words.clone(), [rows, length], &plain));
        let said = probabilities(told.logits)?;
        let vocabulary = said.len() / (rows * length).max(1);
        let mut heard = words.clone();
        for (at, word) in heard.iter_mut().enumerate().filter(|(at, _)| at % length > 0) {
            // What it would have written here is what it says after the word before.
            let row = &said[(at - 1) * vocabulary..at * vocabulary];
            *word = hear(*word, row, truth, rng);
        }
        return Ok(sight.forward(tokens(heard, [rows, length], &device)));
    }
    word_by_word(&sight, &words, [rows, length], (truth, rng), &device)
}

fn word_by_word(
    sight: &Sight<'_>,
    words: &[i64],
    [rows, length]: [usize; 2],
    (truth, rng): (f64, &mut StdRng),
    device: &Device,
) -> Result<Told> {
    let mut state = State::Start;
    let mut told: Vec<Told> = Vec::with_capacity(length);
    for at in 0..length {
        let mut column: Vec<i64> = words.iter().skip(at).step_by(length).copied().collect();
        if let Some(before) = told.last().filter(|_| truth < 1.0) {
            let said = probabilities(before.logits.clone())?;
            let vocabulary = said.len() / rows.max(1);
            for (word, row) in std::iter::zip(&mut column, said.chunks_exact(vocabulary)) {
                *word = hear(*word, row, truth, rng);
            }
        }
        told.push(sight.extend(tokens(column, [rows, 1], device), &mut state));
    }
    Told::joined(told)
}

/// People's word with the probability `truth`, else one drawn by `said`; what is no word stays.
fn hear(word: i64, said: &[f32], truth: f64, rng: &mut StdRng) -> i64 {
    let is_word = ![PAD, START, END].contains(&(word as u32));
    if is_word && !rng.random_bool(truth) {
        i64::from(choose(said, &mut Choice::Drawn(rng)))
    } else {
        word
    }
}

fn tokens(ids: Vec<i64>, shape: [usize; 2], device: &Device) -> Tensor<2, Int> {
    Tensor::from_data(TensorData::new(ids, shape), device)
}

fn probabilities(logits: Tensor<3>) -> Result<Vec<f32>> {
    let said = softmax(logits.detach(), 2).into_data().try_to_vec();
    said.map_err(|error| anyhow!("the decoder's probabilities: {error:?}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::Distribution;
    use rand::SeedableRng;

    use super::*;
    use crate::config::RunConfig;
    use crate::nets::bahdanau_gru::BahdanauGruConfig;
    use crate::nets::captioner::CaptionerConfig;
    use crate::nets::decoder::DecoderConfig;
    use crate::nets::positions::Positions;
    use crate::nets::transformer_decoder::TransformerDecoderConfig;

    #[test]
    fn the_share_of_peoples_words_falls_as_asked() {
        let linear = Sampling::Linear {
            slope: 0.01,
            least: 0.75,
        };
        assert_eq!([0, 10, 1000].map(|step| linear.truth(step)), [1.0, 0.9, 0.75]);
        let sigmoid = Sampling::InverseSigmoid { k: 100.0 };
        assert!((sigmoid.truth(0) - 100.0 / 101.0).abs() < 1e-9);
        let half = (100.0 * 100.0f64.ln()).round() as usize;
        assert!((sigmoid.truth(half) - 0.5).abs() < 0.01);
        assert!(!Sampling::InverseSigmoid { k: 0.5 }.is_sound() && sigmoid.is_sound() && linear.is_sound());
    }

    fn nets() -> [CaptionerNet; 2] {
        let decoders = [
            DecoderConfig::Transformer(TransformerDecoderConfig {
                width: 16,
                layers: 1,
                heads: 2,
                inner: 16,
                dropout: 0.0,
                positions: 8,
                position: Positions::Learned,
            }),
            DecoderConfig::BahdanauGru(BahdanauGruConfig {
                width: 16,
                features: 12,
                embedding: 8,
                attention: 8,
                hidden: 12,
                dropout: 0.0,
                positions: 8,
            }),
        ];
        let device = Device::flex().autodiff();
        decoders.map(|decoder| {
            let config: RunConfig = toml::from_str(include_str!("../configs/everyday.toml")).unwrap();
            let config = CaptionerConfig { decoder, ..config.net };
            CaptionerNet::new(&config, 12, 2, None, &device)
        })
    }

    #[test]
    fn with_peoples_words_alone_it_is_teacher_forcing_and_with_its_own_it_is_not() {
        let device = Device::flex().autodiff();
        let memory = Tensor::<3>::random([2, 4, 16], Distribution::Normal(0.0, 1.0), &device);
        let ids = vec![1, 5, 6, 7, 2, 0, 1, 8, 9, 10, 11, 2, 1, 5, 5, 5, 2, 0, 1, 6, 6, 2, 0, 0];
        for net in nets() {
            let given = || tokens(ids.clone(), [4, 6], &device);
            let forced = net.decoder.see(memory.clone(), 2).forward(given()).logits;
            let apart = |truth: f64| {
                let mut rng = StdRng::seed_from_u64(1);
                let told = forward(&net, &memory, given(), 2, (truth, &mut rng)).unwrap();
                assert_eq!(told.attention.unwrap().dims(), [4, 6, 4]);
                let apart = (told.logits - forced.clone()).abs();
                // The start token is never replaced.
                let first = apart.clone().narrow(1, 0, 1).max().into_scalar::<f32>();
                (first, apart.max().into_scalar::<f32>())
            };
            let (_, all) = apart(1.0);
            assert!(all < 1e-5, "{all}");
            let (first, all) = apart(0.0);
            assert!(first < 1e-5 && all > 1e-3, "{first} {all}");
        }
    }

    #[test]
    fn only_words_are_replaced_and_only_by_words() {
        let mut rng = StdRng::seed_from_u64(2);
        let said = [0.2, 0.2, 0.0, 0.2, 0.2, 0.2];
        for special in [PAD, START, END] {
            assert_eq!(hear(i64::from(special), &said, 0.0, &mut rng), i64::from(special));
        }
        assert!((0..50).all(|_| (4..6).contains(&hear(4, &said, 0.0, &mut rng))));
        let kept = (0..1000).filter(|_| hear(9, &said, 0.7, &mut rng) == 9).count();
        assert!((640..760).contains(&kept), "{kept}");
    }
}
