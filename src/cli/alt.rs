//! `hearsight alt`: the words that photos bring along, shown, or a person's own saved as a photo's alternative text.

use std::path::{Path, PathBuf};

use anyhow::Result;
use hearsight::words::{self, Manner, NewWords, OwnWords};
use hearsight::{report, text, wording};

use super::Done;
use super::output::{Output, complain};
use super::saving;

/// What is to be done, checked.
pub struct Alt {
    /// The photos, in order.
    pub photos: Vec<PathBuf>,
    /// JSON instead of plain sentences.
    pub json: bool,
    /// What is to be saved in the only photo, in which language; none: the words are shown.
    pub write: Option<(String, String)>,
    /// How it is saved.
    pub manner: Manner,
}

impl Alt {
    /// Shows or saves words; a photo that fails does not keep the next from its turn.
    ///
    /// # Errors
    /// Nobody reads the output.
    pub fn run(&self, output: &mut Output) -> Result<Done> {
        let mut done = Done::Well;
        for photo in &self.photos {
            let told = match &self.write {
                Some((text, language)) => {
                    let words = NewWords {
                        text: text.clone(),
                        language: language.clone(),
                        machine: None,
                    };
                    saving::save(photo, &words, self.manner).map(|saved| {
                        complain(&saving::saved(&saved));
                        Some(saved.words)
                    })
                }
                None => words::of(photo).map_err(|error| error.to_string()),
            };
            match told {
                Ok(words) if self.json => output.line(&report::words_line(photo, words.as_ref()))?,
                Ok(words) => {
                    for line in lines(words.as_ref()) {
                        output.line(&self.of(photo, &line))?;
                    }
                }
                Err(sentence) => {
                    done = Done::WithFailures;
                    if self.json {
                        output.line(&report::error_line(photo, None, &sentence))?;
                    } else {
                        complain(&format!("{}: {sentence}", photo.display()));
                    }
                }
            }
        }
        Ok(done)
    }

    /// What is printed of a photo; of several each tells whose it is.
    fn of(&self, photo: &Path, line: &str) -> String {
        if self.photos.len() > 1 {
            format!("{}: {line}", photo.display())
        } else {
            line.to_owned()
        }
    }
}

/// The words, and the longer description below them.
fn lines(words: Option<&OwnWords>) -> Vec<String> {
    let Some(words) = words else {
        return vec![text!("own-words-none")];
    };
    let extended = words
        .extended
        .as_ref()
        .map(|text| text!("own-words-more", words = text));
    [wording::own_words(words)].into_iter().chain(extended).collect()
}
