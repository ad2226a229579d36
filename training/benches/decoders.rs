//! How fast decoders learn from features that are kept: whole steps (forward, backward, clipping, AdamW) as a run takes
//! them, without the encoder.
//!
//! `cargo bench --package hearsight-training --bench decoders` prints steps a second; `python3
//! training/benches/decoders.py` runs it in turn with the same in PyTorch and prints the ratios.

#![allow(clippy::unwrap_used)]

use std::collections::HashMap;
use std::io::BufRead;
use std::time::Instant;

use burn::optim::{AdamWConfig, GradientsAccumulator, ModuleOptimizer};
use burn::tensor::{Device, Int, Tensor, TensorData};
use hearsight_training::clip::clip_global_norm;
use hearsight_training::config::RunConfig;
use hearsight_training::loss::Likelihoods;
use hearsight_training::nets::captioner::CaptionerNet;
use hearsight_training::random;
use hearsight_training::replicas::Replicas;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

const VOCABULARY: usize = 2960;
const CELLS: usize = 64;
const CAPTIONS: usize = 3;
/// Tokens of a caption with start and end, padded as a run's are; their mean length is that of Flickr8k.
const LENGTH: usize = 20;

const SYSTEMS: [(&str, &str); 4] = [
    ("transformer", include_str!("../configs/everyday.toml")),
    ("show-and-tell", include_str!("../configs/show-and-tell.toml")),
    ("show-attend-tell", include_str!("../configs/show-attend-tell.toml")),
    ("bahdanau-gru", include_str!("../configs/bahdanau-gru.toml")),
];

/// A share of a batch: features of the photos and their captions.
struct Part {
    memory: Vec<f32>,
    photos: usize,
    width: usize,
    tokens: Vec<i64>,
}

struct Bench {
    config: RunConfig,
    net: CaptionerNet,
    optimizer: ModuleOptimizer,
    replicas: Replicas,
    parts: Vec<Part>,
    steps: u64,
}

impl Bench {
    fn new(config: &str, replicas: usize) -> Self {
        let config: RunConfig = toml::from_str(config).unwrap();
        let device = Device::flex().autodiff();
        let mut rng = StdRng::seed_from_u64(1);
        let width = config.net.decoder.width();
        let photos = config.learning.batch / replicas;
        let caption = |rng: &mut StdRng| {
            let words = rng.random_range(7..16);
            let mut tokens = vec![1];
            tokens.extend((0..words).map(|_| rng.random_range(4..VOCABULARY as i64)));
            tokens.push(2);
            tokens.resize(LENGTH, 0);
            tokens
        };
        let part = |_| Part {
            memory: (0..photos * CELLS * width)
                .map(|_| rng.random_range(-1.0..1.0))
                .collect(),
            photos,
            width,
            tokens: (0..photos * CAPTIONS).flat_map(|_| caption(&mut rng)).collect(),
        };
        Self {
            net: CaptionerNet::new(&config.net, VOCABULARY, 1, None, &device),
            optimizer: AdamWConfig::new()
                .with_weight_decay(config.learning.weight_decay)
                .init(),
            replicas: Replicas::new(replicas).unwrap(),
            parts: (0..replicas).map(part).collect(),
            config,
            steps: 0,
        }
    }

    /// Seconds for each of so many steps.
    fn run(&mut self, steps: usize) -> f64 {
        let device = Device::flex().autodiff();
        let begun = Instant::now();
        for _ in 0..steps {
            self.steps += 1;
            let seed = self.steps;
            let mut sum = GradientsAccumulator::new();
            self.replicas
                .gradients(&self.net, &self.parts, 1.0, (&device, &mut sum), |net, number, part| {
                    random::seed(seed << 8 ^ number as u64);
                    let memory = TensorData::new(part.memory.clone(), [part.photos, CELLS, part.width]);
                    let memory = Tensor::<3>::from_data(memory, &device);
                    let tokens = TensorData::new(part.tokens.clone(), [part.photos * CAPTIONS, LENGTH]);
                    let tokens = Tensor::<2, Int>::from_data(tokens, &device);
                    let (loss, _) = Likelihoods::of(net, &memory, tokens, CAPTIONS).cross_entropy(0.0);
                    Ok((loss, ()))
                })
                .unwrap();
            let mut grads = sum.grads();
            clip_global_norm(&self.net, &mut grads, self.config.learning.clip);
            self.net = self.optimizer.step(1e-4, self.net.clone(), grads);
        }
        begun.elapsed().as_secs_f64() / steps as f64
    }
}

fn main() {
    // In turn with PyTorch: a line says how many cores, one line after the other which system and how many steps, and each
    // is answered by how long a step took.
    let mut lines = std::io::stdin().lock().lines().map(Result::unwrap);
    if std::env::args().any(|argument| argument == "--asked") {
        let cores = lines.next().unwrap().parse().unwrap();
        let mut benches: HashMap<String, Bench> = HashMap::new();
        for line in lines {
            let (wanted, steps) = line.split_once(' ').unwrap();
            let bench = benches.entry(wanted.to_owned()).or_insert_with(|| {
                let (_, config) = SYSTEMS.iter().find(|(name, _)| *name == wanted).unwrap();
                Bench::new(config, cores)
            });
            println!("{}", bench.run(steps.parse().unwrap()));
        }
        return;
    }
    for (name, config) in SYSTEMS {
        let mut bench = Bench::new(config, 2);
        bench.run(2);
        println!("{name}: {:.2} steps a second", 1.0 / bench.run(5));
    }
}
