//! `hearsight [PHOTO…]`: the window, or where there is none the sentence in the terminal and aloud.

use std::path::PathBuf;

use anyhow::Result;

use super::describe::{Describe, Photos};
use super::output::{Output, complain, in_a_sentence};
use super::progress::Form;
use super::{Done, Model, Taken};

/// What the window is opened with.
pub struct Window {
    /// The photos; none: an empty window.
    pub photos: Vec<PathBuf>,
    /// What to take a picture of instead.
    pub taken: Option<Taken>,
    /// Whether a window that is open already is left alone.
    pub another: bool,
    /// What to describe with.
    pub model: Model,
}

impl Window {
    /// Opens the window and waits until it is closed. Where it does not open, the photos are described all the same.
    ///
    /// # Errors
    /// There is neither a window nor a photo, nothing to describe with, or nobody to tell.
    pub fn run(self, output: &mut Output) -> Result<Done> {
        match self.open() {
            Ok(()) => Ok(Done::Well),
            Err(error) if self.photos.is_empty() && self.taken.is_none() => Err(error),
            Err(error) => {
                complain(&in_a_sentence(&error));
                let describe = Describe {
                    photos: match self.taken {
                        Some(taken) => Photos::Taken(taken),
                        None => Photos::Given(self.photos),
                    },
                    json: false,
                    speak: true,
                    beams: None,
                    generation: serde_json::Map::new(),
                    attention: None,
                    occlusion: false,
                    saving: None,
                    to: Vec::new(),
                    progress: Form::None,
                    model: self.model,
                };
                describe.run(output)
            }
        }
    }

    #[cfg(feature = "window")]
    fn open(&self) -> Result<()> {
        use hearsight::window::Options;

        hearsight::window::open(Options {
            photos: self.photos.clone(),
            screen: self.taken.and_then(Taken::area),
            another: self.another || !self.model.is_usual(),
            model: self.model.folder.clone(),
            load: self.model.load.clone(),
        })?;
        Ok(())
    }

    /// Says what to do instead.
    #[cfg(not(feature = "window"))]
    fn open(&self) -> Result<()> {
        anyhow::bail!("This program was built without its window. Use `hearsight describe PHOTO`.")
    }
}
