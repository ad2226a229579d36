//! From logits to scores: log-softmax, and the adjustments that the settings ask for.

use std::collections::HashSet;

use ndarray::ArrayView1;

use crate::model::GenerationConfig;

/// The logarithm of the softmax.
pub(super) fn log_softmax(logits: ArrayView1<f32>) -> Vec<f32> {
    let largest = logits.fold(f32::NEG_INFINITY, |largest, &logit| largest.max(logit));
    let sum: f32 = logits.iter().map(|logit| (logit - largest).exp()).sum();
    let shift = sum.ln();
    // In this order: near a large logit there is no room for the small digits of the sum's logarithm.
    logits.iter().map(|logit| logit - largest - shift).collect()
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
        let sum: f32 = log_softmax(array![1000.0, 999.0, -1000.0].view())
            .iter()
            .map(|score| score.exp())
            .sum();
        assert!((sum - 1.0).abs() < 1e-6);
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
