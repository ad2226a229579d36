//! Where the words of a sentence lie.

use super::is_content;
use crate::captioner::{Description, Place};

/// A word of the sentence and where the model looked while it wrote it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Located<'a> {
    /// The word's number.
    pub number: usize,
    /// The word as written, without the punctuation that touches it.
    pub text: &'a str,
    /// Where; none where it looked all over the photo.
    pub place: Option<Place>,
}

impl<'a> Located<'a> {
    /// One word; none where there is no such word or the model does not say where it looked.
    pub fn of(description: &'a Description, number: usize) -> Option<Self> {
        let word = description.words.get(number)?;
        word.attention.as_ref()?;
        let text = word.text.trim_matches(|letter: char| !letter.is_alphanumeric());
        Some(Self {
            number,
            text: if text.is_empty() { &word.text } else { text },
            place: word.place,
        })
    }
}

/// Every word that stands for something to be seen and points somewhere, in the order of the sentence.
pub fn places(description: &Description) -> Vec<Located<'_>> {
    (0..description.words.len())
        .filter_map(|number| Located::of(description, number))
        .filter(|word| word.place.is_some() && is_content(word.text))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn words_that_point_somewhere_are_given_with_their_place_and_without_punctuation() {
        let description = example::description();
        let expected = Located {
            number: 1,
            text: "cat",
            place: Some(Place::UpperLeft),
        };
        assert_eq!(places(&description), [expected]);
        assert_eq!(Located::of(&description, 1), Some(expected));
    }

    #[test]
    fn a_small_word_is_left_out_of_all_places_but_can_be_asked_for() {
        let mut description = example::description();
        description.words[0] = crate::captioner::Word {
            text: "the".to_owned(),
            ..description.words[1].clone()
        };
        assert_eq!(places(&description).len(), 1);
        assert_eq!(Located::of(&description, 0).map(|word| word.text), Some("the"));
    }

    #[test]
    fn what_looks_all_over_or_has_no_map_has_no_place() {
        let mut description = example::description();
        description.words[1].place = None;
        assert!(places(&description).is_empty());
        assert!(Located::of(&description, 1).is_some_and(|word| word.place.is_none()));
        assert_eq!(Located::of(&description, 0), None, "no map");
        assert_eq!(Located::of(&description, 9), None, "no word");
    }
}
