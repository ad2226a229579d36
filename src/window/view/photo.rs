//! The photo in its room: painted, zoomed and moved by pointer, wheel, pinch and touchpad, with the light, the legend
//! and the cursor of whoever explores.

use std::time::Instant;

use egui::{
    Color32, CursorIcon, Event, Id, MouseWheelUnit, Painter, Pos2, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    Vec2, WidgetInfo, pos2, vec2,
};

use super::attention::Light;
use super::camera::{Camera, Stage};
use super::explore::Explore;
use super::glow::Ask;
use super::legend;
use super::picture::{UNIT, inside};
use crate::captioner::AttentionKind;
use crate::overlay::Style;
use crate::text;
use crate::window::app::HearsightApp;
use crate::window::look::theme;
use crate::window::words;

/// The longest side of the overlay in pixels: smooth on any screen.
const OVERLAY: u32 = 640;

/// How much one notch of the wheel zooms.
const NOTCH: f32 = 1.15;

/// How many points one notch moves, with Shift.
const NOTCH_POINTS: f32 = 48.0;

/// The id of the photo's widget.
pub fn id() -> Id {
    Id::unique("photo")
}

impl HearsightApp {
    /// Shows the photo.
    pub(in crate::window) fn show_photo(&mut self, ui: &mut Ui) {
        let lit = self
            .lit_word()
            .and_then(words::place)
            .map(|place| text!("photo-lit", place = place));
        let style = self.style();
        let kind = self.attention_kind();
        let Some((_, picture)) = &mut self.shown else { return };
        let seeing = &mut self.seeing;
        let stage = Stage {
            room: ui.available_rect_before_wrap(),
            photo: picture.size(),
            density: ui.ctx().pixels_per_point(),
        };
        seeing.stage = Some(stage);
        let exploring = seeing.explore.is_on();
        let before = seeing.camera.percent(&stage);
        let seen = seeing.camera.rect(&stage).intersect(stage.room);
        let response = ui.interact(seen, id(), Sense::click_and_drag());
        move_camera(ui, &response, &mut seeing.camera, &stage, !exploring);

        let rect = seeing.camera.rect(&stage);
        let painter = ui.painter().with_clip_rect(stage.room);
        picture.paint(
            &painter,
            rect,
            seeing.camera.visible(&stage),
            seeing.camera.scale(&stage),
            &seeing.pieces,
        );

        // The sentence may be about a part of the photo only.
        let part = seeing.parts.shown();
        let [left, top, right, bottom] = part.map_or([0.0, 0.0, 1.0, 1.0], |part| part.edges(picture.size()));
        let area = inside(rect, Rect::from_min_max(pos2(left, top), pos2(right, bottom)));
        let light = Light::of(self.description.as_deref(), self.lit, seeing.whole);
        let size = part.map_or(picture.size(), |part| (part.width, part.height));
        let ask = light.map().map(|map| Ask {
            slot: 0,
            attention: map.clone(),
            style,
            size,
            side: OVERLAY,
        });
        seeing.glow.set(&seeing.overlays, ask);
        if let Some(overlay) = seeing.glow.texture() {
            painter.image(overlay.id(), area, UNIT, Color32::WHITE);
        }
        if part.is_some() {
            double_line(&painter, area.shrink(2.0), 2.0);
        }
        paint_cursor(&painter, area, &seeing.explore);
        legend::show(ui, stage.room, &light, style, kind);

        let (width, height) = picture.size();
        let name = text!("photo-name", name = picture.name(), width = width, height = height);
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, &name));
        let percent = seeing.camera.percent(&stage);
        if percent != before {
            self.say(text!("zoom-percent", percent = percent));
        }
        self.explore_with_pointer(ui, &response, area);
        let more = self.cursor_in_words().or(lit);
        ui.ctx().accesskit_node_builder(id(), |node| {
            node.set_value(text!("zoom-percent", percent = percent));
            if let Some(more) = more {
                node.set_description(more);
            }
        });
    }

    /// Where the maps of the sentence on the screen come from.
    pub(super) fn attention_kind(&self) -> Option<AttentionKind> {
        self.description.as_deref()?.attention_kind
    }

    /// How maps are shown, as the person has chosen.
    pub(super) fn style(&self) -> Style {
        Style::new(self.settings.attention_mode, self.settings.attention_strength)
    }

    fn explore_with_pointer(&mut self, ui: &Ui, response: &Response, area: Rect) {
        let pointer = response.interact_pointer_pos().or_else(|| response.hover_pos());
        let moved = ui.input(|input| input.pointer.delta() != Vec2::ZERO || input.pointer.any_pressed());
        if let Some(pointer) = pointer.filter(|_| moved) {
            let at = (pointer - area.min) / area.size();
            if self.seeing.explore.point_at(at.x, at.y) {
                self.came_to_cell(Instant::now());
            }
        }
        if response.clicked() && self.seeing.explore.is_on() {
            self.say_cell();
        }
    }
}

/// Zooms and moves by what the pointer, the wheel, the touchpad and the fingers did over the photo.
fn move_camera(ui: &Ui, response: &Response, camera: &mut Camera, stage: &Stage, may_drag: bool) {
    // Two fingers move it below.
    if response.dragged() && may_drag && ui.input(|input| input.multi_touch().is_none()) {
        camera.pan(stage, response.drag_delta());
    }
    if may_drag && !camera.is_fit() {
        let icon = if response.dragged() {
            CursorIcon::Grabbing
        } else {
            CursorIcon::Grab
        };
        response.clone().on_hover_cursor(icon);
    }
    // A pointer over another window or a list of keys is not over the photo.
    if !response.contains_pointer() {
        return;
    }
    let (pointer, zoom, fingers) =
        ui.input(|input| (input.pointer.latest_pos(), input.zoom_delta(), input.multi_touch()));
    let towards = fingers
        .map(|fingers| fingers.center_pos)
        .or(pointer)
        .unwrap_or(stage.room.center());
    if zoom != 1.0 {
        camera.zoom_by(stage, zoom, towards);
    }
    if let Some(fingers) = fingers {
        camera.pan(stage, fingers.translation_delta);
    }
    ui.input_mut(|input| {
        // What moves the photo does not scroll what stands around it.
        input.smooth_scroll_delta = Vec2::ZERO;
        for event in &input.events {
            let Event::MouseWheel {
                unit, delta, modifiers, ..
            } = event
            else {
                continue;
            };
            // egui has turned these into a zoom already.
            if modifiers.command {
                continue;
            }
            match unit {
                MouseWheelUnit::Point => camera.pan(stage, *delta),
                MouseWheelUnit::Line | MouseWheelUnit::Page if modifiers.shift => {
                    camera.pan(stage, vec2(delta.x + delta.y, 0.0) * NOTCH_POINTS);
                }
                MouseWheelUnit::Line | MouseWheelUnit::Page => {
                    camera.zoom_by(stage, NOTCH.powf(delta.y.clamp(-8.0, 8.0)), towards);
                }
            }
        }
    });
}

/// The grid, faint, and the cursor's cell.
fn paint_cursor(painter: &Painter, area: Rect, explore: &Explore) {
    let (Some((rows, columns)), Some(cursor)) = (explore.grid(), explore.cursor()) else {
        return;
    };
    let cell = area.size() / vec2(columns as f32, rows as f32);
    for (colour, away) in [(theme::ON_LIGHT, 1.0), (Color32::WHITE, 0.0)] {
        let stroke = Stroke::new(1.0, colour.gamma_multiply(0.6));
        for column in 1..columns {
            painter.vline(area.left() + cell.x * column as f32 + away, area.y_range(), stroke);
        }
        for row in 1..rows {
            painter.hline(area.x_range(), area.top() + cell.y * row as f32 + away, stroke);
        }
    }
    let corner: Pos2 = area.min + cell * vec2(cursor.column as f32, cursor.row as f32);
    double_line(painter, Rect::from_min_size(corner, cell), 3.0);
}

/// A light frame between dark ones, seen on any photo.
fn double_line(painter: &Painter, rect: Rect, width: f32) {
    painter.rect_stroke(rect, 0.0, Stroke::new(width + 4.0, theme::ON_LIGHT), StrokeKind::Middle);
    painter.rect_stroke(rect, 0.0, Stroke::new(width, theme::LIGHT), StrokeKind::Middle);
}
