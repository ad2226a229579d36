//! How the window looks: palette, sizes, motion and scale, as the settings and the system ask for them.

pub mod focus;
mod palette;
mod system;
#[cfg(test)]
mod tests;
pub mod theme;

use egui::{Context, ThemePreference};

use crate::settings::{Motion, Settings};
use palette::{BLACK_ON_WHITE, DARK, LIGHT, Palette, WHITE_ON_BLACK};
use system::{System, Wishes};

/// egui's own, for windows in which things move.
const ANIMATION: f32 = 1.0 / 12.0;

/// However large everything is to be, this many points of width are left, or a button would not fit into a line.
const LEAST_WIDTH: f32 = 240.0;

/// What the window looks like now, and who is asked about it.
#[derive(Debug, Default)]
pub struct Look {
    system: System,
    wishes: Wishes,
    /// Whether the window was in front at the last frame.
    in_front: bool,
    worn: Option<Worn>,
}

/// What was last given to egui.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Worn {
    /// None: light or dark, as the window system says.
    palette: Option<&'static Palette>,
    still: bool,
    scale: f32,
}

impl Look {
    /// Brings egui's looks in line with the settings and the system; costs nothing where nothing has changed.
    pub fn refresh(&mut self, ctx: &Context, settings: &Settings) {
        let in_front = ctx.input(|input| input.focused);
        if in_front && !self.in_front {
            let ctx = ctx.clone();
            self.system.ask(move || ctx.request_repaint());
        }
        self.in_front = in_front;
        if let Some(wishes) = self.system.answer() {
            self.wishes = wishes;
        }
        let mut wanted = wanted(settings, self.wishes);
        let width = ctx.content_rect().width() * ctx.zoom_factor();
        wanted.scale = wanted.scale.min((width / LEAST_WIDTH).max(1.0));
        if self.worn != Some(wanted) {
            wear(ctx, wanted);
            self.worn = Some(wanted);
            ctx.request_repaint();
        }
    }
}

/// Whether things keep still, for what is painted by hand.
pub fn is_still(ctx: &Context) -> bool {
    ctx.global_style().animation_time == 0.0
}

fn wanted(settings: &Settings, wishes: Wishes) -> Worn {
    let by_system = match (wishes.dark, wishes.contrast) {
        (Some(true), true) => Some(&WHITE_ON_BLACK),
        (_, true) => Some(&BLACK_ON_WHITE),
        (Some(true), false) => Some(&DARK),
        (Some(false), false) => Some(&LIGHT),
        (None, false) => None,
    };
    Worn {
        palette: Palette::of(settings.theme).or(by_system),
        still: match settings.reduced_motion {
            Motion::System => wishes.still,
            Motion::Reduced => true,
            Motion::Full => false,
        },
        scale: settings.ui_scale * wishes.text_scale,
    }
}

fn wear(ctx: &Context, worn: Worn) {
    match worn.palette {
        Some(palette) => {
            ctx.all_styles_mut(|style| theme::dress(style, palette));
            ctx.set_theme(if palette.dark {
                ThemePreference::Dark
            } else {
                ThemePreference::Light
            });
        }
        None => {
            theme::apply(ctx);
            ctx.set_theme(ThemePreference::System);
        }
    }
    ctx.all_styles_mut(|style| {
        style.animation_time = if worn.still { 0.0 } else { ANIMATION };
        style.visuals.text_cursor.blink = !worn.still;
        style.scroll_animation = if worn.still {
            egui::style::ScrollAnimation::none()
        } else {
            egui::style::ScrollAnimation::default()
        };
    });
    // The table of commands has keys for the scale, which is kept.
    ctx.options_mut(|options| options.zoom_with_keyboard = false);
    ctx.set_zoom_factor(worn.scale);
}
