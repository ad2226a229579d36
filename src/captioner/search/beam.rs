//! Beam search, as `BeamSearchScorer` of Hugging Face transformers 4.46 does it.

use ndarray::ArrayView1;

use super::scores::{adjust, keep_away, log_softmax};
use super::{Decode, Hypothesis};
use crate::captioner::CaptionError;
use crate::model::{EarlyStopping, GenerationConfig};

/// A sequence in the search; the row of the latest step that speaks of it is its place among the beams.
struct Beam {
    path: Hypothesis,
    /// The sum of its adjusted log-probabilities.
    score: f32,
}

/// A token that may follow a beam.
struct Candidate {
    beam: usize,
    token: usize,
    score: f32,
}

pub(super) fn search(
    settings: &GenerationConfig,
    start: i64,
    said: &[Vec<i64>],
    decode: &mut Decode,
) -> Result<Vec<(Hypothesis, f64)>, CaptionError> {
    let width = settings.num_beams();
    let mut beams = vec![Beam {
        path: Hypothesis::start(start),
        score: 0.0,
    }];
    let mut finished = Finished::new(settings);
    let mut parents = Vec::new();
    loop {
        let sequences: Vec<&[i64]> = beams.iter().map(|beam| beam.path.tokens.as_slice()).collect();
        let step = decode(&sequences, &parents)?;
        let log_probabilities: Vec<_> = step.logits.rows().into_iter().map(log_softmax).collect();
        let candidates = best_candidates(&beams, &log_probabilities, said, settings);
        let best_score = candidates
            .first()
            .map_or(f32::NEG_INFINITY, |candidate| candidate.score);
        let mut next = Vec::with_capacity(width);
        parents.clear();
        for (rank, Candidate { beam, token, score }) in candidates.into_iter().enumerate() {
            let path = beams[beam]
                .path
                .extended(token, log_probabilities[beam][token], &step, beam);
            if !settings.end_tokens().contains(&(token as i64)) {
                next.push(Beam { path, score });
                parents.push(beam);
            } else if rank < width {
                finished.add(path.ended(settings), score);
            }
            if next.len() == width {
                break;
            }
        }
        beams = next;
        let Some(length) = beams.first().map(|beam| beam.path.tokens.len()) else {
            break;
        };
        if finished.is_done(best_score, length - 1) {
            break;
        }
        if length >= settings.max_length() {
            for beam in beams {
                finished.add(beam.path, beam.score);
            }
            break;
        }
    }
    Ok(finished.best_first())
}

/// The best continuations of all beams together, best first: enough of them that the beams stay full when all the end
/// tokens are among them.
fn best_candidates(
    beams: &[Beam],
    log_probabilities: &[Vec<f32>],
    said: &[Vec<i64>],
    settings: &GenerationConfig,
) -> Vec<Candidate> {
    let count = settings.num_beams() * (1 + settings.end_tokens().len().max(1));
    let mut candidates = Vec::new();
    for (place, beam) in beams.iter().enumerate() {
        let mut scores = log_probabilities[place].clone();
        adjust(&mut scores, &beam.path.tokens, settings);
        if settings.renormalize_logits {
            scores = log_softmax(ArrayView1::from(&scores));
        }
        keep_away(&mut scores, beam.path.tokens.len(), said, settings.end_tokens());
        let with_score = |(token, score)| Candidate {
            beam: place,
            token,
            score: beam.score + score,
        };
        // What is impossible is no candidate: it must not fill a place among the finished ones.
        let possible = scores
            .into_iter()
            .enumerate()
            .filter(|(_, score)| *score > f32::NEG_INFINITY);
        candidates.extend(possible.map(with_score));
    }
    let best_first = |a: &Candidate, b: &Candidate| {
        // A total order even of what is no number, without which sorting may panic.
        let score = b.score.total_cmp(&a.score);
        score.then(a.beam.cmp(&b.beam)).then(a.token.cmp(&b.token))
    };
    if candidates.len() > count {
        candidates.select_nth_unstable_by(count - 1, best_first);
        candidates.truncate(count);
    }
    candidates.sort_unstable_by(best_first);
    candidates
}

/// The best finished sequences so far, as many as there are beams.
struct Finished<'a> {
    settings: &'a GenerationConfig,
    /// From the worst to the best.
    sequences: Vec<(Hypothesis, f64)>,
}

impl<'a> Finished<'a> {
    fn new(settings: &'a GenerationConfig) -> Self {
        Self {
            settings,
            sequences: Vec::new(),
        }
    }

    /// A sum of log-probabilities, made comparable between lengths (in tokens after the start token).
    fn normalised(&self, score: f32, length: usize) -> f64 {
        f64::from(score) / (length as f64).powf(f64::from(self.settings.length_penalty))
    }

    fn add(&mut self, path: Hypothesis, score: f32) {
        let score = self.normalised(score, path.log_probabilities.len());
        if self.is_full() && score <= self.worst() {
            return;
        }
        let place = self.sequences.partition_point(|(_, other)| *other <= score);
        self.sequences.insert(place, (path, score));
        if self.sequences.len() > self.settings.num_beams() {
            self.sequences.remove(0);
        }
    }

    /// Whether the search may end, after `length` tokens of which the best sum of log-probabilities is `best`.
    fn is_done(&self, best: f32, length: usize) -> bool {
        if !self.is_full() {
            return false;
        }
        let reachable_at = match self.settings.early_stopping {
            EarlyStopping::Yes => return true,
            EarlyStopping::Never if self.settings.length_penalty > 0.0 => self.settings.max_length() - 1,
            EarlyStopping::Never | EarlyStopping::Unlikely => length,
        };
        self.worst() >= self.normalised(best, reachable_at)
    }

    fn is_full(&self) -> bool {
        self.sequences.len() >= self.settings.num_beams()
    }

    fn worst(&self) -> f64 {
        self.sequences.first().map_or(f64::INFINITY, |(_, score)| *score)
    }

    /// Sequences that only forbidden tokens led to are no results.
    fn best_first(self) -> Vec<(Hypothesis, f64)> {
        self.sequences
            .into_iter()
            .rev()
            .filter(|(_, score)| score.is_finite())
            .collect()
    }
}
