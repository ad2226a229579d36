//! What a sentence is worth: its CIDEr-D against people's sentences for the photo.

use anyhow::{Result, anyhow};
use tokenizers::Tokenizer;

use crate::data::captions::CaptionedPhoto;
use crate::data::words::PAD;
use crate::scores::{Cider, CiderKind};

/// Scores token sequences of a split's photos.
pub struct Judge {
    cider: Cider,
    tokenizer: Tokenizer,
    longest: usize,
}

impl Judge {
    /// Of a split, with its tokenizer and the longest sentence in tokens.
    pub fn new(photos: &[CaptionedPhoto], tokenizer: &Tokenizer, longest: usize) -> Self {
        let references: Vec<_> = photos.iter().map(|photo| photo.captions.clone()).collect();
        Self {
            cider: Cider::new(&references),
            tokenizer: tokenizer.clone(),
            longest,
        }
    }

    /// The longest sentence, in tokens without start and end.
    pub fn longest(&self) -> usize {
        self.longest
    }

    /// CIDEr-D, 0 to 10, of `tokens` for the split's photo number `photo`. A sentence without an end is worth what it
    /// would be with one; whoever samples gives it none to learn from.
    ///
    /// # Errors
    /// The tokenizers library's own.
    pub fn score(&self, photo: usize, tokens: &[u32]) -> Result<f64> {
        Ok(self.cider.score(photo, &self.sentence(tokens)?, CiderKind::D))
    }

    /// The text of tokens.
    ///
    /// # Errors
    /// The tokenizers library's own.
    pub fn sentence(&self, tokens: &[u32]) -> Result<String> {
        let words: Vec<u32> = tokens.iter().copied().filter(|&token| token != PAD).collect();
        self.tokenizer.decode(&words, true).map_err(|error| anyhow!(error))
    }
}
