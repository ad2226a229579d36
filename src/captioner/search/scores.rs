//! From logits to scores: log-softmax, and the adjustments that the settings ask for.

use std::collections::HashSet;

use ndarray::ArrayView1;

use crate::model::GenerationConfig;

/// The logarithm of the softmax of a row of logits.
#[derive(Clone, Copy, Debug)]
pub(in crate::captioner) struct LogSoftmax {
    largest: f32,
    /// The logarithm of the sum of what the logits are the logarithms of, as shares of the largest.
    shift: f32,
}

impl LogSoftmax {
    pub(in crate::captioner) fn of(logits: ArrayView1<f32>) -> Self {
        match logits.as_slice() {
            Some(logits) => Self::of_slice(logits),
            None => Self::of_slice(&logits.to_vec()),
        }
    }

    fn of_slice(logits: &[f32]) -> Self {
        // Side by side, as the processor can.
        const LANES: usize = 16;
        let chunks = logits.chunks_exact(LANES);
        let rest = chunks.remainder();
        let mut lanes = [f32::NEG_INFINITY; LANES];
        for chunk in chunks.clone() {
            for (lane, &logit) in lanes.iter_mut().zip(chunk) {
                *lane = if logit > *lane { logit } else { *lane };
            }
        }
        let largest = lanes.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max);
        let mut sums = [0.0; LANES];
        for chunk in chunks {
            for (sum, &logit) in sums.iter_mut().zip(chunk) {
                *sum += exp(logit - largest);
            }
        }
        let sum: f32 = sums.iter().sum::<f32>() + rest.iter().map(|&logit| exp(logit - largest)).sum::<f32>();
        Self {
            largest,
            shift: sum.ln(),
        }
    }

    /// The log-probability of what has this logit.
    pub(in crate::captioner) fn at(self, logit: f32) -> f32 {
        // In this order: near a large logit there is no room for the small digits of the sum's logarithm.
        logit - self.largest - self.shift
    }
}

/// e to the power of a number of at most 0, within two units of the last place; 0 below the normal numbers.
///
/// The library's own is called number by number, which for fifty thousand words a step takes longer than all else that
/// the search does. This is its textbook form (Cephes' `expf`), written so that numbers are computed side by side.
fn exp(x: f32) -> f32 {
    /// Adding it rounds to a whole number, which then stands in the last bits.
    const ROUND: f32 = 12_582_912.0;
    const LN_2: [f32; 2] = [0.693_359_4, -2.121_944_4e-4];
    const SERIES: [f32; 6] = [
        1.987_569_1e-4,
        1.398_199_9e-3,
        8.333_452e-3,
        4.166_579_6e-2,
        0.166_666_65,
        0.5,
    ];
    let in_range = if x > -87.0 { x } else { -87.0 };
    let rounded = in_range * std::f32::consts::LOG2_E + ROUND;
    let power = rounded - ROUND;
    let left = in_range - power * LN_2[0] - power * LN_2[1];
    let series = SERIES.iter().skip(1).fold(SERIES[0], |sum, factor| sum * left + factor);
    let value = series * left * left + left + 1.0;
    let exponent = rounded.to_bits().wrapping_sub(ROUND.to_bits()).wrapping_add(127) << 23;
    if x > -87.0 {
        value * f32::from_bits(exponent)
    } else {
        0.0
    }
}

/// Changes the scores of the tokens that may follow `tokens`, in the order of Hugging Face's logits processors:
/// repetition penalty, no repeated n-grams, bad words, shortest length, forced first and last token, suppressed tokens.
pub(super) fn adjust(scores: &mut [f32], tokens: &[i64], settings: &GenerationConfig) {
    let mut change = |token: i64, change: &dyn Fn(f32) -> f32| {
        if let Some(score) = usize::try_from(token).ok().and_then(|token| scores.get_mut(token)) {
            *score = change(*score);
        }
    };
    let penalty = settings.repetition_penalty;
    if penalty != 1.0 {
        for &token in tokens.iter().collect::<HashSet<_>>() {
            change(token, &|score| {
                if score < 0.0 { score * penalty } else { score / penalty }
            });
        }
    }
    let n = settings.no_repeat_ngram_size;
    if n > 0 && tokens.len() + 1 >= n {
        let recent = &tokens[tokens.len() + 1 - n..];
        for ngram in tokens.windows(n).filter(|ngram| ngram.starts_with(recent)) {
            change(ngram[n - 1], &|_| f32::NEG_INFINITY);
        }
    }
    for word in settings.bad_words() {
        // Hugging Face does not look for a run as long as all tokens and one more.
        if let Some((&last, before)) = word.split_last()
            && (before.is_empty() || (word.len() <= tokens.len() && tokens.ends_with(before)))
        {
            change(last, &|_| f32::NEG_INFINITY);
        }
    }
    if tokens.len() < settings.min_length() {
        for &token in settings.end_tokens() {
            change(token, &|_| f32::NEG_INFINITY);
        }
    }
    if let Some(first) = settings.forced_first().filter(|_| tokens.len() == 1) {
        leave_only(scores, &[first]);
    }
    let last = settings.forced_last();
    if !last.is_empty() && tokens.len() + 1 == settings.max_length() {
        leave_only(scores, last);
    }
    for &token in settings
        .suppress_tokens
        .iter()
        .chain(settings.suppressed_at(tokens.len()))
    {
        if let Some(score) = usize::try_from(token).ok().and_then(|token| scores.get_mut(token)) {
            *score = f32::NEG_INFINITY;
        }
    }
}

/// Makes these tokens certain and all others impossible.
fn leave_only(scores: &mut [f32], tokens: &[i64]) {
    for (token, score) in scores.iter_mut().enumerate() {
        *score = if tokens.contains(&(token as i64)) {
            0.0
        } else {
            f32::NEG_INFINITY
        };
    }
}

/// What a token costs for each sentence that has it at the same place, in log-probability.
const KEEP_AWAY: f32 = 0.7;

/// A token costs this often at most: what a sentence cannot do without must stay possible.
const TIMES: usize = 2;

/// Makes the tokens less likely that earlier sequences have at this place. The end is no word.
pub(super) fn keep_away(scores: &mut [f32], place: usize, said: &[Vec<i64>], end_tokens: &[i64]) {
    let mut here: Vec<i64> = said.iter().filter_map(|tokens| tokens.get(place)).copied().collect();
    here.retain(|token| !end_tokens.contains(token));
    here.sort_unstable();
    for same in here.chunk_by(|a, b| a == b) {
        if let Some(score) = usize::try_from(same[0]).ok().and_then(|token| scores.get_mut(token)) {
            *score -= KEEP_AWAY * same.len().min(TIMES) as f32;
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use serde_json::json;

    use super::*;

    fn adjusted(tokens: &[i64], settings: serde_json::Value) -> Vec<f32> {
        let mut scores = vec![2.0, -2.0, 1.0, 0.5];
        let settings = GenerationConfig::default().with(settings.as_object().unwrap()).unwrap();
        adjust(&mut scores, tokens, &settings);
        scores
    }

    #[test]
    fn probabilities_sum_to_one_for_large_logits() {
        let logits = array![1000.0, 999.0, -1000.0];
        let chances = LogSoftmax::of(logits.view());
        let sum: f32 = logits.iter().map(|&logit| chances.at(logit).exp()).sum();
        assert!((sum - 1.0).abs() < 1e-6);
    }

    #[test]
    fn log_probabilities_are_those_of_sixty_four_bits() {
        let mut seed = 1_u32;
        for words in [1, 15, 16, 50_257] {
            let logits = ndarray::Array1::from_shape_simple_fn(words, || {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) as f32 / (1 << 20) as f32 - 12.0
            });
            let sum: f64 = logits.iter().map(|&logit| f64::from(logit).exp()).sum();
            let chances = LogSoftmax::of(logits.view());
            for &logit in &logits {
                let expected = f64::from(logit) - sum.ln();
                assert!(
                    (f64::from(chances.at(logit)) - expected).abs() < 1e-5,
                    "{words} words, {logit}"
                );
            }
        }
    }

    #[test]
    fn powers_of_e_are_exact_to_the_last_places() {
        for step in 0..=100_000 {
            let x = step as f32 * -1e-3;
            let expected = f64::from(x).exp();
            let allowed = if x > -87.0 { expected * 3e-7 } else { 1.7e-38 };
            assert!((f64::from(exp(x)) - expected).abs() <= allowed, "{x}");
        }
        assert_eq!((exp(0.0), exp(f32::NEG_INFINITY)), (1.0, 0.0));
    }

    #[test]
    fn a_repeated_token_is_penalised_once_in_the_direction_of_less_likely() {
        assert_eq!(
            adjusted(&[0, 1, 0], json!({"repetition_penalty": 2.0})),
            [1.0, -4.0, 1.0, 0.5]
        );
    }

    #[test]
    fn the_token_that_would_repeat_a_pair_is_forbidden() {
        let scores = adjusted(&[2, 3, 1, 2], json!({"no_repeat_ngram_size": 2}));
        assert_eq!(scores, [2.0, -2.0, 1.0, f32::NEG_INFINITY]);
    }

    #[test]
    fn without_repeated_single_tokens_all_used_ones_are_forbidden() {
        let scores = adjusted(&[0, 3], json!({"no_repeat_ngram_size": 1}));
        assert_eq!(scores, [f32::NEG_INFINITY, -2.0, 1.0, f32::NEG_INFINITY]);
    }

    #[test]
    fn a_token_that_was_said_at_this_place_costs_more_each_time_up_to_a_bound_and_the_end_costs_nothing() {
        let mut scores = [0.0; 5];
        let said = [vec![0, 1, 2], vec![0, 1, 3], vec![0, 1], vec![0, 4, 3]];
        keep_away(&mut scores, 1, &said, &[4]);
        assert_eq!(scores, [0.0, -1.4, 0.0, 0.0, 0.0]);
        keep_away(&mut scores, 2, &said, &[4]);
        assert_eq!(scores, [0.0, -1.4, -0.7, -1.4, 0.0]);
        keep_away(&mut scores, 9, &said, &[]);
        assert_eq!(scores, [0.0, -1.4, -0.7, -1.4, 0.0]);
    }
}
