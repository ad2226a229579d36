//! Models of each kind of decoder are described through the same loop, and broken folders are refused in a sentence.
#![allow(clippy::unwrap_used)]

use std::fs;
use std::path::Path;
use std::sync::mpsc::channel;
use std::time::{Duration, Instant};

use hearsight::captioner::{
    Cancel, CaptionError, Captioner, DescribeOptions, Description, DeviceChoice, FEW_BEAMS, LoadOptions, Stage,
};
use hearsight::model::{Calibration, ModelFolder};
use hearsight::onnx::{DataType, Dim, GraphBuilder, save};
use hearsight::photo::Photo;
use image::{Rgb, RgbImage};
use serde_json::{Value, json};

#[path = "support/models.rs"]
mod models;

use models::{Kind, model};

const KINDS: [Kind; 2] = [Kind::Recurrent, Kind::Transformer];

/// A photo with a bright spot in one of four corners.
fn photo(corner: u32) -> Photo {
    let pixels = RgbImage::from_fn(48, 32, |x, y| {
        let bright = (x / 24, y / 16) == (corner % 2, corner / 2);
        Rgb([if bright { 250 } else { 20 }, (x * 5) as u8, (y * 7) as u8])
    });
    Photo::from_pixels("spot", pixels)
}

fn load(folder: &Path) -> Result<Captioner, CaptionError> {
    Captioner::load(&ModelFolder::open(folder)?, &LoadOptions::default())
}

fn describe(captioner: &mut Captioner, photo: &Photo, beams: usize) -> Description {
    let options = DescribeOptions {
        beams: Some(beams),
        ..DescribeOptions::default()
    };
    captioner
        .describe(photo, &options, &Cancel::default(), &mut |_| {})
        .unwrap()
}

#[test]
fn every_kind_of_decoder_describes_with_words_places_and_doubt() {
    for kind in KINDS {
        let folder = model(kind, json!({"name": "tiny"}));
        let mut captioner = load(folder.path()).unwrap();
        assert!(captioner.has_attention());
        for beams in [1, 3] {
            let found = describe(&mut captioner, &photo(0), beams);
            assert_eq!((found.model.as_str(), found.device.as_str()), ("tiny", "cpu"));
            assert_eq!(found.tokens[0], 0);
            assert!(found.words.len() >= 3, "{kind:?}: {}", found.caption);
            for word in &found.words {
                assert!(models::WORDS.contains(&word.text.as_str()), "{}", word.text);
                assert!(word.probability > 0.0 && word.probability <= 1.0);
                let map = word.attention.as_ref().unwrap();
                assert_eq!((map.rows, map.columns, map.weights.len()), (4, 4, 16));
                assert!((map.weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            }
            let product: f32 = found.words.iter().map(|word| word.probability.ln()).sum();
            assert!(product >= found.score - 1e-4, "the score also holds the end token");
            assert!(found.confidence > 0.0 && found.confidence < 1.0);
            let mean = found.score / (found.tokens.len() - 1) as f32;
            assert_eq!(found.mean_log_probability(), mean);
            assert!((found.confidence - mean.exp()).abs() < 1e-6);
            assert_eq!(found.alternatives.is_empty(), beams == 1);
            assert!(found.alternatives.iter().all(|other| other.caption != found.caption));
        }
    }
}

#[test]
fn what_the_decoder_says_depends_on_the_photo() {
    for kind in KINDS {
        let folder = model(kind, json!({}));
        let mut captioner = load(folder.path()).unwrap();
        let scores: Vec<f32> = (0..4)
            .map(|corner| describe(&mut captioner, &photo(corner), 1).score)
            .collect();
        assert!(scores.windows(2).all(|pair| pair[0] != pair[1]), "{kind:?}: {scores:?}");
    }
}

#[test]
fn step_by_step_with_a_state_says_what_the_whole_prefix_says() {
    let (stepwise, whole) = (model(Kind::Transformer, json!({})), model(Kind::WholePrefix, json!({})));
    let (mut stepwise, mut whole) = (load(stepwise.path()).unwrap(), load(whole.path()).unwrap());
    for corner in 0..4 {
        for beams in [1, 4] {
            let a = describe(&mut stepwise, &photo(corner), beams);
            let b = describe(&mut whole, &photo(corner), beams);
            assert_eq!(a.tokens, b.tokens);
            assert!((a.score - b.score).abs() < 1e-4);
            for (a, b) in a.words.iter().zip(&b.words) {
                let (a, b) = (a.attention.as_ref().unwrap(), b.attention.as_ref().unwrap());
                assert!(a.weights.iter().zip(&b.weights).all(|(a, b)| (a - b).abs() < 1e-4));
            }
        }
    }
}

#[test]
fn looking_further_finds_other_sentences_with_words_places_and_doubt() {
    for kind in KINDS {
        let folder = model(kind, json!({}));
        let mut captioner = load(folder.path()).unwrap();
        for beams in [1, 3] {
            let options = DescribeOptions {
                beams: Some(beams),
                ..DescribeOptions::default()
            };
            let before = describe(&mut captioner, &photo(0), beams);
            let found = captioner
                .look_further(&photo(0), &options, &before, 4, &Cancel::default(), &mut |_| {})
                .unwrap();
            let sentences: Vec<&str> = found.sentences().collect();
            let different: std::collections::HashSet<&str> = sentences.iter().copied().collect();
            assert_eq!((sentences.len(), different.len()), (5, 5), "{kind:?}: {sentences:?}");
            assert_eq!(sentences[0], before.caption);
            assert!(sentences.iter().zip(before.sentences()).all(|(now, then)| *now == then));
            for other in &found.alternatives {
                let texts: Vec<&str> = other.words.iter().map(|word| word.text.as_str()).collect();
                assert_eq!(texts.join(" "), other.caption);
                assert!((0.0..=1.0).contains(&other.confidence) && other.score < 0.0);
                assert!(other.words.iter().all(|word| word.attention.is_some()));
            }
        }
        let cancelled = Cancel::default();
        cancelled.cancel();
        let before = describe(&mut captioner, &photo(0), 1);
        let options = DescribeOptions::default();
        let stopped = captioner.look_further(&photo(0), &options, &before, 4, &cancelled, &mut |_| {});
        assert!(matches!(stopped, Err(CaptionError::Cancelled)));
    }
}

#[test]
fn a_decoder_that_would_cut_up_shared_memory_is_given_a_copy_for_each_beam() {
    let (plain, reshaping) = (model(Kind::Transformer, json!({})), model(Kind::Reshaping, json!({})));
    let (mut plain, mut reshaping) = (load(plain.path()).unwrap(), load(reshaping.path()).unwrap());
    for beams in [2, 4] {
        let (a, b) = (
            describe(&mut plain, &photo(2), beams),
            describe(&mut reshaping, &photo(2), beams),
        );
        assert_eq!((a.tokens, a.alternatives.len()), (b.tokens, b.alternatives.len()));
        assert!((a.score - b.score).abs() < 1e-4);
        assert_eq!(b.words[0].attention.as_ref().unwrap().weights.len(), 16);
    }
}

#[test]
fn the_attention_of_heads_one_behind_the_other_belongs_to_its_sequence() {
    let (plain, flat) = (model(Kind::Transformer, json!({})), model(Kind::FlatHeads, json!({})));
    let (mut plain, mut flat) = (load(plain.path()).unwrap(), load(flat.path()).unwrap());
    for beams in [1, 2, 3] {
        let (a, b) = (
            describe(&mut plain, &photo(3), beams),
            describe(&mut flat, &photo(3), beams),
        );
        assert_eq!(a.tokens, b.tokens);
        for (a, b) in a.words.iter().zip(&b.words) {
            let (a, b) = (a.attention.as_ref().unwrap(), b.attention.as_ref().unwrap());
            assert!(a.weights.iter().zip(&b.weights).all(|(a, b)| (a - b).abs() < 1e-4));
        }
    }
}

#[test]
fn a_decoder_with_scores_for_fewer_sequences_than_it_was_given_fails_in_a_sentence() {
    let folder = model(Kind::Averaging, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    let options = DescribeOptions {
        beams: Some(3),
        ..DescribeOptions::default()
    };
    let found = captioner.describe(&photo(0), &options, &Cancel::default(), &mut |_| {});
    assert_eq!(
        found.unwrap_err().to_string(),
        "The model failed while it looked at the photo (its scores have the shape [1, 1, 13] for 3 sequences). Try \
         again on the CPU, or try another model."
    );
}

#[test]
fn one_beam_is_the_models_own_greedy_search() {
    for kind in KINDS {
        let folder = model(kind, json!({}));
        let mut captioner = load(folder.path()).unwrap();
        let own = captioner
            .describe(&photo(1), &DescribeOptions::default(), &Cancel::default(), &mut |_| {})
            .unwrap();
        assert_eq!(own.tokens, describe(&mut captioner, &photo(1), 1).tokens);
    }
}

#[test]
fn loading_is_counted_once() {
    let folder = model(Kind::Recurrent, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    assert!(describe(&mut captioner, &photo(0), 1).seconds.load > 0.0);
    assert_eq!(describe(&mut captioner, &photo(0), 1).seconds.load, 0.0);
}

#[test]
fn the_seconds_include_opening_the_folder_and_decoding_the_photo() {
    let folder = model(Kind::Recurrent, json!({}));
    let opened = ModelFolder::open(folder.path()).unwrap();
    let mut captioner = Captioner::load(&opened, &LoadOptions::default()).unwrap();
    let path = folder.path().join("photo.png");
    RgbImage::from_fn(2000, 1500, |x, y| Rgb([x as u8, y as u8, (x * y) as u8]))
        .save(&path)
        .unwrap();
    let photo = Photo::open(&path).unwrap();
    assert!(opened.seconds() > 0.0 && photo.seconds() > 0.0);
    let seconds = describe(&mut captioner, &photo, 1).seconds;
    assert!(seconds.load > opened.seconds());
    assert!(seconds.decode_photo > photo.seconds());
    let bytes = Photo::from_bytes("photo", &fs::read(&path).unwrap()).unwrap();
    assert!(bytes.seconds() > 0.0);
    assert_eq!(Photo::from_pixels("pasted", photo.pixels().clone()).seconds(), 0.0);
}

#[test]
fn settings_given_with_the_photo_override_the_models() {
    let folder = model(Kind::Transformer, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    let options = DescribeOptions {
        max_length: Some(3),
        min_length: Some(3),
        ..DescribeOptions::default()
    };
    let found = captioner
        .describe(&photo(0), &options, &Cancel::default(), &mut |_| {})
        .unwrap();
    assert_eq!(found.tokens.len(), 3);
}

#[test]
fn our_own_models_say_how_to_write_and_how_sure_to_be() {
    let calibration = json!({"kind": "logistic", "intercept": -1.0, "slope": 0.5});
    let folder = model(Kind::Recurrent, json!({"capitalise": true, "calibration": calibration}));
    let found = describe(&mut load(folder.path()).unwrap(), &photo(0), 1);
    assert!(
        found.caption.ends_with('.') && found.caption.starts_with(char::is_uppercase),
        "{}",
        found.caption
    );
    let calibration = Calibration::Logistic {
        intercept: -1.0,
        slope: 0.5,
        mean_support: 0.0,
        least_support: 0.0,
        margin: 0.0,
        usual_margin: 0.0,
        agreement: 0.0,
        usual_agreement: 0.0,
        likeness: 0.0,
        usual_likeness: 0.0,
        main_noun: 0.0,
        usual_main_noun: 0.0,
    };
    assert_eq!(found.confidence, calibration.confidence(&found.evidence()[0]));
    assert!(found.confidence < 0.268_941, "less than without any doubt");
}

#[test]
fn what_the_model_takes_for_no_photo_is_marked_and_not_believed() {
    for kind in KINDS {
        let [sure, doubtful] = [0.9, 0.1].map(|probability| models::judging(kind, probability));
        let mut sure = load(sure.path()).unwrap();
        let description = describe(&mut sure, &photo(0), 2);
        assert!(!description.no_photo && description.confidence > 0.0);
        let mut doubtful = load(doubtful.path()).unwrap();
        let other = describe(&mut doubtful, &photo(0), 2);
        assert!(other.no_photo);
        assert_eq!((other.caption, other.confidence), (description.caption, 0.0));
        assert!(other.alternatives.iter().all(|other| other.confidence == 0.0));
    }
    let folder = model(Kind::Transformer, json!({"no_photo_below": 0.5}));
    let error = load(folder.path()).unwrap_err().to_string();
    assert!(error.contains("photo_probability"), "{error}");
}

#[test]
fn of_the_sentences_found_that_one_is_said_which_is_most_like_what_people_would_say() {
    // A word that is said again wins nothing.
    let describe = |captioner: &mut Captioner, beams: usize| {
        let mut options = DescribeOptions {
            beams: Some(beams),
            ..DescribeOptions::default()
        };
        options.generation.insert("no_repeat_ngram_size".to_owned(), json!(1));
        captioner
            .describe(&photo(0), &options, &Cancel::default(), &mut |_| {})
            .unwrap()
    };
    for kind in KINDS {
        let plain = model(kind, json!({}));
        let mut plain = load(plain.path()).unwrap();
        let before = describe(&mut plain, 3);
        let other = before.alternatives.last().unwrap();
        let words: Vec<i64> = other.tokens.iter().copied().filter(|token| *token > 2).collect();
        let folder = models::expecting(kind, &words, 5.0);
        let mut expecting = load(folder.path()).unwrap();
        let found = describe(&mut expecting, 3);
        assert_eq!((&found.caption, &found.tokens), (&other.caption, &other.tokens));
        assert!(
            found.score < before.score,
            "what is told of its likelihood is the model's own"
        );
        assert!(!found.alternatives.is_empty());
        // Nothing to choose from, and too much to show.
        let greedy = [&mut plain, &mut expecting].map(|captioner| describe(captioner, 1).caption);
        assert_eq!(greedy[0], greedy[1]);
        assert!(describe(&mut plain, 9).alternatives.len() > 3);
        assert!(describe(&mut expecting, 9).alternatives.len() <= 3);

        let folder = models::expecting(kind, &words, 0.0);
        let found = describe(&mut load(folder.path()).unwrap(), 3);
        assert_eq!(
            found.caption, before.caption,
            "an expectation that weighs nothing changes nothing"
        );
    }
    let folder = model(
        Kind::Transformer,
        json!({"consensus": {"weight": 1.0, "word_weights": [1.0], "runs": ["a"]}}),
    );
    let error = load(folder.path()).unwrap_err().to_string();
    assert!(error.contains("expected_captions"), "{error}");
}

#[test]
fn words_for_people_give_way_one_rule_after_the_other() {
    let rules = json!([
        {"below": 1.01, "kinds": [["dog"], ["cat"]], "words": {"dog": "animal", "cat": "animal"}},
        {"below": 1.01, "kinds": [["animal"], []], "words": {"animal": "being", "runs": "moves"}},
        {"below": 0.0, "kinds": [["being"], []], "words": {"being": "thing"}, "together": {"moves moves": "keeps moving"}},
    ]);
    let said = |hearsight| {
        let folder = model(Kind::Transformer, hearsight);
        let mut captioner = load(folder.path()).unwrap();
        (0..4)
            .map(|corner| describe(&mut captioner, &photo(corner), 1).caption)
            .collect::<Vec<_>>()
    };
    let replaced = |caption: &String| {
        let words = caption.split(' ').map(|word| match word {
            "dog" | "cat" => "being",
            "runs" => "moves",
            other => other,
        });
        let words = words.collect::<Vec<_>>().join(" ");
        words.replace("moves moves", "keeps moving")
    };
    let guessed = said(json!({}));
    let careful = said(json!({"neutral": rules}));
    assert_eq!(careful, guessed.iter().map(replaced).collect::<Vec<_>>());
    assert_ne!(careful, guessed, "the model says one of the words");
}

#[test]
fn progress_tells_each_stage_and_each_token() {
    let folder = model(Kind::Transformer, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    let mut stages = Vec::new();
    let options = DescribeOptions::default();
    let found = captioner
        .describe(&photo(0), &options, &Cancel::default(), &mut |stage| stages.push(stage))
        .unwrap();
    assert_eq!(
        stages[..3],
        [Stage::Preprocess, Stage::Encode, Stage::Search { tokens: 0 }]
    );
    assert_eq!(stages.len(), 2 + found.tokens.len() - 1);
}

#[test]
fn a_cancelled_description_ends_at_once_and_the_next_one_works() {
    let folder = model(Kind::Transformer, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    for stop_at in [
        Stage::Preprocess,
        Stage::Encode,
        Stage::Search { tokens: 0 },
        Stage::Search { tokens: 2 },
    ] {
        let cancel = Cancel::default();
        let mut stages = Vec::new();
        let options = DescribeOptions {
            beams: Some(3),
            ..DescribeOptions::default()
        };
        let found = captioner.describe(&photo(0), &options, &cancel, &mut |stage| {
            stages.push(stage);
            if stage == stop_at {
                cancel.cancel();
            }
        });
        assert!(matches!(found, Err(CaptionError::Cancelled)), "{stop_at:?}: {found:?}");
        assert_eq!(stages.last(), Some(&stop_at));
    }
    let again = captioner.describe(&photo(0), &DescribeOptions::default(), &Cancel::default(), &mut |_| {});
    assert!(again.is_ok());
}

#[test]
fn a_description_that_is_stopped_from_another_thread_ends_within_a_tenth_of_a_second() {
    // With a third of them a fast processor once took less time than there has to be for it to be stopped.
    let folder = models::slow(900);
    let options = LoadOptions {
        threads: Some(1),
        ..LoadOptions::default()
    };
    let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &options).unwrap();
    let clock = Instant::now();
    describe(&mut captioner, &photo(0), 1);
    let whole = clock.elapsed();
    assert!(whole > Duration::from_millis(400), "too short to be stopped: {whole:?}");
    let mut quickest = Duration::MAX;
    // What else the machine does can only make it slower.
    for _ in 0..5 {
        let cancel = Cancel::default();
        let (begun, begins) = channel();
        let stop = cancel.clone();
        let stopper = std::thread::spawn(move || {
            begins.recv().unwrap();
            std::thread::sleep(whole / 8);
            stop.cancel();
            Instant::now()
        });
        let found = captioner.describe(&photo(0), &DescribeOptions::default(), &cancel, &mut |stage| {
            if stage == Stage::Encode {
                begun.send(()).unwrap();
            }
        });
        let ended = Instant::now();
        assert!(matches!(found, Err(CaptionError::Cancelled)), "{found:?}");
        quickest = quickest.min(ended.saturating_duration_since(stopper.join().unwrap()));
    }
    assert!(quickest < Duration::from_millis(100), "{quickest:?} of {whole:?}");
}

#[test]
fn little_memory_means_fewer_beams_unless_more_are_asked_for_and_the_same_words() {
    let folder = model(Kind::Transformer, json!({}));
    edit(folder.path(), "generation_config.json", |json| {
        json["num_beams"] = json!(5)
    });
    let options = LoadOptions {
        low_memory: true,
        ..LoadOptions::default()
    };
    let mut spared = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &options).unwrap();
    let found = spared
        .describe(&photo(1), &DescribeOptions::default(), &Cancel::default(), &mut |_| {})
        .unwrap();
    let two = describe(&mut load(folder.path()).unwrap(), &photo(1), FEW_BEAMS);
    assert_eq!(found.tokens, two.tokens);
    assert_eq!(found.alternatives.len(), two.alternatives.len());
    let five = describe(&mut spared, &photo(1), 5);
    assert!(five.alternatives.len() > found.alternatives.len());
}

#[test]
fn a_cancelled_handle_starts_nothing() {
    let folder = model(Kind::Recurrent, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    let cancel = Cancel::default();
    cancel.cancel();
    let found = captioner.describe(&photo(0), &DescribeOptions::default(), &cancel, &mut |stage| {
        panic!("{stage:?}")
    });
    assert_eq!(found.unwrap_err().to_string(), "The description was stopped.");
}

#[test]
fn what_looks_like_attention_and_does_not_sum_to_one_is_refused_with_the_reason() {
    let folder = model(Kind::OverHeads, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    for beams in [1, 3] {
        let found = describe(&mut captioner, &photo(0), beams);
        assert_eq!(found.attention_kind, None);
        let words = found
            .words
            .iter()
            .chain(found.alternatives.iter().flat_map(|other| &other.words));
        assert!(words.map(|word| &word.attention).all(Option::is_none));
    }
    assert!(!captioner.has_attention());
    let reason = captioner.refused_attention().unwrap();
    assert!(
        reason.contains("found_cross_attentions.0") && reason.contains("not to 1"),
        "{reason}"
    );
}

#[test]
fn a_captioner_can_live_on_a_thread_of_its_own() {
    let folder = model(Kind::Recurrent, json!({}));
    let mut captioner = load(folder.path()).unwrap();
    let thread = std::thread::spawn(move || describe(&mut captioner, &photo(0), 1).caption);
    assert!(!thread.join().unwrap().is_empty());
}

#[test]
fn without_cuda_the_cpu_runs_and_the_reason_is_told() {
    let folder = model(Kind::Recurrent, json!({}));
    let options = LoadOptions {
        device: DeviceChoice::Cuda,
        ..LoadOptions::default()
    };
    let mut captioner = Captioner::load(&ModelFolder::open(folder.path()).unwrap(), &options).unwrap();
    let device = captioner.device().to_owned();
    assert!(
        device == "cuda" || device.starts_with("cpu (CUDA was asked for, but: "),
        "{device}"
    );
    assert!(device.len() < 220 && !device.contains('\n'), "{device}");
    assert_eq!(describe(&mut captioner, &photo(0), 1).device, device);
}

/// The sentence that a folder is refused with after a change to it.
fn refused(kind: Kind, change: impl FnOnce(&Path)) -> String {
    let folder = model(kind, json!({}));
    change(folder.path());
    let sentence = load(folder.path()).unwrap_err().to_string();
    sentence.replace(&folder.path().display().to_string(), "MODEL")
}

fn edit(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(file);
    let mut value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut value);
    fs::write(path, value.to_string()).unwrap();
}

#[test]
fn a_missing_file_is_named() {
    let files = [
        "encoder_model.onnx",
        "decoder_model.onnx",
        "config.json",
        "preprocessor_config.json",
        "tokenizer.json",
    ];
    for file in files {
        let sentence = refused(Kind::Recurrent, |folder| fs::remove_file(folder.join(file)).unwrap());
        assert_eq!(
            sentence,
            format!("The model folder MODEL has no {file}. Download the model again with all its files.")
        );
    }
}

#[test]
fn a_path_without_a_folder_is_told() {
    let error = ModelFolder::open(Path::new("no/such/model")).unwrap_err();
    assert_eq!(
        error.to_string(),
        "There is no model folder at no/such/model. Check the path, or install a model there."
    );
}

#[test]
fn a_truncated_graph_is_told_from_a_whole_one() {
    for file in ["encoder_model.onnx", "decoder_model.onnx"] {
        for keep in [0, 1, 2] {
            let sentence = refused(Kind::Transformer, |folder| {
                let bytes = fs::read(folder.join(file)).unwrap();
                fs::write(folder.join(file), &bytes[..bytes.len() * keep / 3]).unwrap();
            });
            assert!(
                sentence.starts_with(&format!("MODEL/{file} is broken or incomplete (")),
                "{sentence}"
            );
            assert!(sentence.ends_with("). Download the model again."), "{sentence}");
        }
    }
}

#[test]
fn a_tokenizer_of_another_model_is_refused() {
    let more = |folder: &Path| {
        edit(folder, "tokenizer.json", |json| {
            json["model"]["vocab"]["more"] = json!(13)
        })
    };
    let expected = "The files in MODEL do not fit together: tokenizer.json has 14 words, but the decoder was made for \
                    a vocabulary of 13. Use the files of one model.";
    assert_eq!(refused(Kind::Recurrent, more), expected);
    // Also where config.json says nothing about it: then the decoder's logits do.
    let silent = |folder: &Path| {
        more(folder);
        edit(folder, "config.json", |json| json["vocab_size"] = Value::Null);
    };
    assert_eq!(refused(Kind::Recurrent, silent), expected);
}

#[test]
fn files_that_are_no_json_or_hold_the_wrong_kind_of_thing_are_named() {
    for file in [
        "config.json",
        "generation_config.json",
        "preprocessor_config.json",
        "tokenizer.json",
    ] {
        let sentence = refused(Kind::Recurrent, |folder| {
            fs::write(folder.join(file), "{\"a\": ").unwrap()
        });
        assert!(
            sentence.starts_with(&format!("MODEL/{file} is broken or incomplete (")),
            "{sentence}"
        );
    }
    let sentence = refused(Kind::Recurrent, |folder| {
        edit(folder, "generation_config.json", |json| {
            json["num_beams"] = json!("many")
        });
    });
    assert!(
        sentence.starts_with("MODEL/generation_config.json is broken"),
        "{sentence}"
    );
}

#[test]
fn special_tokens_have_to_exist() {
    let sentence = refused(Kind::Recurrent, |folder| {
        edit(folder, "generation_config.json", |json| {
            json["eos_token_id"] = json!([1, 99])
        });
    });
    assert!(sentence.contains("the start or end token 99 is outside"), "{sentence}");
    let sentence = refused(Kind::Recurrent, |folder| {
        edit(folder, "generation_config.json", |json| {
            json["decoder_start_token_id"] = Value::Null
        });
    });
    assert!(sentence.contains("has a decoder_start_token_id"), "{sentence}");
}

#[test]
fn an_unknown_way_to_prepare_photos_is_named() {
    let sentence = refused(Kind::Recurrent, |folder| {
        edit(folder, "preprocessor_config.json", |json| {
            json["do_sharpen"] = json!(true)
        });
    });
    assert!(sentence.contains("do_sharpen"), "{sentence}");
}

#[test]
fn photos_of_another_size_than_the_encoder_takes_are_refused() {
    let sentence = refused(Kind::Recurrent, |folder| {
        edit(folder, "preprocessor_config.json", |json| {
            json["size"] = json!({"height": 32, "width": 32})
        });
    });
    assert!(
        sentence.contains("16×16 pixels, but preprocessor_config.json makes them 32×32"),
        "{sentence}"
    );
}

#[test]
fn an_encoder_and_a_decoder_of_different_models_are_refused_by_what_does_not_fit() {
    let other = model(Kind::Transformer, json!({}));
    let sentence = refused(Kind::Recurrent, |folder| {
        fs::copy(
            other.path().join("encoder_model.onnx"),
            folder.join("encoder_model.onnx"),
        )
        .unwrap();
    });
    assert_eq!(
        sentence,
        "MODEL/decoder_model.onnx cannot be used here: it takes an input \"features\" that the encoder does not give. \
         Try another model, or another export of it."
    );
}

/// A graph that gives its input out in another type.
fn cast(folder: &Path, file: &str, input: (&str, DataType), output: (&str, DataType)) {
    let mut g = GraphBuilder::new("cast");
    let x = g.input(input.0, input.1, &[Dim::Named("batch"), Dim::Named("length")]);
    let y = g.cast(&x, output.1);
    g.output(output.0, &y, output.1, &[Dim::Named("batch"), Dim::Named("length")]);
    save(&g.finish().unwrap(), &folder.join(file)).unwrap();
}

#[test]
fn graphs_of_bfloat16_at_their_ends_are_refused_when_they_are_loaded() {
    use DataType::{Bfloat16, Float, Int64};
    for (file, input, output, bad) in [
        (
            "encoder_model.onnx",
            ("pixel_values", Bfloat16),
            ("features", Float),
            "pixel_values",
        ),
        (
            "encoder_model.onnx",
            ("pixel_values", Float),
            ("features", Bfloat16),
            "features",
        ),
        (
            "decoder_model.onnx",
            ("input_ids", Int64),
            ("logits", Bfloat16),
            "logits",
        ),
    ] {
        let sentence = refused(Kind::Transformer, |folder| cast(folder, file, input, output));
        assert_eq!(
            sentence,
            format!(
                "MODEL/{file} cannot be used here: its \"{bad}\" is of bfloat16 numbers, and only 32-bit floats and \
                 those of IEEE with 16 bits are known here. Try another model, or another export of it."
            )
        );
    }
}

#[test]
fn a_decoder_that_cannot_start_is_passed_over_where_the_folder_has_another() {
    let folder = model(Kind::Transformer, json!({}));
    let expected = describe(&mut load(folder.path()).unwrap(), &photo(0), 2);
    // As T5's and BART's exports have it: the keys that the first step computes from the encoder are never given out.
    let cannot_start = "past_key_values.0.encoder.key";
    cast(
        folder.path(),
        "decoder_with_past_model.onnx",
        (cannot_start, DataType::Float),
        ("logits", DataType::Float),
    );
    let found = describe(&mut load(folder.path()).unwrap(), &photo(0), 2);
    assert_eq!(found.tokens, expected.tokens);
    fs::remove_file(folder.path().join("decoder_model.onnx")).unwrap();
    let sentence = load(folder.path()).unwrap_err().to_string();
    assert!(
        sentence.contains(
            "decoder_with_past_model.onnx cannot be used here: it starts from \"past_key_values.0.encoder.key\""
        ),
        "{sentence}"
    );
}

#[test]
fn a_grid_that_is_not_the_decoders_is_refused() {
    let folder = model(Kind::Recurrent, json!({"attention_grid": [7, 7]}));
    let mut captioner = load(folder.path()).unwrap();
    let found = captioner.describe(&photo(0), &DescribeOptions::default(), &Cancel::default(), &mut |_| {});
    let sentence = found.unwrap_err().to_string();
    assert!(
        sentence.contains("attention_grid is 7×7, but the decoder looks at 16 positions"),
        "{sentence}"
    );
}
