//! The arrow keys while the grid of words is open or someone explores: they move there and not through the words.

use std::time::Instant;

use egui::{Context, Key, Modifiers};

use super::explore::Step;
use crate::window::app::HearsightApp;

impl HearsightApp {
    /// Whether all arrow keys mean the grid or the cursor.
    pub(in crate::window) fn takes_arrows(&self, ctx: &Context) -> bool {
        let busy = ctx.text_edit_focused() || egui::Popup::is_any_open(ctx) || self.sheets.open().is_some();
        !busy && (self.seeing.review.is_open() || self.seeing.explore.is_on())
    }

    /// Takes the arrow keys where they mean the grid or the cursor.
    pub(in crate::window) fn take_arrows(&mut self, ctx: &Context) {
        if !self.takes_arrows(ctx) {
            return;
        }
        let arrows = [
            (Key::ArrowUp, Step::Up),
            (Key::ArrowDown, Step::Down),
            (Key::ArrowLeft, Step::Left),
            (Key::ArrowRight, Step::Right),
        ];
        for (key, step) in arrows {
            // With Shift or Ctrl they mean something else.
            let presses = ctx.input_mut(|input| {
                let plain = input.modifiers.is_none();
                if plain {
                    input.count_and_consume_key(Modifiers::NONE, key)
                } else {
                    0
                }
            });
            for _ in 0..presses {
                if self.seeing.review.is_open() {
                    let cells = self
                        .description
                        .as_ref()
                        .map_or(0, |description| description.words.len())
                        + 1;
                    self.seeing.review.step(ctx, step, cells);
                } else {
                    self.seeing.explore.step(step);
                    self.came_to_cell(Instant::now());
                    self.tell_cell();
                }
            }
        }
    }
}
