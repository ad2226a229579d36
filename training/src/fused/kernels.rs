//! The operations of [`fused`](super) on plain slices: forward, and the gradient of each input. What a gradient needs of
//! the way forward is computed again: it costs less than to keep it.

use super::functions::{exp, sigmoid, tanh};

/// `gates` `[rows, 4 × width]` (input, forget, output, candidate) and `cell` `[rows, width]` → the hidden state and the
/// cell side by side, `[rows, 2 × width]`.
pub fn lstm(gates: &[f32], cell: &[f32], width: usize) -> Vec<f32> {
    let mut out = vec![0.0; cell.len() * 2];
    let rows = gates.chunks_exact(4 * width).zip(cell.chunks_exact(width));
    for (out, (gates, cell)) in out.chunks_exact_mut(2 * width).zip(rows) {
        let (hidden, next) = out.split_at_mut(width);
        let [input, forget, output, candidate] = quarters(gates, width);
        for at in 0..width {
            next[at] = sigmoid(forget[at]) * cell[at] + sigmoid(input[at]) * tanh(candidate[at]);
        }
        for at in 0..width {
            hidden[at] = sigmoid(output[at]) * tanh(next[at]);
        }
    }
    out
}

/// The gradients of [`lstm`] for `grad` `[rows, 2 × width]`: of the gates, of the cell.
pub fn lstm_gradient(gates: &[f32], cell: &[f32], grad: &[f32], width: usize) -> [Vec<f32>; 2] {
    let (mut of_gates, mut of_cell) = (vec![0.0; gates.len()], vec![0.0; cell.len()]);
    let given = gates
        .chunks_exact(4 * width)
        .zip(cell.chunks_exact(width))
        .zip(grad.chunks_exact(2 * width));
    let results = of_gates
        .chunks_exact_mut(4 * width)
        .zip(of_cell.chunks_exact_mut(width));
    for (((gates, cell), grad), (of_gates, of_cell)) in given.zip(results) {
        let [input, forget, output, candidate] = quarters(gates, width);
        let (of_hidden, of_next) = grad.split_at(width);
        let (of_input, rest) = of_gates.split_at_mut(width);
        let (of_forget, rest) = rest.split_at_mut(width);
        let (of_output, of_candidate) = rest.split_at_mut(width);
        for at in 0..width {
            let (i, f, o) = (sigmoid(input[at]), sigmoid(forget[at]), sigmoid(output[at]));
            let g = tanh(candidate[at]);
            let shown = tanh(f * cell[at] + i * g);
            let of_next = of_next[at] + of_hidden[at] * o * (1.0 - shown * shown);
            of_input[at] = of_next * g * i * (1.0 - i);
            of_forget[at] = of_next * cell[at] * f * (1.0 - f);
            of_output[at] = of_hidden[at] * shown * o * (1.0 - o);
            of_candidate[at] = of_next * i * (1.0 - g * g);
            of_cell[at] = of_next * f;
        }
    }
    [of_gates, of_cell]
}

fn quarters(gates: &[f32], width: usize) -> [&[f32]; 4] {
    [0, 1, 2, 3].map(|gate| &gates[gate * width..(gate + 1) * width])
}

/// `given` and `before` `[rows, 3 × width]` (update, reset, candidate) and `state` `[rows, width]` → the next state.
pub fn gru(given: &[f32], before: &[f32], state: &[f32], width: usize) -> Vec<f32> {
    let mut out = vec![0.0; state.len()];
    let rows = given
        .chunks_exact(3 * width)
        .zip(before.chunks_exact(3 * width))
        .zip(state.chunks_exact(width));
    for (out, ((given, before), state)) in out.chunks_exact_mut(width).zip(rows) {
        let ([g0, g1, g2], [b0, b1, b2]) = (thirds(given, width), thirds(before, width));
        for at in 0..width {
            let update = sigmoid(g0[at] + b0[at]);
            let reset = sigmoid(g1[at] + b1[at]);
            let candidate = tanh(g2[at] + reset * b2[at]);
            out[at] = candidate + update * (state[at] - candidate);
        }
    }
    out
}

/// The gradients of [`gru`]: of what is given, of what was before, of the state.
pub fn gru_gradient(given: &[f32], before: &[f32], state: &[f32], grad: &[f32], width: usize) -> [Vec<f32>; 3] {
    let (mut of_given, mut of_before) = (vec![0.0; given.len()], vec![0.0; before.len()]);
    let mut of_state = vec![0.0; state.len()];
    let rows = given
        .chunks_exact(3 * width)
        .zip(before.chunks_exact(3 * width))
        .zip(state.chunks_exact(width).zip(grad.chunks_exact(width)));
    let results = of_given
        .chunks_exact_mut(3 * width)
        .zip(of_before.chunks_exact_mut(3 * width))
        .zip(of_state.chunks_exact_mut(width));
    for (((given, before), (state, grad)), ((of_given, of_before), of_state)) in rows.zip(results) {
        let ([g0, g1, g2], [b0, b1, b2]) = (thirds(given, width), thirds(before, width));
        let (of_g0, rest) = of_given.split_at_mut(width);
        let (of_g1, of_g2) = rest.split_at_mut(width);
        let (of_b0, rest) = of_before.split_at_mut(width);
        let (of_b1, of_b2) = rest.split_at_mut(width);
        for at in 0..width {
            let update = sigmoid(g0[at] + b0[at]);
            let reset = sigmoid(g1[at] + b1[at]);
            let candidate = tanh(g2[at] + reset * b2[at]);
            let of_update = grad[at] * (state[at] - candidate) * update * (1.0 - update);
            let of_candidate = grad[at] * (1.0 - update) * (1.0 - candidate * candidate);
            let of_reset = of_candidate * b2[at] * reset * (1.0 - reset);
            (of_g0[at], of_b0[at]) = (of_update, of_update);
            (of_g1[at], of_b1[at]) = (of_reset, of_reset);
            (of_g2[at], of_b2[at]) = (of_candidate, of_candidate * reset);
            of_state[at] = grad[at] * update;
        }
    }
    [of_given, of_before, of_state]
}

fn thirds(gates: &[f32], width: usize) -> [&[f32]; 3] {
    [0, 1, 2].map(|gate| &gates[gate * width..(gate + 1) * width])
}

/// The sizes of additive attention.
#[derive(Clone, Copy, Debug)]
pub struct Cells {
    /// Rows that look at the same photo.
    pub times: usize,
    /// Cells of a photo.
    pub cells: usize,
    /// Units of the perceptron.
    pub units: usize,
}

/// `vᵀ tanh(keys + state)`: `keys` `[photos, cells, units]`, `state` `[photos × times, units]`, `v` `[units]` → `[photos ×
/// times, cells]`.
pub fn scores(keys: &[f32], state: &[f32], v: &[f32], sizes: Cells) -> Vec<f32> {
    let Cells { times, cells, units } = sizes;
    let mut out = vec![0.0; state.len() / units * cells];
    for (row, (out, state)) in out.chunks_exact_mut(cells).zip(state.chunks_exact(units)).enumerate() {
        let photo = &keys[row / times * cells * units..][..cells * units];
        for (score, key) in out.iter_mut().zip(photo.chunks_exact(units)) {
            *score = sum(units, |at| v[at] * tanh(key[at] + state[at]));
        }
    }
    out
}

/// The gradients of [`scores`] for `grad` `[photos × times, cells]`: of the keys, the state and `v`.
pub fn scores_gradient(keys: &[f32], state: &[f32], v: &[f32], grad: &[f32], sizes: Cells) -> [Vec<f32>; 3] {
    let Cells { times, cells, units } = sizes;
    let (mut of_keys, mut of_state) = (vec![0.0; keys.len()], vec![0.0; state.len()]);
    let mut of_v = vec![0.0; v.len()];
    let rows = state.chunks_exact(units).zip(of_state.chunks_exact_mut(units));
    for (row, ((state, of_state), grad)) in rows.zip(grad.chunks_exact(cells)).enumerate() {
        let from = row / times * cells * units;
        let photo = keys[from..][..cells * units].chunks_exact(units);
        let of_photo = of_keys[from..][..cells * units].chunks_exact_mut(units);
        for ((key, of_key), &grad) in photo.zip(of_photo).zip(grad) {
            for at in 0..units {
                let seen = tanh(key[at] + state[at]);
                let of_seen = grad * v[at] * (1.0 - seen * seen);
                of_v[at] += grad * seen;
                of_key[at] += of_seen;
                of_state[at] += of_seen;
            }
        }
    }
    [of_keys, of_state, of_v]
}

/// `logits` `[positions, vocabulary]` and the number of the right word in each `[positions]` → its log-likelihood and the
/// mean of all words', `[positions, 2]`.
pub fn likelihoods(logits: &[f32], targets: &[f32], vocabulary: usize) -> Vec<f32> {
    let rows = logits.chunks_exact(vocabulary).zip(targets);
    rows.flat_map(|(logits, &target)| {
        let all = log_sum(logits);
        let mean = sum(vocabulary, |at| logits[at]) / vocabulary as f32;
        [logits[target as usize] - all, mean - all]
    })
    .collect()
}

/// The gradient of [`likelihoods`] for `grad` `[positions, 2]`: of the logits.
pub fn likelihoods_gradient(logits: &[f32], targets: &[f32], grad: &[f32], vocabulary: usize) -> Vec<f32> {
    let mut out = vec![0.0; logits.len()];
    let rows = logits.chunks_exact(vocabulary).zip(targets).zip(grad.chunks_exact(2));
    for (out, ((logits, &target), grad)) in out.chunks_exact_mut(vocabulary).zip(rows) {
        let (of_chosen, of_mean) = (grad[0], grad[1]);
        // Padding teaches nothing.
        if of_chosen == 0.0 && of_mean == 0.0 {
            continue;
        }
        let (all, each) = (log_sum(logits), of_mean / vocabulary as f32);
        let pull = of_chosen + of_mean;
        for (out, &logit) in out.iter_mut().zip(logits) {
            *out = each - pull * exp(logit - all);
        }
        out[target as usize] += of_chosen;
    }
    out
}

fn log_sum(logits: &[f32]) -> f32 {
    let most = logits.iter().fold(
        f32::NEG_INFINITY,
        |most, &logit| if logit > most { logit } else { most },
    );
    most + sum(logits.len(), |at| exp(logits[at] - most)).ln()
}

/// A sum in sixteen strands, which the processor adds side by side.
#[inline(always)]
fn sum(count: usize, term: impl Fn(usize) -> f32) -> f32 {
    const STRANDS: usize = 16;
    let mut strands = [0.0f32; STRANDS];
    let whole = count - count % STRANDS;
    for from in (0..whole).step_by(STRANDS) {
        for (strand, sum) in strands.iter_mut().enumerate() {
            *sum += term(from + strand);
        }
    }
    (whole..count).fold(strands.iter().sum(), |sum, at| sum + term(at))
}
