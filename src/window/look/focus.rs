//! Where the focus is: a ring around whatever has it, the same for every widget, and scrolling that follows it.

use egui::style::ScrollAnimation;
use egui::{Context, CornerRadius, Id, Stroke, StrokeKind, Ui};

use super::theme;

/// The room between a widget and its ring.
const GAP: f32 = 1.0;

/// Paints the ring; called when everything else of the frame stands.
pub fn show(ctx: &Context) {
    let Some(response) = ctx
        .memory(|memory| memory.focused())
        .and_then(|focused| ctx.read_response(focused))
    else {
        return;
    };
    // What is scrolled out of sight has no ring; what is half in sight has one around that half.
    let seen = response.rect.intersect(response.interact_rect);
    if !seen.is_positive() {
        return;
    }
    let visuals = &ctx.global_style().visuals;
    let painter = ctx.layer_painter(response.layer_id);
    // At the window's edge the ring stays inside the window.
    let room = ctx.content_rect().shrink(GAP + theme::FOCUS + 1.0);
    let rect = seen.expand(GAP).intersect(room);
    let corner = CornerRadius::same(6);
    // The rim first: on a photo of the ring's own colour it is what is seen.
    let rim = Stroke::new(theme::FOCUS + 2.0, theme::ring_rim(visuals));
    painter.rect_stroke(rect.expand(1.0), corner, rim, StrokeKind::Outside);
    painter.rect_stroke(rect, corner, theme::ring(visuals), StrokeKind::Outside);
}

/// For how many frames the scrolling follows: what grows under the focus comes to rest first.
const FRAMES: u8 = 6;

/// Scrolls to what has just got the focus; called at the end of a scroll area's contents.
pub fn follow(ui: &Ui) {
    let ctx = ui.ctx();
    let key = Id::unique(("followed focus", ui.scope_id()));
    let Some(focused) = ctx.memory(|memory| memory.focused()) else {
        ctx.data_mut(|data| data.remove::<(Id, u8)>(key));
        return;
    };
    let left = match ctx.data(|data| data.get_temp::<(Id, u8)>(key)) {
        Some((before, left)) if before == focused => left,
        _ => FRAMES,
    };
    if left == 0 {
        return;
    }
    // Every third frame: what was asked for before has to have happened.
    if left % 3 == 0
        && let Some(response) = ctx.read_response(focused)
        && response.layer_id == ui.layer_id()
        && ui.min_rect().contains(response.rect.center())
        && !response.interact_rect.contains_rect(response.rect)
    {
        response.scroll_to_me_animation(None, ScrollAnimation::none());
    }
    ctx.request_repaint();
    ctx.data_mut(|data| {
        data.insert_temp(key, (focused, left - 1));
    });
}
