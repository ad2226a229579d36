//! A word letter by letter, so that a voice says each clearly.

/// The signs of a word in the order in which they are spelled: letters and digits as one would name them, capitals
/// because voices say a small "a" as the word; a sign between letters is named by `name` ("apostrophe"), signs around
/// the word are left out.
pub fn letters(word: &str, name: impl Fn(char) -> Option<String>) -> Vec<String> {
    let word = word.trim_matches(|c: char| !c.is_alphanumeric());
    let letter = |c: char| {
        if c.is_alphanumeric() {
            let mut upper = c.to_uppercase();
            match (upper.next(), upper.next()) {
                (Some(upper), None) => Some(upper.to_string()),
                // A letter whose capital is two, as ß.
                _ => Some(c.to_string()),
            }
        } else {
            name(c)
        }
    };
    word.chars().filter_map(letter).collect()
}

#[cfg(test)]
mod tests {
    use super::letters;

    fn spell(word: &str) -> String {
        letters(word, |c| (c == '\'').then(|| "apostrophe".to_owned())).join(", ")
    }

    #[test]
    fn each_letter_is_a_capital_of_its_own_and_the_sentences_signs_are_left_out() {
        assert_eq!(spell("dog."), "D, O, G");
        assert_eq!(spell("it's,"), "I, T, apostrophe, S");
        assert_eq!(spell("1984"), "1, 9, 8, 4");
    }

    #[test]
    fn other_scripts_are_spelled_as_they_are_written() {
        assert_eq!(spell("강아지"), "강, 아, 지");
        assert_eq!(spell("straße"), "S, T, R, A, ß, E");
        assert_eq!(spell("…"), "");
    }
}
