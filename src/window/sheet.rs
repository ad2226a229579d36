//! What stands over the window, one sheet at a time: a heading, contents that scroll, a button that closes it. The focus
//! goes to the sheet when it opens and back to where it was when it closes.

use egui::{Area, Button, Context, Frame, Id, Key, Modal, Modifiers, RichText, ScrollArea, Ui};

use super::commands::{Command, Entry, Group};
use super::look::{focus, theme};
use super::{node, steady};
use crate::text;

/// A line, for scrolling by key.
const LINE: f32 = 60.0;
/// The room between the sheet and the window's edge.
const MARGIN: f32 = 16.0;
/// Lines longer than this are hard to read.
const WIDEST: f32 = 720.0;

/// A sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sheet {
    /// Every command.
    Menu,
    /// Every key.
    Help,
    /// The path of a photo, typed.
    TypedPath,
    /// Recent descriptions.
    Recent,
    /// The description, to be looked at and saved in the photo.
    SaveWords,
    /// A folder that is described into files.
    Folder,
}

impl Sheet {
    fn title(self) -> String {
        match self {
            Self::Menu => Command::Menu.name(),
            Self::Help => Command::Keys.name(),
            Self::TypedPath => Command::TypePath.name(),
            Self::Recent => Command::Recent.name(),
            Self::SaveWords => Command::SaveWords.name(),
            Self::Folder => Command::DescribeFolder.name(),
        }
    }

    /// Whether the focus starts on the heading, because nothing else in the sheet takes it.
    fn begins_with_heading(self) -> bool {
        self == Self::Help
    }

    /// The id of the sheet's heading.
    pub fn heading_id(self) -> Id {
        Id::unique(("sheet heading", self as usize))
    }
}

/// Which sheet is open.
#[derive(Clone, Copy, Debug, Default)]
pub struct Sheets {
    open: Option<Sheet>,
    /// Whether it has not been shown yet.
    fresh: bool,
    /// What had the focus before.
    before: Option<Id>,
    /// What gets the focus back as soon as egui lets it.
    back: Option<Id>,
}

impl Sheets {
    /// The sheet that is open, and whether it is shown for the first time.
    pub fn open(&self) -> Option<(Sheet, bool)> {
        self.open.map(|sheet| (sheet, self.fresh))
    }

    /// Whether this one is open.
    pub fn is(&self, sheet: Sheet) -> bool {
        self.open == Some(sheet)
    }

    /// Opens a sheet in place of the one that is open.
    pub fn show(&mut self, ctx: &Context, sheet: Sheet) {
        if self.open.is_none() {
            // A sheet that follows another at once goes back to where that one would have gone.
            self.before = self.back.take().or_else(|| ctx.memory(|memory| memory.focused()));
        }
        self.open = Some(sheet);
        self.fresh = true;
    }

    /// Closes what is open and gives the focus back.
    pub fn close(&mut self, ctx: &Context) {
        if self.open.take().is_none() {
            return;
        }
        self.back = self.before.take();
        // Until egui lets it, screen readers are told so already.
        steady::expect(ctx, self.back);
        ctx.memory_mut(|memory| {
            if let Some(focused) = memory.focused() {
                memory.surrender_focus(focused);
            }
        });
        ctx.request_repaint();
    }

    /// Gives the focus back once nothing stands over the window any more; before that, what is behind gets none.
    pub fn give_focus_back(&mut self, ctx: &Context) {
        let covered = self.open.is_some() || ctx.memory(|memory| memory.top_modal_layer().is_some());
        if !covered && let Some(back) = self.back.take() {
            steady::expect(ctx, None);
            ctx.memory_mut(|memory| memory.request_focus(back));
        }
    }

    /// The sheet has been shown.
    pub fn shown(&mut self) {
        self.fresh = false;
    }

    /// Whether a command may have its key now: behind a sheet only what closes it, another sheet and what concerns the
    /// program as a whole.
    pub fn let_through(&self, entry: &Entry) -> bool {
        self.open.is_none()
            || entry.group == Group::Program
            || matches!(
                entry.command,
                Command::Stop | Command::TypePath | Command::Recent | Command::DescribeFolder
            )
    }
}

/// Paints a sheet; what its contents gave, and whether it was closed by its button or a press beside it.
pub fn show<T>(ui: &Ui, sheet: Sheet, fresh: bool, contents: impl FnOnce(&mut Ui) -> T) -> (T, bool) {
    let ctx = ui.ctx();
    let room = ctx.content_rect().size();
    let inner = if room.x < 400.0 { 8 } else { 20 };
    let title = sheet.title();
    let area: Area = Modal::default_area(Id::unique(("sheet", sheet as usize))).accessible_name(&title);
    let frame = Frame::popup(ui.style()).inner_margin(inner);
    let modal = Modal::new(Id::unique("sheet")).area(area).frame(frame).show(ctx, |ui| {
        ui.set_width((room.x - 2.0 * (f32::from(inner) + MARGIN)).min(WIDEST));
        let heading = RichText::new(&title).heading();
        let id = sheet.heading_id();
        node::text(ui, id, heading, &title, node::Kind::Heading);
        if fresh && sheet.begins_with_heading() {
            ctx.memory_mut(|memory| memory.request_focus(id));
        }
        let others = 2.0 * (f32::from(inner) + MARGIN) + ui.min_rect().height() + theme::TARGET + 24.0;
        let height = (room.y - others).max(LINE);
        let mut scroll = ScrollArea::vertical().max_height(height).min_scrolled_height(height);
        if fresh {
            scroll = scroll.vertical_scroll_offset(0.0);
        }
        let inner = scroll
            .show(ui, |ui| {
                let inner = contents(ui);
                scroll_by_key(ui, height);
                // The menu scrolls to its rows itself, group headings included.
                if sheet != Sheet::Menu {
                    focus::follow(ui);
                }
                inner
            })
            .inner;
        let closed = ui
            .add(Button::new(text!("close")).min_size(theme::TARGET_SIZE))
            .clicked();
        (inner, closed)
    });
    let closed = modal.inner.1 || modal.should_close();
    (modal.inner.0, closed)
}

/// What the contents left of the arrows, Page Up, Page Down, Home and End scrolls them.
fn scroll_by_key(ui: &Ui, page: f32) {
    if ui.ctx().text_edit_focused() {
        return;
    }
    let steps = [
        (Key::ArrowUp, LINE),
        (Key::ArrowDown, -LINE),
        (Key::PageUp, page),
        (Key::PageDown, -page),
        (Key::Home, 1e6),
        (Key::End, -1e6),
    ];
    for (key, step) in steps {
        let presses = ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key));
        if presses > 0 {
            ui.scroll_with_delta(egui::vec2(0.0, step * presses as f32));
        }
    }
}
