//! `hearsight [PHOTO…]`: the window, or where there is none the sentence in the terminal and aloud.

use std::path::PathBuf;

use anyhow::Result;

use super::describe::{Describe, Photos};
use super::output::{Output, complain, in_a_sentence};
use super::{Done, Model};

/// Opens the window and waits until it is closed. Where it does not open, the photos are described all the same.
///
/// # Errors
/// There is neither a window nor a photo, nothing to describe with, or nobody to tell.
pub fn run(photos: Vec<PathBuf>, model: Model, output: &mut Output) -> Result<Done> {
    match open(&photos, &model) {
        Ok(()) => Ok(Done::Well),
        Err(error) if photos.is_empty() => Err(error),
        Err(error) => {
            complain(&in_a_sentence(&error));
            let describe = Describe {
                photos: Photos::Given(photos),
                json: false,
                speak: true,
                beams: None,
                generation: serde_json::Map::new(),
                attention: None,
                occlusion: false,
                saving: None,
                model,
            };
            describe.run(output)
        }
    }
}

#[cfg(feature = "window")]
fn open(photos: &[PathBuf], model: &Model) -> Result<()> {
    use hearsight::window::Options;

    hearsight::window::open(Options {
        photos: photos.to_vec(),
        model: model.folder.clone(),
        load: model.load.clone(),
    })?;
    Ok(())
}

/// Says what to do instead.
#[cfg(not(feature = "window"))]
fn open(_: &[PathBuf], _: &Model) -> Result<()> {
    anyhow::bail!("This program was built without its window. Use `hearsight describe PHOTO`.")
}
