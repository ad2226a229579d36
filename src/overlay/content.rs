//! Which words of a sentence stand for something that can be seen.

/// English words that hold a sentence together and stand for nothing in a photo.
const FUNCTION_WORDS: &[&str] = &[
    "a", "about", "above", "across", "after", "all", "along", "an", "and", "another", "are", "around", "as", "at",
    "away", "be", "been", "behind", "being", "below", "beside", "between", "both", "but", "by", "down", "each", "for",
    "from", "has", "have", "her", "hers", "his", "in", "inside", "into", "is", "it", "its", "near", "next", "of",
    "off", "on", "onto", "or", "other", "out", "outside", "over", "some", "that", "the", "their", "them", "there",
    "these", "they", "this", "those", "through", "to", "toward", "towards", "under", "up", "very", "was", "were",
    "which", "while", "who", "with",
];

/// Whether the word stands for something that can be seen. Of a language whose small words are not known here every
/// word does.
pub fn is_content(word: &str) -> bool {
    let bare = word
        .trim_matches(|letter: char| !letter.is_alphanumeric())
        .to_lowercase();
    !bare.is_empty() && FUNCTION_WORDS.binary_search(&bare.as_str()).is_err()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_words_and_punctuation_are_no_content() {
        assert!(FUNCTION_WORDS.is_sorted());
        for word in FUNCTION_WORDS.iter().copied() {
            assert!(
                !is_content(word) && !is_content(&format!("{}.", word.to_uppercase())),
                "{word}"
            );
        }
        assert!(!is_content("…") && !is_content(""));
    }

    #[test]
    fn things_deeds_and_other_languages_are_content() {
        for word in ["dog", "runs.", "\"red\"", "강아지가", "Hund"] {
            assert!(is_content(word), "{word}");
        }
    }
}
