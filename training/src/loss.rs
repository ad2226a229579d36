//! What the net is taught: the sentence, the words the photo supports, and the teacher's features.

use anyhow::Result;
use burn::module::RunningState;
use burn::tensor::activation::log_sigmoid;
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::data::batches::Batch;
use crate::data::words::{PAD, UNKNOWN};
use crate::fused;
use crate::judge::Judge;
use crate::nets::captioner::CaptionerNet;
use crate::nets::decoder::{Decoder, Told};
use crate::nets::places::Places;
use crate::reinforce;
use crate::scheduled_sampling;
use crate::self_critical::{self, SelfCriticalConfig};

/// The parts of the loss.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LossConfig {
    /// Share of each target given to all words alike (Szegedy et al. 2015, section 7).
    pub label_smoothing: f64,
    /// Weight of the bag of words (mean binary cross-entropy over the bag).
    pub bag: f64,
    /// Weight of the teacher (mean squared error plus one minus the cosine, a cell).
    pub teacher: f64,
    /// λ of the doubly stochastic regularisation, which asks soft attention to look everywhere in the course of a
    /// sentence (Xu et al. 2015, section 4.2.1).
    #[serde(default)]
    pub doubly_stochastic: f64,
    /// Of hard attention alone.
    #[serde(default)]
    pub hard: Option<HardConfig>,
    /// Whether the encoder stays as it is; only what comes after it learns.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub encoder_stays: bool,
}

/// How hard attention learns where to look (Xu et al. 2015, section 4.1, the end).
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct HardConfig {
    /// λ_r: weight of the reward, which is how much likelier than usual the words were that came of a place.
    pub reward: f64,
    /// λ_e: weight of the entropy of where it may look.
    pub entropy: f64,
}

/// The loss to go down by, and its parts as plain numbers.
pub struct Loss {
    /// The weighted sum.
    pub total: Tensor<1>,
    /// Mean negative log-likelihood a token, in nats, without smoothing; none for a batch without captions.
    pub caption: Option<Tensor<1>>,
    /// Mean binary cross-entropy of the bag.
    pub bag: Tensor<1>,
    /// Mean cosine to the teacher; none without one.
    pub cosine: Option<Tensor<1>>,
    /// Mean CIDEr-D of the sentences drawn; none where none are.
    pub worth: Option<f64>,
}

/// Who tells what drawn sentences are worth.
#[derive(Clone, Copy)]
pub struct Critic<'a> {
    /// Of the batch's split.
    pub judge: &'a Judge,
    /// Sentences drawn.
    pub config: &'a SelfCriticalConfig,
    /// Of what is drawn.
    pub seed: u64,
}

/// How much of people's sentences the decoder is told while it learns from them.
#[derive(Clone, Copy)]
pub struct Telling {
    /// The share of people's words; the others are its own (see [`scheduled_sampling`]).
    pub truth: f64,
    /// Of what is drawn.
    pub seed: u64,
}

impl Loss {
    /// Runs the net forward on a batch; with a critic it also draws sentences and weighs them. Without a `telling` all
    /// words that the decoder is told are people's.
    ///
    /// # Errors
    /// As [`self_critical::loss`] and [`scheduled_sampling::forward`].
    pub fn of(
        net: &CaptionerNet,
        batch: &Batch,
        config: &LossConfig,
        critic: Option<Critic<'_>>,
        telling: Option<Telling>,
        device: &Device,
    ) -> Result<Self> {
        let photos = batch.photos;
        let memory = if config.encoder_stays && device.is_autodiff() {
            net.look_only(batch)?
        } else {
            net.look(batch, device)?
        };
        let bag = bag_loss(net.word_support(memory.clone()), &batch.bag, device);
        let mut total = bag.clone() * config.bag;
        let mut caption = None;
        if batch.captions > 0 {
            let rows = photos * batch.captions;
            let length = batch.tokens.len() / rows;
            let tokens =
                |tokens: &[i64]| Tensor::<2, Int>::from_data(TensorData::new(tokens.to_vec(), [rows, length]), device);
            let before = all_but_the_last(&tokens(&batch.tokens));
            let told = match telling {
                None => net.decoder.see(memory.clone(), batch.captions).forward(before),
                Some(Telling { truth, seed }) => {
                    let mut rng = StdRng::seed_from_u64(seed);
                    scheduled_sampling::forward(net, &memory, before, batch.captions, (truth, &mut rng))?
                }
            };
            let likelihoods = Likelihoods::from(told, tokens(&batch.wanted));
            let (plain, smoothed) = likelihoods.cross_entropy(config.label_smoothing);
            total = total + smoothed;
            if config.doubly_stochastic > 0.0
                && let Some(spread) = likelihoods.looked_unevenly()
            {
                total = total + spread * config.doubly_stochastic;
            }
            if let (Some(hard), Decoder::ShowAttendTell(decoder)) = (&config.hard, &net.decoder)
                && let Some(places) = likelihoods.reinforce(hard, &decoder.baseline)?
            {
                total = total + places;
            }
            caption = Some(plain);
        }
        let mut worth = None;
        if let Some(Critic { judge, config, seed }) = critic {
            let mut rng = StdRng::seed_from_u64(seed);
            let numbers = &batch.numbers;
            let (critical, mean) = self_critical::loss(net, &memory, numbers, config, judge, &mut rng, device)?;
            total = total + critical;
            worth = Some(mean);
        }
        let mut cosine = None;
        if let (Some(head), false) = (&net.teacher, batch.teacher.is_empty()) {
            let [photos, cells, width] = memory.dims();
            let components = batch.teacher.len() / (photos * cells);
            let target = TensorData::new(batch.teacher.clone(), [photos * cells, components]);
            let target = Tensor::<2>::from_data(target, device);
            let guess = head.forward(memory.reshape([photos * cells, width]));
            let (distance, similarity) = feature_loss(guess, target);
            total = total + distance * config.teacher;
            cosine = Some(similarity);
        }
        Ok(Self {
            total,
            caption,
            bag,
            cosine,
            worth,
        })
    }
}

/// How likely sentences are, and where the net looked for their words.
///
/// Rows are `photos × sentences`, positions `rows × length`; the length is one less than that of the tokens, because the
/// first one is given.
pub struct Likelihoods {
    /// Log-likelihood of each token given those before it, `[positions, 1]`.
    pub chosen: Tensor<2>,
    /// 1 where a position counts (it is neither padding nor unknown), else 0; `[positions, 1]`.
    pub counted: Tensor<2>,
    /// The mean log-likelihood of all tokens there, `[positions, 1]`.
    pub mean: Tensor<2>,
    /// `[rows, length, cells]`; none where the net does not look again.
    attention: Option<Tensor<3>>,
    places: Option<Places>,
    rows: usize,
}

impl Likelihoods {
    /// Of `tokens` `[photos × sentences, length + 1]` for `memory` `[photos, cells, width]`, all sentences of a photo
    /// together.
    pub fn of(net: &CaptionerNet, memory: &Tensor<3>, tokens: Tensor<2, Int>, sentences: usize) -> Self {
        let told = net
            .decoder
            .see(memory.clone(), sentences)
            .forward(all_but_the_last(&tokens));
        Self::from(told, tokens)
    }

    /// Of the `tokens` that were to be foreseen, all but the first, by what was told.
    pub(crate) fn from(told: Told, tokens: Tensor<2, Int>) -> Self {
        let [rows, length] = tokens.dims();
        let vocabulary = told.logits.dims()[2];
        let targets = tokens.slice([0..rows, 1..length]).reshape([rows * (length - 1), 1]);
        let counted =
            targets.clone().not_equal_elem(PAD as i64).int() * targets.clone().not_equal_elem(UNKNOWN as i64).int();
        let logits = told.logits.reshape([rows * (length - 1), vocabulary]);
        let [chosen, mean] = fused::likelihoods(logits, targets.float());
        Self {
            chosen,
            counted: counted.float(),
            mean,
            attention: told.attention,
            places: told.places,
            rows,
        }
    }

    /// Mean cross-entropy a position that counts: plain, and smoothed.
    pub fn cross_entropy(&self, smoothing: f64) -> (Tensor<1>, Tensor<1>) {
        let count = self.counted.clone().sum();
        let plain = ((self.chosen.clone() * self.counted.clone()).sum() / count.clone()).neg();
        let spread = (self.mean.clone() * self.counted.clone()).sum() / count;
        let smoothed = plain.clone() * (1.0 - smoothing) - spread * smoothing;
        (plain, smoothed)
    }

    /// `Σᵢ (1 − Σₜ αₜᵢ)²`, a word that counts; words that do not count do not look.
    ///
    /// The paper adds it to the log-likelihood of a whole sentence, and [`Self::cross_entropy`] is a mean over the words of
    /// all sentences: both are divided by the same number, or λ would weigh as many times more as a sentence has words.
    fn looked_unevenly(&self) -> Option<Tensor<1>> {
        let attention = self.attention.clone()?;
        let [rows, length, _] = attention.dims();
        let looks = attention * self.counted.clone().reshape([rows, length, 1]);
        let missing = looks.sum_dim(1).neg() + 1.0;
        Some(missing.powf_scalar(2.0).sum() / self.counted.clone().sum())
    }

    /// What teaches hard attention where to look; none where nothing was drawn.
    pub(crate) fn reinforce(
        &self,
        config: &HardConfig,
        baseline: &RunningState<Tensor<1>>,
    ) -> Result<Option<Tensor<1>>> {
        let rows = |x: &Tensor<2>| x.clone().reshape([self.rows as i64, -1]);
        let told = [rows(&self.chosen), rows(&self.counted)];
        let places = self.places.as_ref();
        places
            .map(|places| reinforce::loss(config, baseline, places, told))
            .transpose()
    }
}

fn all_but_the_last(tokens: &Tensor<2, Int>) -> Tensor<2, Int> {
    let [rows, length] = tokens.dims();
    tokens.clone().slice([0..rows, 0..length - 1])
}

fn bag_loss(logits: Tensor<2>, targets: &[f32], device: &Device) -> Tensor<1> {
    let targets = Tensor::<2>::from_data(TensorData::new(targets.to_vec(), logits.dims()), device);
    let said = targets.clone() * log_sigmoid(logits.clone());
    let unsaid = (targets.neg() + 1.0) * log_sigmoid(logits.neg());
    (said + unsaid).mean().neg()
}

/// Squared error plus one minus the cosine, and the mean cosine itself.
fn feature_loss(guess: Tensor<2>, target: Tensor<2>) -> (Tensor<1>, Tensor<1>) {
    let error = (guess.clone() - target.clone()).powf_scalar(2.0).mean();
    let length = |x: Tensor<2>| (x.powf_scalar(2.0).sum_dim(1) + 1e-6).sqrt();
    let cosine = ((guess.clone() * target.clone()).sum_dim(1) / (length(guess) * length(target))).mean();
    (error + cosine.clone().neg() + 1.0, cosine)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn likelihoods(counted: [f32; 6], attention: Option<Tensor<3>>) -> Likelihoods {
        let device = Device::flex();
        let column = |values: [f32; 6]| Tensor::<1>::from_data(values, &device).reshape([6, 1]);
        Likelihoods {
            chosen: column([-1.0; 6]),
            counted: column(counted),
            mean: column([-1.0; 6]),
            attention,
            places: None,
            rows: 2,
        }
    }

    /// It was once a mean over sentences beside a cross-entropy over words, and so weighed some twelve times what the
    /// paper's λ says.
    #[test]
    fn looking_unevenly_costs_each_word_what_the_paper_adds_to_a_whole_sentence() {
        let looks = [
            [[0.5, 0.5], [0.75, 0.25], [0.25, 0.75]],
            // The last one is padding.
            [[1.0, 0.0], [0.5, 0.5], [0.0, 1.0f32]],
        ];
        let attention = Tensor::<3>::from_data(looks, &Device::flex());
        let likelihoods = likelihoods([1.0, 1.0, 1.0, 1.0, 1.0, 0.0], Some(attention));
        // The first sentence's cells get 1.5 and 1.5: 0.25 + 0.25; the second's 1.5 and 0.5: the same.
        // Of the paper's sum, 3 + 2 nats and 1 of unevenness, each of the five words bears a fifth.
        let (plain, _) = likelihoods.cross_entropy(0.0);
        let uneven = likelihoods.looked_unevenly().unwrap();
        assert!((plain.into_scalar::<f32>() - 1.0).abs() < 1e-6);
        assert!((uneven.into_scalar::<f32>() - 0.2).abs() < 1e-6);
    }
}
