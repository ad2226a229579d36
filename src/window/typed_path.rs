//! The dialog in which the path of a photo or a folder is typed: for systems without a file dialog, and for those who would rather
//! type.

use std::path::PathBuf;

use egui::{Button, Id, Key, TextEdit, Ui};

use super::look::theme;
use super::node;
use crate::text;

/// What was typed, and what was wrong with it.
#[derive(Clone, Debug, Default)]
pub struct TypedPath {
    text: String,
    trouble: Option<String>,
    /// Said above the field: why the dialog came by itself.
    reason: Option<String>,
    /// Whether a photo is being opened whose path was typed here.
    waiting: bool,
}

impl TypedPath {
    /// Opens for a reason of the program's own, or none where the person asked for it. What was typed before stays.
    pub fn open(&mut self, reason: Option<String>) {
        self.trouble = None;
        self.reason = reason;
        self.waiting = false;
    }

    /// The path was wrong; the text stays.
    pub fn refuse(&mut self, trouble: String) {
        self.trouble = Some(trouble);
        self.waiting = false;
    }

    /// The file is there; whether it is a photo will be known when it is opened.
    pub fn wait(&mut self) {
        self.waiting = true;
    }

    /// Whether a photo is being opened whose path was typed here.
    pub fn is_waiting(&self) -> bool {
        self.waiting
    }

    /// The photo is opened: where its path was typed, nothing is left of that.
    pub fn accept(&mut self) {
        if self.waiting {
            *self = Self::default();
        }
    }

    /// Adds the field; gives the path that is to be opened. `fresh` gives the field the focus.
    pub fn show(&mut self, ui: &mut Ui, fresh: bool) -> Option<PathBuf> {
        if let Some(reason) = &self.reason {
            node::text(ui, Id::unique("why a path"), reason, reason, node::Kind::Plain);
        }
        let label = text!("typed-path-label");
        let label = ui.label(label);
        let field = TextEdit::singleline(&mut self.text)
            .id(Id::unique("typed path"))
            .desired_width(f32::INFINITY)
            .min_size(theme::TARGET_SIZE)
            .align(egui::Align2::LEFT_CENTER);
        let field = ui.add(field).labelled_by(label.id);
        if fresh {
            field.request_focus();
        }
        if field.changed() {
            self.trouble = None;
        }
        if let Some(trouble) = &self.trouble {
            let shown = egui::RichText::new(trouble).color(theme::trouble(ui.visuals()));
            node::text(ui, Id::unique("typed path trouble"), shown, trouble, node::Kind::Status);
        }
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        let pressed = ui
            .add(Button::new(text!("typed-path-open")).min_size(theme::TARGET_SIZE))
            .clicked();
        if !(entered || pressed) {
            return None;
        }
        // Enter takes the focus away from the field; a wrong path is to be corrected there.
        field.request_focus();
        let path = path(&self.text);
        if path.is_none() {
            self.trouble = Some(text!("typed-path-empty"));
        }
        path
    }
}

/// The path that is meant: quotation marks around it, `~` and `file://` are understood, as terminals and file managers
/// write them.
pub(super) fn path(text: &str) -> Option<PathBuf> {
    let text = text.trim();
    let bare = ['"', '\'']
        .into_iter()
        .find_map(|mark| text.strip_prefix(mark)?.strip_suffix(mark))
        .unwrap_or(text);
    if bare.is_empty() {
        return None;
    }
    if let Some(url) = bare.strip_prefix("file://") {
        return Some(PathBuf::from(decoded(url)));
    }
    let home = bare
        .strip_prefix('~')
        .filter(|rest| rest.is_empty() || rest.starts_with(['/', '\\']));
    match (home, directories::UserDirs::new()) {
        (Some(rest), Some(folders)) => Some(folders.home_dir().join(rest.trim_start_matches(['/', '\\']))),
        _ => Some(PathBuf::from(bare)),
    }
}

/// A URL's path with its %20 decoded.
fn decoded(url: &str) -> String {
    let mut bytes = Vec::with_capacity(url.len());
    let mut rest = url.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%')
            .then(|| after.get(..2))
            .flatten()
            .and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        match code {
            Some(byte) => {
                bytes.push(byte);
                rest = &after[2..];
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_understood_as_terminals_and_file_managers_write_it() {
        let plain = Some(PathBuf::from("/photos/a dog.jpg"));
        for text in [
            "/photos/a dog.jpg",
            "  /photos/a dog.jpg\n",
            "\"/photos/a dog.jpg\"",
            "'/photos/a dog.jpg'",
            "file:///photos/a%20dog.jpg",
        ] {
            assert_eq!(path(text), plain, "{text}");
        }
        assert_eq!(
            path("file:///%EA%B0%95%EC%95%84%EC%A7%80.png"),
            Some("/강아지.png".into())
        );
        assert_eq!(path("100%.png"), Some("100%.png".into()));
        assert_eq!(path("file:///100%.png"), Some("/100%.png".into()));
        assert_eq!(path("  "), None);
        assert_eq!(path("~user/x.png"), Some("~user/x.png".into()));
    }

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = directories::UserDirs::new().map(|folders| folders.home_dir().to_owned());
        assert_eq!(path("~/a dog.jpg"), home.map(|home| home.join("a dog.jpg")));
    }
}
