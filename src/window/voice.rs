//! Who says what: the program's own voice, or the screen reader where one runs; never both.

use std::time::{Duration, Instant};

use super::screen_reader::ScreenReader;
use crate::settings::{Settings, SpeechMode};
use crate::speech::{Manner, Part, Speaker, SpeechError, SpeechEvent, Timeline, Utterance, VoiceChoice};

/// How often the lit word is looked up while the voice speaks.
pub(super) const SPEAKING_FRAME: Duration = Duration::from_millis(40);

/// The voice, as far as the window needs it; a trait so that tests can stand in for one.
pub trait Voice {
    /// Says this instead of what is being said.
    fn speak(&self, utterance: Utterance);
    /// Stops what is being said.
    fn stop(&self);
    /// How everything is said from now on.
    fn set_manner(&self, manner: Manner);
    /// Asks for the list of voices, which comes as an event.
    fn list_voices(&self);
    /// The next event, if one is ready.
    fn event(&self) -> Option<SpeechEvent>;
}

impl Voice for Speaker {
    fn speak(&self, utterance: Utterance) {
        Speaker::speak(self, utterance);
    }

    fn stop(&self) {
        Speaker::stop(self);
    }

    fn set_manner(&self, manner: Manner) {
        Speaker::set_manner(self, manner);
    }

    fn list_voices(&self) {
        Speaker::list_voices(self);
    }

    fn event(&self) -> Option<SpeechEvent> {
        self.try_event()
    }
}

/// What is being said.
struct Spoken {
    id: u64,
    /// How many words come before the caption's own; none where something else is said.
    before: Option<usize>,
    began: Option<(Instant, Timeline)>,
}

/// The voices that can be chosen, as far as they are known.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Voices {
    /// Nobody has asked yet.
    #[default]
    Unknown,
    /// The platform is listing them.
    Asked,
    /// These there are.
    Found(Vec<VoiceChoice>),
    /// Why there are none.
    Failed(SpeechError),
}

/// Says things with the program's voice, or leaves them to the screen reader.
pub(super) struct Narrator {
    voice: Box<dyn Voice>,
    screen_reader: Box<dyn ScreenReader>,
    born: Instant,
    mode: SpeechMode,
    manner: Option<Manner>,
    spoken: Option<Spoken>,
    utterances: u64,
    trouble: Option<SpeechError>,
    voices: Voices,
}

impl Narrator {
    pub(super) fn new(voice: Box<dyn Voice>, screen_reader: Box<dyn ScreenReader>) -> Self {
        Self {
            voice,
            screen_reader,
            born: Instant::now(),
            mode: SpeechMode::default(),
            manner: None,
            spoken: None,
            utterances: 0,
            trouble: None,
            voices: Voices::default(),
        }
    }

    /// The same beside something that tells of screen readers.
    pub(super) fn with_screen_reader(self, screen_reader: Box<dyn ScreenReader>) -> Self {
        Self { screen_reader, ..self }
    }

    /// Takes over what the person has chosen.
    pub(super) fn adopt(&mut self, settings: &Settings) {
        self.mode = settings.speech;
        let manner = Manner {
            rate: settings.rate,
            volume: settings.volume,
            voices: settings.voice.clone(),
        };
        if self.manner.as_ref() != Some(&manner) {
            self.voice.set_manner(manner.clone());
            self.manner = Some(manner);
        }
    }

    /// Whether it is known who speaks; a desktop that does not answer is not waited for longer than a moment.
    pub(super) fn knows_who_speaks(&self) -> bool {
        const MOMENT: Duration = Duration::from_secs(2);
        self.mode != SpeechMode::Automatic || self.screen_reader.is_known() || self.born.elapsed() > MOMENT
    }

    /// Whether the screen reader says everything and the voice nothing.
    pub(super) fn leaves_speech(&self) -> bool {
        match self.mode {
            SpeechMode::Automatic => self.screen_reader.is_on(),
            SpeechMode::OwnVoice => false,
            SpeechMode::ScreenReader => true,
        }
    }

    /// Whether the screen reader is to be told of changes: not where it runs and the voice speaks all the same.
    pub(super) fn announces(&self) -> bool {
        self.leaves_speech() || !self.screen_reader.is_on()
    }

    /// Says these parts instead of what is being said; false where that is left to the screen reader. `before` counts
    /// the words before the caption's own, which then are followed by the light.
    pub(super) fn speak(&mut self, parts: Vec<Part>, before: Option<usize>) -> bool {
        if self.leaves_speech() {
            return false;
        }
        self.utterances += 1;
        self.spoken = Some(Spoken {
            id: self.utterances,
            before,
            began: None,
        });
        self.voice.speak(Utterance::of(self.utterances, parts));
        true
    }

    /// Stops what is being said; whether the light followed it.
    pub(super) fn stop(&mut self) -> bool {
        let Some(spoken) = self.spoken.take() else { return false };
        self.voice.stop();
        spoken.before.is_some()
    }

    /// Silence, when the window closes.
    pub(super) fn close(&mut self) {
        self.voice.stop();
    }

    /// Whether the voice has something to say or says it.
    pub(super) fn is_speaking(&self) -> bool {
        self.spoken.is_some()
    }

    /// Whether that is the description.
    pub(super) fn is_describing(&self) -> bool {
        self.spoken.as_ref().is_some_and(|spoken| spoken.before.is_some())
    }

    /// Why nothing is heard; none while the voice works, or is not asked to.
    pub(super) fn trouble(&self) -> Option<String> {
        let trouble = self.trouble.as_ref().filter(|_| !self.leaves_speech())?;
        Some(trouble.to_string())
    }

    /// Takes in what the voice tells; whether the light that followed it goes out.
    pub(super) fn listen(&mut self) -> bool {
        let mut out = false;
        while let Some(event) = self.voice.event() {
            out |= self.note(event);
        }
        // A screen reader that starts takes over at once.
        if self.leaves_speech() && self.is_speaking() {
            out |= self.stop();
        }
        out
    }

    fn note(&mut self, event: SpeechEvent) -> bool {
        let ours = |spoken: &Option<Spoken>, id: u64| spoken.as_ref().is_some_and(|spoken| spoken.id == id);
        match event {
            SpeechEvent::Began { id, at, timeline } => {
                if let Some(spoken) = self.spoken.as_mut().filter(|spoken| spoken.id == id) {
                    spoken.began = Some((at, timeline));
                }
                false
            }
            SpeechEvent::Ended { id, .. } | SpeechEvent::Stopped { id } => ours(&self.spoken, id) && self.end(),
            SpeechEvent::Failed { id, error } => {
                self.trouble = Some(error);
                // A failure that names none was of a time when nothing was to be said: what has been asked for since ends
                // by its own event.
                id.is_some_and(|id| ours(&self.spoken, id)) && self.end()
            }
            SpeechEvent::Recovered => {
                self.trouble = None;
                false
            }
            SpeechEvent::Voices(found) => {
                self.voices = found.map_or_else(Voices::Failed, Voices::Found);
                false
            }
        }
    }

    fn end(&mut self) -> bool {
        self.spoken.take().is_some_and(|spoken| spoken.before.is_some())
    }

    /// The caption's word that is being said, if any; none where the caption is not being said.
    pub(super) fn word_now(&self) -> Option<Option<usize>> {
        let Spoken {
            before: Some(before),
            began: Some((at, timeline)),
            ..
        } = self.spoken.as_ref()?
        else {
            return None;
        };
        let word = timeline.word_at(at.elapsed());
        Some(word.and_then(|word| word.checked_sub(*before)))
    }

    /// The voices that can be chosen; the first call asks for them.
    pub(super) fn voices(&mut self) -> &Voices {
        if self.voices == Voices::Unknown {
            self.list_again();
        }
        &self.voices
    }

    /// Asks for the voices, once more where that failed.
    pub(super) fn list_again(&mut self) {
        self.voices = Voices::Asked;
        self.voice.list_voices();
    }
}
