//! Captioners on a frozen image classifier: its graph is cut at its last spatial map, its features are kept on disk, and
//! classifier and projection are exported as one encoder.

#![allow(clippy::unwrap_used)]

mod support;

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::PoisonError;

use hearsight::captioner::DescribeOptions;
use hearsight::model::ModelFolder;
use hearsight::onnx::{self, AttributeProto, DataType, Dim, GraphBuilder, ModelProto, TensorProto};
use hearsight_training::classifier::{Classifier, MapShape};
use hearsight_training::config::RunConfig;
use hearsight_training::data::views::preprocessor_config;
use hearsight_training::describe;
use hearsight_training::export::export;
use hearsight_training::export::weights::Precision;
use hearsight_training::loss::HardConfig;
use hearsight_training::nets::bahdanau_gru::BahdanauGruConfig;
use hearsight_training::nets::decoder::DecoderConfig;
use hearsight_training::nets::encoder::EncoderConfig;
use hearsight_training::nets::frozen_encoder::{FeatureProjection, FrozenEncoderConfig};
use hearsight_training::nets::positions::Positions;
use hearsight_training::nets::show_and_tell::ShowAndTellConfig;
use hearsight_training::nets::show_attend_tell::ShowAttendTellConfig;
use hearsight_training::nets::transformer_decoder::TransformerDecoderConfig;
use hearsight_training::run::Run;
use hearsight_training::teacher::TeacherConfig;
use image::{Rgb, RgbImage};
use ndarray::{Array4, Axis};
use ort::value::TensorRef;
use serde_json::json;
use support::classifiers::{Kind, Map, Net, small_classifier};
use support::colours::{ONE_AT_A_TIME, data, learns_colours, own_net};

fn saved(model: &ModelProto, folder: &Path) -> PathBuf {
    let path = folder.join("classifier.onnx");
    onnx::save(model, &path).unwrap();
    path
}

fn shape([rows, columns, channels]: [usize; 3]) -> MapShape {
    MapShape {
        channels,
        rows,
        columns,
    }
}

fn open(model: &ModelProto, output: Option<&str>, side: usize) -> anyhow::Result<Classifier> {
    let folder = tempfile::tempdir().unwrap();
    Classifier::open(&saved(model, folder.path()), output, &preprocessor_config(side))
}

/// A picture with something in every place.
fn picture(number: u32) -> RgbImage {
    RgbImage::from_fn(90, 60, |x, y| {
        Rgb([x * number, y * 3 + number, x * y / 9].map(|value| value as u8))
    })
}

/// With `HEARSIGHT_FULL_CLASSIFIERS=1` in the original widths, which takes some minutes and gigabytes.
#[test]
fn the_classifiers_of_the_papers_are_cut_at_their_last_spatial_map() {
    let is_full = std::env::var_os("HEARSIGHT_FULL_CLASSIFIERS").is_some();
    for kind in Kind::ALL {
        let model = kind.graph(if is_full { 1 } else { 16 });
        let mut classifier = open(&model, None, kind.side()).unwrap();
        assert_eq!(classifier.map(), shape(kind.map()), "{kind:?}");
        let prepared = [1, 5].map(|number| classifier.preprocessor().run(&picture(number)));
        let features = classifier.features(&prepared).unwrap();
        let [rows, columns, channels] = kind.map();
        assert_eq!(features.dim(), (2, rows * columns, channels), "{kind:?}");
        let difference = (&features.index_axis(Axis(0), 0) - &features.index_axis(Axis(0), 1)).mapv(f32::abs);
        let most = difference.fold(0.0, |most: f32, x| most.max(*x));
        assert!(most.is_finite() && most > 1e-3, "{kind:?}: photos differ by {most}");
    }
}

#[test]
fn another_map_can_be_named_and_a_wrong_name_is_answered_with_the_last_ones() {
    let model = Kind::Vgg16.graph(32);
    let pool = model.graph().node.iter().rev().find(|node| node.op_type() == "MaxPool");
    let name = pool.unwrap().output[0].clone();
    let map = open(&model, Some(&name), 224).unwrap().map();
    assert_eq!(map, shape([7, 7, 512]));
    let error = format!("{:#}", open(&model, Some("classes"), 224).err().unwrap());
    assert!(
        error.contains("no spatial map called classes") && error.contains(&name),
        "{error}"
    );
}

#[test]
fn the_size_of_the_pictures_decides_the_grid_whatever_the_file_is_bound_to() {
    // The file is bound to 48×32 pixels, and its classes to the map of those.
    let model = small_classifier(6, [48, 32]);
    assert_eq!(open(&model, None, 64).unwrap().map(), shape([8, 8, 6]));
}

#[test]
fn what_is_no_convolutional_classifier_of_one_picture_is_refused_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |model: &ModelProto| {
        let path = saved(model, folder.path());
        let error = Classifier::open(&path, None, &preprocessor_config(32)).err().unwrap();
        format!("{error:#}")
    };
    let dims = [Dim::Named("N"), Dim::Fixed(3), Dim::Fixed(32), Dim::Fixed(32)];
    let classes = [Dim::Named("N"), Dim::Fixed(4)];

    // Patches, then layers of tokens: the only map knows nothing.
    let mut net = Net::new(1);
    let pixels = net.g.input("pixels", DataType::Float, &dims);
    let patches = net.conv(&Map(pixels, 3), 4, [8; 2], 8, [0; 2]);
    let mut tokens = net.g.reshape(&patches.0, &[0, 4, -1]);
    tokens = net.g.transpose(&tokens, &[0, 2, 1]);
    for layer in 0..3 {
        let weight = net.g.initializer_f32(&format!("layer.{layer}"), &[4, 4], &[0.1; 16]);
        tokens = net.g.matmul(&tokens, &weight);
    }
    let pooled = net.g.reduce_mean(&tokens, &[1], false);
    net.g.output("classes", &pooled, DataType::Float, &classes);
    let error = refused(&net.g.finish().unwrap());
    assert!(error.contains("1 layers come before it and 3 after"), "{error}");

    let mut g = GraphBuilder::new("no map");
    let pixels = g.input("pixels", DataType::Float, &dims);
    let pooled = g.global_average_pool(&pixels);
    g.output("classes", &pooled, DataType::Float, &dims);
    let error = refused(&g.finish().unwrap());
    assert!(error.contains("no tensor with rows and columns"), "{error}");

    let mut g = GraphBuilder::new("two inputs");
    let [a, b] = ["left", "right"].map(|name| g.input(name, DataType::Float, &dims));
    let sum = g.add(&a, &b);
    g.output("classes", &sum, DataType::Float, &dims);
    let error = refused(&g.finish().unwrap());
    assert!(error.contains("2 inputs"), "{error}");

    let mut g = GraphBuilder::new("tokens");
    let ids = g.input("ids", DataType::Int64, &classes);
    g.output("classes", &ids, DataType::Int64, &classes);
    let error = refused(&g.finish().unwrap());
    assert!(error.contains("not four-dimensional"), "{error}");

    let path = folder.path().join("photo.onnx");
    fs::write(&path, b"no graph").unwrap();
    let error = Classifier::open(&path, None, &preprocessor_config(32)).err().unwrap();
    assert!(format!("{error:#}").contains("photo.onnx"), "{error:#}");
}

/// What the whole graph says of pictures, in its own version of the operators.
fn whole(model: &ModelProto, tensor: &str, pixels: &Array4<f32>) -> Array4<f32> {
    let mut model = model.clone();
    let graph = model.graph.as_mut().unwrap();
    let mut output = graph.output[0].clone();
    output.name = Some(tensor.to_owned());
    output.r#type = None;
    graph.output.push(output);
    let folder = tempfile::tempdir().unwrap();
    let mut session = hearsight::captioner::open_graph(&saved(&model, folder.path())).unwrap();
    let name = session.inputs()[0].name().to_owned();
    let outputs = session
        .run(ort::inputs![name => TensorRef::from_array_view(pixels).unwrap()])
        .unwrap();
    let found = outputs[tensor].try_extract_array::<f32>().unwrap();
    found.to_owned().into_dimensionality().unwrap()
}

#[track_caller]
fn assert_same_features(classifier: &mut Classifier, expected: &Array4<f32>, pixels: &Array4<f32>) {
    let features = classifier.features(std::slice::from_ref(pixels)).unwrap();
    let (_, rows, columns, channels) = expected.dim();
    let expected = expected.to_shape((1, rows * columns, channels)).unwrap();
    let difference = (&expected - &features).mapv(f32::abs).fold(0.0, |a: f32, &b| a.max(b));
    assert!(difference < 1e-5, "differs by {difference}");
}

#[test]
fn a_graph_with_the_channels_last_gives_the_same_features_as_the_whole_of_it() {
    let mut net = Net::new(1);
    let dims = [Dim::Named("N"), Dim::Fixed(32), Dim::Fixed(32), Dim::Fixed(3)];
    let pixels = net.g.input("input_1", DataType::Float, &dims);
    let mut x = Map(net.g.transpose(&pixels, &[0, 3, 1, 2]), 3);
    for out in [6, 10] {
        x = net.conv(&x, out, [3; 2], 2, [1; 2]);
    }
    let last = net.g.transpose(&x.0, &[0, 2, 3, 1]);
    let scale = net.g.initializer_f32("scale", &[10], &[0.5; 10]);
    let scaled = net.g.mul(&last, &scale);
    let pooled = net.g.reduce_mean(&scaled, &[1, 2], false);
    net.g
        .output("classes", &pooled, DataType::Float, &[Dim::Named("N"), Dim::Fixed(10)]);
    let model = net.g.finish().unwrap();
    let mut classifier = open(&model, None, 32).unwrap();
    assert_eq!(classifier.map(), shape([8, 8, 10]));
    let pixels = classifier.preprocessor().run(&picture(3));
    let turned = pixels
        .view()
        .permuted_axes([0, 2, 3, 1])
        .as_standard_layout()
        .into_owned();
    assert_same_features(&mut classifier, &whole(&model, &scaled, &turned), &pixels);
}

/// A classifier in another version of ONNX's operators, as `change` writes it.
fn in_version(version: i64, fixed_batch: bool, change: impl FnOnce(&mut Net, Map) -> Map) -> (ModelProto, String) {
    let mut net = Net::new(1);
    let batch = if fixed_batch { Dim::Fixed(1) } else { Dim::Named("N") };
    let dims = [batch, Dim::Fixed(3), Dim::Fixed(32), Dim::Fixed(32)];
    let pixels = net.g.input("data", DataType::Float, &dims);
    let x = net.conv(&Map(pixels, 3), 6, [3; 2], 2, [1; 2]);
    let x = change(&mut net, x);
    let x = net.conv(&x, 8, [3; 2], 2, [1; 2]);
    let name = x.0.clone();
    net.classes(&x, "classes");
    let mut model = net.g.finish().unwrap();
    model.opset_import[0].version = Some(version);
    (model, name)
}

#[test]
fn older_and_newer_operators_are_brought_to_ours_and_say_the_same() {
    let old = in_version(9, true, |net, x| {
        let bounds = vec![AttributeProto::float("min", 0.0), AttributeProto::float("max", 0.4)];
        let x = net.g.node("Clip", &[&x.0], bounds);
        let x = net.g.node("Dropout", &[&x], vec![AttributeProto::float("ratio", 0.2)]);
        let pads = vec![AttributeProto::ints("pads", &[0, 0, 1, 1, 0, 0, 1, 1])];
        let x = net.g.node("Pad", &[&x], pads);
        let parts: Vec<String> = (0..2).map(|_| net.g.fresh_name("Split")).collect();
        let names: Vec<&str> = parts.iter().map(String::as_str).collect();
        let sizes = vec![AttributeProto::int("axis", 1), AttributeProto::ints("split", &[2, 4])];
        net.g.named_node("Split", &[&x], &names, sizes);
        let x = net.g.concat(&[names[1], names[0]], 1);
        let gate = net
            .g
            .node("ReduceSum", &[&x], vec![AttributeProto::ints("axes", &[2, 3])]);
        let gate = net.g.sigmoid(&gate);
        Map(net.g.mul(&x, &gate), 6)
    });
    let new = in_version(18, false, |net, x| {
        let axes = net.g.ints(&[2, 3]);
        let mean = net
            .g
            .node("ReduceMean", &[&x.0, &axes], vec![AttributeProto::int("keepdims", 1)]);
        let gate = net.g.sigmoid(&mean);
        Map(net.g.mul(&x.0, &gate), 6)
    });
    for (model, tensor) in [old, new] {
        let mut classifier = open(&model, None, 32).unwrap();
        let pixels = classifier.preprocessor().run(&picture(7));
        let expected = whole(&model, &tensor, &pixels).permuted_axes([0, 2, 3, 1]);
        let expected = expected.as_standard_layout().into_owned();
        assert_same_features(&mut classifier, &expected, &pixels);
    }
}

#[test]
fn operators_that_only_newer_versions_have_are_refused_with_what_to_do() {
    let (model, _) = in_version(20, false, |net, x| Map(net.g.node("Gelu", &[&x.0], Vec::new()), x.1));
    let error = format!("{:#}", open(&model, None, 32).err().unwrap());
    assert!(error.contains("opset 17"), "{error}");
}

#[test]
fn weights_in_a_file_beside_the_graph_are_read_and_a_missing_file_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let mut model = small_classifier(6, [32, 32]);
    let mut beside = Vec::new();
    for weight in &mut model.graph.as_mut().unwrap().initializer {
        let raw = weight.raw_data.take().unwrap();
        let entries = [
            ("location", "weights.bin".to_owned()),
            ("offset", beside.len().to_string()),
            ("length", raw.len().to_string()),
        ];
        weight.external_data = entries
            .map(|(key, value)| onnx::StringStringEntryProto {
                key: Some(key.to_owned()),
                value: Some(value),
            })
            .to_vec();
        weight.data_location = Some(onnx::DataLocation::External.into());
        beside.extend(raw);
    }
    let path = saved(&model, folder.path());
    let open = || Classifier::open(&path, None, &preprocessor_config(32));
    let error = format!("{:#}", open().err().unwrap());
    assert!(error.contains("weights.bin"), "{error}");
    fs::write(folder.path().join("weights.bin"), &beside).unwrap();
    assert_eq!(open().unwrap().map(), shape([4, 4, 6]));
    fs::write(folder.path().join("weights.bin"), &beside[1..]).unwrap();
    let error = format!("{:#}", open().err().unwrap());
    assert!(error.contains("ends too early"), "{error}");
}

/// A captioner on a small classifier with a map of 3 rows and 4 columns.
fn config(decoder: DecoderConfig, epochs: usize, projection: FeatureProjection, folder: &Path) -> RunConfig {
    let mut config: RunConfig = toml::from_str(include_str!("../configs/frozen/transformer.toml")).unwrap();
    config.words.minimum_count = 1;
    config.words.spelling = None;
    config.words.bag = 4;
    config.net.decoder = decoder;
    config.learning.batch = 6;
    config.learning.replicas = 1;
    let stage = &mut config.stages[0];
    (stage.epochs, stage.captions, stage.warmup, stage.rate) = (epochs, 2, 4, 4e-3);
    let encoder = frozen(&mut config);
    encoder.model = saved(&small_classifier(32, [24, 32]), folder);
    let size = json!({"height": 24, "width": 32});
    encoder.preprocessing.insert("size".to_owned(), size);
    encoder.projection = projection;
    config
}

fn frozen(config: &mut RunConfig) -> &mut FrozenEncoderConfig {
    match &mut config.net.encoder {
        EncoderConfig::Frozen(encoder) => encoder,
        other => panic!("{other:?}"),
    }
}

fn transformer() -> DecoderConfig {
    DecoderConfig::Transformer(TransformerDecoderConfig {
        width: 32,
        layers: 1,
        heads: 4,
        inner: 32,
        dropout: 0.1,
        positions: 20,
        position: Positions::Learned,
    })
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
fn a_transformer_on_a_frozen_classifier_learns_colours_and_the_export_keeps_its_preprocessing() {
    let folder = tempfile::tempdir().unwrap();
    let config = config(transformer(), 60, FeatureProjection::Linear, folder.path());
    let learnt = learns_colours(config, Some((3, 4)));
    let preprocessing: serde_json::Value =
        serde_json::from_slice(&fs::read(learnt.path().join("model/preprocessor_config.json")).unwrap()).unwrap();
    assert_eq!(preprocessing["size"], json!({"height": 24, "width": 32}));
}

#[test]
fn show_and_tell_on_a_frozen_classifier_learns_colours() {
    let folder = tempfile::tempdir().unwrap();
    let decoder = DecoderConfig::ShowAndTell(ShowAndTellConfig {
        width: 32,
        hidden: 32,
        embedding: 16,
        dropout: 0.1,
        positions: 20,
    });
    let mut config = config(decoder, 120, FeatureProjection::None, folder.path());
    // The norm stays: features as they are differ little here, for the classifier is a random one.
    let encoder = frozen(&mut config);
    (encoder.position, encoder.mixing) = (None, None);
    learns_colours(config, None);
}

#[test]
fn soft_and_hard_attention_on_a_frozen_classifier_learn_colours() {
    let folder = tempfile::tempdir().unwrap();
    for hard in [false, true] {
        let mut config = config(show_attend_tell(hard), 60, FeatureProjection::Linear, folder.path());
        frozen(&mut config).mixing = None;
        if hard {
            config.stages[0].loss.hard = Some(HardConfig {
                reward: 1.0,
                entropy: 0.01,
            });
        } else {
            config.stages[0].loss.doubly_stochastic = 1.0;
        }
        learns_colours(config, Some((3, 4)));
    }
}

#[test]
fn a_gru_on_a_frozen_classifier_learns_colours() {
    let folder = tempfile::tempdir().unwrap();
    let decoder = DecoderConfig::BahdanauGru(BahdanauGruConfig {
        width: 32,
        features: 24,
        embedding: 16,
        attention: 16,
        hidden: 32,
        dropout: 0.0,
        positions: 20,
    });
    let mut config = config(decoder, 60, FeatureProjection::LeakyRelu, folder.path());
    frozen(&mut config).mixing = None;
    learns_colours(config, Some((3, 4)));
}

#[test]
fn an_encoder_of_our_own_learns_what_its_teachers_captioner_says_where_people_say_something_else() {
    let folder = tempfile::tempdir().unwrap();
    let mut knows = config(show_attend_tell(false), 60, FeatureProjection::Linear, folder.path());
    frozen(&mut knows).mixing = None;
    let classifier = frozen(&mut knows).model.clone();
    let learnt = learns_colours(knows, Some((3, 4)));
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    data(folder.path());
    let captions = folder.path().join("captions.csv");
    let told = fs::read_to_string(&captions).unwrap();
    let wrong = [("red", "?"), ("green", "red"), ("blue", "green"), ("?", "blue")]
        .iter()
        .fold(told, |told, (colour, other)| told.replace(colour, other));
    fs::write(&captions, wrong).unwrap();

    let mut config = own_net(transformer(), 60);
    config.teacher = Some(TeacherConfig {
        model: classifier,
        picture: 32,
        components: 4,
        sample: 12,
        captioner: Some(learnt.path().join("model")),
    });
    let stage = &mut config.stages[0];
    (stage.loss.bag, stage.distillation) = (0.0, 1.0);
    config.check().unwrap();
    let run = Run::open(config, folder.path(), &folder.path().join("run")).unwrap();
    let net = run.train().unwrap();
    let model = folder.path().join("model");
    let words = (&run.tokenizer, &run.bag);
    export(&net, &run.config, words, Precision::Float32, &model).unwrap();
    let said = ModelFolder::open(&model).unwrap();
    let (_, said) = describe::score(&said, &run.data.dev, &DescribeOptions::default()).unwrap();
    let colours = ["red", "green", "blue"].iter().cycle();
    let right = std::iter::zip(&said, colours).filter(|(said, colour)| said.caption.contains(**colour));
    assert!(
        right.count() >= 10,
        "{:?}",
        said.iter().map(|said| &said.caption).collect::<Vec<_>>()
    );

    // Another vocabulary: its words have other numbers.
    fs::write(
        &captions,
        fs::read_to_string(&captions).unwrap().replace("wall", "fence"),
    )
    .unwrap();
    let run = Run::open(run.config, folder.path(), &folder.path().join("another")).unwrap();
    let refused = format!("{:#}", run.train().err().unwrap());
    assert!(refused.contains("another vocabulary"), "{refused}");
}

fn feature_files(folder: &Path) -> usize {
    let files = fs::read_dir(folder.join("features")).unwrap();
    files
        .filter(|file| file.as_ref().unwrap().path().extension() == Some("features".as_ref()))
        .count()
}

#[test]
fn runs_share_features_until_the_classifier_its_preprocessing_or_the_photos_change() {
    let _alone = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let train = |name: &str, change: &dyn Fn(&mut RunConfig)| {
        let mut config = config(transformer(), 1, FeatureProjection::Linear, folder.path());
        change(&mut config);
        let run = Run::open(config, folder.path(), &folder.path().join(name)).unwrap();
        run.train().unwrap();
        feature_files(folder.path())
    };
    // Both splits have the same photos here.
    assert_eq!(train("first", &|_| ()), 1);
    assert_eq!(train("second", &|config| config.seed = 8), 1);
    let twice_as_bright = |config: &mut RunConfig| {
        let scale = json!(2.0 / 255.0);
        frozen(config).preprocessing.insert("rescale_factor".to_owned(), scale);
    };
    assert_eq!(train("third", &twice_as_bright), 2);
    let another = |config: &mut RunConfig| {
        let mut model = small_classifier(32, [24, 32]);
        let weight: &mut TensorProto = &mut model.graph.as_mut().unwrap().initializer[0];
        weight.raw_data.as_mut().unwrap()[..4].copy_from_slice(&0.25f32.to_le_bytes());
        let path = folder.path().join("another.onnx");
        onnx::save(&model, &path).unwrap();
        frozen(config).model = path;
    };
    assert_eq!(train("fourth", &another), 3);
    RgbImage::new(50, 50).save(folder.path().join("images/3.png")).unwrap();
    assert_eq!(train("fifth", &|_| ()), 4);
}

#[test]
fn a_decoder_that_expects_another_number_of_channels_is_refused_with_the_right_one() {
    let folder = tempfile::tempdir().unwrap();
    data(folder.path());
    let mut config = config(show_attend_tell(false), 1, FeatureProjection::None, folder.path());
    frozen(&mut config).mixing = None;
    frozen(&mut config).model = saved(&small_classifier(20, [24, 32]), folder.path());
    let error = Run::open(config, folder.path(), &folder.path().join("run"))
        .err()
        .unwrap();
    assert!(error.to_string().contains("must be 20"), "{error:#}");
}

#[test]
fn the_program_goes_on_with_features_where_it_was_killed() {
    let folder = tempfile::tempdir().unwrap();
    let photos = 50;
    fs::create_dir(folder.path().join("images")).unwrap();
    let (mut captions, mut names) = ("image,caption\n".to_owned(), String::new());
    for number in 0..photos {
        let name = format!("{number}.png");
        picture(number).save(folder.path().join("images").join(&name)).unwrap();
        captions += &format!("{name},a wall\n");
        names += &format!("{name}\n");
    }
    fs::write(folder.path().join("captions.csv"), captions).unwrap();
    fs::write(folder.path().join("train.txt"), &names).unwrap();
    fs::write(folder.path().join("dev.txt"), "0.png\n").unwrap();
    // With features so large that writing them takes a while.
    let model = saved(&Kind::Vgg16.graph(16), folder.path());
    let text = include_str!("../configs/frozen/transformer.toml")
        .replace("minimum_count = 4", "minimum_count = 1")
        .replace(
            "width = 256\nlayers = 2\nheads = 4\ninner = 1024",
            "width = 32\nlayers = 1\nheads = 4\ninner = 32",
        )
        .replace("spelling = \"../spelling.txt\"\n", "");
    let config = folder.path().join("run.toml");
    fs::write(&config, text).unwrap();
    let start = || {
        let mut program = Command::new(env!("CARGO_BIN_EXE_hearsight-training"));
        let folder = folder.path();
        program
            .arg("train")
            .arg(&config)
            .arg("--data")
            .arg(folder)
            .arg("--classifier")
            .arg(&model);
        program.arg("--run").arg(folder.join("run")).args(["--stop-after", "1"]);
        program.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap()
    };
    let photo = 2 * 14 * 14 * 512 * 2;
    let begun = || {
        let files = fs::read_dir(folder.path().join("features")).into_iter().flatten();
        files.flatten().any(|file| {
            let is_part = file.path().extension() == Some("part".as_ref());
            is_part && file.metadata().is_ok_and(|metadata| metadata.len() > 2 * photo)
        })
    };
    let mut first = start();
    while !begun() {
        assert!(
            first.try_wait().unwrap().is_none(),
            "it ended before it could be killed"
        );
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    first.kill().unwrap();
    first.wait().unwrap();
    let mut second = start();
    let told: Vec<String> = BufReader::new(second.stderr.take().unwrap())
        .lines()
        .map_while(Result::ok)
        .collect();
    assert!(second.wait().unwrap().success(), "{told:?}");
    let going_on = told.iter().find(|line| line.contains("going on after"));
    assert!(going_on.is_some(), "{told:?}");
}
