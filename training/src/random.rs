//! Random numbers of a step: each replica draws its own, from a seed of the step, so that a run with several replicas is
//! the same each time. burn's are the whole process's, and two threads take them from each other.
//!
//! The generator belongs to the thread; whoever runs a step on a thread gives it its [`seed`] first.

use std::cell::RefCell;

use burn::module::{Module, ModuleVisitor, Param};
use burn::nn::Dropout;
use burn::tensor::{Device, Tensor, TensorData};
use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};

thread_local! {
    static NUMBERS: RefCell<SmallRng> = RefCell::new(SmallRng::seed_from_u64(0));
}

/// What this thread draws from now on.
pub fn seed(seed: u64) {
    NUMBERS.with_borrow_mut(|numbers| *numbers = SmallRng::seed_from_u64(seed));
}

/// Draws a new net's weights in their order: burn draws each when it is first asked for, which two replicas would do in any
/// order.
pub fn draw_weights<M: Module>(net: &M) {
    struct Ask;
    impl ModuleVisitor for Ask {
        fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
            let _ = param.val();
        }
    }
    net.visit(&mut Ask);
}

/// Numbers evenly between 0, which is not among them, and 1.
pub fn uniform<const D: usize>(shape: [usize; D], device: &Device) -> Tensor<D> {
    filled(shape, device, |numbers| numbers.random_range(1e-9..1.0f32))
}

/// 1 with this probability, else 0.
pub fn coins<const D: usize>(shape: [usize; D], probability: f64, device: &Device) -> Tensor<D> {
    filled(shape, device, |numbers| {
        f32::from(u8::from(numbers.random_bool(probability)))
    })
}

/// Dropout (Srivastava et al. 2014) while training: as burn's, with this thread's numbers.
pub fn drop_out<const D: usize>(layer: &Dropout, x: Tensor<D>) -> Tensor<D> {
    let device = x.device();
    if layer.prob == 0.0 || !layer.training.is_enabled() || !device.is_autodiff() {
        return x;
    }
    let kept = (1.0 / (1.0 - layer.prob)) as f32;
    let limit = layer.prob as f32;
    let mask = filled(x.dims(), &device, |numbers| {
        if numbers.random::<f32>() < limit { 0.0 } else { kept }
    });
    x * mask
}

fn filled<const D: usize>(shape: [usize; D], device: &Device, one: impl Fn(&mut SmallRng) -> f32) -> Tensor<D> {
    let count = shape.iter().product();
    let values: Vec<f32> = NUMBERS.with_borrow_mut(|numbers| (0..count).map(|_| one(numbers)).collect());
    Tensor::from_data(TensorData::new(values, shape), device)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::nn::DropoutConfig;

    use super::*;

    #[test]
    fn dropout_keeps_the_mean_and_is_the_same_for_the_same_seed() {
        let device = Device::flex().autodiff();
        let layer = DropoutConfig::new(0.25).init();
        let draw = || -> Vec<f32> {
            seed(3);
            let x = drop_out(&layer, Tensor::<2>::ones([40, 50], &device));
            x.into_data().try_to_vec().unwrap()
        };
        let first = draw();
        let dropped = first.iter().filter(|x| **x == 0.0).count();
        assert!((400..600).contains(&dropped), "{dropped}");
        assert!(first.iter().all(|&x| x == 0.0 || (x - 4.0 / 3.0).abs() < 1e-6));
        assert_eq!(first, draw());
        seed(4);
        let other: Vec<f32> = drop_out(&layer, Tensor::<2>::ones([40, 50], &device))
            .into_data()
            .try_to_vec()
            .unwrap();
        assert_ne!(first, other);
        let plain = Tensor::<2>::ones([2, 2], &Device::flex());
        assert_eq!(
            drop_out(&layer, plain).sum().into_scalar::<f32>(),
            4.0,
            "nothing is dropped at use"
        );
    }
}
