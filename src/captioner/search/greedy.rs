//! The likeliest token, each time.

use super::scores::{adjust, log_softmax};
use super::{Decode, Hypothesis};
use crate::captioner::CaptionError;
use crate::model::GenerationConfig;

pub(super) fn search(settings: &GenerationConfig, start: i64, decode: &mut Decode) -> Result<Hypothesis, CaptionError> {
    let mut path = Hypothesis::start(start);
    let mut parents: &[usize] = &[];
    while path.tokens.len() < settings.max_length() {
        let step = decode(&[&path.tokens], parents)?;
        parents = &[0];
        let log_probabilities = log_softmax(step.logits.row(0));
        // Adjusted are the logits here and the log-probabilities in a beam search, because Hugging Face does so; for a
        // repetition penalty that matters.
        let mut scores = step.logits.row(0).to_vec();
        adjust(&mut scores, &path.tokens, settings);
        let best = scores
            .iter()
            .enumerate()
            .reduce(|best, next| if next.1 > best.1 { next } else { best });
        let Some((token, _)) = best else { break };
        path = path.extended(token, log_probabilities[token], &step, 0);
        if settings.end_tokens().contains(&(token as i64)) {
            break;
        }
    }
    Ok(path)
}
