//! The photo on the screen: how near, which part, with which light on it; its words in a grid; its places by key and by
//! touch; and what of all this is saved.

mod attention;
mod camera;
mod explore;
mod glow;
mod keys;
mod legend;
mod loader;
mod obey;
mod part;
mod photo;
mod picture;
mod review;
mod save;
mod tiles;

#[cfg(test)]
mod tests;

use egui::Context;

use camera::{Camera, Stage};
use explore::Explore;
use glow::{Ask, Glow};
use loader::Loader;
use part::Parts;
pub use picture::Picture;
use picture::{Piece, Serial};
use review::Review;
use save::Saver;

use crate::describer::JobId;
use crate::photo::Part;

/// What the window knows about how the photo is seen.
pub struct Seeing {
    camera: Camera,
    /// What the camera looked with in the last frame; none before the first.
    stage: Option<Stage>,
    pieces: Loader<(Serial, Piece)>,
    overlays: Loader<Ask>,
    glow: Glow,
    /// Whether the light is that of the whole sentence.
    whole: bool,
    review: Review,
    explore: Explore,
    parts: Parts,
    saver: Saver,
}

impl Seeing {
    /// The most textures that are handed to the renderer between two frames: 1 MB each, so that none takes long.
    const TEXTURES_A_FRAME: usize = 4;

    /// Starts the threads.
    pub fn new(ctx: &Context) -> Self {
        let wake = || {
            let ctx = ctx.clone();
            move || ctx.request_repaint()
        };
        Self {
            camera: Camera::default(),
            stage: None,
            pieces: Loader::start("textures", wake()),
            overlays: Loader::start("overlays", wake()),
            glow: Glow::default(),
            whole: false,
            review: Review::default(),
            explore: Explore::default(),
            parts: Parts::default(),
            saver: Saver::new(wake()),
        }
    }

    /// Takes in the textures that are ready, a few with each frame.
    pub fn listen(&mut self, ctx: &Context, picture: Option<&mut Picture>) {
        while let Some((ask, image)) = self.overlays.poll() {
            match ask.slot.checked_sub(1) {
                None => self.glow.take(ctx, &ask, image),
                Some(cell) => self.review.take(ctx, cell, &ask, image),
            }
        }
        let Some(picture) = picture else { return };
        for _ in 0..Self::TEXTURES_A_FRAME {
            match self.pieces.poll() {
                Some(((serial, piece), image)) => picture.take(ctx, serial, piece, image),
                None => return,
            }
        }
        ctx.request_repaint();
    }

    /// Forgets what belonged to the sentence before; zoom and place stay.
    pub fn forget(&mut self) {
        self.whole = false;
        self.review.close();
        self.explore.end();
        self.parts = Parts::default();
    }

    /// Whether this job was about a part of the photo, which is described now.
    pub fn is_about_part(&mut self, job: JobId) -> bool {
        self.parts.finish(job)
    }

    /// Whether this job is about a part of the photo.
    pub fn works_on_part(&self, job: JobId) -> bool {
        self.parts.works_on(job)
    }

    /// The part of the photo to which the sentence on the screen belongs; none: the whole photo.
    pub fn part(&self) -> Option<Part> {
        self.parts.shown()
    }

    /// The light is a word's from now on.
    pub fn show_word(&mut self) {
        self.whole = false;
    }

    /// Whether the grid of all words stands in the photo's place.
    pub fn is_reviewing(&self) -> bool {
        self.review.is_open()
    }

    /// The id of the photo's widget.
    pub fn photo_id() -> egui::Id {
        photo::id()
    }

    /// Shows the whole photo again, as for one that has nothing to do with the one before.
    pub fn fit(&mut self) {
        self.camera.fit();
    }
}
