//! How a screen reader is led through the window where it says everything: the focus goes to the result, for some of
//! them, Orca 43 among them, say nothing but what has the focus and how its name changes.

use egui::Context;

use super::app::HearsightApp;
use super::caption;
use super::commands::Command;
use super::node::{self, Reading};
use super::status::Status;

impl HearsightApp {
    /// Does what a key or a button asks for; a screen reader is led to the answer.
    pub(super) fn obey(&mut self, ctx: &Context, command: Command) {
        let before = (self.status.since(), focused(ctx));
        self.act(ctx, command);
        // Where the command has led it somewhere else, that is the answer.
        if focused(ctx) != before.1 {
            self.status.lead(false);
        } else if self.status.since() != before.0 && self.narrator.leaves_speech() {
            self.status.lead_from(before.1);
        }
    }

    /// Tells the texts how they are read, and moves the focus to news that a screen reader is to say.
    pub(super) fn lead_reader(&mut self, ctx: &Context) {
        let leads = self.narrator.leaves_speech();
        Reading {
            announces: self.narrator.announces(),
            leads,
        }
        .set(ctx);
        // What stands over the window, and a text that is being typed, keep the focus.
        let kept = ctx.memory(|memory| memory.top_modal_layer().is_some()) || ctx.text_edit_focused();
        if leads && !kept && self.status.leads_now(focused(ctx)) {
            ctx.memory_mut(|memory| memory.request_focus(Status::id()));
        }
    }

    /// Moves the focus to the description; where it is there already, the screen reader is made to say it again.
    pub(super) fn lead_to_description(&mut self, ctx: &Context) {
        self.status.lead(false);
        let heading = caption::heading_id();
        if focused(ctx) == Some(heading) {
            node::again(ctx, heading);
        } else {
            ctx.memory_mut(|memory| memory.request_focus(heading));
        }
    }
}

fn focused(ctx: &Context) -> Option<egui::Id> {
    ctx.memory(|memory| memory.focused())
}
