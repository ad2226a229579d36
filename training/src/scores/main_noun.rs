//! Whether people saw the main thing of a sentence too ([`hearsight::captioner::main_noun`]).

use hearsight::captioner::main_noun::{Kind, main_noun};

use super::ptb;

/// Whether at least one of the `references` has what the caption's main noun names; none where the table has no noun of
/// the caption.
pub fn is_seen(caption: &str, references: &[String]) -> Option<bool> {
    let words = ptb::tokenize(caption);
    let (noun, _) = main_noun(words.iter().map(String::as_str))?;
    let mut seen = references
        .iter()
        .flat_map(|reference| ptb::tokenize(reference))
        .filter_map(|word| Kind::of(&word));
    Some(seen.any(|seen| noun.agrees(seen)))
}

/// Words that guess less about people than the `references` say, and are right of them: "a person" of a man, "a child" of
/// a girl.
pub fn wider(references: &[String]) -> Vec<&'static str> {
    let (mut wider, child) = (Vec::new(), Kind::of("child"));
    for reference in references {
        for kind in ptb::tokenize(reference).iter().filter_map(|word| Kind::of(word)) {
            if kind.is_of_people() {
                wider.extend(["person", "people"]);
            }
            if Some(kind) == child {
                wider.extend(["child", "children"]);
            }
        }
    }
    wider
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(caption: &str, reference: &str) -> Option<bool> {
        is_seen(caption, &["Something else .".to_owned(), reference.to_owned()])
    }

    #[test]
    fn people_saw_it_where_they_name_its_kind_anywhere() {
        assert_eq!(seen("A dog runs.", "A woman with her puppy ."), Some(true));
        assert_eq!(seen("A dog runs.", "A cat ."), Some(false));
        assert_eq!(seen("A man stands.", "A lady stands ."), Some(true));
        assert_eq!(seen("A man stands.", "A skier stands ."), Some(true));
        assert_eq!(seen("A man stands.", "A little girl ."), Some(false));
        assert_eq!(seen("A child stands.", "Many people ."), Some(true));
        assert_eq!(seen("A person stands.", "A little girl ."), Some(true));
        assert_eq!(seen("A horse stands.", "An animal ."), Some(true));
        assert_eq!(seen("A horse stands.", "A cow ."), Some(false));
        assert_eq!(seen("Something red.", "A dog ."), None);
    }
}
