//! How doubt and time are put into words, the same in the window, the voice and the reports.
//!
//! People explain contradictions away once a sentence sounds sure, and wording that stresses the chance of error
//! corrects that better than wording that stresses correctness (MacLeod and others, CHI 2017).

use crate::captioner::{Description, Word};
use crate::text;

/// Below this confidence a sentence is introduced as one that may be wrong.
const MAY_BE_WRONG: f32 = 0.5;

/// Below this confidence it is introduced as one that is probably wrong.
const PROBABLY_WRONG: f32 = 0.2;

/// Below this probability (a log-probability of −2) a content word was in a reference in 30 % of cases, against 76 %
/// above −0.5, measured on Flickr8k.
const UNSURE_WORD: f32 = 0.135;

/// What is said before the sentence where it is in doubt; none where there is little.
pub fn introduction(description: &Description) -> Option<String> {
    match description.confidence {
        confidence if confidence >= MAY_BE_WRONG => None,
        confidence if confidence >= PROBABLY_WRONG => Some(text!("doubt-may-be-wrong")),
        // No number at all is no confidence either.
        _ => Some(text!("doubt-probably-wrong")),
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_probability_that_is_no_number_is_unsure() {
        let word = |probability| Word {
            text: "dog".to_owned(),
            probability,
            attention: None,
            place: None,
        };
        assert!(is_unsure(&word(f32::NAN)));
        assert!(is_unsure(&word(0.1)));
        assert!(!is_unsure(&word(0.2)));
    }
}
