//! Calibration: which share of sentences with the same evidence is right.
//!
//! A sentence counts as right when at least one of the people who described the photo names what its main noun does,
//! where it has one ([`main_noun`]), and at least half of its content words (those of the bag: things, colours, doings)
//! are used by one of them; "a person" is right of whoever they name. A logistic curve (Platt 1999) over the mean
//! log-probability a token, the photo's support for the words, the margin to the next different sentence, how far the
//! sentences that the search found agree, how much it has in common with the captions that people are expected to
//! write, and how much these name the main noun's thing turns that into the confidence people are shown; the expected
//! calibration error (Guo et al. 2017, section 3) says how far to believe it.

use std::fmt;

use anyhow::{Result, bail};
use hearsight::model::Evidence;
use serde_json::{Value, json};

use crate::data::words::Bag;
use crate::scores::main_noun;

/// Share of a right sentence's content words that people used too.
const RIGHT: f32 = 0.5;

/// Whether what is chosen on a split is chosen on this photo, by its number there; on the others it is measured.
pub fn is_fitted_to(photo: usize) -> bool {
    photo.is_multiple_of(2)
}

/// A sentence of the photo with this number in its split: what speaks for it, and whether it is right.
pub type Point = (usize, Evidence, bool);

/// What the confidence is computed from, after the constant 1.
const EVIDENCE: usize = 8;

/// Weights of the evidence for a sentence, by a logistic curve fitted to every other photo, and how well it fits the ones
/// between.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Calibration {
    /// Log-odds: the intercept, a unit of mean log-probability, of mean support, of least support, of margin, of agreement,
    /// of the log-odds of the main noun's share.
    pub weights: [f64; EVIDENCE],
    /// The means of margin, agreement, likeness and main noun over the sentences that have them, from which theirs are
    /// counted.
    pub usual: [f64; 4],
    /// Share of all the sentences that are right.
    pub right: f64,
    /// Mean distance between confidence and share of right sentences, over ten bins of confidence, on the points that
    /// the curve was not fitted to.
    pub expected_error: f64,
}

impl Calibration {
    /// Fits the curve.
    pub fn of(points: &[Point]) -> Self {
        let (fitted, between): (Vec<&Point>, _) = points.iter().partition(|(photo, ..)| is_fitted_to(*photo));
        let mean = |of: fn(&Evidence) -> Option<f32>| {
            let found: Vec<f64> = fitted.iter().filter_map(|(_, x, _)| of(x).map(f64::from)).collect();
            found.iter().sum::<f64>() / found.len().max(1) as f64
        };
        let usual = [
            mean(|x| x.margin),
            mean(|x| x.agreement),
            mean(|x| x.likeness),
            mean(|x| x.main_noun),
        ];
        let rows =
            |points: Vec<&Point>| -> Vec<_> { points.iter().map(|(_, x, right)| (row(x, usual), *right)).collect() };
        let weights = fit(&rows(fitted));
        let right = points.iter().filter(|(.., right)| *right).count() as f64 / points.len().max(1) as f64;
        let confident: Vec<_> = rows(between)
            .iter()
            .map(|(x, right)| (logistic(product(&weights, x)), *right))
            .collect();
        Self {
            weights,
            usual,
            right,
            expected_error: expected_error(&confident),
        }
    }

    /// The curve as a model folder's `config.json` has it under `calibration`.
    ///
    /// # Errors
    /// A curve by which doubt would raise the confidence.
    pub fn setting(&self) -> Result<Value> {
        let [
            intercept,
            slope,
            mean_support,
            least_support,
            margin,
            agreement,
            likeness,
            main_noun,
        ] = self.weights;
        let [usual_margin, usual_agreement, usual_likeness, usual_main_noun] = self.usual;
        if !(self.weights.iter().all(|weight| weight.is_finite())
            && slope + mean_support + least_support + margin + agreement + likeness + main_noun > 0.0)
        {
            bail!("the evidence says nothing about these sentences, so no confidence can be fitted to it");
        }
        Ok(json!({
            "kind": "logistic",
            "intercept": intercept,
            "slope": slope,
            "mean_support": mean_support,
            "least_support": least_support,
            "margin": margin,
            "usual_margin": usual_margin,
            "agreement": agreement,
            "usual_agreement": usual_agreement,
            "likeness": likeness,
            "usual_likeness": usual_likeness,
            "main_noun": main_noun,
            "usual_main_noun": usual_main_noun,
        }))
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

fn row(evidence: &Evidence, usual: [f64; 4]) -> [f64; EVIDENCE] {
    let beside = |found: Option<f32>, usual: f64| found.map_or(0.0, |found| f64::from(found) - usual);
    [
        1.0,
        f64::from(evidence.mean_log_probability),
        f64::from(evidence.mean_support),
        f64::from(evidence.least_support),
        beside(evidence.margin, usual[0]),
        beside(evidence.agreement, usual[1]),
        beside(evidence.likeness, usual[2]),
        beside(evidence.main_noun, usual[3]),
    ]
}

/// Whether people's captions support a sentence; none where it has no content word to judge by.
pub fn is_right(caption: &str, references: &[String], bag: &Bag) -> Option<bool> {
    let said = bag.targets(&[caption.to_owned()]);
    let used = bag.targets(references);
    let wider = main_noun::wider(references);
    let count = said.iter().filter(|&&word| word > 0.0).count();
    let shared = std::iter::zip(&said, &used)
        .zip(&bag.words)
        .filter(|((said, used), word)| **said > 0.0 && (**used > 0.0 || wider.contains(&word.as_str())))
        .count();
    let is_about_it = main_noun::is_seen(caption, references) != Some(false);
    (count > 0).then_some(is_about_it && shared as f32 >= RIGHT * count as f32)
}

/// The weights, none of them by which less evidence would raise the confidence: what comes out so, because it goes along with
/// something else, is left out, one after the other.
fn fit(points: &[([f64; EVIDENCE], bool)]) -> [f64; EVIDENCE] {
    let mut points = points.to_vec();
    loop {
        let weights = fit_freely(&points);
        let against = (1..EVIDENCE).min_by(|one, other| weights[*one].total_cmp(&weights[*other]));
        match against.filter(|place| weights[*place] < 0.0) {
            Some(place) => points.iter_mut().for_each(|(x, _)| x[place] = 0.0),
            None => return weights,
        }
    }
}

/// The weights by Newton's method, with a weak pull of all but the intercept towards 0.
fn fit_freely(points: &[([f64; EVIDENCE], bool)]) -> [f64; EVIDENCE] {
    type Square = nalgebra::SMatrix<f64, EVIDENCE, EVIDENCE>;
    type Column = nalgebra::SVector<f64, EVIDENCE>;
    let pull = Square::from_diagonal(&Column::from_fn(|at, _| if at == 0 { 1e-9 } else { 1e-3 }));
    let mut weights = Column::zeros();
    for _ in 0..50 {
        let mut gradient = -(pull * weights);
        let mut curvature = pull;
        for (x, right) in points {
            let x = Column::from(*x);
            let p = logistic(weights.dot(&x));
            gradient += x * (f64::from(u8::from(*right)) - p);
            curvature += x * x.transpose() * (p * (1.0 - p));
        }
        // Positive definite by the pull, so there is always a step.
        if let Some(solver) = curvature.cholesky() {
            weights += solver.solve(&gradient);
        }
    }
    weights.into()
}

fn product(weights: &[f64; EVIDENCE], x: &[f64; EVIDENCE]) -> f64 {
    std::iter::zip(weights, x).map(|(weight, x)| weight * x).sum()
}

fn logistic(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

/// Mean distance between confidence and share of right sentences, over ten bins of (confidence, right).
pub fn expected_error(points: &[(f64, bool)]) -> f64 {
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
            .map(|photo| {
                let x = -3.0 * uniform();
                let support = 4.0 * uniform() - 2.0;
                // A search of one sentence has no other to compare with.
                let margin = (photo % 3 != 0).then(|| uniform() as f32);
                let agreement = (photo % 3 != 0).then(|| 0.5 + 0.5 * uniform() as f32);
                let evidence = Evidence {
                    mean_log_probability: x as f32,
                    mean_support: support as f32,
                    least_support: 0.0,
                    margin,
                    agreement,
                    likeness: Some((photo / 15 % 5) as f32),
                    main_noun: Some(((photo / 3 % 5) as f32).mul_add(0.5, -1.0)),
                };
                let beside = margin.map_or(0.0, |margin| 2.0 * (f64::from(margin) - 0.5))
                    + agreement.map_or(0.0, |agreement| 3.0 * (f64::from(agreement) - 0.75))
                    + 0.4 * f64::from(evidence.likeness.unwrap_or_default() - 2.0)
                    + 0.5 * f64::from(evidence.main_noun.unwrap_or_default());
                (
                    photo,
                    evidence,
                    uniform() < logistic(1.0 + 1.5 * x + 0.7 * support + beside),
                )
            })
            .collect();
        let found = Calibration::of(&points);
        for (found, made) in std::iter::zip(found.weights, [1.0, 1.5, 0.7, 0.0, 2.0, 3.0, 0.4, 0.5]) {
            assert!((found - made).abs() < 0.25, "{found} for {made}");
        }
        assert!(found.expected_error < 0.02, "{found:?}");
    }

    #[test]
    fn evidence_that_would_count_against_itself_is_left_out() {
        // Whatever has a margin is wrong here; the log-probability tells as much as before.
        let points: Vec<_> = (0..400)
            .map(|photo| {
                let sure = photo / 2 % 4;
                let evidence = Evidence {
                    mean_log_probability: sure as f32 - 4.0,
                    margin: Some(f32::from(u8::from(photo % 3 == 0))),
                    ..Evidence::default()
                };
                (photo, evidence, photo % 3 != 0 && photo / 8 % 4 <= sure)
            })
            .collect();
        let found = Calibration::of(&points);
        assert!(found.weights[1] > 0.0, "{found:?}");
        assert_eq!(found.weights[4], 0.0);
    }

    #[test]
    fn a_sentence_is_right_when_people_used_half_of_its_content_words() {
        let words = ["dog", "brown", "running", "cat"].map(str::to_owned);
        let bag = Bag { words: words.to_vec() };
        let people = ["A brown dog .".to_owned(), "The dog is running".to_owned()];
        assert_eq!(is_right("A dog running with a cat.", &people, &bag), Some(true));
        assert_eq!(is_right("A cat.", &people, &bag), Some(false));
        assert_eq!(is_right("In the of.", &people, &bag), None);
        // All else is right of what it is not about.
        assert_eq!(is_right("A cat is running, brown.", &people, &bag), Some(false));
        let bag = Bag {
            words: ["person", "man", "child"].map(str::to_owned).to_vec(),
        };
        let people = ["A man .".to_owned()];
        assert_eq!(is_right("A person.", &people, &bag), Some(true));
        assert_eq!(is_right("A child.", &people, &bag), Some(false));
    }
}
