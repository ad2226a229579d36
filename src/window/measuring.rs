//! The window over any model and with a hand in each of its frames, for benchmarks.

use std::path::PathBuf;

use egui::Context;

use super::{Beginning, WindowError, outside, run, start_over, wake};
use crate::describer::{Describer, Looker};
use crate::recent::Recent;

/// Opens the window on these photos; `wrap` gets what eframe would have run. Nothing
/// that is described is kept.
///
/// # Errors
/// There is no display, or none that can be drawn on.
pub fn open(
    photos: Vec<PathBuf>,
    load: impl FnOnce() -> Result<Box<dyn Looker>, String> + Send + 'static,
    wrap: impl FnOnce(&Context, Box<dyn eframe::App>) -> Box<dyn eframe::App>,
) -> Result<(), WindowError> {
    run(|ctx| {
        let recent = Recent::start(None, false, || {});
        let describer = |first| Describer::start_with(load, first, wake(ctx));
        let beginning = Beginning {
            photos,
            taken: None,
            arrivals: outside::arrivals(),
        };
        let app = start_over(ctx, beginning, recent, describer);
        wrap(ctx, Box::new(app))
    })
}
