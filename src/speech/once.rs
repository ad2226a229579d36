//! The voice for a single task: one text from the command line, one look by the doctor.

use super::SpeechError;
use std::time::Duration;

/// What there is to speak with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceInfo {
    /// The platform's service, as `Speech Dispatcher`.
    pub backend: String,
    /// The name of a voice for the person's language, else for English, else of the first one.
    pub voice: String,
    /// How many voices there are, variants not counted.
    pub voices: usize,
}

/// Says `text` to its end and returns how long that took; stops it after `timeout`.
pub fn speak_and_wait(text: &str, timeout: Duration) -> Result<Duration, SpeechError> {
    todo!()
}

/// What there is to speak with, found out silently within ten seconds.
pub fn check() -> Result<VoiceInfo, SpeechError> {
    todo!()
}
