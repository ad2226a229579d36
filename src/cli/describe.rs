//! `hearsight describe`: a sentence, or a line of JSON, for each photo.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, bail};
use hearsight::captioner::{
    Cancel, CaptionError, Captioner, DescribeOptions, Description, LoadOptions, start_runtime_ahead,
};
use hearsight::model::{self, ModelFolder};
use hearsight::photo::Photo;
use hearsight::words::{self, OwnWords};
use hearsight::{report, text, wording};
use serde_json::{Map, Value};

use super::ahead::ahead;
use super::list::List;
use super::output::{Output, complain, in_a_sentence};
use super::saving::Saving;
use super::taken::{Picture, Taken};
use super::{Done, Model};

/// What is to be described.
pub enum Photos {
    /// These, at least one.
    Given(Vec<PathBuf>),
    /// Those of a list.
    From(PathBuf),
    /// What is on the screen or was copied.
    Taken(Taken),
    /// This one, which was taken.
    Seen(Photo),
}

impl Photos {
    /// Whether a line has to tell whose it is.
    fn are_several(&self) -> bool {
        match self {
            Self::Given(photos) => photos.len() > 1,
            Self::From(_) => true,
            Self::Taken(_) | Self::Seen(_) => false,
        }
    }

    /// The one that was taken, which lies in no file.
    fn seen(&self) -> Option<Photo> {
        match self {
            Self::Seen(photo) => Some(photo.clone()),
            _ => None,
        }
    }

    /// Their paths in order, or what they are called.
    fn paths(&self) -> Result<Box<dyn Iterator<Item = Result<PathBuf>> + Send>> {
        Ok(match self {
            Self::Given(photos) => Box::new(photos.clone().into_iter().map(Ok)),
            Self::From(list) => Box::new(List::open(list)?),
            Self::Taken(taken) => Box::new(std::iter::once(Ok(taken.name().into()))),
            Self::Seen(photo) => Box::new(std::iter::once(Ok(photo.name().into()))),
        })
    }
}

/// A photo as it was found.
struct Asked {
    path: PathBuf,
    /// The words that it brings along.
    own_words: Option<OwnWords>,
    found: Found,
}

/// What is in it.
enum Found {
    /// There is something to see in it; the photo itself where it is needed afterwards.
    Clear(Option<Photo>),
    /// There is nothing to see in it, and no model is asked about it.
    Blank,
    /// It cannot be opened.
    Broken(anyhow::Error),
}

/// Opens a photo, and tells what is to be described.
fn open(path: PathBuf, keeps: bool) -> (Asked, Option<Photo>) {
    let opened = Photo::open(&path);
    if opened.as_ref().is_ok_and(Photo::is_cut) {
        complain(&format!("{}: {}", path.display(), text!("photo-is-cut")));
    }
    // What a person has written holds, whatever can be made of the pixels.
    let own_words = words::of(&path).ok().flatten();
    weigh(path, own_words, opened.map_err(Into::into), keeps)
}

/// Tells what is to be described of a photo that was opened.
fn weigh(path: PathBuf, own_words: Option<OwnWords>, opened: Result<Photo>, keeps: bool) -> (Asked, Option<Photo>) {
    let (found, photo) = match opened {
        Ok(photo) if photo.is_clear() => (Found::Clear(keeps.then(|| photo.clone())), Some(photo)),
        Ok(_) => (Found::Blank, None),
        Err(error) => (Found::Broken(error), None),
    };
    let asked = Asked { path, own_words, found };
    (asked, photo)
}

/// The command's arguments, checked.
pub struct Describe {
    /// The photos, in order.
    pub photos: Photos,
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
    /// Find the attention by covering parts of the photo, also where the model tells it.
    pub occlusion: bool,
    /// Save each sentence as the photo's alternative text.
    pub saving: Option<Saving>,
    /// What to describe with.
    pub model: Model,
}

impl Describe {
    /// Loads the model once, then describes photo after photo; one that fails does not keep the next from its turn.
    ///
    /// # Errors
    /// There is nothing to describe with, or nobody to tell.
    pub fn run(mut self, output: &mut Output) -> Result<Done> {
        if let Photos::Taken(taken) = self.photos {
            self.photos = match self.take(taken) {
                Ok(photos) => photos,
                Err(error) if self.json => {
                    let sentence = in_a_sentence(&error);
                    output.line(&report::error_line(Path::new(taken.name()), None, &sentence))?;
                    return Ok(Done::WithFailures);
                }
                Err(error) => return Err(error),
            };
        }
        let keeps = self.attention.is_some();
        let seen = self.photos.seen();
        let no_model = Arc::new(AtomicBool::new(false));
        let in_vain = Arc::clone(&no_model);
        let photos = ahead(self.photos.paths()?.map(move |path| match path {
            // Words are told also where there is nothing to describe with.
            Ok(path) if in_vain.load(Ordering::Relaxed) => {
                let own_words = match &seen {
                    Some(_) => None,
                    None => words::of(&path).ok().flatten(),
                };
                let asked = Asked {
                    path,
                    own_words,
                    found: Found::Blank,
                };
                (Ok(asked), None)
            }
            Ok(path) => {
                let (asked, photo) = match seen.clone() {
                    Some(photo) => weigh(path, None, Ok(photo), keeps),
                    None => open(path, keeps),
                };
                (Ok(asked), photo)
            }
            // The list cannot be read on.
            Err(error) => (Err(error), None),
        }))?;
        let mut captioner = match self.load() {
            // Whoever reads the lines waits for one a photo.
            Err(error) if self.json => {
                let sentence = in_a_sentence(&error);
                no_model.store(true, Ordering::Relaxed);
                for (asked, _) in photos {
                    let asked = asked?;
                    output.line(&report::error_line(&asked.path, asked.own_words.as_ref(), &sentence))?;
                }
                return Ok(Done::WithFailures);
            }
            loaded => loaded?,
        };
        let mut voice = self.speak.then(Voice::start);

        let options = DescribeOptions {
            beams: self.beams,
            generation: self.generation.clone(),
            ..DescribeOptions::default()
        };
        let language = captioner.language().unwrap_or("en").to_owned();
        let mut done = Ok(Done::Well);
        let mut tell = |asked, described| match self.tell(asked, described, &language, voice.as_mut(), output) {
            Ok(Done::Well) => true,
            Ok(failed) => {
                done = Ok(failed);
                true
            }
            Err(error) => {
                done = Err(error);
                false
            }
        };
        if self.occlusion || self.attention.is_some() {
            for (asked, photo) in photos {
                let described = photo.map(|photo| self.cover(&mut captioner, &photo, &options));
                if !tell(asked, described) {
                    break;
                }
            }
        } else {
            captioner.describe_many(photos, &options, &Cancel::default(), &mut tell)?;
        }
        done
    }

    /// Tells what came of a photo: its own words first.
    fn tell(
        &self,
        asked: Result<Asked>,
        described: Option<Result<Description, CaptionError>>,
        language: &str,
        voice: Option<&mut Voice>,
        output: &mut Output,
    ) -> Result<Done> {
        let mut done = Done::Well;
        let Asked { path, own_words, found } = asked?;
        let own_words = own_words.as_ref();
        let came = match found {
            Found::Broken(error) => Err(error),
            // Nothing to see is an answer, and no failure.
            Found::Blank => Ok(None),
            Found::Clear(photo) => {
                let described = described.unwrap_or(Err(CaptionError::NoWords));
                described
                    .map(|description| Some((photo, description)))
                    .map_err(anyhow::Error::from)
            }
        };
        if let Some(words) = own_words
            && !self.json
        {
            output.line(&self.of(&path, &wording::own_words(words)))?;
        }
        let spoken = match came {
            Ok(None) => self.no_picture(&path, own_words, wording::no_picture(), output)?,
            Ok(Some((_, description))) if description.no_photo => {
                self.no_picture(&path, own_words, wording::no_photo(), output)?
            }
            Ok(Some((photo, description))) => {
                let sentence = after(own_words, report::sentence(&description));
                output.line(&match self.json {
                    true => report::json_line(&path, own_words, &description),
                    // Nobody can press a key for the guess here, so that it is printed at once, with its warning,
                    // however doubtful it is.
                    false => self.of(&path, &sentence),
                })?;
                if let Some(photo) = photo
                    && let Err(error) = self.save_attention(&photo, &description)
                {
                    done = Done::WithFailures;
                    complain(&in_a_sentence(&error));
                }
                if let Some(saving) = &self.saving
                    && let Err(sentence) = saving.save_description(&path, &description, language)
                {
                    done = Done::WithFailures;
                    complain(&format!("{}: {sentence}", path.display()));
                }
                sentence
            }
            Err(error) => {
                done = Done::WithFailures;
                let sentence = in_a_sentence(&error);
                if self.json {
                    output.line(&report::error_line(&path, own_words, &sentence))?;
                } else {
                    complain(&format!("{}: {sentence}", path.display()));
                }
                sentence
            }
        };
        if let Some(voice) = voice {
            let spoken = match own_words {
                Some(words) => format!("{} {spoken}", wording::ended(&wording::own_words(words))),
                None => spoken,
            };
            voice.say(&self.aloud(&path, spoken));
        }
        Ok(done)
    }

    /// Takes what is on the screen or was copied.
    fn take(&self, taken: Taken) -> Result<Photos> {
        match taken.take()? {
            Picture::Photo(_) if self.saving.is_some() => {
                bail!("--save-alt-text saves the sentence in a photo's file, and this picture has none.")
            }
            Picture::Files(files) if files.len() > 1 && self.attention.is_some() => {
                bail!("There are several files on the clipboard, and --attention saves the picture of one.")
            }
            Picture::Photo(photo) => Ok(Photos::Seen(photo)),
            Picture::Files(files) => Ok(Photos::Given(files)),
        }
    }

    fn load(&self) -> Result<Captioner> {
        let _starting = start_runtime_ahead();
        let folder = ModelFolder::open(&model::find(self.model.folder.as_deref())?)?;
        let load = LoadOptions {
            briefly: !self.photos.are_several(),
            ..self.model.load.clone()
        };
        Ok(Captioner::load(&folder, &load)?)
    }

    /// The description, with where hiding the photo changes the words unless the model itself tells where it looked and
    /// nobody asked for that.
    fn cover(
        &self,
        captioner: &mut Captioner,
        photo: &Photo,
        options: &DescribeOptions,
    ) -> Result<Description, CaptionError> {
        let (cancel, mut progress) = (Cancel::default(), |_| ());
        let described = captioner.describe(photo, options, &cancel, &mut progress)?;
        let untold = described.words.iter().all(|word| word.attention.is_none());
        if !described.no_photo && (self.occlusion || untold) {
            captioner.occlude(photo, &described, &cancel, &mut progress)
        } else {
            Ok(described)
        }
    }

    /// Tells why a picture is not described, and gives the sentence back to be said.
    fn no_picture(
        &self,
        path: &Path,
        own_words: Option<&OwnWords>,
        sentence: String,
        output: &mut Output,
    ) -> Result<String> {
        let line = if self.json {
            report::no_picture_line(path, own_words, &sentence)
        } else {
            self.of(path, &sentence)
        };
        output.line(&line)?;
        Ok(sentence)
    }

    /// What is printed of a photo; of several each tells whose it is.
    fn of(&self, path: &Path, sentence: &str) -> String {
        if self.photos.are_several() {
            format!("{}: {sentence}", path.display())
        } else {
            sentence.to_owned()
        }
    }

    /// What the voice says; of several photos it tells whose it is, by the file's name without its folder.
    fn aloud(&self, path: &Path, sentence: String) -> String {
        match path.file_name() {
            Some(name) if self.photos.are_several() => format!("{}: {sentence}", name.to_string_lossy()),
            _ => sentence,
        }
    }

    fn save_attention(&self, photo: &Photo, description: &Description) -> Result<()> {
        let Some(out) = &self.attention else { return Ok(()) };
        if description.words.iter().all(|word| word.attention.is_none()) {
            bail!(
                "Covering any part of the photo leaves every word as it is, so {} was not written. Try another photo.",
                out.display()
            );
        }
        report::save_attention(photo, description, out)?;
        Ok(())
    }
}

/// The machine's sentence, named as such where a photo's own words go before it.
fn after(own_words: Option<&OwnWords>, sentence: String) -> String {
    match own_words {
        Some(_) => wording::after_own_words(&sentence),
        None => sentence,
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
