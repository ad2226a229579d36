//! Beam search, as `BeamSearchScorer` of Hugging Face transformers 4.46 does it.
//!
//! Where it is known what people would write about the photo, what a sequence has in common with that is added to its
//! score: what is worth saying would often be given up for what is merely likely long before its sentence is at its end.

use ndarray::ArrayView1;

use super::scores::{LogSoftmax, adjust, keep_away};
use super::{Hypothesis, Step, Wanted};
use crate::captioner::consensus::ExpectedCaptions;
use crate::captioner::sentence::written;
use crate::model::{EarlyStopping, GenerationConfig};

/// How many of the sentences are worth showing where one is chosen by what people would write: the search has more in view
/// than anybody wants to hear, and ends when nothing on its way is better than these.
const WORTH_SHOWING: usize = 4;

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
    /// The sum of the adjusted log-probabilities.
    score: f32,
    /// What the sequence then has in common with what people would write.
    likeness: f32,
    /// What ranks it: the score, and what the likeness adds to it.
    value: f32,
}

/// A beam search on its way.
pub(super) struct BeamSearch<'a> {
    settings: &'a GenerationConfig,
    /// Sequences of earlier searches, which it keeps away from.
    said: &'a [Vec<i64>],
    expected: &'a ExpectedCaptions,
    /// None at its end.
    beams: Vec<Beam>,
    parents: Vec<usize>,
    finished: Finished<'a>,
    /// Room for the adjusted scores of a row.
    scores: Vec<f32>,
    /// Room for what the sequences have in common with what people would write.
    likeness: Vec<f32>,
    /// Room for the candidates of a step.
    candidates: Vec<Candidate>,
}

impl<'a> BeamSearch<'a> {
    pub(super) fn new(wanted: &Wanted<'a>, expected: &'a ExpectedCaptions) -> Self {
        let settings = wanted.settings;
        Self {
            settings,
            said: wanted.said,
            expected,
            beams: vec![Beam {
                path: Hypothesis::start(wanted.start),
                score: 0.0,
            }],
            parents: Vec::new(),
            finished: Finished::new(settings, expected),
            scores: Vec::new(),
            likeness: Vec::new(),
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
        let length = self.beams.first().map_or(0, |beam| beam.path.tokens.len());
        let best = self.finished.reachable(&self.candidates, length);
        let mut next = Vec::with_capacity(width);
        self.parents.clear();
        for (rank, &Candidate { beam, token, score, .. }) in self.candidates.iter().enumerate() {
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
        if self.finished.is_done(best) {
            self.beams.clear();
        } else if length + 1 >= self.settings.max_length() {
            for beam in self.beams.drain(..) {
                self.finished.add(beam.path, beam.score);
            }
        }
    }

    /// Finds the best continuations of all beams together, best first: enough of them that the beams stay full when all
    /// the end tokens are among them.
    fn find_candidates(&mut self, step: &Step, first: usize, chances: &[LogSoftmax]) {
        let count = self.settings.num_beams() * (1 + self.settings.end_tokens().len().max(1));
        let guidance = self.guidance();
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
                bar = self.candidates[count - 1].value;
            }
            let written = written(tokens, self.settings);
            self.likeness.clear();
            self.likeness.resize(self.scores.len(), 0.0);
            self.expected.likeness_after(written, &mut self.likeness);
            for &end in self.settings.end_tokens() {
                if let Some(likeness) = usize::try_from(end).ok().and_then(|end| self.likeness.get_mut(end)) {
                    *likeness = self.expected.likeness(written);
                }
            }
            for (token, (score, &likeness)) in self.scores.iter().zip(&self.likeness).enumerate() {
                let score = beam.score + score;
                let value = score + guidance * likeness;
                // Of equals the first stays: that of the earlier beam and the smaller token.
                if value > bar {
                    let rank = self.candidates.partition_point(|other| other.value >= value);
                    self.candidates.truncate(count - 1);
                    self.candidates.insert(
                        rank,
                        Candidate {
                            beam: place,
                            token,
                            score,
                            likeness,
                            value,
                        },
                    );
                    if self.candidates.len() == count {
                        bar = self.candidates[count - 1].value;
                    }
                }
            }
        }
    }

    /// What a point of likeness adds to a sum of log-probabilities: as much as to one that is divided by the power of its
    /// length by which sentences are.
    fn guidance(&self) -> f32 {
        let length = self.beams.first().map_or(0, |beam| beam.path.tokens.len());
        let power = (length as f32).powf(self.settings.length_penalty);
        // However odd the settings, no likeness stays no gain.
        (self.expected.guidance() * power).min(f32::MAX)
    }

    pub(super) fn found(self) -> Vec<(Hypothesis, f64)> {
        self.finished.best_first()
    }
}

/// The best finished sequences so far, as many as there are beams or as are worth showing.
struct Finished<'a> {
    settings: &'a GenerationConfig,
    expected: &'a ExpectedCaptions,
    room: usize,
    /// From the worst to the best.
    sequences: Vec<(Hypothesis, f64)>,
}

impl<'a> Finished<'a> {
    fn new(settings: &'a GenerationConfig, expected: &'a ExpectedCaptions) -> Self {
        let beams = settings.num_beams();
        Self {
            settings,
            expected,
            room: if expected.is_known() {
                beams.min(WORTH_SHOWING)
            } else {
                beams
            },
            sequences: Vec::new(),
        }
    }

    /// A sum of log-probabilities, made comparable between lengths (in tokens after the start token).
    fn normalised(&self, score: f32, length: usize) -> f64 {
        f64::from(score) / (length as f64).powf(f64::from(self.settings.length_penalty))
    }

    fn add(&mut self, path: Hypothesis, score: f32) {
        let likeness = self.expected.likeness(written(&path.tokens, self.settings));
        let score = self.normalised(score, path.log_probabilities.len()) + self.expected.worth(likeness);
        if self.is_full() && score <= self.worst() {
            return;
        }
        let place = self.sequences.partition_point(|(_, other)| *other <= score);
        self.sequences.insert(place, (path, score));
        if self.sequences.len() > self.room {
            self.sequences.remove(0);
        }
    }

    /// The score that the best of the candidates, which have `length` tokens after the start token, may come to.
    fn reachable(&self, candidates: &[Candidate], length: usize) -> f64 {
        let length = match self.settings.early_stopping {
            EarlyStopping::Never if self.settings.length_penalty > 0.0 => self.settings.max_length() - 1,
            _ => length,
        };
        let scores = candidates
            .iter()
            .map(|candidate| self.normalised(candidate.score, length) + self.expected.worth(candidate.likeness));
        scores.fold(f64::NEG_INFINITY, f64::max)
    }

    /// Whether the search may end, which may still come to the score `best`.
    fn is_done(&self, best: f64) -> bool {
        self.is_full() && (self.settings.early_stopping == EarlyStopping::Yes || self.worst() >= best)
    }

    fn is_full(&self) -> bool {
        self.sequences.len() >= self.room
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
