//! The scoring of a model folder: its sentences for the dev split against people's, and what its doubt is worth.

use std::fmt;
use std::path::PathBuf;

use anyhow::Result;
use hearsight::captioner::{DescribeOptions, Description};
use hearsight::model::ModelFolder;
use serde::Serialize;

use crate::data::arguments::DataArguments;
use crate::data::captions::{CaptionedPhoto, Dataset};
use crate::data::guesses;
use crate::data::words::Bag;
use crate::describe;
use crate::disk::write_text;
use crate::doubt::Doubt;
use crate::page;
use crate::retrieval::Retrieval;
use crate::scores::{MostFrequent, PhotoScore, Score, Scores, Variety};

/// Content words by which sentences are judged: the most frequent ones of the training captions.
const BAG: usize = 800;

/// Which model folder describes which photos, and how.
#[derive(clap::Args)]
pub struct OnDev {
    /// The model folder.
    pub model: PathBuf,
    #[command(flatten)]
    data: DataArguments,
    /// Sentences that the search keeps in view, instead of the model's own number; 1 is greedy.
    #[arg(long)]
    beams: Option<usize>,
    /// Only the first so many photos.
    #[arg(long)]
    limit: Option<usize>,
}

impl OnDev {
    /// The photos, and the content words to judge by.
    ///
    /// # Errors
    /// Data that cannot be read.
    pub fn photos(&self) -> Result<(Vec<CaptionedPhoto>, Bag)> {
        let data = self.data()?;
        let bag = judging_bag(&data);
        Ok((data.dev, bag))
    }

    /// The data set, its dev split cut to the photos.
    fn data(&self) -> Result<Dataset> {
        let mut data = self.data.read()?;
        data.dev.truncate(self.limit.unwrap_or(data.dev.len()));
        Ok(data)
    }

    /// How they are described.
    pub fn options(&self) -> DescribeOptions {
        DescribeOptions {
            beams: self.beams,
            ..DescribeOptions::default()
        }
    }
}

/// What to score, and what to leave behind.
#[derive(clap::Args)]
pub struct ScoreCommand {
    #[command(flatten)]
    on: OnDev,
    /// Write each photo's name, sentence and confidence to this CSV file.
    #[arg(long)]
    sentences: Option<PathBuf>,
    /// Write the scores, over all and of each photo, to this JSON file.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write the scores over all, without any photo or sentence, to this JSON file, as training/results keeps them.
    #[arg(long)]
    summary: Option<PathBuf>,
    /// Write a page with photos, sentences, people's sentences and attention, the worst first, to this HTML file.
    #[arg(long)]
    page: Option<PathBuf>,
    /// Also rank so many photos, drawn by a seed, and a sentence of each by likelihood: the square of that many likelihoods.
    #[arg(long, value_name = "PHOTOS")]
    ranks: Option<usize>,
    /// Say every guess about people, of age and origin too, as the papers' captioners do, whatever the folder says of them.
    #[arg(long)]
    every_guess: bool,
}

/// A model's sentences for photos, and what they are worth.
pub struct Scored {
    /// By the field's measures.
    pub scores: Scores,
    /// What the warnings are worth.
    pub doubt: Doubt,
    /// In the photos' order.
    pub descriptions: Vec<Description>,
    /// How many different things they say; none where what the model has learnt from is not known.
    pub variety: Option<Variety>,
    /// What the most frequent caption scores; none where what the model has learnt from is not known.
    pub most_frequent: Option<MostFrequent>,
    /// Where photos and sentences stand by likelihood; none where that was not asked.
    pub ranks: Option<Retrieval>,
}

/// The numbers of [`Scored`], as JSON.
#[derive(Serialize)]
struct Numbers<'a> {
    model: &'a str,
    /// Sentences that the search kept in view, where that was not the model's own number.
    beams: Option<usize>,
    /// Whether every guess about people was said, whatever the folder says of them.
    every_guess: bool,
    corpus: &'a Score,
    /// Of each photo, or how many there are.
    photos: Photos<'a>,
    most_frequent: &'a Option<MostFrequent>,
    doubt: &'a Doubt,
    share_hedged: f64,
    variety: &'a Option<Variety>,
    ranks: &'a Option<Retrieval>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Photos<'a> {
    Each(&'a [PhotoScore]),
    Count(usize),
}

impl Scored {
    /// Describes the photos with a model folder as the app does; `bag` has the content words to judge by.
    ///
    /// # Errors
    /// A model or photo that cannot be read.
    pub fn of(model: &ModelFolder, photos: &[CaptionedPhoto], options: &DescribeOptions, bag: &Bag) -> Result<Self> {
        let (scores, descriptions) = describe::score(model, photos, options)?;
        let doubt = Doubt::of(photos, &descriptions, model.generation().end_tokens(), bag);
        Ok(Self {
            scores,
            doubt,
            descriptions,
            variety: None,
            most_frequent: None,
            ranks: None,
        })
    }

    /// Everything, for whoever has the photos.
    fn json(&self, command: &ScoreCommand) -> Result<String> {
        let model = command.on.model.to_string_lossy();
        self.numbers(&model, command, Photos::Each(&self.scores.photos))
    }

    /// What may be passed on without the data set: no photo, no sentence, no place on somebody's disk.
    fn summary(&self, name: &str, command: &ScoreCommand) -> Result<String> {
        self.numbers(name, command, Photos::Count(self.scores.photos.len()))
    }

    fn numbers(&self, model: &str, command: &ScoreCommand, photos: Photos) -> Result<String> {
        let numbers = Numbers {
            model,
            beams: command.on.beams,
            every_guess: command.every_guess,
            corpus: &self.scores.corpus,
            photos,
            most_frequent: &self.most_frequent,
            doubt: &self.doubt,
            share_hedged: self.doubt.share_hedged(),
            variety: &self.variety,
            ranks: &self.ranks,
        };
        Ok(format!("{}\n", serde_json::to_string_pretty(&numbers)?))
    }
}

impl fmt::Display for Scored {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n{}", self.scores, self.doubt)?;
        if let Some(variety) = &self.variety {
            write!(f, "\n{variety}")?;
        }
        if let Some(most_frequent) = &self.most_frequent {
            write!(f, "\n{most_frequent}")?;
        }
        if let Some(ranks) = &self.ranks {
            write!(f, "\n{ranks}")?;
        }
        Ok(())
    }
}

impl ScoreCommand {
    /// Does it, and prints the scores.
    ///
    /// # Errors
    /// Data, a model or a photo that cannot be read; a full disk.
    pub fn run(&self) -> Result<()> {
        let data = self.on.data()?;
        let (photos, model) = (&data.dev, &self.on.model);
        let (mut folder, mut options) = (ModelFolder::open(model)?, self.on.options());
        if self.every_guess {
            (folder, options) = guesses::all_said(&folder, &options);
        }
        let mut scored = Scored::of(&folder, photos, &options, &judging_bag(&data))?;
        let sentences = scored.descriptions.iter().map(|found| found.caption.as_str());
        let learnt = || {
            data.train
                .iter()
                .flat_map(|photo| photo.captions.iter().map(String::as_str))
        };
        scored.variety = Some(Variety::of(sentences, learnt()));
        scored.most_frequent = Some(MostFrequent::of(learnt(), &describe::references(photos))?);
        scored.ranks = self.ranks.map(|pool| Retrieval::of(model, photos, pool)).transpose()?;
        if let Some(path) = &self.sentences {
            let mut writer = csv::Writer::from_path(path)?;
            writer.write_record(["image", "caption", "confidence"])?;
            for (photo, description) in std::iter::zip(photos, &scored.descriptions) {
                writer.write_record([&photo.name, &description.caption, &description.confidence.to_string()])?;
            }
            writer.flush()?;
        }
        if let Some(path) = &self.json {
            write_text(path, &scored.json(self)?)?;
        }
        if let Some(path) = &self.summary {
            write_text(path, &scored.summary(folder.name(), self)?)?;
        }
        if let Some(path) = &self.page {
            let title = format!("{} on {} photos", model.display(), photos.len());
            page::write(path, &title, photos, &scored)?;
        }
        println!("{scored}");
        Ok(())
    }
}

/// The content words that sentences are judged by.
pub fn judging_bag(data: &Dataset) -> Bag {
    let captions = data.train.iter().flat_map(|photo| &photo.captions);
    Bag::learn(captions.map(String::as_str), BAG)
}
