//! How fast this voice speaks, learned from the sentences that it has said.

use super::Timeline;
use std::time::Duration;

/// How fast a voice speaks, in relation to the one that the estimates were measured with.
#[derive(Clone, Debug, PartialEq)]
pub struct Pace {
    scale: f64,
    observed: u32,
}

impl Default for Pace {
    fn default() -> Self {
        Self {
            scale: 1.0,
            observed: 0,
        }
    }
}

impl Pace {
    /// A pace that was guessed or remembered, by how many times as long as the measured voice this one takes.
    pub(super) fn of_scale(scale: f64, observed: u32) -> Self {
        let scale = if scale.is_finite() {
            scale.clamp(Self::FASTEST, Self::SLOWEST)
        } else {
            1.0
        };
        Self { scale, observed }
    }

    /// How many times as long as the measured voice this one takes.
    pub(super) fn scale(&self) -> f64 {
        self.scale
    }

    /// The slowest and the fastest voice that are believed, in multiples of the measured one.
    const SLOWEST: f64 = 4.0;
    const FASTEST: f64 = 0.2;

    /// When which of `words` will be said by this voice.
    pub fn timeline(&self, words: &[impl AsRef<str>]) -> Timeline {
        Timeline::new(words, self.scale)
    }

    /// How long after the last sound the platform tells the end, in seconds by rate: measured with Speech Dispatcher,
    /// espeak-ng and PulseAudio. (The begin is told less than 0.1 seconds before the first sound.)
    const TAILS: [(i32, f64); 8] = [
        (-100, 1.0),
        (-50, 0.57),
        (-20, 0.45),
        (0, 0.325),
        (20, 0.21),
        (30, 0.16),
        (50, 0.1),
        (100, 0.04),
    ];

    /// The tail at this rate.
    pub(super) fn tail(rate: i32) -> Duration {
        let rate = rate.clamp(-100, 100);
        let seconds = Self::TAILS
            .windows(2)
            .find(|pair| rate <= pair[1].0)
            .map_or(0.0, |pair| {
                let share = f64::from(rate - pair[0].0) / f64::from(pair[1].0 - pair[0].0);
                pair[0].1 + share * (pair[1].1 - pair[0].1)
            });
        Duration::from_secs_f64(seconds)
    }

    /// Learns from a sentence that was said to its end: `timeline` is what was expected, `took` the time from begin
    /// to end at this `rate`. The first sentence counts fully, later ones by a third, so that a change of the voice's speed is
    /// followed within a few sentences and one sentence with an odd word does not count for much. A word or two say
    /// too little.
    pub fn observe(&mut self, timeline: &Timeline, took: Duration, rate: i32) {
        let expected = timeline.duration().as_secs_f64();
        let sounded = took.saturating_sub(Self::tail(rate)).as_secs_f64();
        if timeline.onsets().len() < Self::WORDS || expected <= 0.0 || sounded <= 0.0 {
            return;
        }
        let seen = (self.scale * sounded / expected).clamp(Self::FASTEST, Self::SLOWEST);
        let share = if self.observed == 0 { 1.0 } else { 1.0 / 3.0 };
        self.scale += share * (seen - self.scale);
        self.observed = self.observed.saturating_add(1);
    }

    const WORDS: usize = 3;

    /// Whether a sentence of this voice was heard to its end already.
    pub(super) fn is_known(&self) -> bool {
        self.observed > 0
    }
}

#[cfg(test)]
mod tests {
    use super::Pace;
    use std::time::Duration;

    const WORDS: [&str; 6] = ["a", "dog", "runs", "on", "the", "beach"];

    #[test]
    fn the_first_sentence_teaches_the_pace() {
        let mut pace = Pace::default();
        let expected = pace.timeline(&WORDS);
        pace.observe(&expected, expected.duration() * 2 + Pace::tail(0), 0);
        let learned = pace.timeline(&WORDS);
        assert!(learned.duration().abs_diff(expected.duration() * 2) < Duration::from_millis(1));
        assert!(learned.onsets()[5].abs_diff(expected.onsets()[5] * 2) < Duration::from_millis(1));
    }

    #[test]
    fn a_voice_that_changes_its_speed_is_followed() {
        let mut pace = Pace::default();
        let first = pace.timeline(&WORDS).duration();
        for _ in 0..8 {
            let expected = pace.timeline(&WORDS);
            pace.observe(&expected, first / 2 + Pace::tail(0), 0);
        }
        assert!(pace.timeline(&WORDS).duration() < first * 11 / 20);
    }

    #[test]
    fn the_pause_after_a_sentence_is_shorter_the_faster_the_voice() {
        assert_eq!(Pace::tail(0), Duration::from_millis(325));
        assert!(Pace::tail(-75) > Pace::tail(-50) && Pace::tail(40) < Pace::tail(30));
        assert_eq!(Pace::tail(-900), Pace::tail(-100));
    }

    #[test]
    fn nonsense_teaches_nothing_wild() {
        let mut pace = Pace::default();
        let expected = pace.timeline(&WORDS);
        pace.observe(&expected, Duration::ZERO, 0);
        pace.observe(&pace.timeline(&[] as &[&str]), Duration::from_secs(1), 0);
        assert_eq!(pace, Pace::default());
        pace.observe(&expected, Duration::from_secs(3600), 0);
        assert!(pace.timeline(&WORDS).duration() <= expected.duration() * 4);
    }
}
