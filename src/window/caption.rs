//! The sentence in large letters: one node that says all of it, and each word to be pressed.

use std::sync::Arc;

use egui::{Color32, FontId, Id, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::{node, theme, words};
use crate::captioner::{Description, Word};
use crate::{text, wording};

/// The room between a word and the edge of its box.
const PADDING: egui::Vec2 = vec2(5.0, 4.0);

/// The id of the heading that holds the whole description for screen readers.
pub fn heading_id() -> Id {
    Id::unique("description")
}

/// The id of a word's widget.
pub fn word_id(number: usize) -> Id {
    Id::unique(("word", number))
}

/// Shows the description, with the word `lit` marked, in letters of `size` points; gives the word that was pressed.
pub fn show(ui: &mut Ui, description: Option<&Description>, lit: Option<usize>, size: f32) -> Option<usize> {
    let (visible, spoken) = match description {
        Some(description) => (
            wording::introduction(description).unwrap_or_else(|| text!("description")),
            words::description(description),
        ),
        None => (text!("description-none"), text!("description-none")),
    };
    let text = egui::RichText::new(visible).color(theme::quiet(ui.visuals()));
    node::text(ui, heading_id(), text, &spoken, node::Kind::Heading);
    let description = description?;

    let font = FontId::proportional(size);
    let mut pressed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 6.0);
        for (number, word) in description.words.iter().enumerate() {
            if show_word(ui, number, word, lit == Some(number), &font).clicked() {
                pressed = Some(number);
            }
        }
    });
    pressed
}

/// One word. The lit one has a box, a line below and letters of another colour, so that no single sign carries it.
fn show_word(ui: &mut Ui, number: usize, word: &Word, lit: bool, font: &FontId) -> Response {
    let galley = ui
        .painter()
        // A word that is wider than the window is broken.
        .layout(
            word.text.clone(),
            font.clone(),
            Color32::PLACEHOLDER,
            ui.max_rect().width() - PADDING.x * 2.0,
        );
    let (rect, _) = ui.allocate_exact_size(galley.size() + PADDING * 2.0, Sense::hover());
    let response = ui.interact(rect, word_id(number), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, lit, words::word(word)));
    if lit && !ui.clip_rect().contains_rect(rect) {
        response.scroll_to_me(None);
    }
    let ink = if lit {
        theme::ON_LIGHT
    } else {
        ui.visuals().text_color()
    };
    let painter = ui.painter();
    if lit {
        painter.rect(
            rect,
            4.0,
            theme::LIGHT,
            Stroke::new(1.5, theme::ON_LIGHT),
            StrokeKind::Inside,
        );
        painter.hline(
            rect.x_range().shrink(PADDING.x),
            rect.bottom() - 3.5,
            Stroke::new(3.0, theme::ON_LIGHT),
        );
    }
    if response.has_focus() || response.hovered() {
        let stroke = Stroke::new(
            if response.has_focus() { 3.0 } else { 1.5 },
            ui.visuals().selection.stroke.color,
        );
        painter.rect_stroke(rect, 4.0, stroke, StrokeKind::Outside);
    }
    if wording::is_unsure(word) {
        dots(ui, rect, ink);
    }
    // The default font is a light one; painted twice, a pixel apart, it reads as a medium one.
    let beside = vec2(1.0 / ui.ctx().pixels_per_point(), 0.0);
    ui.painter()
        .galley(rect.min + PADDING + beside, Arc::clone(&galley), ink);
    ui.painter().galley(rect.min + PADDING, galley, ink);
    response.on_hover_text(words::word(word))
}

/// A dotted line below a word that the model was unsure of.
fn dots(ui: &Ui, rect: Rect, ink: Color32) {
    let line = [
        rect.left_bottom() + vec2(PADDING.x, -1.0),
        rect.right_bottom() + vec2(-PADDING.x, -1.0),
    ];
    ui.painter().extend(egui::Shape::dotted_line(&line, ink, 6.0, 1.5));
}
