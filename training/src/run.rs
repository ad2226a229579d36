//! A run: configuration, data and net brought together in a folder of its own.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use burn::tensor::Device;
use tokenizers::Tokenizer;

use crate::checkpoint::Checkpoints;
use crate::config::RunConfig;
use crate::data::batches::{Pictures, Source, in_order};
use crate::data::captions::{CaptionedPhoto, Dataset};
use crate::data::features::Features;
use crate::data::spelling::Spelling;
use crate::data::views::{Views, ViewsConfig};
use crate::data::words::{self, Bag};
use crate::judge::Judge;
use crate::learn::Lesson;
use crate::nets::captioner::CaptionerNet;
use crate::nets::encoder::EncoderConfig;
use crate::random;
use crate::record;
use crate::start;
use crate::teacher::{NextWords, Projection, TeacherConfig, TeacherTargets};
use crate::word2vec::Vectors;

/// Photos by which batch norms find their place again.
const SETTLING: usize = 256;

/// A configuration, its data and the folder where everything that it makes is kept.
pub struct Run {
    /// All of the run's choices.
    pub config: RunConfig,
    /// Captions and photos.
    pub data: Dataset,
    /// Tokenizer, views, targets, checkpoints.
    pub folder: PathBuf,
    /// Learnt from the training captions.
    pub tokenizer: Tokenizer,
    /// The words that the encoder is asked about.
    pub bag: Bag,
    /// Stop after so many epochs, with the learning rate of the whole run; none: train to the end.
    pub stop_after: Option<usize>,
}

impl Run {
    /// Opens a run in `folder`; learns and keeps its tokenizer where it has none yet.
    ///
    /// # Errors
    /// Data or a classifier that cannot be read, a full disk.
    pub fn open(mut config: RunConfig, data: &Path, folder: &Path) -> Result<Self> {
        if let EncoderConfig::Frozen(encoder) = &mut config.net.encoder {
            encoder.map = encoder.cut()?.map;
            config.check()?;
        }
        fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        let mut data = Dataset::read(data, &config.data)?;
        if let Some(path) = &config.words.spelling {
            // Only what is learnt from: scores compare with what people really wrote.
            Spelling::read(path)?.mend_photos(&mut data.train);
        }
        let captions = || {
            data.train
                .iter()
                .flat_map(|photo| photo.captions.iter().map(String::as_str))
        };
        let path = folder.join("tokenizer.json");
        if !path.is_file() {
            let tokenizer = words::learn(captions(), &config.words)?;
            tokenizer
                .save(&path, true)
                .map_err(|error| anyhow::anyhow!("cannot save the tokenizer: {error}"))?;
        }
        let tokenizer = words::load(&path)?;
        let bag = Bag::learn(captions(), config.words.bag);
        Ok(Self {
            config,
            folder: folder.to_owned(),
            tokenizer,
            bag,
            data,
            stop_after: None,
        })
    }

    /// A net of this run before its first step, on `device`: with random weights, or those that the configuration says
    /// it starts from.
    ///
    /// # Errors
    /// Vectors or a model folder that cannot be read or are of another net.
    pub fn start(&self, photos: &Source, device: &Device) -> Result<CaptionerNet> {
        let mut net = self.net(device);
        if let Some(start) = &self.config.start {
            start::start(&mut net, start, (&self.tokenizer, &self.bag), device)?;
            let batch = in_order(photos, SETTLING, 0)
                .next()
                .context("no photos to learn from")??;
            if let Some(encoder) = &mut net.encoder {
                encoder.settle(batch.pixels(device)?);
            }
            log::info!("starting from {}", start.model.display());
        }
        if let Some(path) = &self.config.words.vectors {
            let vectors = Vectors::read(path)?;
            let found = net.decoder.start_from(&vectors, &self.tokenizer, device)?;
            log::info!(
                "{found} of {} words start from {}",
                self.tokenizer.get_vocab_size(true),
                path.display()
            );
        }
        Ok(net)
    }

    /// A net of this run with random weights, on `device`.
    pub fn net(&self, device: &Device) -> CaptionerNet {
        device.seed(self.config.seed);
        let teacher = self.config.teacher.as_ref().map(|teacher| teacher.components);
        let vocabulary = self.tokenizer.get_vocab_size(true);
        let net = CaptionerNet::new(&self.config.net, vocabulary, self.bag.words.len(), teacher, device);
        random::draw_weights(&net);
        net
    }

    /// The checkpoints of this run.
    ///
    /// # Errors
    /// The disk's.
    pub fn checkpoints(&self) -> Result<Checkpoints> {
        Checkpoints::new(&self.folder.join("checkpoints"))
    }

    /// Prepares what is missing, then trains to the configured number of epochs.
    ///
    /// # Errors
    /// As [`Lesson::learn`].
    pub fn train(&self) -> Result<CaptionerNet> {
        let mut train = self.source("train", &self.data.train, &self.config.views)?;
        train.next_words = self.next_words()?;
        let whole = ViewsConfig {
            count: 1,
            banks: 1,
            ..self.config.views.clone()
        };
        let dev = self.source("dev", &self.data.dev, &whole)?;
        let net = self.start(&train, &Device::flex().autodiff())?;
        let judge = |photos| Judge::new(photos, &self.tokenizer, self.config.words.longest);
        let draws = self.config.stages.iter().any(|stage| stage.self_critical.is_some());
        let lesson = Lesson {
            judge: judge(&self.data.dev),
            critic: draws.then(|| judge(&self.data.train)),
            train: Arc::new(train),
            dev,
            learning: self.config.learning,
            stages: self.config.stages.clone(),
            seed: self.config.seed,
            stop_after: self.stop_after,
            folder: self.folder.clone(),
            grid: self.config.net.encoder.grid(),
        };
        let checkpoints = self.checkpoints()?;
        record::keep(
            &self.folder.join("run.json"),
            checkpoints.done()?,
            &self.config,
            &self.data,
        )?;
        lesson.learn(net, &checkpoints)
    }

    fn source(&self, split: &str, photos: &[CaptionedPhoto], views: &ViewsConfig) -> Result<Source> {
        let seed = self.config.seed;
        let path = |kind: &str, bank: usize| self.folder.join(format!("{split}.{bank}.{kind}"));
        let encoder = match &self.config.net.encoder {
            EncoderConfig::Conv(encoder) => encoder,
            EncoderConfig::Frozen(encoder) => {
                let features = Features::open_or_ask(&self.features(), photos, encoder, (views, seed))?;
                return self.of(photos, Pictures::Features(features, encoder.map.cells()), None, 0);
            }
        };
        let cut = Views::open_or_cut(|bank| path("views", bank), photos, views, encoder.picture, seed)?;
        let ask = |teacher| {
            let path = |bank| path("targets", bank);
            TeacherTargets::open_or_ask(
                path,
                photos,
                (teacher, &self.projection(teacher)?),
                views,
                encoder.grid(),
                seed,
            )
        };
        let is_heard = self.config.stages.iter().any(|stage| stage.loss.teacher > 0.0);
        let targets = self.config.teacher.as_ref().filter(|_| is_heard).map(ask).transpose()?;
        self.of(photos, Pictures::Views(cut), targets, encoder.grid())
    }

    /// What counts of its teacher's features, which lies in the run's folder once it has been found.
    ///
    /// # Errors
    /// As [`Projection::open_or_find`].
    pub fn projection(&self, teacher: &TeacherConfig) -> Result<Projection> {
        // The components are those of the photos that are learnt from, for every split.
        Projection::open_or_find(&self.folder.join("projection"), &self.data.train, teacher)
    }

    fn of(
        &self,
        photos: &[CaptionedPhoto],
        pictures: Pictures,
        targets: Option<TeacherTargets>,
        grid: usize,
    ) -> Result<Source> {
        let text = (&self.tokenizer, self.config.words.longest);
        Source::new(photos.to_vec(), pictures, targets, text, &self.bag, grid)
    }

    /// What the teacher's captioner expects, where a stage listens to it.
    fn next_words(&self) -> Result<Option<NextWords>> {
        if self.config.stages.iter().all(|stage| stage.distillation == 0.0) {
            return Ok(None);
        }
        let teacher = self.config.teacher.as_ref();
        let captioner = teacher.and_then(|teacher| teacher.captioner.as_ref());
        let captioner = captioner.context("distillation needs a captioner in [teacher]")?;
        let path = |bank| self.folder.join(format!("train.{bank}.words"));
        let text = (&self.tokenizer, self.config.words.longest);
        let shown = (&self.config.views, self.config.seed);
        NextWords::open_or_ask(path, &self.data.train, captioner, text, shown).map(Some)
    }

    /// Where features are kept: beside all runs, because those that learn from the same ones share them.
    fn features(&self) -> PathBuf {
        self.folder.with_file_name("features")
    }
}
