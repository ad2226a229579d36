//! Words that guess whether a person is male or female, or a child, said only where the photo speaks clearly for them.
//!
//! A wrong guess hurts, and a small model guesses by the clothes and the sport. Below the certainty that
//! `config.json` asks for, "a man" is "a person".

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A rule by which words that guess what sort of person somebody is give way to others.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Neutral {
    /// A word gives way where less than this share of the photo's support is for its kind, 0 to 1; above 1, always.
    pub below: f32,
    /// The words, in lower case, that name the one kind of person, and those that name the other.
    pub kinds: [Vec<String>; 2],
    /// What is said instead of a word.
    pub words: BTreeMap<String, String>,
    /// What is said instead of several words that stand beside each other once the rules have done their work: of "a man and
    /// a woman" is left "a person and a person", where anybody would say "two people".
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub together: BTreeMap<String, String>,
}

impl Neutral {
    /// The word in the place of `word`, its capital and punctuation kept; none where it may stay as it is. `support`
    /// says how likely the photo makes a word, 0 to 1, where it is known.
    pub fn instead(&self, word: &str, support: &dyn Fn(&str) -> Option<f32>) -> Option<String> {
        let plain = plain(word);
        let lower = plain.to_lowercase();
        let other = self.words.get(&lower)?;
        (self.certainty(&lower, support) < self.below).then(|| {
            let mut letters = other.chars();
            let other = match (plain.chars().next(), letters.next()) {
                (Some(first), Some(letter)) if first.is_uppercase() => letter.to_uppercase().chain(letters).collect(),
                _ => other.clone(),
            };
            word.replacen(plain, &other, 1)
        })
    }

    /// The kind, 0 or 1, that a word names; none where it names neither.
    pub fn kind(&self, word: &str) -> Option<usize> {
        let word = plain(word).to_lowercase();
        self.kinds.iter().position(|kind| kind.contains(&word))
    }

    /// How clearly the photo speaks for the kind of person that a word names, against the other kind: 0 to 1. A word
    /// that names neither counts for the kind that the photo speaks for more.
    pub fn certainty(&self, word: &str, support: &dyn Fn(&str) -> Option<f32>) -> f32 {
        // All of them: what speaks for a boy speaks against a woman, whatever speaks for a man.
        let together = |words: &[String]| words.iter().filter_map(|word| support(word)).sum::<f32>();
        let kinds = self.kinds.each_ref().map(|kind| together(kind));
        let mine = match self.kind(word) {
            Some(kind) => kinds[kind],
            None => kinds[0].max(kinds[1]),
        };
        let all = kinds[0] + kinds[1];
        if all > 0.0 { mine / all } else { 0.0 }
    }
}

fn plain(word: &str) -> &str {
    word.trim_matches(|letter: char| !letter.is_alphanumeric())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn rule() -> Neutral {
        serde_json::from_str(
            r#"{
                "below": 0.75,
                "kinds": [["man", "boy", "his"], ["woman", "girl"]],
                "words": {"man": "person", "woman": "person", "boy": "child", "girl": "child", "his": "their"}
            }"#,
        )
        .unwrap()
    }

    fn instead(word: &str, support: [(&str, f32); 2]) -> Option<String> {
        let of = |word: &str| support.iter().find(|(known, _)| *known == word).map(|(_, p)| *p);
        rule().instead(word, &of)
    }

    #[test]
    fn a_person_is_called_a_man_only_where_the_photo_speaks_clearly_for_it() {
        let doubtful = [("man", 0.6), ("woman", 0.5)];
        assert_eq!(instead("man", doubtful).as_deref(), Some("person"));
        assert_eq!(instead("Man,", doubtful).as_deref(), Some("Person,"));
        assert_eq!(instead("his", doubtful).as_deref(), Some("their"));
        assert_eq!(instead("dog", doubtful), None);
        let clear = [("man", 0.9), ("woman", 0.1)];
        assert_eq!(instead("man", clear), None);
        assert_eq!(instead("his", clear), None);
        assert_eq!(instead("woman", clear).as_deref(), Some("person"));
    }

    #[test]
    fn all_words_of_a_kind_speak_for_it() {
        // The strongest word of each is as strong.
        assert_eq!(instead("man", [("man", 0.3), ("girl", 0.3)]).as_deref(), Some("person"));
        let support = |word: &str| match word {
            "man" | "girl" => Some(0.3),
            "boy" | "his" => Some(0.4),
            _ => None,
        };
        assert_eq!(rule().instead("man", &support), None);
    }

    #[test]
    fn a_photo_that_says_nothing_speaks_for_nobody() {
        assert_eq!(instead("boy", [("dog", 0.9), ("cat", 0.1)]).as_deref(), Some("child"));
    }

    #[test]
    fn a_bound_above_one_lets_no_guess_through() {
        let rule = Neutral { below: 1.01, ..rule() };
        let sure = |word: &str| Some(if word == "man" { 1.0 } else { 0.0 });
        assert_eq!(rule.instead("man", &sure).as_deref(), Some("person"));
    }
}
