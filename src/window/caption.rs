//! The sentence in large letters: one node that says all of it, and each word to be pressed.

use std::sync::Arc;

use egui::{Color32, FontId, Id, Painter, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::look::theme;
use super::{node, words};
use crate::captioner::{Description, Word};
use crate::words::OwnWords;
use crate::{report, text, wording};

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

/// Shows the description, with the word `lit` marked, in letters of `size` points, or where there is none the `answer`
/// that stands in its place; screen readers get the photo's `own` words before it. Gives the word that was pressed. A word that has just been lit is scrolled to where
/// `scrolls` says so, once: who then looks elsewhere stays there.
pub fn show(
    ui: &mut Ui,
    description: Option<&Description>,
    answer: Option<&str>,
    own: Option<&OwnWords>,
    lit: Option<usize>,
    size: f32,
    scrolls: bool,
) -> Option<usize> {
    let (visible, spoken) = match (description, own) {
        (Some(description), None) => (
            wording::introduction(description).unwrap_or_else(|| text!("description")),
            words::description(description),
        ),
        (Some(description), Some(_)) => {
            let introduction = wording::introduction(description).unwrap_or_default();
            (
                wording::after_own_words(&introduction).trim().to_owned(),
                wording::after_own_words(&report::sentence(description)),
            )
        }
        (None, _) => match answer {
            Some(answer) => (answer.to_owned(), text!("description-spoken", sentence = answer)),
            None => (text!("description-none"), text!("description-none")),
        },
    };
    let spoken = match own {
        Some(own) => format!("{} {spoken}", wording::ended(&wording::own_words(own))),
        None => spoken,
    };
    let mut text = egui::RichText::new(visible).color(theme::quiet(ui.visuals()));
    if description.is_none() && answer.is_some() {
        text = egui::RichText::new(text.text()).size(size).strong();
    }
    node::text(ui, heading_id(), text, &spoken, node::Kind::Heading);
    let description = description?;

    let key = Id::unique("lit before");
    let before = ui.data_mut(|data| std::mem::replace(data.get_temp_mut_or_default::<Option<usize>>(key), lit));
    let scrolls = scrolls && before != lit;
    let font = FontId::proportional(size);
    let mut pressed = None;
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(2.0, 6.0);
        for (number, word) in description.words.iter().enumerate() {
            let response = show_word(ui, number, word, lit == Some(number), &font);
            if scrolls && lit == Some(number) && !ui.clip_rect().contains_rect(response.rect) {
                response.scroll_to_me(None);
            }
            if response.clicked() {
                pressed = Some(number);
            }
        }
    });
    if description.words.iter().any(wording::is_unsure) {
        legend(ui);
    }
    pressed
}

/// What the dotted line below a word means.
fn legend(ui: &mut Ui) {
    let quiet = theme::quiet(ui.visuals());
    ui.horizontal_wrapped(|ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(40.0, 20.0), Sense::hover());
        dots(
            ui.painter(),
            Rect::from_min_max(rect.min, rect.center() + vec2(20.0, 0.0)),
            quiet,
            1.5,
        );
        let text = egui::RichText::new(text!("legend-unsure")).small().color(quiet);
        node::text(
            ui,
            Id::unique("legend unsure"),
            text,
            &text!("legend-unsure"),
            node::Kind::Plain,
        );
    });
}

/// One word. The lit one has a box, a line below and letters of another colour, so that no single sign carries it.
fn show_word(ui: &mut Ui, number: usize, word: &Word, lit: bool, font: &FontId) -> Response {
    // A word that is wider than the window is broken.
    let width = ui.max_rect().width() - PADDING.x * 2.0;
    let galley = ui
        .painter()
        .layout(word.text.clone(), font.clone(), Color32::PLACEHOLDER, width);
    let size = (galley.size() + PADDING * 2.0).max(theme::TARGET_SIZE);
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let response = ui.interact(rect, word_id(number), Sense::click());
    let leads = node::Reading::get(ui.ctx()).leads;
    response.widget_info(|| match leads {
        // There the focus follows the light: "pressed" and "not pressed" at every step would only be noise.
        true => WidgetInfo::labeled(Role::Button, true, words::word(word)),
        false => WidgetInfo::selected(Role::Button, true, lit, words::word(word)),
    });
    let (box_fill, in_box) = theme::lit(ui.visuals());
    let ink = if lit { in_box } else { ui.visuals().text_color() };
    let text_at = rect.center() - galley.size() / 2.0;
    let text = Rect::from_min_size(text_at, galley.size());
    let painter = ui.painter();
    let bold = (font.size / 12.0).clamp(2.0, 5.0);
    if lit {
        painter.rect(rect, 4.0, box_fill, Stroke::new(1.5, in_box), StrokeKind::Inside);
        painter.hline(text.x_range(), text.bottom(), Stroke::new(bold, in_box));
    } else if response.hovered() {
        let edge = Stroke::new(1.5, ui.visuals().widgets.hovered.bg_stroke.color);
        painter.rect_stroke(rect, 4.0, edge, StrokeKind::Inside);
    }
    if wording::is_unsure(word) {
        dots(ui.painter(), text, ink, bold / 2.0 + 0.5);
    }
    // The default font is a light one; painted twice, a pixel apart, it reads as a medium one.
    let beside = vec2(1.0 / ui.ctx().pixels_per_point(), 0.0);
    ui.painter().galley(text_at + beside, Arc::clone(&galley), ink);
    ui.painter().galley(text_at, galley, ink);
    node::hint(response, words::word(word))
}

/// A dotted line below a word that the model was unsure of.
fn dots(painter: &Painter, text: Rect, ink: Color32, radius: f32) {
    let line = [text.left_bottom(), text.right_bottom()].map(|end| end + vec2(0.0, radius + 1.0));
    painter.extend(egui::Shape::dotted_line(&line, ink, radius * 4.0, radius));
}
