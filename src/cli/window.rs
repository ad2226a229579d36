//! `hearsight [PHOTO…]`: the window.

use std::path::PathBuf;

use anyhow::Result;

use super::{Done, Model};

/// Opens the window and waits until it is closed.
#[cfg(feature = "window")]
pub fn open(photos: Vec<PathBuf>, model: Model) -> Result<Done> {
    use hearsight::captioner::LoadOptions;
    use hearsight::window::Options;

    let load = LoadOptions {
        device: model.device,
        ..LoadOptions::default()
    };
    hearsight::window::open(Options {
        photos,
        model: model.folder,
        load,
    })?;
    Ok(Done::Well)
}

/// Says what to do instead.
#[cfg(not(feature = "window"))]
pub fn open(_: Vec<PathBuf>, _: Model) -> Result<Done> {
    anyhow::bail!("This program was built without its window. Use `hearsight describe PHOTO`.")
}
