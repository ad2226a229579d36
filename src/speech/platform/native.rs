//! The voice of macOS and Windows, through the crate `tts`.

use crate::speech::script::{Message, Script};
use crate::speech::voice::{Mark, Report};
use crate::speech::voices::{VoiceChoice, readable};
use crate::speech::{SpeechError, VoiceInfo, tag};
use crossbeam_channel::Sender;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use tts::{Tts, UtteranceId, Voice};

/// The connection to the platform's voice.
///
/// It is never closed: while tts takes its callbacks away, an event that comes finds none and ends the process.
pub(in crate::speech) struct Connection {
    tts: ManuallyDrop<Tts>,
    voices: Vec<Voice>,
}

impl Connection {
    /// Connects; the platform's service always runs.
    pub(in crate::speech) fn open(reports: &Sender<Report>, _wake: bool, _given_up: &Arc<AtomicBool>) -> Option<Self> {
        let tts = Tts::default()
            .inspect_err(|error| log::warn!("no connection to a voice: {error}"))
            .ok()?;
        let tts = ManuallyDrop::new(tts);
        // Called on the library's thread with its locks held: nothing but a note may happen there.
        let mark = |mark| -> Option<Box<dyn FnMut(UtteranceId)>> {
            let reports = reports.clone();
            Some(Box::new(move |utterance| {
                let _ = reports.try_send(Report::Mark(mark, key(&utterance)));
            }))
        };
        let listening = tts
            .on_utterance_begin(mark(Mark::Begin))
            .and_then(|()| tts.on_utterance_end(mark(Mark::End)))
            .and_then(|()| tts.on_utterance_stop(mark(Mark::Stop)));
        listening
            .inspect_err(|error| log::warn!("the voice tells no begin and end: {error}"))
            .ok()?;
        let voices = tts
            .voices()
            .inspect_err(|error| log::warn!("the voices are not listed: {error}"))
            .unwrap_or_default();
        Some(Self { tts, voices })
    }

    pub(in crate::speech) fn say(&mut self, script: &Script) -> Report {
        self.try_to_say(script).map_or_else(
            |error| {
                log::warn!("the voice refused the text: {error}");
                Report::Broken
            },
            Report::Accepted,
        )
    }

    fn try_to_say(&mut self, script: &Script) -> Result<Vec<String>, tts::Error> {
        let tts = &mut *self.tts;
        tts.stop()?;
        let features = tts.supported_features();
        if features.rate {
            let (slowest, normal, fastest) = (tts.min_rate(), tts.normal_rate(), tts.max_rate());
            let share = script.rate as f32 / 100.0;
            let side = if share < 0.0 {
                normal - slowest
            } else {
                fastest - normal
            };
            tts.set_rate(normal + side * share)?;
        }
        if features.volume {
            let (least, most) = (tts.min_volume(), tts.max_volume());
            tts.set_volume(least + (most - least) * script.volume as f32 / 100.0)?;
        }
        let mut keys = Vec::new();
        for message in &script.messages {
            if let Some(voice) = voice_of(&self.voices, message).filter(|_| features.voice) {
                tts.set_voice(voice)?;
            }
            let utterance = tts.speak(message.text.as_str(), false)?.ok_or(tts::Error::NoneError)?;
            keys.push(key(&utterance));
        }
        Ok(keys)
    }

    pub(in crate::speech) fn hush(&mut self) -> Report {
        match self.tts.stop() {
            Ok(_) => Report::Done,
            Err(error) => {
                log::warn!("the voice could not be stopped: {error}");
                Report::Broken
            }
        }
    }

    /// The platform speaks within this process.
    pub(in crate::speech) fn ping(&mut self) -> Report {
        Report::Done
    }

    /// Leaves silence behind.
    pub(in crate::speech) fn close(mut self) {
        self.hush();
    }
}

/// The chosen voice, else the first one of the language, else the one that was set before.
fn voice_of<'a>(voices: &'a [Voice], message: &Message) -> Option<&'a Voice> {
    let chosen = message
        .voice
        .as_ref()
        .and_then(|id| voices.iter().find(|voice| voice.id() == *id));
    let language = message.language.as_deref();
    let exact = || {
        voices
            .iter()
            .find(|voice| language.is_some_and(|language| tag::same(&voice.language(), language)))
    };
    let any = || {
        let speaks = |voice: &&Voice| {
            language.is_some_and(|language| tag::same(tag::primary(&voice.language()), tag::primary(language)))
        };
        voices.iter().find(speaks)
    };
    chosen.or_else(exact).or_else(any)
}

/// The voices.
pub(in crate::speech) fn voices() -> Result<Vec<VoiceChoice>, SpeechError> {
    // Never closed, for the reason told at `Connection`.
    let tts = ManuallyDrop::new(Tts::default().map_err(missing)?);
    let found = tts.voices().map_err(missing)?;
    let mut voices = readable(found.iter().map(|voice| (voice.id(), voice.language().to_string())));
    // Here the id is a number or a path, and the name is for people.
    for voice in &mut voices {
        if let Some(named) = found.iter().find(|found| found.id() == voice.id) {
            voice.name = format!("{} ({})", named.name(), voice.language);
        }
    }
    voices.sort();
    Ok(voices)
}

/// What speaks.
pub(in crate::speech) fn look_around() -> Result<VoiceInfo, SpeechError> {
    let voices = voices()?;
    let voice = voices.iter().find(|voice| voice.speaks("en")).or(voices.first());
    let backend = if cfg!(target_os = "macos") {
        "AVFoundation"
    } else {
        "the system's speech"
    };
    Ok(VoiceInfo {
        backend: backend.to_owned(),
        voice: voice.ok_or(SpeechError::NoVoice)?.name.clone(),
    })
}

fn missing(error: tts::Error) -> SpeechError {
    log::warn!("no voice: {error}");
    SpeechError::NoVoice
}

/// A number that not every platform lets us compare, as text.
fn key(utterance: &UtteranceId) -> String {
    format!("{utterance:?}")
}
