//! Clipping of the gradient by its length over all weights (Pascanu et al. 2013); burn 0.22 clips each weight alone.

use burn::module::{Module, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

/// Shortens the gradient of `module` to at most `longest`; returns the length it had.
pub fn clip_global_norm<M: Module>(module: &M, grads: &mut GradientsParams, longest: f32) -> f32 {
    let mut squares = SumOfSquares { grads, sum: 0.0 };
    module.visit(&mut squares);
    let length = squares.sum.sqrt() as f32;
    if length > longest {
        module.visit(&mut Scale {
            grads,
            factor: longest / length,
        });
    }
    length
}

struct SumOfSquares<'a> {
    grads: &'a GradientsParams,
    sum: f64,
}

impl ModuleVisitor for SumOfSquares<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(grad) = self.grads.get::<D>(param.id) {
            self.sum += f64::from(grad.powf_scalar(2.0).sum().into_scalar::<f32>());
        }
    }
}

struct Scale<'a> {
    grads: &'a mut GradientsParams,
    factor: f32,
}

impl ModuleVisitor for Scale<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        if let Some(grad) = self.grads.remove::<D>(param.id) {
            self.grads.register(param.id, grad * self.factor);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::nn::LinearConfig;
    use burn::tensor::Device;

    #[test]
    fn the_gradient_keeps_its_direction_and_gets_the_length_asked_for() {
        let device = Device::flex().autodiff();
        let linear = LinearConfig::new(2, 2).init(&device);
        let loss = linear.forward(Tensor::<2>::ones([1, 2], &device) * 30.0).sum();
        let mut grads = GradientsParams::from_grads(loss.backward(), &linear);
        let before = clip_global_norm(&linear, &mut grads, 1.0);
        assert!((before - (4.0f32 * 900.0 + 2.0).sqrt()).abs() < 1e-2, "{before}");
        let after = clip_global_norm(&linear, &mut grads, 2.0);
        assert!((after - 1.0).abs() < 1e-4, "{after}");
    }
}
