//! The settings themselves: defaults and bounds.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use super::choices::{AttentionMode, Language, Motion, SpeechMode, ThemeChoice};

/// The size of the sentence, in points.
pub const TEXT_SIZE: RangeInclusive<f32> = 16.0..=120.0;
/// How much larger than the system has it everything is.
pub const UI_SCALE: RangeInclusive<f32> = 1.0..=3.0;
/// How strongly the part of the photo behind a word is shown.
pub const STRENGTH: RangeInclusive<f32> = 0.0..=1.0;
/// How fast the voice speaks: 0 is its usual pace.
pub const RATE: RangeInclusive<i32> = -100..=100;
/// How loud the voice is.
pub const VOLUME: RangeInclusive<i32> = 0..=100;

/// What a person has chosen. Every field's name is its key in the file.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    /// The language of the interface.
    pub language: Language,
    /// The colours of the window.
    pub theme: ThemeChoice,
    /// The size of the sentence, in points; see [`TEXT_SIZE`].
    pub text_size: f32,
    /// How much larger than the system has it everything is; see [`UI_SCALE`].
    pub ui_scale: f32,
    /// Whether things that move are kept still.
    pub reduced_motion: Motion,
    /// How the part of the photo behind a word is shown.
    pub attention_mode: AttentionMode,
    /// How strongly it is shown; see [`STRENGTH`].
    pub attention_strength: f32,
    /// Whether a description is read aloud as soon as it is there.
    pub speak_when_ready: bool,
    /// Who speaks.
    pub speech: SpeechMode,
    /// The voice of each language, by the language's tag ("en"); none: the platform's own choice.
    pub voice: BTreeMap<String, String>,
    /// How fast the voice speaks; see [`RATE`].
    pub rate: i32,
    /// How loud the voice is; see [`VOLUME`].
    pub volume: i32,
    /// Whether the next photo of the folder is described before it is asked for.
    pub describe_ahead: bool,
    /// Whether descriptions are kept on this computer.
    pub keep_recent: bool,
    /// Whether the welcome of the first start was given.
    pub welcome_seen: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: Language::default(),
            theme: ThemeChoice::default(),
            text_size: 32.0,
            ui_scale: 1.0,
            reduced_motion: Motion::default(),
            attention_mode: AttentionMode::default(),
            attention_strength: 0.75,
            speak_when_ready: true,
            speech: SpeechMode::default(),
            voice: BTreeMap::new(),
            rate: 0,
            volume: 100,
            describe_ahead: true,
            keep_recent: true,
            welcome_seen: false,
        }
    }
}

impl Settings {
    /// Brings every number within its bounds and gives the keys that were not.
    pub fn clamp(&mut self) -> Vec<&'static str> {
        let usual = Self::default();
        let mut clamped = Vec::new();
        for (key, value, bounds, default) in [
            ("text_size", &mut self.text_size, TEXT_SIZE, usual.text_size),
            ("ui_scale", &mut self.ui_scale, UI_SCALE, usual.ui_scale),
            (
                "attention_strength",
                &mut self.attention_strength,
                STRENGTH,
                usual.attention_strength,
            ),
        ] {
            if !bounds.contains(value) {
                // No number at all is on no side of the bounds.
                *value = if value.is_nan() {
                    default
                } else {
                    value.clamp(*bounds.start(), *bounds.end())
                };
                clamped.push(key);
            }
        }
        for (key, value, bounds) in [("rate", &mut self.rate, RATE), ("volume", &mut self.volume, VOLUME)] {
            if !bounds.contains(value) {
                *value = (*value).clamp(*bounds.start(), *bounds.end());
                clamped.push(key);
            }
        }
        clamped
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_bounds() {
        assert!(Settings::default().clamp().is_empty());
    }

    #[test]
    fn numbers_out_of_bounds_are_brought_to_the_nearest_bound_and_named() {
        let mut settings = Settings {
            text_size: 300.0,
            ui_scale: 0.1,
            attention_strength: f32::NAN,
            rate: -101,
            volume: 1000,
            ..Settings::default()
        };
        let keys = ["text_size", "ui_scale", "attention_strength", "rate", "volume"];
        assert_eq!(settings.clamp(), keys);
        assert_eq!(
            (settings.text_size, settings.ui_scale, settings.attention_strength),
            (120.0, 1.0, 0.75)
        );
        assert_eq!((settings.rate, settings.volume), (-100, 100));
    }
}
