//! What stands on the screen of settings, from top to bottom.

use egui::{Id, Ui};

use super::rows::{self, About, Scale};
use crate::settings::{
    AttentionMode, Language, Motion, RATE, STRENGTH, SpeechMode, TEXT_SIZE, ThemeChoice, UI_SCALE, VOLUME,
};
use crate::text;
use crate::window::app::HearsightApp;
use crate::window::node::{self, Kind};
use crate::window::sizes::{percent, theme_name};

impl HearsightApp {
    /// All rows; a changed setting is kept at once.
    pub(super) fn settings_sections(&mut self, ui: &mut Ui) {
        let changed = [self.looks(ui), self.attention(ui), self.hearing(ui), self.photos(ui)];
        if changed.contains(&true) {
            self.settings_changed();
        }
    }

    fn looks(&mut self, ui: &mut Ui) -> bool {
        rows::section(ui, "looks", &text!("settings-looks"));
        let settings = &mut self.settings;
        let languages = named(Language::ALL, Language::name);
        let mut changed = rows::choice(
            ui,
            &About::new("language", text!("setting-language"), text!("setting-language.help")),
            &mut settings.language,
            &languages,
        );
        let themes = named(ThemeChoice::ALL, theme_name);
        changed |= rows::choice(
            ui,
            &About::new("theme", text!("setting-theme"), text!("setting-theme.help")),
            &mut settings.theme,
            &themes,
        );
        let scale = Scale {
            range: TEXT_SIZE,
            step: 1.0,
            written: text!("points", points = format!("{:.0}", settings.text_size)),
        };
        changed |= rows::number(
            ui,
            &About::new("text-size", text!("setting-text-size"), text!("setting-text-size.help")),
            &mut settings.text_size,
            &scale,
        )
        .changed();
        changed |= self.scale(ui);
        let motions = named(Motion::ALL, motion_name);
        let motion = &mut self.settings.reduced_motion;
        changed
            | rows::choice(
                ui,
                &About::new("motion", text!("setting-motion"), text!("setting-motion.help")),
                motion,
                &motions,
            )
    }

    fn scale(&mut self, ui: &mut Ui) -> bool {
        let mut shown = self.settings_screen.scale.unwrap_or(self.settings.ui_scale);
        let scale = Scale {
            range: UI_SCALE,
            step: 0.1,
            written: text!("percent", percent = percent(shown)),
        };
        let response = rows::number(
            ui,
            &About::new("scale", text!("setting-scale"), text!("setting-scale.help")),
            &mut shown,
            &scale,
        );
        self.settings_screen.scale = response.dragged().then_some(shown);
        if response.dragged() || shown == self.settings.ui_scale {
            return false;
        }
        self.settings.ui_scale = shown;
        true
    }

    fn attention(&mut self, ui: &mut Ui) -> bool {
        rows::section(ui, "attention", &text!("settings-attention"));
        let settings = &mut self.settings;
        let modes = named(AttentionMode::ALL, mode_name);
        let mode = &mut settings.attention_mode;
        let changed = rows::choice(
            ui,
            &About::new(
                "attention-mode",
                text!("setting-attention-mode"),
                text!("setting-attention-mode.help"),
            ),
            mode,
            &modes,
        );
        let scale = Scale {
            range: STRENGTH,
            step: 0.05,
            written: text!("percent", percent = percent(settings.attention_strength)),
        };
        let about = About::new(
            "attention-strength",
            text!("setting-attention-strength"),
            text!("setting-attention-strength.help"),
        );
        changed | rows::number(ui, &about, &mut settings.attention_strength, &scale).changed()
    }

    fn hearing(&mut self, ui: &mut Ui) -> bool {
        rows::section(ui, "voice", &text!("settings-voice"));
        let settings = &mut self.settings;
        let when_ready = &mut settings.speak_when_ready;
        let mut changed = rows::toggle(
            ui,
            &About::new(
                "speak-when-ready",
                text!("setting-speak-when-ready"),
                text!("setting-speak-when-ready.help"),
            ),
            when_ready,
        );
        let modes = named(SpeechMode::ALL, speech_name);
        changed |= rows::choice(
            ui,
            &About::new("speech", text!("setting-speech"), text!("setting-speech.help")),
            &mut settings.speech,
            &modes,
        );
        changed |= whole(
            ui,
            &About::new("rate", text!("setting-rate"), text!("setting-rate.help")),
            &mut settings.rate,
            RATE,
            5,
            |rate| match rate {
                0 => text!("rate-usual"),
                rate if rate > 0 => text!("rate-faster", amount = rate),
                rate => text!("rate-slower", amount = -rate),
            },
        );
        changed |= whole(
            ui,
            &About::new("volume", text!("setting-volume"), text!("setting-volume.help")),
            &mut settings.volume,
            VOLUME,
            5,
            |volume| text!("percent", percent = volume),
        );
        // It keeps what is chosen in it by itself.
        rows::part(
            ui,
            "voices",
            &text!("setting-voices"),
            &text!("setting-voices.help"),
            |ui| self.voice_list(ui),
        );
        changed
    }

    fn photos(&mut self, ui: &mut Ui) -> bool {
        rows::section(ui, "photos", &text!("settings-photos"));
        let settings = &mut self.settings;
        let ahead = &mut settings.describe_ahead;
        let changed = rows::toggle(
            ui,
            &About::new(
                "describe-ahead",
                text!("setting-describe-ahead"),
                text!("setting-describe-ahead.help"),
            ),
            ahead,
        );
        let changed = changed
            | rows::toggle(
                ui,
                &About::new(
                    "keep-recent",
                    text!("setting-keep-recent"),
                    text!("setting-keep-recent.help"),
                ),
                &mut settings.keep_recent,
            );
        let (name, help) = (text!("setting-recent"), text!("setting-recent.help"));
        rows::part(ui, "recent", &name, &help, |ui| self.forget_recent(ui));
        changed
    }

    /// The button that forgets, and once it is pressed the question whether that is meant.
    fn forget_recent(&mut self, ui: &mut Ui) {
        let count = self.recents.recent().entries().len();
        if count == 0 {
            self.settings_screen.forgetting = false;
            ui.label(text!("setting-recent-none"));
        } else if !self.settings_screen.forgetting {
            if rows::button(ui, &text!("setting-recent-clear")).clicked() {
                self.settings_screen.forgetting = true;
            }
        } else {
            let question = text!("recent-clear-question", count = count);
            node::text(
                ui,
                Id::unique("forget recent"),
                question.as_str(),
                &question,
                Kind::Status,
            );
            ui.horizontal_wrapped(|ui| {
                let no = rows::button(ui, &text!("recent-clear-no"));
                let yes = rows::button(ui, &text!("recent-clear-yes")).clicked();
                // The button that was pressed is gone: who presses Enter without having listened keeps them.
                if ui.memory(|memory| memory.focused().is_none()) {
                    no.request_focus();
                }
                if yes {
                    self.recents.recent().clear();
                    self.tell(text!("recent-cleared"));
                }
                if yes || no.clicked() {
                    self.settings_screen.forgetting = false;
                }
            });
        }
    }
}

/// A number without a fraction.
fn whole(
    ui: &mut Ui,
    about: &About,
    value: &mut i32,
    range: std::ops::RangeInclusive<i32>,
    step: u8,
    written: impl FnOnce(i32) -> String,
) -> bool {
    let scale = Scale {
        range: *range.start() as f32..=*range.end() as f32,
        step: f32::from(step),
        written: written(*value),
    };
    let mut number = *value as f32;
    let changed = rows::number(ui, about, &mut number, &scale).changed();
    *value = number.round() as i32;
    changed
}

fn named<T: Copy>(options: &[T], name: impl Fn(T) -> String) -> Vec<(T, String)> {
    options.iter().map(|option| (*option, name(*option))).collect()
}

fn motion_name(motion: Motion) -> String {
    match motion {
        Motion::System => text!("motion-system"),
        Motion::Reduced => text!("motion-reduced"),
        Motion::Full => text!("motion-full"),
    }
}

fn mode_name(mode: AttentionMode) -> String {
    match mode {
        AttentionMode::Colour => text!("setting-mode-colour"),
        AttentionMode::Dim => text!("setting-mode-dim"),
        AttentionMode::Outline => text!("setting-mode-outline"),
    }
}

fn speech_name(speech: SpeechMode) -> String {
    match speech {
        SpeechMode::Automatic => text!("speech-automatic"),
        SpeechMode::OwnVoice => text!("speech-own-voice"),
        SpeechMode::ScreenReader => text!("speech-screen-reader"),
    }
}
