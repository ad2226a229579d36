//! Words that guess what sort of person somebody is: which are never written, and which the photo must speak for.
//!
//! Whether somebody is a man, a woman or a child is said where the photo's support for it was mostly right on photos
//! that the model has not learnt from; else they are "a person". Where somebody comes from and how old they are is not
//! guessed at all.

use std::collections::BTreeMap;

use anyhow::{Result, anyhow};
use hearsight::captioner::DescribeOptions;
use hearsight::model::{ModelFolder, Neutral};
use serde_json::Value;
use tokenizers::Tokenizer;

/// Age and origin; and what has no word of the same use without a guess in it.
const NEVER: &str = "young younger old older elderly elder aged teenage teen teens teenager teenagers toddler toddlers \
    infant infants newborn adult adults middle-aged senior african african-american asian indian chinese japanese oriental \
    hispanic latino mexican caucasian arab arabic european native eastern dark-skinned light-skinned skinned he she male \
    males female females";

/// These are said of dogs and shirts, but not right before a word for people or for their hair: colours, which would
/// guess at origin, and sizes, which would guess at age and make "a little person" of a little girl.
const OF_THINGS: &str = "black white brown tan dark pale little small tiny";

/// Words for people.
const PEOPLE: &str = "man men woman women boy boys girl girls child children kid kids baby babies person people guy guys \
    lady ladies gentleman couple family";

/// What is said of people's hair, and may stand between such a word and one for people ("a little blonde girl").
const HAIR: &str = "blond blonde";

const MALE: &str = "man men boy boys guy guys gentleman gentlemen father dad son brother brothers husband fisherman \
    fishermen fireman policeman policemen cowboy businessman his him himself";
const FEMALE: &str = "woman women girl girls lady ladies mother mom daughter sister sisters wife cowgirl her herself";
const ADULT: &str = "man men woman women guy guys lady ladies gentleman gentlemen mother father mom dad husband wife";
const CHILD: &str = "child children kid kids boy boys girl girls baby babies son daughter";

const WITHOUT_SEX: &str = "man=person men=people boy=child boys=children guy=person guys=people gentleman=person \
    gentlemen=people father=parent dad=parent son=child brother=person brothers=people husband=person fisherman=person \
    fishermen=people fireman=firefighter policeman=officer policemen=officers cowboy=rider businessman=person \
    woman=person women=people girl=child girls=children lady=person ladies=people mother=parent mom=parent \
    daughter=child sister=person sisters=people wife=person cowgirl=rider \
    his=their him=them himself=themselves her=their herself=themselves";
const WITHOUT_AGE: &str = "man=person men=people woman=person women=people guy=person guys=people lady=person \
    ladies=people gentleman=person gentlemen=people mother=person father=person mom=person dad=person husband=person \
    wife=person child=person children=people kid=person kids=people boy=person boys=people girl=person girls=people \
    baby=person babies=people son=person daughter=person parent=person";

/// What people who have become alike are said to be together.
const TOGETHER: [(&str, &str); 6] = [
    ("a person and a person", "two people"),
    ("a person and person", "two people"),
    ("a child and a child", "two children"),
    ("a child and child", "two children"),
    ("two people and a person", "three people"),
    ("a person and two people", "three people"),
];

/// A bound that lets no guess through, for a model of which nothing has been measured.
pub const ALWAYS: f32 = 1.01;

/// A model and options by which every guess is said, those of age and origin too.
pub fn all_said(model: &ModelFolder, options: &DescribeOptions) -> (ModelFolder, DescribeOptions) {
    let mut options = options.clone();
    options.generation.insert("bad_words_ids".to_owned(), Value::Null);
    (model.clone().with_neutral(Vec::new()), options)
}

/// The rules for the words that the photo must speak for: man or woman, then child or not. `below` has each one's bound.
pub fn rules(below: [f32; 2]) -> [Neutral; 2] {
    let list = |words: &str| words.split_whitespace().map(str::to_owned).collect();
    let rule = |below, kinds: [&str; 2], words: &str| Neutral {
        below,
        kinds: kinds.map(list),
        words: words
            .split_whitespace()
            .filter_map(|pair| pair.split_once('='))
            .map(|(word, instead)| (word.to_owned(), instead.to_owned()))
            .collect(),
        together: BTreeMap::new(),
    };
    let sex = rule(below[0], [MALE, FEMALE], WITHOUT_SEX);
    let mut age = rule(below[1], [ADULT, CHILD], WITHOUT_AGE);
    age.together = TOGETHER.map(|(from, to)| (from.to_owned(), to.to_owned())).into();
    [sex, age]
}

/// The runs of tokens that are never written, for `generation_config.json`'s `bad_words_ids`: those of the tokenizer's
/// words.
///
/// # Errors
/// The tokenizers library's own.
pub fn never(tokenizer: &Tokenizer, unknown: u32) -> Result<Vec<Vec<u32>>> {
    let single = NEVER.split_whitespace().map(str::to_owned);
    let pairs = OF_THINGS.split_whitespace().flat_map(|mark| {
        let of_people = PEOPLE.split_whitespace().chain(HAIR.split_whitespace());
        of_people.map(move |people| format!("{mark} {people}"))
    });
    let tokens = |words: String| {
        let encoding = tokenizer.encode(words, false).map_err(|error| anyhow!(error))?;
        Ok(encoding.get_ids().to_vec())
    };
    let runs: Result<Vec<_>> = single.chain(pairs).map(tokens).collect();
    Ok(runs?
        .into_iter()
        .filter(|run| !run.is_empty() && !run.contains(&unknown))
        .collect())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::data::words::{TokenizerKind, UNKNOWN, WordsConfig, learn};

    #[test]
    fn what_is_said_instead_guesses_less_and_no_rule_stops_half_way() {
        let [sex, age] = rules([0.5, 0.5]);
        for rule in [&sex, &age] {
            assert!(
                rule.kinds.iter().flatten().all(|word| rule.words.contains_key(word)),
                "{rule:?}"
            );
        }
        assert!(sex.words.values().all(|word| sex.kind(word).is_none()));
        assert!(
            age.words
                .values()
                .all(|word| age.kind(word).is_none() && !sex.words.contains_key(word))
        );
    }

    #[test]
    fn age_and_origin_are_never_written_and_colours_and_sizes_not_of_people() {
        let captions = ["an asian man with a little dog", "a young black man", "a blonde child"];
        let config = WordsConfig {
            kind: TokenizerKind::Word,
            minimum_count: 1,
            vocabulary: 40,
            longest: 8,
            bag: 2,
            spelling: None,
            stop_words: None,
            vectors: None,
        };
        let tokenizer = learn(captions.into_iter(), &config).unwrap();
        let id = |word: &str| tokenizer.token_to_id(word).unwrap();
        let never = never(&tokenizer, UNKNOWN).unwrap();
        let pair = |mark, people| vec![id(mark), id(people)];
        let expected = [
            vec![id("young")],
            vec![id("asian")],
            pair("black", "man"),
            pair("black", "child"),
            pair("black", "blonde"),
            pair("little", "man"),
            pair("little", "child"),
            // Once "a little blonde girl" was written.
            pair("little", "blonde"),
        ];
        assert_eq!(never, expected);
    }
}
