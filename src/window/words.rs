//! The words of the window itself, in one place, so that translation can come later.
//!
//! The names and help of the commands stand in their table, failures bring their own sentences, and the sentence about
//! a photo with its doubt is worded for every reader alike in [`report`] and [`wording`].

use crate::captioner::{Description, Place, Word};
use crate::{report, wording};

/// The window's title and the program's name.
pub const TITLE: &str = "Hearsight";
/// What an empty window says.
pub const WELCOME: &str = "Open a photo, drop one here, or paste one.";
/// The second line of an empty window.
pub const WELCOME_MORE: &str =
    "Hearsight writes one sentence about it and reads it aloud. Nothing leaves this computer.";
/// Shown while a file is held over the window.
pub const DROP_HERE: &str = "Drop the photo to have it described";
/// The small heading over the sentence.
pub const DESCRIPTION: &str = "Description";
/// The heading before there is a sentence.
pub const NO_DESCRIPTION: &str = "No description yet";
/// The name of the list of keys.
pub const KEYS: &str = "Keys";
/// Closes the list of keys.
pub const CLOSE: &str = "Close";

/// The status line of an idle window without a photo.
pub const READY: &str = "Ready.";
/// While the model is read from the disk.
pub const LOADING_MODEL: &str = "Loading the model…";
/// While a photo is read from the disk.
pub const OPENING: &str = "Opening the photo…";
/// While the file dialog is open.
pub const CHOOSING: &str = "Choose a photo in the file dialog.";
/// When the file dialog was closed without a choice.
pub const NOTHING_CHOSEN: &str = "No photo was chosen.";
/// While the clipboard is read.
pub const PASTING: &str = "Looking at the clipboard…";
/// While the encoder runs.
pub const LOOKING: &str = "Looking at the photo…";
/// While the decoder runs.
pub const WRITING: &str = "Writing the sentence…";
/// What can be done with the sentence.
pub const STEP: &str = "Left and Right step through its words.";
/// When the sentence went to the clipboard.
pub const COPIED: &str = "The sentence is on the clipboard.";
/// When there is nothing to describe.
pub const NO_PHOTO: &str = "There is no photo yet. Open, drop or paste one first.";
/// When there is nothing to read, copy or step through.
pub const NO_SENTENCE: &str = "There is no description yet.";
/// When a picture on the clipboard has no name.
pub const PASTED: &str = "pasted picture";
/// When the clipboard holds neither picture nor file.
pub const NOTHING_TO_PASTE: &str = "There is no picture and no photo file on the clipboard. Copy one and try again.";
/// When the clipboard cannot be read at all.
pub const NO_CLIPBOARD: &str = "The clipboard could not be read. Open or drop the photo instead.";
/// When the system has no file dialog.
pub const NO_DIALOG: &str = "This system offers no file dialog. Drop a photo on this window, paste one, or start \
    hearsight with the photo's name. (A desktop portal or the program zenity would bring the dialog.)";
/// When a thread of the window cannot be started.
pub const NO_THREAD: &str = "This could not be started: the system is out of threads or memory. Close some programs \
    and try again.";
/// When the lit word has no attention map because the model gives none.
pub const NO_ATTENTION: &str = "This model does not say where it looked.";
/// When the model looked at the photo as a whole.
pub const SPREAD: &str = "all over the photo";
/// What is said of a word with a low probability.
pub const UNSURE: &str = "unsure";
/// The name of the button while the voice speaks.
pub const STOP: &str = "Stop";

/// The status line after several photos came at once.
pub fn first_of(count: usize) -> String {
    format!("{count} photos came at once: this is the first.")
}

/// The size of the sentence after it was changed.
pub fn text_size(points: f32) -> String {
    format!("Text size: {points:.0} points.")
}

/// What a screen reader calls the photo.
pub fn photo(name: &str, width: u32, height: u32) -> String {
    format!("Photo: {name}, {width} by {height} pixels")
}

/// What a screen reader is told about the lit part of the photo.
pub fn lit(place: &str) -> String {
    format!("Lit: {place}")
}

/// The description as one node for screen readers.
pub fn description(description: &Description) -> String {
    format!("{DESCRIPTION}: {}", report::sentence(description))
}

/// A word with its place and its doubt: "dog, lower left".
pub fn word(word: &Word) -> String {
    let mut text = bare(word).to_owned();
    for more in [place(word), wording::is_unsure(word).then_some(UNSURE)]
        .into_iter()
        .flatten()
    {
        text = format!("{text}, {more}");
    }
    text
}

/// Where the model looked while it wrote the word, as a phrase; none where the model does not say.
pub fn place(word: &Word) -> Option<&'static str> {
    word.attention
        .as_ref()
        .map(|_| word.place.map_or(SPREAD, Place::phrase))
}

/// The status line once the sentence is there.
pub fn done(description: &Description) -> String {
    let seconds = wording::seconds(description);
    let step = if description.words.iter().any(|word| word.attention.is_some()) {
        STEP
    } else {
        NO_ATTENTION
    };
    // Anything faster would read as no time at all.
    let took = if seconds < 0.1 {
        "less than 0.1".to_owned()
    } else {
        format!("{seconds:.1}")
    };
    format!("Described in {took} seconds. {step}")
}

/// The model and what it runs on.
pub fn model(name: &str, device: &str) -> String {
    format!("Model {name}, on {device}")
}

/// The word without the punctuation that touches it.
fn bare(word: &Word) -> &str {
    word.text.trim_end_matches(['.', ',', '!', '?', ';', ':'])
}

#[cfg(test)]
mod tests {
    use super::done;
    use crate::captioner::{Description, Seconds};

    #[test]
    fn a_fast_description_does_not_take_zero_seconds() {
        let mut description = Description {
            caption: String::new(),
            confidence: 1.0,
            words: Vec::new(),
            alternatives: Vec::new(),
            tokens: Vec::new(),
            score: 0.0,
            model: String::new(),
            device: String::new(),
            seconds: Seconds::default(),
        };
        description.seconds.search = 0.04;
        assert!(done(&description).starts_with("Described in less than 0.1 seconds."));
        description.seconds.search = 0.64;
        assert!(done(&description).starts_with("Described in 0.6 seconds."));
    }
}
