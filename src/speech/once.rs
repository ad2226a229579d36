//! The voice for a single task: one text from the command line, one look by the doctor.

#[cfg(target_os = "linux")]
use super::voice::probe;
use super::{Speaker, SpeechError};
use crossbeam_channel::{RecvTimeoutError, bounded};
use std::fmt;
use std::mem::ManuallyDrop;
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

/// Says `text` to its end and returns how long that took; stops it after `timeout`. Each call leaves a connection
/// behind (`voice::Connection` tells why): who says more than one text keeps a [`Speaker`].
pub fn speak_and_wait(text: &str, timeout: Duration) -> Result<Duration, SpeechError> {
    Speaker::start(|| {}).say_and_wait(0, text, timeout)
}

/// What there is to speak with, found out silently within ten seconds.
pub fn check() -> Result<VoiceInfo, SpeechError> {
    const PATIENCE: Duration = Duration::from_secs(10);
    let (found, look) = bounded(1);
    let looking = Builder::new()
        .name("speech-check".to_owned())
        .spawn(move || found.try_send(look_around()));
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

/// Asks Speech Dispatcher for its synthesiser: to have it list its 13,000 voices takes longer than a person waits.
#[cfg(target_os = "linux")]
fn look_around() -> Result<VoiceInfo, SpeechError> {
    // Never closed, for the reasons told at `voice::Connection`.
    let connection = ManuallyDrop::new(probe::open().ok_or(SpeechError::NoVoice)?);
    let synthesiser = probe::ask(&connection, "GET OUTPUT_MODULE").ok_or(SpeechError::NoVoice)?;
    // It stands in for a synthesiser that is not installed, and plays a recording that says so.
    if synthesiser == "dummy" {
        log::warn!("Speech Dispatcher has no synthesiser");
        return Err(SpeechError::NoVoice);
    }
    let voice = match probe::ask(&connection, "GET LANGUAGE") {
        Some(language) => format!("{synthesiser}, {language}"),
        None => synthesiser,
    };
    Ok(VoiceInfo {
        backend: "Speech Dispatcher".to_owned(),
        voice,
    })
}

#[cfg(not(target_os = "linux"))]
fn look_around() -> Result<VoiceInfo, SpeechError> {
    let missing = |error: tts::Error| {
        log::warn!("no voice: {error}");
        SpeechError::NoVoice
    };
    // Never closed, for the reasons told at `voice::Connection`.
    let tts = ManuallyDrop::new(tts::Tts::default().map_err(missing)?);
    let voices = tts.voices().map_err(missing)?;
    let english = voices.iter().find(|voice| voice.language().primary_language() == "en");
    let voice = english.or(voices.first()).ok_or(SpeechError::NoVoice)?.name();
    let backend = if cfg!(target_os = "macos") {
        "AVFoundation"
    } else {
        "the system's speech"
    };
    Ok(VoiceInfo {
        backend: backend.to_owned(),
        voice,
    })
}
