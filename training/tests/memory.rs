//! A data set of a hundred thousand photos is learnt from without its features ever being in memory.
//!
//! Alone in its process, whose memory it measures.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used)]

use std::fs;
use std::sync::Arc;

use hearsight_training::data::batches::{Pictures, Seen, Source, epoch};
use hearsight_training::data::captions::CaptionedPhoto;
use hearsight_training::data::features::{Features, Shape};
use hearsight_training::data::words::{self, Bag, TokenizerKind, WordsConfig};
use hearsight_training::judge::Judge;

const PHOTOS: usize = 100_000;
/// Photos to measure by: Flickr8k's has as many.
const DEV: usize = 1_000;
const CELLS: usize = 9;
const CHANNELS: usize = 64;

/// Megabytes that the process has in memory, not counting what the system keeps of files.
fn megabytes() -> f64 {
    let status = fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("RssAnon:")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<f64>().unwrap() / 1024.0
}

#[test]
fn memory_does_not_grow_with_the_features_of_a_hundred_thousand_photos() {
    let folder = tempfile::tempdir().unwrap();
    let config = WordsConfig {
        kind: TokenizerKind::Word,
        minimum_count: 1,
        vocabulary: 8000,
        longest: 18,
        bag: 800,
        spelling: None,
        stop_words: None,
        vectors: None,
    };
    let begun = megabytes();
    let caption =
        |photo: usize, number: usize| format!("a man number {} and {number} dogs run over the grass", photo % 900);
    let photos: Vec<_> = (0..PHOTOS)
        .map(|photo| CaptionedPhoto {
            name: format!("{photo}.jpg"),
            path: format!("images/{photo}.jpg").into(),
            captions: (0..5).map(|number| caption(photo, number)).collect(),
        })
        .collect();
    let captions = || {
        photos
            .iter()
            .take(900)
            .flat_map(|photo| photo.captions.iter().map(String::as_str))
    };
    let tokenizer = words::learn(captions(), &config).unwrap();
    let bag = Bag::learn(captions(), config.bag);

    let shape = Shape {
        photos: PHOTOS,
        views: 1,
        values: CELLS * CHANNELS,
    };
    let before_writing = megabytes();
    let features = Features::open_or_write(&folder.path().join("all.features"), shape, false, |photos, to| {
        for photo in photos {
            to.add(&vec![photo as f32 / 64.0; shape.values])?;
        }
        Ok(())
    })
    .unwrap();
    let written = megabytes() - before_writing;
    let pictures = Pictures::Features(features, CELLS);
    let dev: Vec<_> = photos[..DEV].to_vec();
    let source = Source::new(photos, pictures, None, (&tokenizer, config.longest), &bag, 0).unwrap();
    // As a run does: what sentences for the photos to learn from are worth is asked where some are drawn alone.
    let judge = Judge::new(&dev, &tokenizer, config.longest);
    let text = megabytes() - begun;

    let before = megabytes();
    let (mut most, mut seen) = (0.0f64, 0);
    for (step, parts) in epoch(Arc::new(source), (7, 0), (50, 2, 2, 0.0))
        .unwrap()
        .into_iter()
        .enumerate()
    {
        for batch in parts.unwrap() {
            let Seen::Features { values, cells } = &batch.seen else {
                panic!("pixels");
            };
            assert_eq!((values.len(), *cells), (batch.photos * shape.values, CELLS));
            let first = half::f16::from_f32(batch.numbers[0] as f32 / 64.0);
            assert_eq!(values[0], first.to_f32(), "photo {}", batch.numbers[0]);
            seen += batch.photos;
        }
        if step % 50 == 0 {
            most = most.max(megabytes() - before);
        }
    }
    let file = shape.bytes() as f64 / f64::from(1 << 20);
    println!(
        "{file:.0} MB of features: {written:.0} MB of memory to write them, {most:.0} MB to learn from them, {text:.0} MB for \
         the text of {PHOTOS} photos"
    );
    assert_eq!(seen, PHOTOS);
    assert_eq!(judge.longest(), config.longest);
    assert!(written < 20.0, "{written} MB to write {file} MB");
    assert!(most < 20.0, "{most} MB to read {file} MB");
    assert!(text < 250.0, "{text} MB of text");
}
