//! What the systems on frozen features have scored, as `training/results` keeps it, and the gates that they pass together.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use hearsight_training::config::RunConfig;
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use serde::Deserialize;

#[derive(Deserialize)]
struct Summary {
    photos: usize,
    every_guess: bool,
    corpus: Score,
    most_frequent: Score,
}

#[derive(Deserialize)]
struct Score {
    cider_d: f64,
}

struct System {
    name: String,
    config: RunConfig,
}

impl System {
    /// What `score --summary` has written of it.
    fn summary(&self) -> Summary {
        let path = home().join(format!("results/frozen-{}.json", self.name));
        let text = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        serde_json::from_slice(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
    }

    fn attends(&self) -> bool {
        !matches!(self.config.net.decoder, DecoderConfig::ShowAndTell(_))
    }
}

fn home() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn systems() -> Vec<System> {
    let files = std::fs::read_dir(home().join("configs/frozen")).unwrap();
    let mut paths: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    paths.sort_by_key(|path| path.file_stem().unwrap().to_owned());
    let systems: Vec<_> = paths
        .iter()
        .map(|path| System {
            name: path.file_stem().unwrap().to_str().unwrap().to_owned(),
            config: RunConfig::read(path).unwrap(),
        })
        .collect();
    let names: Vec<_> = systems.iter().map(|system| system.name.as_str()).collect();
    let papers = [
        "bahdanau-gru",
        "show-and-tell",
        "show-attend-tell",
        "show-attend-tell-hard",
        "transformer",
    ];
    assert_eq!(names, papers);
    systems
}

#[test]
fn all_systems_see_the_same_features_of_the_same_photos() {
    let systems = systems();
    let features = |system: &System| {
        let EncoderConfig::Frozen(encoder) = &system.config.net.encoder else {
            panic!("{} has no frozen encoder", system.name);
        };
        let classifier = (
            encoder.model.clone(),
            encoder.output.clone(),
            encoder.preprocessing.clone(),
        );
        (
            classifier,
            encoder.mirrored,
            system.config.views.clone(),
            system.config.data.clone(),
        )
    };
    for system in &systems {
        assert_eq!(features(system), features(&systems[0]), "{}", system.name);
    }
}

#[test]
fn every_system_scores_more_than_the_most_frequent_caption() {
    let systems = systems();
    let first = systems[0].summary();
    for system in &systems {
        let Summary {
            photos,
            every_guess,
            corpus,
            most_frequent,
        } = system.summary();
        assert!(
            every_guess,
            "{}: score it with --every-guess as the others",
            system.name
        );
        assert!(
            corpus.cider_d > most_frequent.cider_d,
            "{}: CIDEr-D {}, the most frequent caption {}",
            system.name,
            corpus.cider_d,
            most_frequent.cider_d
        );
        // Of the same photos, or no figure says anything beside another.
        assert_eq!(photos, first.photos, "{}", system.name);
        assert!(
            (most_frequent.cider_d - first.most_frequent.cider_d).abs() < 1e-9,
            "{}",
            system.name
        );
    }
}

#[test]
fn attention_scores_more_than_no_attention() {
    let (attending, without): (Vec<_>, Vec<_>) = systems().into_iter().partition(System::attends);
    assert_eq!((attending.len(), without.len()), (4, 1));
    let without = without[0].summary().corpus.cider_d;
    for system in &attending {
        let with = system.summary().corpus.cider_d;
        assert!(
            with > without,
            "{}: CIDEr-D {with}, without attention {without}",
            system.name
        );
    }
}
