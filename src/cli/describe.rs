//! `hearsight describe`: a sentence, or a line of JSON, for each photo.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Result, anyhow, bail};
use hearsight::captioner::{
    Cancel, CaptionError, Captioner, DescribeOptions, Description, LoadOptions, start_runtime_ahead,
};
use hearsight::folder::{self, Asked, Catalogue, Control, Describing, Pace, Progress, Summary};
use hearsight::model::{self, ModelFolder};
use hearsight::photo::Photo;
use hearsight::report::Whose;
use hearsight::roll::{PassedOver, walk};
use hearsight::words::{self, OwnWords};
use hearsight::{report, text, wording};
use serde_json::{Map, Value};

use super::ahead::ahead;
use super::list::{Ends, List};
use super::output::{Output, complain, in_a_sentence};
use super::progress::{Form, Shown};
use super::saving::Saving;
use super::taken::{Picture, Taken};
use super::{Done, Model};

/// What is to be described.
pub enum Photos {
    /// These, at least one.
    Given(Vec<PathBuf>),
    /// Those of these folders and of all below them; a photo among them is itself.
    Below(Vec<PathBuf>),
    /// Those of a list, and what ends each of them.
    From(PathBuf, Ends),
    /// What is on the screen or was copied.
    Taken(Taken),
    /// This one, which was taken.
    Seen(Photo),
}

/// Photos one by one, and how many there are where that is known.
struct Listed {
    photos: Box<dyn Iterator<Item = Result<Asked>> + Send>,
    total: Option<usize>,
    /// What was passed over.
    passed: PassedOver,
}

impl Photos {
    /// Whether a line has to tell whose it is.
    fn are_several(&self) -> bool {
        match self {
            Self::Given(photos) => photos.len() > 1,
            Self::Below(_) | Self::From(..) => true,
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

    /// What an album of them is called: by the folder where it is one.
    fn name(&self) -> Option<String> {
        match self {
            Self::Below(folders) => match folders.as_slice() {
                [folder] => folder::name_of(folder),
                _ => None,
            },
            _ => None,
        }
    }

    /// The photos in order.
    fn list(&self, shown: &mut Shown) -> Result<Listed> {
        let these = |photos: Vec<PathBuf>| Listed {
            total: Some(photos.len()),
            photos: Box::new(photos.into_iter().map(|photo| Ok(photo.into()))),
            passed: PassedOver::default(),
        };
        Ok(match self {
            Self::Given(photos) => these(photos.clone()),
            Self::Taken(taken) => these(vec![taken.name().into()]),
            Self::Seen(photo) => these(vec![photo.name().into()]),
            Self::Below(folders) => {
                let (mut found, mut passed) = (Vec::new(), PassedOver::default());
                for folder in folders {
                    let before = found.len();
                    let walk = walk(folder, &mut |more| {
                        shown.found(before + more);
                        true
                    });
                    let Some(walk) = walk else { continue };
                    found.extend(walk.found);
                    passed.add(walk.passed);
                }
                Listed {
                    total: Some(found.len()),
                    photos: Box::new(found.into_iter().map(|found| Ok(found.into()))),
                    passed,
                }
            }
            Self::From(list, ends) => Listed {
                photos: Box::new(List::open(list, *ends)?),
                total: None,
                passed: PassedOver::default(),
            },
        })
    }
}

/// A photo as it was found.
struct Opened {
    asked: Asked,
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
fn open(asked: Asked, keeps: bool) -> (Opened, Option<Photo>) {
    if let Some(trouble) = &asked.trouble {
        let opened = Opened {
            found: Found::Broken(anyhow!("{trouble}")),
            own_words: None,
            asked,
        };
        return (opened, None);
    }
    let opened = Photo::open(&asked.photo);
    if opened.as_ref().is_ok_and(Photo::is_cut) {
        complain(&format!("{}: {}", asked.photo.display(), text!("photo-is-cut")));
    }
    // What a person has written holds, whatever can be made of the pixels.
    let own_words = words::of(&asked.photo).ok().flatten();
    weigh(asked, own_words, opened.map_err(Into::into), keeps)
}

/// Tells what is to be described of a photo that was opened.
fn weigh(asked: Asked, own_words: Option<OwnWords>, opened: Result<Photo>, keeps: bool) -> (Opened, Option<Photo>) {
    let (found, photo) = match opened {
        Ok(photo) if photo.is_clear() => (Found::Clear(keeps.then(|| photo.clone())), Some(photo)),
        Ok(_) => (Found::Blank, None),
        Err(error) => (Found::Broken(error), None),
    };
    let opened = Opened {
        asked,
        own_words,
        found,
    };
    (opened, photo)
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
    /// The files to write instead of printing; none: print.
    pub to: Vec<PathBuf>,
    /// How it is shown how far it is.
    pub progress: Form,
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
        if !self.to.is_empty() {
            return self.write();
        }
        let mut shown = Shown::new(self.shows(), true);
        let Listed { photos, total, passed } = self.photos.list(&mut shown)?;
        let keeps = self.attention.is_some();
        let seen = self.photos.seen();
        let no_model = Arc::new(AtomicBool::new(false));
        let in_vain = Arc::clone(&no_model);
        let photos = ahead(photos.map(move |asked| match asked {
            // Words are told also where there is nothing to describe with.
            Ok(asked) if in_vain.load(Ordering::Relaxed) => {
                let own_words = match &seen {
                    Some(_) => None,
                    None => words::of(&asked.photo).ok().flatten(),
                };
                let opened = Opened {
                    asked,
                    own_words,
                    found: Found::Blank,
                };
                (Ok(opened), None)
            }
            Ok(asked) => {
                let (opened, photo) = match seen.clone() {
                    Some(photo) => weigh(asked, None, Ok(photo), keeps),
                    None => open(asked, keeps),
                };
                (Ok(opened), photo)
            }
            // The list cannot be read on.
            Err(error) => (Err(error), None),
        }))?;
        let mut captioner = match self.load() {
            // Whoever reads the lines waits for one a photo.
            Err(error) if self.json => {
                let sentence = in_a_sentence(&error);
                no_model.store(true, Ordering::Relaxed);
                for (opened, _) in photos {
                    let opened = opened?;
                    let line = report::error_line(whose(&opened.asked), opened.own_words.as_ref(), &sentence);
                    output.line(&line)?;
                }
                return Ok(Done::WithFailures);
            }
            loaded => loaded?,
        };
        let mut voice = self.speak.then(Voice::start);

        let language = captioner.language().unwrap_or("en").to_owned();
        let options = self.options();
        let mut done = Ok(Done::Well);
        let (mut pace, mut progress) = (
            Pace::default(),
            Progress {
                total,
                ..Progress::default()
            },
        );
        shown.begin(total);
        let mut tell = |opened, described| {
            let told = shown.aside(|| self.tell(opened, described, &language, voice.as_mut(), output));
            let went_on = match told {
                Ok(Done::Well) => true,
                Ok(failed) => {
                    done = Ok(failed);
                    progress.failed += 1;
                    true
                }
                Err(error) => {
                    done = Err(error);
                    false
                }
            };
            progress.count(&mut pace);
            shown.so_far(&progress);
            went_on
        };
        if self.occlusion || self.attention.is_some() {
            for (opened, photo) in photos {
                let described = photo.map(|photo| self.cover(&mut captioner, &photo, &options));
                if !tell(opened, described) {
                    break;
                }
            }
        } else {
            captioner.describe_many(photos, &options, &Cancel::default(), &mut tell)?;
        }
        shown.end();
        // Photos that were passed over without a word would be missed.
        for sentence in passed.sentences() {
            complain(&sentence);
        }
        done
    }

    /// Writes files instead of printing.
    fn write(&self) -> Result<Done> {
        let mut shown = Shown::new(self.shows(), false);
        let catalogue = Catalogue::open(&self.to, self.photos.name().as_deref())?;
        let with = Describing::load(self.model.folder.as_deref(), &self.model.load, self.options())?;
        let Listed { photos, total, passed } = self.photos.list(&mut shown)?;
        shown.begin(total);
        let photos = photos.map(|asked| asked.map_err(|error| in_a_sentence(&error)));
        let summary = folder::describe(photos, total, catalogue, with, &Control::default(), &mut |progress| {
            shown.so_far(progress);
        });
        shown.end();
        let summary = Summary { passed, ..summary? };
        for line in summary.lines() {
            complain(&line);
        }
        Ok(match summary.failed {
            0 => Done::Well,
            _ => Done::WithFailures,
        })
    }

    fn options(&self) -> DescribeOptions {
        DescribeOptions {
            beams: self.beams,
            generation: self.generation.clone(),
            ..DescribeOptions::default()
        }
    }

    /// A few photos, or those that another program hands over, take no bar unless somebody asks for it.
    fn shows(&self) -> Form {
        match (&self.photos, self.progress) {
            (Photos::Given(_) | Photos::From(..) | Photos::Taken(_) | Photos::Seen(_), Form::Auto)
                if self.to.is_empty() =>
            {
                Form::None
            }
            (_, form) => form,
        }
    }

    /// Tells what came of a photo: its own words first.
    fn tell(
        &self,
        opened: Result<Opened>,
        described: Option<Result<Description, CaptionError>>,
        language: &str,
        voice: Option<&mut Voice>,
        output: &mut Output,
    ) -> Result<Done> {
        let mut done = Done::Well;
        let Opened {
            asked,
            own_words,
            found,
        } = opened?;
        let (path, own_words) = (&asked.photo, own_words.as_ref());
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
            output.line(&self.of(path, &wording::own_words(words)))?;
        }
        let spoken = match came {
            Ok(None) => self.no_picture(&asked, own_words, wording::no_picture(), output)?,
            Ok(Some((_, description))) if description.no_photo => {
                self.no_picture(&asked, own_words, wording::no_photo(), output)?
            }
            Ok(Some((photo, description))) => {
                let sentence = after(own_words, report::sentence(&description));
                output.line(&match self.json {
                    true => report::json_line(whose(&asked), own_words, &description),
                    // Nobody can press a key for the guess here, so that it is printed at once, with its warning,
                    // however doubtful it is.
                    false => self.of(path, &sentence),
                })?;
                if let Some(photo) = photo
                    && let Err(error) = self.save_attention(&photo, &description)
                {
                    done = Done::WithFailures;
                    complain(&in_a_sentence(&error));
                }
                if let Some(saving) = &self.saving
                    && let Err(sentence) = saving.save_description(path, &description, language)
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
                    output.line(&report::error_line(whose(&asked), own_words, &sentence))?;
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
            voice.say(&self.aloud(path, spoken));
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
        asked: &Asked,
        own_words: Option<&OwnWords>,
        sentence: String,
        output: &mut Output,
    ) -> Result<String> {
        let line = if self.json {
            report::no_picture_line(whose(asked), own_words, &sentence)
        } else {
            self.of(&asked.photo, &sentence)
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

/// Which photo a line of JSON is about.
fn whose(asked: &Asked) -> Whose<'_> {
    Whose {
        photo: &asked.photo,
        id: asked.id.as_ref(),
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
