//! The other sentences about the photo on the screen, and which of all of them is shown.

use crate::captioner::{Agreement, Description};
use crate::{text, wording};

/// With fewer alternatives than this the model is asked for more.
const ENOUGH: usize = 3;

/// The description with its alternatives, while one of those is shown or looked for.
#[derive(Debug, Default)]
pub struct Others {
    best: Option<Box<Description>>,
    at: usize,
    /// Whether the model was asked for more of them.
    asked: bool,
}

/// What a step to another sentence came to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Show this one.
    Show(Box<Description>),
    /// There are hardly any: ask the model for more, starting from this description.
    Ask(Box<Description>),
    /// It is the last one already, or going back the first.
    End(String),
}

impl Others {
    /// Another photo comes.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// Steps to the next best sentence, or back; `shown` is what stands on the screen.
    pub fn step(&mut self, shown: &Description, backwards: bool) -> Step {
        let best = self.best.get_or_insert_with(|| Box::new(shown.clone()));
        let count = best.alternatives.len() + 1;
        if !backwards && !self.asked && best.alternatives.len() < ENOUGH {
            self.asked = true;
            return Step::Ask(best.clone());
        }
        let next = if backwards {
            self.at.checked_sub(1)
        } else {
            Some(self.at + 1)
        };
        match next.and_then(|at| Some((at, best.with_sentence(at)?))) {
            Some((at, description)) => {
                self.at = at;
                Step::Show(Box::new(description))
            }
            None if backwards => Step::End(text!("sentences-first", count = count)),
            None => Step::End(text!("sentences-last", count = count)),
        }
    }

    /// The model has looked further.
    pub fn found(&mut self, description: Box<Description>) {
        self.best = Some(description);
    }

    /// What is shown, with all alternatives where another sentence than the best one is shown.
    pub fn with_all(&self, shown: &Description) -> Description {
        self.best.as_deref().unwrap_or(shown).clone()
    }

    /// More is known of [all sentences](Self::with_all): gives the one that is shown.
    pub fn renewed(&mut self, description: Box<Description>) -> Box<Description> {
        let Some(best) = &mut self.best else { return description };
        let shown = description.with_sentence(self.at).map(Box::new);
        *best = description;
        shown.unwrap_or_else(|| best.clone())
    }

    /// The search was stopped: it may be asked for again.
    pub fn not_found(&mut self) {
        self.asked = false;
    }

    /// Which sentence is shown and how many there are: "2 of 5."; none before the first step.
    pub fn position(&self) -> Option<(usize, usize)> {
        let count = self.best.as_ref()?.alternatives.len() + 1;
        (count > 1).then_some((self.at + 1, count))
    }

    /// How far they all agree; none before the first step.
    pub fn agreement(&self) -> Option<String> {
        wording::agreement(&Agreement::among(self.best.as_ref()?.sentences()))
    }

    /// The line that stands below the sentence.
    pub fn line(&self) -> Option<String> {
        let (at, count) = self.position()?;
        let position = text!("sentence-position-line", at = at, count = count);
        Some(format!("{position} {}", self.agreement().unwrap_or_default()))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::captioner::Alternative;
    use crate::report::example;

    fn with(captions: &[&str]) -> Box<Description> {
        let mut description = example::description();
        description.alternatives.clear();
        for caption in captions {
            description.add_alternative(Alternative {
                caption: (*caption).to_owned(),
                confidence: 0.5,
                words: Vec::new(),
                tokens: vec![1],
                score: -1.0,
                expected: None,
            });
        }
        Box::new(description)
    }

    fn shown(step: Step) -> String {
        match step {
            Step::Show(description) => description.caption.clone(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn steps_go_from_sentence_to_sentence_and_back_to_the_best() {
        let best = with(&["a dog.", "two cats.", "a cat sits."]);
        let mut others = Others::default();
        let mut now = best.clone();
        for caption in ["a dog.", "two cats.", "a cat sits."] {
            match others.step(&now, false) {
                Step::Show(next) => now = next,
                other => panic!("{other:?}"),
            }
            assert_eq!(now.caption, caption);
        }
        assert_eq!(others.position(), Some((4, 4)));
        assert_eq!(
            others.step(&now, false),
            Step::End("This is the last of 4 sentences.".to_owned())
        );
        assert_eq!(shown(others.step(&now, true)), "two cats.");
        others.step(&now, true);
        assert_eq!(shown(others.step(&now, true)), best.caption);
        assert!(matches!(others.step(&best, true), Step::End(_)));
        assert_eq!(
            others.line().as_deref(),
            Some("Sentence 1 of 4. No word is in all four. Three of four say: cat.")
        );
    }

    #[test]
    fn where_there_are_hardly_any_the_model_is_asked_for_more_once() {
        let mut others = Others::default();
        let best = with(&["a dog."]);
        assert_eq!(others.step(&best, false), Step::Ask(best.clone()));
        others.not_found();
        assert_eq!(others.step(&best, false), Step::Ask(best.clone()));
        others.found(with(&["a dog.", "a bird."]));
        assert_eq!(shown(others.step(&best, false)), "a dog.");
        assert_eq!(shown(others.step(&best, false)), "a bird.");
        assert!(matches!(others.step(&best, false), Step::End(_)));
    }

    #[test]
    fn what_is_found_of_all_sentences_is_shown_for_the_one_on_the_screen() {
        let mut others = Others::default();
        let best = with(&["a dog.", "two cats.", "a cat sits."]);
        let Step::Show(shown) = others.step(&best, false) else {
            panic!()
        };
        assert_eq!(others.with_all(&shown), *best);
        let mut renewed = best.clone();
        renewed.alternatives[0].confidence = 0.25;
        let now = others.renewed(renewed);
        assert_eq!((now.caption.as_str(), now.confidence), ("a dog.", 0.25));
        let mut fresh = Others::default();
        assert_eq!(fresh.with_all(&best), *best);
        assert_eq!(fresh.renewed(best.clone()), best);
    }

    #[test]
    fn a_model_with_a_single_sentence_says_so() {
        let mut others = Others::default();
        let best = with(&[]);
        others.step(&best, false);
        others.found(best.clone());
        let none = "The model has no other sentence for this photo.".to_owned();
        assert_eq!(others.step(&best, false), Step::End(none));
        assert_eq!(others.line(), None);
    }
}
