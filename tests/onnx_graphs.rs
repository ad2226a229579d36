//! Graphs built by hand are run by ONNX Runtime and compared with arithmetic done here.
//!
//! They stand in a test program of their own because a process has room for one ONNX Runtime environment.
#![allow(clippy::unwrap_used)]

use std::path::PathBuf;
use std::sync::LazyLock;

use hearsight::onnx::{AttributeProto, DataType, Dim, GraphBuilder, ModelProto, open, save};
use ort::environment::Environment;
use ort::session::{Session, SessionInputValue};
use ort::value::{PrimitiveTensorElementType, Tensor};
use prost::Message;

static ENVIRONMENT: LazyLock<Environment> = LazyLock::new(|| {
    let beside = "runtime/onnxruntime/capi/libonnxruntime.so.1.31.1";
    let library = std::env::var_os("ORT_DYLIB_PATH")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(beside), PathBuf::from);
    ort::init_from(library).unwrap().build().unwrap()
});

/// A tensor to feed. ONNX Runtime has to be loaded before the first one is made.
fn tensor<T>(shape: &[i64], values: &[T]) -> SessionInputValue<'static>
where
    T: PrimitiveTensorElementType + Clone + std::fmt::Debug + 'static,
{
    LazyLock::force(&ENVIRONMENT);
    Tensor::from_array((shape.to_vec(), values.to_vec())).unwrap().into()
}

/// Runs a model and returns its float outputs, shape and values.
fn run(model: &ModelProto, inputs: Vec<(&str, SessionInputValue<'static>)>) -> Vec<(Vec<i64>, Vec<f32>)> {
    let bytes = model.encode_to_vec();
    let mut session = Session::builder(&ENVIRONMENT)
        .unwrap()
        .commit_from_memory(&bytes)
        .unwrap();
    let outputs = session.run(inputs).unwrap();
    let read = |value: ort::value::ValueRef| {
        let (shape, values) = value.try_extract_tensor::<f32>().unwrap();
        (shape.to_vec(), values.to_vec())
    };
    outputs.into_iter().map(|(_, value)| read(value.view())).collect()
}

fn assert_near(found: &[f32], expected: &[f32]) {
    assert_eq!(found.len(), expected.len());
    for (index, (a, b)) in found.iter().zip(expected).enumerate() {
        assert!((a - b).abs() < 1e-5, "value {index} is {a}, expected {b}");
    }
}

/// Numbers between −1 and 1 that look random and are the same every time.
fn numbers(count: usize, seed: u32) -> Vec<f32> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    (0..count).map(|_| next()).collect()
}

#[test]
fn a_small_classifier_computes_what_its_formulas_say_at_any_batch_size() {
    let (kernel, kernel_bias) = (numbers(3 * 2 * 3 * 3, 1), numbers(3, 2));
    let (weight, bias) = (numbers(3 * 4, 3), numbers(4, 4));
    let mut g = GraphBuilder::new("classifier");
    let x = g.input(
        "pixels",
        DataType::Float,
        &[Dim::Named("batch"), Dim::Fixed(2), Dim::Fixed(5), Dim::Fixed(5)],
    );
    let conv_w = g.initializer_f32("conv.weight", &[3, 2, 3, 3], &kernel);
    let conv_b = g.initializer_f32("conv.bias", &[3], &kernel_bias);
    let fc_w = g.initializer_f32("fc.weight", &[3, 4], &weight);
    let fc_b = g.initializer_f32("fc.bias", &[4], &bias);
    let hidden = g.conv2d(&x, &conv_w, Some(&conv_b), 2, 1);
    let hidden = g.relu(&hidden);
    let hidden = g.reduce_mean(&hidden, &[2, 3], false);
    let logits = g.linear(&hidden, &fc_w, Some(&fc_b));
    let p = g.softmax(&logits, -1);
    g.output("p", &p, DataType::Float, &[Dim::Named("batch"), Dim::Fixed(4)]);
    let model = g.finish().unwrap();

    for batch in [1, 3] {
        let pixels = numbers(batch * 2 * 25, 5);
        let mut expected = Vec::new();
        for image in pixels.chunks(50) {
            // Stride 2 and padding 1 turn 5×5 into 3×3.
            let mut means = [0f32; 3];
            for (o, mean) in means.iter_mut().enumerate() {
                for (row, column) in (0..9).map(|cell| (cell / 3 * 2, cell % 3 * 2)) {
                    let mut sum = kernel_bias[o];
                    for (c, i, j) in (0..18).map(|tap| (tap / 9, tap / 3 % 3, tap % 3)) {
                        let (r, q) = (row + i, column + j);
                        if (1..=5).contains(&r) && (1..=5).contains(&q) {
                            sum += image[c * 25 + (r - 1) * 5 + q - 1] * kernel[o * 18 + c * 9 + i * 3 + j];
                        }
                    }
                    *mean += sum.max(0.0) / 9.0;
                }
            }
            let logit = |k: usize| bias[k] + (0..3).map(|o| means[o] * weight[o * 4 + k]).sum::<f32>();
            let total: f32 = (0..4).map(|k| logit(k).exp()).sum();
            expected.extend((0..4).map(|k| logit(k).exp() / total));
        }
        let outputs = run(&model, vec![("pixels", tensor(&[batch as i64, 2, 5, 5], &pixels))]);
        assert_eq!(outputs[0].0, [batch as i64, 4]);
        assert_near(&outputs[0].1, &expected);
    }
}

#[test]
fn an_embedded_and_normalised_token_passes_gelu_from_half_precision_weights() {
    // Halves and quarters, which 16 bits hold exactly.
    let table = [0.5, -1.0, 2.0, 0.25, 1.5, -0.75];
    let mut g = GraphBuilder::new("tokens");
    let ids = g.input("ids", DataType::Int64, &[Dim::Named("batch"), Dim::Named("length")]);
    let table_name = g.initializer_f16("table", &[3, 2], &table);
    let scale = g.initializer_f32("scale", &[2], &[1.0, 2.0]);
    let bias = g.initializer_f32("bias", &[2], &[0.0, 0.5]);
    let x = g.embedding(&ids, &table_name);
    let x = g.layer_norm(&x, &scale, &bias, 1e-5);
    let x = g.gelu(&x);
    g.output(
        "y",
        &x,
        DataType::Float,
        &[Dim::Named("batch"), Dim::Named("length"), Dim::Fixed(2)],
    );
    let model = g.finish().unwrap();
    let stored = &model.graph().initializer[0];
    assert_eq!((stored.data_type(), stored.raw_data().len()), (DataType::Float16, 12));

    // erf(1 / √2), erf(1.5 / √2) and erf(2.5 / √2) from a table of the normal distribution.
    let gelu = |x: f32| {
        let erf = [(1.0, 0.682_689_5), (1.5, 0.866_385_6), (2.5, 0.987_580_7)];
        let (_, erf) = *erf
            .iter()
            .min_by(|a, b| (a.0 - x.abs()).abs().total_cmp(&(b.0 - x.abs()).abs()))
            .unwrap();
        x / 2.0 * (1.0 + erf * x.signum())
    };
    let outputs = run(&model, vec![("ids", tensor(&[1, 2], &[2i64, 0]))]);
    // Of two numbers, a layer norm leaves +1 and −1.
    let expected = [gelu(1.0), gelu(-2.0 + 0.5), gelu(1.0), gelu(-2.0 + 0.5)];
    assert_eq!(outputs[0].0, [1, 2, 2]);
    for (found, expected) in outputs[0].1.iter().zip(expected) {
        assert!((found - expected).abs() < 1e-4, "{found} instead of {expected}");
    }
}

#[test]
fn tensors_are_cut_joined_and_masked_as_onnx_says() {
    let mut g = GraphBuilder::new("shapes");
    let x = g.input("x", DataType::Float, &[Dim::Named("length"), Dim::Fixed(3)]);
    let parts = g.split(&x, 1, &[1, 2]);
    let joined = g.concat(&[&parts[1], &parts[0]], 1);
    g.output(
        "joined",
        &joined,
        DataType::Float,
        &[Dim::Named("length"), Dim::Fixed(3)],
    );

    let last = g.slice(&x, 0, -1, i64::MAX);
    let turned = g.transpose(&last, &[1, 0]);
    let flat = g.reshape(&turned, &[-1]);
    let column = g.unsqueeze(&flat, &[1]);
    let back = g.squeeze(&column, &[1]);
    g.output("last", &back, DataType::Float, &[Dim::Fixed(3)]);

    // A causal mask: row i may see the columns up to i.
    let length = g.dim(&x, 0);
    let limit = g.squeeze(&length, &[0]);
    let (zero, one) = (g.int(0), g.int(1));
    let columns = g.range(&zero, &limit, &one);
    let rows = g.unsqueeze(&columns, &[1]);
    let seen = g.greater_or_equal(&rows, &columns);
    let (open, shut) = (g.float(0.0), g.float(-9.0));
    let mask = g.where_(&seen, &open, &shut);
    g.output(
        "mask",
        &mask,
        DataType::Float,
        &[Dim::Named("length"), Dim::Named("length")],
    );

    let width = g.dim(&x, -1);
    let shape = g.concat(&[&length, &width], 0);
    let row = g.reduce_sum(&x, &[1], true);
    let wide = g.expand(&row, &shape);
    g.output("wide", &wide, DataType::Float, &[Dim::Named("length"), Dim::Fixed(3)]);
    let model = g.finish().unwrap();

    let outputs = run(&model, vec![("x", tensor(&[2, 3], &[1f32, 2.0, 3.0, 4.0, 5.0, 6.0]))]);
    let values: Vec<_> = outputs.iter().map(|(_, values)| values.as_slice()).collect();
    assert_eq!(values[0], [2.0, 3.0, 1.0, 5.0, 6.0, 4.0]);
    assert_eq!(values[1], [4.0, 5.0, 6.0]);
    assert_eq!(values[2], [0.0, -9.0, 0.0, 0.0]);
    assert_eq!(values[3], [6.0, 6.0, 6.0, 15.0, 15.0, 15.0]);
}

#[test]
fn a_graph_with_branches_is_the_same_after_a_round_trip_and_still_runs() {
    let branch = |value: f32| {
        let mut g = GraphBuilder::new("branch");
        let constant = g.initializer_f32("constant", &[2], &[value, -value]);
        g.output("chosen", &constant, DataType::Float, &[Dim::Fixed(2)]);
        g.finish_graph().unwrap()
    };
    let mut g = GraphBuilder::new("choice");
    let x = g.input("x", DataType::Float, &[Dim::Fixed(1)]);
    let zero = g.initializer_f32("zero", &[1], &[0.0]);
    let positive = g.greater_or_equal(&x, &zero);
    let branches = vec![
        AttributeProto::graph("then_branch", branch(1.0)),
        AttributeProto::graph("else_branch", branch(7.0)),
    ];
    let y = g.node("If", &[&positive], branches);
    g.output("y", &y, DataType::Float, &[Dim::Fixed(2)]);
    let model = g.finish().unwrap();

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("choice.onnx");
    save(&model, &path).unwrap();
    let read = open(&path).unwrap();
    assert_eq!(read, model);
    assert_eq!(
        std::fs::read_dir(folder.path()).unwrap().count(),
        1,
        "nothing but the model is left in the folder"
    );

    assert_eq!(run(&read, vec![("x", tensor(&[1], &[3f32]))])[0].1, [1.0, -1.0]);
    assert_eq!(run(&read, vec![("x", tensor(&[1], &[-3f32]))])[0].1, [7.0, -7.0]);
}
