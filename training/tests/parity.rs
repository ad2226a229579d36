//! The exported graphs compute what the nets compute: ONNX Runtime against burn, at two batch sizes, word by word.

#![allow(clippy::unwrap_used)]

mod support;

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

use burn::module::{Module, ModuleMapper, Param};
use burn::tensor::{Device, Distribution, Int, Tensor, TensorData};
use hearsight::onnx::{DataType, Dimension, ModelProto, ValueInfoProto};
use hearsight_training::classifier::Classifier;
use hearsight_training::config::RunConfig;
use hearsight_training::consensus::Regression;
use hearsight_training::data::words::{PAD, START, UNKNOWN};
use hearsight_training::export::integers::Integers;
use hearsight_training::export::weights::Precision;
use hearsight_training::export::{decoder, encoder};
use hearsight_training::gate::Curve;
use hearsight_training::graphs::Graphs;
use hearsight_training::looking::flat_shares;
use hearsight_training::nets::bahdanau_gru::BahdanauGruConfig;
use hearsight_training::nets::captioner::CaptionerNet;
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::nets::encoder_layer::EncoderLayerKind;
use hearsight_training::nets::frozen_encoder::FeatureProjection;
use hearsight_training::nets::positions::Positions;
use hearsight_training::nets::show_and_tell::ShowAndTellConfig;
use hearsight_training::nets::show_attend_tell::ShowAttendTellConfig;
use hearsight_training::nets::transformer_decoder::TransformerDecoderConfig;
use ndarray::{ArrayD, ArrayViewD, Axis, IxDyn, s};
use ort::session::Session;
use ort::value::TensorRef;
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
        position: Positions::Learned,
    })
}

fn show_and_tell() -> DecoderConfig {
    DecoderConfig::ShowAndTell(ShowAndTellConfig {
        width: 16,
        hidden: 12,
        embedding: 10,
        dropout: 0.1,
        positions: 20,
    })
}

fn show_attend_tell(hard: bool) -> DecoderConfig {
    DecoderConfig::ShowAttendTell(ShowAttendTellConfig {
        width: 16,
        hidden: 12,
        embedding: 10,
        attention: 8,
        dropout: 0.1,
        positions: 20,
        hard,
    })
}

fn bahdanau_gru() -> DecoderConfig {
    DecoderConfig::BahdanauGru(BahdanauGruConfig {
        width: 16,
        features: 14,
        embedding: 10,
        attention: 8,
        hidden: 12,
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

fn open(model: &ModelProto) -> Session {
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
        weights: (0..2 * width + 2).map(|at| ((at * 7 % 5) as f64 - 2.0) / 3.0).collect(),
        bias: shift,
    };
    curve(9.0).add_to(&mut model).unwrap();
    curve(-0.5).add_to(&mut model).unwrap();
    let mut session = open(&model);
    let mut pixels = array(Tensor::<4>::random(
        [3, 3, PICTURE, PICTURE],
        Distribution::Default,
        &Device::flex(),
    ));
    // The second one is flat in part, and in part nearly.
    pixels.slice_mut(s![1, .., ..5, ..]).fill(0.25);
    pixels.slice_mut(s![1, .., 5.., ..]).mapv_inplace(|x| x * 0.06);
    let encoded = session
        .run(ort::inputs!["pixel_values" => TensorRef::from_array_view(&pixels).unwrap()])
        .unwrap();
    let (memory, found) = (
        output(&encoded, "last_hidden_state"),
        output(&encoded, "photo_probability"),
    );
    assert_eq!(found.shape(), [3, 1]);
    let flat = |pixels: ArrayViewD<'_, f32>| flat_shares(pixels.into_dimensionality().unwrap());
    let [strictly, loosely] = flat(pixels.index_axis(Axis(0), 1));
    assert!(0.0 < strictly && strictly < loosely, "{strictly} and {loosely}");
    for ((cells, found), pixels) in memory.outer_iter().zip(&found).zip(pixels.outer_iter()) {
        let means = cells.mean_axis(Axis(0)).unwrap();
        let squares = cells.mapv(|x| x * x).mean_axis(Axis(0)).unwrap();
        let features: Vec<f32> = means.iter().chain(&squares).copied().chain(flat(pixels)).collect();
        let expected = curve(-0.5).probability(&features);
        assert!((f64::from(*found) - expected).abs() < 1e-5, "{found} for {expected}");
    }
}

#[test]
fn what_is_expected_of_captions_comes_out_of_the_graph_as_it_was_fitted_and_is_replaced_by_another_fit() {
    let config = config(transformer());
    let net = net(&config);
    let mut model = encoder(&net, &config, Precision::Float16).unwrap();
    let pixels = array(Tensor::<4>::random(
        [5, 3, PICTURE, PICTURE],
        Distribution::Normal(0.0, 2.0),
        &Device::flex(),
    ));
    let encode = |model: &ModelProto| {
        let mut session = open(model);
        let pixels = TensorRef::from_array_view(&pixels).unwrap();
        let encoded = session.run(ort::inputs!["pixel_values" => pixels]).unwrap();
        ["word_support", "last_hidden_state", "expected_captions"]
            .map(|name| encoded.get(name).map(|_| output(&encoded, name)))
    };
    let [support, memory, _] = encode(&model);
    let features: Vec<Vec<f32>> = std::iter::zip(support.unwrap().outer_iter(), memory.unwrap().outer_iter())
        .map(|(support, cells)| {
            let means = cells.mean_axis(Axis(0)).unwrap();
            support.iter().chain(&means).copied().collect()
        })
        .collect();
    let fit = |runs: usize| {
        let means: Vec<_> = (0..5)
            .map(|photo| BTreeMap::from([(photo % runs, 0.5), (0, 0.2)]))
            .collect();
        Regression::fit(&features, &means, runs, 2).unwrap()
    };
    fit(2).add_to(&mut model).unwrap();
    let regression = fit(3);
    regression.add_to(&mut model).unwrap();
    let [_, _, found] = encode(&model);
    let found = found.unwrap();
    assert_eq!(found.shape(), [5, 3]);
    for (features, found) in features.iter().zip(found.outer_iter()) {
        for (expected, found) in regression.expected(features).iter().zip(found) {
            assert!((expected - f64::from(*found)).abs() < 5e-3, "{found} for {expected}");
        }
    }
}

/// The weights that an int8 export keeps, as a net: an output channel's share a scale, which for a convolution is that of
/// the folded batch norm too.
struct Rounded {
    within: Vec<String>,
}

impl ModuleMapper for Rounded {
    fn enter_module(&mut self, name: &str, container: &str) {
        self.within.push(format!("{container} {name}"));
    }

    fn exit_module(&mut self, _name: &str, _container: &str) {
        self.within.pop();
    }

    fn map_float<const D: usize>(&mut self, param: Param<Tensor<D>>) -> Param<Tensor<D>> {
        let path = self.within.join("/");
        let (id, value, mapper) = param.consume();
        let dims = value.dims();
        let values: Vec<f32> = value.clone().into_data().try_to_vec().unwrap();
        let rounded = if D == 4 || path.contains("Struct:Embedding") {
            Integers::rows(&values, dims[0]).values()
        } else if D == 2 && path.contains("Struct:Linear") {
            Integers::columns(&values, dims[D - 1]).values()
        } else {
            values
        };
        let value = Tensor::from_data(TensorData::new(rounded, dims), &value.device());
        Param::from_mapped_value(id, value, mapper)
    }
}

/// Runs net and graphs side by side: the first `at_once` words together, then one by one with what the step before left.
///
/// Hard attention is compared at full precision alone: rounded weights may choose another cell where two are near. Its
/// other graphs are only opened. The
/// graphs with integers are compared with the net that has the rounded weights; what is left is that what comes into a
/// product is rounded too.
fn compare(decoder: DecoderConfig, at_once: usize) {
    compare_all(&config(decoder), at_once);
}

fn compare_all(config: &RunConfig, at_once: usize) {
    let is_hard = matches!(&config.net.decoder, DecoderConfig::ShowAttendTell(config) if config.hard);
    let trained = net(config);
    // The classifier in the graph is rounded too, and the one that burn's features come from is not.
    let rounded = if trained.frozen.is_some() { 2e-1 } else { 5e-2 };
    for (precision, tolerance) in [
        (Precision::Float32, 1e-4),
        (Precision::Float16, 2e-2),
        (Precision::Int8, rounded),
    ] {
        let mut graphs = open_both(&trained, config, precision);
        if is_hard && precision != Precision::Float32 {
            continue;
        }
        let net = match precision {
            Precision::Int8 => trained.clone().map(&mut Rounded { within: Vec::new() }),
            _ => trained.clone(),
        };
        for batch in [1, 3] {
            let device = Device::flex();
            let (pixels, memory) = look(&net, config, batch);
            let length = 5;
            let ids: Vec<i64> = (0..batch * length).map(|i| (i * 7 % VOCABULARY) as i64).collect();
            let tokens = Tensor::<2, Int>::from_data(TensorData::new(ids.clone(), [batch, length]), &device);
            let sight = net.decoder.see(memory.clone(), 1);
            let told = sight.forward(tokens);
            let (logits, attention) = (array(told.logits), told.attention.map(array));

            let encoded = graphs.encode(&pixels).unwrap();
            let mut expected = sight.told_once().unwrap();
            assert!(!expected.is_empty());
            expected.insert("last_hidden_state".into(), array(memory));
            for (name, expected) in &expected {
                assert_near(&format!("{name}, {precision:?}"), expected, &encoded[name], tolerance);
            }

            let ids = ndarray::Array2::from_shape_vec((batch, length), ids).unwrap();
            let mut state = HashMap::new();
            let steps = std::iter::once((0, at_once)).chain((at_once..length).map(|start| (start, start + 1)));
            for (start, end) in steps {
                let tokens = ids.slice(s![.., start..end]).to_owned();
                let step = graphs.extend(&tokens, &encoded, &mut state).unwrap();
                let mut expected = logits.slice(s![.., start..end, ..]).to_owned().into_dyn();
                let mut found = step.logits;
                for id in [PAD, START, UNKNOWN] {
                    assert!(
                        found.slice(s![.., .., id as usize]).iter().all(|&logit| logit < -1e8),
                        "token {id} can be written"
                    );
                    expected.slice_mut(s![.., .., id as usize]).fill(0.0);
                    found.slice_mut(s![.., .., id as usize]).fill(0.0);
                }
                assert_near(&format!("logits, {precision:?}"), &expected, &found, tolerance);
                assert_eq!(attention.is_some(), step.attention.is_some());
                if let (Some(attention), Some(found)) = (&attention, &step.attention) {
                    let expected = attention.slice(s![.., start..end, ..]).to_owned().into_dyn();
                    assert_near("cross_attentions", &expected, found, tolerance);
                }
            }
            assert!(!state.is_empty());
        }
    }
}

/// Both graphs as files; `HEARSIGHT_KEEP_GRAPHS` names a folder to keep them in, for `tests/check_onnx.py`.
fn open_both(net: &CaptionerNet, config: &RunConfig, precision: Precision) -> Graphs {
    let temporary = tempfile::tempdir().unwrap();
    let folder = match std::env::var_os("HEARSIGHT_KEEP_GRAPHS") {
        Some(kept) => {
            let decoder = serde_json::to_value(&config.net.decoder).unwrap();
            let hard = if decoder["hard"] == true { "-hard" } else { "" };
            let encoder = serde_json::to_value(&config.net.encoder).unwrap();
            let kind = |part: &serde_json::Value| part["kind"].as_str().unwrap().to_owned();
            let mixing = encoder["mixing"]["kind"].as_str().unwrap_or("plain");
            let standardised = if encoder["standardise"] == true {
                "-standardised"
            } else {
                ""
            };
            let last = if encoder["last"].is_u64() { "-last" } else { "" };
            let encoder = format!("{}-{mixing}{standardised}{last}", kind(&encoder));
            let name = format!("{encoder}-{}{hard}-{precision:?}", kind(&decoder));
            PathBuf::from(kept).join(name)
        }
        None => temporary.path().to_owned(),
    };
    std::fs::create_dir_all(&folder).unwrap();
    let save = |name: &str, model: &ModelProto| hearsight::onnx::save(model, &folder.join(name)).unwrap();
    save("encoder_model.onnx", &encoder(net, config, precision).unwrap());
    save("decoder_model.onnx", &decoder(net, config, precision).unwrap());
    Graphs::open(&folder).unwrap()
}

/// Name, type and dimensions of what a graph takes and gives.
fn signature(model: &ModelProto) -> Vec<String> {
    let graph = model.graph.as_ref().unwrap();
    let line = |direction: &str, info: &ValueInfoProto| {
        let tensor = info.r#type.as_ref().unwrap().tensor_type.as_ref().unwrap();
        let dims: Vec<_> = tensor.shape.as_ref().unwrap().dim.iter().map(dimension).collect();
        let kind = DataType::try_from(tensor.elem_type.unwrap()).unwrap();
        format!(
            "{direction} {} {kind:?} [{}]",
            info.name.as_deref().unwrap(),
            dims.join(", ")
        )
    };
    let inputs = graph.input.iter().map(|info| line("in", info));
    inputs
        .chain(graph.output.iter().map(|info| line("out", info)))
        .collect()
}

fn dimension(dimension: &Dimension) -> String {
    match (&dimension.dim_param, dimension.dim_value) {
        (Some(name), _) => name.clone(),
        (None, value) => value.unwrap().to_string(),
    }
}

/// What a table of CONTRIBUTING.md with this head says of one system: name, direction and shape.
fn documented(head: &str, system: &str) -> Vec<[String; 3]> {
    let text = include_str!("../../CONTRIBUTING.md");
    let (_, table) = text
        .split_once(&format!("| `{head}` | | shape | of |\n|---|---|---|---|\n"))
        .unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut found = Vec::new();
    for row in rows {
        let cells: Vec<_> = row.trim_matches('|').split('|').map(str::trim).collect();
        let [names, direction, shape, of] = cells[..] else {
            panic!("{row}");
        };
        let is_meant = match of.strip_prefix("all but ") {
            Some(other) => other != system,
            None => of.starts_with("all") || of.contains(system),
        };
        if !is_meant || of.contains(", after `") {
            continue;
        }
        let names: Vec<_> = names.split(", ").map(|name| name.trim_matches('`')).collect();
        let stem = names[0].rsplit_once('.').map_or(names[0], |(stem, _)| stem);
        let shape = shape.trim_matches(['[', ']']);
        for name in &names {
            let name = name
                .strip_prefix('.')
                .map_or((*name).to_owned(), |last| format!("{stem}.{last}"));
            found.push([name, direction.to_owned(), shape.to_owned()]);
        }
    }
    found
}

#[test]
fn graphs_take_and_give_what_is_documented() {
    for (decoding, system, lengths) in [
        (transformer(), "transformer", "length"),
        (show_and_tell(), "Show and Tell", "1"),
        (show_attend_tell(false), "Show, Attend and Tell", "1"),
        (show_attend_tell(true), "Show, Attend and Tell", "1"),
        (bahdanau_gru(), "GRU", "1"),
    ] {
        let config = config(decoding);
        let net = net(&config);
        let cells = config.net.encoder.cells().to_string();
        for precision in [Precision::Float32, Precision::Float16, Precision::Int8] {
            for (file, model) in [
                ("encoder_model.onnx", encoder(&net, &config, precision).unwrap()),
                ("decoder_model.onnx", decoder(&net, &config, precision).unwrap()),
            ] {
                assert_eq!(model.ir_version, Some(8));
                let opsets: Vec<_> = model
                    .opset_import
                    .iter()
                    .map(|set| (set.domain(), set.version()))
                    .collect();
                assert_eq!(opsets, [("", 17)]);
                let mut expected = Vec::new();
                for [name, direction, shape] in documented(file, system) {
                    let sizes = shape.split(", ").map(|size| match size {
                        "height" | "width" if name == "pixel_values" => PICTURE.to_string(),
                        "length" => lengths.to_owned(),
                        "cells" => cells.clone(),
                        "width" => "16".to_owned(),
                        "heads" | "width / heads" => "4".to_owned(),
                        "bag" => "5".to_owned(),
                        "hidden" => "12".to_owned(),
                        "attention" => "8".to_owned(),
                        "features" => "14".to_owned(),
                        "vocabulary" => VOCABULARY.to_string(),
                        other => other.to_owned(),
                    });
                    let sizes = sizes.collect::<Vec<_>>().join(", ");
                    let kind = if name == "input_ids" { "Int64" } else { "Float" };
                    for layer in if name.contains(".N.") { vec!["0", "1"] } else { vec![""] } {
                        let name = name.replace(".N.", &format!(".{layer}."));
                        expected.push(format!("{direction} {name} {kind} [{sizes}]"));
                    }
                }
                if system == "GRU" {
                    // Whose state is `hidden` alone.
                    expected.retain(|line| !line.contains("state.cell"));
                }
                let mut found = signature(&model);
                expected.sort();
                found.sort();
                assert_eq!(found, expected, "{file} of {system}, {precision:?}");
            }
        }
    }
}

#[test]
fn the_transformer_agrees_with_burn_at_two_batch_sizes() {
    compare(transformer(), 2);
}

#[test]
fn show_and_tell_agrees_with_burn_at_two_batch_sizes() {
    compare(show_and_tell(), 1);
}

#[test]
fn soft_and_hard_show_attend_and_tell_agree_with_burn_at_two_batch_sizes() {
    for hard in [false, true] {
        compare(show_attend_tell(hard), 1);
    }
}

#[test]
fn the_gru_with_bahdanau_attention_agrees_with_burn_at_two_batch_sizes() {
    compare(bahdanau_gru(), 1);
}

#[test]
fn standardised_pictures_and_sines_for_positions_agree_with_burn_at_two_batch_sizes() {
    let DecoderConfig::Transformer(mut decoder) = transformer() else {
        panic!("no transformer");
    };
    decoder.position = Positions::Sinusoidal;
    let mut config = config(DecoderConfig::Transformer(decoder));
    let EncoderConfig::Conv(encoder) = &mut config.net.encoder else {
        panic!("{:?}", config.net.encoder);
    };
    encoder.standardise = true;
    compare_all(&config, 2);
}

#[test]
fn an_encoder_with_a_wide_last_layer_agrees_with_burn_at_two_batch_sizes() {
    let mut config = config(transformer());
    let EncoderConfig::Conv(encoder) = &mut config.net.encoder else {
        panic!("{:?}", config.net.encoder);
    };
    encoder.last = 40;
    compare_all(&config, 2);
}

#[test]
fn a_standardised_encoder_says_the_same_of_a_picture_that_is_brighter_and_of_less_contrast() {
    let mut config = config(transformer());
    let device = Device::flex();
    let pixels = Tensor::<4>::random([2, 3, PICTURE, PICTURE], Distribution::Default, &device);
    let apart = |config: &RunConfig| {
        let net = net(config);
        let look = |pixels| array(net.encoder.as_ref().unwrap().forward(pixels));
        let difference = look(pixels.clone()) - look(pixels.clone() * 0.5 + 0.3);
        difference.mapv(f32::abs).fold(0.0, |a: f32, &b| a.max(b))
    };
    assert!(apart(&config) > 1e-2);
    let EncoderConfig::Conv(encoder) = &mut config.net.encoder else {
        panic!("{:?}", config.net.encoder);
    };
    encoder.standardise = true;
    assert!(apart(&config) < 1e-3);
    let even = Tensor::<4>::ones([1, 3, PICTURE, PICTURE], &device);
    let memory = array(net(&config).encoder.unwrap().forward(even));
    assert!(memory.iter().all(|value| value.is_finite()));
}

#[test]
fn every_captioner_on_a_frozen_classifier_agrees_with_burn_at_two_batch_sizes() {
    let folder = tempfile::tempdir().unwrap();
    let recurrent = [
        show_and_tell(),
        show_attend_tell(false),
        show_attend_tell(true),
        bahdanau_gru(),
    ];
    let projections = [
        FeatureProjection::None,
        FeatureProjection::LeakyRelu,
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
