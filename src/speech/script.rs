//! What the platform is told: messages, each for one voice, and how to say them.

/// What is said to the platform at once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Script {
    pub(super) messages: Vec<Message>,
    /// −100 to 100.
    pub(super) rate: i32,
    /// 0 to 100.
    pub(super) volume: i32,
}

/// What one voice says in one breath. It holds no control character.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    pub(super) text: String,
    pub(super) language: Option<String>,
    /// The platform's name of the voice; none: its own for the language.
    pub(super) voice: Option<String>,
    /// Which word of the utterance its first one is.
    pub(super) first_word: usize,
    pub(super) words: Vec<String>,
}
