//! Alternative texts saved from the command line: a person's own, or the machine's sentence after a look at it.

use std::io::{self, BufRead};
use std::path::Path;

use hearsight::captioner::Description;
use hearsight::words::{self, Machine, Manner, NewWords, Saved, WordsError};
use hearsight::{report, text, wording};

use super::output::complain;

/// How sentences are saved.
pub struct Saving {
    /// Without asking about each of them.
    pub unreviewed: bool,
    /// Where, and in the place of what.
    pub manner: Manner,
}

impl Saving {
    /// Saves the sentence about a photo, after the person has seen it and perhaps written another one. Without that look
    /// no sentence is saved that stands behind a warning.
    ///
    /// # Errors
    /// A sentence for the person.
    pub fn save_description(&self, photo: &Path, description: &Description, language: &str) -> Result<(), String> {
        let sentence = report::caption(description);
        let text = if self.unreviewed {
            if wording::introduction(description).is_some() {
                return Err(text!("own-words-too-doubtful"));
            }
            sentence.clone()
        } else {
            match review(photo, description)? {
                Some(text) => text,
                None => return Ok(()),
            }
        };
        let machine = Machine {
            sentence,
            name: words::machine(&description.model),
            reviewed: !self.unreviewed,
        };
        let words = NewWords {
            text,
            language: language.to_owned(),
            machine: Some(machine),
        };
        complain(&saved(&save(photo, &words, self.manner)?));
        Ok(())
    }
}

/// Saves words; where they could be saved in another way, the sentence names the option.
///
/// # Errors
/// A sentence for the person.
pub fn save(photo: &Path, words: &NewWords, manner: Manner) -> Result<Saved, String> {
    words::save(photo, words, manner).map_err(|error| match &error {
        WordsError::There(_) => format!("{error} {}", text!("own-words-hint-replace")),
        error if error.offers_sidecar() => format!("{error} {}", text!("own-words-hint-sidecar")),
        error => error.to_string(),
    })
}

/// Where the words are now.
pub fn saved(saved: &Saved) -> String {
    let path = saved.path.display().to_string();
    match &saved.backup {
        Some(backup) => text!(
            "own-words-saved-with-backup",
            path = path,
            backup = backup.display().to_string()
        ),
        None => text!("own-words-saved", path = path),
    }
}

/// Asks the person, in the terminal, about a sentence; none where it is not to be saved.
fn review(photo: &Path, description: &Description) -> Result<Option<String>, String> {
    complain(&format!("{}: {}", photo.display(), report::sentence(description)));
    complain(&text!("own-words-review"));
    let mut answer = String::new();
    match io::stdin().lock().read_line(&mut answer) {
        // Nobody is there any more.
        Ok(0) => Ok(None),
        Ok(_) => Ok(match answer.trim() {
            "" => Some(report::caption(description)),
            "-" => None,
            text => Some(text.to_owned()),
        }),
        Err(error) => Err(text!("own-words-no-answer", reason = error.to_string())),
    }
}
