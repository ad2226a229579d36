//! What the net is taught: the sentence, the words the photo supports, and the teacher's features.

use anyhow::Result;
use burn::tensor::activation::{log_sigmoid, log_softmax};
use burn::tensor::{Device, Int, Tensor, TensorData};
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde::{Deserialize, Serialize};

use crate::data::batches::Batch;
use crate::data::words::{PAD, UNKNOWN};
use crate::judge::Judge;
use crate::nets::captioner::CaptionerNet;
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

impl Loss {
    /// Runs the net forward on a batch; with a critic it also draws sentences and weighs them.
    ///
    /// # Errors
    /// As [`self_critical::loss`].
    pub fn of(
        net: &CaptionerNet,
        batch: &Batch,
        config: &LossConfig,
        critic: Option<Critic<'_>>,
        device: &Device,
    ) -> Result<Self> {
        let photos = batch.photos;
        let memory = net.look(batch, device);
        let bag = bag_loss(net.word_support(memory.clone()), &batch.bag, device);
        let mut total = bag.clone() * config.bag;
        let mut caption = None;
        if batch.captions > 0 {
            let rows = photos * batch.captions;
            let length = batch.tokens.len() / rows;
            let tokens = Tensor::<2, Int>::from_data(TensorData::new(batch.tokens.clone(), [rows, length]), device);
            let (plain, smoothed) = caption_loss(net, &memory, tokens, batch.captions, config.label_smoothing);
            total = total + smoothed;
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

/// Mean cross-entropy of the words that are in the vocabulary: plain, and smoothed.
fn caption_loss(
    net: &CaptionerNet,
    memory: &Tensor<3>,
    tokens: Tensor<2, Int>,
    captions: usize,
    smoothing: f64,
) -> (Tensor<1>, Tensor<1>) {
    let (chosen, counted, logs) = log_likelihoods(net, memory, tokens, captions);
    let count = counted.clone().sum();
    let plain = ((chosen * counted.clone()).sum() / count.clone()).neg();
    let spread = (logs.mean_dim(1) * counted).sum() / count;
    let smoothed = plain.clone() * (1.0 - smoothing) - spread * smoothing;
    (plain, smoothed)
}

/// Log-likelihoods of `tokens` `[photos × sentences, length]`, all sentences of a photo together, given the words before
/// them: of the token itself `[positions, 1]`, whether the position counts (it is neither padding nor unknown)
/// `[positions, 1]`, and of every token `[positions, vocabulary]`; positions are `photos × sentences × (length - 1)`.
pub fn log_likelihoods(
    net: &CaptionerNet,
    memory: &Tensor<3>,
    tokens: Tensor<2, Int>,
    sentences: usize,
) -> (Tensor<2>, Tensor<2>, Tensor<2>) {
    let [rows, length] = tokens.dims();
    let seen = net.decoder.keys_values_times(memory.clone(), sentences);
    let before = tokens.clone().slice([0..rows, 0..length - 1]);
    let (logits, _) = net.decoder.forward(before, &seen);
    let vocabulary = logits.dims()[2];
    let targets = tokens.slice([0..rows, 1..length]).reshape([rows * (length - 1), 1]);
    let counted =
        targets.clone().not_equal_elem(PAD as i64).int() * targets.clone().not_equal_elem(UNKNOWN as i64).int();
    let logs = log_softmax(logits.reshape([rows * (length - 1), vocabulary]), 1);
    (logs.clone().gather(1, targets), counted.float(), logs)
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
