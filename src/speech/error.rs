//! Why nothing is heard, as sentences for the person.

use crate::text;

/// Why the voice could not say something. The causes in the platform's own words go to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// The text is empty, or consists of characters that cannot be said.
    #[error("{}", text!("speech-nothing"))]
    NothingToSay,
    /// No connection to the platform's voice.
    #[error("{}", text!("speech-no-voice", platform = PLATFORM))]
    NoVoice,
    /// The connection broke while something was said.
    #[error("{}", text!("speech-broke-off"))]
    BrokeOff,
    /// A call to the platform's voice does not come back, or an accepted text is never begun.
    #[error("{}", text!("speech-no-answer", platform = PLATFORM))]
    NoAnswer,
    /// The voice began, and long after the text's length had not come to its end.
    #[error("{}", text!("speech-no-sound", platform = PLATFORM))]
    NoSound,
    /// Another program took the voice.
    #[error("{}", text!("speech-interrupted"))]
    Interrupted,
    /// The time that the caller gave was over before the text was said.
    #[error("{}", text!("speech-too-long", seconds = *_0))]
    TooLong(u64),
    /// The system gave no thread to speak on.
    #[error("{}", text!("speech-no-thread"))]
    NoThread,
}

impl SpeechError {
    /// Whether the next text would fail in the same way, as long as the person does nothing about it.
    pub fn lasts(&self) -> bool {
        match self {
            Self::NoVoice | Self::NoSound | Self::NoAnswer | Self::NoThread => true,
            Self::NothingToSay | Self::BrokeOff | Self::Interrupted | Self::TooLong(_) => false,
        }
    }
}

/// Which remedy a sentence names: on Linux the voice is a service that the person can install or restart.
#[cfg(target_os = "linux")]
const PLATFORM: &str = "linux";
#[cfg(not(target_os = "linux"))]
const PLATFORM: &str = "other";

#[cfg(test)]
mod tests {
    use super::SpeechError;

    #[test]
    fn every_error_is_a_sentence_and_says_what_to_do() {
        use SpeechError::{BrokeOff, Interrupted, NoAnswer, NoSound, NoThread, NoVoice, TooLong};
        for error in [BrokeOff, Interrupted, NoAnswer, NoSound, NoThread, NoVoice, TooLong(20)] {
            let sentence = error.to_string();
            assert!(sentence.ends_with('.') && sentence.contains(". "), "{sentence}");
            assert!(!sentence.contains("  ") && !sentence.contains('{'), "{sentence}");
        }
    }
}
