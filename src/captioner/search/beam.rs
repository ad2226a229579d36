//! Beam search, as `BeamSearchScorer` of Hugging Face transformers 4.46 does it.

use ndarray::ArrayView1;

use super::scores::{LogSoftmax, adjust, keep_away};
use super::{Hypothesis, Step};
use crate::model::{EarlyStopping, GenerationConfig};

/// A sequence in the search; the row of the latest step that speaks of it is its place among the beams.
struct Beam {
    path: Hypothesis,
    /// The sum of its adjusted log-probabilities.
    score: f32,
}

/// A token that may follow a beam.
#[derive(Clone, Copy)]
struct Candidate {
    beam: usize,
    token: usize,
    score: f32,
}

/// A beam search on its way.
pub(super) struct BeamSearch<'a> {
    settings: &'a GenerationConfig,
    /// Sequences of earlier searches, which it keeps away from.
    said: &'a [Vec<i64>],
    /// None at its end.
    beams: Vec<Beam>,
    parents: Vec<usize>,
    finished: Finished<'a>,
    /// Room for the adjusted scores of a row.
    scores: Vec<f32>,
    /// Room for the candidates of a step.
    candidates: Vec<Candidate>,
}

impl<'a> BeamSearch<'a> {
    pub(super) fn new(settings: &'a GenerationConfig, start: i64, said: &'a [Vec<i64>]) -> Self {
        Self {
            settings,
            said,
            beams: vec![Beam {
                path: Hypothesis::start(start),
                score: 0.0,
            }],
            parents: Vec::new(),
            finished: Finished::new(settings),
            scores: Vec::new(),
            candidates: Vec::new(),
        }
    }

    /// The sequences that it goes on from; none at its end.
    pub(super) fn sequences(&self) -> impl Iterator<Item = &[i64]> {
        self.beams.iter().map(|beam| beam.path.tokens.as_slice())
    }

    /// For each of them the row of the step before that it goes on from; none at the first step.
    pub(super) fn parents(&self) -> &[usize] {
        &self.parents
    }

    /// Goes on by a token, of which the rows of the step from this one on speak.
    pub(super) fn advance(&mut self, step: &Step, first: usize) {
        let width = self.settings.num_beams();
        let chances: Vec<LogSoftmax> = (0..self.beams.len())
            .map(|beam| LogSoftmax::of(step.logits.row(first + beam)))
            .collect();
        self.find_candidates(step, first, &chances);
        let best_score = self
            .candidates
            .first()
            .map_or(f32::NEG_INFINITY, |candidate| candidate.score);
        let mut next = Vec::with_capacity(width);
        self.parents.clear();
        for (rank, &Candidate { beam, token, score }) in self.candidates.iter().enumerate() {
            let row = first + beam;
            let ends = self.settings.end_tokens().contains(&(token as i64));
            if ends && rank >= width {
                continue;
            }
            let mut path = self.beams[beam].path.clone();
            path.extend(token, chances[beam].at(step.logits[[row, token]]), step, row);
            if ends {
                self.finished.add(path.ended(self.settings), score);
            } else {
                next.push(Beam { path, score });
                self.parents.push(beam);
            }
            if next.len() == width {
                break;
            }
        }
        self.beams = next;
        let Some(length) = self.beams.first().map(|beam| beam.path.tokens.len()) else {
            return;
        };
        if self.finished.is_done(best_score, length - 1) {
            self.beams.clear();
        } else if length >= self.settings.max_length() {
            for beam in self.beams.drain(..) {
                self.finished.add(beam.path, beam.score);
            }
        }
    }

    /// Finds the best continuations of all beams together, best first: enough of them that the beams stay full when all
    /// the end tokens are among them.
    fn find_candidates(&mut self, step: &Step, first: usize, chances: &[LogSoftmax]) {
        let count = self.settings.num_beams() * (1 + self.settings.end_tokens().len().max(1));
        self.candidates.clear();
        for (place, beam) in self.beams.iter().enumerate() {
            let tokens = &beam.path.tokens;
            self.scores.clear();
            let logits = step.logits.row(first + place);
            self.scores.extend(logits.iter().map(|&logit| chances[place].at(logit)));
            adjust(&mut self.scores, tokens, self.settings);
            if self.settings.renormalize_logits {
                let chances = LogSoftmax::of(ArrayView1::from(&self.scores));
                self.scores.iter_mut().for_each(|score| *score = chances.at(*score));
            }
            keep_away(&mut self.scores, tokens.len(), self.said, self.settings.end_tokens());
            // What is impossible is no candidate: it must not fill a place among the finished ones.
            let mut bar = f32::NEG_INFINITY;
            if self.candidates.len() == count {
                bar = self.candidates[count - 1].score;
            }
            for (token, score) in self.scores.iter().enumerate() {
                let score = beam.score + score;
                // Of equals the first stays: that of the earlier beam and the smaller token.
                if score > bar {
                    let rank = self.candidates.partition_point(|other| other.score >= score);
                    self.candidates.truncate(count - 1);
                    self.candidates.insert(
                        rank,
                        Candidate {
                            beam: place,
                            token,
                            score,
                        },
                    );
                    if self.candidates.len() == count {
                        bar = self.candidates[count - 1].score;
                    }
                }
            }
        }
    }

    pub(super) fn found(self) -> Vec<(Hypothesis, f64)> {
        self.finished.best_first()
    }
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
