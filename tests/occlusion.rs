//! A model that does not tell where it looks is found out by covering parts of the photo.
#![allow(clippy::unwrap_used)]

use std::path::Path;

use hearsight::captioner::{
    AttentionKind, Cancel, CaptionError, Captioner, DescribeOptions, Description, LoadOptions, Place, Stage,
};
use hearsight::model::ModelFolder;
use hearsight::onnx;
use hearsight::photo::Photo;
use image::{Rgb, RgbImage};
use serde_json::json;

#[path = "support/models.rs"]
mod models;

use models::{BRIGHT, Kind, model};

/// Rows and columns of the cells that are covered, and the one that the model looks at.
const GRID: usize = 7;
const CELL: usize = 2 * GRID + 5;

/// A dark photo, bright in that part.
fn photo() -> Photo {
    let inside = |at: u32, from: f32, to: f32| (from..to).contains(&(at as f32 / 64.0));
    let pixels = RgbImage::from_fn(64, 64, |x, y| {
        let bright = inside(x, BRIGHT[0], BRIGHT[2]) && inside(y, BRIGHT[1], BRIGHT[3]);
        Rgb([if bright { 255 } else { 10 }; 3])
    });
    Photo::from_pixels("a bright spot", pixels)
}

fn load(folder: &Path) -> Captioner {
    Captioner::load(&ModelFolder::open(folder).unwrap(), &LoadOptions::default()).unwrap()
}

fn described(captioner: &mut Captioner) -> Description {
    let options = DescribeOptions {
        beams: Some(3),
        ..DescribeOptions::default()
    };
    captioner
        .describe(&photo(), &options, &Cancel::default(), &mut |_| {})
        .unwrap()
}

/// The description of the bright spot with what covering found, and the stages on the way.
fn occluded(captioner: &mut Captioner) -> (Description, Vec<Stage>) {
    let before = described(captioner);
    let mut stages = Vec::new();
    let found = captioner.occlude(&photo(), &before, &Cancel::default(), &mut |stage| stages.push(stage));
    (found.unwrap(), stages)
}

fn lights_the_cell_that_it_looks_at(captioner: &mut Captioner) {
    let before = described(captioner);
    assert_eq!((before.caption.as_str(), before.attention_kind), ("a dog runs", None));
    assert!(before.words.iter().all(|word| word.attention.is_none()));
    let (found, _) = occluded(captioner);
    assert_eq!(found.attention_kind, Some(AttentionKind::Occlusion));
    assert_eq!((&found.tokens, found.score), (&before.tokens, before.score));
    let [a, dog, runs] = &found.words[..] else {
        panic!("{}", found.caption)
    };
    let map = dog.attention.as_ref().unwrap();
    assert_eq!((map.rows, map.columns), (GRID, GRID));
    assert!(map.weights[CELL] > 0.999, "{:?}", map.weights);
    assert!((map.weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
    assert_eq!(dog.place, Some(Place::Right));
    assert!(
        a.attention.is_none() && runs.attention.is_none(),
        "no part changes them"
    );
}

#[test]
fn the_one_cell_that_decides_a_word_is_lit_and_words_that_need_no_photo_have_no_map() {
    let folder = model(Kind::OneCell, json!({}));
    lights_the_cell_that_it_looks_at(&mut load(folder.path()));
}

#[test]
fn an_encoder_that_takes_one_photo_at_a_time_is_shown_one_at_a_time() {
    let folder = model(Kind::OneCell, json!({}));
    let path = folder.path().join("encoder_model.onnx");
    let mut encoder = onnx::open(&path).unwrap();
    let input = &mut encoder.graph.as_mut().unwrap().input[0];
    let shape = input
        .r#type
        .as_mut()
        .unwrap()
        .tensor_type
        .as_mut()
        .unwrap()
        .shape
        .as_mut();
    let batch = &mut shape.unwrap().dim[0];
    (batch.dim_param, batch.dim_value) = (None, Some(1));
    onnx::save(&encoder, &path).unwrap();
    let mut captioner = load(folder.path());
    lights_the_cell_that_it_looks_at(&mut captioner);
    let (_, stages) = occluded(&mut captioner);
    assert_eq!(stages.len(), 2 + GRID * GRID);
}

#[test]
fn another_sentence_has_maps_of_its_own() {
    let folder = model(Kind::OneCell, json!({}));
    let (found, _) = occluded(&mut load(folder.path()));
    let cat = found
        .alternatives
        .iter()
        .find(|other| other.caption == "a cat runs")
        .unwrap();
    // The bright spot makes a cat less likely: what rises when it is covered says nothing for the cat.
    assert!(cat.words.iter().all(|word| word.attention.is_none()));
}

#[test]
fn a_grid_that_the_model_names_is_the_one_that_is_covered() {
    let folder = model(Kind::OneCell, json!({"attention_grid": [2, 3]}));
    let (found, stages) = occluded(&mut load(folder.path()));
    let map = found.words[1].attention.as_ref().unwrap();
    assert_eq!((map.rows, map.columns), (2, 3));
    assert!(map.weights[2] > 0.999, "{:?}", map.weights);
    assert_eq!(stages.last(), Some(&Stage::Cover { covered: 6, of: 6 }));
}

#[test]
fn progress_tells_how_many_parts_are_covered() {
    let folder = model(Kind::OneCell, json!({}));
    let (_, stages) = occluded(&mut load(folder.path()));
    let of = GRID * GRID;
    let mut expected = vec![Stage::Preprocess, Stage::Cover { covered: 0, of }];
    expected.extend((8..of).step_by(8).map(|covered| Stage::Cover { covered, of }));
    expected.push(Stage::Cover { covered: of, of });
    assert_eq!(stages, expected);
}

#[test]
fn covering_ends_at_once_when_it_is_cancelled() {
    let folder = model(Kind::OneCell, json!({}));
    let mut captioner = load(folder.path());
    let before = described(&mut captioner);
    let of = GRID * GRID;
    for stop_at in [
        Stage::Preprocess,
        Stage::Cover { covered: 0, of },
        Stage::Cover { covered: 16, of },
    ] {
        let cancel = Cancel::default();
        let mut last = None;
        let found = captioner.occlude(&photo(), &before, &cancel, &mut |stage| {
            last = Some(stage);
            if stage == stop_at {
                cancel.cancel();
            }
        });
        assert!(matches!(found, Err(CaptionError::Cancelled)), "{stop_at:?}: {found:?}");
        assert_eq!(last, Some(stop_at));
    }
}

#[test]
fn each_kind_of_decoder_is_found_out_as_it_is() {
    for kind in [Kind::Recurrent, Kind::Transformer, Kind::WholePrefix, Kind::Reshaping] {
        let folder = model(kind, json!({}));
        let mut captioner = load(folder.path());
        let before = described(&mut captioner);
        assert_eq!(before.attention_kind, Some(AttentionKind::Exported));
        let found = captioner
            .occlude(&photo(), &before, &Cancel::default(), &mut |_| {})
            .unwrap();
        let maps: Vec<_> = found.words.iter().filter_map(|word| word.attention.as_ref()).collect();
        assert!(!maps.is_empty(), "{kind:?}: {}", found.caption);
        for map in maps {
            assert_eq!(map.weights.len(), GRID * GRID);
            assert!((map.weights.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        }
    }
}
