//! Words and their numbers: a tokenizer learnt from captions, saved as `tokenizer.json`, and the bag of content words.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, ensure};
use serde::{Deserialize, Serialize};
use tokenizers::decoders::bpe::BPEDecoder;
use tokenizers::models::TrainerWrapper;
use tokenizers::models::bpe::{BPE, BpeTrainer};
use tokenizers::models::wordlevel::{WordLevel, WordLevelTrainer};
use tokenizers::normalizers::replace::{Replace, ReplacePattern};
use tokenizers::normalizers::{Lowercase, Sequence, Strip};
use tokenizers::pre_tokenizers::whitespace::WhitespaceSplit;
use tokenizers::{AddedToken, NormalizedString, Normalizer, Tokenizer};

/// Id of the padding token.
pub const PAD: u32 = 0;
/// Id of the token that every sequence starts with.
pub const START: u32 = 1;
/// Id of the token that ends a sentence.
pub const END: u32 = 2;
/// Id of the token that stands for a word not in the vocabulary; never generated.
pub const UNKNOWN: u32 = 3;

const SPECIAL: [&str; 4] = ["<pad>", "<start>", "<end>", "<unk>"];

/// How captions become tokens.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct WordsConfig {
    /// Whole words, or pieces of them.
    pub kind: TokenizerKind,
    /// A word must have been seen so often; pairs likewise.
    pub minimum_count: u64,
    /// At most so many tokens in the vocabulary, the four special ones counted.
    pub vocabulary: usize,
    /// A caption is cut after so many tokens.
    pub longest: usize,
    /// How many content words the bag holds.
    pub bag: usize,
    /// Misspellings to mend in the captions that are learnt from, beside the configuration; see
    /// [`Spelling`](super::spelling::Spelling).
    #[serde(default)]
    pub spelling: Option<PathBuf>,
    /// Words that are left out of captions, beside the configuration: any number a line, `#` starts a remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stop_words: Option<PathBuf>,
    /// Word vectors that the decoder's embedding starts from, beside the configuration; see
    /// [`word2vec`](crate::word2vec).
    #[serde(default)]
    pub vectors: Option<PathBuf>,
}

/// The two kinds of tokenizer.
#[derive(Clone, Copy, Debug, Deserialize, Serialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum TokenizerKind {
    /// One token a word; rare words are unknown.
    Word,
    /// Byte-pair encoding (Sennrich et al. 2016): rare words in pieces.
    Bpe,
}

/// Learns a tokenizer from captions: lower case, letters of any script, digits, hyphens and apostrophes kept, the rest
/// dropped.
///
/// # Errors
/// A file of stop words that cannot be read, and the tokenizers library's own.
pub fn learn<'a>(captions: impl Iterator<Item = &'a str> + Send, config: &WordsConfig) -> Result<Tokenizer> {
    let special: Vec<_> = SPECIAL.iter().map(|&token| AddedToken::from(token, true)).collect();
    let (mut tokenizer, mut trainer) = match config.kind {
        TokenizerKind::Word => {
            let model = WordLevel::builder()
                .unk_token(SPECIAL[UNKNOWN as usize].into())
                .build()
                .map_err(|e| anyhow!(e))?;
            let trainer = WordLevelTrainer::builder()
                .min_frequency(config.minimum_count)
                .vocab_size(config.vocabulary)
                .show_progress(false)
                .special_tokens(special)
                .build()
                .context("word trainer")?;
            (Tokenizer::new(model), TrainerWrapper::from(trainer))
        }
        TokenizerKind::Bpe => {
            let end = "</w>".to_owned();
            let model = BPE::builder()
                .unk_token(SPECIAL[UNKNOWN as usize].into())
                .end_of_word_suffix(end.clone())
                .build()
                .map_err(|e| anyhow!(e))?;
            let trainer = BpeTrainer::builder()
                .min_frequency(config.minimum_count)
                .vocab_size(config.vocabulary)
                .show_progress(false)
                .special_tokens(special)
                .end_of_word_suffix(end.clone())
                .build();
            let mut tokenizer = Tokenizer::new(model);
            tokenizer.with_decoder(Some(BPEDecoder::new(end)));
            (tokenizer, TrainerWrapper::from(trainer))
        }
    };
    let stop_words = config.stop_words.as_deref().map(stop_words).transpose()?;
    let cleaning = cleaning(&stop_words.unwrap_or_default())?;
    tokenizer.with_normalizer(Some(cleaning)).map_err(|e| anyhow!(e))?;
    tokenizer.with_pre_tokenizer(Some(WhitespaceSplit));
    tokenizer.train(&mut trainer, captions).map_err(|e| anyhow!(e))?;
    Ok(tokenizer)
}

/// Reads a file of words.
fn stop_words(path: &Path) -> Result<Vec<String>> {
    let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut words = Vec::new();
    let cleaner = Cleaner::new()?;
    for (number, line) in text.lines().enumerate() {
        for word in line.split('#').next().unwrap_or_default().split_whitespace() {
            let word = word.to_lowercase();
            ensure!(
                cleaner.words(&word)? == [word.as_str()],
                "line {} of {}: captions have no such word as {word} after cleaning",
                number + 1,
                path.display()
            );
            words.push(word);
        }
    }
    Ok(words)
}

/// What words are made of, within a regular expression's brackets: letters and digits of any script, and what is written
/// above or below a letter.
const LETTERS: &str = "\\p{L}\\p{M}\\p{N}";

/// What makes of a caption as written one in lower case, of letters, digits, hyphens and apostrophes, without the words
/// `stop`.
fn cleaning(stop: &[String]) -> Result<Sequence> {
    let drop = |pattern: &str| -> Result<_> {
        Ok(Replace::new(ReplacePattern::Regex(pattern.into()), " ")
            .map_err(|e| anyhow!(e))?
            .into())
    };
    let mut steps = vec![
        Lowercase.into(),
        drop(&format!("[^{LETTERS}'\\- ]"))?,
        // A hyphen or an apostrophe belongs to a word only between two of its letters.
        drop(&format!("(?<![{LETTERS}])['\\-]+|['\\-]+(?![{LETTERS}])"))?,
    ];
    if !stop.is_empty() {
        let any = stop.join("|");
        steps.push(drop(&format!("(?<![{LETTERS}'\\-])(?:{any})(?![{LETTERS}'\\-])"))?);
    }
    steps.push(Strip::new(true, true).into());
    Ok(Sequence::new(steps))
}

/// Captions as they are learnt from, word by word.
#[derive(Debug)]
pub struct Cleaner(Sequence);

impl Cleaner {
    /// Cleans as [`learn`]'s tokenizers do.
    ///
    /// # Errors
    /// The tokenizers library's own.
    pub fn new() -> Result<Self> {
        cleaning(&[]).map(Self)
    }

    /// The words of a caption.
    ///
    /// # Errors
    /// The tokenizers library's own.
    pub fn words(&self, caption: &str) -> Result<Vec<String>> {
        let mut cleaned = NormalizedString::from(caption);
        self.0.normalize(&mut cleaned).map_err(|e| anyhow!(e))?;
        Ok(cleaned.get().split_whitespace().map(str::to_owned).collect())
    }
}

/// Reads a `tokenizer.json`.
///
/// # Errors
/// Missing or broken.
pub fn load(path: &Path) -> Result<Tokenizer> {
    Tokenizer::from_file(path).map_err(|e| anyhow!("cannot read the tokenizer {}: {e}", path.display()))
}

/// A caption's tokens from the start token to the end token, padded with [`PAD`] to `longest + 2`.
///
/// A longer caption is cut and has no end token: a sentence does not end there.
///
/// # Errors
/// The tokenizers library's own.
pub fn encode(tokenizer: &Tokenizer, caption: &str, longest: usize) -> Result<Vec<u32>> {
    let encoding = tokenizer.encode(caption, false).map_err(|e| anyhow!(e))?;
    let words = encoding.get_ids();
    let mut tokens = vec![START];
    tokens.extend_from_slice(&words[..words.len().min(longest)]);
    if words.len() <= longest {
        tokens.push(END);
    }
    tokens.resize(longest + 2, PAD);
    Ok(tokens)
}

/// "left" and "right" exchanged, for a photo that is shown in a mirror; also before a point and in "left-hand", but not
/// within other words. Such a word is in lower case then, and all else stays as it is.
pub fn mirrored(caption: &str) -> String {
    let is_between = |letter: char| !letter.is_alphanumeric();
    let swap = |piece: &str| {
        let word = piece.trim_end_matches(is_between);
        let other = match word.to_lowercase().as_str() {
            "left" => "right",
            "right" => "left",
            _ => word,
        };
        format!("{other}{}", &piece[word.len()..])
    };
    caption.split_inclusive(is_between).map(swap).collect()
}

/// The words that say what is in a photo, most frequent first: the encoder learns which of them it supports.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Bag {
    /// The words, in lower case.
    pub words: Vec<String>,
}

/// Words of sentences, not of photos.
const FUNCTION_WORDS: &str = "a an the and or of in on at to with by for from up down out over under into onto off \
    through near next is are be being was were as it its his her their him them he she they this that there who which \
    while has have having one some other another each something someone very all both";

impl Bag {
    /// The `size` most frequent content words of the captions; ties in alphabetical order.
    pub fn learn<'a>(captions: impl Iterator<Item = &'a str>, size: usize) -> Self {
        let function: std::collections::HashSet<_> = FUNCTION_WORDS.split_whitespace().collect();
        let mut counts: HashMap<String, usize> = HashMap::new();
        for caption in captions {
            for word in content(caption).filter(|word| !function.contains(word.as_str())) {
                *counts.entry(word).or_default() += 1;
            }
        }
        let mut words: Vec<_> = counts.into_iter().collect();
        words.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        words.truncate(size);
        Self {
            words: words.into_iter().map(|(word, _)| word).collect(),
        }
    }

    /// 1 for each word of the bag that one of the captions has, else 0.
    pub fn targets(&self, captions: &[String]) -> Vec<f32> {
        let mut targets = vec![0.0; self.words.len()];
        self.places(captions)
            .iter()
            .for_each(|&place| targets[place as usize] = 1.0);
        targets
    }

    /// The places in the bag of the words that one of the captions has.
    pub fn places(&self, captions: &[String]) -> Vec<u32> {
        let said: std::collections::HashSet<_> = captions.iter().flat_map(|caption| content(caption)).collect();
        std::iter::zip(0.., &self.words)
            .filter(|(_, word)| said.contains(*word))
            .map(|(place, _)| place)
            .collect()
    }
}

fn content(caption: &str) -> impl Iterator<Item = String> + '_ {
    let edge = |c: char| !c.is_alphanumeric();
    caption
        .split_whitespace()
        .map(move |word| word.trim_matches(edge).to_lowercase())
        .filter(|word| word.chars().count() > 1)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CAPTIONS: [&str; 3] = [
        "A dog in a T-shirt , running !",
        "The dog's ball - a red one .",
        "A dog runs to the \" ball \" .",
    ];

    fn config(kind: TokenizerKind, minimum_count: u64) -> WordsConfig {
        WordsConfig {
            kind,
            minimum_count,
            vocabulary: 80,
            longest: 8,
            bag: 2,
            spelling: None,
            stop_words: None,
            vectors: None,
        }
    }

    #[test]
    fn special_tokens_have_their_fixed_ids_and_rare_words_are_unknown() {
        let tokenizer = learn(CAPTIONS.into_iter(), &config(TokenizerKind::Word, 2)).unwrap();
        for (id, token) in SPECIAL.iter().enumerate() {
            assert_eq!(tokenizer.token_to_id(token), Some(id as u32));
        }
        let ids = encode(&tokenizer, "a zebra", 3).unwrap();
        let a = tokenizer.token_to_id("a").unwrap();
        assert_eq!(ids, [START, a, UNKNOWN, END, PAD]);
        assert_eq!(encode(&tokenizer, "a a a a", 3).unwrap(), [START, a, a, a, PAD]);
    }

    #[test]
    fn both_kinds_give_a_cleaned_caption_back_after_saving_and_loading() {
        for kind in [TokenizerKind::Word, TokenizerKind::Bpe] {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("tokenizer.json");
            learn(CAPTIONS.into_iter(), &config(kind, 1))
                .unwrap()
                .save(&path, true)
                .unwrap();
            let tokenizer = load(&path).unwrap();
            let ids = encode(&tokenizer, "A dog in a T-shirt , \"running\" - !", 40).unwrap();
            assert_eq!(
                tokenizer.decode(&ids, true).unwrap(),
                "a dog in a t-shirt running",
                "{kind:?}"
            );
        }
    }

    #[test]
    fn stop_words_are_left_out_by_the_tokenizer_that_was_saved_but_not_within_other_words() {
        let folder = tempfile::tempdir().unwrap();
        let (list, path) = (folder.path().join("stop.txt"), folder.path().join("tokenizer.json"));
        std::fs::write(&list, "# articles\nA the\nin # a place\n").unwrap();
        for kind in [TokenizerKind::Word, TokenizerKind::Bpe] {
            let mut config = config(kind, 1);
            config.stop_words = Some(list.clone());
            learn(CAPTIONS.into_iter(), &config).unwrap().save(&path, true).unwrap();
            let tokenizer = load(&path).unwrap();
            let ids = encode(&tokenizer, "The dog in a T-shirt , running !", 40).unwrap();
            assert_eq!(tokenizer.decode(&ids, true).unwrap(), "dog t-shirt running", "{kind:?}");
        }
        std::fs::write(&list, "a\nwell,\n").unwrap();
        let error = stop_words(&list).unwrap_err().to_string();
        assert!(error.contains("line 2"), "{error}");
    }

    #[test]
    fn the_bag_holds_what_photos_show() {
        let bag = Bag::learn(CAPTIONS.into_iter(), 2);
        assert_eq!(bag.words, ["ball", "dog"]);
        assert_eq!(bag.targets(&["The dog .".to_owned()]), [0.0, 1.0]);
    }

    #[test]
    fn letters_of_any_script_are_kept_in_words_of_both_kinds_and_in_the_bag() {
        let captions = [
            "A waiter of the CAFÉ 'Zoë' - naïve !",
            "Собака бежит по траве .",
            "नमस्ते दुनिया ।",
            "a café",
        ];
        for kind in [TokenizerKind::Word, TokenizerKind::Bpe] {
            let mut config = config(kind, 1);
            config.vocabulary = 1000;
            let tokenizer = learn(captions.into_iter(), &config).unwrap();
            for (caption, kept) in [
                (captions[0], "a waiter of the café zoë naïve"),
                (captions[1], "собака бежит по траве"),
                (captions[2], "नमस्ते दुनिया"),
                ("A café's waiter", "a café's waiter"),
            ] {
                let ids = encode(&tokenizer, caption, 60).unwrap();
                if !ids.contains(&UNKNOWN) {
                    assert_eq!(tokenizer.decode(&ids, true).unwrap(), kept, "{kind:?}");
                }
                assert_eq!(Cleaner::new().unwrap().words(caption).unwrap().join(" "), kept);
            }
            assert!(
                !encode(&tokenizer, captions[0], 60).unwrap().contains(&UNKNOWN),
                "{kind:?}"
            );
        }
        assert_eq!(Bag::learn(captions.into_iter(), 1).words, ["café"]);
        let folder = tempfile::tempdir().unwrap();
        let list = folder.path().join("stop.txt");
        std::fs::write(&list, "à\ndonc\n").unwrap();
        let mut config = config(TokenizerKind::Word, 1);
        config.stop_words = Some(list);
        let tokenizer = learn(["un chien à la plage là"].into_iter(), &config).unwrap();
        let ids = encode(&tokenizer, "Un chien à la plage, là", 60).unwrap();
        assert_eq!(tokenizer.decode(&ids, true).unwrap(), "un chien la plage là");
    }

    #[test]
    fn a_mirror_exchanges_left_and_right_also_beside_points_and_hyphens_but_not_within_words() {
        for (caption, seen) in [
            ("A man on the Left throws right", "A man on the right throws left"),
            ("A dog on the left.", "A dog on the right."),
            (
                "On the left, a left-hand glove; \"right\"!",
                "On the right, a right-hand glove; \"left\"!",
            ),
            ("right's left/right", "left's right/left"),
            ("A bright light, leftovers, éleft", "A bright light, leftovers, éleft"),
            ("", ""),
        ] {
            assert_eq!(mirrored(caption), seen);
            assert_eq!(mirrored(seen).to_lowercase(), caption.to_lowercase());
        }
    }
}
