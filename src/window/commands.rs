//! What the window can be told to do: every command with its group and keys, in one table.
//!
//! The buttons, the menu, their hover texts, the list of keys and the README's table of keys are made from it; names
//! and help come from `assets/language/*/commands.ftl`. A new command is a variant, a row (a row's `id` names its
//! message, `command-ID`), its message in each language and its arm in `HearsightApp::act`.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::keys;
use crate::language;
use crate::text;

/// Something the person can ask the window for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    /// Choose a photo in a file dialog.
    Open,
    /// Take the picture or the file on the clipboard.
    Paste,
    /// Describe what is on the screen.
    Screen,
    /// Describe the window in front, or what the person chooses of the screen.
    ScreenPart,
    /// Describe the photo again.
    Describe,
    /// Go to the next photo of the list.
    NextPhoto,
    /// Go to the photo before.
    PreviousPhoto,
    /// Describe all photos of a folder into files.
    DescribeFolder,
    /// List recent descriptions.
    Recent,
    /// Show the next best different sentence.
    NextSentence,
    /// Show the sentence before.
    PreviousSentence,
    /// Tell the guess that is held back.
    Guess,
    /// Put the sentence on the clipboard.
    Copy,
    /// Save the photo with the light on it.
    SavePicture,
    /// Look at the description and save it in the photo.
    SaveWords,
    /// Zoom in.
    ZoomIn,
    /// Zoom out.
    ZoomOut,
    /// Fit the whole photo into the window.
    Fit,
    /// Show one photo pixel as one screen pixel.
    ActualSize,
    /// See what lies further to the left.
    PanLeft,
    /// See what lies further to the right.
    PanRight,
    /// See what lies further up.
    PanUp,
    /// See what lies further down.
    PanDown,
    /// Describe the part of the photo that is seen.
    DescribePart,
    /// Show the light in the next way.
    AttentionMode,
    /// Light what the model looked at for the whole sentence.
    WholeSentence,
    /// Make the light stronger.
    Stronger,
    /// Make the light weaker.
    Weaker,
    /// Show a small map of each word.
    Review,
    /// Save these maps as a picture and as JSON.
    ExportReview,
    /// Move a cursor over the photo and hear what lies there.
    Explore,
    /// Find where the model looked by covering parts of the photo, where it does not tell.
    Cover,
    /// Say where the word is.
    Place,
    /// Say where all words are.
    Places,
    /// Light the next word.
    Next,
    /// Light the word before.
    Previous,
    /// Make the sentence larger.
    LargerText,
    /// Make the sentence smaller.
    SmallerText,
    /// See what follows of a long text.
    ScrollDown,
    /// See what comes before of a long text.
    ScrollUp,
    /// Read the sentence aloud, or stop reading.
    Speak,
    /// Stop reading, close what stands over the window.
    Stop,
    /// Read the sentence from its start.
    Repeat,
    /// Make the voice faster.
    Faster,
    /// Make the voice slower.
    Slower,
    /// Make the voice louder.
    Louder,
    /// Make the voice softer.
    Softer,
    /// Spell the word.
    Spell,
    /// Say which words are unsure.
    Unsure,
    /// Show or close the settings.
    Settings,
    /// Change the colours of the window.
    NextTheme,
    /// Make everything larger.
    LargerAll,
    /// Make everything smaller.
    SmallerAll,
    /// Make everything as large as the system has it.
    UsualSize,
    /// Type the path of a photo.
    TypePath,
    /// Show every command.
    Menu,
    /// Show the list of keys.
    Keys,
}

/// What the menu and the list of keys show together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// Which photo.
    Photo,
    /// How it stands on the screen.
    View,
    /// Where the model looked.
    Attention,
    /// The sentence and its words.
    Sentence,
    /// How it is heard.
    Voice,
    /// The program itself.
    Program,
}

impl Group {
    /// All of them, in the order of the menu.
    pub const ALL: [Self; 6] = [
        Self::Photo,
        Self::View,
        Self::Attention,
        Self::Sentence,
        Self::Voice,
        Self::Program,
    ];

    /// What the group is called.
    pub fn name(self) -> String {
        match self {
            Self::Photo => text!("group-photo"),
            Self::View => text!("group-view"),
            Self::Attention => text!("group-attention"),
            Self::Sentence => text!("group-sentence"),
            Self::Voice => text!("group-voice"),
            Self::Program => text!("group-program"),
        }
    }

    /// Its commands, in order.
    pub fn commands(self) -> impl Iterator<Item = &'static Entry> {
        COMMANDS.iter().filter(move |entry| entry.group == self)
    }
}

/// One row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it does.
    pub command: Command,
    /// Names the message `command-ID` that holds its name and, as `.help`, what it does.
    pub id: &'static str,
    /// Where the menu has it.
    pub group: Group,
    /// Its keys; the first is the one that is shown.
    pub keys: &'static [KeyboardShortcut],
    /// Whether it happens again and again while its key is held.
    pub repeats: bool,
}

const fn row(command: Command, id: &'static str, group: Group, keys: &'static [KeyboardShortcut]) -> Entry {
    Entry {
        command,
        id,
        group,
        keys,
        repeats: false,
    }
}

const fn repeating(command: Command, id: &'static str, group: Group, keys: &'static [KeyboardShortcut]) -> Entry {
    Entry {
        repeats: true,
        ..row(command, id, group, keys)
    }
}

/// A key alone. Letters, digits and signs without Ctrl mean nothing while a text field has the focus.
const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// A key with Shift.
const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

/// Ctrl and Shift, on macOS Cmd and Shift.
const CTRL_SHIFT: Modifiers = Modifiers {
    shift: true,
    ..Modifiers::COMMAND
};

/// A key with Ctrl, on macOS with Cmd.
const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

/// Every command, in the order of the list of keys: group by group.
pub const COMMANDS: &[Entry] = &[
    row(Command::Open, "open", Group::Photo, &[ctrl(Key::O)]),
    row(Command::TypePath, "type-path", Group::Photo, &[ctrl(Key::L)]),
    row(Command::Paste, "paste", Group::Photo, &[ctrl(Key::V)]),
    row(
        Command::Screen,
        "screen",
        Group::Photo,
        &[KeyboardShortcut::new(CTRL_SHIFT, Key::P)],
    ),
    row(
        Command::ScreenPart,
        "screen-part",
        Group::Photo,
        &[KeyboardShortcut::new(CTRL_SHIFT, Key::W)],
    ),
    row(Command::Describe, "describe", Group::Photo, &[ctrl(Key::D)]),
    repeating(Command::NextPhoto, "next-photo", Group::Photo, &[plain(Key::PageDown)]),
    repeating(
        Command::PreviousPhoto,
        "previous-photo",
        Group::Photo,
        &[plain(Key::PageUp)],
    ),
    row(
        Command::DescribeFolder,
        "describe-folder",
        Group::Photo,
        &[KeyboardShortcut::new(CTRL_SHIFT, Key::O)],
    ),
    row(Command::Recent, "recent", Group::Photo, &[ctrl(Key::H)]),
    row(Command::SavePicture, "save-picture", Group::Photo, &[ctrl(Key::S)]),
    row(
        Command::SaveWords,
        "save-words",
        Group::Photo,
        &[KeyboardShortcut::new(CTRL_SHIFT, Key::S)],
    ),
    repeating(
        Command::ZoomIn,
        "zoom-in",
        Group::View,
        &[plain(Key::Plus), plain(Key::Equals)],
    ),
    repeating(Command::ZoomOut, "zoom-out", Group::View, &[plain(Key::Minus)]),
    row(Command::Fit, "fit", Group::View, &[plain(Key::Num0)]),
    row(Command::ActualSize, "actual-size", Group::View, &[plain(Key::Num1)]),
    repeating(Command::PanLeft, "pan-left", Group::View, &[shift(Key::ArrowLeft)]),
    repeating(Command::PanRight, "pan-right", Group::View, &[shift(Key::ArrowRight)]),
    repeating(Command::PanUp, "pan-up", Group::View, &[shift(Key::ArrowUp)]),
    repeating(Command::PanDown, "pan-down", Group::View, &[shift(Key::ArrowDown)]),
    row(
        Command::DescribePart,
        "describe-part",
        Group::View,
        &[KeyboardShortcut::new(CTRL_SHIFT, Key::D)],
    ),
    row(
        Command::AttentionMode,
        "attention-mode",
        Group::Attention,
        &[plain(Key::A)],
    ),
    row(
        Command::WholeSentence,
        "whole-sentence",
        Group::Attention,
        &[plain(Key::W)],
    ),
    repeating(Command::Stronger, "stronger", Group::Attention, &[plain(Key::Period)]),
    repeating(Command::Weaker, "weaker", Group::Attention, &[plain(Key::Comma)]),
    row(Command::Place, "place", Group::Attention, &[plain(Key::P)]),
    row(Command::Places, "places", Group::Attention, &[shift(Key::P)]),
    row(Command::Cover, "cover", Group::Attention, &[plain(Key::F)]),
    row(Command::Explore, "explore", Group::Attention, &[plain(Key::E)]),
    row(Command::Review, "review", Group::Attention, &[plain(Key::G)]),
    row(
        Command::ExportReview,
        "export-review",
        Group::Attention,
        &[ctrl(Key::E)],
    ),
    repeating(Command::Next, "next-word", Group::Sentence, &[plain(Key::ArrowRight)]),
    repeating(
        Command::Previous,
        "previous-word",
        Group::Sentence,
        &[plain(Key::ArrowLeft)],
    ),
    repeating(
        Command::NextSentence,
        "next-sentence",
        Group::Sentence,
        &[plain(Key::ArrowDown)],
    ),
    repeating(
        Command::PreviousSentence,
        "previous-sentence",
        Group::Sentence,
        &[plain(Key::ArrowUp)],
    ),
    row(Command::Guess, "guess", Group::Sentence, &[plain(Key::T)]),
    row(Command::Copy, "copy", Group::Sentence, &[ctrl(Key::C)]),
    repeating(
        Command::LargerText,
        "larger-text",
        Group::Sentence,
        &[plain(Key::CloseBracket)],
    ),
    repeating(
        Command::SmallerText,
        "smaller-text",
        Group::Sentence,
        &[plain(Key::OpenBracket)],
    ),
    repeating(
        Command::ScrollDown,
        "scroll-down",
        Group::Sentence,
        &[ctrl(Key::PageDown)],
    ),
    repeating(Command::ScrollUp, "scroll-up", Group::Sentence, &[ctrl(Key::PageUp)]),
    row(Command::Unsure, "unsure", Group::Sentence, &[plain(Key::U)]),
    row(Command::Speak, "speak", Group::Voice, &[plain(Key::Space)]),
    row(Command::Stop, "stop", Group::Voice, &[plain(Key::Escape)]),
    row(Command::Repeat, "repeat", Group::Voice, &[plain(Key::R)]),
    repeating(Command::Faster, "faster", Group::Voice, &[ctrl(Key::ArrowRight)]),
    repeating(Command::Slower, "slower", Group::Voice, &[ctrl(Key::ArrowLeft)]),
    repeating(Command::Louder, "louder", Group::Voice, &[ctrl(Key::ArrowUp)]),
    repeating(Command::Softer, "softer", Group::Voice, &[ctrl(Key::ArrowDown)]),
    row(Command::Spell, "spell", Group::Voice, &[plain(Key::S)]),
    row(Command::Settings, "settings", Group::Program, &[ctrl(Key::Comma)]),
    row(Command::NextTheme, "next-theme", Group::Program, &[ctrl(Key::T)]),
    // On many keyboards the plus sign needs Shift, its key does not.
    repeating(
        Command::LargerAll,
        "larger-all",
        Group::Program,
        &[ctrl(Key::Plus), ctrl(Key::Equals)],
    ),
    repeating(Command::SmallerAll, "smaller-all", Group::Program, &[ctrl(Key::Minus)]),
    row(Command::UsualSize, "usual-size", Group::Program, &[ctrl(Key::Num0)]),
    row(Command::Menu, "menu", Group::Program, &[plain(Key::F10)]),
    row(Command::Keys, "help", Group::Program, &[plain(Key::F1)]),
];

/// Keys that egui itself understands, for the list: key and help.
pub fn built_in() -> [(String, String); 1] {
    [(keys::name(plain(Key::Tab)), text!("built-in-tab"))]
}

impl Command {
    /// The command's row.
    pub fn entry(self) -> &'static Entry {
        // The table is short, and a test holds that no command is missing; the first row is never really taken.
        COMMANDS
            .iter()
            .find(|entry| entry.command == self)
            .unwrap_or(&COMMANDS[0])
    }

    /// What its button is called.
    pub fn name(self) -> String {
        self.entry().name()
    }
}

impl Entry {
    /// What its button is called.
    pub fn name(&self) -> String {
        language::text(&format!("command-{}", self.id), &[])
    }

    /// What it does, as a sentence.
    pub fn help(&self) -> String {
        language::text(&format!("command-{}.help", self.id), &[])
    }

    /// The key as it is written for people: "Ctrl+O", on macOS "Cmd+O"; empty where it has none.
    pub fn key(&self) -> String {
        self.keys.first().map_or_else(String::new, |key| keys::name(*key))
    }

    /// What a button says when the pointer rests on it.
    pub fn hover(&self) -> String {
        format!("{} ({})", self.help(), self.key())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_is_taken_twice() {
        let keys: Vec<_> = COMMANDS.iter().flat_map(|entry| entry.keys).collect();
        for (at, key) in keys.iter().enumerate() {
            assert!(!keys[at + 1..].contains(key), "{} twice", keys::name(**key));
        }
    }

    #[test]
    fn every_command_stands_in_one_row_and_has_a_key() {
        for (at, entry) in COMMANDS.iter().enumerate() {
            let again = COMMANDS[at + 1..]
                .iter()
                .any(|other| other.command == entry.command || other.id == entry.id);
            assert!(!again, "{} twice", entry.id);
            assert!(!entry.keys.is_empty(), "{}", entry.id);
            assert_eq!(entry.command.entry().id, entry.id);
        }
    }

    #[test]
    fn the_table_is_in_the_order_of_the_groups() {
        let grouped = Group::ALL.into_iter().flat_map(Group::commands).map(|entry| entry.id);
        assert_eq!(
            grouped.collect::<Vec<_>>(),
            COMMANDS.iter().map(|entry| entry.id).collect::<Vec<_>>()
        );
    }

    #[test]
    fn keys_are_written_as_people_write_them() {
        assert_eq!(Command::Next.entry().key(), "Right");
        assert_eq!(Command::LargerText.entry().key(), "]");
        assert!(Command::Open.entry().hover().ends_with("+O)"));
    }
}
