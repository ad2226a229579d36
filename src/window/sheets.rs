//! What the sheets do to the window: the menu obeys, the help is said, a typed path is looked up and opened.

use egui::{Context, Ui};

use super::app::HearsightApp;
use super::commands::Command;
use super::sheet::{self, Sheet};
use super::{help, menu};
use crate::text;

impl HearsightApp {
    /// Paints the sheet that is open.
    pub(super) fn show_sheet(&mut self, ui: &Ui) {
        let Some((open, fresh)) = self.sheets.open() else {
            return;
        };
        self.sheets.shown();
        let ctx = ui.ctx().clone();
        let closed = match open {
            Sheet::Menu => {
                let (chosen, closed) = sheet::show(ui, open, fresh, |ui| menu::show(ui, fresh));
                if let Some(command) = chosen {
                    self.close_sheet(&ctx);
                    // The menu is closed already.
                    if command != Command::Menu {
                        // What concerns the photo is done where the photo is seen.
                        if !self.settings_screen.lets_through(&ctx, command) {
                            self.settings_screen.toggle(&ctx);
                        }
                        self.obey(&ctx, command);
                    }
                    return;
                }
                closed
            }
            Sheet::Help => sheet::show(ui, open, fresh, help::show).1,
            Sheet::Recent => {
                let keeps = self.settings.keep_recent;
                let (choice, closed) = sheet::show(ui, open, fresh, |ui| self.recents.show(ui, keeps));
                if let Some(choice) = choice {
                    self.obey_recents(&ctx, choice);
                }
                closed
            }
            Sheet::SaveWords => {
                let own = self.own_words.as_deref();
                let (choice, closed) = sheet::show(ui, open, fresh, |ui| self.save_words.show(ui, own, fresh));
                if let Some(choice) = choice {
                    self.obey_save_words(&ctx, choice);
                }
                closed
            }
            Sheet::Folder => {
                let (choice, closed) = sheet::show(ui, open, fresh, |ui| self.folder.show(ui));
                if let Some(choice) = choice {
                    self.obey_folder(&ctx, choice);
                }
                closed
            }
            Sheet::TypedPath => {
                let (path, closed) = sheet::show(ui, open, fresh, |ui| self.typed_path.show(ui, fresh));
                if path.is_some_and(|path| !self.desktop.look_up(path)) {
                    self.typed_path.refuse(text!("status-no-thread"));
                }
                closed
            }
        };
        if closed {
            self.close_sheet(&ctx);
        }
    }

    /// Closes the sheet that is open; the help is not said on.
    pub(super) fn close_sheet(&mut self, ctx: &Context) {
        if self.sheets.is(Sheet::Help) {
            self.stop_speaking();
        }
        self.sheets.close(ctx);
    }

    /// Opens or closes the help; an open one is said.
    pub(super) fn toggle_help(&mut self, ctx: &Context) {
        if self.sheets.is(Sheet::Help) {
            self.close_sheet(ctx);
        } else {
            self.sheets.show(ctx, Sheet::Help);
            // A screen reader reads the list from its heading, which has the focus now.
            if !self.narrator.leaves_speech() {
                self.speak(help::aloud());
            }
        }
    }

    /// Opens or closes the menu.
    pub(super) fn toggle_menu(&mut self, ctx: &Context) {
        if self.sheets.is(Sheet::Menu) {
            self.close_sheet(ctx);
        } else {
            self.sheets.show(ctx, Sheet::Menu);
        }
    }

    /// Asks for a path, because the person wants to type one or, with a reason, because there is no file dialog.
    pub(super) fn ask_for_path(&mut self, ctx: &Context, reason: Option<String>) {
        self.typed_path.open(reason);
        self.sheets.show(ctx, Sheet::TypedPath);
    }

    /// Opens a file that was typed; the dialog comes back where it turns out to be no photo.
    pub(super) fn open_typed(&mut self, ctx: &Context, path: std::path::PathBuf) {
        self.sheets.close(ctx);
        self.open_given(ctx, vec![path]);
        self.typed_path.wait();
    }

    /// The photo could not be opened: where its path was typed, it can be corrected.
    pub(super) fn correct_typed(&mut self, ctx: &Context, trouble: &str) {
        if self.typed_path.is_waiting() {
            self.typed_path.refuse(trouble.to_owned());
            self.sheets.show(ctx, Sheet::TypedPath);
        }
    }

    /// Gives the welcome of the first start as soon as nothing else is being done or said.
    pub(super) fn welcome(&mut self, ctx: &Context) {
        let idle = !self.is_working() && !self.is_speaking();
        if self.welcome.begins(idle) {
            if !self.narrator.leaves_speech() {
                self.speak(super::welcome::text());
            } else if ctx.memory(|memory| memory.focused().is_none()) {
                // A screen reader is led to it; one that is being led to something else hears of it as it appears.
                ctx.memory_mut(|memory| memory.request_focus(super::welcome::id()));
            }
            self.settings.welcome_seen = true;
            self.settings_changed();
        }
    }
}
