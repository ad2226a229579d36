//! When which word of a sentence is said.
//!
//! No word marks reach us from the platform's voice, only the begin and the end of a sentence. The words' shares of
//! the time between are estimated from their spelling; how fast the voice is at hand is learned by [`super::Pace`].
//! The numbers were fitted by least squares to what espeak-ng says at its normal rate
//! (`tests/speech/record_word_onsets.py`); the sounds of other voices share the time in much the same way.

use std::time::Duration;

/// When which word of one utterance, or of one part of it, is said, counted from its begin.
#[derive(Clone, Debug, PartialEq)]
pub struct Timeline {
    first: usize,
    onsets: Vec<Duration>,
    duration: Duration,
}

impl Timeline {
    /// The timeline of `words` by a voice that takes `scale` times as long as the one that was measured.
    pub(super) fn new(words: &[impl AsRef<str>], scale: f64) -> Self {
        let mut at = 0.0;
        let mut onsets = Vec::with_capacity(words.len());
        for word in words {
            onsets.push(Duration::from_secs_f64(at * scale));
            at += seconds(word.as_ref());
        }
        if !words.is_empty() {
            at += LAST_WORD;
        }
        Self {
            first: 0,
            onsets,
            duration: Duration::from_secs_f64(at * scale),
        }
    }

    /// The same for words of which the first is number `first` of its utterance.
    #[must_use]
    pub(super) fn counted_from(self, first: usize) -> Self {
        Self { first, ..self }
    }

    /// The index in the utterance of the word that is being said `elapsed` after the begin; none before the first and
    /// after the last.
    pub fn word_at(&self, elapsed: Duration) -> Option<usize> {
        if elapsed >= self.duration {
            return None;
        }
        let within = self.onsets.partition_point(|onset| *onset <= elapsed).checked_sub(1)?;
        Some(self.first + within)
    }

    /// Which word of the utterance the first one is.
    pub fn first_word(&self) -> usize {
        self.first
    }

    /// When each word starts, in order.
    pub fn onsets(&self) -> &[Duration] {
        &self.onsets
    }

    /// When the last word is over.
    pub fn duration(&self) -> Duration {
        self.duration
    }
}

// Seconds of the measured voice.
const WORD: f64 = 0.041;
const VOWEL: f64 = 0.022;
const CONSONANT: f64 = 0.081;
/// A block of Hangul is a syllable; fitted to what espeak-ng says in Korean.
const HANGUL: f64 = 0.165;
/// A digit or an ideograph is a word's part of its own: a syllable or more.
const SYLLABLE: f64 = 0.18;
/// A letter of a script whose vowels we do not tell from its consonants.
const LETTER: f64 = 0.06;
const SHORT_PAUSE: f64 = 0.295;
const LONG_PAUSE: f64 = 0.45;
/// The last word is drawn out.
const LAST_WORD: f64 = 0.145;

/// Seconds that the measured voice takes for a word and the pause that its punctuation makes.
fn seconds(word: &str) -> f64 {
    let mut letters: Vec<char> = word.to_lowercase().chars().filter(|c| c.is_alphanumeric()).collect();
    // Said as one sound: doubled letters; and, of English, its digraphs. Not said: its e at the end.
    letters.dedup();
    if letters.len() > 2 && letters.last() == Some(&'e') {
        letters.pop();
    }
    let digraphs = letters
        .windows(2)
        .filter(|pair| DIGRAPHS.contains(&(pair[0], pair[1])))
        .count();
    let sounds: f64 = letters.iter().map(|c| sound(*c)).sum();
    let pause = match word.chars().last() {
        Some('.' | '!' | '?' | ':' | ';' | '。' | '！' | '？') => LONG_PAUSE,
        Some(',' | '、' | '，' | '–' | '—') => SHORT_PAUSE,
        _ => 0.0,
    };
    WORD + sounds - CONSONANT * digraphs as f64 + pause
}

const DIGRAPHS: [(char, char); 8] = [
    ('t', 'h'),
    ('s', 'h'),
    ('c', 'h'),
    ('c', 'k'),
    ('p', 'h'),
    ('w', 'h'),
    ('g', 'h'),
    ('n', 'g'),
];

/// Seconds for one lower-case letter or digit.
fn sound(letter: char) -> f64 {
    match letter {
        'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'ä' | 'ö' | 'ü' | 'á' | 'à' | 'â' | 'é' | 'è' | 'ê' | 'í' | 'ó' | 'ú' => {
            VOWEL
        }
        'a'..='z' | 'ß' | 'ç' | 'ñ' => CONSONANT,
        '\u{ac00}'..='\u{d7a3}' => HANGUL,
        '0'..='9' | '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => SYLLABLE,
        _ => LETTER,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::Timeline;
    use serde::Deserialize;
    use std::time::Duration;

    /// A caption as espeak-ng said it: milliseconds from the begin; none for a word that it joins to the one before.
    #[derive(Deserialize)]
    struct Recording {
        caption: String,
        onsets: Vec<Option<u64>>,
        duration: u64,
    }

    fn recordings() -> Vec<Recording> {
        serde_json::from_str(include_str!("../../tests/speech/word_onsets.json")).unwrap()
    }

    fn words(text: &str) -> Vec<&str> {
        text.split(' ').collect()
    }

    #[test]
    fn words_light_up_when_espeak_ng_says_them() {
        let recordings = recordings();
        assert_eq!(recordings.len(), 30);
        let mut errors = Vec::new();
        for recording in &recordings {
            let timeline = Timeline::new(&words(&recording.caption), 1.0);
            // The first word starts at 0 on either side, which would flatter.
            for (estimated, recorded) in timeline.onsets().iter().zip(&recording.onsets).skip(1) {
                if let Some(recorded) = recorded {
                    errors.push(estimated.abs_diff(Duration::from_millis(*recorded)).as_secs_f64());
                }
            }
        }
        let mean = errors.iter().sum::<f64>() / errors.len() as f64;
        assert!(
            errors.len() > 200 && mean < 0.08,
            "mean error of {} onsets: {mean:.3} s",
            errors.len()
        );
    }

    #[test]
    fn the_sentence_is_as_long_as_espeak_ng_makes_it() {
        for recording in recordings() {
            let estimated = Timeline::new(&words(&recording.caption), 1.0).duration().as_secs_f64();
            let recorded = recording.duration as f64 / 1000.0;
            assert!(
                (estimated / recorded - 1.0).abs() < 0.2,
                "{}: {estimated} not {recorded}",
                recording.caption
            );
        }
    }

    #[test]
    fn one_word_after_the_other_is_said_and_none_when_all_are() {
        let timeline = Timeline::new(&["a", "dog", "barks"], 1.0);
        let mut said = Vec::new();
        let mut at = Duration::ZERO;
        while at < timeline.duration() {
            said.push(timeline.word_at(at).unwrap());
            at += Duration::from_millis(5);
        }
        said.dedup();
        assert_eq!(said, [0, 1, 2]);
        assert_eq!(timeline.word_at(timeline.duration()), None);
    }

    #[test]
    fn no_words_take_no_time() {
        let timeline = Timeline::new(&[] as &[&str], 1.0);
        assert_eq!(
            (timeline.duration(), timeline.word_at(Duration::ZERO)),
            (Duration::ZERO, None)
        );
    }

    #[test]
    fn punctuation_makes_a_pause_and_any_script_takes_time() {
        let onset = |text: &str| Timeline::new(&words(text), 1.0).onsets()[1];
        assert!(onset("eggs, toast") > onset("eggs toast"));
        for word in ["강아지가", "собака", "犬が走る", "1984"] {
            assert!(onset(&format!("{word} x")) > Duration::from_millis(200), "{word}");
        }
    }
}
