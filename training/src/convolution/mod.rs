//! A plain convolution for training on a processor: burn's own spends a third of a training step on the gradient of
//! the weights, which it computes one input channel at a time.
//!
//! What is large goes by Winograd's minimal filtering, the rest by a product of unfolded pictures. Odd square kernels,
//! padded so that stride 1 keeps the size; no groups, no dilation, no bias.

mod kernel;
mod product;
mod winograd;

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{Tensor, TensorData};
use kernel::Shape;

/// `x` `[batch, in, height, width]` under `weight` `[out, in, size, size]` → `[batch, out, ⌈height / stride⌉,
/// ⌈width / stride⌉]`, with `size / 2` zeros around the picture.
pub fn convolve(x: Tensor<4>, weight: Tensor<4>, stride: usize) -> Tensor<4> {
    let y = <Dispatch as Convolution>::convolve(x.into_dispatch(), weight.into_dispatch(), stride);
    Tensor::from_dispatch(y)
}

/// [`convolve`] on the tensors of a back-end.
#[backend_extension(Autodiff, Flex)]
trait Convolution: Backend {
    /// As [`convolve`].
    fn convolve(x: FloatTensor<Self>, weight: FloatTensor<Self>, stride: usize) -> FloatTensor<Self>;
}

/// The gradients of [`convolve`], for [`Autodiff`].
trait Gradient: Backend {
    /// With respect to the picture.
    fn of_picture(shape: Shape, weight: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self>;
    /// With respect to the weights.
    fn of_weight(shape: Shape, x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self>;
    /// The sizes of a convolution.
    fn shape(x: &FloatTensor<Self>, weight: &FloatTensor<Self>, stride: usize) -> Shape;
}

/// The numbers of a tensor, row-major.
macro_rules! values {
    ($tensor:expr) => {{
        let contiguous = $tensor.to_contiguous();
        let start = contiguous.layout().start_offset();
        (contiguous, start)
    }};
}

/// Runs a kernel on two tensors' numbers.
fn on_slices(
    a: &FloatTensor<Flex>,
    b: &FloatTensor<Flex>,
    out: [usize; 4],
    kernel: impl FnOnce(&[f32], &[f32]) -> Vec<f32>,
) -> FloatTensor<Flex> {
    let ((a, a_start), (b, b_start)) = (values!(a), values!(b));
    let y = kernel(&a.storage::<f32>()[a_start..], &b.storage::<f32>()[b_start..]);
    FloatTensor::<Flex>::from_data(TensorData::new(y, out))
}

/// A kernel on the numbers of two tensors.
type Way = fn(&Shape, &[f32], &[f32]) -> Vec<f32>;

/// The faster one.
fn way(shape: &Shape, plain: Way, winograd: Way) -> Way {
    if winograd::suits(shape) { winograd } else { plain }
}

impl Convolution for Flex {
    fn convolve(x: FloatTensor<Self>, weight: FloatTensor<Self>, stride: usize) -> FloatTensor<Self> {
        let shape = Self::shape(&x, &weight, stride);
        let way = way(&shape, kernel::forward, winograd::forward);
        on_slices(&x, &weight, shape.output(), |x, weight| way(&shape, x, weight))
    }
}

impl Gradient for Flex {
    fn of_picture(shape: Shape, weight: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        let way = way(&shape, kernel::picture_gradient, winograd::picture_gradient);
        on_slices(&grad, &weight, shape.input(), |grad, weight| way(&shape, grad, weight))
    }

    fn of_weight(shape: Shape, x: FloatTensor<Self>, grad: FloatTensor<Self>) -> FloatTensor<Self> {
        let way = way(&shape, kernel::weight_gradient, winograd::weight_gradient);
        on_slices(&x, &grad, shape.weight(), |x, grad| way(&shape, x, grad))
    }

    fn shape(x: &FloatTensor<Self>, weight: &FloatTensor<Self>, stride: usize) -> Shape {
        Shape::new(x.layout().shape().dims(), weight.layout().shape().dims(), stride)
    }
}

impl<B: Gradient + Convolution, C: CheckpointStrategy> Convolution for Autodiff<B, C> {
    fn convolve(x: FloatTensor<Self>, weight: FloatTensor<Self>, stride: usize) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Convolve;

        impl<B: Gradient> Backward<B, 2> for Convolve {
            type State = (NodeId, NodeId, Shape);

            fn backward(self, ops: Ops<Self::State, 2>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
                let [of_x, of_weight] = ops.parents;
                let grad = grads.consume::<B>(&ops.node);
                let (x, weight, shape) = ops.state;
                if let Some(node) = of_x {
                    let weight = checkpointer.retrieve_node_output::<FloatTensor<B>>(weight);
                    grads.register::<B>(node.id, B::of_picture(shape, weight, grad.clone()));
                }
                if let Some(node) = of_weight {
                    let x = checkpointer.retrieve_node_output::<FloatTensor<B>>(x);
                    grads.register::<B>(node.id, B::of_weight(shape, x, grad));
                }
            }
        }

        let shape = B::shape(x.primitive(), weight.primitive(), stride);
        let kind = Convolve
            .prepare::<C>([x.node(), weight.node()])
            .compute_bound()
            .stateful();
        match kind {
            OpsKind::Tracked(mut prep) => {
                let state = (prep.checkpoint(&x), prep.checkpoint(&weight), shape);
                prep.finish(state, B::convolve(x.into_primitive(), weight.into_primitive(), stride))
            }
            OpsKind::UnTracked(prep) => prep.finish(B::convolve(x.into_primitive(), weight.into_primitive(), stride)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use burn::tensor::module::conv2d;
    use burn::tensor::ops::ConvOptions;
    use burn::tensor::{Device, Distribution};

    /// The output and both gradients of burn's own convolution or ours, for a loss that weighs every output alike.
    fn run(ours: bool, x: &Tensor<4>, weight: &Tensor<4>, pull: &Tensor<4>, stride: usize) -> [Tensor<4>; 3] {
        let (x, weight) = (x.clone().require_grad(), weight.clone().require_grad());
        let pad = weight.dims()[2] / 2;
        let y = if ours {
            convolve(x.clone(), weight.clone(), stride)
        } else {
            let options = ConvOptions::new([stride; 2], [pad; 2], [1; 2], 1);
            conv2d(x.clone(), weight.clone(), None, options)
        };
        let grads = (y.clone() * pull.clone()).sum().backward();
        let grad = |of: &Tensor<4>| of.grad(&grads).unwrap_or_else(|| of.clone().inner().zeros_like());
        [y.inner(), grad(&x), grad(&weight)]
    }

    #[test]
    fn it_and_its_gradients_equal_those_of_burn() {
        let device = Device::flex().autodiff();
        let random = |shape| Tensor::<4>::random(shape, Distribution::Normal(0.0, 1.0), &device);
        for ([batch, from, to, height, width], size, stride) in [
            ([3, 5, 7, 8, 8], 3, 1),
            ([2, 3, 8, 12, 10], 3, 2),
            ([1, 4, 4, 9, 7], 3, 2),
            ([9, 2, 3, 4, 6], 1, 1),
            ([2, 2, 3, 11, 9], 5, 1),
            ([3, 32, 40, 8, 8], 3, 1),
            ([2, 40, 32, 7, 13], 3, 1),
        ] {
            let (x, weight) = (random([batch, from, height, width]), random([to, from, size, size]));
            let out = |side: usize| side.div_ceil(stride);
            let pull = random([batch, to, out(height), out(width)]);
            let theirs = run(false, &x, &weight, &pull, stride);
            let ours = run(true, &x, &weight, &pull, stride);
            for (index, (ours, theirs)) in std::iter::zip(ours, theirs).enumerate() {
                assert_eq!(ours.dims(), theirs.dims());
                let largest = theirs.clone().abs().max().into_scalar::<f32>();
                let apart = (ours - theirs).abs().max().into_scalar::<f32>() / largest;
                assert!(apart < 2e-5, "size {size}, stride {stride}, result {index}: {apart}");
            }
        }
    }
}
