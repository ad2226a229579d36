//! Why nothing is heard, as sentences for the person.

/// Why the voice could not say something. The causes in the platform's own words go to the log.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpeechError {
    /// The text is empty, or consists of characters that cannot be said.
    #[error("There is nothing to say: the text is empty.")]
    NothingToSay,
    /// No connection to the platform's voice.
    #[error("No voice answered. {REMEDY}, or read the sentence on the screen.")]
    NoVoice,
    /// The connection broke while something was said.
    #[error(
        "The voice broke off: its service has ended. Speak again to restart it, or read the sentence on the screen."
    )]
    BrokeOff,
    /// A call to the platform's voice does not come back, or an accepted text is never begun.
    #[error("The voice has stopped answering. {RESTART}, or read the sentence on the screen.")]
    NoAnswer,
    /// The voice began, and long after the text's length had not come to its end.
    #[error(
        "The voice speaks, but nothing takes the sound. Check that loudspeakers or headphones are connected{SOUND}, \
         or read the sentence on the screen."
    )]
    NoSound,
    /// Another program took the voice.
    #[error("Another program stopped the voice. Speak again, or read the sentence on the screen.")]
    Interrupted,
    /// The time that the caller gave was over before the text was said.
    #[error("The voice was not done within {0} seconds and was stopped. Allow it more time, or say less at once.")]
    TooLong(u64),
    /// The system gave no thread to speak on.
    #[error("The voice could not be started: the system gives no more threads. Close some programs and try again.")]
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

#[cfg(target_os = "linux")]
const REMEDY: &str = "Install speech-dispatcher and speech-dispatcher-espeak-ng";
#[cfg(not(target_os = "linux"))]
const REMEDY: &str = "Choose a voice in the system's speech settings";

#[cfg(target_os = "linux")]
const RESTART: &str = "End the program speech-dispatcher, which starts again by itself, and speak again";
#[cfg(not(target_os = "linux"))]
const RESTART: &str = "Restart this program";

#[cfg(target_os = "linux")]
// A daemon that began without a sound server does not look for one again.
const SOUND: &str =
    " and that PulseAudio or PipeWire runs, end the program speech-dispatcher, which starts again by itself";
#[cfg(not(target_os = "linux"))]
const SOUND: &str = "";

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
