//! What stands in the place of a sentence where there is none to be shown, and the guess behind it.

use super::commands::Command;
use crate::captioner::Description;
use crate::wording;

/// Why there is no description.
#[derive(Clone, Copy, Debug)]
enum Reason {
    /// There is nothing to see.
    NoPicture,
    /// The guess is too doubtful.
    CannotTell,
}

/// An answer that is no description. Its sentence is made anew for each frame: the language may change meanwhile.
#[derive(Debug, Default)]
pub struct Withheld {
    reason: Option<Reason>,
    guess: Option<Box<Description>>,
}

impl Withheld {
    /// Another photo comes.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// There is nothing to see in the picture.
    pub fn no_picture(&mut self) {
        self.clear();
        self.reason = Some(Reason::NoPicture);
    }

    /// Gives the description back where it may be shown, and holds it back where it is too doubtful.
    pub fn weigh(&mut self, description: Box<Description>) -> Option<Box<Description>> {
        self.clear();
        if !wording::cannot_tell(&description) {
            return Some(description);
        }
        self.reason = Some(Reason::CannotTell);
        self.guess = Some(description);
        None
    }

    /// The sentence that stands in the place of a description.
    pub fn answer(&self) -> Option<String> {
        self.reason.map(|reason| match reason {
            Reason::NoPicture => wording::no_picture(),
            Reason::CannotTell => self.guess.as_ref().map_or_else(wording::cannot_tell_in_list, |guess| {
                wording::cannot_tell_sentence(guess, &Command::Guess.entry().key())
            }),
        })
    }

    /// Whether there is a guess to be told.
    pub fn has_guess(&self) -> bool {
        self.guess.is_some()
    }

    /// Gives the guess, which is shown from now on.
    pub fn tell(&mut self) -> Option<Box<Description>> {
        let guess = self.guess.take()?;
        self.clear();
        Some(guess)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::language::{self, Language};
    use crate::report::example;

    #[test]
    fn only_what_is_hardly_believed_is_held_back_and_given_when_asked_for() {
        let mut withheld = Withheld::default();
        let mut description = example::description();
        assert!(withheld.weigh(Box::new(description.clone())).is_some());
        assert_eq!(withheld.answer(), None);
        description.confidence = 0.1;
        assert!(withheld.weigh(Box::new(description.clone())).is_none());
        assert!(withheld.answer().unwrap().contains("Press T "));
        assert_eq!(withheld.tell(), Some(Box::new(description)));
        assert_eq!(withheld.answer(), None);
        assert_eq!(withheld.tell(), None);
        let mut page = example::description();
        (page.no_photo, page.confidence) = (true, 0.0);
        assert!(withheld.weigh(Box::new(page)).is_none());
        let answer = withheld.answer().unwrap();
        assert!(
            answer.contains("a screenshot") && answer.contains("Press T "),
            "{answer}"
        );
        withheld.no_picture();
        assert_eq!(withheld.answer(), Some("I see no clear picture here.".to_owned()));
        language::set(Language::Korean);
        assert_eq!(
            withheld.answer(),
            Some(language::text_in(Language::Korean, "no-clear-picture", &[]))
        );
        assert!(!withheld.has_guess());
    }
}
