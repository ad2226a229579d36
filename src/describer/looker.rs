//! What the describer's thread looks at photos with.

use std::path::PathBuf;
use std::sync::Arc;
use std::thread::JoinHandle;

use crate::captioner::{
    Cancel, CaptionError, Captioner, DescribeOptions, Description, LoadOptions, Stage, start_runtime_ahead,
};
use crate::model::{self, ModelFolder};
use crate::photo::Photo;
use crate::recent::Recent;

/// What the thread needs of a captioner; [`Captioner`] in the program.
pub trait Looker {
    /// The model's name and what it runs on.
    fn about(&self) -> (String, String);

    /// The language that the model writes in, where it says it.
    fn language(&self) -> Option<String> {
        None
    }

    /// Describes one photo; `Ok(None)` where it was cancelled.
    ///
    /// # Errors
    /// A sentence for the person.
    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String>;

    /// More sentences about a photo that it has described; `Ok(None)` where it was cancelled.
    ///
    /// # Errors
    /// A sentence for the person.
    fn look_further(
        &mut self,
        _photo: &Photo,
        description: &Description,
        _cancel: &Cancel,
        _progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        Ok(Some(description.clone()))
    }

    /// Finds where a photo that it has described matters for each word, for models that do not tell; `Ok(None)` where it
    /// was cancelled.
    ///
    /// # Errors
    /// A sentence for the person.
    fn occlude(
        &mut self,
        _photo: &Photo,
        description: &Description,
        _cancel: &Cancel,
        _progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        Ok(Some(description.clone()))
    }

    /// Whether there is anything to see in the photo; where there is not, it is not asked to [`look`](Self::look).
    fn is_clear(&self, _photo: &Photo) -> bool {
        true
    }

    /// What stands for all that decides what it says of a photo; none where its descriptions cannot be kept.
    fn identity(&mut self) -> Option<String> {
        None
    }
}

/// The captioner with the options that every photo is described with.
struct Eyes {
    captioner: Captioner,
    options: DescribeOptions,
    identity: Identity,
}

/// The digest of the model, which takes its time.
enum Identity {
    Coming(JoinHandle<std::io::Result<String>>),
    Known(Option<String>),
}

impl Identity {
    /// Computes it on a thread of its own, beside the loading.
    fn of(folder: &ModelFolder) -> Self {
        let folder = folder.clone();
        std::thread::Builder::new()
            .name("model digest".to_owned())
            .spawn(move || folder.digest())
            .map_or(Self::Known(None), Self::Coming)
    }

    fn get(&mut self) -> Option<String> {
        if let Self::Coming(_) = self
            && let Self::Coming(thread) = std::mem::replace(self, Self::Known(None))
        {
            *self = Self::Known(match thread.join() {
                Ok(Ok(digest)) => Some(digest),
                failed => {
                    log::warn!("the model has no digest, so that its descriptions are not kept: {failed:?}");
                    None
                }
            });
        }
        match self {
            Self::Known(digest) => digest.clone(),
            Self::Coming(_) => None,
        }
    }
}

/// Alternatives that are looked for on request: five sentences can still be compared by ear.
const ALTERNATIVES: usize = 4;

impl Looker for Eyes {
    fn about(&self) -> (String, String) {
        (self.captioner.name().to_owned(), self.captioner.device().to_owned())
    }

    fn language(&self) -> Option<String> {
        self.captioner.language().map(str::to_owned)
    }

    fn look(
        &mut self,
        photo: &Photo,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        unless_cancelled(self.captioner.describe(photo, &self.options, cancel, progress))
    }

    fn look_further(
        &mut self,
        photo: &Photo,
        description: &Description,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        let found = self
            .captioner
            .look_further(photo, &self.options, description, ALTERNATIVES, cancel, progress);
        unless_cancelled(found)
    }

    fn occlude(
        &mut self,
        photo: &Photo,
        description: &Description,
        cancel: &Cancel,
        progress: &mut dyn FnMut(Stage),
    ) -> Result<Option<Description>, String> {
        unless_cancelled(self.captioner.occlude(photo, description, cancel, progress))
    }

    fn is_clear(&self, photo: &Photo) -> bool {
        photo.is_clear()
    }

    fn identity(&mut self) -> Option<String> {
        let digest = self.identity.get()?;
        Some(format!("{digest} {:?}", self.options))
    }
}

fn unless_cancelled(found: Result<Description, CaptionError>) -> Result<Option<Description>, String> {
    match found {
        Ok(description) => Ok(Some(description)),
        Err(CaptionError::Cancelled) => Ok(None),
        Err(error) => Err(error.to_string()),
    }
}

/// Which model to load and how to describe.
#[derive(Default)]
pub struct Settings {
    /// The model folder; none: the one that [`model::find`] finds.
    pub model: Option<PathBuf>,
    /// How the model is loaded.
    pub load: LoadOptions,
    /// How photos are described.
    pub describe: DescribeOptions,
    /// Where descriptions are kept and looked up; none: nowhere.
    pub recent: Option<Arc<Recent>>,
    /// Waits until the model may be loaded, which takes all cores; none: it is loaded at once.
    pub after: Option<Box<dyn FnOnce() + Send>>,
}

impl Settings {
    pub(super) fn open(self) -> Result<Box<dyn Looker>, String> {
        if let Some(wait) = self.after {
            wait();
        }
        let _starting = start_runtime_ahead();
        let path = model::find(self.model.as_deref()).map_err(|error| error.to_string())?;
        let folder = ModelFolder::open(&path)
            .and_then(|folder| folder.choose(self.load.variant.as_deref()))
            .map_err(|error| error.to_string())?;
        let identity = Identity::of(&folder);
        let load = LoadOptions {
            variant: None,
            ..self.load
        };
        let captioner = Captioner::load(&folder, &load).map_err(|error| error.to_string())?;
        Ok(Box::new(Eyes {
            captioner,
            options: self.describe,
            identity,
        }))
    }
}
