//! Sentences of the window that are put together from several messages of the language room.

use super::commands::Command;
use crate::captioner::{Description, Place, Word};
use crate::{report, text, wording};

/// The window's title and the program's name, in every language.
pub const TITLE: &str = "Hearsight";

/// The description as one node for screen readers.
pub fn description(description: &Description) -> String {
    text!("description-spoken", sentence = report::sentence(description))
}

/// A word with its place and its doubt: "dog, lower left".
pub fn word(word: &Word) -> String {
    let (bare, more) = word_and_more(word);
    more.into_iter().fold(bare.to_owned(), |word, more| {
        text!("word-and-more", word = word, more = more)
    })
}

/// The word in the caption's language, and in that of the interface its place and its doubt.
pub fn word_and_more(word: &Word) -> (&str, Vec<String>) {
    let unsure = wording::is_unsure(word).then(|| text!("word-unsure"));
    (bare(word), [place(word), unsure].into_iter().flatten().collect())
}

/// Where the model looked while it wrote the word, as a phrase; none where the model does not say.
pub fn place(word: &Word) -> Option<String> {
    word.attention.as_ref().map(|_| place_or_everywhere(word.place))
}

/// A place as a phrase; none is all over the photo.
pub fn place_or_everywhere(place: Option<Place>) -> String {
    place.map_or_else(|| text!("place-everywhere"), Place::phrase)
}

/// The status line once the sentence is there.
pub fn done(description: &Description) -> String {
    let seconds = wording::seconds(description);
    let step = if description.words.iter().any(|word| word.attention.is_some()) {
        text!("described-step")
    } else {
        let (why, key) = (text!("no-attention"), Command::Cover.entry().key());
        text!("no-attention-yet", why = why, key = key)
    };
    // Anything faster would read as no time at all.
    let took = if seconds < 0.1 {
        text!("described-quickly")
    } else {
        text!("described", seconds = format!("{seconds:.1}"))
    };
    format!("{took} {step}")
}

/// The word without the punctuation that touches it.
pub fn bare(word: &Word) -> &str {
    wording::bare(word)
}

#[cfg(test)]
mod tests {
    use super::done;
    use crate::captioner::Description;

    #[test]
    fn a_fast_description_does_not_take_zero_seconds() {
        let mut description = Description {
            confidence: 1.0,
            ..Description::default()
        };
        description.seconds.search = 0.04;
        assert!(done(&description).starts_with("Described in less than 0.1 seconds."));
        description.seconds.search = 0.64;
        assert!(done(&description).starts_with("Described in 0.6 seconds."));
    }
}
