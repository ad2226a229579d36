//! How far several sentences about the same photo agree: which content words how many of them use.
//!
//! People who see several variants find unreliable claims nearly five times better than with one (arXiv 2507.15692);
//! who listens cannot hold five sentences side by side, so the comparing is done here.

use std::collections::BTreeSet;

/// Which words the sentences share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// How many sentences were compared.
    pub sentences: usize,
    /// Every content word, those of most sentences first, else in the order of the sentences.
    pub words: Vec<Shared>,
}

/// A content word and how many sentences use it, in the singular or the plural, in any form of a verb.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shared {
    /// The word as most of them write it, in lower case.
    pub word: String,
    /// How many use it.
    pub sentences: usize,
}

impl Agreement {
    /// Compares sentences.
    pub fn among<'a>(sentences: impl IntoIterator<Item = &'a str>) -> Self {
        let mut count = 0;
        let mut families: Vec<Family> = Vec::new();
        for sentence in sentences {
            count += 1;
            for word in content_words(sentence) {
                let stem = stem(&word);
                match families.iter_mut().find(|family| family.stem == stem) {
                    Some(family) => family.add(word, count),
                    None => families.push(Family::new(stem, word, count)),
                }
            }
        }
        // Stable, so that words of as many sentences stay in their order.
        families.sort_by_key(|family| std::cmp::Reverse(family.sentences));
        Self {
            sentences: count,
            words: families.into_iter().map(Family::shared).collect(),
        }
    }

    /// The words of all sentences.
    pub fn in_all(&self) -> impl Iterator<Item = &str> {
        let all = |shared: &&Shared| shared.sentences == self.sentences;
        self.words.iter().filter(all).map(|shared| shared.word.as_str())
    }
}

/// Words with the same stem.
struct Family {
    stem: String,
    /// Each form and how often it is written.
    forms: Vec<(String, usize)>,
    sentences: usize,
    last: usize,
}

impl Family {
    fn new(stem: String, word: String, sentence: usize) -> Self {
        Self {
            stem,
            forms: vec![(word, 1)],
            sentences: 1,
            last: sentence,
        }
    }

    fn add(&mut self, word: String, sentence: usize) {
        match self.forms.iter_mut().find(|(form, _)| *form == word) {
            Some((_, times)) => *times += 1,
            None => self.forms.push((word, 1)),
        }
        // A sentence that says it twice counts once.
        self.sentences += usize::from(self.last != sentence);
        self.last = sentence;
    }

    fn shared(self) -> Shared {
        let first_of_most = self.forms.into_iter().rev().max_by_key(|(_, times)| *times);
        Shared {
            word: first_of_most.map(|(form, _)| form).unwrap_or_default(),
            sentences: self.sentences,
        }
    }
}

/// Words that say nothing of what is in a photo.
const EMPTY: &str = " a an the and or but of in on at to by for from with without into onto over under above below \
    near next beside behind between through across along around off up down out is are was were be been being am \
    has have had having do does doing it its he she they them their his her him this that these those there here \
    some several many few other another each both all one two three four while as who which what where when very \
    front back top side while something someone can could ";

/// What a sentence says, whatever the forms of its content words.
pub(super) fn stems(sentence: &str) -> BTreeSet<String> {
    content_words(sentence).map(|word| stem(&word)).collect()
}

/// The words of a sentence that say what is in it, in lower case.
fn content_words(sentence: &str) -> impl Iterator<Item = String> {
    let words = sentence.split(|letter: char| !letter.is_alphanumeric() && letter != '-' && letter != '\'');
    words
        .map(|word| word.trim_matches(['-', '\'']).to_lowercase())
        .filter(|word| word.chars().count() > 1 || !word.is_ascii())
        .filter(|word| !EMPTY.contains(&format!(" {word} ")))
}

/// What the forms of a word have in common: "dogs" and "dog", "running" and "runs". No dictionary: of words that are
/// written alike it may take two for one, which only ever makes sentences seem to agree on the part they share.
fn stem(word: &str) -> String {
    const IRREGULAR: [(&str, &str); 10] = [
        ("men", "man"),
        ("women", "woman"),
        ("children", "child"),
        ("people", "person"),
        ("feet", "foot"),
        ("teeth", "tooth"),
        ("mice", "mouse"),
        ("geese", "goose"),
        ("ran", "run"),
        ("sat", "sit"),
    ];
    if let Some((_, singular)) = IRREGULAR.iter().find(|(form, _)| *form == word) {
        return (*singular).to_owned();
    }
    if !word.is_ascii() {
        return word.to_owned();
    }
    let has_vowel = |part: &str| part.contains(['a', 'e', 'i', 'o', 'u', 'y']);
    let mut stem = word.to_owned();
    if let Some(part) = stem.strip_suffix("ies").filter(|part| part.len() > 1) {
        stem = format!("{part}y");
    } else if let Some(part) = ["ses", "xes", "zes", "ches", "shes"]
        .iter()
        .any(|ending| stem.ends_with(ending))
        .then(|| &stem[..stem.len() - 2])
        .filter(|part| part.len() > 2)
    {
        stem = part.to_owned();
    } else if stem.ends_with('s') && !stem.ends_with("ss") && !stem.ends_with("us") && stem.len() > 3 {
        stem.pop();
    }
    for ending in ["ing", "ed"] {
        let Some(part) = stem
            .strip_suffix(ending)
            .filter(|part| part.len() > 2 && has_vowel(part))
        else {
            continue;
        };
        let mut letters = part.chars().rev();
        let doubled = letters.next() == letters.next() && !part.ends_with(['l', 's', 'z', 'e', 'o']);
        stem = part[..part.len() - usize::from(doubled)].to_owned();
        break;
    }
    // "rides" and "riding", "baby" and "babies".
    if stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(sentences: &[&str]) -> Vec<(String, usize)> {
        Agreement::among(sentences.iter().copied())
            .words
            .into_iter()
            .map(|shared| (shared.word, shared.sentences))
            .collect()
    }

    #[test]
    fn the_words_of_most_sentences_come_first_and_small_words_not_at_all() {
        let found = counts(&[
            "A dog catches a frisbee.",
            "A brown dog with a frisbee",
            "the dog is on the grass",
        ]);
        let expected = [("dog", 3), ("frisbee", 2), ("catches", 1), ("brown", 1), ("grass", 1)];
        assert_eq!(found, expected.map(|(word, times)| (word.to_owned(), times)));
    }

    #[test]
    fn one_and_many_and_the_forms_of_a_verb_are_the_same_word_as_most_write_it() {
        for (forms, stem_of) in [
            (&["dog", "dogs"][..], "dog"),
            (&["run", "runs", "running", "ran"], "run"),
            (&["ride", "rides", "riding"], "ride"),
            (&["baby", "babies"], "baby"),
            (&["bus", "buses"], "bus"),
            (&["beach", "beaches"], "beach"),
            (&["woman", "women"], "woman"),
            (&["jump", "jumped", "jumping"], "jump"),
            (&["grass"], "grass"),
            (&["horse", "horses"], "horse"),
        ] {
            for form in forms {
                assert_eq!(stem(form), stem(stem_of), "{form}");
            }
        }
        for (one, other) in [
            ("red", "ring"),
            ("string", "strong"),
            ("man", "woman"),
            ("king", "kite"),
        ] {
            assert_ne!(stem(one), stem(other));
        }
        assert_eq!(
            counts(&["two dogs run", "dogs", "a dog running"]),
            [("dogs".to_owned(), 3), ("run".to_owned(), 2)]
        );
    }

    #[test]
    fn a_sentence_that_says_a_word_twice_counts_once() {
        assert_eq!(
            counts(&["a dog and a dog", "cats"]),
            [("dog".to_owned(), 1), ("cats".to_owned(), 1)]
        );
    }

    #[test]
    fn what_all_say_is_told_apart() {
        let agreement = Agreement::among(["A dog runs.", "a dog sits", "dog"]);
        assert_eq!(
            (agreement.sentences, agreement.in_all().collect::<Vec<_>>()),
            (3, vec!["dog"])
        );
        assert!(Agreement::among([]).words.is_empty());
    }

    #[test]
    fn sentences_in_other_scripts_are_compared_by_their_words() {
        assert_eq!(counts(&["개가 달린다", "개가 앉아 있다"])[0], ("개가".to_owned(), 2));
    }
}
