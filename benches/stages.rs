//! How long each stage of a description takes: `cargo bench --bench stages [FILTER]`.
//!
//! Two models: the one that comes with the program, and one of the sizes of ViT-base and distilgpt2 with random weights,
//! where `python3 benches/base_model.py target/base-model` has written it. At the end, for each model whose decoder is
//! cut in halves, the times of the whole graph are divided by those of the halves, measured turn by turn in this run.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use criterion::{BenchmarkId, Criterion};
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::captioner::{Cancel, Captioner, DescribeOptions, Division, LoadOptions, Stage};
use hearsight::model::ModelFolder;
use hearsight::photo::{Limits, Photo, Readers};
use image::{ImageFormat, Rgb, RgbImage};

/// The start token and sixteen words.
const LENGTH: usize = 17;

fn main() {
    let mut criterion = Criterion::default()
        .sample_size(10)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .configure_from_args();
    let photo = photo();
    decoding(&mut criterion);
    for folder in models() {
        let name = folder.name().to_owned();
        let preprocessor = Preprocessor::from_json(folder.preprocessor()).unwrap();
        criterion.bench_function(&format!("{name}: preprocessing"), |bencher| {
            bencher.iter(|| preprocessor.run(black_box(photo.pixels())));
        });
        let mut halves = load(&folder, false);
        for beams in [1, 4] {
            let mut group = criterion.benchmark_group(&name);
            for part in Part::ALL {
                group.bench_function(BenchmarkId::new(part.name(), format!("beams {beams}")), |bencher| {
                    bencher
                        .iter_custom(|times| (0..times).map(|_| part.of(&measure(&mut halves, &photo, beams))).sum());
                });
            }
            group.finish();
        }
        if *halves.division() == Division::Halves {
            ratios(&folder, &mut halves, &photo);
        }
    }
    criterion.final_summary();
}

/// A photo of twelve megapixels, as telephones take them.
fn photo() -> Photo {
    let pixels = RgbImage::from_fn(4000, 3000, |x, y| {
        Rgb([(x / 16) as u8, (y / 12) as u8, ((x * y) >> 12) as u8])
    });
    Photo::from_pixels("photo", pixels)
}

fn decoding(criterion: &mut Criterion) {
    for (name, format) in [("JPEG", ImageFormat::Jpeg), ("PNG", ImageFormat::Png)] {
        let mut bytes = Cursor::new(Vec::new());
        photo().pixels().write_to(&mut bytes, format).unwrap();
        let bytes = bytes.into_inner();
        criterion.bench_function(&format!("decoding 12 megapixels of {name}"), |bencher| {
            bencher.iter(|| Photo::from_bytes("photo", black_box(&bytes)).unwrap());
        });
        let readers = readers();
        criterion.bench_function(
            &format!("decoding 12 megapixels of {name} in a process of its own"),
            |bencher| {
                bencher.iter(|| readers.photo("photo", black_box(&bytes)).unwrap());
            },
        );
    }
    let small = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photos/p3.heic")).unwrap();
    criterion.bench_function(
        "decoding a small HEIC photo in a process that is started for it",
        |bencher| {
            bencher.iter(|| readers().photo("photo", black_box(&small)).unwrap());
        },
    );
    let small = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/photos/lossy.webp")).unwrap();
    criterion.bench_function(
        "decoding a small WebP photo in a process that is started for it",
        |bencher| {
            bencher.iter(|| readers().photo("photo", black_box(&small)).unwrap());
        },
    );
}

fn readers() -> Readers {
    Readers::new(Path::new(env!("CARGO_BIN_EXE_hearsight")), Limits::default())
}

fn models() -> Vec<ModelFolder> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let places: [PathBuf; 2] = [project.join("models/everyday"), project.join("target/base-model")];
    let there = places.iter().filter(|place| {
        let is_there = place.is_dir();
        if !is_there {
            println!("{} is not there and left out.", place.display());
        }
        is_there
    });
    there.map(|place| ModelFolder::open(place).unwrap()).collect()
}

fn load(folder: &ModelFolder, whole_decoder: bool) -> Captioner {
    let options = LoadOptions {
        whole_decoder,
        ..LoadOptions::default()
    };
    let mut captioner = Captioner::load(folder, &options).unwrap();
    // Whether memory is broadcast over beams is tried once, and not what is measured.
    measure(&mut captioner, &photo(), 2);
    captioner
}

/// What one description took.
struct Measured {
    encoder: Duration,
    first: Duration,
    later: Duration,
    search: Duration,
}

/// What of it is measured.
#[derive(Clone, Copy)]
enum Part {
    Encoder,
    FirstStep,
    LaterStep,
    Search,
}

impl Part {
    const ALL: [Self; 4] = [Self::Encoder, Self::FirstStep, Self::LaterStep, Self::Search];

    fn name(self) -> &'static str {
        match self {
            Self::Encoder => "encoder",
            Self::FirstStep => "first step",
            Self::LaterStep => "a later step",
            Self::Search => "search of 16 words",
        }
    }

    fn of(self, measured: &Measured) -> Duration {
        match self {
            Self::Encoder => measured.encoder,
            Self::FirstStep => measured.first,
            Self::LaterStep => measured.later,
            Self::Search => measured.search,
        }
    }
}

/// Describes the photo with sixteen words and tells how long the stages took, by the moments at which they begin.
///
/// The encoder's time holds what is computed once a photo, as it does in a description.
fn measure(captioner: &mut Captioner, photo: &Photo, beams: usize) -> Measured {
    let options = DescribeOptions {
        beams: Some(beams),
        max_length: Some(LENGTH),
        min_length: Some(LENGTH),
        ..DescribeOptions::default()
    };
    let (mut encode, mut steps) = (Instant::now(), Vec::new());
    let mut progress = |stage| match stage {
        Stage::Encode => encode = Instant::now(),
        Stage::Search { .. } => steps.push(Instant::now()),
        Stage::Preprocess | Stage::Cover { .. } => {}
    };
    captioner
        .describe(photo, &options, &Cancel::default(), &mut progress)
        .unwrap();
    let end = Instant::now();
    let (first, last) = (steps[0], steps[steps.len() - 1]);
    let second = steps.get(1).copied().unwrap_or(end);
    let later = steps.len().saturating_sub(2).max(1) as u32;
    Measured {
        encoder: first - encode,
        first: second - first,
        later: last.saturating_duration_since(second) / later,
        search: end - first,
    }
}

/// The whole graph against its halves, in turn, so that a busy machine slows both.
fn ratios(folder: &ModelFolder, halves: &mut Captioner, photo: &Photo) {
    const TURNS: usize = 7;

    let mut whole = load(folder, true);
    for beams in [1, 4] {
        let (mut of_whole, mut of_halves) = (Vec::new(), Vec::new());
        for _ in 0..TURNS {
            for (captioner, times) in [(&mut whole, &mut of_whole), (&mut *halves, &mut of_halves)] {
                let measured = measure(captioner, photo, beams);
                // Together, for the halves do a part of the search's work beside the encoder.
                times.push((measured.encoder + measured.search, measured.later));
            }
        }
        let middle = |times: &mut Vec<(Duration, Duration)>, of: fn(&(Duration, Duration)) -> Duration| {
            times.sort_by_key(of);
            of(&times[TURNS / 2])
        };
        let mut line = format!("{}, {beams} beams:", folder.name());
        for (what, of) in [
            (
                "encoder and search",
                (|times| times.0) as fn(&(Duration, Duration)) -> Duration,
            ),
            ("a later step", |times| times.1),
        ] {
            let (a, b) = (middle(&mut of_whole, of), middle(&mut of_halves, of));
            let ratio = a.as_secs_f64() / b.as_secs_f64();
            line += &format!(
                " {what} {:.1} ms whole, {:.1} ms in halves, {ratio:.2} times as fast;",
                ms(a),
                ms(b)
            );
        }
        println!("{}", line.trim_end_matches(';'));
    }
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
