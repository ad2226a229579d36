//! The screen as a photo: the window goes out of the way, a picture is taken, and the window comes back with it.

use std::path::PathBuf;

use egui::{Context, UserAttentionType, ViewportCommand};
use image::RgbImage;

use super::app::HearsightApp;
use super::commands::Command;
use crate::describer::{JobId, Source};
use crate::screen::Area;
use crate::text;

/// What is known of pictures of the screen.
#[derive(Debug, Default)]
pub struct ScreenShot {
    /// The window is hidden until one comes.
    awaited: bool,
    /// The job whose photo is the whole screen.
    whole: Option<JobId>,
}

impl ScreenShot {
    /// Whether a job's photo is the whole screen, of which a part can be described then.
    pub fn is_about(&self, job: JobId) -> bool {
        self.whole == Some(job)
    }

    /// How a part of it is described.
    pub fn hint() -> String {
        text!(
            "screen-taken",
            zoom = Command::ZoomIn.entry().key(),
            move = Command::PanRight.entry().key(),
            describe = Command::DescribePart.entry().key()
        )
    }
}

/// A picture of the screen as what is described.
pub fn source(area: Area, pixels: RgbImage) -> Source {
    let name = match area {
        Area::Whole => text!("screen-picture"),
        Area::Part => text!("screen-part-picture"),
    };
    Source::Pixels { name, pixels }
}

impl HearsightApp {
    /// Hides the window and has a picture of the screen taken.
    pub(super) fn take_screen(&mut self, ctx: &Context, area: Area) {
        if self.screen.awaited {
            return;
        }
        if !self.desktop.take_screen(area) {
            self.complain(text!("status-no-thread"));
            return;
        }
        self.stop_speaking();
        self.screen.awaited = true;
        self.say(text!("status-taking-screen"));
        ctx.send_viewport_cmd(ViewportCommand::Minimized(true));
    }

    /// Shows the picture of the screen, or says why there is none.
    pub(super) fn on_screen(&mut self, ctx: &Context, area: Area, taken: Result<RgbImage, String>) {
        self.screen.awaited = false;
        come_forward(ctx);
        match taken {
            Ok(pixels) => {
                self.open_alone(source(area, pixels));
                self.is_screen(area);
            }
            Err(sentence) => self.warn(sentence),
        }
    }

    /// What is being opened is a picture of the screen.
    pub(super) fn is_screen(&mut self, area: Area) {
        self.screen.whole = self.at_work.filter(|_| area == Area::Whole);
    }

    /// The program was started once more, which shows this window again, with what it was given.
    pub(super) fn on_started_again(&mut self, ctx: &Context, photos: Vec<PathBuf>) {
        come_forward(ctx);
        if !photos.is_empty() {
            self.open_given(ctx, photos);
        }
    }
}

/// Shows the window above the others. Where the desktop does not let a program do that, it tells the person at least.
fn come_forward(ctx: &Context) {
    ctx.send_viewport_cmd(ViewportCommand::Minimized(false));
    ctx.send_viewport_cmd(ViewportCommand::Focus);
    if !ctx.input(|input| input.focused) {
        ctx.send_viewport_cmd(ViewportCommand::RequestUserAttention(UserAttentionType::Informational));
    }
}
