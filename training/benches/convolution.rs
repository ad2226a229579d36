//! Our own convolution beside burn's, forward and backward, in the shapes of the everyday model's encoder.
//!
//! `RUSTFLAGS="-C target-cpu=native" cargo bench --package hearsight-training --bench convolution`

use burn::tensor::module::conv2d;
use burn::tensor::ops::ConvOptions;
use burn::tensor::{Device, Distribution, Tensor};
use criterion::Criterion;
use hearsight_training::convolution::convolve;

/// Photos a step of one replica.
const PHOTOS: usize = 24;

fn shapes(criterion: &mut Criterion) {
    let device = Device::flex().autodiff();
    let one_core = rayon::ThreadPoolBuilder::new().num_threads(1).build();
    let Ok(one_core) = one_core else { return };
    for (from, to, side, stride) in [(64, 128, 32, 2), (128, 128, 16, 1), (256, 256, 8, 1)] {
        let random = |shape: [usize; 4]| Tensor::<4>::random(shape, Distribution::Normal(0.0, 1.0), &device);
        let (x, weight) = (random([PHOTOS, from, side, side]), random([to, from, 3, 3]));
        let mut group = criterion.benchmark_group(format!("{from} to {to} channels, {side}x{side}, stride {stride}"));
        let both_ways = |convolve: &dyn Fn(Tensor<4>, Tensor<4>) -> Tensor<4>| {
            let y = convolve(x.clone().require_grad(), weight.clone().require_grad());
            y.sum().backward()
        };
        group.sample_size(10);
        group.bench_function("ours", |bencher| {
            let ours = |x, weight| convolve(x, weight, stride);
            one_core.install(|| bencher.iter(|| both_ways(&ours)));
        });
        group.bench_function("burn", |bencher| {
            let options = || ConvOptions::new([stride; 2], [1; 2], [1; 2], 1);
            let burns = |x, weight| conv2d(x, weight, None, options());
            one_core.install(|| bencher.iter(|| both_ways(&burns)));
        });
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    shapes(&mut criterion);
    criterion.final_summary();
}
