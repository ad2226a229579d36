//! Keys: what they are called, and which commands they ask for.

use egui::{Context, Event, Key, KeyboardShortcut, Modifiers, ViewportCommand};

use super::commands::{COMMANDS, Command, Entry};
use crate::text;

/// A shortcut as it is written for people: "Ctrl+O", on macOS "Cmd+O".
pub fn name(shortcut: KeyboardShortcut) -> String {
    let Modifiers {
        alt,
        ctrl,
        shift,
        mac_cmd,
        command,
    } = shortcut.modifiers;
    let with = [
        (ctrl || command && !cfg!(target_os = "macos"), "Ctrl+"),
        (mac_cmd || command && cfg!(target_os = "macos"), "Cmd+"),
        (alt, "Alt+"),
        (shift, "Shift+"),
    ];
    let mut written: String = with
        .into_iter()
        .filter_map(|(pressed, name)| pressed.then_some(name))
        .collect();
    written.push_str(&key_name(shortcut.logical_key));
    written
}

fn key_name(key: Key) -> String {
    match key {
        Key::Space => text!("key-space"),
        Key::Escape => text!("key-escape"),
        Key::Tab => text!("key-tab"),
        Key::Enter => text!("key-enter"),
        Key::ArrowUp => text!("key-up"),
        Key::ArrowDown => text!("key-down"),
        Key::ArrowLeft => text!("key-left"),
        Key::ArrowRight => text!("key-right"),
        Key::PageUp => text!("key-page-up"),
        Key::PageDown => text!("key-page-down"),
        Key::Home => text!("key-home"),
        Key::End => text!("key-end"),
        Key::Plus => text!("key-plus"),
        Key::Minus => text!("key-minus"),
        Key::Comma => text!("key-comma"),
        Key::Period => text!("key-period"),
        Key::OpenBracket => text!("key-open-bracket"),
        Key::CloseBracket => text!("key-close-bracket"),
        // A letter, a digit or a function key.
        other => other.name().to_owned(),
    }
}

/// The commands whose keys were pressed since the last frame, in that order, taken from the input so that no widget sees
/// them too.
///
/// `is_free` says whether a command may have its key now; else the key stays for whatever has the focus.
pub fn pressed(ctx: &Context, is_free: impl Fn(&Entry) -> bool) -> Vec<Command> {
    let writing = ctx.text_edit_focused();
    if writing {
        edit(ctx);
    }
    let mut shortcuts: Vec<(KeyboardShortcut, &Entry)> = COMMANDS
        .iter()
        .flat_map(|entry| entry.keys.iter().map(move |key| (*key, entry)))
        .filter(|(key, _)| !(writing && is_typing(*key)))
        .filter(|(_, entry)| is_free(entry))
        .collect();
    // A key without Shift would take the one with Shift away too.
    shortcuts.sort_by_key(|(key, _)| std::cmp::Reverse(modifiers(key.modifiers)));
    ctx.input_mut(|input| {
        let mut commands = Vec::new();
        // Event by event: a slow frame brings several keys, and what they do depends on which came first.
        input.events.retain(|event| {
            let Event::Key {
                key,
                modifiers,
                pressed: true,
                repeat,
                ..
            } = event
            else {
                return true;
            };
            let meant = shortcuts
                .iter()
                .find(|(shortcut, _)| shortcut.logical_key == *key && modifiers.matches_logically(shortcut.modifiers));
            // A held key would switch to and fro.
            commands.extend(
                meant
                    .filter(|(_, entry)| entry.repeats || !repeat)
                    .map(|(_, entry)| entry.command),
            );
            meant.is_none()
        });
        commands
    })
}

/// Brings the clipboard to the text field that has the focus: the window reads these keys itself, for photos.
fn edit(ctx: &Context) {
    for (key, wish) in [
        (Key::V, ViewportCommand::RequestPaste),
        (Key::C, ViewportCommand::RequestCopy),
        (Key::X, ViewportCommand::RequestCut),
    ] {
        if ctx.input_mut(|input| input.consume_key(Modifiers::COMMAND, key)) {
            ctx.send_viewport_cmd(wish);
        }
    }
}

/// Whether the key means a letter or a step of the cursor to a text field. Escape and function keys mean nothing there.
fn is_typing(key: KeyboardShortcut) -> bool {
    let own = [Key::C, Key::V, Key::X, Key::A, Key::Z];
    let moves = [
        Key::ArrowLeft,
        Key::ArrowRight,
        Key::ArrowUp,
        Key::ArrowDown,
        Key::Home,
        Key::End,
    ];
    match key.modifiers {
        modifiers if modifiers.command || modifiers.ctrl || modifiers.alt => {
            own.contains(&key.logical_key) || moves.contains(&key.logical_key)
        }
        _ => key.logical_key != Key::Escape && !is_function_key(key.logical_key),
    }
}

fn is_function_key(key: Key) -> bool {
    key.name()
        .strip_prefix('F')
        .is_some_and(|number| number.parse::<u8>().is_ok())
}

fn modifiers(of: Modifiers) -> usize {
    [of.alt, of.ctrl, of.shift, of.mac_cmd, of.command]
        .into_iter()
        .filter(|pressed| *pressed)
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_field_keeps_what_it_understands_itself() {
        let key = KeyboardShortcut::new;
        for kept in [
            key(Modifiers::NONE, Key::Space),
            key(Modifiers::SHIFT, Key::P),
            key(Modifiers::NONE, Key::ArrowLeft),
            key(Modifiers::COMMAND, Key::V),
            key(Modifiers::COMMAND, Key::ArrowRight),
        ] {
            assert!(is_typing(kept), "{}", name(kept));
        }
        for ours in [
            key(Modifiers::NONE, Key::Escape),
            key(Modifiers::NONE, Key::F1),
            key(Modifiers::COMMAND, Key::O),
        ] {
            assert!(!is_typing(ours), "{}", name(ours));
        }
    }

    /// They were once obeyed in the order of the table: on a busy computer the focus stayed on the sentence after Space and
    /// Right.
    #[test]
    fn keys_of_one_frame_are_obeyed_in_the_order_in_which_they_were_pressed() {
        // Whether it is held egui finds out itself.
        let plain = |key| Event::Key {
            key,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        let obeyed = |events: &[Event]| {
            let ctx = Context::default();
            let input = egui::RawInput {
                events: events.to_vec(),
                ..egui::RawInput::default()
            };
            let (mut commands, mut left) = (Vec::new(), 0);
            let mut output = ctx.run_ui(input, |ui| {
                commands = pressed(ui.ctx(), |_| true);
                left = ui.input(|input| input.events.len());
            });
            output.textures_delta.clear();
            (commands, left)
        };
        let [space, right] = [Key::Space, Key::ArrowRight].map(plain);
        let commands = |events: &[Event]| obeyed(events).0;
        assert_eq!(
            commands(&[space.clone(), right.clone()]),
            [Command::Speak, Command::Next]
        );
        assert_eq!(commands(&[right.clone(), space]), [Command::Next, Command::Speak]);
        // A held key steps on, and switches once.
        assert_eq!(commands(&[right.clone(), right]), [Command::Next, Command::Next]);
        let [repeat, unknown] = [Key::R, Key::F35].map(plain);
        assert_eq!(obeyed(&[repeat.clone(), repeat, unknown]), (vec![Command::Repeat], 1));
    }

    #[test]
    fn a_shortcut_is_written_with_its_modifiers_first() {
        let all = Modifiers::ALT | Modifiers::SHIFT;
        assert_eq!(name(KeyboardShortcut::new(all, Key::PageDown)), "Alt+Shift+PageDown");
        assert_eq!(name(KeyboardShortcut::new(Modifiers::SHIFT, Key::F)), "Shift+F");
        assert!(!is_function_key(Key::F) && is_function_key(Key::F12));
    }
}
