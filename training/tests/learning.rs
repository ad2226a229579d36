//! A tiny captioner learns to name colours: data, views, training, resume, export and scoring, from end to end.

#![allow(clippy::unwrap_used)]

mod support;

use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use std::sync::PoisonError;
use std::time::Duration;

use burn::module::{Module, ModuleVisitor, Param};
use burn::tensor::{Device, Distribution, Tensor};
use hearsight_training::checkpoint::BestBy;
use hearsight_training::config::RunConfig;
use hearsight_training::loss::HardConfig;
use hearsight_training::nets::bahdanau_gru::BahdanauGruConfig;
use hearsight_training::nets::captioner::CaptionerNet;
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::nets::positions::Positions;
use hearsight_training::nets::show_and_tell::ShowAndTellConfig;
use hearsight_training::nets::show_attend_tell::ShowAttendTellConfig;
use hearsight_training::nets::transformer_decoder::TransformerDecoderConfig;
use hearsight_training::run::Run;
use hearsight_training::scheduled_sampling::Sampling;
use hearsight_training::self_critical::SelfCriticalConfig;
use support::colours::{ONE_AT_A_TIME, data, learns_colours, own_net as config};

fn transformer() -> DecoderConfig {
    DecoderConfig::Transformer(TransformerDecoderConfig {
        width: 32,
        layers: 1,
        heads: 4,
        inner: 32,
        dropout: 0.15,
        positions: 20,
        position: Positions::Learned,
    })
}

fn last_row(run: &Path) -> String {
    // Without the third column, which is time.
    let log = fs::read_to_string(run.join("checkpoints/log.csv")).unwrap();
    let row = log.lines().last().unwrap().to_owned();
    row.split(',')
        .enumerate()
        .filter(|(column, _)| *column != 1)
        .map(|(_, cell)| cell)
        .collect::<Vec<_>>()
        .join(",")
}

/// The commands that bring a model out, one after the other.
fn calibrates_and_scores(model: &Path, data: &Path) {
    let scores = data.join("scores.json");
    let started = |command: &str, more: &[&OsStr]| {
        let mut tool = Command::new(env!("CARGO_BIN_EXE_hearsight-training"));
        let tool = tool.arg(command).arg(model).arg("--data").arg(data).args(more);
        tool.output().unwrap()
    };
    let run = |command: &str, more: &[&OsStr]| {
        let output = started(command, more);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{command}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    };
    let json = |path: &Path| -> serde_json::Value { serde_json::from_slice(&fs::read(path).unwrap()).unwrap() };
    let config = model.join("config.json");
    assert!(json(&config)["hearsight"]["calibration"].is_null());
    a_broken_photo_stops_calibrate_and_leaves_the_folder_as_it_was(&config, data, || started("calibrate", &[]));
    // Twelve photos foresee little.
    let more = [
        "--least",
        "3",
        "--weight",
        "1",
        "--beams",
        "6",
        "--length-penalty",
        "0.6",
    ]
    .map(OsStr::new);
    run("consensus", &more);
    let search = json(&model.join("generation_config.json"));
    assert_eq!(
        (search["num_beams"].as_u64(), search["length_penalty"].as_f64()),
        (Some(6), Some(0.6))
    );
    let consensus = &json(&config)["hearsight"]["consensus"];
    assert!(consensus["runs"].as_array().unwrap().len() > 4, "{consensus}");
    run("calibrate", &[]);
    let stored = json(&config);
    assert_eq!(stored["hearsight"]["calibration"]["kind"], "logistic", "{stored}");
    assert_eq!(stored["hearsight"]["neutral"].as_array().unwrap().len(), 2, "{stored}");
    let told = run(
        "score",
        &["--json".as_ref(), scores.as_ref(), "--ranks".as_ref(), "12".as_ref()],
    );
    assert!(told.contains("CIDEr-D") && told.contains("recall@1"), "{told}");
    let scores = json(&scores);
    // Three colours for twelve photos: the right colour's four sentences are the likeliest.
    assert!(
        scores["ranks"]["photos"]["recall"][1].as_f64().unwrap() > 0.8,
        "{scores}"
    );
    assert_eq!(scores["variety"]["new"], 0, "it says what it has learnt: {scores}");
    assert!(scores["doubt"]["calibration_error"].as_f64().unwrap() < 0.3, "{scores}");
}

/// It once wrote the rule by which every guess is said into the folder, to measure with it, and left that there.
fn a_broken_photo_stops_calibrate_and_leaves_the_folder_as_it_was(
    config: &Path,
    data: &Path,
    calibrate: impl FnOnce() -> Output,
) {
    let photo = data.join("images/11.png");
    let (before, whole) = (fs::read(config).unwrap(), fs::read(&photo).unwrap());
    fs::write(&photo, &whole[..40]).unwrap();
    assert!(!calibrate().status.success());
    assert_eq!(fs::read(config).unwrap(), before);
    fs::write(&photo, whole).unwrap();
}

#[test]
fn the_transformer_learns_colours() {
    let folder = learns_colours(config(transformer(), 60), Some((4, 4)));
    calibrates_and_scores(&folder.path().join("model"), folder.path());
}

#[test]
fn show_and_tell_learns_colours_without_looking_again() {
    let decoder = DecoderConfig::ShowAndTell(ShowAndTellConfig {
        width: 32,
        hidden: 32,
        embedding: 16,
        dropout: 0.1,
        positions: 20,
    });
    learns_colours(config(decoder, 60), None);
}

fn show_attend_tell(hard: bool) -> DecoderConfig {
    DecoderConfig::ShowAttendTell(ShowAttendTellConfig {
        width: 32,
        hidden: 32,
        embedding: 16,
        attention: 16,
        dropout: 0.1,
        positions: 20,
        hard,
    })
}

#[test]
fn soft_attention_learns_colours() {
    let mut config = config(show_attend_tell(false), 60);
    config.stages[0].loss.doubly_stochastic = 1.0;
    learns_colours(config, Some((4, 4)));
}

#[test]
fn hard_attention_learns_colours() {
    let mut config = config(show_attend_tell(true), 80);
    config.stages[0].loss.hard = Some(HardConfig {
        reward: 1.0,
        entropy: 0.01,
    });
    learns_colours(config, Some((4, 4)));
}

#[test]
fn a_gru_with_bahdanau_attention_learns_colours() {
    let decoder = DecoderConfig::BahdanauGru(BahdanauGruConfig {
        width: 32,
        features: 24,
        embedding: 16,
        attention: 16,
        hidden: 32,
        dropout: 0.0,
        positions: 20,
    });
    let mut config = config(decoder, 60);
    // Half of what it is told comes to be its own words.
    config.stages[0].scheduled_sampling = Some(Sampling::Linear {
        slope: 0.01,
        least: 0.5,
    });
    learns_colours(config, Some((4, 4)));
}

/// Configurations whose state is more than weights: a mean of them, what an encoder has counted, hard attention's baseline.
fn resumable(epochs: usize) -> [(&'static str, RunConfig); 2] {
    let mut averaging = config(transformer(), epochs);
    averaging.learning.average = Some(0.9);
    let mut hard = config(show_attend_tell(true), epochs);
    hard.learning.average = Some(0.9);
    hard.learning.replicas = 2;
    hard.stages[0].loss.hard = Some(HardConfig {
        reward: 1.0,
        entropy: 0.01,
    });
    [("transformer", averaging), ("hard attention", hard)]
}

#[test]
fn a_run_that_is_broken_off_and_resumed_has_the_weights_of_an_unbroken_one_to_the_last_bit() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, config) in resumable(3) {
        let folder = tempfile::tempdir().unwrap();
        data(folder.path());
        let open = |run: &str| Run::open(config.clone(), folder.path(), &folder.path().join(run)).unwrap();
        let whole = open("whole");
        whole.train().unwrap();
        let mut first = open("broken");
        first.stop_after = Some(1);
        first.train().unwrap();
        let broken = open("broken");
        broken.train().unwrap();
        assert_eq!(last_row(&whole.folder), last_row(&broken.folder), "{name}");
        assert!(weights(&whole) == weights(&broken), "{name}: other weights");
    }
}

#[test]
fn a_run_that_is_killed_within_an_epoch_ends_with_the_weights_of_an_unbroken_one() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    for (name, config) in resumable(8) {
        let folder = tempfile::tempdir().unwrap();
        data(folder.path());
        let path = folder.path().join("run.toml");
        fs::write(&path, toml::to_string(&config).unwrap()).unwrap();
        let start = |run: &str| {
            let mut program = Command::new(env!("CARGO_BIN_EXE_hearsight-training"));
            program.arg("train").arg(&path).arg("--data").arg(folder.path());
            program.arg("--run").arg(folder.path().join(run));
            program.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
        };
        assert!(start("whole").wait().unwrap().success());
        let rows = || {
            fs::read_to_string(folder.path().join("broken/checkpoints/log.csv")).map_or(0, |log| log.lines().count())
        };
        let mut first = start("broken");
        while rows() < 4 {
            assert!(
                first.try_wait().unwrap().is_none(),
                "{name}: it ended before it could be killed"
            );
            std::thread::sleep(Duration::from_millis(2));
        }
        // The row of the third epoch is there: soon the fourth one is under way.
        std::thread::sleep(Duration::from_millis(20));
        first.kill().unwrap();
        assert!(
            !first.wait().unwrap().success() && rows() < 9,
            "{name}: it ended before it was killed"
        );
        assert!(start("broken").wait().unwrap().success());
        let open = |run: &str| Run::open(config.clone(), folder.path(), &folder.path().join(run)).unwrap();
        let (whole, broken) = (open("whole"), open("broken"));
        assert!(weights(&whole) == weights(&broken), "{name}: other weights");
        assert_eq!(last_row(&whole.folder), last_row(&broken.folder), "{name}");
        assert_eq!(epochs(&broken.folder), (1..=8).collect::<Vec<_>>(), "{name}");
    }
}

/// The epochs that a run's log has rows of.
fn epochs(run: &Path) -> Vec<usize> {
    let log = fs::read_to_string(run.join("checkpoints/log.csv")).unwrap();
    let first = |line: &str| line.split(',').next().unwrap().parse().unwrap();
    log.lines().skip(1).map(first).collect()
}

/// An epoch was once counted before its row was written, and a run that was killed between the two had none of it.
#[test]
fn whoever_is_killed_between_an_epochs_row_and_its_counting_has_the_row_once() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let mut config = config(transformer(), 3);
    config.learning.keep = 5;
    let train = |epochs: usize| {
        let mut run = Run::open(config.clone(), folder.path(), &folder.path().join("run")).unwrap();
        run.stop_after = Some(epochs);
        run.train().unwrap();
    };
    let counted = folder.path().join("run/checkpoints/kept.json");
    train(1);
    let before = fs::read(&counted).unwrap();
    train(2);
    fs::write(&counted, before).unwrap();
    train(3);
    assert_eq!(epochs(&folder.path().join("run")), [1, 2, 3]);
}

#[test]
fn of_seven_epochs_five_are_kept_and_the_one_with_the_lowest_loss_is_exported() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let mut config = config(transformer(), 7);
    (config.learning.keep, config.learning.best_by) = (5, BestBy::Loss);
    // So fast that the loss goes up again and again.
    config.stages[0].rate = 0.03;
    let run = Run::open(config, folder.path(), &folder.path().join("run")).unwrap();
    run.train().unwrap();
    let log = fs::read_to_string(run.folder.join("checkpoints/log.csv")).unwrap();
    let rows: Vec<Vec<&str>> = log.lines().map(|line| line.split(',').collect()).collect();
    let column = rows[0].iter().position(|name| *name == "dev_caption").unwrap();
    let losses: Vec<f64> = rows[1..].iter().map(|row| row[column].parse().unwrap()).collect();
    let lowest = std::iter::zip(1.., &losses)
        .min_by(|a, b| a.1.total_cmp(b.1))
        .unwrap()
        .0;
    let (best, _) = run.checkpoints().unwrap().best(run.net(&Device::flex())).unwrap();
    assert_eq!(best, lowest, "{losses:?}");
    let is_there = |epoch: &usize| run.folder.join(format!("checkpoints/epoch-{epoch}/net.bpk")).is_file();
    let mut kept: Vec<usize> = (1..=7).filter(is_there).collect();
    if best < 3 {
        assert_eq!(kept.remove(0), best, "the best one is kept besides");
    }
    assert_eq!(kept, [3, 4, 5, 6, 7]);
}

/// The weights of the newest checkpoint, and the mean of them where the run keeps one, bit for bit.
fn weights(run: &Run) -> Vec<u32> {
    let net = run.net(&Device::flex());
    let optimizer = burn::optim::AdamWConfig::new().init();
    let found = run.checkpoints().unwrap().newest(&net, &optimizer).unwrap().unwrap();
    assert_eq!(found.averaged.is_some(), run.config.learning.average.is_some());
    let mut bits = Bits(Vec::new());
    found.net.visit(&mut bits);
    found.averaged.iter().for_each(|net| net.visit(&mut bits));
    bits.0
}

struct Bits(Vec<u32>);

impl ModuleVisitor for Bits {
    fn visit_float<const D: usize>(&mut self, param: &Param<Tensor<D>>) {
        let values: Vec<f32> = param.val().into_data().try_to_vec().unwrap();
        self.0.extend(values.iter().map(|value| value.to_bits()));
    }
}

#[test]
fn two_runs_with_one_seed_are_equal_to_the_last_bit_and_another_seed_is_another_run() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let train = |name: &str, seed: u64| {
        let mut config = config(transformer(), 2);
        (config.seed, config.learning.replicas) = (seed, 2);
        config.stages[0].scheduled_sampling = Some(Sampling::Linear { slope: 0.5, least: 0.5 });
        let mut critical = config.stages[0];
        (critical.epochs, critical.captions) = (1, 0);
        critical.self_critical = Some(SelfCriticalConfig { samples: 3 });
        config.stages.push(critical);
        let run = Run::open(config, folder.path(), &folder.path().join(name)).unwrap();
        run.train().unwrap();
        weights(&run)
    };
    let first = train("first", 7);
    assert!(first.len() > 1000);
    assert!(first == train("second", 7), "the same seed gives other weights");
    assert!(first != train("third", 8), "another seed gives the same weights");
    let made: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("third/run.json")).unwrap()).unwrap();
    assert_eq!(
        (made[0]["seed"].as_u64(), made[0]["data"]["train"].as_u64()),
        (Some(8), Some(12)),
        "{made}"
    );
    assert!(folder.path().join("third/loss.svg").is_file() && folder.path().join("third/events").is_dir());
}

#[test]
fn gradients_of_small_batches_add_up_to_the_step_of_a_large_one() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let loss = |name: &str, batch: usize, replicas: usize, accumulate: usize| -> f64 {
        let DecoderConfig::Transformer(mut decoder) = transformer() else {
            unreachable!()
        };
        // What is dropped out differs with the batch's number.
        decoder.dropout = 0.0;
        let mut config = config(DecoderConfig::Transformer(decoder), 2);
        let EncoderConfig::Conv(encoder) = &mut config.net.encoder else {
            unreachable!()
        };
        encoder.mixing.dropout = 0.0;
        config.learning.batch = batch;
        (config.learning.replicas, config.learning.accumulate) = (replicas, accumulate);
        let run = folder.path().join(name);
        Run::open(config, folder.path(), &run).unwrap().train().unwrap();
        let row = last_row(&run);
        // epoch, caption, bag, cosine, dev caption
        row.split(',').nth(1).unwrap().parse().unwrap()
    };
    let (large, small) = (loss("large", 6, 2, 1), loss("small", 3, 1, 2));
    assert!((large - small).abs() < 1e-3, "{large} and {small}");
    let other = loss("alone", 3, 1, 1);
    assert!(
        (large - other).abs() > 1e-2,
        "steps of three photos are others: {large} and {other}"
    );
}

#[test]
fn a_run_stops_where_its_sentences_have_not_become_better_for_a_while() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let mut config = config(transformer(), 40);
    // So slow that what it counts of its inputs is soon all that changes.
    config.stages[0].rate = 1e-12;
    config.learning.patience = Some(2);
    let run = folder.path().join("run");
    Run::open(config, folder.path(), &run).unwrap().train().unwrap();
    let kept: serde_json::Value =
        serde_json::from_slice(&fs::read(run.join("checkpoints/kept.json")).unwrap()).unwrap();
    let epoch = |name: &str| kept[name].as_u64().unwrap();
    assert!(epoch("newest") < 40 && epoch("newest") == epoch("best") + 2, "{kept}");
}

#[test]
fn an_encoder_that_stays_sees_as_before_while_the_decoder_learns() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let mut config = config(transformer(), 2);
    config.learning.replicas = 2;
    let mut staying = config.stages[0];
    staying.loss.encoder_stays = true;
    config.stages.push(staying);
    let net = |stop_after: usize| {
        let mut run = Run::open(config.clone(), folder.path(), &folder.path().join("run")).unwrap();
        run.stop_after = Some(stop_after);
        run.train().unwrap().valid()
    };
    let device = Device::flex();
    let pixels = Tensor::<4>::random([3, 3, 16, 16], Distribution::Uniform(-1.0, 1.0), &device);
    let memory = |net: &CaptionerNet| -> Vec<f32> {
        let memory = net.encoder.as_ref().unwrap().forward(pixels.clone());
        memory.into_data().try_to_vec().unwrap()
    };
    let (first, before, after) = (net(1), net(2), net(4));
    assert!(
        memory(&first) != memory(&before),
        "the encoder learns in the first stage"
    );
    assert!(memory(&before) == memory(&after), "the encoder has changed");
    let decoder = |net: &CaptionerNet| {
        let mut bits = Bits(Vec::new());
        net.decoder.visit(&mut bits);
        bits.0
    };
    assert!(decoder(&before) != decoder(&after), "the decoder has learnt nothing");
}

#[test]
fn sentences_that_are_weighed_by_what_they_are_worth_become_worth_more() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let mut config = config(transformer(), 12);
    let mut critical = config.stages[0];
    (critical.epochs, critical.captions, critical.rate) = (40, 0, 4e-3);
    critical.self_critical = Some(SelfCriticalConfig { samples: 4 });
    config.stages.push(critical);
    let run = folder.path().join("run");
    Run::open(config, folder.path(), &run).unwrap().train().unwrap();
    let log = fs::read_to_string(run.join("checkpoints/log.csv")).unwrap();
    let rows: Vec<Vec<&str>> = log.lines().map(|line| line.split(',').collect()).collect();
    let column = rows[0].iter().position(|name| *name == "worth").unwrap();
    let worth: Vec<f64> = rows[13..].iter().map(|row| row[column].parse().unwrap()).collect();
    let mean = |worth: &[f64]| worth.iter().sum::<f64>() / worth.len() as f64;
    let (first, last) = (mean(&worth[..10]), mean(&worth[30..]));
    assert!(last > first + 0.2, "from {first} to {last}: {worth:?}");
    assert!(rows[12][column].is_empty(), "nothing is drawn in the first stage");
}
