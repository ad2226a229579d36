//! Words that guess whether a person is male or female, said only where the photo speaks clearly for them.
//!
//! A wrong guess hurts, and a small model guesses by the clothes and the sport. Below the certainty that
//! `config.json` asks for, "a man" is "a person".

use super::support::Support;
use crate::model::Neutral;

/// The word in the place of `word`, its capital and punctuation kept; none where it may stay as it is.
pub(super) fn instead(word: &str, neutral: &Neutral, support: &Support) -> Option<String> {
    let plain = word.trim_matches(|letter: char| !letter.is_alphanumeric());
    let lower = plain.to_lowercase();
    let other = neutral.words.get(&lower)?;
    (certainty(&lower, neutral, support) < neutral.below).then(|| {
        let mut letters = other.chars();
        let other = match (plain.chars().next(), letters.next()) {
            (Some(first), Some(letter)) if first.is_uppercase() => letter.to_uppercase().chain(letters).collect(),
            _ => other.clone(),
        };
        word.replacen(plain, &other, 1)
    })
}

/// How clearly the photo speaks for the kind of person that a word names, against the other kind: 0 to 1. A word that
/// no list has, such as "his", counts for the kind that the photo speaks for more.
fn certainty(word: &str, neutral: &Neutral, support: &Support) -> f32 {
    let strongest = |words: &[String]| words.iter().filter_map(|word| support.of(word)).fold(0.0, f32::max);
    let [one, other] = neutral.kinds.each_ref().map(|kind| strongest(kind));
    let share = |mine: f32| if one + other > 0.0 { mine / (one + other) } else { 0.0 };
    match neutral
        .kinds
        .each_ref()
        .map(|kind| kind.iter().any(|known| known == word))
    {
        [true, _] => share(one),
        [_, true] => share(other),
        _ => share(one.max(other)),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rule() -> Neutral {
        serde_json::from_str(
            r#"{
                "below": 0.75,
                "kinds": [["man", "boy"], ["woman", "girl"]],
                "words": {"man": "person", "woman": "person", "boy": "child", "girl": "child", "his": "their"}
            }"#,
        )
        .unwrap()
    }

    #[test]
    fn a_person_is_called_a_man_only_where_the_photo_speaks_clearly_for_it() {
        let doubtful = Support::new(["man", "woman"], [0.6, 0.5]);
        assert_eq!(instead("man", &rule(), &doubtful).as_deref(), Some("person"));
        assert_eq!(instead("Man,", &rule(), &doubtful).as_deref(), Some("Person,"));
        assert_eq!(instead("his", &rule(), &doubtful).as_deref(), Some("their"));
        assert_eq!(instead("dog", &rule(), &doubtful), None);
        let clear = Support::new(["man", "woman"], [0.9, 0.1]);
        assert_eq!(instead("man", &rule(), &clear), None);
        assert_eq!(instead("his", &rule(), &clear), None);
        assert_eq!(instead("woman", &rule(), &clear).as_deref(), Some("person"));
    }

    #[test]
    fn a_photo_that_says_nothing_speaks_for_nobody() {
        let rule = rule();
        assert_eq!(instead("boy", &rule, &Support::default()).as_deref(), Some("child"));
    }
}
