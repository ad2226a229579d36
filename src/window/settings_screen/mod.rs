//! The one screen of settings, in place of the photo: every setting with its name and a sentence of help, saved at once.

mod rows;
mod sections;

use egui::{Button, CentralPanel, Context, Frame, Id, RichText, ScrollArea, Ui};

use super::app::HearsightApp;
use super::commands::Command;
use super::look::{focus, theme};
use super::node;
use crate::text;

/// Whether the screen is open, and where the focus was before.
#[derive(Debug, Default)]
pub struct SettingsScreen {
    open: bool,
    focus_before: Option<Id>,
    /// A scale that is being dragged; applied at the end, or the slider would run away below the pointer.
    scale: Option<f32>,
    /// Whether it asks if the recent descriptions are to be forgotten.
    forgetting: bool,
}

impl SettingsScreen {
    /// Whether it is open.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Whether a command may have its key while the screen is open: what steps, zooms or opens photos may not.
    pub fn lets_through(&self, ctx: &Context, command: Command) -> bool {
        match command {
            // An open list is closed first.
            Command::Stop => !egui::Popup::is_any_open(ctx),
            Command::Settings
            | Command::NextTheme
            | Command::LargerAll
            | Command::SmallerAll
            | Command::UsualSize
            | Command::Menu
            | Command::Keys => true,
            _ => !self.open,
        }
    }

    /// Opens it with the focus on its heading, or closes it with the focus where it was.
    pub fn toggle(&mut self, ctx: &Context) {
        self.open = !self.open;
        self.forgetting = false;
        if self.open {
            self.focus_before = ctx.memory(|memory| memory.focused());
            ctx.memory_mut(|memory| memory.request_focus(heading_id()));
        } else {
            ctx.memory_mut(|memory| match self.focus_before.take() {
                Some(before) => memory.request_focus(before),
                None => memory.surrender_focus(heading_id()),
            });
        }
    }
}

fn heading_id() -> Id {
    Id::unique("settings heading")
}

impl HearsightApp {
    /// Shows the screen over the whole window.
    pub(super) fn show_settings(&mut self, ui: &mut Ui) {
        let frame = Frame::central_panel(ui.style()).inner_margin(14);
        CentralPanel::no_frame().frame(frame).show(ui, |ui| {
            ScrollArea::vertical()
                .id_salt("settings")
                .auto_shrink([false, false])
                .show(ui, |ui| {
                    let mut close = false;
                    ui.horizontal_wrapped(|ui| {
                        let button = ui.add(Button::new(text!("close")).min_size(theme::TARGET_SIZE));
                        close = node::hint(button, Command::Stop.entry().key()).clicked();
                        let title = RichText::new(text!("settings")).heading().strong();
                        node::text(ui, heading_id(), title, &text!("settings"), node::Kind::Heading);
                    });
                    ui.separator();
                    self.settings_sections(ui);
                    ui.separator();
                    self.news(ui);
                    focus::follow(ui);
                    if close {
                        self.settings_screen.toggle(ui.ctx());
                    }
                });
        });
    }
}
