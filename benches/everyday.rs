//! How long a sentence takes in the app with the model that comes with it: `cargo bench --bench everyday`.
//!
//! From a JPEG file's bytes to the description, on two threads, greedily (aim: 60 ms) and with four beams (aim: 120 ms).
//! Then its encoder beside one of ViT-base's size with random weights, turn by turn so that a busy machine slows both;
//! the benchmark fails where ours takes a tenth of the other's time or more. `benches/base_model.py`, which needs
//! Python's packages `numpy` and `onnx`, writes that one into `target/base-model` where it is missing.
#![allow(clippy::unwrap_used)]

use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};
use std::time::{Duration, Instant};

use criterion::Criterion;
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::captioner::{Cancel, Captioner, DescribeOptions, LoadOptions, open_graph};
use hearsight::model::ModelFolder;
use hearsight::photo::Photo;
use ort::session::Session;
use ort::value::TensorRef;

const TURNS: usize = 15;

/// The most that our encoder's time may be of ViT-base's.
const SHARE: f64 = 0.1;

fn main() -> ExitCode {
    let project = Path::new(env!("CARGO_MANIFEST_DIR"));
    let everyday = ModelFolder::open(&project.join("models/everyday")).unwrap();
    let bytes = std::fs::read(project.join("assets/samples/coffee.jpg")).unwrap();
    sentences(&everyday, &bytes);

    let Some(base) = base_model(project) else {
        println!("There is no encoder of ViT-base's size to compare with.");
        return ExitCode::FAILURE;
    };
    let photo = Photo::from_bytes("coffee", &bytes).unwrap();
    let mut encoders = [everyday, ModelFolder::open(&base).unwrap()].map(|folder| Encoder::open(&folder, &photo));
    let mut times = [Vec::new(), Vec::new()];
    for _ in 0..TURNS {
        for (encoder, times) in encoders.iter_mut().zip(&mut times) {
            times.push(encoder.run());
        }
    }
    let [ours, theirs] = times.map(|mut times| {
        times.sort();
        times[TURNS / 2].as_secs_f64() * 1e3
    });
    let share = ours / theirs;
    println!("encoder: {ours:.1} ms; of ViT-base's size {theirs:.1} ms; a share of {share:.3}, at most {SHARE}");
    if share < SHARE {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    }
}

fn sentences(folder: &ModelFolder, bytes: &[u8]) {
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(5))
        .configure_from_args();
    let load = LoadOptions {
        threads: Some(2),
        ..LoadOptions::default()
    };
    let mut captioner = Captioner::load(folder, &load).unwrap();
    for beams in [1, 4] {
        let options = DescribeOptions {
            beams: Some(beams),
            ..DescribeOptions::default()
        };
        criterion.bench_function(&format!("a sentence, beams {beams}"), |bencher| {
            bencher.iter(|| {
                let photo = Photo::from_bytes("coffee", black_box(bytes)).unwrap();
                assert!(photo.is_clear());
                captioner
                    .describe(&photo, &options, &Cancel::default(), &mut |_| ())
                    .unwrap()
            });
        });
    }
    criterion.final_summary();
}

/// The folder with the large encoder, written first where it is missing.
fn base_model(project: &Path) -> Option<PathBuf> {
    let folder = project.join("target/base-model");
    if !folder.is_dir() {
        let script = project.join("benches/base_model.py");
        let written = Command::new("python3").arg(script).arg(&folder).status();
        if !written.is_ok_and(|status| status.success()) {
            return None;
        }
    }
    Some(folder)
}

/// An encoder with the photo as it takes it.
struct Encoder {
    session: Session,
    pixels: ndarray::Array4<f32>,
}

impl Encoder {
    fn open(folder: &ModelFolder, photo: &Photo) -> Self {
        let preprocessor = Preprocessor::from_json(folder.preprocessor()).unwrap();
        let mut encoder = Self {
            session: open_graph(folder.encoder()).unwrap(),
            pixels: preprocessor.run(photo.pixels()),
        };
        // The first run takes memory that the later ones find.
        encoder.run();
        encoder
    }

    fn run(&mut self) -> Duration {
        let clock = Instant::now();
        let pixels = TensorRef::from_array_view(&self.pixels).unwrap();
        black_box(self.session.run(ort::inputs!["pixel_values" => pixels]).unwrap());
        clock.elapsed()
    }
}
