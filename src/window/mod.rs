//! The window: photo, sentence, buttons, keys and announcements.
//!
//! It neither infers nor speaks nor waits: it talks to the describer, the voice, the file dialog and the clipboard
//! through channels, each of which wakes it.

mod album;
mod app;
mod caption;
pub mod commands;
mod curtain;
mod folder;
mod folder_screen;
mod fonts;
mod hearing;
mod help;
#[cfg(target_os = "linux")]
mod instance;
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
mod screen;
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
use crossbeam_channel::{Receiver, Sender};
use image::RgbImage;

use crate::captioner::LoadOptions;
use crate::describer::{self, Describer, Source};
use crate::folder::Request;
use crate::recent::{self, Recent};
use crate::screen::Area;
use crate::settings;
use crate::speech::Speaker;
use crate::text;
use outside::{Arrival, Outside};

/// The window could not be opened. The cause in the window system's own words goes to the log.
#[derive(Debug, thiserror::Error)]
#[error("{}", text!("window-failed"))]
pub struct WindowError;

/// What desktops call the program: in the entry that starts it, on the session bus, and as the window's class.
pub const APP_ID: &str = "org.hearsight.Hearsight";

/// What the window starts with.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The photos to open; the first is described at once.
    pub photos: Vec<PathBuf>,
    /// How much of the screen, as it is before there is a window, to describe instead.
    pub screen: Option<Area>,
    /// Whether a window that is open already is left alone; else that one is shown with what this starts with.
    pub another: bool,
    /// The model folder; none: the one that is found.
    pub model: Option<PathBuf>,
    /// How the model is loaded.
    pub load: LoadOptions,
}

/// Opens the window and returns when it is closed, or as soon as a window that is open already has been given what this
/// starts with.
///
/// # Errors
/// There is no display, or none that can be drawn on.
pub fn open(options: Options) -> Result<(), WindowError> {
    let arrivals = outside::arrivals();
    #[cfg(target_os = "linux")]
    let first = {
        let request = match options.screen {
            Some(area) => instance::Request::Screen(area),
            None => instance::Request::Photos(options.photos.clone()),
        };
        // Another window does not answer for this one.
        let claim = (!options.another).then(|| instance::claim(&request, arrivals.0.clone()));
        match claim {
            Some(instance::Claim::HandedOver) => return Ok(()),
            Some(instance::Claim::First(first)) => Some(first),
            Some(instance::Claim::Alone) | None => None,
        }
    };
    // Before the window is there to be seen in it.
    let taken = options
        .screen
        .map(|area| (area, crate::screen::take(area).map_err(|error| error.to_string())));
    let Options {
        photos, model, load, ..
    } = options;
    let beginning = Beginning {
        photos,
        taken,
        arrivals,
    };
    run(|ctx| {
        #[cfg(target_os = "linux")]
        if let Some(first) = &first {
            first.wake_with(Arc::new(wake(ctx)));
        }
        Box::new(start(ctx, model, load, beginning))
    })
}

/// What the window has to do when it opens.
struct Beginning {
    photos: Vec<PathBuf>,
    /// The screen as it was, or why there is no picture of it.
    taken: Option<(Area, Result<RgbImage, String>)>,
    arrivals: (Sender<Arrival>, Receiver<Arrival>),
}

/// What switchers of windows show; where the entry of the desktop is installed they show that one's.
fn icon() -> egui::IconData {
    eframe::icon_data::from_png_bytes(include_bytes!("../../assets/icon/hearsight-64.png")).unwrap_or_else(|error| {
        log::error!("the icon is broken: {error}");
        egui::IconData::default()
    })
}

/// Runs what `create` gives until the window is closed.
fn run(create: impl FnOnce(&egui::Context) -> Box<dyn eframe::App>) -> Result<(), WindowError> {
    let native = eframe::NativeOptions {
        viewport: egui::ViewportBuilder::default()
            .with_title(words::TITLE)
            .with_app_id(APP_ID)
            .with_icon(icon())
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
fn start(ctx: &egui::Context, model: Option<PathBuf>, load: LoadOptions, beginning: Beginning) -> HearsightApp {
    let recent = Recent::start(recent::folder(), true, wake(ctx));
    let (curtain, behind) = curtain::down();
    let job = describer::Settings {
        model,
        load,
        recent: Some(Arc::clone(&recent)),
        after: Some(Box::new(move || behind.wait())),
        ..describer::Settings::default()
    };
    let folders = Request {
        model: job.model.clone(),
        load: job.load.clone(),
        ..Request::default()
    };
    let mut app = start_over(ctx, beginning, recent, |first| Describer::start(job, first, wake(ctx))).behind(curtain);
    app.folder.use_model(folders);
    app
}

/// What a thread calls when it has something for the window.
fn wake(ctx: &egui::Context) -> impl Fn() + Send + Sync + 'static + use<> {
    let ctx = ctx.clone();
    move || ctx.request_repaint()
}

/// The window over a describer that is given the first photo.
fn start_over(
    ctx: &egui::Context,
    beginning: Beginning,
    recent: Arc<Recent>,
    describer: impl FnOnce(Option<Source>) -> Describer,
) -> HearsightApp {
    look::theme::apply(ctx);
    ctx.add_plugin(steady::SteadyFocus::default());
    let Beginning {
        photos,
        taken,
        arrivals,
    } = beginning;
    let (area, no_picture, first) = match taken {
        Some((area, Ok(pixels))) => (Some(area), None, Some(screen::source(area, pixels))),
        Some((area, Err(sentence))) => (None, Some((area, sentence)), None),
        // Shown before the model is loaded; there is no window yet that could wait for a disk.
        None => {
            let photo = photos.first().filter(|photo| !photo.is_dir()).cloned();
            (None, None, photo.map(Source::Path))
        }
    };
    let count = usize::from(first.is_some());
    let outside = Outside::new(arrivals, Arc::new(wake(ctx)));
    #[cfg(target_os = "linux")]
    web_drop::watch(outside.teller_of_web_addresses());
    let mut app = HearsightApp::new(
        ctx,
        describer(first),
        Box::new(Speaker::start_with(voice_memory(), wake(ctx))),
        Box::new(outside),
        count,
        settings::open(),
    )
    .with_screen_reader(screen_reader::watch(wake(ctx)))
    .started_with(ctx, photos, recent);
    if let Some(area) = area {
        app.is_screen(area);
    }
    if let Some((area, sentence)) = no_picture {
        app.on_screen(ctx, area, Err(sentence));
    }
    app
}

/// Where what is learned of the pace of voices is kept; none where there is no home.
fn voice_memory() -> Option<PathBuf> {
    Some(settings::folder()?.join("voices.json"))
}
