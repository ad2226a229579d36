//! The welcome of the first start: a few words that name the three keys one needs, shown and said once.

use super::commands::Command;
use crate::text;

/// How far the welcome is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Welcome {
    /// It was given, now or at an earlier start.
    #[default]
    Over,
    /// It will be given as soon as nothing else is being said or done.
    Due,
    /// It was said and still stands on the screen.
    Shown,
}

impl Welcome {
    /// As the settings of this person have it.
    pub fn new(seen: bool) -> Self {
        if seen { Self::Over } else { Self::Due }
    }

    /// Whether the moment has come; from then on it is shown.
    pub fn begins(&mut self, idle: bool) -> bool {
        let begins = *self == Self::Due && idle;
        if begins {
            *self = Self::Shown;
        }
        begins
    }

    /// The person has begun to work: it need not stand there any more.
    pub fn end(&mut self) {
        if *self == Self::Shown {
            *self = Self::Over;
        }
    }

    /// Its words, as long as they are shown.
    pub fn text(self) -> Option<String> {
        (self == Self::Shown).then(text)
    }
}

/// The id of its node.
pub fn id() -> egui::Id {
    egui::Id::unique("welcome")
}

/// The welcome.
pub fn text() -> String {
    text!(
        "welcome",
        open = Command::Open.entry().key(),
        speak = Command::Speak.entry().key(),
        help = Command::Keys.entry().key()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_waits_for_a_quiet_moment_and_comes_once() {
        let mut welcome = Welcome::new(false);
        assert!(!welcome.begins(false) && welcome.text().is_none());
        assert!(welcome.begins(true));
        assert!(
            welcome
                .text()
                .is_some_and(|text| text.contains("F1") && text.contains("Space"))
        );
        assert!(!welcome.begins(true));
        welcome.end();
        assert_eq!((welcome, welcome.text()), (Welcome::Over, None));
    }

    #[test]
    fn whoever_has_heard_it_does_not_hear_it_again() {
        assert!(!Welcome::new(true).begins(true));
    }
}
