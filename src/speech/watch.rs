//! The watch over the voice's thread: what is being said, and whether it still answers.

use super::Utterance;

/// What the handle asks for.
pub(super) enum Command {
    Speak(Utterance),
    Stop,
    Quit,
}

pub(super) struct Watch;
