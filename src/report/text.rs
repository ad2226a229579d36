//! A description as the words that the terminal prints, the window shows and the voice says.

use crate::captioner::Description;
use crate::wording;

/// The caption, behind a warning where it should not be believed.
///
/// Control characters are left out: a terminal would obey them.
pub fn sentence(description: &Description) -> String {
    let caption = caption(description);
    match wording::introduction(description) {
        Some(introduction) => format!("{introduction} {caption}"),
        None => caption,
    }
}

/// The caption alone, without control characters.
pub fn caption(description: &Description) -> String {
    let letters = description.caption.chars();
    letters.filter(|letter| !letter.is_control()).collect()
}

/// The sentence as it stands in a list, where nobody has asked for a guess that is probably wrong.
pub fn listed(description: &Description) -> String {
    if description.no_photo {
        wording::no_photo()
    } else if wording::cannot_tell(description) {
        wording::cannot_tell_in_list()
    } else {
        sentence(description)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::example;

    fn with(caption: &str, confidence: f32) -> String {
        sentence(&Description {
            caption: caption.to_owned(),
            confidence,
            ..example::description()
        })
    }

    #[test]
    fn doubt_is_said_before_the_sentence() {
        assert_eq!(with("a cat.", 0.5), "a cat.");
        assert_eq!(with("a cat.", 0.49), "This may be wrong: a cat.");
        assert_eq!(with("a cat.", 0.19), "This is probably wrong: a cat.");
        assert_eq!(with("a cat.", f32::NAN), "This is probably wrong: a cat.");
    }

    #[test]
    fn nothing_that_a_terminal_would_obey_gets_through() {
        assert_eq!(with("a \u{1b}[31mred\u{7} cat", 1.0), "a [31mred cat");
    }
}
