//! How long a run still takes, from how fast it was in the last while.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use crate::text;

/// The pace of the last minutes counts: what was known already went by in a moment, and the next folder is another.
const WHILE: Duration = Duration::from_secs(120);
/// The pace is not told from less than that.
const LEAST: Duration = Duration::from_secs(3);
/// How often it is looked at.
const EVERY: Duration = Duration::from_millis(500);

/// The pace of a run.
#[derive(Debug, Default)]
pub struct Pace {
    /// When so many were done, the oldest first.
    marks: VecDeque<(Instant, usize)>,
}

impl Pace {
    /// Notes that so many are done now.
    pub fn mark(&mut self, now: Instant, done: usize) {
        if self
            .marks
            .back()
            .is_some_and(|(then, _)| now.duration_since(*then) < EVERY)
        {
            return;
        }
        self.marks.push_back((now, done));
        while self.marks.len() > 2
            && self
                .marks
                .get(1)
                .is_some_and(|(then, _)| now.duration_since(*then) > WHILE)
        {
            self.marks.pop_front();
        }
    }

    /// How long so many more take; none where that cannot be told yet.
    pub fn left(&self, now: Instant, more: usize) -> Option<Duration> {
        let ((begun, first), (_, last)) = (self.marks.front()?, self.marks.back()?);
        let (took, done) = (now.duration_since(*begun), last.saturating_sub(*first));
        if took < LEAST || done == 0 {
            return None;
        }
        Some(took.mul_f64(more as f64 / done as f64))
    }

    /// Forgets it, as after a pause.
    pub fn forget(&mut self) {
        self.marks.clear();
    }
}

/// A time that is left, as people say it: "about 5 minutes".
pub fn time_left(left: Duration) -> String {
    let minutes = (left.as_secs_f64() / 60.0).round() as u64;
    match minutes {
        0 => text!("folder-left-moment"),
        1..=90 => text!("folder-left-minutes", count = minutes),
        91..=2880 => text!("folder-left-hours", count = (minutes + 30) / 60),
        _ => text!("folder-left-days", count = (minutes + 720) / 1440),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_went_by_in_a_moment_long_ago_does_not_count() {
        let (start, mut pace) = (Instant::now(), Pace::default());
        assert_eq!(pace.left(start, 100), None);
        // Fifty thousand that were known, then two a second.
        pace.mark(start, 0);
        pace.mark(start + Duration::from_secs(1), 50_000);
        for second in 2..600 {
            pace.mark(start + Duration::from_secs(second), 50_000 + 2 * second as usize);
        }
        let left = pace.left(start + Duration::from_secs(599), 1000).unwrap();
        assert!((490..=510).contains(&left.as_secs()), "{left:?}");
    }

    #[test]
    fn a_time_is_told_as_people_say_it() {
        let told = |seconds| time_left(Duration::from_secs(seconds));
        assert_eq!(told(20), "less than a minute");
        assert_eq!(told(70), "about 1 minute");
        assert_eq!(told(40 * 60), "about 40 minutes");
        assert_eq!(told(5 * 3600), "about 5 hours");
        assert_eq!(told(86_400 * 3), "about 3 days");
    }
}
