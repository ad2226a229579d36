//! The main thing of an English sentence, and whether others name it too.
//!
//! The main noun is the first noun of the sentence that the table in `kinds.txt` has. A thing or an animal right before a word
//! for people only says which people ("a bike rider", "the dog owner"), and so does a thing right before an animal; a
//! noun before "of" says how many or how much ("a crowd of people", "a field of flowers"). Others name it where they have,
//! anywhere, a word of the same kind. Somebody called a man may be a woman, but not a child; "a person" may be anybody, and
//! "an animal" any animal.

use std::collections::HashMap;
use std::sync::LazyLock;

/// What the words of a kind name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Being {
    /// People of any age.
    Anybody,
    /// People of some age.
    Person,
    /// Animals of any kind.
    AnyAnimal,
    /// Animals of one kind.
    Animal,
    Thing,
}
use Being::{Animal, AnyAnimal, Anybody, Person, Thing};

impl Being {
    fn of(name: &str) -> Option<Self> {
        Some(match name {
            "anybody" => Anybody,
            "person" => Person,
            "any-animal" => AnyAnimal,
            "animal" => Animal,
            "thing" => Thing,
            _ => return None,
        })
    }
}

/// The kinds of nouns; see the file.
const TABLE: &str = include_str!("kinds.txt");

/// Each noun's kind.
static KINDS: LazyLock<HashMap<&str, Kind>> = LazyLock::new(|| {
    let kinds = TABLE.split("\n\n").filter_map(|kind| kind.split_once(':')).enumerate();
    kinds
        .filter_map(|(row, (being, nouns))| {
            let being = Being::of(being)?;
            Some(nouns.split_whitespace().map(move |noun| (noun, Kind { row, being })))
        })
        .flatten()
        .collect()
});

/// What a noun names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Kind {
    /// Its place in the table.
    row: usize,
    being: Being,
}

impl Kind {
    /// The kind of a word in lower case; none where the table does not have it.
    pub fn of(word: &str) -> Option<Self> {
        KINDS.get(word).copied()
    }

    /// Whether both may be said of the same.
    pub fn agrees(self, other: Self) -> bool {
        let beings = [self.being, other.being];
        self == other
            || [(Anybody, Person), (AnyAnimal, Animal)]
                .iter()
                .any(|&(any, some)| beings == [any, some] || beings == [some, any])
    }

    /// Whether it is a word for people.
    pub fn is_of_people(self) -> bool {
        self.rank() == 2
    }

    /// How much of a being it is: things, animals, people.
    fn rank(self) -> u8 {
        match self.being {
            Anybody | Person => 2,
            AnyAnimal | Animal => 1,
            Thing => 0,
        }
    }
}

/// The main noun of a sentence, given as its words in lower case, and its kind; none where the table has no noun of it.
pub fn main_noun<'a>(words: impl IntoIterator<Item = &'a str>) -> Option<(Kind, &'a str)> {
    let mut words = words.into_iter().peekable();
    let mut lesser = None;
    while let Some(word) = words.next() {
        let Some(kind) = Kind::of(word) else { continue };
        let says_which = words
            .peek()
            .is_some_and(|&next| next == "of" || Kind::of(next).is_some_and(|next| next.rank() > kind.rank()));
        if !says_which {
            return Some((kind, word));
        }
        // Where nothing of the table follows, that is all there is.
        lesser = lesser.or(Some((kind, word)));
    }
    lesser
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_main_noun_is_the_first_that_is_no_measure_and_names_no_other() {
        for (caption, expected) in [
            ("a black and white dog runs through water", "dog"),
            ("two bike riders on a trail", "riders"),
            ("the dog owner throws a ball", "owner"),
            ("a crowd of people in the street", "people"),
            ("a couple of dogs play", "dogs"),
            ("a field of tulips", "tulips"),
            ("a crowd of hats", "crowd"),
            ("a boy bikes down a hill", "boy"),
        ] {
            let found = main_noun(caption.split(' ')).map(|(_, noun)| noun);
            assert_eq!(found, Some(expected), "{caption}");
        }
        assert_eq!(main_noun(["something", "red"]), None);
    }

    #[test]
    fn each_word_of_the_table_has_one_kind() {
        let kinds: Vec<&str> = TABLE.split("\n\n").skip(1).collect();
        let words = |kind: &&str| {
            let (being, nouns) = kind.split_once(": ").unwrap_or_else(|| panic!("{kind}"));
            assert!(Being::of(being).is_some(), "{being}");
            nouns.split_whitespace().count()
        };
        assert_eq!(kinds.len(), 65);
        assert_eq!(kinds.iter().map(words).sum::<usize>(), KINDS.len());
    }
}
