//! The list from which the voice of each language is chosen, as a part of the settings screen.

use std::collections::BTreeMap;

use egui::{Button, RadioButton, TextEdit, Ui};

use super::app::HearsightApp;
use super::voice::Voices;
use crate::language::{self, Language};
use crate::speech::voices::filter;
use crate::speech::{Part, VoiceChoice};
use crate::text;

/// What is typed and which language is looked at.
#[derive(Clone, Debug, Default)]
pub(super) struct VoiceList {
    /// The tag of the language whose voice is chosen; none: that of the interface.
    language: Option<String>,
    typed: String,
}

/// What was pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Pressed {
    /// This voice for this language; none: the platform's own.
    Voice(String, Option<VoiceChoice>),
    /// List the voices once more.
    Again,
}

/// Rows are as high as a finger needs.
const ROW: f32 = 44.0;

impl VoiceList {
    fn show(
        &mut self,
        ui: &mut Ui,
        voices: &Voices,
        languages: &[(String, String)],
        chosen: &BTreeMap<String, String>,
    ) -> Option<Pressed> {
        ui.spacing_mut().interact_size.y = ROW;
        let tag = self
            .language
            .clone()
            .unwrap_or_else(|| language::current().tag().to_owned());
        ui.horizontal_wrapped(|ui| {
            for (other, name) in languages {
                let button = Button::selectable(*other == tag, text!("voices-of", language = name));
                if ui.add(button).clicked() {
                    self.language = Some(other.clone());
                }
            }
        });
        match voices {
            Voices::Unknown | Voices::Asked => {
                ui.label(text!("voices-asked"));
                None
            }
            Voices::Failed(error) => {
                ui.label(error.to_string());
                ui.button(text!("voices-again")).clicked().then_some(Pressed::Again)
            }
            Voices::Found(voices) => self.rows(ui, voices, tag, chosen),
        }
    }

    fn rows(
        &mut self,
        ui: &mut Ui,
        voices: &[VoiceChoice],
        tag: String,
        chosen: &BTreeMap<String, String>,
    ) -> Option<Pressed> {
        ui.horizontal_wrapped(|ui| {
            let label = ui.label(text!("voices-typed"));
            ui.add(TextEdit::singleline(&mut self.typed)).labelled_by(label.id);
        });
        let found = filter(voices, Some(&tag), &self.typed);
        ui.label(text!("voices-found", count = found.len()));
        let now = chosen.get(&tag);
        let mut pressed = None;
        if ui.add(RadioButton::new(now.is_none(), text!("voices-own"))).clicked() {
            pressed = Some(None);
        }
        for voice in found {
            if ui.add(RadioButton::new(now == Some(&voice.id), &voice.name)).clicked() {
                pressed = Some(Some(voice.clone()));
            }
        }
        pressed.map(|voice| Pressed::Voice(tag, voice))
    }
}

impl HearsightApp {
    /// The list of voices, for the settings screen; a voice that is chosen is kept at once and says its name.
    pub(super) fn voice_list(&mut self, ui: &mut Ui) {
        let mut languages: Vec<(String, String)> = Language::ALL
            .into_iter()
            .map(|language| (language.tag().to_owned(), language.own_name()))
            .collect();
        if languages.iter().all(|(tag, _)| *tag != self.caption_language) {
            languages.push((self.caption_language.clone(), self.caption_language.clone()));
        }
        match self
            .voice_list
            .show(ui, self.narrator.voices(), &languages, &self.settings.voice)
        {
            Some(Pressed::Again) => self.narrator.list_again(),
            Some(Pressed::Voice(tag, voice)) => self.choose_voice(tag, voice),
            None => {}
        }
    }

    fn choose_voice(&mut self, tag: String, voice: Option<VoiceChoice>) {
        let name = voice
            .as_ref()
            .map_or_else(|| text!("voices-own"), |voice| voice.name.clone());
        match voice {
            Some(voice) => self.settings.voice.insert(tag.clone(), voice.id),
            None => self.settings.voice.remove(&tag),
        };
        self.settings_changed();
        // Said by the very voice, so that it is heard.
        self.tell_parts(text!("voices-chosen", voice = &name), vec![Part::new(name, tag)]);
    }
}
