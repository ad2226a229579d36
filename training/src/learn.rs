//! The training loop, from top to bottom: batches in, checkpoints out, resumable after every epoch.

use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use burn::module::Module;
use burn::optim::{AdamWConfig, GradientsAccumulator, GradientsParams};
use burn::tensor::{Device, Tensor};
use serde::{Deserialize, Serialize};

use crate::checkpoint::Checkpoints;
use crate::clip::clip_global_norm;
use crate::data::batches::{Batch, Source, epoch, in_order};
use crate::loss::{Loss, LossConfig};
use crate::nets::captioner::CaptionerNet;

/// How fast and how long.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct LearningConfig {
    /// Passes over the photos; with more or fewer after a resume the learning rate follows.
    pub epochs: usize,
    /// Photos a step.
    pub batch: usize,
    /// Captions of each photo a step: the encoder runs once for all of them.
    pub captions: usize,
    /// Threads that each take an equal share of a batch; within one step a second core helps little.
    pub replicas: usize,
    /// The highest learning rate.
    pub rate: f64,
    /// Steps until it is reached.
    pub warmup: usize,
    /// Of AdamW (Loshchilov and Hutter 2019).
    pub weight_decay: f32,
    /// The longest gradient over all weights.
    pub clip: f32,
}

impl LearningConfig {
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
    /// Mean over the epoch's steps: nats a token.
    pub caption: f64,
    /// Mean binary cross-entropy of the bag.
    pub bag: f64,
    /// Mean cosine to the teacher; 0 without one.
    pub cosine: f64,
    /// On the dev split's whole photos with their first captions: nats a token.
    pub dev_caption: f64,
    /// Mean binary cross-entropy of the bag there.
    pub dev_bag: f64,
}

/// All that a net learns from, and how.
pub struct Lesson {
    /// To learn from.
    pub train: Arc<Source>,
    /// To measure by.
    pub dev: Source,
    /// What is taught.
    pub loss: LossConfig,
    /// How fast and how long.
    pub learning: LearningConfig,
    /// Of all randomness.
    pub seed: u64,
    /// Stop after so many epochs, with the learning rate of the whole run; none: go on to the end.
    pub stop_after: Option<usize>,
}

impl Lesson {
    /// Teaches `net` until the configured number of epochs is done, from the newest checkpoint on.
    ///
    /// # Errors
    /// A disk or data error; the last checkpoint stays.
    pub fn learn(&self, mut net: CaptionerNet, checkpoints: &Checkpoints) -> Result<CaptionerNet> {
        let config = &self.learning;
        let plain = Device::flex();
        let device = plain.clone().autodiff();
        let mut optimizer = AdamWConfig::new()
            .with_epsilon(1e-8)
            .with_beta_2(0.98)
            .with_weight_decay(config.weight_decay)
            .init();
        let mut done = 0;
        if let Some((epoch, resumed, state)) = checkpoints.newest(net.clone(), &optimizer)? {
            (done, net, optimizer) = (epoch, resumed, state);
            log::info!("resuming after epoch {done}");
        }
        let pools = pools(config.replicas)?;
        let steps_an_epoch = self.train.photos.len() / config.batch;
        ensure!(
            steps_an_epoch > 0,
            "a batch of {} is more than the {} photos",
            config.batch,
            self.train.photos.len()
        );
        let steps = steps_an_epoch * config.epochs;
        for index in done..self.stop_after.unwrap_or(config.epochs).min(config.epochs) {
            // Dropout starts anew with each epoch, so that a resumed run draws what an unbroken one would.
            device.seed(self.seed.wrapping_add(index as u64));
            let begun = Instant::now();
            let name = format!("epoch {}/{}", index + 1, config.epochs);
            let progress = crate::progress::bar(&name, steps_an_epoch as u64);
            let mut row = EpochRow {
                epoch: index + 1,
                ..EpochRow::default()
            };
            let shares = (config.batch, config.replicas, config.captions);
            let batches = epoch(Arc::clone(&self.train), (self.seed, index), shares)?;
            for (step, parts) in batches.into_iter().enumerate() {
                let rate = config.rate_at(index * steps_an_epoch + step, steps);
                let (mut grads, figures) = gradients(&net, &parts?, &self.loss, &device, &pools)?;
                clip_global_norm(&net, &mut grads, config.clip);
                net = optimizer.step(rate, net, grads);
                row.caption += figures[0] / steps_an_epoch as f64;
                row.bag += figures[1] / steps_an_epoch as f64;
                row.cosine += figures[2] / steps_an_epoch as f64;
                progress.inc(1);
                progress.set_message(format!("{:.3} nats a word, cosine {:.3}", figures[0], figures[2]));
            }
            row.seconds = begun.elapsed().as_secs_f64();
            (row.dev_caption, row.dev_bag) = dev_loss(&net, &self.dev, &self.loss, &plain)?;
            progress.finish_and_clear();
            println!(
                "epoch {}: {:.3} nats a word (dev {:.3}), bag {:.4} (dev {:.4}), cosine {:.3}, {:.0} s",
                row.epoch, row.caption, row.dev_caption, row.bag, row.dev_bag, row.cosine, row.seconds
            );
            checkpoints.save(&row, &net, &optimizer)?;
        }
        Ok(net)
    }
}

/// One pool of one thread a replica: what runs on it stays on its core.
fn pools(replicas: usize) -> Result<Vec<rayon::ThreadPool>> {
    (0..replicas)
        .map(|index| {
            let name = move |_| format!("replica-{index}");
            rayon::ThreadPoolBuilder::new()
                .num_threads(1)
                .thread_name(name)
                .build()
                .context("cannot start a thread")
        })
        .collect()
}

/// The mean gradient over the parts, each part on a replica of its own, and the mean caption loss, bag and cosine.
fn gradients(
    net: &CaptionerNet,
    parts: &[Batch],
    loss: &LossConfig,
    device: &Device,
    pools: &[rayon::ThreadPool],
) -> Result<(GradientsParams, [f64; 3])> {
    let one = |part: &Batch| {
        // A fork has graph nodes of its own: replicas that shared them would wait for each other's backward pass.
        let replica = net.clone().fork(device);
        let parts = parts.len() as f64;
        let loss = Loss::of(&replica, part, loss, device);
        let figures = [value(loss.caption), value(loss.bag), loss.cosine.map_or(0.0, value)].map(|x| x / parts);
        let grads = (loss.total / parts).backward();
        (GradientsParams::from_grads(grads, &replica), figures)
    };
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = std::iter::zip(parts, pools)
            .map(|(part, pool)| scope.spawn(move || pool.install(|| one(part))))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().map_err(|_| anyhow!("a replica panicked")))
            .collect::<Vec<_>>()
    });
    let mut accumulator = GradientsAccumulator::new();
    let mut sums = [0.0; 3];
    for result in results {
        let (grads, figures) = result?;
        accumulator.accumulate(net, grads);
        sums.iter_mut().zip(figures).for_each(|(sum, figure)| *sum += figure);
    }
    Ok((accumulator.grads(), sums))
}

fn value(scalar: Tensor<1>) -> f64 {
    f64::from(scalar.into_scalar::<f32>())
}

/// Mean caption and bag loss over a split.
fn dev_loss(net: &CaptionerNet, dev: &Source, loss: &LossConfig, device: &Device) -> Result<(f64, f64)> {
    let net = net.valid();
    let mut sums = (0.0, 0.0);
    for batch in in_order(dev, 50, 1) {
        let batch = batch?;
        let share = batch.photos as f64 / dev.photos.len() as f64;
        let loss = Loss::of(&net, &batch, loss, device);
        sums.0 += value(loss.caption) * share;
        sums.1 += value(loss.bag) * share;
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rate_warms_up_and_ends_near_zero() {
        let config = LearningConfig {
            epochs: 1,
            batch: 1,
            captions: 1,
            replicas: 1,
            rate: 1.0,
            warmup: 10,
            weight_decay: 0.0,
            clip: 1.0,
        };
        assert!((config.rate_at(0, 100) - 0.1).abs() < 1e-9);
        assert!((config.rate_at(10, 100) - 1.0).abs() < 1e-9);
        assert!((config.rate_at(100, 100) - 0.01).abs() < 1e-9);
    }
}
