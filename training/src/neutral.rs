//! How clearly a photo must speak for "a man", "a woman" or "a child" before the app says so: chosen on photos that the
//! model has not learnt from.
//!
//! A guess counts as right where at least one of the people who described the photo used a word of its kind. The bound
//! is the lowest certainty from which on that is so of clearly more than four guesses out of five. It is chosen on all
//! photos, for there are few guesses; what it is worth is measured on each half of the photos with a bound that is chosen
//! on the other half (cross-fitting).

use std::fmt;

use hearsight::captioner::Description;
use hearsight::model::Neutral;

use crate::calibration::is_fitted_to;
use crate::data::captions::CaptionedPhoto;
use crate::data::guesses::ALWAYS;
use crate::looking::{Look, Looker};
use crate::scores::ptb;

/// Share of the guesses that must be right.
const RIGHT: f64 = 0.8;

/// A share of fewer guesses says little.
const LEAST: usize = 20;

/// A guess: how certain it is, and whether it was right.
pub type Guess = (f32, bool);

/// A bound, and what one does on photos that it was not chosen on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bound {
    /// Less certain guesses are not said.
    pub below: f32,
    /// Guesses without a bound.
    pub guesses: usize,
    /// Share of them that are right.
    pub right: f64,
    /// Guesses that are left.
    pub kept: usize,
    /// Share of them that are right.
    pub kept_right: f64,
}

impl Bound {
    /// From the guesses about each half of the photos.
    pub fn of([one, other]: &[Vec<Guess>; 2]) -> Self {
        let all = [one.as_slice(), other].concat();
        let kept: Vec<Guess> = [(one, other), (other, one)]
            .into_iter()
            .flat_map(|(fitted, measured)| {
                let below = lowest(fitted);
                measured.iter().copied().filter(move |guess| guess.0 >= below)
            })
            .collect();
        Self {
            below: lowest(&all),
            guesses: all.len(),
            right: share_right(&all),
            kept: kept.len(),
            kept_right: share_right(&kept),
        }
    }
}

/// The lowest certainty from which on enough guesses are right.
fn lowest(guesses: &[Guess]) -> f32 {
    let mut falling = guesses.to_vec();
    falling.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (mut below, mut right) = (ALWAYS, 0);
    for (place, &(certainty, is_right)) in falling.iter().enumerate() {
        right += usize::from(is_right);
        let count = place + 1;
        // By a standard deviation, or what is chosen by chance on few guesses does not hold for others.
        let enough = RIGHT * count as f64 + (RIGHT * (1.0 - RIGHT) * count as f64).sqrt();
        // Equally certain ones stay or go together.
        let is_last = falling.get(count).is_none_or(|next| next.0 < certainty);
        if is_last && count >= LEAST && right as f64 >= enough {
            below = certainty;
        }
    }
    below
}

fn share_right(guesses: &[Guess]) -> f64 {
    guesses.iter().filter(|guess| guess.1).count() as f64 / guesses.len().max(1) as f64
}

impl fmt::Display for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "said from a certainty of {:.3} on; chosen on one half of the photos, of {} guesses about the others {} are left, \
             of which {:.3} are right, of all {:.3}",
            self.below, self.guesses, self.kept, self.kept_right, self.right
        )
    }
}

/// The guesses that the descriptions make about people, in each half of the photos. The descriptions are those without a rule.
pub fn guesses(
    rule: &Neutral,
    photos: &[CaptionedPhoto],
    descriptions: &[Description],
    (looker, looks): (&Looker, &[Look]),
) -> [Vec<Guess>; 2] {
    let mut guesses = [Vec::new(), Vec::new()];
    for (at, ((photo, description), look)) in photos.iter().zip(descriptions).zip(looks).enumerate() {
        let people = photo.captions.iter().flat_map(|caption| ptb::tokenize(caption));
        let used: Vec<usize> = people.filter_map(|word| rule.kind(&word)).collect();
        let support = |word: &str| looker.support(look, word);
        for word in &description.words {
            if let Some(kind) = rule.kind(&word.text) {
                guesses[usize::from(!is_fitted_to(at))]
                    .push((rule.certainty(&word.text, &support), used.contains(&kind)));
            }
        }
    }
    guesses
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Right more often the more certain.
    fn made(count: usize) -> Vec<Guess> {
        (0..count)
            .map(|at| (at as f32 / count as f32, (at * 7919) % count < at))
            .collect()
    }

    #[test]
    fn the_bound_is_the_lowest_from_which_clearly_four_of_five_guesses_are_right() {
        let bound = Bound::of(&[made(1000), made(997)]);
        assert!((0.5..0.7).contains(&bound.below), "{bound}");
        assert!((0.8..0.84).contains(&bound.kept_right) && bound.right < 0.55, "{bound}");
        assert!(bound.kept < bound.guesses);
    }

    #[test]
    fn guesses_that_are_never_right_enough_are_never_said() {
        let wrong: Vec<Guess> = (0..100).map(|at| (at as f32 / 100.0, at % 2 == 0)).collect();
        let bound = Bound::of(&[wrong.clone(), wrong]);
        assert_eq!((bound.below, bound.kept), (ALWAYS, 0));
        assert_eq!(lowest(&[(0.9, true); LEAST - 1]), ALWAYS);
        assert_eq!(lowest(&[(0.9, true); LEAST]), 0.9);
    }

    #[test]
    fn what_a_bound_is_worth_is_measured_with_one_that_is_chosen_on_other_photos() {
        // Half of the first half is right, and only the certain ones of the second: its bound keeps more than is good.
        let first: Vec<Guess> = (0..100).map(|at| (at as f32 / 100.0, at >= 50)).collect();
        let second: Vec<Guess> = (0..100).map(|at| (at as f32 / 100.0, at >= 80)).collect();
        let bound = Bound::of(&[first.clone(), second.clone()]);
        let (of_first, of_second) = (lowest(&first), lowest(&second));
        assert!(of_first < bound.below && bound.below < of_second);
        let kept = |guesses: &[Guess], below: f32| guesses.iter().filter(|guess| guess.0 >= below).count();
        assert_eq!(bound.kept, kept(&first, of_second) + kept(&second, of_first));
        assert!(bound.kept_right < 0.7, "{bound}");
    }
}
