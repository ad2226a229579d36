//! The sheet of recent descriptions: a list to choose from by key or pointer, and the way to forget them.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use egui::{Button, Id, Key, Modifiers, Ui};

use super::look::theme;
use super::node;
use crate::recent::{Entry, Recent};
use crate::text;

/// The rows of a page: as many as scroll smoothly and as screen readers list in a moment.
const PAGE: usize = 50;

/// The screen and the descriptions behind it.
#[derive(Debug)]
pub struct RecentScreen {
    recent: Arc<Recent>,
    /// The list as it was when the sheet opened: a row that moved while a key or a pointer is on its way to it would
    /// open another photo than the one that was heard.
    listed: Arc<[Entry]>,
    selected: usize,
    /// Whether the selection has moved and the focus is to follow.
    moved: bool,
    /// Whether the question stands there that comes before forgetting.
    asking: bool,
}

/// What the person chose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// To open this one again.
    Open(Entry),
    /// To forget all of them.
    Clear,
    /// To keep new ones, or not.
    Keep(bool),
}

impl Default for RecentScreen {
    fn default() -> Self {
        Self::new(Recent::nowhere())
    }
}

impl RecentScreen {
    /// The screen of these descriptions, closed.
    pub fn new(recent: Arc<Recent>) -> Self {
        Self {
            recent,
            listed: Arc::default(),
            selected: 0,
            moved: false,
            asking: false,
        }
    }

    /// The descriptions themselves.
    pub fn recent(&self) -> &Arc<Recent> {
        &self.recent
    }

    /// Begins at the newest description.
    pub fn open(&mut self) {
        self.listed = self.recent.entries();
        self.asking = false;
        self.selected = 0;
        self.moved = true;
    }

    /// Takes back the question; whether there was one.
    pub fn take_back(&mut self) -> bool {
        self.moved = true;
        std::mem::take(&mut self.asking)
    }

    /// What stands in the sheet; `keeps` says whether new descriptions are kept.
    pub fn show(&mut self, ui: &mut Ui, keeps: bool) -> Option<Choice> {
        let now = self.recent.entries();
        // Read from the disk only now, or forgotten.
        if self.listed.is_empty() || now.is_empty() {
            self.listed = now;
        }
        let entries = Arc::clone(&self.listed);
        self.read_keys(ui, entries.len());
        if self.asking {
            self.question(ui, entries.len())
        } else {
            self.list(ui, &entries, keeps)
        }
    }

    fn list(&mut self, ui: &mut Ui, entries: &[Entry], keeps: bool) -> Option<Choice> {
        let mut choice = None;
        if entries.is_empty() {
            ui.label(text!("recent-none"));
        } else {
            ui.label(text!("recent-choose"));
            choice = self.rows(ui, entries);
            self.pages(ui, entries.len());
        }
        let mut keep = keeps;
        let kept = ui.checkbox(&mut keep, text!("recent-keep"));
        if entries.is_empty() && std::mem::take(&mut self.moved) {
            kept.request_focus();
        }
        if kept.changed() {
            choice = Some(Choice::Keep(keep));
        }
        if !entries.is_empty() && button(ui, text!("recent-clear")).clicked() {
            self.asking = true;
            self.moved = true;
        }
        choice
    }

    fn read_keys(&mut self, ui: &Ui, count: usize) {
        let last = count.saturating_sub(1);
        let before = self.selected;
        let pressed = |key| ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        self.selected = (self.selected + pressed(Key::ArrowDown)).min(last);
        self.selected = self.selected.saturating_sub(pressed(Key::ArrowUp));
        self.selected = (self.selected + pressed(Key::PageDown) * 10).min(last);
        self.selected = self.selected.saturating_sub(pressed(Key::PageUp) * 10);
        if pressed(Key::Home) > 0 {
            self.selected = 0;
        }
        if pressed(Key::End) > 0 {
            self.selected = last;
        }
        if pressed(Key::Delete) > 0 && count > 0 {
            self.asking = true;
        }
        self.moved |= self.selected != before || self.asking;
    }

    fn rows(&mut self, ui: &mut Ui, entries: &[Entry]) -> Option<Choice> {
        let mut choice = None;
        let now = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let first = self.selected / PAGE * PAGE;
        for (number, entry) in entries.iter().enumerate().skip(first).take(PAGE) {
            let when = age(now.saturating_sub(entry.when));
            let name = text!(
                "recent-row",
                sentence = &entry.sentence,
                name = &entry.name,
                when = when
            );
            let row = Button::selectable(number == self.selected, name)
                .wrap()
                .min_size(egui::vec2(ui.available_width(), theme::TARGET_SIZE.y));
            let response = ui.push_id(number, |ui| ui.add(row)).inner;
            if number == self.selected && std::mem::take(&mut self.moved) {
                response.request_focus();
                response.scroll_to_me(None);
            }
            if response.gained_focus() {
                self.selected = number;
            }
            if response.has_focus() {
                // egui would move the focus with these, past the ends of the page and back.
                ui.memory_mut(|memory| {
                    let filter = egui::EventFilter {
                        vertical_arrows: true,
                        ..Default::default()
                    };
                    memory.set_focus_lock_filter(response.id, filter);
                });
            }
            if response.clicked() {
                choice = Some(Choice::Open(entry.clone()));
            }
        }
        choice
    }

    /// Where a page is not the only one, the way to the others by pointer.
    fn pages(&mut self, ui: &mut Ui, count: usize) {
        if count <= PAGE {
            return;
        }
        let page = self.selected / PAGE;
        let (from, to) = (page * PAGE + 1, ((page + 1) * PAGE).min(count));
        ui.horizontal_wrapped(|ui| {
            ui.label(text!("recent-page", from = from, to = to, count = count));
            if page > 0 && button(ui, text!("recent-newer")).clicked() {
                self.selected = (page - 1) * PAGE;
                self.moved = true;
            }
            if to < count && button(ui, text!("recent-older")).clicked() {
                self.selected = (page + 1) * PAGE;
                self.moved = true;
            }
        });
    }

    fn question(&mut self, ui: &mut Ui, count: usize) -> Option<Choice> {
        let question = text!("recent-clear-question", count = count);
        node::text(
            ui,
            Id::unique("recent question"),
            question.as_str(),
            &question,
            node::Kind::Status,
        );
        ui.horizontal_wrapped(|ui| {
            let no = button(ui, text!("recent-clear-no"));
            // Who presses Enter without having listened keeps them.
            if std::mem::take(&mut self.moved) {
                no.request_focus();
            }
            if no.clicked() {
                self.take_back();
            }
            button(ui, text!("recent-clear-yes")).clicked().then_some(Choice::Clear)
        })
        .inner
    }
}

fn button(ui: &mut Ui, name: String) -> egui::Response {
    ui.add(Button::new(name).min_size(theme::TARGET_SIZE))
}

/// How long ago it was, of so many seconds.
fn age(seconds: u64) -> String {
    let minutes = seconds / 60;
    match minutes {
        0 => text!("recent-now"),
        1..60 => text!("recent-minutes", count = minutes),
        60..1440 => text!("recent-hours", count = minutes / 60),
        _ => text!("recent-days", count = minutes / 1440),
    }
}

#[cfg(test)]
mod tests {
    use super::age;

    #[test]
    fn an_age_is_told_in_its_largest_unit() {
        for (seconds, expected) in [
            (0, "just now"),
            (61, "1 minute ago"),
            (59 * 60, "59 minutes ago"),
            (3 * 3600 + 5, "3 hours ago"),
            (30 * 3600, "yesterday"),
            (400 * 86400, "400 days ago"),
        ] {
            assert_eq!(age(seconds), expected);
        }
    }
}
