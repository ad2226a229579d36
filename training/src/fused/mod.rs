//! Operations of several steps as one, with their gradients, for training on a processor: burn's own write each step to
//! memory, keep it for the way back, and call the standard library's exp and tanh for every single number.

pub mod functions;
mod kernels;

use burn::backend::autodiff::NodeId;
use burn::backend::autodiff::checkpoint::base::Checkpointer;
use burn::backend::autodiff::checkpoint::strategy::CheckpointStrategy;
use burn::backend::autodiff::grads::Gradients;
use burn::backend::autodiff::ops::{Backward, Ops, OpsKind};
use burn::backend::tensor::FloatTensor;
use burn::backend::{Autodiff, Backend, Dispatch, Flex, backend_extension};
use burn::tensor::{Tensor, TensorData};
use kernels::Cells;

/// The gates `[rows, 4 × width]` of an LSTM (input, forget, output, candidate, before their curves) and its cell `[rows,
/// width]` → hidden state and cell.
pub fn lstm(gates: Tensor<2>, cell: Tensor<2>) -> [Tensor<2>; 2] {
    let width = cell.dims()[1];
    let nothing = nothing(&cell);
    let both: Tensor<2> = fuse(Operation::Lstm, gates, cell, nothing);
    [both.clone().narrow(1, 0, width), both.narrow(1, width, width)]
}

/// The input's and the state's part of a GRU's gates, each `[rows, 3 × width]` (update, reset, candidate), and its state
/// `[rows, width]` → the next state.
pub fn gru(given: Tensor<2>, before: Tensor<2>, state: Tensor<2>) -> Tensor<2> {
    fuse(Operation::Gru, given, before, state)
}

/// Scores of additive attention, `vᵀ tanh(keys + state)`: `keys` `[photos, cells, units]`, `state` `[rows, units]` with all
/// rows of a photo together, `v` `[units, 1]` → `[rows, cells]`.
pub fn scores(keys: Tensor<3>, state: Tensor<2>, v: Tensor<2>) -> Tensor<2> {
    fuse(Operation::Scores, keys, state, v)
}

/// `logits` `[positions, vocabulary]` → the log-likelihoods `[positions, 1]` of the words `targets` `[positions, 1]`, and the
/// mean of all words'.
pub fn likelihoods(logits: Tensor<2>, targets: Tensor<2>) -> [Tensor<2>; 2] {
    let nothing = nothing(&logits);
    let both: Tensor<2> = fuse(Operation::Likelihoods, logits, targets, nothing);
    [both.clone().narrow(1, 0, 1), both.narrow(1, 1, 1)]
}

/// For an operation of two inputs.
fn nothing(beside: &Tensor<2>) -> Tensor<1> {
    Tensor::zeros([1], &beside.device())
}

fn fuse<const A: usize, const B: usize, const C: usize, const D: usize>(
    operation: Operation,
    a: Tensor<A>,
    b: Tensor<B>,
    c: Tensor<C>,
) -> Tensor<D> {
    let out = <Dispatch as Fused>::fuse(a.into_dispatch(), b.into_dispatch(), c.into_dispatch(), operation);
    Tensor::from_dispatch(out)
}

/// Which.
#[derive(Clone, Copy, Debug)]
enum Operation {
    Lstm,
    Gru,
    Scores,
    Likelihoods,
}

/// An operation on the tensors of a back-end.
#[backend_extension(Autodiff, Flex)]
trait Fused: Backend {
    /// Of up to three inputs.
    fn fuse(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        operation: Operation,
    ) -> FloatTensor<Self>;
}

/// The gradients of [`Fused`], for [`Autodiff`].
trait Gradient: Backend {
    /// With respect to each input; fewer where the others have none.
    fn gradients(
        inputs: [FloatTensor<Self>; 3],
        grad: FloatTensor<Self>,
        operation: Operation,
    ) -> Vec<FloatTensor<Self>>;
}

type Numbers = FloatTensor<Flex>;

fn dims(tensor: &Numbers) -> Vec<usize> {
    tensor.layout().shape().to_vec()
}

fn tensor(values: Vec<f32>, shape: Vec<usize>) -> Numbers {
    Numbers::from_data(TensorData::new(values, shape))
}

/// The numbers of a contiguous tensor.
fn numbers(tensor: &Numbers) -> &[f32] {
    &tensor.storage::<f32>()[tensor.layout().start_offset()..]
}

fn cells(keys: &[usize], state: &[usize]) -> Cells {
    Cells {
        times: state[0] / keys[0],
        cells: keys[1],
        units: keys[2],
    }
}

impl Fused for Flex {
    fn fuse(a: Numbers, b: Numbers, c: Numbers, operation: Operation) -> Numbers {
        let shapes = [dims(&a), dims(&b), dims(&c)];
        let contiguous = [a, b, c].map(|tensor| tensor.to_contiguous());
        let [a, b, c] = contiguous.each_ref().map(numbers);
        let [of_a, of_b, of_c] = &shapes;
        match operation {
            Operation::Lstm => tensor(kernels::lstm(a, b, of_b[1]), vec![of_b[0], 2 * of_b[1]]),
            Operation::Gru => tensor(kernels::gru(a, b, c, of_c[1]), of_c.clone()),
            Operation::Scores => tensor(kernels::scores(a, b, c, cells(of_a, of_b)), vec![of_b[0], of_a[1]]),
            Operation::Likelihoods => tensor(kernels::likelihoods(a, b, of_a[1]), vec![of_a[0], 2]),
        }
    }
}

impl Gradient for Flex {
    fn gradients(inputs: [Numbers; 3], grad: Numbers, operation: Operation) -> Vec<Numbers> {
        let shapes = inputs.each_ref().map(dims);
        let contiguous = inputs.map(|tensor| tensor.to_contiguous());
        let grad = grad.to_contiguous();
        let ([a, b, c], grad) = (contiguous.each_ref().map(numbers), numbers(&grad));
        let [of_a, of_b, of_c] = &shapes;
        let found: Vec<Vec<f32>> = match operation {
            Operation::Lstm => kernels::lstm_gradient(a, b, grad, of_b[1]).into(),
            Operation::Gru => kernels::gru_gradient(a, b, c, grad, of_c[1]).into(),
            Operation::Scores => kernels::scores_gradient(a, b, c, grad, cells(of_a, of_b)).into(),
            Operation::Likelihoods => vec![kernels::likelihoods_gradient(a, b, grad, of_a[1])],
        };
        std::iter::zip(found, shapes)
            .map(|(values, shape)| tensor(values, shape))
            .collect()
    }
}

impl<B: Gradient + Fused, C: CheckpointStrategy> Fused for Autodiff<B, C> {
    fn fuse(
        a: FloatTensor<Self>,
        b: FloatTensor<Self>,
        c: FloatTensor<Self>,
        operation: Operation,
    ) -> FloatTensor<Self> {
        #[derive(Debug)]
        struct Fuse;

        impl<B: Gradient> Backward<B, 3> for Fuse {
            type State = ([NodeId; 3], Operation);

            fn backward(self, ops: Ops<Self::State, 3>, grads: &mut Gradients, checkpointer: &mut Checkpointer) {
                let grad = grads.consume::<B>(&ops.node);
                let (inputs, operation) = ops.state;
                let inputs = inputs.map(|input| checkpointer.retrieve_node_output::<FloatTensor<B>>(input));
                let found = B::gradients(inputs, grad, operation);
                for (parent, found) in std::iter::zip(ops.parents, found) {
                    if let Some(node) = parent {
                        grads.register::<B>(node.id, found);
                    }
                }
            }
        }

        let kind = Fuse
            .prepare::<C>([a.node(), b.node(), c.node()])
            .compute_bound()
            .stateful();
        match kind {
            OpsKind::Tracked(mut prep) => {
                let state = ([&a, &b, &c].map(|input| prep.checkpoint(input)), operation);
                let out = B::fuse(a.into_primitive(), b.into_primitive(), c.into_primitive(), operation);
                prep.finish(state, out)
            }
            OpsKind::UnTracked(prep) => prep.finish(B::fuse(
                a.into_primitive(),
                b.into_primitive(),
                c.into_primitive(),
                operation,
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::activation::{log_softmax, sigmoid};
    use burn::tensor::{Device, Distribution, Int};

    use super::*;

    fn random<const D: usize>(shape: [usize; D]) -> Tensor<D> {
        Tensor::random(shape, Distribution::Normal(0.0, 1.0), &Device::flex().autodiff())
    }

    fn flat<const D: usize>(tensor: Tensor<D>) -> Tensor<1> {
        let count = tensor.dims().iter().product::<usize>();
        tensor.reshape([count])
    }

    /// The outputs and the gradients of all inputs for a loss that weighs every output another way.
    fn run<const A: usize, const B: usize, const C: usize>(
        (a, b, c): (&Tensor<A>, &Tensor<B>, &Tensor<C>),
        compute: impl Fn(Tensor<A>, Tensor<B>, Tensor<C>) -> Tensor<2>,
    ) -> Vec<Tensor<1>> {
        let (a, b, c) = (
            a.clone().require_grad(),
            b.clone().require_grad(),
            c.clone().require_grad(),
        );
        let out = compute(a.clone(), b.clone(), c.clone());
        let pull = Tensor::<1, Int>::arange(0..out.dims().iter().product::<usize>() as i64, &out.device());
        let grads = (flat(out.clone()) * (pull.float() * 0.7).sin()).sum().backward();
        let mut found = vec![flat(out.inner())];
        found.extend(a.grad(&grads).map(flat));
        found.extend(b.grad(&grads).map(flat));
        found.extend(c.grad(&grads).map(flat));
        found
    }

    #[track_caller]
    fn assert_equal(ours: Vec<Tensor<1>>, theirs: Vec<Tensor<1>>, count: usize) {
        assert!(ours.len() >= count && theirs.len() >= count, "{} gradients", ours.len());
        for (index, (ours, theirs)) in std::iter::zip(ours, theirs).enumerate() {
            assert_eq!(ours.dims(), theirs.dims());
            let apart = (ours - theirs).abs().max().into_scalar::<f32>();
            assert!(apart < 2e-5, "result {index}: {apart}");
        }
    }

    #[test]
    fn an_lstm_in_one_is_an_lstm_in_steps() {
        let inputs = (&random([5, 36]), &random([5, 9]), &random([1]));
        let ours = run(inputs, |gates, cell, _| Tensor::cat(lstm(gates, cell).into(), 1));
        let theirs = run(inputs, |gates, cell, _| {
            let part = |index: usize| gates.clone().narrow(1, index * 9, 9);
            let next = sigmoid(part(1)) * cell + sigmoid(part(0)) * part(3).tanh();
            Tensor::cat(vec![sigmoid(part(2)) * next.clone().tanh(), next], 1)
        });
        assert_equal(ours, theirs, 3);
    }

    #[test]
    fn a_gru_in_one_is_a_gru_in_steps() {
        let inputs = (&random([4, 21]), &random([4, 21]), &random([4, 7]));
        let theirs = run(inputs, |given, before, state| {
            let part = |gates: &Tensor<2>, index: usize| gates.clone().narrow(1, index * 7, 7);
            let update = sigmoid(part(&given, 0) + part(&before, 0));
            let reset = sigmoid(part(&given, 1) + part(&before, 1));
            let candidate = (part(&given, 2) + reset * part(&before, 2)).tanh();
            update.clone() * state + (update.neg() + 1.0) * candidate
        });
        assert_equal(run(inputs, gru), theirs, 4);
    }

    #[test]
    fn scores_in_one_are_scores_in_steps_also_where_several_rows_look_at_a_photo() {
        for times in [1, 3] {
            let inputs = (&random([2, 4, 19]), &random([2 * times, 19]), &random([19, 1]));
            let theirs = run(inputs, |keys, state, v| {
                let keys = keys
                    .unsqueeze_dim::<4>(1)
                    .repeat_dim(1, times)
                    .reshape([2 * times, 4, 19]);
                let seen = (keys + state.unsqueeze_dim::<3>(1)).tanh().reshape([2 * times * 4, 19]);
                seen.matmul(v).reshape([2 * times, 4])
            });
            assert_equal(run(inputs, scores), theirs, 4);
        }
    }

    #[test]
    fn likelihoods_in_one_are_likelihoods_in_steps_also_where_a_position_does_not_count() {
        let device = Device::flex().autodiff();
        let targets = [3i64, 0, 20, 7];
        let floats = Tensor::<1>::from_floats(targets.map(|target| target as f32), &device).reshape([4, 1]);
        let counted = Tensor::<1>::from_floats([1.0, 0.0, 1.0, 1.0], &device).reshape([4, 1]);
        let inputs = (&(random([4, 21]) * 5.0), &random([1]), &random([1]));
        let ours = run(inputs, |logits, _, _| {
            let both = likelihoods(logits, floats.clone());
            Tensor::cat(both.map(|part| part * counted.clone()).into(), 1)
        });
        let theirs = run(inputs, |logits, _, _| {
            let logs = log_softmax(logits, 1);
            let targets = Tensor::<1, Int>::from_ints(targets, &device).reshape([4, 1]);
            let both = [logs.clone().gather(1, targets), logs.mean_dim(1)];
            Tensor::cat(both.map(|part| part * counted.clone()).into(), 1)
        });
        assert_equal(ours, theirs, 2);
    }
}
