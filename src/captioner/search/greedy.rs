//! The likeliest token, each time.

use super::scores::{LogSoftmax, adjust};
use super::{Hypothesis, Step};
use crate::model::GenerationConfig;

/// A greedy search on its way.
pub(super) struct Greedy {
    path: Hypothesis,
    is_done: bool,
    /// Room for the adjusted scores of a step.
    scores: Vec<f32>,
}

impl Greedy {
    pub(super) fn new(settings: &GenerationConfig, start: i64) -> Self {
        Self {
            path: Hypothesis::start(start),
            is_done: settings.max_length() <= 1,
            scores: Vec::new(),
        }
    }

    /// The sequence that it goes on from; none at its end.
    pub(super) fn sequence(&self) -> Option<&[i64]> {
        (!self.is_done).then_some(self.path.tokens.as_slice())
    }

    /// Takes the next token, of which a row of the step speaks.
    pub(super) fn advance(&mut self, settings: &GenerationConfig, step: &Step, row: usize) {
        let logits = step.logits.row(row);
        // Adjusted are the logits here and the log-probabilities in a beam search, because Hugging Face does so; for a
        // repetition penalty that matters.
        self.scores.clear();
        self.scores.extend(logits);
        adjust(&mut self.scores, &self.path.tokens, settings);
        let best = self
            .scores
            .iter()
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        let Some((token, _)) = best else {
            self.is_done = true;
            return;
        };
        let log_probability = LogSoftmax::of(logits).at(logits[token]);
        self.path.extend(token, log_probability, step, row);
        self.is_done =
            settings.end_tokens().contains(&(token as i64)) || self.path.tokens.len() >= settings.max_length();
    }

    pub(super) fn found(self) -> Hypothesis {
        self.path
    }
}
