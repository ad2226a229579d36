//! The voice for a single task: one text from the command line, one look by the doctor.

use super::{Speaker, SpeechError, platform};
use crossbeam_channel::{RecvTimeoutError, bounded};
use std::fmt;
use std::thread::Builder;
use std::time::Duration;

/// What there is to speak with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VoiceInfo {
    /// The platform's service, as `Speech Dispatcher`.
    pub backend: String,
    /// What speaks there: a synthesiser and its language, or a voice.
    pub voice: String,
}

impl fmt::Display for VoiceInfo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} with {}", self.backend, self.voice)
    }
}

/// Says `text` to its end and returns how long that took; stops it after `timeout`. Who
/// says more than one text keeps a [`Speaker`].
pub fn speak_and_wait(text: &str, timeout: Duration) -> Result<Duration, SpeechError> {
    Speaker::start(|| {}).say_and_wait(0, text, timeout)
}

/// What there is to speak with, found out silently within ten seconds.
pub fn check() -> Result<VoiceInfo, SpeechError> {
    const PATIENCE: Duration = Duration::from_secs(10);
    let (found, look) = bounded(1);
    let looking = Builder::new()
        .name("speech-check".to_owned())
        .spawn(move || found.try_send(platform::look_around()));
    looking.map_err(|error| {
        log::error!("no thread for the voice: {error}");
        SpeechError::NoThread
    })?;
    match look.recv_timeout(PATIENCE) {
        Ok(info) => info,
        Err(RecvTimeoutError::Timeout) => Err(SpeechError::NoAnswer),
        Err(RecvTimeoutError::Disconnected) => Err(SpeechError::NoVoice),
    }
}
