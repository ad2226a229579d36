//! What the voice is asked to say, and what it tells about that.

use super::{SpeechError, Timeline};
use std::time::{Duration, Instant};

/// One text to be said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// The caller's number for it; the events name it.
    pub id: u64,
    /// What is said. Control characters are left out.
    pub text: String,
    /// The words to be followed by the [`Timeline`], in the order in which they are said: those of the caption.
    pub words: Vec<String>,
}

impl Utterance {
    /// An utterance whose words are those between the text's spaces.
    pub fn new(id: u64, text: impl Into<String>) -> Self {
        let text = text.into();
        let words = text.split_whitespace().map(str::to_owned).collect();
        Self { id, text, words }
    }
}

/// What happened to an utterance, or to the voice. Each utterance ends with exactly one of `Ended`, `Stopped` and
/// `Failed`.
#[derive(Clone, Debug, PartialEq)]
pub enum SpeechEvent {
    /// The voice began to say it.
    Began {
        /// The utterance.
        id: u64,
        /// When it began.
        at: Instant,
        /// When which of its words will be said, by what was learned of this voice so far.
        timeline: Timeline,
    },
    /// The voice said it to the end.
    Ended {
        /// The utterance.
        id: u64,
        /// How long that took, from its begin.
        duration: Duration,
    },
    /// It was stopped: by [`super::Speaker::stop`], by a newer utterance or by another program that uses the voice.
    Stopped {
        /// The utterance.
        id: u64,
    },
    /// The voice does not work; the error's sentence is for the person. The next utterance tries anew.
    Failed {
        /// The utterance that could not be said to its end, if there was one.
        id: Option<u64>,
        /// What is wrong and what to do.
        error: SpeechError,
    },
    /// The voice works again after a failure.
    Recovered,
}
