//! A run's configuration: one TOML file says all of it.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, ensure};
use serde::{Deserialize, Serialize};

use crate::data::layout::DataConfig;
use crate::data::views::ViewsConfig;
use crate::data::words::WordsConfig;
use crate::learn::{LearningConfig, StageConfig};
use crate::nets::captioner::CaptionerConfig;
use crate::nets::decoder::DecoderConfig;
use crate::nets::encoder::EncoderConfig;
use crate::start::StartConfig;
use crate::teacher::TeacherConfig;

/// Everything that a run depends on besides the data.
#[derive(Clone, Debug, Deserialize, Serialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct RunConfig {
    /// The model's name, shown to people.
    pub name: String,
    /// Of all randomness.
    pub seed: u64,
    /// Where the data lies.
    pub data: DataConfig,
    /// Captions → tokens.
    pub words: WordsConfig,
    /// Photos → views.
    pub views: ViewsConfig,
    /// The net.
    pub net: CaptionerConfig,
    /// How it learns, in all stages.
    pub learning: LearningConfig,
    /// What it is taught, one after the other.
    pub stages: Vec<StageConfig>,
    /// Whom the encoder listens to besides the captions.
    pub teacher: Option<TeacherConfig>,
    /// What it starts from; none: random weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<StartConfig>,
}

impl RunConfig {
    /// Reads a configuration.
    ///
    /// # Errors
    /// A missing file, or the line that is wrong.
    pub fn read(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let mut config: Self =
            toml::from_str(&text).with_context(|| format!("{} is no training configuration", path.display()))?;
        for named in config.paths() {
            *named = path.with_file_name(&*named);
        }
        config
            .check()
            .with_context(|| format!("{} cannot be trained", path.display()))?;
        Ok(config)
    }

    /// What the configuration names, beside itself; the files of the data set lie in its folder instead.
    fn paths(&mut self) -> impl Iterator<Item = &mut PathBuf> {
        let words = &mut self.words;
        let classifier = match &mut self.net.encoder {
            EncoderConfig::Frozen(encoder) => Some(&mut encoder.model),
            EncoderConfig::Conv(_) => None,
        };
        let named = [&mut words.spelling, &mut words.stop_words, &mut words.vectors]
            .into_iter()
            .flatten();
        let teacher = self.teacher.as_mut();
        let teacher = teacher.map(|teacher| std::iter::once(&mut teacher.model).chain(&mut teacher.captioner));
        named
            .chain(&mut self.data.folder)
            .chain(self.start.as_mut().map(|start| &mut start.model))
            .chain(teacher.into_iter().flatten())
            .chain(classifier)
    }

    /// Refuses what would divide by zero, learn nothing or stop half-way.
    ///
    /// # Errors
    /// The setting that is wrong.
    pub fn check(&self) -> Result<()> {
        let (learning, encoder, decoder) = (&self.learning, &self.net.encoder, &self.net.decoder);
        ensure!(
            learning.accumulate > 0,
            "learning.accumulate is a number of batches: at least 1"
        );
        ensure!(
            learning.keep > 0,
            "learning.keep is a number of epochs: at least 1, or nothing could go on"
        );
        ensure!(
            self.stages
                .iter()
                .all(|stage| stage.scheduled_sampling.is_none_or(|sampling| sampling.is_sound())),
            "stages: scheduled_sampling needs a slope of at least 0 and a least share between 0 and 1, or a k of at least 1"
        );
        ensure!(
            learning.batch > 0 && learning.replicas > 0 && learning.batch.is_multiple_of(learning.replicas),
            "learning.batch must be a multiple of learning.replicas"
        );
        ensure!(
            self.stages.iter().any(|stage| stage.captions > 0)
                && self
                    .stages
                    .iter()
                    .all(|stage| stage.self_critical.is_none_or(|config| config.samples > 1)),
            "stages: at least one must have captions, or the decoder learns nothing; self_critical.samples must be at least 2"
        );
        let has_captioner = self.teacher.as_ref().is_some_and(|teacher| teacher.captioner.is_some());
        ensure!(
            self.stages
                .iter()
                .all(|stage| stage.distillation == 0.0 || has_captioner && (0.0..=1.0).contains(&stage.distillation)),
            "stages: distillation is a share of words, from 0 to 1, and needs a captioner in [teacher]"
        );
        encoder.check(decoder.width())?;
        if let DecoderConfig::Transformer(config) = decoder {
            ensure!(
                config.layers > 0 && config.heads > 0 && config.width.is_multiple_of(config.heads),
                "net.decoder.layers must be at least 1, and net.decoder.heads must divide net.decoder.width"
            );
        }
        ensure!(
            matches!(encoder, EncoderConfig::Conv(_)) || (self.teacher.is_none() && self.start.is_none()),
            "a frozen encoder has nothing to learn from a teacher, nor to start from a model folder: leave out [teacher] \
             and [start]"
        );
        ensure!(
            decoder.positions() > self.words.longest,
            "net.decoder.positions must be more than words.longest: the start token takes one"
        );
        ensure!(
            self.views.count > 0 && self.views.banks > 0,
            "views.count and views.banks must be at least 1"
        );
        self.views.check()?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn every_configuration_in_the_project_can_be_read() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("configs");
        let mut read = 0;
        for folder in [folder.clone(), folder.join("frozen")] {
            for file in std::fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                // Which is no run's.
                let is_of_words = path.file_name() == Some("word2vec.toml".as_ref());
                if path.extension() == Some("toml".as_ref()) && !is_of_words {
                    RunConfig::read(&path).unwrap();
                    read += 1;
                }
            }
        }
        assert!(read >= 13, "{read}");
    }

    #[test]
    fn teacher_classifier_and_data_lie_beside_the_configuration_as_all_that_it_names() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.toml");
        let read = |text: &str| {
            std::fs::write(&path, text).unwrap();
            RunConfig::read(&path).unwrap()
        };
        let text = include_str!("../configs/everyday.toml");
        let config = read(text);
        assert_eq!(config.teacher.unwrap().model, folder.path().join("teacher.onnx"));
        assert_eq!(config.data.folder, Some(folder.path().join("../../data/flickr8k")));
        assert_eq!(
            config.data.captions,
            Path::new("captions.csv"),
            "lies in the data's folder"
        );
        let text = include_str!("../configs/frozen/transformer.toml");
        let EncoderConfig::Frozen(encoder) = read(text).net.encoder else {
            panic!("frozen");
        };
        assert_eq!(encoder.model, folder.path().join("classifier.onnx"));
        let elsewhere = text.replacen("\"classifier.onnx\"", "\"/nets/classifier.onnx\"", 1);
        let EncoderConfig::Frozen(encoder) = read(&elsewhere).net.encoder else {
            panic!("frozen");
        };
        assert_eq!(encoder.model, Path::new("/nets/classifier.onnx"));
    }

    #[test]
    fn a_configuration_that_could_not_be_trained_is_refused_with_its_setting() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("run.toml");
        let good = include_str!("../configs/everyday.toml");
        std::fs::write(&path, good).unwrap();
        RunConfig::read(&path).unwrap();
        for (from, to, setting) in [
            ("batch = 48", "batch = 0", "batch"),
            ("batch = 48", "batch = 49", "replicas"),
            ("picture = 128", "picture = 100", "picture"),
            ("positions = 20", "positions = 18", "positions"),
            ("smallest_area = 0.4", "smallest_area = 1.4", "smallest_area"),
            // Its teacher has no captioner.
            ("captions = 3", "captions = 3\ndistillation = 0.5", "distillation"),
        ] {
            assert!(good.contains(from), "{from}");
            std::fs::write(&path, good.replacen(from, to, 1)).unwrap();
            let error = format!("{:#}", RunConfig::read(&path).unwrap_err());
            assert!(error.contains(setting), "{error}");
        }
    }
}
