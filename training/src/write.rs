//! Sentences from a net that is being taught: the likeliest word each time, or one drawn by its probability.

use anyhow::{Result, anyhow};
use burn::tensor::activation::softmax;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::data::words::{END, PAD, START, UNKNOWN};
use crate::nets::decoder::{Decoder, State};

/// How the next word is chosen.
pub enum Choice<'a> {
    /// The likeliest one.
    Greedy,
    /// Drawn by its probability.
    Drawn(&'a mut StdRng),
}

/// Writes `times` sentences for each photo of `memory` `[photos, cells, width]` (all of a photo stand together): tokens
/// from the start token on, with the end token where it was written, padded with [`PAD`] to `longest + 2`.
///
/// `decoder` and `memory` are of the plain device: nothing is learnt here.
///
/// # Errors
/// Numbers that are none.
pub fn write(
    decoder: &Decoder,
    memory: Tensor<3>,
    times: usize,
    longest: usize,
    choice: &mut Choice<'_>,
    device: &Device,
) -> Result<Vec<Vec<u32>>> {
    let rows = memory.dims()[0] * times;
    let sight = decoder.see(memory, times);
    let mut state = State::Start;
    let mut sentences = vec![vec![START]; rows];
    while sentences[0].len() < longest + 2 && sentences.iter().any(|tokens| is_open(tokens)) {
        let last: Vec<i64> = sentences
            .iter()
            .map(|tokens| i64::from(tokens[tokens.len() - 1]))
            .collect();
        let last = Tensor::<2, Int>::from_data(TensorData::new(last, [rows, 1]), device);
        let logits = sight.extend(last, &mut state).logits;
        let probabilities: Vec<f32> = softmax(logits, 2)
            .into_data()
            .try_to_vec()
            .map_err(|error| anyhow!("the decoder's probabilities: {error:?}"))?;
        let vocabulary = probabilities.len() / rows;
        for (tokens, row) in std::iter::zip(&mut sentences, probabilities.chunks_exact(vocabulary)) {
            let next = if is_open(tokens) { choose(row, choice) } else { PAD };
            tokens.push(next);
        }
    }
    for tokens in &mut sentences {
        tokens.resize(longest + 2, PAD);
    }
    Ok(sentences)
}

fn is_open(tokens: &[u32]) -> bool {
    !matches!(tokens.last(), Some(&(END | PAD)))
}

/// A token that may be written, by its probability.
pub(crate) fn choose(probabilities: &[f32], choice: &mut Choice<'_>) -> u32 {
    let may = |token: u32| ![PAD, START, UNKNOWN].contains(&token);
    let words = || std::iter::zip(0u32.., probabilities).filter(|(token, _)| may(*token));
    match choice {
        Choice::Greedy => words()
            .max_by(|a, b| a.1.total_cmp(b.1))
            .map_or(END, |(token, _)| token),
        Choice::Drawn(rng) => {
            let mut left = rng.random_range(0.0..1.0) * words().map(|(_, p)| p).sum::<f32>();
            let drawn = words().find(|(_, p)| {
                left -= **p;
                left < 0.0
            });
            drawn.map_or(END, |(token, _)| token)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::SeedableRng;

    #[test]
    fn words_are_drawn_as_often_as_they_are_likely_and_special_ones_never() {
        let mut probabilities = [0.0; 6];
        probabilities[UNKNOWN as usize] = 0.5;
        (probabilities[4], probabilities[5]) = (0.1, 0.4);
        let mut rng = StdRng::seed_from_u64(5);
        let mut drawn = [0; 6];
        for _ in 0..1000 {
            drawn[choose(&probabilities, &mut Choice::Drawn(&mut rng)) as usize] += 1;
        }
        assert_eq!(drawn[4] + drawn[5], 1000);
        assert!((150..250).contains(&drawn[4]), "{drawn:?}");
        assert_eq!(choose(&probabilities, &mut Choice::Greedy), 5);
    }
}
