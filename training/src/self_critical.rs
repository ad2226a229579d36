//! Self-critical sequence training (Rennie et al. 2017, "Self-critical sequence training for image captioning"): drawn
//! sentences that are worth more than their fellows become likelier, the others less.
//!
//! The baseline of each sentence is the mean worth of the others drawn for the same photo (Luo 2020, "A better variant
//! of self-critical sequence training"), so that no further sentence has to be written for it.

use anyhow::Result;
use burn::module::Module;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::data::words::END;
use crate::judge::Judge;
use crate::loss::Likelihoods;
use crate::nets::captioner::CaptionerNet;
use crate::write::{Choice, write};

/// How many sentences are drawn.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct SelfCriticalConfig {
    /// Sentences drawn a photo; at least 2.
    pub samples: usize,
}

/// The loss to go down by for the photos with the numbers `photos` in the judge's split, and the mean worth (CIDEr-D) of
/// the sentences drawn.
///
/// # Errors
/// As [`write()`] and [`Judge::score`].
pub fn loss(
    net: &CaptionerNet,
    memory: &Tensor<3>,
    photos: &[usize],
    config: &SelfCriticalConfig,
    judge: &Judge,
    rng: &mut StdRng,
    device: &Device,
) -> Result<(Tensor<1>, f64)> {
    let samples = config.samples;
    let plain = memory.clone().inner();
    // The decoder alone: on its way to the plain device the encoder would count what this replica saw, but not yet what the
    // others did.
    let drawn = write(
        &net.decoder.valid(),
        plain.clone(),
        samples,
        judge.longest(),
        &mut Choice::Drawn(rng),
        &plain.device(),
    )?;
    let worth = std::iter::zip(drawn.chunks(samples), photos)
        .flat_map(|(sentences, &photo)| sentences.iter().map(move |tokens| (tokens, photo)))
        .map(|(tokens, photo)| judge.score(photo, tokens))
        .collect::<Result<Vec<f64>>>()?;
    let advantages: Vec<f32> = worth.chunks(samples).flat_map(advantages).collect();
    let length = judge.longest() + 2;
    let tokens: Vec<i64> = drawn.iter().flatten().map(|&token| i64::from(token)).collect();
    let tokens = Tensor::<2, Int>::from_data(TensorData::new(tokens, [drawn.len(), length]), device);
    let Likelihoods {
        chosen: logs, counted, ..
    } = Likelihoods::of(net, memory, tokens, samples);
    // A sentence that was cut off has not said that it ends there.
    let whole = drawn.iter().map(|tokens| f32::from(u8::from(tokens.contains(&END))));
    let pull: Vec<f32> = std::iter::zip(advantages, whole)
        .map(|(pull, whole)| pull * whole)
        .collect();
    let pull = Tensor::<2>::from_data(TensorData::new(pull, [drawn.len(), 1]), device);
    let pull = pull.repeat_dim(1, length - 1).reshape([drawn.len() * (length - 1), 1]);
    let total = (logs * counted.clone() * pull).sum() / counted.sum();
    Ok((total.neg(), worth.iter().sum::<f64>() / worth.len().max(1) as f64))
}

/// Each sentence's worth less the mean of the others'.
fn advantages(worth: &[f64]) -> Vec<f32> {
    let sum: f64 = worth.iter().sum();
    let others = (worth.len() as f64 - 1.0).max(1.0);
    worth
        .iter()
        .map(|worth| (worth - (sum - worth) / others) as f32)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sentence_is_compared_with_the_others_of_its_photo() {
        assert_eq!(advantages(&[3.0, 1.0, 2.0]), [1.5, -1.5, 0.0]);
        assert_eq!(advantages(&[0.7, 0.7]), [0.0, 0.0]);
    }
}
