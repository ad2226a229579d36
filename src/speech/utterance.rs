//! What the voice is asked to say: a text, or several parts in languages of their own.

/// A part of an utterance in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Part {
    /// What is said. Control characters are left out.
    pub text: String,
    /// The text's language as a BCP 47 tag, as `en` or `ko`; none: the one that the platform's voice speaks anyway.
    pub language: Option<String>,
}

impl Part {
    /// A part in the language of this tag.
    pub fn new(text: impl Into<String>, language: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            language: Some(language.into()),
        }
    }
}

/// One text to be said, in one go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Utterance {
    /// The caller's number for it; the events name it.
    pub id: u64,
    /// What is said, one after the other.
    pub parts: Vec<Part>,
}

impl Utterance {
    /// An utterance in the language that the platform's voice speaks anyway.
    pub fn new(id: u64, text: impl Into<String>) -> Self {
        let part = Part {
            text: text.into(),
            language: None,
        };
        Self { id, parts: vec![part] }
    }

    /// An utterance whose parts have languages of their own.
    pub fn of(id: u64, parts: Vec<Part>) -> Self {
        Self { id, parts }
    }

    /// All of it, as one text.
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.parts.iter().map(|part| part.text.as_str()).collect();
        texts.join(" ")
    }

    /// The words that the [`Timeline`](super::Timeline) follows: those between the spaces of all parts, in order.
    pub fn words(&self) -> Vec<&str> {
        self.parts
            .iter()
            .flat_map(|part| part.text.split_whitespace())
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::{Part, Utterance};

    #[test]
    fn an_utterance_of_a_text_has_the_words_between_its_spaces() {
        assert_eq!(Utterance::new(1, " a dog,  running ").words(), ["a", "dog,", "running"]);
    }

    #[test]
    fn the_words_of_several_parts_are_counted_through() {
        let utterance = Utterance::of(1, vec![Part::new("틀릴 수 있습니다:", "ko"), Part::new("a dog", "en")]);
        assert_eq!(utterance.words(), ["틀릴", "수", "있습니다:", "a", "dog"]);
        assert_eq!(utterance.text(), "틀릴 수 있습니다: a dog");
    }
}
