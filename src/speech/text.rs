//! Text that a voice can take.

/// The text without control characters (a NUL ends the process in the platform's library), its white space as single
/// spaces; none where no letter or digit is left to be said.
pub(super) fn speakable(text: &str) -> Option<String> {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = spaced.split_whitespace().collect::<Vec<_>>().join(" ");
    clean.chars().any(char::is_alphanumeric).then_some(clean)
}

#[cfg(test)]
mod tests {
    use super::speakable;

    #[test]
    fn control_characters_are_left_out_and_white_space_is_evened() {
        assert_eq!(
            speakable(" a\0dog\tand\r\n a \u{1b}ball ").as_deref(),
            Some("a dog and a ball")
        );
    }

    #[test]
    fn letters_of_any_script_can_be_said() {
        assert_eq!(speakable("강아지가 뛴다").as_deref(), Some("강아지가 뛴다"));
    }

    #[test]
    fn a_text_without_letters_or_digits_is_nothing_to_say() {
        for nothing in ["", " \n", "\0\u{7}", "...", "— –"] {
            assert_eq!(speakable(nothing), None, "{nothing:?}");
        }
    }
}
