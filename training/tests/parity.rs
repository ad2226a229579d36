//! The exported graphs compute what the nets compute: ONNX Runtime against burn, at two batch sizes, word by word.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::HashMap;
use std::path::Path;

use burn::module::Module;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use hearsight_training::classifier::Classifier;
use hearsight_training::config::RunConfig;
use hearsight_training::data::words::{PAD, START, UNKNOWN};
use hearsight_training::export::weights::Precision;
use hearsight_training::export::{decoder, encoder};
use hearsight_training::gate::Curve;
use hearsight_training::nets::bahdanau_gru::BahdanauGruConfig;
use hearsight_training::nets::captioner::CaptionerNet;
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::nets::encoder_layer::EncoderLayerKind;
use hearsight_training::nets::frozen_encoder::FeatureProjection;
use hearsight_training::nets::show_and_tell::ShowAndTellConfig;
use hearsight_training::nets::show_attend_tell::ShowAttendTellConfig;
use hearsight_training::nets::transformer_decoder::TransformerDecoderConfig;
use ndarray::{ArrayD, Axis, IxDyn, s};
use ort::session::Session;
use ort::value::{DynValue, Outlet, TensorRef, Value};
use support::classifiers::small_classifier;

const VOCABULARY: usize = 30;
/// Pixels a side of what the convolutional encoder is shown.
const PICTURE: usize = 32;

fn transformer() -> DecoderConfig {
    DecoderConfig::Transformer(TransformerDecoderConfig {
        width: 16,
        layers: 2,
        heads: 4,
        inner: 24,
        dropout: 0.1,
        positions: 20,
    })
}

fn config(decoder: DecoderConfig) -> RunConfig {
    let mut config: RunConfig = toml::from_str(include_str!("../configs/everyday.toml")).unwrap();
    let EncoderConfig::Conv(encoder) = &mut config.net.encoder else {
        panic!("{:?}", config.net.encoder);
    };
    encoder.picture = PICTURE;
    encoder.channels = vec![4, 6, 8, 8];
    encoder.blocks = vec![0, 1, 0, 2];
    encoder.mixing.layers = 1;
    encoder.mixing.inner = 20;
    config.net.decoder = decoder;
    config
}

/// A configuration with a frozen classifier in `folder`, whose map is not square.
fn frozen(decoder: DecoderConfig, projection: FeatureProjection, kind: EncoderLayerKind, folder: &Path) -> RunConfig {
    let mut config: RunConfig = toml::from_str(include_str!("../configs/frozen/transformer.toml")).unwrap();
    let model = folder.join("classifier.onnx");
    hearsight::onnx::save(&small_classifier(16, [48, 32]), &model).unwrap();
    let EncoderConfig::Frozen(encoder) = &mut config.net.encoder else {
        panic!("{:?}", config.net.encoder);
    };
    encoder.model = model;
    encoder
        .preprocessing
        .insert("size".to_owned(), serde_json::json!({"height": 48, "width": 32}));
    encoder.projection = projection;
    let mixing = encoder.mixing.as_mut().unwrap();
    (mixing.kind, mixing.inner) = (kind, 20);
    encoder.map = encoder.cut().unwrap().map;
    config.net.decoder = decoder;
    config
}

/// Photos as the encoder takes them, and the memory that burn makes of them.
fn look(net: &CaptionerNet, config: &RunConfig, batch: usize) -> (ArrayD<f32>, Tensor<3>) {
    let device = Device::flex();
    let random = |height, width| Tensor::<4>::random([batch, 3, height, width], Distribution::Default, &device);
    match (&config.net.encoder, &net.encoder, &net.frozen) {
        (EncoderConfig::Conv(_), Some(encoder), None) => {
            let pixels = random(PICTURE, PICTURE);
            (array(pixels.clone()), encoder.forward(pixels))
        }
        (EncoderConfig::Frozen(config), None, Some(encoder)) => {
            let mut classifier = Classifier::open(&config.model, None, &config.preprocessing()).unwrap();
            let pixels = array(random(48, 32));
            let photos: Vec<_> = pixels
                .outer_iter()
                .map(|photo| photo.insert_axis(Axis(0)).into_dimensionality().unwrap().to_owned())
                .collect();
            let features = classifier.features(&photos).unwrap();
            let shape: [usize; 3] = features.dim().into();
            let features = TensorData::new(features.into_raw_vec_and_offset().0, shape);
            (pixels, encoder.forward(Tensor::from_data(features, &device)))
        }
        _ => panic!("the net is not of its configuration"),
    }
}

/// A net whose batch norms have seen something, so that folding them is no identity.
fn net(config: &RunConfig) -> CaptionerNet {
    let device = Device::flex().autodiff();
    device.seed(3);
    let net = CaptionerNet::new(&config.net, VOCABULARY, 5, None, &device);
    for _ in 0..3 {
        let pixels = Tensor::<4>::random([6, 3, PICTURE, PICTURE], Distribution::Normal(0.3, 1.5), &device);
        let _ = net.encoder.as_ref().map(|encoder| encoder.forward(pixels));
    }
    net.valid()
}

fn array<const D: usize>(tensor: Tensor<D>) -> ArrayD<f32> {
    let shape = tensor.dims().to_vec();
    ArrayD::from_shape_vec(IxDyn(&shape), tensor.into_data().try_to_vec().unwrap()).unwrap()
}

fn open(model: &hearsight::onnx::ModelProto) -> Session {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("graph.onnx");
    hearsight::onnx::save(model, &path).unwrap();
    hearsight::captioner::open_graph(&path).unwrap()
}

#[track_caller]
fn assert_near(what: &str, expected: &ArrayD<f32>, found: &ArrayD<f32>, tolerance: f32) {
    assert_eq!(expected.shape(), found.shape(), "{what}");
    let error = (expected - found).mapv(f32::abs).fold(0.0, |a: f32, &b| a.max(b));
    assert!(error <= tolerance, "{what}: differs by {error}");
}

fn output(outputs: &ort::session::SessionOutputs, name: &str) -> ArrayD<f32> {
    outputs[name].try_extract_array::<f32>().unwrap().to_owned()
}

#[test]
fn the_gate_in_the_graph_says_what_the_curve_says_and_is_replaced_by_another() {
    let config = config(transformer());
    let net = net(&config);
    let mut model = encoder(&net, &config, Precision::Float16).unwrap();
    let width = config.net.decoder.width();
    let curve = |shift: f64| Curve {
        weights: (0..2 * width).map(|at| ((at * 7 % 5) as f64 - 2.0) / 3.0).collect(),
        bias: shift,
    };
    curve(9.0).add_to(&mut model).unwrap();
    curve(-0.5).add_to(&mut model).unwrap();
    let mut session = open(&model);
    let pixels = array(Tensor::<4>::random(
        [3, 3, PICTURE, PICTURE],
        Distribution::Default,
        &Device::flex(),
    ));
    let encoded = session
        .run(ort::inputs!["pixel_values" => TensorRef::from_array_view(&pixels).unwrap()])
        .unwrap();
    let (memory, found) = (
        output(&encoded, "last_hidden_state"),
        output(&encoded, "photo_probability"),
    );
    assert_eq!(found.shape(), [3, 1]);
    for (cells, found) in memory.outer_iter().zip(&found) {
        let means = cells.mean_axis(Axis(0)).unwrap();
        let squares = cells.mapv(|x| x * x).mean_axis(Axis(0)).unwrap();
        let features: Vec<f32> = means.iter().chain(&squares).copied().collect();
        let expected = curve(-0.5).probability(&features);
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} for {expected}");
    }
}

/// Runs net and graphs side by side: the first `at_once` words together, then one by one with what the step before left.
///
/// Hard attention is compared at full precision alone: rounded weights may choose another cell where two are near.
fn compare(decoder: DecoderConfig, at_once: usize) {
    compare_all(&config(decoder), at_once);
}

fn compare_all(config: &RunConfig, at_once: usize) {
    let is_hard = matches!(&config.net.decoder, DecoderConfig::ShowAttendTell(config) if config.hard);
    let net = net(config);
    for (precision, tolerance) in [(Precision::Float32, 1e-4), (Precision::Float16, 2e-2)] {
        if is_hard && precision == Precision::Float16 {
            continue;
        }
        let mut encoder = open(&encoder(&net, config, precision).unwrap());
        let mut decoder = open(&decoder(&net, config, precision).unwrap());
        for batch in [1, 3] {
            let device = Device::flex();
            let (pixels, memory) = look(&net, config, batch);
            let length = 5;
            let ids: Vec<i64> = (0..batch * length).map(|i| (i * 7 % VOCABULARY) as i64).collect();
            let tokens = Tensor::<2, Int>::from_data(TensorData::new(ids.clone(), [batch, length]), &device);
            let told = net.decoder.see(memory.clone(), 1).forward(tokens);
            let (logits, attention) = (array(told.logits), told.attention.map(array));

            let encoded = encoder
                .run(ort::inputs!["pixel_values" => TensorRef::from_array_view(&pixels).unwrap()])
                .unwrap();
            let encoded: HashMap<String, ArrayD<f32>> = encoded
                .keys()
                .map(|name| (name.to_owned(), output(&encoded, name)))
                .collect();
            assert_near(
                "last_hidden_state",
                &array(memory),
                &encoded["last_hidden_state"],
                tolerance,
            );

            let ids = ndarray::Array2::from_shape_vec((batch, length), ids).unwrap();
            let mut state: HashMap<String, ArrayD<f32>> = HashMap::new();
            let steps = std::iter::once((0, at_once)).chain((at_once..length).map(|start| (start, start + 1)));
            for (start, end) in steps {
                let tokens = ids.slice(s![.., start..end]).to_owned();
                let given = |input: &Outlet| match input.name() {
                    "input_ids" => Value::from_array(tokens.clone()).unwrap().into_dyn(),
                    name => {
                        let rest = name.trim_start_matches("past_key_values.").trim_start_matches("state.");
                        let start = || match encoded.get(&format!("initial_state.{rest}")) {
                            Some(start) => start.clone(),
                            None => zeros(input, batch),
                        };
                        let value = encoded.get(name).or(state.get(rest)).cloned().unwrap_or_else(start);
                        Value::from_array(value).unwrap().into_dyn()
                    }
                };
                let inputs: Vec<(String, DynValue)> = decoder
                    .inputs()
                    .iter()
                    .map(|input| (input.name().to_owned(), given(input)))
                    .collect();
                let step = decoder.run(inputs).unwrap();
                let mut expected = logits.slice(s![.., start..end, ..]).to_owned().into_dyn();
                let mut found = output(&step, "logits");
                for id in [PAD, START, UNKNOWN] {
                    assert!(
                        found.slice(s![.., .., id as usize]).iter().all(|&logit| logit < -1e8),
                        "token {id} can be written"
                    );
                    expected.slice_mut(s![.., .., id as usize]).fill(0.0);
                    found.slice_mut(s![.., .., id as usize]).fill(0.0);
                }
                assert_near(&format!("logits, {precision:?}"), &expected, &found, tolerance);
                assert_eq!(attention.is_some(), step.contains_key("cross_attentions"));
                if let Some(attention) = &attention {
                    let expected = attention.slice(s![.., start..end, ..]).to_owned().into_dyn();
                    assert_near(
                        "cross_attentions",
                        &expected,
                        &output(&step, "cross_attentions"),
                        tolerance,
                    );
                }
                state = step
                    .keys()
                    .filter_map(|name| {
                        let rest = name.strip_prefix("present.").or(name.strip_prefix("next_state."))?;
                        Some((rest.to_owned(), output(&step, name)))
                    })
                    .collect();
            }
            assert!(!state.is_empty());
        }
    }
}

/// What a state without a start begins with: a past is of length 0.
fn zeros(input: &Outlet, batch: usize) -> ArrayD<f32> {
    let shape = input.dtype().tensor_shape().unwrap();
    let sizes: Vec<usize> = shape
        .iter()
        .enumerate()
        .map(|(axis, &size)| if axis == 0 { batch } else { size.max(0) as usize })
        .collect();
    ArrayD::zeros(IxDyn(&sizes))
}

#[test]
fn the_transformer_agrees_with_burn_at_two_batch_sizes() {
    compare(transformer(), 2);
}

#[test]
fn show_and_tell_agrees_with_burn_at_two_batch_sizes() {
    let decoder = ShowAndTellConfig {
        width: 16,
        hidden: 12,
        embedding: 10,
        dropout: 0.1,
        positions: 20,
    };
    compare(DecoderConfig::ShowAndTell(decoder), 1);
}

#[test]
fn soft_and_hard_show_attend_and_tell_agree_with_burn_at_two_batch_sizes() {
    for hard in [false, true] {
        let decoder = ShowAttendTellConfig {
            width: 16,
            hidden: 12,
            embedding: 10,
            attention: 8,
            dropout: 0.1,
            positions: 20,
            hard,
        };
        compare(DecoderConfig::ShowAttendTell(decoder), 1);
    }
}

#[test]
fn the_gru_with_bahdanau_attention_agrees_with_burn_at_two_batch_sizes() {
    let decoder = BahdanauGruConfig {
        width: 16,
        features: 14,
        embedding: 10,
        attention: 8,
        hidden: 12,
        dropout: 0.1,
        positions: 20,
    };
    compare(DecoderConfig::BahdanauGru(decoder), 1);
}

#[test]
fn every_captioner_on_a_frozen_classifier_agrees_with_burn_at_two_batch_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let recurrent = [
        DecoderConfig::ShowAndTell(ShowAndTellConfig {
            width: 16,
            hidden: 12,
            embedding: 10,
            dropout: 0.1,
            positions: 20,
        }),
        DecoderConfig::ShowAttendTell(ShowAttendTellConfig {
            width: 16,
            hidden: 12,
            embedding: 10,
            attention: 8,
            dropout: 0.1,
            positions: 20,
            hard: false,
        }),
        DecoderConfig::BahdanauGru(BahdanauGruConfig {
            width: 16,
            features: 14,
            embedding: 10,
            attention: 8,
            hidden: 12,
            dropout: 0.1,
            positions: 20,
        }),
    ];
    let projections = [
        FeatureProjection::None,
        FeatureProjection::LeakyRelu,
        FeatureProjection::Linear,
    ];
    for (decoder, projection) in std::iter::zip(recurrent, projections) {
        let config = frozen(decoder, projection, EncoderLayerKind::Dense, folder.path());
        compare_all(&config, 1);
    }
    for kind in [EncoderLayerKind::Dense, EncoderLayerKind::Standard] {
        compare_all(
            &frozen(transformer(), FeatureProjection::Linear, kind, folder.path()),
            2,
        );
    }
}
