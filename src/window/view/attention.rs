//! Which map lies over the photo.

use std::borrow::Cow;

use crate::captioner::{Attention, Description};
use crate::overlay;

/// What the light is asked to show.
#[derive(Clone, Debug, PartialEq)]
pub enum Light<'a> {
    /// Nothing: the photo as it is.
    Off,
    /// This map.
    Map(Cow<'a, Attention>),
    /// A map that looks all over the photo: there is nothing to mark.
    Everywhere,
    /// There is no map, because the model gives none.
    None,
}

impl<'a> Light<'a> {
    /// The light of the whole sentence, or of the word that is lit.
    pub fn of(description: Option<&'a Description>, lit: Option<usize>, whole: bool) -> Self {
        let Some(description) = description else {
            return Self::Off;
        };
        let map = if whole {
            overlay::whole(description).map(Cow::Owned)
        } else {
            match lit.and_then(|number| description.words.get(number)) {
                Some(word) => word.attention.as_ref().map(Cow::Borrowed),
                None => return Self::Off,
            }
        };
        match map {
            Some(map) if map.place().is_none() => Self::Everywhere,
            Some(map) => Self::Map(map),
            None => Self::None,
        }
    }

    /// The map, where there is one to be shown.
    pub fn map(&self) -> Option<&Attention> {
        match self {
            Self::Map(map) => Some(map),
            Self::Off | Self::Everywhere | Self::None => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn the_lit_word_or_the_whole_sentence_gives_the_light() {
        let description = example::description();
        let cat = description.words[1].attention.clone().map(Cow::Owned);
        assert_eq!(Light::of(Some(&description), None, false), Light::Off);
        assert_eq!(Light::of(None, Some(1), true), Light::Off);
        for (lit, whole) in [(Some(1), false), (Some(0), true), (None, true)] {
            let light = Light::of(Some(&description), lit, whole);
            assert_eq!(light.map(), cat.as_deref(), "{lit:?} {whole}");
        }
    }

    #[test]
    fn a_model_that_gives_none_and_a_map_that_points_nowhere_are_told_apart() {
        let mut description = example::description();
        assert_eq!(Light::of(Some(&description), Some(0), false), Light::None);
        if let Some(map) = &mut description.words[1].attention {
            map.weights = vec![0.25; 4];
        }
        assert_eq!(Light::of(Some(&description), Some(1), false), Light::Everywhere);
        description.words[1].attention = None;
        assert_eq!(Light::of(Some(&description), None, true), Light::None);
    }
}
