//! How doubt and time are put into words, the same in the window, the voice and the reports.
//!
//! People explain contradictions away once a sentence sounds sure, and wording that stresses the chance of error
//! corrects that better than wording that stresses correctness (MacLeod and others, CHI 2017).

use crate::captioner::{Agreement, Description, Shared, Word};
use crate::text;
use crate::words::OwnWords;

/// Below this confidence a sentence is introduced as one that may be wrong.
const MAY_BE_WRONG: f32 = 0.5;

/// Below this confidence the answer is that nothing can be told; the guess, where it is asked for, is introduced as
/// one that is probably wrong.
const CANNOT_TELL: f32 = 0.2;

/// Below this probability (a log-probability of −2) a content word was in a reference in 30 % of cases, against 76 %
/// above −0.5, measured on Flickr8k.
const UNSURE_WORD: f32 = 0.135;

/// What is said before the sentence where it is in doubt, or where its model's doubt is worth nothing yet; none where there
/// is little.
pub fn introduction(description: &Description) -> Option<String> {
    if description.uncalibrated && !cannot_tell(description) {
        return Some(text!("doubt-uncalibrated"));
    }
    match description.confidence {
        confidence if confidence >= MAY_BE_WRONG => None,
        _ if !cannot_tell(description) => Some(text!("doubt-may-be-wrong")),
        _ => Some(text!("doubt-probably-wrong")),
    }
}

/// Whether the sentence is so doubtful that it is held back until somebody asks for the guess.
pub fn cannot_tell(description: &Description) -> bool {
    // No number at all is no confidence either.
    description.confidence.is_nan() || description.confidence < CANNOT_TELL
}

/// What is said in the place of a sentence that is held back; `key` gives the guess.
pub fn cannot_tell_sentence(description: &Description, key: &str) -> String {
    if description.no_photo {
        format!("{} {}", no_photo(), text!("no-photo-guess", key = key))
    } else {
        text!("doubt-cannot-tell", key = key)
    }
}

/// The same in a list, where no key gives the guess.
pub fn cannot_tell_in_list() -> String {
    text!("doubt-cannot-tell-in-list")
}

/// The answer to a picture with nothing to see in it.
pub fn no_picture() -> String {
    text!("no-clear-picture")
}

/// The answer to a picture that the model takes for no photo: a page of text, a screenshot or a chart.
pub fn no_photo() -> String {
    text!("no-photo")
}

/// Words that a photo brings along, with whose they are.
pub fn own_words(words: &OwnWords) -> String {
    own_words_with(words, &words.text)
}

/// The same without the words, for a voice that says them in their own language.
pub fn before_own_words(words: &OwnWords) -> String {
    own_words_with(words, "").trim().to_owned()
}

fn own_words_with(words: &OwnWords, text: &str) -> String {
    match (&words.machine, &words.sidecar) {
        (Some(_), _) => text!("own-words-machine", words = text),
        (None, None) => text!("own-words-person", words = text),
        (None, Some(_)) => text!("own-words-person-beside", words = text),
    }
}

/// Words with a sign at their end, so that what follows them is heard as another sentence.
pub fn ended(words: &str) -> String {
    let ends = words.ends_with(['.', '!', '?', '…', ':', ';', '。']);
    format!("{words}{}", if ends { "" } else { "." })
}

/// The machine's sentence where it follows such words.
pub fn after_own_words(sentence: &str) -> String {
    text!("own-words-then", sentence = sentence)
}

/// How far sentences agree, as one or two short sentences; none where there is nothing to compare.
pub fn agreement(agreement: &Agreement) -> Option<String> {
    /// More words are no help to who listens.
    const WORDS: usize = 4;

    let total = agreement.sentences;
    if total < 2 {
        return None;
    }
    let all: Vec<&str> = agreement.in_all().take(WORDS).collect();
    let some = agreement
        .words
        .iter()
        .filter(|shared| (2..total).contains(&shared.sentences));
    let some: Vec<&Shared> = some.take(WORDS).collect();
    let mut sentences = Vec::new();
    match (all.is_empty(), some.is_empty()) {
        (false, _) => sentences.push(text!("agreement-all", total = total, words = all.join(", "))),
        (true, false) => sentences.push(text!("agreement-in-none", total = total)),
        (true, true) => return Some(text!("agreement-no-word", total = total)),
    }
    for same in some.chunk_by(|one, other| one.sentences == other.sentences) {
        let words: Vec<&str> = same.iter().map(|shared| shared.word.as_str()).collect();
        let (count, words) = (same[0].sentences, words.join(", "));
        sentences.push(text!("agreement-some", count = count, total = total, words = words));
    }
    Some(sentences.join(" "))
}

/// How long the description took, in seconds. Loading the model, which happens once, is left out.
pub fn seconds(description: &Description) -> f64 {
    let seconds = description.seconds;
    seconds.decode_photo + seconds.encode + seconds.search
}

/// Whether the model was unsure of the word.
pub fn is_unsure(word: &Word) -> bool {
    // No number at all is unsure too.
    word.probability.is_nan() || word.probability < UNSURE_WORD
}

/// The words that the model was unsure of, in order, each once.
pub fn unsure_words(description: &Description) -> Vec<&str> {
    let mut words: Vec<&str> = Vec::new();
    for word in description.words.iter().filter(|word| is_unsure(word)) {
        if !words.contains(&bare(word)) {
            words.push(bare(word));
        }
    }
    words
}

/// The word without the punctuation that touches it.
pub fn bare(word: &Word) -> &str {
    word.text.trim_end_matches(['.', ',', '!', '?', ';', ':'])
}

/// What a sign within a word is called when the word is spelled; none for one that has no name.
pub fn sign(sign: char) -> Option<String> {
    match sign {
        '\'' | '’' => Some(text!("sign-apostrophe")),
        '-' | '‐' | '‑' => Some(text!("sign-hyphen")),
        '.' => Some(text!("sign-dot")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agreed(sentences: &[&str]) -> Option<String> {
        agreement(&Agreement::among(sentences.iter().copied()))
    }

    #[test]
    fn agreement_says_what_all_mention_and_what_some_say() {
        let five = [
            "a dog catches a frisbee",
            "a dog runs",
            "the dog has a frisbee",
            "a brown dog",
            "a dog with a frisbee on grass",
        ];
        assert_eq!(
            agreed(&five).as_deref(),
            Some("All five mention: dog. Three of five say: frisbee.")
        );
        assert_eq!(
            agreed(&["a dog runs", "a cat runs", "a dog sits"]).as_deref(),
            Some("No word is in all three. Two of three say: dog, runs.")
        );
        assert_eq!(
            agreed(&["a dog", "a cat"]).as_deref(),
            Some("The two sentences share no word.")
        );
        assert_eq!(agreed(&["a dog"]), None);
    }

    #[test]
    fn a_sentence_of_hardly_any_confidence_or_of_none_at_all_is_held_back() {
        let mut description = crate::report::example::description();
        for (confidence, held_back) in [(0.9, false), (0.2, false), (0.19, true), (f32::NAN, true)] {
            description.confidence = confidence;
            assert_eq!(cannot_tell(&description), held_back, "{confidence}");
        }
    }

    #[test]
    fn a_sentence_of_a_model_that_is_not_calibrated_never_stands_without_a_word_of_care() {
        let mut description = crate::report::example::description();
        (description.confidence, description.uncalibrated) = (0.9, true);
        assert_eq!(
            introduction(&description).as_deref(),
            Some("How often this model is right is not known:")
        );
        description.confidence = 0.1;
        assert!(cannot_tell(&description));
        assert_eq!(introduction(&description).as_deref(), Some("This is probably wrong:"));
        (description.confidence, description.uncalibrated) = (0.9, false);
        assert_eq!(introduction(&description), None);
    }

    #[test]
    fn a_probability_that_is_no_number_is_unsure() {
        let word = |probability| Word {
            text: "dog".to_owned(),
            probability,
            support: None,
            attention: None,
            place: None,
        };
        assert!(is_unsure(&word(f32::NAN)));
        assert!(is_unsure(&word(0.1)));
        assert!(!is_unsure(&word(0.2)));
    }
}
