//! The training loop, from top to bottom: batches in, checkpoints out, resumable after every epoch.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsAccumulator};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::average::Average;
use crate::checkpoint::{BestBy, Checkpoints, Keeping};
use crate::clip::clip_global_norm;
use crate::data::batches::{Batch, Source, epoch, in_order};
use crate::judge::Judge;
use crate::loss::{Critic, Loss, LossConfig, Telling};
use crate::nets::captioner::CaptionerNet;
use crate::random;
use crate::replicas::Replicas;
use crate::scheduled_sampling::Sampling;
use crate::self_critical::SelfCriticalConfig;
use crate::watch::Watch;
use crate::write::{Choice, write};

/// How a net learns, in all stages.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LearningConfig {
    /// Photos a step.
    pub batch: usize,
    /// Threads that each take an equal share of a batch; within one step a second core helps little.
    pub replicas: usize,
    /// Batches whose gradients make one step together, for batches that memory cannot hold at once.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub accumulate: usize,
    /// Of AdamW (Loshchilov and Hutter 2019).
    pub weight_decay: f32,
    /// The longest gradient over all weights.
    pub clip: f32,
    /// What each step leaves of the mean of the weights, which is what is measured and exported; none: the weights
    /// themselves are. See [`Average`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub average: Option<f64>,
    /// Stop where no epoch has been better than the best one, as `best_by` has it, for so many epochs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub patience: Option<usize>,
    /// How many of the newest epochs are kept; the best one is kept besides.
    #[serde(default = "one", skip_serializing_if = "is_one")]
    pub keep: usize,
    /// Which epoch is the best one, and is exported.
    #[serde(default, skip_serializing_if = "is_default")]
    pub best_by: BestBy,
}

fn one() -> usize {
    1
}

// serde passes what it may leave out by reference.
#[allow(clippy::trivially_copy_pass_by_ref)]
fn is_one(number: &usize) -> bool {
    *number == 1
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// What a net is taught for some epochs, how fast and how long.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct StageConfig {
    /// Passes over the photos; with more or fewer after a resume the learning rate follows.
    pub epochs: usize,
    /// Captions of each photo a step: the encoder runs once for all of them. With none only the encoder learns, from
    /// its teacher and the bag of words.
    pub captions: usize,
    /// The highest learning rate.
    pub rate: f64,
    /// Steps until it is reached.
    pub warmup: usize,
    /// The parts of the loss.
    pub loss: LossConfig,
    /// Share of the words to be foreseen that are drawn from what the teacher's captioner expects after people's words, in
    /// the view that is shown; the others are people's. See [`NextWords`](crate::teacher::NextWords).
    #[serde(default, skip_serializing_if = "is_default")]
    pub distillation: f64,
    /// How much of people's sentences the decoder is told; none: all of them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub scheduled_sampling: Option<Sampling>,
    /// Sentences drawn and weighed by what they are worth; none: there are none.
    #[serde(default)]
    pub self_critical: Option<SelfCriticalConfig>,
}

impl StageConfig {
    /// The rate of a step, counted from 0: linear warm-up, then half a cosine down to a hundredth.
    ///
    /// A function of the step alone, so that resuming needs no scheduler state.
    pub fn rate_at(&self, step: usize, steps: usize) -> f64 {
        let warm = (step + 1) as f64 / self.warmup.max(1) as f64;
        if warm < 1.0 {
            return self.rate * warm;
        }
        let done = (step - self.warmup.min(step)) as f64 / steps.saturating_sub(self.warmup).max(1) as f64;
        self.rate * (0.01 + 0.99 * 0.5 * (1.0 + (std::f64::consts::PI * done.min(1.0)).cos()))
    }
}

/// What one epoch came to; a row of `log.csv`.
#[derive(Clone, Debug, Default, Deserialize, Serialize, PartialEq)]
pub struct EpochRow {
    /// Counted from 1.
    pub epoch: usize,
    /// Wall-clock time of this epoch's learning.
    pub seconds: f64,
    /// Mean over the epoch's steps: nats a token; none in a stage without captions.
    pub caption: Option<f64>,
    /// Mean binary cross-entropy of the bag.
    pub bag: f64,
    /// Mean cosine to the teacher; 0 without one.
    pub cosine: f64,
    /// On the dev split's whole photos with their first captions: nats a token.
    pub dev_caption: Option<f64>,
    /// Mean binary cross-entropy of the bag there.
    pub dev_bag: f64,
    /// Mean cosine to the teacher there; 0 without one.
    pub dev_cosine: f64,
    /// Mean CIDEr-D of the sentences drawn; none where none are.
    pub worth: Option<f64>,
    /// Mean CIDEr-D of the likeliest words one after the other on the dev split; none before the decoder learns.
    pub dev_worth: Option<f64>,
}

/// All that a net learns from, and how.
pub struct Lesson {
    /// To learn from.
    pub train: Arc<Source>,
    /// To measure by.
    pub dev: Source,
    /// What sentences for the dev split are worth.
    pub judge: Judge,
    /// What drawn sentences for the photos to learn from are worth; needed where a stage draws some. It holds the words of
    /// all captions, which for half a million of them are 0.7 GB.
    pub critic: Option<Judge>,
    /// How it learns.
    pub learning: LearningConfig,
    /// What is taught, one after the other.
    pub stages: Vec<StageConfig>,
    /// Of all randomness.
    pub seed: u64,
    /// Stop after so many epochs, with the learning rate of the whole run; none: go on to the end.
    pub stop_after: Option<usize>,
    /// Of the run: for what can be looked at meanwhile.
    pub folder: PathBuf,
    /// Rows and columns that the net looks at.
    pub grid: [usize; 2],
}

impl Lesson {
    /// Teaches `net` until the configured number of epochs is done, from the newest checkpoint on.
    ///
    /// # Errors
    /// A disk or data error; the last checkpoint stays.
    pub fn learn(&self, mut net: CaptionerNet, checkpoints: &Checkpoints) -> Result<CaptionerNet> {
        let config = &self.learning;
        ensure!(
            self.critic.is_some() || self.stages.iter().all(|stage| stage.self_critical.is_none()),
            "a stage weighs drawn sentences, and nobody tells what they are worth"
        );
        let plain = Device::flex();
        let device = plain.clone().autodiff();
        let mut optimizer = AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_beta_2(0.98)
            .with_weight_decay(config.weight_decay)
            .init();
        let (mut done, mut average) = (0, None);
        if let Some(found) = checkpoints.newest(&net, &optimizer)? {
            (done, net, optimizer) = (found.epoch, found.net, found.optimizer);
            average = found.averaged;
            log::info!("resuming after epoch {done}");
        }
        let mut average = config
            .average
            .map(|decay| Average::of(average.as_ref().unwrap_or(&net), decay));
        let replicas = Replicas::new(config.replicas)?;
        let steps_an_epoch = self.train.photos.len() / (config.batch * config.accumulate);
        ensure!(
            steps_an_epoch > 0,
            "{} batches of {} are more than the {} photos",
            config.accumulate,
            config.batch,
            self.train.photos.len()
        );
        let mut watch = Watch::begin(&self.folder, checkpoints.log_path(), self.grid, done * steps_an_epoch)?;
        let keeping = Keeping {
            newest: config.keep,
            best_by: config.best_by,
        };
        let epochs: usize = self.stages.iter().map(|stage| stage.epochs).sum();
        let last = self.stop_after.unwrap_or(epochs);
        let places = self
            .stages
            .iter()
            .flat_map(|stage| (0..stage.epochs).map(move |at| (stage, at)));
        for (index, (stage, at)) in places.enumerate().take(last).skip(done) {
            let since_best = checkpoints.since_best()?;
            if config.patience.is_some_and(|patience| since_best >= patience) {
                log::info!("stopping after epoch {index}: the best one is {since_best} epochs ago");
                break;
            }
            let begun = Instant::now();
            let name = format!("epoch {}/{epochs}", index + 1);
            let progress = crate::progress::bar(&name, steps_an_epoch as u64);
            let shares = (config.batch, config.replicas, stage.captions, stage.distillation);
            let batches = epoch(Arc::clone(&self.train), (self.seed, index), shares)?;
            let mut means = Figures::default();
            let mut batches = batches.into_iter();
            for step in 0..steps_an_epoch {
                let number = index * steps_an_epoch + step;
                let in_stage = at * steps_an_epoch + step;
                let rate = stage.rate_at(in_stage, stage.epochs * steps_an_epoch);
                let (mut sum, mut now) = (GradientsAccumulator::new(), Figures::default());
                for part in 0..config.accumulate {
                    let parts = batches.next().context("the epoch's batches ended early")??;
                    let task = Task {
                        stage,
                        critic: self.critic.as_ref(),
                        truth: stage.scheduled_sampling.map(|sampling| sampling.truth(in_stage)),
                        // Of the step alone, so that a resumed run draws what an unbroken one would.
                        seed: self.seed ^ ((number * config.accumulate + part) as u64) << 16,
                    };
                    let share = 1.0 / config.accumulate as f64;
                    let figures = task.gradients(&net, &parts, share, &replicas, (&device, &mut sum))?;
                    now.add(&figures, share);
                }
                means.add(&now, 1.0 / steps_an_epoch as f64);
                progress.set_message(now.to_string());
                let mut grads = sum.grads();
                let length = clip_global_norm(&net, &mut grads, config.clip);
                let numbers = [
                    ("learning/caption", now.caption),
                    ("learning/bag", Some(now.bag)),
                    ("learning/cosine", Some(now.cosine)),
                    ("learning/CIDEr-D of drawn ones", now.worth),
                    ("step/rate", Some(rate)),
                    ("step/length of the gradient", Some(f64::from(length))),
                    (
                        "step/share of people's words",
                        stage.scheduled_sampling.map(|sampling| sampling.truth(in_stage)),
                    ),
                ];
                watch.step(number, &numbers)?;
                net = optimizer.step(rate, net, grads);
                if let Some(average) = &mut average {
                    average.add(&net, number);
                }
                progress.inc(1);
            }
            let seconds = begun.elapsed().as_secs_f64();
            let averaged = average.as_ref().map(|average| average.net(&net));
            let measured = averaged.as_ref().unwrap_or(&net);
            let dev = on_dev(measured, (&self.dev, &self.judge), stage, &plain)?;
            progress.finish_and_clear();
            println!("epoch {}: {means}; on dev {dev}; {seconds:.0} s", index + 1);
            let row = EpochRow {
                epoch: index + 1,
                seconds,
                caption: means.caption,
                bag: means.bag,
                cosine: means.cosine,
                dev_caption: dev.caption,
                dev_bag: dev.bag,
                dev_cosine: dev.cosine,
                worth: means.worth,
                dev_worth: dev.worth,
            };
            checkpoints.save(&row, &net, &optimizer, averaged.as_ref(), keeping)?;
            // At the epoch's last step: what an earlier file says of the step at which a run goes on is forgotten.
            let last_step = (index + 1) * steps_an_epoch - 1;
            watch.epoch((last_step, &row), measured, (&self.dev, &self.judge), &plain)?;
        }
        if checkpoints.log_path().is_file() {
            watch.plot()?;
        }
        Ok(average.map_or_else(|| net.clone(), |average| average.net(&net)))
    }
}

/// The parts of a loss as plain numbers.
#[derive(Clone, Copy, Debug, Default)]
struct Figures {
    caption: Option<f64>,
    bag: f64,
    cosine: f64,
    worth: Option<f64>,
}

impl Figures {
    fn of(loss: &Loss) -> Self {
        Self {
            caption: loss.caption.clone().map(value),
            bag: value(loss.bag.clone()),
            cosine: loss.cosine.clone().map_or(0.0, value),
            worth: loss.worth,
        }
    }

    fn add(&mut self, more: &Self, share: f64) {
        if let Some(caption) = more.caption {
            *self.caption.get_or_insert(0.0) += caption * share;
        }
        if let Some(worth) = more.worth {
            *self.worth.get_or_insert(0.0) += worth * share;
        }
        self.bag += more.bag * share;
        self.cosine += more.cosine * share;
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(caption) = self.caption {
            write!(f, "{caption:.3} nats a word, ")?;
        }
        if let Some(worth) = self.worth {
            write!(f, "CIDEr-D {worth:.3}, ")?;
        }
        write!(f, "bag {:.4}, cosine {:.3}", self.bag, self.cosine)
    }
}

/// What a batch is learnt by.
struct Task<'a> {
    stage: &'a StageConfig,
    critic: Option<&'a Judge>,
    /// The share of people's words that the decoder is told; none: all.
    truth: Option<f64>,
    seed: u64,
}

impl Task<'_> {
    /// Adds `share` of the mean gradient over the parts of a batch; returns the mean parts of the loss.
    fn gradients(
        &self,
        net: &CaptionerNet,
        parts: &[Batch],
        share: f64,
        replicas: &Replicas,
        (device, sum): (&Device, &mut GradientsAccumulator<CaptionerNet>),
    ) -> Result<Figures> {
        let all = replicas.gradients(net, parts, share, (device, sum), |replica, number, part| {
            let seed = self.seed ^ number as u64;
            random::seed(seed);
            let critic = self.stage.self_critical.as_ref().zip(self.critic);
            let critic = critic.map(|(config, judge)| Critic { judge, config, seed });
            let telling = self.truth.map(|truth| Telling { truth, seed });
            let loss = Loss::of(replica, part, &self.stage.loss, critic, telling, device)?;
            let figures = Figures::of(&loss);
            Ok((loss.total, figures))
        })?;
        let mut means = Figures::default();
        for figures in &all {
            means.add(figures, 1.0 / all.len() as f64);
        }
        Ok(means)
    }
}

fn value(scalar: Tensor<1>) -> f64 {
    f64::from(scalar.into_scalar::<f32>())
}

/// The mean parts of the loss over a split and, where the decoder learns, what its sentences are worth.
fn on_dev(
    net: &CaptionerNet,
    (dev, judge): (&Source, &Judge),
    stage: &StageConfig,
    device: &Device,
) -> Result<Figures> {
    let net = net.valid();
    let mut means = Figures::default();
    let writes = stage.captions > 0 || stage.self_critical.is_some();
    for batch in in_order(dev, 50, usize::from(writes)) {
        let batch = batch?;
        let share = batch.photos as f64 / dev.photos.len() as f64;
        let mut figures = Figures::of(&Loss::of(&net, &batch, &stage.loss, None, None, device)?);
        if writes {
            let sentences = write(
                &net.decoder,
                net.look(&batch, device)?,
                1,
                judge.longest(),
                &mut Choice::Greedy,
                device,
            )?;
            let worth = std::iter::zip(&batch.numbers, &sentences).map(|(&photo, tokens)| judge.score(photo, tokens));
            figures.worth = Some(worth.sum::<Result<f64>>()? / batch.photos as f64);
        }
        means.add(&figures, share);
    }
    Ok(means)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_warms_up_and_ends_near_zero() {
        let config = StageConfig {
            epochs: 1,
            captions: 1,
            rate: 1.0,
            warmup: 10,
            loss: LossConfig {
                label_smoothing: 0.0,
                bag: 0.0,
                teacher: 0.0,
                doubly_stochastic: 0.0,
                hard: None,
                encoder_stays: false,
            },
            distillation: 0.0,
            scheduled_sampling: None,
            self_critical: None,
        };
        assert!((config.rate_at(0, 100) - 0.1).abs() < 1e-9);
        assert!((config.rate_at(10, 100) - 1.0).abs() < 1e-9);
        assert!((config.rate_at(100, 100) - 0.01).abs() < 1e-9);
    }
}
