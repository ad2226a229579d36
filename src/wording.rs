//! How doubt is put into words; the window, the voice and the reports all say it in the same way.
//!
//! People explain contradictions away once a sentence sounds sure, and wording that stresses the chance of error
//! corrects that better than wording that stresses correctness (MacLeod and others, CHI 2017).

use crate::captioner::{Description, Word};

/// Below this confidence a sentence is introduced as one that may be wrong.
const MAY_BE_WRONG: f32 = 0.5;

/// Below this confidence it is introduced as one that is probably wrong.
const PROBABLY_WRONG: f32 = 0.25;

/// Below this probability (a log-probability of −2) a content word was in a reference in 30 % of cases, against 76 %
/// above −0.5, measured on Flickr8k.
const UNSURE_WORD: f32 = 0.135;

/// What is said before the sentence where it is in doubt; none where there is little.
pub fn introduction(description: &Description) -> Option<&'static str> {
    match description.confidence {
        confidence if confidence >= MAY_BE_WRONG => None,
        confidence if confidence >= PROBABLY_WRONG => Some("This may be wrong:"),
        // No number at all is no confidence either.
        _ => Some("This is probably wrong:"),
    }
}

/// The sentence with its introduction, as it is spoken and printed.
pub fn sentence(description: &Description) -> String {
    match introduction(description) {
        Some(introduction) => format!("{introduction} {}", description.caption),
        None => description.caption.clone(),
    }
}

/// Whether the model was unsure of the word.
pub fn is_unsure(word: &Word) -> bool {
    !(word.probability >= UNSURE_WORD)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::captioner::Seconds;

    fn with_confidence(confidence: f32) -> Description {
        Description {
            caption: "a dog runs".to_owned(),
            confidence,
            words: Vec::new(),
            alternatives: Vec::new(),
            tokens: Vec::new(),
            score: 0.0,
            model: String::new(),
            device: String::new(),
            seconds: Seconds::default(),
        }
    }

    #[test]
    fn the_less_confident_the_stronger_the_warning() {
        assert_eq!(sentence(&with_confidence(0.8)), "a dog runs");
        assert_eq!(sentence(&with_confidence(0.3)), "This may be wrong: a dog runs");
        assert_eq!(sentence(&with_confidence(0.1)), "This is probably wrong: a dog runs");
    }

    #[test]
    fn a_confidence_that_is_no_number_is_no_confidence() {
        assert_eq!(
            sentence(&with_confidence(f32::NAN)),
            "This is probably wrong: a dog runs"
        );
        let word = Word {
            text: "dog".to_owned(),
            probability: f32::NAN,
            attention: None,
            place: None,
        };
        assert!(is_unsure(&word));
    }
}
