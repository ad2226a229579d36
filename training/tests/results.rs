//! What the systems of the papers have scored, on our own net and on frozen features, as `training/results` keeps it, and the
//! gates that they pass together.
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

/// Systems that have the same encoder.
#[derive(Clone, Copy)]
enum Encoder {
    Own,
    Frozen,
}

impl Encoder {
    /// The system's configuration.
    fn config(self, name: &str) -> PathBuf {
        let folder = home().join("configs");
        let folder = match self {
            Self::Own => folder,
            Self::Frozen => folder.join("frozen"),
        };
        folder.join(name).with_extension("toml")
    }

    /// What the names of its results begin with.
    fn prefix(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Frozen => "frozen",
        }
    }

    fn systems(self) -> Vec<System> {
        for file in std::fs::read_dir(home().join("configs/frozen")).unwrap() {
            let path = file.unwrap().path();
            let name = path.file_stem().unwrap().to_str().unwrap();
            assert!(PAPERS.contains(&name), "{name} has no row");
        }
        PAPERS
            .iter()
            .map(|&name| System {
                name,
                encoder: self,
                config: RunConfig::read(&self.config(name)).unwrap(),
            })
            .collect()
    }
}

const BOTH: [Encoder; 2] = [Encoder::Own, Encoder::Frozen];

const PAPERS: [&str; 5] = [
    "bahdanau-gru",
    "show-and-tell",
    "show-attend-tell",
    "show-attend-tell-hard",
    "transformer",
];

struct System {
    name: &'static str,
    encoder: Encoder,
    config: RunConfig,
}

impl System {
    /// What `score --summary` has written of it.
    fn summary(&self) -> Summary {
        let path = home().join(format!("results/{}-{}.json", self.encoder.prefix(), self.name));
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

#[test]
fn all_systems_see_the_same_features_of_the_same_photos() {
    let systems = Encoder::Frozen.systems();
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
fn all_systems_of_our_own_net_start_from_the_same_encoder_and_learn_from_the_same_views() {
    let systems = Encoder::Own.systems();
    let photos = |RunConfig {
                      net,
                      start,
                      views,
                      data,
                      ..
                  }: &RunConfig| { (net.encoder.clone(), start.clone(), views.clone(), data.clone()) };
    for system in &systems {
        assert!(matches!(system.config.net.encoder, EncoderConfig::Conv(_)));
        assert!(system.config.start.as_ref().is_some_and(|start| !start.decoder));
        assert_eq!(photos(&system.config), photos(&systems[0].config), "{}", system.name);
    }
}

#[test]
fn every_system_scores_more_than_the_most_frequent_caption() {
    let systems: Vec<System> = BOTH.into_iter().flat_map(Encoder::systems).collect();
    let first = systems[0].summary();
    for system in &systems {
        let name = format!("{} {}", system.encoder.prefix(), system.name);
        let Summary {
            photos,
            every_guess,
            corpus,
            most_frequent,
        } = system.summary();
        assert!(every_guess, "{name}: score it with --every-guess as the others");
        assert!(
            corpus.cider_d > most_frequent.cider_d,
            "{name}: CIDEr-D {}, the most frequent caption {}",
            corpus.cider_d,
            most_frequent.cider_d
        );
        // Of the same photos, or no figure says anything beside another.
        assert_eq!(photos, first.photos, "{name}");
        assert!(
            (most_frequent.cider_d - first.most_frequent.cider_d).abs() < 1e-9,
            "{name}"
        );
    }
}

#[test]
fn attention_scores_more_than_no_attention() {
    for encoder in BOTH {
        let (attending, without): (Vec<_>, Vec<_>) = encoder.systems().into_iter().partition(System::attends);
        assert_eq!((attending.len(), without.len()), (4, 1));
        let without = without[0].summary().corpus.cider_d;
        for system in &attending {
            let with = system.summary().corpus.cider_d;
            assert!(
                with > without,
                "{} {}: CIDEr-D {with}, without attention {without}",
                encoder.prefix(),
                system.name
            );
        }
    }
}
