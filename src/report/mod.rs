//! A description as a JSON line, as words for the terminal and the voice, and as a picture of where the model looked.

mod files;
mod json;
mod lit;
mod pen;
mod picture;
mod text;

pub use files::write_free;
pub use json::{Whose, error_line, json_line, no_picture_line, short_line, words_line};
pub use lit::lit_picture;
pub use picture::{PictureError, attention_picture, png, save_attention};
pub use text::{caption, listed, sentence};

#[cfg(test)]
pub(crate) mod example {
    use crate::captioner::{Alternative, Attention, AttentionKind, Description, Place, Seconds, Word};

    /// "a cat.", with a map for the cat and none for the article.
    pub fn description() -> Description {
        let attention = Attention {
            rows: 2,
            columns: 2,
            weights: vec![0.75, 0.125, 0.0625, 0.0625],
        };
        let word = |text: &str, attention: Option<Attention>, place| Word {
            text: text.to_owned(),
            probability: 0.75,
            support: None,
            attention,
            place,
        };
        Description {
            caption: "a cat.".to_owned(),
            no_photo: false,
            confidence: 0.9,
            uncalibrated: false,
            words: vec![
                word("a", None, None),
                word("cat.", Some(attention), Some(Place::UpperLeft)),
            ],
            alternatives: vec![Alternative {
                caption: "a dog.".to_owned(),
                confidence: 0.3,
                words: vec![word("a", None, None), word("dog.", None, None)],
                tokens: vec![1, 7, 11, 2],
                score: -2.5,
                expected: None,
            }],
            tokens: vec![1, 7, 9, 2],
            score: -1.25,
            expected: None,
            model: "everyday".to_owned(),
            device: "cpu".to_owned(),
            attention_kind: Some(AttentionKind::Exported),
            seconds: Seconds {
                load: 0.5,
                decode_photo: 0.25,
                encode: 0.125,
                search: 2.0,
            },
        }
    }
}
