//! What the colours, the shade or the line over the photo mean, in the photo's corner: a scale with words at its ends.

use egui::{Color32, FontId, Id, Rect, Role, Sense, Stroke, Ui, WidgetInfo, pos2, vec2};

use super::attention::Light;
use crate::captioner::{Attention, AttentionKind, Place};
use crate::overlay::{self, Mode, Style, cividis};
use crate::text;
use crate::window::look::theme;

/// The length of the scale.
const SCALE: f32 = 96.0;
const HEIGHT: f32 = 16.0;
const PADDING: f32 = 8.0;

/// What the legend says to screen readers; none where there is nothing to explain.
pub fn in_words(light: &Light<'_>, style: Style, kind: Option<AttentionKind>) -> Option<String> {
    let covered = kind == Some(AttentionKind::Occlusion);
    Some(match light {
        Light::Off => return None,
        Light::None => overlay::no_map(kind),
        Light::Everywhere if covered => text!("legend-everywhere-covered"),
        Light::Everywhere => text!("legend-everywhere"),
        Light::Map(_) => overlay::legend(style, kind),
    })
}

/// Paints the legend into the lower left corner of the room, or the upper one where the light is below.
pub fn show(ui: &Ui, room: Rect, light: &Light<'_>, style: Style, kind: Option<AttentionKind>) {
    let Some(words) = in_words(light, style, kind) else {
        return;
    };
    let scale = light.map().is_some();
    let font = FontId::proportional(15.0);
    let (paper, ink) = theme::behind_photo(ui.visuals());
    let ends = match (scale, kind) {
        (true, Some(AttentionKind::Occlusion)) => [text!("legend-least-covered"), text!("legend-most-covered")],
        (true, _) => [text!("legend-least"), text!("legend-most")],
        (false, _) => [words.clone(), String::new()],
    };
    let width = (room.width() - 4.0 * PADDING).max(40.0);
    let [least, most] = ends.map(|end| ui.painter().layout(end, font.clone(), ink, width));
    let length = if scale { SCALE.min(width / 3.0) } else { 0.0 };
    let gap = if scale { PADDING } else { 0.0 };
    let size = vec2(
        least.size().x + gap + length + gap + most.size().x,
        least.size().y.max(most.size().y).max(HEIGHT),
    ) + vec2(2.0 * PADDING, PADDING);
    let below = light.map().and_then(Attention::place).is_some_and(Place::is_below);
    let top = if below {
        room.top() + PADDING
    } else {
        room.bottom() - PADDING - size.y
    };
    let frame = Rect::from_min_size(pos2(room.left() + PADDING, top), size);

    let response = ui.interact(frame, Id::unique("legend"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Paragraph, true, &words));
    // In a very small window it would hide what it explains.
    if size.y * 4.0 > room.height() {
        return;
    }
    let painter = ui.painter().with_clip_rect(room);
    painter.rect(frame, 6.0, paper, Stroke::new(1.0, ink), egui::StrokeKind::Inside);
    let middle = frame.center().y;
    let mut x = frame.left() + PADDING;
    painter.galley(pos2(x, middle - least.size().y / 2.0), least.clone(), ink);
    x += least.size().x + gap;
    if scale {
        let bar = Rect::from_min_size(pos2(x, middle - HEIGHT / 2.0), vec2(length, HEIGHT));
        paint_scale(&painter, bar, style, ink);
        x += length + gap;
        painter.galley(pos2(x, middle - most.size().y / 2.0), most, ink);
    }
}

fn paint_scale(painter: &egui::Painter, bar: Rect, style: Style, ink: Color32) {
    let steps = bar.width().max(1.0) as usize;
    let mut columns = (0..steps).map(|step| {
        let share = step as f32 / steps.max(2) as f32;
        (
            share,
            Rect::from_min_size(bar.min + vec2(step as f32, 0.0), vec2(1.5, bar.height())),
        )
    });
    match style.mode {
        Mode::Colour => {
            for (share, column) in columns {
                let [red, green, blue] = cividis(share);
                painter.rect_filled(column, 0.0, Color32::from_rgb(red, green, blue));
            }
        }
        Mode::Dim => {
            for (share, column) in columns.by_ref() {
                let dark = 1.0 - style.strength * (1.0 - share);
                painter.rect_filled(column, 0.0, Color32::from_gray((230.0 * dark) as u8));
            }
        }
        Mode::Outline => {
            painter.rect_filled(bar, 0.0, Color32::from_gray(120));
            let inside = Rect::from_min_max(bar.center_top(), bar.max).shrink(2.0);
            painter.rect_stroke(inside, 0.0, Stroke::new(5.0, theme::ON_LIGHT), egui::StrokeKind::Middle);
            painter.rect_stroke(inside, 0.0, Stroke::new(2.5, theme::LIGHT), egui::StrokeKind::Middle);
        }
    }
    painter.rect_stroke(bar, 0.0, Stroke::new(1.0, ink), egui::StrokeKind::Outside);
}
