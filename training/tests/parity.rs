//! The exported graphs compute what the nets compute: ONNX Runtime against burn, at two batch sizes, word by word.

#![allow(clippy::unwrap_used)]

use burn::module::Module;
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use hearsight_training::config::RunConfig;
use hearsight_training::data::words::{PAD, START, UNKNOWN};
use hearsight_training::export::weights::Precision;
use hearsight_training::export::{decoder, encoder};
use hearsight_training::gate::Curve;
use hearsight_training::nets::captioner::CaptionerNet;
use ndarray::{ArrayD, Axis, IxDyn, s};
use ort::session::Session;
use ort::value::{DynValue, TensorRef, Value};

const VOCABULARY: usize = 30;

fn config() -> RunConfig {
    let mut config: RunConfig = toml::from_str(include_str!("../configs/everyday.toml")).unwrap();
    config.net.encoder.picture = 32;
    config.net.encoder.channels = vec![4, 6, 8, 8];
    config.net.encoder.blocks = vec![0, 1, 0, 2];
    config.net.encoder.mixing.layers = 1;
    config.net.encoder.mixing.inner = 20;
    config.net.decoder.width = 16;
    config.net.decoder.inner = 24;
    config
}

/// A net whose batch norms have seen something, so that folding them is no identity.
fn net(config: &RunConfig) -> CaptionerNet {
    let device = Device::flex().autodiff();
    device.seed(3);
    let net = CaptionerNet::new(&config.net, VOCABULARY, 5, None, &device);
    let picture = config.net.encoder.picture;
    for _ in 0..3 {
        let pixels = Tensor::<4>::random([6, 3, picture, picture], Distribution::Normal(0.3, 1.5), &device);
        let _ = net.encoder.forward(pixels);
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
    let config = config();
    let net = net(&config);
    let mut model = encoder(&net, &config, Precision::Float16).unwrap();
    let (picture, width) = (config.net.encoder.picture, config.net.decoder.width);
    let curve = |shift: f64| Curve {
        weights: (0..2 * width).map(|at| ((at * 7 % 5) as f64 - 2.0) / 3.0).collect(),
        bias: shift,
    };
    curve(9.0).add_to(&mut model).unwrap();
    curve(-0.5).add_to(&mut model).unwrap();
    let mut session = open(&model);
    let pixels = array(Tensor::<4>::random(
        [3, 3, picture, picture],
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

#[test]
fn encoder_and_decoder_agree_with_burn_at_two_batch_sizes() {
    let config = config();
    let net = net(&config);
    let (layers, heads, width) = (
        config.net.decoder.layers,
        config.net.decoder.heads,
        config.net.decoder.width,
    );
    for (precision, tolerance) in [(Precision::Float32, 1e-4), (Precision::Float16, 2e-2)] {
        let mut encoder = open(&encoder(&net, &config, precision).unwrap());
        let mut decoder = open(&decoder(&net, &config, precision).unwrap());
        for batch in [1, 3] {
            let picture = config.net.encoder.picture;
            let device = Device::flex();
            let pixels = Tensor::<4>::random([batch, 3, picture, picture], Distribution::Default, &device);
            let memory = net.encoder.forward(pixels.clone());
            let seen = net.decoder.keys_values(memory.clone());
            let length = 5;
            let ids: Vec<i64> = (0..batch * length).map(|i| (i * 7 % VOCABULARY) as i64).collect();
            let tokens = Tensor::<2, Int>::from_data(TensorData::new(ids.clone(), [batch, length]), &device);
            let (logits, attention) = net.decoder.forward(tokens, &seen);
            let (logits, attention) = (array(logits), array(attention));

            let pixels = array(pixels);
            let encoded = encoder
                .run(ort::inputs!["pixel_values" => TensorRef::from_array_view(&pixels).unwrap()])
                .unwrap();
            assert_near(
                "last_hidden_state",
                &array(memory),
                &output(&encoded, "last_hidden_state"),
                tolerance,
            );
            for (layer, seen) in seen.iter().enumerate() {
                for (kind, tensor) in [("key", &seen.keys), ("value", &seen.values)] {
                    let name = format!("cross_key_values.{layer}.{kind}");
                    assert_near(&name, &array(tensor.clone()), &output(&encoded, &name), tolerance);
                }
            }

            // The first two words at once, then one by one with what the step before left.
            let ids = ndarray::Array2::from_shape_vec((batch, length), ids).unwrap();
            let empty = ArrayD::<f32>::zeros(IxDyn(&[batch, heads, 0, width / heads]));
            let mut past: Vec<ArrayD<f32>> = vec![empty; layers * 2];
            for (start, end) in [(0, 2), (2, 3), (3, 4), (4, 5)] {
                let tokens = ids.slice(s![.., start..end]).to_owned();
                let mut inputs: Vec<(String, DynValue)> =
                    vec![("input_ids".to_owned(), Value::from_array(tokens).unwrap().into_dyn())];
                for layer in 0..layers {
                    for (k, kind) in ["key", "value"].iter().enumerate() {
                        let memory = output(&encoded, &format!("cross_key_values.{layer}.{kind}"));
                        let before = past[layer * 2 + k].clone();
                        inputs.push((
                            format!("cross_key_values.{layer}.{kind}"),
                            Value::from_array(memory).unwrap().into_dyn(),
                        ));
                        inputs.push((
                            format!("past_key_values.{layer}.{kind}"),
                            Value::from_array(before).unwrap().into_dyn(),
                        ));
                    }
                }
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
                assert_near("logits", &expected, &found, tolerance);
                let expected = attention.slice(s![.., start..end, ..]).to_owned().into_dyn();
                assert_near(
                    "cross_attentions",
                    &expected,
                    &output(&step, "cross_attentions"),
                    tolerance,
                );
                past = (0..layers * 2)
                    .map(|i| output(&step, &format!("present.{}.{}", i / 2, ["key", "value"][i % 2])))
                    .collect();
            }
        }
    }
}
