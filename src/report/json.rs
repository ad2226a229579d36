//! The JSON lines of `hearsight describe --json`: a contract with the programs that read them.

use std::borrow::Cow;
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde_json::Value;

use crate::captioner::{Agreement, Alternative, Attention, AttentionKind, Description, Seconds, Shared, Word};
use crate::words::OwnWords;

/// Which photo a line is about.
#[derive(Clone, Copy, Debug)]
pub struct Whose<'a> {
    /// Where it lies. What is no Unicode in it is replaced.
    pub photo: &'a Path,
    /// What it was called by the program that asked, given back as it came.
    pub id: Option<&'a Value>,
}

impl<'a> From<&'a Path> for Whose<'a> {
    fn from(photo: &'a Path) -> Self {
        Self { photo, id: None }
    }
}

impl<'a> From<&'a PathBuf> for Whose<'a> {
    fn from(photo: &'a PathBuf) -> Self {
        photo.as_path().into()
    }
}

/// One line, without its end, for a photo that was described, with the words that it brought along.
pub fn json_line<'a>(whose: impl Into<Whose<'a>>, own_words: Option<&OwnWords>, description: &Description) -> String {
    let Description {
        caption,
        // Such a picture has a line of its own.
        no_photo: _,
        confidence,
        uncalibrated,
        words,
        alternatives,
        tokens,
        score,
        model,
        device,
        attention_kind,
        seconds,
        expected: _,
    } = description;
    let whose = whose.into();
    line(&DescriptionLine {
        photo: &whose.photo.to_string_lossy(),
        id: whose.id,
        own_words: own_words.map(OwnWordsEntry::new),
        caption,
        confidence: *confidence,
        calibrated: !uncalibrated,
        words: words.iter().map(WordEntry::new).collect(),
        alternatives: alternatives.iter().map(AlternativeEntry::new).collect(),
        agreement: AgreementEntry::new(Agreement::among(description.sentences())),
        tokens,
        score: *score,
        model,
        device,
        attention_kind: attention_kind.map(AttentionKind::tag),
        seconds: SecondsEntry::new(*seconds),
    })
}

/// The same of what is kept of many photos: without maps, tokens, other sentences and seconds.
pub fn short_line<'a>(whose: impl Into<Whose<'a>>, own_words: Option<&OwnWords>, description: &Description) -> String {
    let whose = whose.into();
    line(&ShortLine {
        photo: &whose.photo.to_string_lossy(),
        id: whose.id,
        own_words: own_words.map(OwnWordsEntry::new),
        caption: &description.caption,
        confidence: description.confidence,
        calibrated: !description.uncalibrated,
        words: description.words.iter().map(ShortWord::new).collect(),
        score: description.score,
        model: &description.model,
    })
}

/// One line, without its end, for the words that a photo brings along.
pub fn words_line(photo: &Path, own_words: Option<&OwnWords>) -> String {
    line(&WordsLine {
        photo: &photo.to_string_lossy(),
        own_words: own_words.map(OwnWordsEntry::new),
    })
}

/// One line, without its end, for a picture that is not described, with the sentence that says why.
pub fn no_picture_line<'a>(whose: impl Into<Whose<'a>>, own_words: Option<&OwnWords>, sentence: &str) -> String {
    let whose = whose.into();
    line(&NoPictureLine {
        photo: &whose.photo.to_string_lossy(),
        id: whose.id,
        own_words: own_words.map(OwnWordsEntry::new),
        no_picture: sentence,
    })
}

/// One line, without its end, for a photo that could not be described, with the sentence that says why.
pub fn error_line<'a>(whose: impl Into<Whose<'a>>, own_words: Option<&OwnWords>, error: &str) -> String {
    let whose = whose.into();
    line(&ErrorLine {
        photo: &whose.photo.to_string_lossy(),
        id: whose.id,
        own_words: own_words.map(OwnWordsEntry::new),
        error,
    })
}

fn line(content: &impl Serialize) -> String {
    // Fails only for maps with keys that are no text, or a Serialize of one's own; there is neither here.
    serde_json::to_string(content).unwrap_or_else(|error| {
        log::error!("a result could not be written as JSON: {error}");
        String::from("{}")
    })
}

#[derive(Serialize)]
struct DescriptionLine<'a> {
    photo: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    own_words: Option<OwnWordsEntry<'a>>,
    caption: &'a str,
    confidence: f32,
    calibrated: bool,
    words: Vec<WordEntry<'a>>,
    alternatives: Vec<AlternativeEntry<'a>>,
    agreement: AgreementEntry,
    tokens: &'a [i64],
    score: f32,
    model: &'a str,
    device: &'a str,
    attention_kind: Option<&'static str>,
    seconds: SecondsEntry,
}

#[derive(Serialize)]
struct ShortLine<'a> {
    photo: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    own_words: Option<OwnWordsEntry<'a>>,
    caption: &'a str,
    confidence: f32,
    calibrated: bool,
    words: Vec<ShortWord<'a>>,
    score: f32,
    model: &'a str,
}

#[derive(Serialize)]
struct ShortWord<'a> {
    text: &'a str,
    probability: f32,
    support: Option<f32>,
    place: Option<&'static str>,
}

impl<'a> ShortWord<'a> {
    fn new(word: &'a Word) -> Self {
        Self {
            text: &word.text,
            probability: word.probability,
            support: word.support,
            place: word.place.map(|place| place.tag()),
        }
    }
}

#[derive(Serialize)]
struct NoPictureLine<'a> {
    photo: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    own_words: Option<OwnWordsEntry<'a>>,
    no_picture: &'a str,
}

#[derive(Serialize)]
struct ErrorLine<'a> {
    photo: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    own_words: Option<OwnWordsEntry<'a>>,
    error: &'a str,
}

#[derive(Serialize)]
struct WordsLine<'a> {
    photo: &'a str,
    own_words: Option<OwnWordsEntry<'a>>,
}

#[derive(Serialize)]
struct OwnWordsEntry<'a> {
    text: &'a str,
    language: Option<&'a str>,
    by: &'static str,
    machine: Option<&'a str>,
    field: &'static str,
    sidecar: Option<Cow<'a, str>>,
    extended: Option<&'a str>,
}

impl<'a> OwnWordsEntry<'a> {
    fn new(words: &'a OwnWords) -> Self {
        let OwnWords {
            text,
            language,
            field,
            sidecar,
            machine,
            extended,
        } = words;
        Self {
            text,
            language: language.as_deref(),
            by: if machine.is_some() { "machine" } else { "person" },
            machine: machine.as_deref(),
            field: field.tag(),
            sidecar: sidecar.as_ref().map(|path| path.to_string_lossy()),
            extended: extended.as_deref(),
        }
    }
}

#[derive(Serialize)]
struct WordEntry<'a> {
    text: &'a str,
    probability: f32,
    support: Option<f32>,
    attention: Option<AttentionEntry<'a>>,
    place: Option<&'static str>,
}

impl<'a> WordEntry<'a> {
    fn new(
        Word {
            text,
            probability,
            support,
            attention,
            place,
        }: &'a Word,
    ) -> Self {
        Self {
            text,
            probability: *probability,
            support: *support,
            attention: attention.as_ref().map(AttentionEntry::new),
            place: place.map(|place| place.tag()),
        }
    }
}

#[derive(Serialize)]
struct AttentionEntry<'a> {
    rows: usize,
    columns: usize,
    weights: &'a [f32],
}

impl<'a> AttentionEntry<'a> {
    fn new(Attention { rows, columns, weights }: &'a Attention) -> Self {
        Self {
            rows: *rows,
            columns: *columns,
            weights,
        }
    }
}

#[derive(Serialize)]
struct AlternativeEntry<'a> {
    caption: &'a str,
    score: f32,
    confidence: f32,
    words: Vec<WordEntry<'a>>,
}

impl<'a> AlternativeEntry<'a> {
    fn new(
        Alternative {
            caption,
            confidence,
            words,
            tokens: _,
            score,
            expected: _,
        }: &'a Alternative,
    ) -> Self {
        Self {
            caption,
            score: *score,
            confidence: *confidence,
            words: words.iter().map(WordEntry::new).collect(),
        }
    }
}

#[derive(Serialize)]
struct AgreementEntry {
    sentences: usize,
    words: Vec<SharedEntry>,
}

#[derive(Serialize)]
struct SharedEntry {
    word: String,
    sentences: usize,
}

impl AgreementEntry {
    fn new(Agreement { sentences, words }: Agreement) -> Self {
        let entry = |Shared { word, sentences }| SharedEntry { word, sentences };
        Self {
            sentences,
            words: words.into_iter().map(entry).collect(),
        }
    }
}

#[derive(Serialize)]
struct SecondsEntry {
    load: f64,
    decode_photo: f64,
    encode: f64,
    search: f64,
}

impl SecondsEntry {
    fn new(
        Seconds {
            load,
            decode_photo,
            encode,
            search,
        }: Seconds,
    ) -> Self {
        Self {
            load,
            decode_photo,
            encode,
            search,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::report::example;

    #[test]
    fn a_description_is_one_line_of_the_agreed_fields_in_their_order() {
        let expected = concat!(
            r#"{"photo":"a b.jpg","own_words":null,"caption":"a cat.","confidence":0.9,"calibrated":true,"words":["#,
            r#"{"text":"a","probability":0.75,"support":null,"attention":null,"place":null},"#,
            r#"{"text":"cat.","probability":0.75,"support":null,"#,
            r#""attention":{"rows":2,"columns":2,"weights":[0.75,0.125,0.0625,0.0625]},"place":"upper left"}],"#,
            r#""alternatives":[{"caption":"a dog.","score":-2.5,"confidence":0.3,"words":["#,
            r#"{"text":"a","probability":0.75,"support":null,"attention":null,"place":null},"#,
            r#"{"text":"dog.","probability":0.75,"support":null,"attention":null,"place":null}]}],"#,
            r#""agreement":{"sentences":2,"words":[{"word":"cat","sentences":1},{"word":"dog","sentences":1}]},"#,
            r#""tokens":[1,7,9,2],"score":-1.25,"#,
            r#""model":"everyday","device":"cpu","attention_kind":"exported","#,
            r#""seconds":{"load":0.5,"decode_photo":0.25,"encode":0.125,"search":2.0}}"#
        );
        assert_eq!(json_line(Path::new("a b.jpg"), None, &example::description()), expected);
    }

    #[test]
    fn what_is_kept_of_many_photos_is_short_and_an_id_comes_back_as_it_was_given() {
        let id = serde_json::json!({"row": 7});
        let whose = Whose {
            photo: Path::new("a.jpg"),
            id: Some(&id),
        };
        let expected = concat!(
            r#"{"photo":"a.jpg","id":{"row":7},"own_words":null,"caption":"a cat.","confidence":0.9,"calibrated":true,"words":["#,
            r#"{"text":"a","probability":0.75,"support":null,"place":null},"#,
            r#"{"text":"cat.","probability":0.75,"support":null,"place":"upper left"}],"#,
            r#""score":-1.25,"model":"everyday"}"#
        );
        assert_eq!(short_line(whose, None, &example::description()), expected);
        assert!(
            json_line(whose, None, &example::description())
                .starts_with(r#"{"photo":"a.jpg","id":{"row":7},"own_words":null"#)
        );
        assert_eq!(
            error_line(whose, None, "No."),
            r#"{"photo":"a.jpg","id":{"row":7},"error":"No."}"#
        );
    }

    #[test]
    fn an_error_has_the_photo_and_the_sentence() {
        let line = error_line(Path::new("가족 \"1\".jpg"), None, "This file is empty.\nTry again.");
        assert!(!line.contains('\n'));
        let value: Value = serde_json::from_str(&line).unwrap();
        assert_eq!(
            value,
            serde_json::json!({"photo": "가족 \"1\".jpg", "error": "This file is empty.\nTry again."})
        );
    }

    #[test]
    fn a_picture_with_nothing_to_see_is_neither_a_description_nor_an_error() {
        assert_eq!(
            no_picture_line(Path::new("fog.jpg"), None, "I see no clear picture here."),
            r#"{"photo":"fog.jpg","no_picture":"I see no clear picture here."}"#
        );
    }

    #[cfg(unix)]
    #[test]
    fn a_path_that_is_no_unicode_is_printed_with_replacements() {
        use std::os::unix::ffi::OsStrExt;
        let path = Path::new(std::ffi::OsStr::from_bytes(b"caf\xE9.jpg"));
        assert!(error_line(path, None, "").starts_with("{\"photo\":\"caf\u{FFFD}.jpg\""));
    }
}
