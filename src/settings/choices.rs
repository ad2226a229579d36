//! The settings that are one of a few.

use serde::{Deserialize, Serialize};

/// Gives an enum the list of its values and their names in the file, for lists in the window and for tests.
macro_rules! choice {
    ($(#[$about:meta])* $name:ident { $($(#[$doc:meta])* $value:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$doc])* #[serde(rename = $text)] $value),+
        }

        impl $name {
            /// Every value, in the order in which people are offered them.
            pub const ALL: &[Self] = &[$(Self::$value),+];

            /// Its name in the file.
            pub const fn key(self) -> &'static str {
                match self {
                    $(Self::$value => $text),+
                }
            }

            /// The value after this one; after the last comes the first.
            #[must_use]
            pub fn next(self) -> Self {
                let at = Self::ALL.iter().position(|value| *value == self).unwrap_or(0);
                Self::ALL[(at + 1) % Self::ALL.len()]
            }
        }
    };
}

choice! {
    /// The language of the interface.
    Language {
        /// The one of the system's locale, English where there are no words in it.
        #[default]
        System = "system",
        /// English.
        English = "en",
        /// Korean.
        Korean = "ko",
    }
}

choice! {
    /// The colours of the window.
    ThemeChoice {
        /// Light or dark, as the system is.
        #[default]
        System = "system",
        /// Dark text on a light ground.
        Light = "light",
        /// Light text on a dark ground.
        Dark = "dark",
        /// Only black on white.
        BlackOnWhite = "black_on_white",
        /// Only white on black.
        WhiteOnBlack = "white_on_black",
        /// Only yellow on black.
        YellowOnBlack = "yellow_on_black",
    }
}

choice! {
    /// Whether things that move are kept still.
    Motion {
        /// As the system asks.
        #[default]
        System = "system",
        /// Nothing slides or fades.
        Reduced = "on",
        /// Everything moves as it is meant to.
        Full = "off",
    }
}

choice! {
    /// How the part of the photo behind a word is shown.
    AttentionMode {
        /// As colours over the photo.
        Colour = "colour",
        /// The rest of the photo is darkened.
        #[default]
        Dim = "dim",
        /// A line around it.
        Outline = "outline",
    }
}

choice! {
    /// Who speaks.
    SpeechMode {
        /// The screen reader where one runs that would speak too, else the program.
        #[default]
        Automatic = "automatic",
        /// The program.
        OwnVoice = "own_voice",
        /// The screen reader.
        ScreenReader = "screen_reader",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_of_the_last_theme_is_the_first_and_none_is_left_out() {
        let mut theme = ThemeChoice::System;
        for expected in [1, 2, 3, 4, 5, 0] {
            theme = theme.next();
            assert_eq!(theme, ThemeChoice::ALL[expected]);
        }
    }
}
