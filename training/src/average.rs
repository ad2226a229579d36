//! The mean of a net's weights over its last steps, which lies nearer to the middle of where they move than any of them
//! (Polyak and Juditsky 1992), as an exponential moving average.

use burn::module::{Module, ModuleMapper, ModuleVisitor, Param};
use burn::optim::GradientsParams;
use burn::tensor::Tensor;

use crate::nets::captioner::CaptionerNet;

/// The mean of weights.
pub struct Average {
    decay: f64,
    /// A tensor for each weight, which burn keeps no other container for.
    weights: GradientsParams,
}

impl Average {
    /// The weights of a net as they are, to which steps are added with what each leaves of the mean: 0.999 is a mean of
    /// about the last thousand steps.
    pub fn of(net: &CaptionerNet, decay: f64) -> Self {
        let mut average = Self {
            decay,
            weights: GradientsParams::new(),
        };
        net.visit(&mut Blend {
            weights: &mut average.weights,
            decay: 0.0,
        });
        average
    }

    /// Adds the weights after a step, whose number is counted from 0 at the beginning of the run: of the first ones less
    /// is left, because they are far from what is looked for.
    pub fn add(&mut self, net: &CaptionerNet, step: usize) {
        let early = (1.0 + step as f64) / (10.0 + step as f64);
        net.visit(&mut Blend {
            weights: &mut self.weights,
            decay: self.decay.min(early),
        });
    }

    /// The net with the mean of its weights; what it has counted of its inputs stays as it is.
    pub fn net(&self, net: &CaptionerNet) -> CaptionerNet {
        net.clone().map(&mut Replace { weights: &self.weights })
    }
}

struct Blend<'a> {
    weights: &'a mut GradientsParams,
    decay: f64,
}

impl ModuleVisitor for Blend<'_> {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let now = param.val().inner();
        let mean = match self.weights.remove::<D>(param.id) {
            Some(before) => before * self.decay + now * (1.0 - self.decay),
            None => now,
        };
        self.weights.register(param.id, mean);
    }
}

struct Replace<'a> {
    weights: &'a GradientsParams,
}

impl ModuleMapper for Replace<'_> {
    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let (id, value, mapper) = param.consume();
        let mean = match self.weights.get::<D>(id) {
            Some(mean) => Tensor::from_inner(mean),
            None => value,
        };
        Param::from_mapped_value(id, mean, mapper)
    }
}
