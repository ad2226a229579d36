//! The voice for a single task: one text from the command line, one look by the doctor.

use super::{Speaker, SpeechError, SpeechEvent, Utterance};
use crossbeam_channel::{RecvTimeoutError, bounded};
use std::mem::ManuallyDrop;
use std::thread::Builder;
use std::time::{Duration, Instant};
use tts::Tts;

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
    let deadline = Instant::now() + timeout;
    let speaker = Speaker::start(|| {});
    speaker.speak(Utterance::new(0, text));
    while let Some(event) = speaker.wait_event(deadline.saturating_duration_since(Instant::now())) {
        match event {
            SpeechEvent::Ended { duration, .. } => return Ok(duration),
            SpeechEvent::Failed { error, .. } => return Err(error),
            SpeechEvent::Stopped { .. } => return Err(SpeechError::Interrupted),
            SpeechEvent::Began { .. } | SpeechEvent::Recovered => {}
        }
    }
    Err(SpeechError::TooLong(timeout.as_secs()))
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

fn look_around() -> Result<VoiceInfo, SpeechError> {
    let missing = |error: tts::Error| {
        log::warn!("no voice: {error}");
        SpeechError::NoVoice
    };
    // Never closed, for the reasons told at `voice::Connection`.
    let tts = ManuallyDrop::new(Tts::default().map_err(missing)?);
    let voices: Vec<(String, String)> = tts
        .voices()
        .map_err(missing)?
        .iter()
        .map(|voice| (voice.name(), voice.language().primary_language().to_owned()))
        // Speech Dispatcher lists each voice with each of 100 ways to alter it, as `English+croak`.
        .filter(|(name, _)| !name.contains('+'))
        .collect();
    let of = |language: &str| voices.iter().find(|(_, spoken)| spoken == language);
    let (voice, _) = of(&person_language())
        .or_else(|| of("en"))
        .or(voices.first())
        .ok_or(SpeechError::NoVoice)?;
    Ok(VoiceInfo {
        backend: BACKEND.to_owned(),
        voice: voice.clone(),
        voices: voices.len(),
    })
}

/// The two letters of the person's language, `en` where the system does not tell.
fn person_language() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .into_iter()
        .find_map(|name| std::env::var(name).ok().filter(|value| !value.is_empty()))
        .and_then(|value| value.split(['_', '.', '-']).next().map(str::to_lowercase))
        .filter(|language| language != "c" && language != "posix")
        .unwrap_or_else(|| "en".to_owned())
}

#[cfg(target_os = "linux")]
const BACKEND: &str = "Speech Dispatcher";
#[cfg(target_os = "macos")]
const BACKEND: &str = "AVFoundation";
#[cfg(windows)]
const BACKEND: &str = "Windows speech";
#[cfg(not(any(target_os = "linux", target_os = "macos", windows)))]
const BACKEND: &str = "the system's voice";
