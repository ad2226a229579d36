//! What the window can be told to do: name, key and help of every command, in one table.
//!
//! The buttons, their hover texts and the list of keys are made from it, and a test holds the README's table of keys
//! to it.

use egui::{Key, KeyboardShortcut, Modifiers};

/// Something the person can ask the window for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Choose a photo in a file dialog.
    Open,
    /// Take the picture or the file on the clipboard.
    Paste,
    /// Describe the photo again.
    Describe,
    /// Read the sentence aloud, or stop reading.
    Speak,
    /// Stop reading, close the list of keys.
    Stop,
    /// Light the next word.
    Next,
    /// Light the word before.
    Previous,
    /// Put the sentence on the clipboard.
    Copy,
    /// Make the sentence larger.
    LargerText,
    /// Make the sentence smaller.
    SmallerText,
    /// Show the list of keys.
    Keys,
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// What its button is called.
    pub name: &'static str,
    /// Its key.
    pub shortcut: KeyboardShortcut,
    /// What it does, as a sentence.
    pub help: &'static str,
}

const fn entry(command: Command, name: &'static str, modifiers: Modifiers, key: Key, help: &'static str) -> Entry {
    Entry {
        command,
        name,
        shortcut: KeyboardShortcut::new(modifiers, key),
        help,
    }
}

/// Every command, in the order of the list of keys.
pub const COMMANDS: [Entry; 11] = [
    entry(
        Command::Open,
        "Open",
        Modifiers::COMMAND,
        Key::O,
        "Choose a photo; dropping one on the window does the same.",
    ),
    entry(
        Command::Paste,
        "Paste",
        Modifiers::COMMAND,
        Key::V,
        "Describe the picture or the photo file on the clipboard.",
    ),
    entry(
        Command::Describe,
        "Describe",
        Modifiers::COMMAND,
        Key::D,
        "Describe the photo again.",
    ),
    entry(
        Command::Speak,
        "Speak",
        Modifiers::NONE,
        Key::Space,
        "Read the sentence aloud, or stop reading it.",
    ),
    entry(
        Command::Stop,
        "Stop",
        Modifiers::NONE,
        Key::Escape,
        "Stop reading; close the list of keys.",
    ),
    entry(
        Command::Next,
        "Next word",
        Modifiers::NONE,
        Key::ArrowRight,
        "Light the part of the photo behind the next word and name its place.",
    ),
    entry(
        Command::Previous,
        "Previous word",
        Modifiers::NONE,
        Key::ArrowLeft,
        "The same for the word before.",
    ),
    entry(
        Command::Copy,
        "Copy",
        Modifiers::COMMAND,
        Key::C,
        "Put the sentence on the clipboard.",
    ),
    entry(
        Command::LargerText,
        "Larger text",
        Modifiers::NONE,
        Key::CloseBracket,
        "Make the sentence larger.",
    ),
    entry(
        Command::SmallerText,
        "Smaller text",
        Modifiers::NONE,
        Key::OpenBracket,
        "Make the sentence smaller.",
    ),
    entry(
        Command::Keys,
        "Keys",
        Modifiers::NONE,
        Key::F1,
        "Show or close this list of keys.",
    ),
];

/// Keys that egui itself understands, for the list: key and help.
pub const BUILT_IN: [(&str, &str); 3] = [
    ("Tab", "Go to the next button or word; Enter presses it."),
    ("Ctrl+Plus, Ctrl+Minus", "Make everything larger or smaller."),
    ("Ctrl+0", "Back to the usual size."),
];

impl Command {
    /// The command's row.
    pub fn entry(self) -> &'static Entry {
        // The table is short, and a test holds that no command is missing; the first row is never really taken.
        COMMANDS
            .iter()
            .find(|entry| entry.command == self)
            .unwrap_or(&COMMANDS[0])
    }
}

impl Entry {
    /// The key as it is written for people: "Ctrl+O", on macOS "Cmd+O".
    pub fn key(&self) -> String {
        let text = self
            .shortcut
            .format(&egui::ModifierNames::NAMES, cfg!(target_os = "macos"));
        // A sign that stands on the key itself is what people look for: "]", not "CloseBracket".
        let key = self.shortcut.logical_key;
        match (key.symbol_or_name(), key.name()) {
            (sign, name) if sign.len() == 1 && sign.is_ascii() && sign != name => text.replace(name, sign),
            _ => text,
        }
    }

    /// What a button says when the pointer rests on it.
    pub fn hover(&self) -> String {
        format!("{} ({})", self.help, self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_command_is_missing_from_the_table_and_no_key_is_taken_twice() {
        for command in [
            Command::Open,
            Command::Paste,
            Command::Describe,
            Command::Speak,
            Command::Stop,
            Command::Next,
            Command::Previous,
            Command::Copy,
            Command::LargerText,
            Command::SmallerText,
            Command::Keys,
        ] {
            assert_eq!(command.entry().command, command);
        }
        for (at, entry) in COMMANDS.iter().enumerate() {
            assert!(
                COMMANDS[at + 1..].iter().all(|other| other.shortcut != entry.shortcut),
                "{} twice",
                entry.key()
            );
        }
    }

    #[test]
    fn keys_are_written_as_people_write_them() {
        assert_eq!(Command::Next.entry().key(), "Right");
        assert_eq!(Command::LargerText.entry().key(), "]");
        assert!(Command::Open.entry().hover().ends_with("+O)"));
    }
}
