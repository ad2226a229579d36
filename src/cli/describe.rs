//! `hearsight describe`: a sentence, or a line of JSON, for each photo.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use hearsight::captioner::{Cancel, Captioner, DescribeOptions, Description, LoadOptions};
use hearsight::model::{self, ModelFolder};
use hearsight::photo::Photo;
use hearsight::{report, wording};
use serde_json::{Map, Value};

use super::output::{Output, complain, in_a_sentence};
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
    /// Settings of the search that go before the model's, by their names in `generation_config.json`.
    pub generation: Map<String, Value>,
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
        let mut captioner = match self.load() {
            // Whoever reads the lines waits for one a photo.
            Err(error) if self.json => {
                let sentence = in_a_sentence(&error);
                for path in &self.photos {
                    output.line(&report::error_line(path, &sentence))?;
                }
                return Ok(Done::WithFailures);
            }
            loaded => loaded?,
        };
        let mut voice = self.speak.then(Voice::start);

        let mut done = Done::Well;
        for path in &self.photos {
            let spoken = match self.describe(&mut captioner, path) {
                // Nothing to see is an answer, and no failure.
                Ok((_, None)) => self.no_picture(path, wording::no_picture(), output)?,
                Ok((_, Some(description))) if description.no_photo => {
                    self.no_picture(path, wording::no_photo(), output)?
                }
                Ok((photo, Some(description))) => {
                    output.line(&self.in_words(path, &description))?;
                    if let Err(error) = self.save_attention(&photo, &description) {
                        done = Done::WithFailures;
                        complain(&in_a_sentence(&error));
                    }
                    report::sentence(&description)
                }
                Err(error) => {
                    done = Done::WithFailures;
                    let sentence = in_a_sentence(&error);
                    if self.json {
                        output.line(&report::error_line(path, &sentence))?;
                    } else {
                        complain(&format!("{}: {sentence}", path.display()));
                    }
                    sentence
                }
            };
            if let Some(voice) = &mut voice {
                voice.say(&self.aloud(path, spoken));
            }
        }
        Ok(done)
    }

    fn load(&self) -> Result<Captioner> {
        let folder = ModelFolder::open(&model::find(self.model.folder.as_deref())?)?;
        let load = LoadOptions {
            device: self.model.device,
            variant: self.model.variant.clone(),
            ..LoadOptions::default()
        };
        Ok(Captioner::load(&folder, &load)?)
    }

    /// The photo and its description; none where there is nothing to see in it, about which no model is asked.
    fn describe(&self, captioner: &mut Captioner, path: &Path) -> Result<(Photo, Option<Description>)> {
        let photo = Photo::open(path)?;
        if !photo.is_clear() {
            return Ok((photo, None));
        }
        let options = DescribeOptions {
            beams: self.beams,
            generation: self.generation.clone(),
            ..DescribeOptions::default()
        };
        let description = captioner.describe(&photo, &options, &Cancel::default(), &mut |_| ())?;
        Ok((photo, Some(description)))
    }

    /// Tells why a picture is not described, and gives the sentence back to be said.
    fn no_picture(&self, path: &Path, sentence: String, output: &mut Output) -> Result<String> {
        output.line(&match self.photos.len() {
            _ if self.json => report::no_picture_line(path, &sentence),
            1 => sentence.clone(),
            _ => format!("{}: {sentence}", path.display()),
        })?;
        Ok(sentence)
    }

    /// One line; of several photos each tells whose it is. Nobody can press a key for the guess here, so that it is
    /// printed at once, with its warning, however doubtful it is.
    fn in_words(&self, path: &Path, description: &Description) -> String {
        if self.json {
            report::json_line(path, description)
        } else if self.photos.len() == 1 {
            report::sentence(description)
        } else {
            format!("{}: {}", path.display(), report::sentence(description))
        }
    }

    /// What the voice says; of several photos it tells whose it is, by the file's name without its folder.
    fn aloud(&self, path: &Path, sentence: String) -> String {
        match path.file_name() {
            Some(name) if self.photos.len() > 1 => format!("{}: {sentence}", name.to_string_lossy()),
            _ => sentence,
        }
    }

    fn save_attention(&self, photo: &Photo, description: &Description) -> Result<()> {
        let Some(out) = &self.attention else { return Ok(()) };
        if description.words.iter().all(|word| word.attention.is_none()) {
            bail!(
                "This model does not tell where it looks, so {} was not written. Try another model.",
                out.display()
            );
        }
        report::save_attention(photo, description, out)?;
        Ok(())
    }
}

/// The voice of this run: one for all photos, for each leaves a connection behind.
#[cfg(feature = "speech")]
struct Voice {
    speaker: hearsight::speech::Speaker,
    said: u64,
    /// After a failure that lasts, which is told once.
    silent: bool,
}

#[cfg(feature = "speech")]
impl Voice {
    fn start() -> Self {
        Self {
            speaker: hearsight::speech::Speaker::start(|| {}),
            said: 0,
            silent: false,
        }
    }

    fn say(&mut self, sentence: &str) {
        /// Far longer than any sentence takes.
        const PATIENCE: std::time::Duration = std::time::Duration::from_secs(60);

        if self.silent {
            return;
        }
        self.said += 1;
        if let Err(error) = self.speaker.say_and_wait(self.said, sentence, PATIENCE) {
            self.silent = error.lasts();
            complain(&error.to_string());
        }
    }
}

/// In place of the voice that this program was built without.
#[cfg(not(feature = "speech"))]
struct Voice;

#[cfg(not(feature = "speech"))]
impl Voice {
    fn start() -> Self {
        complain("This program was built without a voice.");
        Self
    }

    fn say(&mut self, _: &str) {}
}
