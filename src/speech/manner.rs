//! How the voice speaks: its rate, its volume and the voice for each language, as the person wants it.

use super::Utterance;
use super::script::{Message, Script};
use super::tag::{self, primary};
use super::text::speakable;
use std::collections::BTreeMap;

/// How the person wants to be spoken to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manner {
    /// From −100, the slowest, over 0, the voice's own, to 100, the fastest.
    pub rate: i32,
    /// From 0, silent, to 100, the loudest.
    pub volume: i32,
    /// The voice for a language, by the language's tag: a [`VoiceChoice::id`](super::VoiceChoice::id).
    pub voices: BTreeMap<String, String>,
}

impl Default for Manner {
    fn default() -> Self {
        Self {
            rate: 0,
            volume: 100,
            voices: BTreeMap::new(),
        }
    }
}

impl Manner {
    /// The voice that was chosen for a text in this language; none: the platform's own for it.
    pub fn voice_for(&self, language: Option<&str>) -> Option<&str> {
        let language = language?;
        let exact = self.voices.iter().find(|(tag, _)| tag::same(tag, language));
        // Who has chosen a voice for English means American English too.
        let wider = || self.voices.iter().find(|(tag, _)| tag::same(tag, primary(language)));
        let (_, voice) = exact.or_else(wider)?;
        Some(voice.as_str()).filter(|voice| !voice.is_empty())
    }

    /// What the platform is told to say so; none where there is nothing to say.
    ///
    /// Parts that the same voice says are said in one breath, with the melody of one sentence.
    pub(super) fn script(&self, utterance: &Utterance) -> Option<Script> {
        let mut messages: Vec<Message> = Vec::new();
        let mut first_word = 0;
        for part in &utterance.parts {
            let words: Vec<String> = part.text.split_whitespace().map(str::to_owned).collect();
            let at = first_word;
            first_word += words.len();
            let Some(text) = speakable(&part.text) else { continue };
            let voice = self.voice_for(part.language.as_deref());
            match messages.last_mut() {
                // What was left out between them would shift the words.
                Some(last)
                    if last.language == part.language
                        && last.voice.as_deref() == voice
                        && last.first_word + last.words.len() == at =>
                {
                    last.text = format!("{} {text}", last.text);
                    last.words.extend(words);
                }
                _ => messages.push(Message {
                    text,
                    language: part.language.clone(),
                    voice: voice.map(str::to_owned),
                    first_word: at,
                    words,
                }),
            }
        }
        (!messages.is_empty()).then(|| Script {
            messages,
            rate: self.rate.clamp(-100, 100),
            volume: self.volume.clamp(0, 100),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Manner;
    use crate::speech::{Part, Utterance};

    fn with(voices: &[(&str, &str)]) -> Manner {
        Manner {
            voices: voices
                .iter()
                .map(|(tag, voice)| ((*tag).to_owned(), (*voice).to_owned()))
                .collect(),
            ..Manner::default()
        }
    }

    #[test]
    fn the_voice_of_a_language_is_that_of_its_region_else_that_of_the_language_else_the_platforms() {
        let manner = with(&[("en", "Anna"), ("en-GB", "Bert"), ("ko", "")]);
        assert_eq!(manner.voice_for(Some("en-gb")), Some("Bert"));
        assert_eq!(manner.voice_for(Some("en-US")), Some("Anna"));
        assert_eq!(manner.voice_for(Some("ko")), None);
        assert_eq!(manner.voice_for(Some("fr")), None);
        assert_eq!(manner.voice_for(None), None);
    }

    #[test]
    fn parts_of_two_languages_are_two_messages_and_of_one_language_one() {
        let parts = |first, second| {
            let utterance = Utterance::of(1, vec![Part::new("one two", first), Part::new("three", second)]);
            let script = with(&[("ko", "Korean")]).script(&utterance).unwrap();
            script
                .messages
                .into_iter()
                .map(|m| (m.text, m.voice, m.first_word))
                .collect::<Vec<_>>()
        };
        assert_eq!(parts("en", "en"), [("one two three".to_owned(), None, 0)]);
        let korean = Some("Korean".to_owned());
        assert_eq!(
            parts("ko", "en"),
            [("one two".to_owned(), korean, 0), ("three".to_owned(), None, 2)]
        );
    }

    #[test]
    fn a_part_that_cannot_be_said_is_left_out_but_its_words_count() {
        let utterance = Utterance::of(1, vec![Part::new("…", "en"), Part::new("dog", "en")]);
        let script = Manner::default().script(&utterance).unwrap();
        assert_eq!(script.messages.len(), 1);
        assert_eq!(script.messages[0].first_word, 1);
        assert!(Manner::default().script(&Utterance::new(1, "\0…")).is_none());
    }

    #[test]
    fn what_is_out_of_bounds_is_brought_back() {
        let wild = Manner {
            rate: 4000,
            volume: 200,
            ..Manner::default()
        };
        let script = wild.script(&Utterance::new(1, "a")).unwrap();
        assert_eq!((script.rate, script.volume), (100, 100));
    }
}
