//! The window: photo, sentence, buttons, keys and announcements.
//!
//! It neither infers nor speaks nor waits: it talks to the describer, the voice, the file dialog and the clipboard
//! through channels, each of which wakes it.

mod album;
mod app;
mod caption;
pub mod commands;
mod fonts;
mod hearing;
mod help;
mod key_order;
mod keys;
mod layout;
mod lead;
mod look;
#[doc(hidden)]
pub mod measuring;
mod menu;
mod node;
mod others;
mod outside;
mod own_words;
mod photos;
mod recent_screen;
mod save_words;
mod screen_reader;
mod scrolling;
mod settings_screen;
mod sheet;
mod sheets;
mod sizes;
mod status;
mod steady;
mod typed_path;
mod view;
mod voice;
mod voice_list;
#[cfg(target_os = "linux")]
mod web_drop;
mod welcome;
mod withheld;
mod words;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;

use app::HearsightApp;

use crate::captioner::LoadOptions;
use crate::describer::{self, Describer, Source};
use crate::recent::{self, Recent};
use crate::settings;
use crate::speech::Speaker;
use crate::text;
use outside::Outside;

/// The window could not be opened. The cause in the window system's own words goes to the log.
#[derive(Debug, thiserror::Error)]
#[error("{}", text!("window-failed"))]
pub struct WindowError;

/// What the window starts with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The photos to open; the first is described at once.
    pub photos: Vec<PathBuf>,
    /// The model folder; none: the one that is found.
    pub model: Option<PathBuf>,
    /// How the model is loaded.
    pub load: LoadOptions,
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// There is no display, or none that can be drawn on.
pub fn open(options: Options) -> Result<(), WindowError> {
    run(|ctx| Box::new(start(ctx, options)))
}

/// Runs what `create` gives until the window is closed.
fn run(create: impl FnOnce(&egui::Context) -> Box<dyn eframe::App>) -> Result<(), WindowError> {
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(words::TITLE)
            .with_app_id("hearsight")
            .with_icon(egui::IconData::default())
            .with_inner_size([1000.0, 760.0])
            .with_min_inner_size([320.0, 400.0]),
        // The tests switch another renderer on, which needs a GPU.
        renderer: eframe::Renderer::Glow,
        // The clipboard is read on a thread of its own, for another program's picture may take its time.
        clipboard_shortcuts: false,
        ..Default::default()
    };
    let fonts = fonts::Probe::start();
    let create = |creation: &eframe::CreationContext<'_>| {
        fonts.guard(&creation.egui_ctx);
        Ok(create(&creation.egui_ctx))
    };
    eframe::run_native(words::TITLE, native, Box::new(create)).map_err(|error| {
        log::info!("no window: {error}");
        WindowError
    })
}

/// Starts the threads and the window over them.
fn start(ctx: &egui::Context, options: Options) -> HearsightApp {
    let Options { photos, model, load } = options;
    let recent = Recent::start(recent::folder(), true, wake(ctx));
    let job = describer::Settings {
        model,
        load,
        recent: Some(Arc::clone(&recent)),
        ..describer::Settings::default()
    };
    start_over(ctx, photos, recent, |first| Describer::start(job, first, wake(ctx)))
}

/// What a thread calls when it has something for the window.
fn wake(ctx: &egui::Context) -> impl Fn() + Send + Sync + 'static + use<> {
    let ctx = ctx.clone();
    move || ctx.request_repaint()
}

/// The window over a describer that is given the first photo.
fn start_over(
    ctx: &egui::Context,
    photos: Vec<PathBuf>,
    recent: Arc<Recent>,
    describer: impl FnOnce(Option<Source>) -> Describer,
) -> HearsightApp {
    look::theme::apply(ctx);
    ctx.add_plugin(steady::SteadyFocus::default());
    // Shown before the model is loaded; there is no window yet that could wait for a disk.
    let first = photos
        .first()
        .filter(|photo| !photo.is_dir())
        .cloned()
        .map(Source::Path);
    let count = usize::from(first.is_some());
    let outside = Outside::new(wake(ctx));
    #[cfg(target_os = "linux")]
    web_drop::watch(outside.teller_of_web_addresses());
    HearsightApp::new(
        ctx,
        describer(first),
        Box::new(Speaker::start_with(voice_memory(), wake(ctx))),
        Box::new(outside),
        count,
        settings::open(),
    )
    .with_screen_reader(screen_reader::watch(wake(ctx)))
    .started_with(ctx, photos, recent)
}

/// Where what is learned of the pace of voices is kept; none where there is no home.
fn voice_memory() -> Option<PathBuf> {
    Some(settings::folder()?.join("voices.json"))
}
