//! `hearsight describe`: a sentence, or a line of JSON, for each photo.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hearsight::captioner::{Cancel, Captioner, DescribeOptions, Description, LoadOptions};
use hearsight::model::{self, ModelFolder};
use hearsight::photo::Photo;
use hearsight::report;

use super::output::{Output, complain};
use super::{Done, Model};

/// The command's arguments, checked.
pub struct Describe {
    /// The photos, in order; at least one.
    pub photos: Vec<PathBuf>,
    /// JSON instead of plain sentences.
    pub json: bool,
    /// Say each sentence too.
    pub speak: bool,
    /// Beams; none: as the model says.
    pub beams: Option<usize>,
    /// Where to save the picture of the attention; only with a single photo.
    pub attention: Option<PathBuf>,
    /// What to describe with.
    pub model: Model,
}

impl Describe {
    /// Loads the model once, then describes photo after photo; one that fails does not keep the next from its turn.
    ///
    /// # Errors
    /// There is nothing to describe with, or nobody to tell.
    pub fn run(&self, output: &mut Output) -> Result<Done> {
        let folder = ModelFolder::open(&model::find(self.model.folder.as_deref())?)?;
        let load = LoadOptions { device: self.model.device, ..LoadOptions::default() };
        let mut captioner = Captioner::load(&folder, &load)?;

        let mut done = Done::Well;
        for path in &self.photos {
            let described = self.describe(&mut captioner, path);
            match &described {
                Ok(description) => output.line(&self.in_words(path, description))?,
                Err(error) => {
                    done = Done::WithFailures;
                    self.tell_failure(path, &format!("{error:#}"), output)?;
                }
            }
            if self.speak {
                speak(&spoken(path, &described));
            }
        }
        Ok(done)
    }

    fn describe(&self, captioner: &mut Captioner, path: &Path) -> Result<Description> {
        let photo = Photo::open(path)?;
        let options = DescribeOptions { beams: self.beams, ..DescribeOptions::default() };
        let description = captioner.describe(&photo, &options, &Cancel::default(), &mut |_| ())?;
        if let Some(out) = &self.attention {
            report::save_attention(&photo, &description, out)?;
        }
        Ok(description)
    }
}
