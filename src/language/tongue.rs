//! The languages that the interface speaks, and how one of them is chosen.

use unic_langid::LanguageIdentifier;

use crate::settings::Language as Choice;
use crate::text;

/// A language of the interface.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Language {
    /// English, which every message has.
    #[default]
    English,
    /// Korean.
    Korean,
}

impl Language {
    /// All of them, English first.
    pub const ALL: [Self; 2] = [Self::English, Self::Korean];

    /// The language's tag, as voices, settings and files have it: "en", "ko".
    pub fn tag(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Korean => "ko",
        }
    }

    /// The language as those call it who speak it, so that they find it in any list.
    pub fn own_name(self) -> String {
        match self {
            Self::English => text!("language-english"),
            Self::Korean => text!("language-korean"),
        }
    }

    /// The language of a locale such as "ko-KR" or "en_GB.UTF-8"; none where the interface does not speak it.
    pub fn of_locale(locale: &str) -> Option<Self> {
        let tag = locale.split(['.', '@']).next()?;
        let locale: LanguageIdentifier = tag.parse().ok()?;
        Self::ALL
            .into_iter()
            .find(|language| locale.language.as_str() == language.tag())
    }

    /// The first language of the system's list that the interface speaks, else English.
    pub fn of_system() -> Self {
        // Unit tests know the English sentences, whoever runs them.
        if cfg!(test) {
            return Self::English;
        }
        sys_locale::get_locales()
            .find_map(|locale| Self::of_locale(&locale))
            .unwrap_or_default()
    }
}

impl Choice {
    /// The language that is meant.
    pub fn language(self) -> Language {
        match self {
            Self::System => Language::of_system(),
            Self::English => Language::English,
            Self::Korean => Language::Korean,
        }
    }

    /// What the choice is called: "As the system", "English", "한국어".
    pub fn name(self) -> String {
        match self {
            Self::System => text!("language-system"),
            Self::English | Self::Korean => self.language().own_name(),
        }
    }
}
