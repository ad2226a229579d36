//! Calibration: which share of sentences with a given log-probability is right.
//!
//! A sentence counts as right when at least half of its content words (those of the bag: things, colours, doings) are
//! used by at least one of the people who described the photo. A logistic curve over the mean log-probability a
//! token (Platt 1999) turns that into the confidence people are shown; the expected calibration error (Guo et al. 2017,
//! section 3) says how far to believe it.

use std::fmt;
use std::path::Path;

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

use crate::data::words::Bag;
use crate::disk::write_text;

/// Share of a right sentence's content words that people used too.
const RIGHT: f32 = 0.5;

/// The curve `1 / (1 + exp(-(intercept + slope × mean log-probability)))`, fitted to every other point, and how well it
/// fits the ones between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Log-odds for a sentence without any doubt.
    pub intercept: f64,
    /// Log-odds a unit of mean log-probability.
    pub slope: f64,
    /// Share of all the sentences that are right.
    pub right: f64,
    /// Mean distance between confidence and share of right sentences, over ten bins of confidence, on the points that
    /// the curve was not fitted to.
    pub expected_error: f64,
}

impl Calibration {
    /// Fits (mean log-probability, right) points.
    pub fn of(points: &[(f64, bool)]) -> Self {
        let fitted: Vec<_> = points.iter().copied().step_by(2).collect();
        let (intercept, slope) = fit(&fitted);
        let right = points.iter().filter(|(_, right)| *right).count() as f64 / points.len().max(1) as f64;
        let between = points.iter().skip(1).step_by(2);
        let confident: Vec<_> = between
            .map(|&(x, right)| (logistic(intercept + slope * x), right))
            .collect();
        Self {
            intercept,
            slope,
            right,
            expected_error: expected_error(&confident),
        }
    }

    /// Writes the curve into a model folder's `config.json`, beside and renamed.
    ///
    /// # Errors
    /// A curve by which doubt would raise the confidence, a folder without a readable `config.json`, a full disk.
    pub fn store(&self, model: &Path) -> Result<()> {
        if !(self.intercept.is_finite() && self.slope.is_finite() && self.slope > 0.0) {
            bail!("the log-probability says nothing about these sentences, so no confidence can be fitted to it");
        }
        let path = model.join("config.json");
        let text = std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut config: Value = serde_json::from_str(&text).with_context(|| format!("{} is broken", path.display()))?;
        config["hearsight"]["calibration"] =
            json!({"kind": "logistic", "intercept": self.intercept, "slope": self.slope});
        write_text(&path, &format!("{config:#}\n"))
    }
}

impl fmt::Display for Calibration {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(
            f,
            "right sentences {:.3}, expected calibration error {:.3}",
            self.right, self.expected_error
        )
    }
}

/// Whether people's captions support a sentence; none where it has no content word to judge by.
pub fn is_right(caption: &str, references: &[String], bag: &Bag) -> Option<bool> {
    let said = bag.targets(&[caption.to_owned()]);
    let used = bag.targets(references);
    let count = said.iter().filter(|&&word| word > 0.0).count();
    let shared = std::iter::zip(&said, &used)
        .filter(|(said, used)| **said > 0.0 && **used > 0.0)
        .count();
    (count > 0).then_some(shared as f32 >= RIGHT * count as f32)
}

/// Intercept and slope by Newton's method, with a weak pull of the slope towards 0.
fn fit(points: &[(f64, bool)]) -> (f64, f64) {
    let (mut intercept, mut slope) = (0.0, 0.0);
    for _ in 0..50 {
        let (mut g0, mut g1, mut h00, mut h01, mut h11) = (0.0, -1e-3 * slope, 1e-9, 0.0, 1e-3);
        for &(x, right) in points {
            let p = logistic(intercept + slope * x);
            let (error, weight) = (f64::from(u8::from(right)) - p, p * (1.0 - p));
            g0 += error;
            g1 += error * x;
            h00 += weight;
            h01 += weight * x;
            h11 += weight * x * x;
        }
        let determinant = h00 * h11 - h01 * h01;
        intercept += (h11 * g0 - h01 * g1) / determinant;
        slope += (h00 * g1 - h01 * g0) / determinant;
    }
    (intercept, slope)
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn expected_error(points: &[(f64, bool)]) -> f64 {
    let mut bins = [(0.0, 0.0); 10];
    for &(confidence, right) in points {
        let bin = &mut bins[((confidence * 10.0) as usize).min(9)];
        bin.0 += confidence;
        bin.1 += f64::from(u8::from(right));
    }
    bins.iter()
        .map(|(confidence, right)| (confidence - right).abs())
        .sum::<f64>()
        / points.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_curve_finds_the_odds_that_made_the_points() {
        let mut state = 1u64;
        let mut uniform = move || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            (state >> 11) as f64 / (1u64 << 53) as f64
        };
        let points: Vec<_> = (0..20_000)
            .map(|_| {
                let x = -3.0 * uniform();
                (x, uniform() < logistic(1.0 + 1.5 * x))
            })
            .collect();
        let found = Calibration::of(&points);
        assert!(
            (found.intercept - 1.0).abs() < 0.1 && (found.slope - 1.5).abs() < 0.1,
            "{found:?}"
        );
        assert!(found.expected_error < 0.02, "{found:?}");
    }

    #[test]
    fn a_sentence_is_right_when_people_used_half_of_its_content_words() {
        let words = ["dog", "brown", "running", "cat"].map(str::to_owned);
        let bag = Bag { words: words.to_vec() };
        let people = ["A brown dog .".to_owned(), "The dog is running".to_owned()];
        assert_eq!(is_right("A dog running with a cat.", &people, &bag), Some(true));
        assert_eq!(is_right("A cat.", &people, &bag), Some(false));
        assert_eq!(is_right("In the of.", &people, &bag), None);
    }
}
