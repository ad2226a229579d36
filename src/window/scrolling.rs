//! Scrolling by key what is too long for the main window: a large sentence, long news.

use egui::Ui;

/// The share of what is seen by which one press of a key scrolls.
const STEP: f32 = 0.8;

/// How far is still to be scrolled.
#[derive(Debug, Default)]
pub struct Scrolling {
    /// In heights of what is seen, downwards.
    left: f32,
}

impl Scrolling {
    /// A key was pressed.
    pub fn step(&mut self, down: bool) {
        self.left += if down { STEP } else { -STEP };
    }

    /// Scrolls the area whose contents these are.
    pub fn apply(&mut self, ui: &Ui) {
        let left = std::mem::take(&mut self.left);
        if left != 0.0 {
            ui.scroll_with_delta(egui::vec2(0.0, -left * ui.clip_rect().height()));
        }
    }
}
