//! What needs no ONNX Runtime; `tests/onnx_graphs.rs` runs graphs.
#![allow(clippy::unwrap_used)]

use prost::Message;

use super::*;

#[test]
fn integer_attributes_are_written_unpacked_and_tensor_values_packed() {
    // onnx.proto is proto2: packing is only where it says so, and some readers refuse the other form.
    let attribute = AttributeProto {
        ints: vec![1, 2],
        ..AttributeProto::default()
    };
    assert_eq!(attribute.encode_to_vec(), [0x40, 1, 0x40, 2]);
    let tensor = TensorProto {
        dims: vec![2],
        int64_data: vec![1, 2],
        ..TensorProto::default()
    };
    assert_eq!(tensor.encode_to_vec(), [0x08, 2, 0x3a, 2, 1, 2]);
}

#[test]
fn a_constant_asked_for_twice_is_written_once() {
    let mut g = GraphBuilder::new("constants");
    assert_eq!(g.ints(&[0, -1]), g.ints(&[0, -1]));
    assert_ne!(g.float(0.5), g.float(-0.5));
    assert_eq!(g.finish().unwrap().graph().initializer.len(), 3);
}

/// The sentence with which a graph is refused.
fn refusal(build: impl Fn(&mut GraphBuilder)) -> String {
    let mut g = GraphBuilder::new("mistaken");
    g.input("x", DataType::Float, &[Dim::Named("batch"), Dim::Fixed(3)]);
    build(&mut g);
    g.finish().unwrap_err().to_string()
}

#[test]
fn mistakes_are_refused_with_the_operation_and_the_name() {
    let duplicate = refusal(|g| {
        g.initializer_f32("x", &[1], &[0.0]);
    });
    assert!(
        duplicate.contains("initializer") && duplicate.contains("\"x\""),
        "{duplicate}"
    );
    let unknown = refusal(|g| {
        g.matmul("x", "weight");
    });
    assert!(
        unknown.contains("MatMul") && unknown.contains("\"weight\""),
        "{unknown}"
    );
    let length = refusal(|g| {
        g.initializer_i64("sizes", &[2, 2], &[1, 2, 3]);
    });
    assert!(length.contains("[2, 2]") && length.contains("3 values"), "{length}");
    let shape = refusal(|g| {
        let weight = g.initializer_f32("w", &[3, 2], &[0.0; 6]);
        let bias = g.initializer_f32("b", &[3], &[0.0; 3]);
        g.linear("x", &weight, Some(&bias));
    });
    assert_eq!(shape, "linear expects a vector of 2, but \"b\" is [3].");
    let first = refusal(|g| {
        g.relu("first");
        g.relu("second");
    });
    assert!(
        first.contains("\"first\""),
        "the first of two mistakes is told: {first}"
    );
}

#[test]
fn a_file_that_is_no_model_or_half_of_one_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.onnx");
    assert!(matches!(open(&path), Err(OnnxError::Read { .. })));
    std::fs::write(&path, b"").unwrap();
    assert!(matches!(open(&path), Err(OnnxError::Broken { .. })));
    std::fs::write(&path, b"<!doctype html><title>404</title>").unwrap();
    assert!(matches!(open(&path), Err(OnnxError::Broken { .. })));

    let mut g = GraphBuilder::new("whole");
    g.initializer_f32("weight", &[100], &[0.5; 100]);
    let bytes = g.finish().unwrap().encode_to_vec();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(matches!(open(&path), Err(OnnxError::Broken { .. })));
}

#[test]
fn a_model_that_cannot_be_written_says_where_and_leaves_nothing_behind() {
    let folder = tempfile::tempdir().unwrap();
    let model = GraphBuilder::new("unwritten").finish().unwrap();
    let error = save(&model, &folder.path().join("missing/model.onnx")).unwrap_err();
    assert!(error.to_string().contains("model.onnx"), "{error}");
    // A folder stands where the model should go.
    std::fs::create_dir(folder.path().join("taken.onnx")).unwrap();
    assert!(save(&model, &folder.path().join("taken.onnx")).is_err());
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}
