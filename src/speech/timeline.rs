//! When which word of a sentence is said.
//!
//! No word marks reach us from the platform's voice, only the begin and the end of a sentence. The words' shares of
//! the time between are estimated from their spelling; how long the whole takes is learned by [`super::Pace`].

use std::time::Duration;

/// When which word of one utterance is said, counted from its begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    onsets: Vec<Duration>,
    duration: Duration,
}

impl Timeline {
    /// The timeline of `words` by a voice that takes `scale` times as long as the one that was measured.
    pub(super) fn new(words: &[impl AsRef<str>], scale: f64) -> Self {
        let mut at = LEAD;
        let mut onsets = Vec::with_capacity(words.len());
        for word in words {
            onsets.push(Duration::from_secs_f64(at * scale));
            at += seconds(word.as_ref());
        }
        Self { onsets, duration: Duration::from_secs_f64(at * scale) }
    }

    /// The index of the word that is being said `elapsed` after the begin; none before the first and after the last.
    pub fn word_at(&self, elapsed: Duration) -> Option<usize> {
        if elapsed >= self.duration {
            return None;
        }
        self.onsets.partition_point(|onset| *onset <= elapsed).checked_sub(1)
    }

    /// When each word starts, in order.
    pub fn onsets(&self) -> &[Duration] {
        &self.onsets
    }

    /// When the last word is over.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

/// Seconds from the begin of the utterance to its first word.
const LEAD: f64 = 0.03;

/// Seconds that the measured voice takes for a word and the pause that its punctuation makes.
fn seconds(word: &str) -> f64 {
    let letters = word.chars().filter(|c| c.is_alphanumeric()).count();
    let pause = match word.chars().last() {
        Some('.' | '!' | '?' | ':' | ';') => 0.3,
        Some(',') => 0.2,
        _ => 0.0,
    };
    0.05 + 0.06 * letters as f64 + pause
}
