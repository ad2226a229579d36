//! A data set of three colours, and a captioner that learns to name them.

use std::fs;
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use burn::tensor::Device;
use hearsight::captioner::{DescribeOptions, Description};
use hearsight::model::ModelFolder;
use hearsight_training::config::RunConfig;
use hearsight_training::describe;
use hearsight_training::export::check::Differences;
use hearsight_training::export::{export, weights::Precision};
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::run::Run;
use image::{Rgb, RgbImage};
use tempfile::TempDir;

/// The random numbers of a net's first weights are the process's: two runs at once would draw each other's.
pub static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

const COLOURS: [(&str, [u8; 3]); 3] = [
    ("red", [220, 30, 20]),
    ("green", [20, 200, 40]),
    ("blue", [30, 30, 220]),
];

/// Four photos a colour, each with two captions.
pub fn data(folder: &Path) {
    fs::create_dir(folder.join("images")).unwrap();
    let (mut captions, mut names) = ("image,caption\n".to_owned(), String::new());
    for index in 0..12u8 {
        let (colour, rgb) = COLOURS[usize::from(index) % 3];
        let name = format!("{index}.png");
        let shade = |x: u32, y: u32| Rgb(rgb.map(|c| c.saturating_add(index + (x + y) as u8 / 2)));
        RgbImage::from_fn(40, 40, shade)
            .save(folder.join("images").join(&name))
            .unwrap();
        captions += &format!("{name},\"A wall , painted {colour} .\"\n{name},A {colour} wall\n");
        names += &format!("{name}\n");
    }
    fs::write(folder.join("captions.csv"), captions).unwrap();
    fs::write(folder.join("train.txt"), &names).unwrap();
    fs::write(folder.join("dev.txt"), &names).unwrap();
}

/// A small net of our own for the colours, without a teacher.
pub fn own_net(decoder: DecoderConfig, epochs: usize) -> RunConfig {
    let mut config: RunConfig = toml::from_str(include_str!("../../configs/everyday.toml")).unwrap();
    config.teacher = None;
    config.words.minimum_count = 1;
    config.words.spelling = None;
    config.words.bag = 4;
    config.views.count = 2;
    let EncoderConfig::Conv(encoder) = &mut config.net.encoder else {
        panic!("{:?}", config.net.encoder);
    };
    encoder.picture = 16;
    encoder.channels = vec![8, 8];
    encoder.blocks = vec![0, 1];
    encoder.mixing.inner = 32;
    config.net.decoder = decoder;
    config.learning.batch = 6;
    config.learning.replicas = 1;
    config.stages.truncate(1);
    let stage = &mut config.stages[0];
    (stage.epochs, stage.captions, stage.warmup, stage.rate) = (epochs, 2, 4, 4e-3);
    config
}

/// Teaches a captioner three colours and lets the app's captioner say them from the exported folder, `model` in the data's;
/// `grid` is that of its attention, if it looks again at every word.
pub fn learns_colours(config: RunConfig, grid: Option<(usize, usize)>) -> TempDir {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let run = Run::open(config, folder.path(), &folder.path().join("run")).unwrap();
    run.train().unwrap();
    let (epoch, net) = run.checkpoints().unwrap().best(run.net(&Device::flex())).unwrap();
    assert!(epoch > 10, "the best epoch is {epoch}");
    let model = folder.path().join("model");
    export(
        &net,
        &run.config,
        (&run.tokenizer, &run.bag),
        Precision::Float32,
        &model,
    )
    .unwrap();
    let words = (&run.tokenizer, run.config.words.longest);
    let differences = Differences::of((&net, &run.config), words, &model, &run.data.dev).unwrap();
    assert!(differences.photos == 12 && differences.steps > 12 * 3, "{differences}");
    differences.verdict(Precision::Float32).unwrap();
    assert_eq!(differences.attention.is_some(), grid.is_some());
    let others = run.net(&Device::flex());
    let other = Differences::of((&others, &run.config), words, &model, &run.data.dev[..1]).unwrap();
    let refused = other.verdict(Precision::Float32).unwrap_err().to_string();
    assert!(refused.contains("differs by"), "{refused}");
    let (scores, descriptions) = describe::score(
        &ModelFolder::open(&model).unwrap(),
        &run.data.dev,
        &DescribeOptions::default(),
    )
    .unwrap();
    let right = std::iter::zip(0.., &descriptions)
        .filter(|(i, d)| d.caption.contains(COLOURS[i % 3].0))
        .count();
    assert!(
        right >= 10,
        "{right} of 12 colours are right: {:?}",
        descriptions[0].caption
    );
    assert!(scores.corpus.bleu[0] > 0.7, "{scores}");
    let colour = |d: &Description| d.words.iter().find_map(|word| word.support);
    let support = colour(&descriptions[0]).unwrap();
    assert!(support > 0.5, "the photo supports its colour by {support}");
    let attention = descriptions[0].words[0].attention.as_ref();
    assert_eq!(attention.map(|attention| (attention.rows, attention.columns)), grid);
    folder
}
