//! The words that the photo on the screen brought along: shown above the machine's sentence and said before it.

use egui::{Id, RichText, Ui};

use super::look::theme;
use super::node;
use crate::language;
use crate::speech::Part;
use crate::words::{LIMIT, OwnWords};
use crate::{text, wording};

/// Shows them, in letters of `size` points where they are short.
pub fn show(ui: &mut Ui, words: &OwnWords, size: f32) {
    let quiet = theme::quiet(ui.visuals());
    let whose = RichText::new(wording::before_own_words(words)).color(quiet);
    ui.label(whose);
    let mut letters = RichText::new(&words.text);
    if words.text.chars().count() <= LIMIT {
        letters = letters.size(size);
    }
    let name = wording::own_words(words);
    node::text(ui, Id::unique("own words"), letters, &name, node::Kind::Section);
    if let Some(extended) = &words.extended {
        let more = text!("own-words-more", words = extended);
        node::text(ui, Id::unique("more own words"), &more, &more, node::Kind::Plain);
    }
    ui.separator();
}

/// What is said of them, each part in its language, with what leads to the machine's sentence.
pub fn parts(words: &OwnWords) -> Vec<Part> {
    let ours = language::current().tag();
    let theirs = words.language.clone().unwrap_or_else(|| ours.to_owned());
    vec![
        Part::new(wording::before_own_words(words), ours),
        Part::new(wording::ended(&words.text), theirs),
        Part::new(wording::after_own_words("").trim(), ours),
    ]
}

/// The same in writing, before a sentence.
pub fn before(words: Option<&OwnWords>, sentence: &str) -> String {
    match words {
        Some(words) => {
            let own = wording::ended(&wording::own_words(words));
            format!("{own} {}", wording::after_own_words(sentence))
        }
        None => sentence.to_owned(),
    }
}
