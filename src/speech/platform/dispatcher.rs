//! Speech Dispatcher as the platform's voice.

use crate::speech::script::{Message, Script};
use crate::speech::ssip::{Event, Ssip};
use crate::speech::voice::{Mark, Report};
use crate::speech::voices::{VoiceChoice, readable};
use crate::speech::{SpeechError, VoiceInfo, tag};
use crossbeam_channel::Sender;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// The connection to the platform's voice.
pub(in crate::speech) struct Connection {
    daemon: Ssip,
    /// What it speaks where nothing else is asked for.
    language: String,
    /// Every voice and its language, once one of them was chosen.
    voices: Vec<(String, String)>,
}

impl Connection {
    /// Connects; `wake` starts the daemon where it does not run.
    pub(in crate::speech) fn open(reports: &Sender<Report>, wake: bool, given_up: &Arc<AtomicBool>) -> Option<Self> {
        let reports = reports.clone();
        let mut daemon = Ssip::open(wake, given_up, move |Event { code, message }| {
            let mark = match code {
                701 => Mark::Begin,
                702 => Mark::End,
                703 => Mark::Stop,
                _ => return,
            };
            let _ = reports.try_send(Report::Mark(mark, message));
        })?;
        for event in ["BEGIN", "END", "CANCEL"] {
            if !daemon.ask(&format!("SET self NOTIFICATION {event} on"))?.well {
                return None;
            }
        }
        // Nothing that another program says of lesser importance may cut a sentence off.
        daemon.ask("SET self PRIORITY IMPORTANT")?;
        let language = daemon.value("GET LANGUAGE").unwrap_or_default();
        let voices = Vec::new();
        Some(Self {
            daemon,
            language,
            voices,
        })
    }

    pub(in crate::speech) fn say(&mut self, script: &Script) -> Report {
        self.try_to_say(script).map_or(Report::Broken, Report::Accepted)
    }

    fn try_to_say(&mut self, script: &Script) -> Option<Vec<String>> {
        self.daemon.ask("CANCEL self")?;
        self.daemon.ask(&format!("SET self RATE {}", script.rate))?;
        // The daemon's loudness runs from −100, where nothing is heard, to 100.
        self.daemon
            .ask(&format!("SET self VOLUME {}", 2 * script.volume - 100))?;
        script.messages.iter().map(|message| self.give(message)).collect()
    }

    fn give(&mut self, message: &Message) -> Option<String> {
        let wanted = message.language.as_deref().unwrap_or(&self.language);
        let mut language = tag::for_platform(wanted, &self.language).to_owned();
        if let Some(voice) = &message.voice {
            // The synthesiser's module takes only changes, and a language takes back a voice that stays the same; it
            // is one for all programs, which a voice in a language not its own would leave with the wrong voice.
            language = self.language_of(voice)?.unwrap_or(language);
        }
        if !language.is_empty() {
            self.daemon.ask(&format!("SET self LANGUAGE {language}"))?;
        }
        // The daemon knows the absence of a voice by this name.
        let voice = message.voice.as_deref().unwrap_or("NULL");
        self.daemon.ask(&format!("SET self SYNTHESIS_VOICE {voice}"))?;
        self.daemon.speak(&message.text)
    }

    /// The language of a voice; none where the daemon has no such voice. The outer none is a broken connection.
    fn language_of(&mut self, voice: &str) -> Option<Option<String>> {
        if self.voices.is_empty() {
            self.voices = list(&mut self.daemon)?;
        }
        let found = self.voices.iter().find(|(name, _)| name == voice);
        Some(found.map(|(_, language)| language.clone()))
    }

    pub(in crate::speech) fn hush(&mut self) -> Report {
        self.daemon.ask("CANCEL self").map_or(Report::Broken, |_| Report::Done)
    }

    /// Whether the daemon still lives. It tells nothing when it dies in mid-sentence.
    pub(in crate::speech) fn ping(&mut self) -> Report {
        self.daemon
            .ask("HISTORY GET CLIENT_ID")
            .map_or(Report::Broken, |_| Report::Done)
    }

    /// Leaves silence behind, as far as the daemon ever listens again.
    pub(in crate::speech) fn close(mut self) {
        self.daemon.cancel_in_passing();
    }
}

/// The voices, asked for over a connection of their own: the speaking one goes on meanwhile.
pub(in crate::speech) fn voices() -> Result<Vec<VoiceChoice>, SpeechError> {
    let given_up = give_up_after(Duration::from_secs(30))?;
    let mut daemon = Ssip::open(true, &given_up, |_| {}).ok_or(SpeechError::NoVoice)?;
    list(&mut daemon).map(readable).ok_or(SpeechError::NoAnswer)
}

/// The names of all voices and their languages.
fn list(daemon: &mut Ssip) -> Option<Vec<(String, String)>> {
    let reply = daemon.ask("LIST SYNTHESIS_VOICES").filter(|reply| reply.well)?;
    // Name, language and variant.
    let voice = |line: String| {
        let mut fields = line.split('\t');
        let (name, language) = (fields.next()?, fields.next()?);
        Some((name.to_owned(), language.to_owned()))
    };
    Some(reply.values.into_iter().filter_map(voice).collect())
}

/// What speaks.
pub(in crate::speech) fn look_around() -> Result<VoiceInfo, SpeechError> {
    let given_up = give_up_after(Duration::from_secs(12))?;
    let mut daemon = Ssip::open(true, &given_up, |_| {}).ok_or(SpeechError::NoVoice)?;
    let synthesiser = daemon.value("GET OUTPUT_MODULE").ok_or(SpeechError::NoVoice)?;
    // It stands in for a synthesiser that is not installed, and plays a recording that says so.
    if synthesiser == "dummy" {
        log::warn!("Speech Dispatcher has no synthesiser");
        return Err(SpeechError::NoVoice);
    }
    let voice = match daemon.value("GET LANGUAGE") {
        Some(language) => format!("{synthesiser}, {language}"),
        None => synthesiser,
    };
    Ok(VoiceInfo {
        backend: "Speech Dispatcher".to_owned(),
        voice,
    })
}

/// A flag that is set after a while, so that a stopped daemon is not waited for.
fn give_up_after(patience: Duration) -> Result<Arc<AtomicBool>, SpeechError> {
    let given_up = Arc::new(AtomicBool::new(false));
    let flag = Arc::downgrade(&given_up);
    std::thread::Builder::new()
        .name("speech-patience".to_owned())
        .spawn(move || {
            std::thread::sleep(patience);
            if let Some(flag) = flag.upgrade() {
                flag.store(true, Ordering::Release);
            }
        })
        .map_err(|error| {
            log::error!("no thread for the voice: {error}");
            SpeechError::NoThread
        })?;
    Ok(given_up)
}
