//! The reviewing mode: a small map of each word in a grid, to be walked by keys and pressed.

use egui::{
    Button, Color32, ColorImage, Context, FontId, Id, Rect, Response, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui,
};
use egui::{WidgetInfo, pos2, vec2};

use super::Seeing;
use super::explore::Step;
use super::glow::{Ask, Glow};
use super::loader::Loader;
use super::picture::{Picture, UNIT};
use crate::captioner::{Attention, AttentionKind, Description};
use crate::overlay::{self, Style};
use crate::photo::{Part, within};
use crate::text;
use crate::window::app::HearsightApp;
use crate::window::commands::Command;
use crate::window::look::{focus, theme};
use crate::window::{node, words};

/// The width of a small map in points.
const WIDTH: f32 = 168.0;
/// Its greatest height: an upright photo is shown smaller.
const HEIGHT: f32 = 168.0;
const GAP: f32 = 12.0;
/// The height of the two lines below it.
const LINES: f32 = 46.0;
/// The longest side of a small map in pixels.
const PIXELS: u32 = 256;

/// The state of the grid.
#[derive(Default)]
pub struct Review {
    open: bool,
    /// How many cells stood in a row in the last frame.
    columns: usize,
    /// The cell that has the focus, or had it last.
    cell: usize,
    /// Whether that cell is to get the focus when it is there.
    focus: bool,
    /// One a cell.
    glows: Vec<Glow>,
}

/// What a cell stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Picked {
    /// The whole sentence.
    Whole,
    /// A word.
    Word(usize),
}

impl Review {
    /// Whether the grid is shown.
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// Shows it, with the focus on a word's cell, or closes it.
    pub fn toggle(&mut self, lit: Option<usize>) {
        *self = Self {
            open: !self.open,
            cell: lit.map_or(0, |word| word + 1),
            focus: true,
            ..Self::default()
        };
    }

    /// Closes it; whether it was open.
    pub fn close(&mut self) -> bool {
        std::mem::take(self).open
    }

    /// Takes in the small map that was made for a cell.
    pub fn take(&mut self, ctx: &Context, cell: usize, ask: &Ask, image: ColorImage) {
        if let Some(glow) = self.glows.get_mut(cell) {
            glow.take(ctx, ask, image);
        }
    }

    /// Moves the focus by an arrow key; at the edges it stays.
    pub fn step(&mut self, ctx: &Context, step: Step, cells: usize) {
        if let Some(focused) = ctx.memory(|memory| memory.focused()) {
            self.cell = (0..cells).find(|cell| id(*cell) == focused).unwrap_or(self.cell);
        }
        self.cell = neighbour(self.cell, step, self.columns.max(1), cells);
        ctx.memory_mut(|memory| memory.request_focus(id(self.cell)));
    }
}

/// The cell that an arrow key leads to.
fn neighbour(cell: usize, step: Step, columns: usize, cells: usize) -> usize {
    let last = cells.saturating_sub(1);
    match step {
        Step::Left => cell.saturating_sub(1),
        Step::Right => (cell + 1).min(last),
        Step::Up => cell.checked_sub(columns).unwrap_or(cell),
        Step::Down if cell + columns <= last => cell + columns,
        // Into the last row, where that is shorter.
        Step::Down if cell / columns < last / columns => last,
        Step::Down => cell.min(last),
    }
}

fn id(cell: usize) -> Id {
    Id::unique(("review", cell))
}

/// What stands in a cell.
struct Cell<'a> {
    picked: Picked,
    title: String,
    remark: String,
    map: Option<&'a Attention>,
    lit: bool,
}

impl HearsightApp {
    /// Shows the grid in the photo's place.
    pub(in crate::window) fn show_review(&mut self, ui: &mut Ui) {
        let style = self.style();
        let whole = self.description.as_deref().and_then(overlay::whole);
        let mut picked = None;
        let mut asked = None;
        if let (Some((_, picture)), Some(description)) = (&self.shown, self.description.as_deref()) {
            let cells = cells(description, whole.as_ref(), self.lit, self.seeing.whole);
            let part = self.seeing.parts.shown();
            let room = ui.available_rect_before_wrap().shrink(GAP);
            let builder = egui::UiBuilder::new().max_rect(room);
            ui.scope_builder(builder, |ui| {
                ui.visuals_mut().override_text_color = Some(theme::behind_photo(ui.visuals()).1);
                let Seeing { review, overlays, .. } = &mut self.seeing;
                let mut show = |ui: &mut Ui| {
                    asked = heading(ui, description);
                    picked = review.show(ui, &cells, picture, part, style, overlays);
                };
                // Within something that scrolls it does not scroll by itself.
                let scrolls = |level: &egui::UiStack| level.kind() == Some(egui::UiKind::ScrollArea);
                if ui.stack().iter().any(scrolls) {
                    show(ui);
                } else {
                    ScrollArea::vertical().auto_shrink([false, false]).show(ui, |ui| {
                        show(ui);
                        focus::follow(ui);
                    });
                }
            });
        }
        match picked {
            Some(Picked::Word(number)) => self.light(number),
            Some(Picked::Whole) if !self.seeing.whole => self.obey(&ui.ctx().clone(), Command::WholeSentence),
            Some(Picked::Whole) | None => {}
        }
        if let Some(command) = asked {
            self.obey(&ui.ctx().clone(), command);
        }
    }
}

/// What the grid shows, and the buttons for what can be done with it.
fn heading(ui: &mut Ui, description: &Description) -> Option<Command> {
    let mut asked = None;
    let count = description.words.len();
    let title = match description.attention_kind {
        Some(AttentionKind::Occlusion) => text!("review-title-covered", count = count),
        _ => text!("review-title", count = count),
    };
    let rich = egui::RichText::new(title.as_str()).color(theme::behind_photo(ui.visuals()).1);
    node::text(ui, Id::unique("review heading"), rich, &title, node::Kind::Plain);
    ui.horizontal_wrapped(|ui| {
        ui.visuals_mut().override_text_color = None;
        for (command, name) in [
            (Command::ExportReview, Command::ExportReview.name()),
            (Command::Review, text!("review-close")),
        ] {
            let button = ui.add(Button::new(name));
            if node::hint(button, command.entry().hover()).clicked() {
                asked = Some(command);
            }
        }
    });
    asked
}

fn cells<'a>(
    description: &'a Description,
    whole: Option<&'a Attention>,
    lit: Option<usize>,
    whole_lit: bool,
) -> Vec<Cell<'a>> {
    let place = |map: Option<&Attention>| match map {
        None => text!("review-no-map"),
        Some(map) => words::place_or_everywhere(map.place()),
    };
    let first = Cell {
        picked: Picked::Whole,
        title: text!("review-whole"),
        remark: place(whole),
        map: whole,
        lit: whole_lit,
    };
    let each = description.words.iter().enumerate().map(|(number, word)| {
        let percent = (word.probability * 100.0).round();
        let place = place(word.attention.as_ref());
        Cell {
            picked: Picked::Word(number),
            title: word.text.clone(),
            remark: text!("review-remark", percent = percent, place = place),
            map: word.attention.as_ref(),
            lit: lit == Some(number) && !whole_lit,
        }
    });
    std::iter::once(first).chain(each).collect()
}

impl Review {
    fn show(
        &mut self,
        ui: &mut Ui,
        cells: &[Cell<'_>],
        picture: &Picture,
        part: Option<Part>,
        style: Style,
        loader: &Loader<Ask>,
    ) -> Option<Picked> {
        let size = part.map_or(picture.size(), |part| (part.width, part.height));
        let (wide, high) = within(size, 1000);
        let shape = vec2(wide as f32, high as f32);
        let shape = shape * (WIDTH / shape.x).min(HEIGHT / shape.y);
        let columns = ((ui.available_width() + GAP) / (WIDTH + GAP)).floor().max(1.0) as usize;
        self.columns = columns;
        self.glows.resize_with(cells.len(), Glow::default);
        self.cell = self.cell.min(cells.len() - 1);
        let step = vec2(WIDTH + GAP, shape.y + LINES + GAP);
        let rows = cells.len().div_ceil(columns);
        let (whole, _) = ui.allocate_exact_size(vec2(ui.available_width(), step.y * rows as f32), Sense::hover());

        let mut picked = None;
        for (number, cell) in cells.iter().enumerate() {
            let corner = whole.min + step * vec2((number % columns) as f32, (number / columns) as f32);
            let rect = Rect::from_min_size(corner, step - vec2(GAP, GAP));
            let response = ui.interact(rect, id(number), Sense::click());
            let name = text!("review-cell", word = &cell.title, remark = &cell.remark);
            response.widget_info(|| WidgetInfo::selected(Role::Button, true, cell.lit, &name));
            if number == self.cell && std::mem::take(&mut self.focus) {
                response.request_focus();
            }
            if ui.is_rect_visible(rect) {
                let glow = &mut self.glows[number];
                let pointed = cell.map.filter(|map| map.place().is_some());
                let ask = pointed.map(|map| Ask {
                    slot: number + 1,
                    attention: map.clone(),
                    style,
                    size,
                    side: PIXELS,
                });
                glow.set(loader, ask);
                let image = Rect::from_min_size(corner, shape);
                paint(ui, image, &response, cell, picture, part, glow);
            }
            if response.clicked() {
                self.cell = number;
                picked = Some(cell.picked);
            }
        }
        picked
    }
}

fn paint(
    ui: &Ui,
    image: Rect,
    response: &Response,
    cell: &Cell<'_>,
    picture: &Picture,
    part: Option<Part>,
    glow: &Glow,
) {
    let painter = ui.painter();
    let [left, top, right, bottom] = part.map_or([0.0, 0.0, 1.0, 1.0], |part| part.edges(picture.size()));
    if let Some(texture) = picture.texture() {
        let shown = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
        painter.image(texture.id(), image, shown, Color32::WHITE);
    }
    if let Some(overlay) = glow.texture() {
        painter.image(overlay.id(), image, UNIT, Color32::WHITE);
    }
    let rect = response.rect;
    let (lit, on_lit) = theme::lit(ui.visuals());
    let (paper, on_paper) = theme::behind_photo(ui.visuals());
    let (ink, paper) = if cell.lit { (on_lit, lit) } else { (on_paper, paper) };
    let below = Rect::from_min_max(pos2(rect.left(), image.bottom()), rect.max);
    painter.rect_filled(below, 0.0, paper);
    for (text, size, y) in [(&cell.title, 18.0, 2.0), (&cell.remark, 14.0, 25.0)] {
        let mut job = egui::text::LayoutJob::single_section(
            text.clone(),
            egui::TextFormat::simple(FontId::proportional(size), ink),
        );
        job.wrap = egui::text::TextWrapping::truncate_at_width(rect.width() - 8.0);
        let galley = painter.layout_job(job);
        painter.galley(below.min + vec2(4.0, y), galley, ink);
    }
    if cell.lit {
        painter.rect_stroke(rect, 0.0, Stroke::new(3.0, lit), StrokeKind::Outside);
    }
    if response.hovered() {
        let stroke = Stroke::new(1.5, ui.visuals().selection.stroke.color);
        painter.rect_stroke(rect.expand(3.0), 0.0, stroke, StrokeKind::Outside);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrows_walk_the_grid_and_stay_at_its_edges() {
        // Three columns, seven cells: the last row has one.
        let from = |cell, step| neighbour(cell, step, 3, 7);
        assert_eq!([from(0, Step::Left), from(1, Step::Left)], [0, 0]);
        assert_eq!([from(5, Step::Right), from(6, Step::Right)], [6, 6]);
        assert_eq!([from(1, Step::Up), from(4, Step::Up)], [1, 1]);
        assert_eq!(
            [from(3, Step::Down), from(4, Step::Down), from(6, Step::Down)],
            [6, 6, 6]
        );
        assert_eq!(from(1, Step::Down), 4);
        assert_eq!(neighbour(0, Step::Down, 3, 0), 0);
    }
}
