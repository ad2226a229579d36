//! Which directions of a classifier's features a captioner uses, and how much.
//!
//! Most of what features vary by says nothing about what people say of photos. A captioner that was trained on them frozen
//! knows which part does: a direction counts by what its matrices make of it.

use std::collections::HashSet;
use std::path::Path;

use anyhow::{Result, ensure};
use hearsight::onnx::{self, GraphProto};
use nalgebra::{DMatrix, SymmetricEigen};

use crate::classifier::MAP;
use crate::start::Weights;

/// What leaves a cell's channels what they are, or a mean of such: also the gate that a context goes through.
const CARRYING: [&str; 8] = [
    "Identity",
    "Cast",
    "Reshape",
    "Squeeze",
    "Unsqueeze",
    "Transpose",
    "ReduceMean",
    "Mul",
];

/// The root of a metric, `[channels, channels]` and symmetric: a step along a direction of the features is as long as what
/// the captioner in `folder` makes of it. Each of the matrices that read features counts as much as the others over those of
/// this `covariance`.
///
/// # Errors
/// A folder that cannot be read, or in which no matrix reads features of as many channels.
pub(super) fn metric(folder: &Path, covariance: &DMatrix<f64>) -> Result<DMatrix<f64>> {
    let channels = covariance.nrows();
    let mut sum = DMatrix::zeros(channels, channels);
    let mut found = 0;
    // Values that are features, or means of them. What the encoder gives out the decoder takes by the same name.
    let mut features = HashSet::from([MAP.to_owned()]);
    for file in ["encoder_model.onnx", "decoder_model.onnx"] {
        let path = folder.join(file);
        let model = onnx::open(&path)?;
        let readers = readers(model.graph(), &mut features);
        // Inside of it the next graph has names of its own, which may be the same.
        features.retain(|name| {
            model
                .graph()
                .output
                .iter()
                .any(|output| output.name.as_deref() == Some(name))
        });
        let weights = Weights::of(model, &path, &Default::default());
        for name in readers {
            let (values, dims) = weights.values(&name)?;
            ensure!(
                dims.first() == Some(&channels),
                "{name} in {} is {dims:?}, and the teacher has {channels} channels: it is a captioner of other features",
                path.display()
            );
            let columns = values.len() / channels;
            let matrix = DMatrix::from_row_iterator(channels, columns, values.into_iter().map(f64::from));
            let square = &matrix * matrix.transpose();
            let variance = square.component_mul(covariance).sum();
            if variance > 0.0 {
                sum += square / variance;
                found += 1;
            }
        }
    }
    ensure!(
        found > 0,
        "{} is no captioner of frozen features: none of its matrices reads them",
        folder.display()
    );
    let eigen = SymmetricEigen::new(sum);
    let roots = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
    Ok(&eigen.eigenvectors * DMatrix::from_diagonal(&roots) * eigen.eigenvectors.transpose())
}

/// The matrices that `features` are multiplied by; what carries features on is added to them.
fn readers(graph: &GraphProto, features: &mut HashSet<String>) -> Vec<String> {
    let weights: HashSet<&str> = graph
        .initializer
        .iter()
        .filter_map(|weight| weight.name.as_deref())
        .collect();
    // Of a weight that is kept in half precision the name that it has in the file.
    let cast = |name: &str| {
        let makes = graph
            .node
            .iter()
            .find(|node| node.output.iter().any(|output| output == name));
        let source = makes.filter(|node| node.op_type.as_deref() == Some("Cast"));
        source
            .and_then(|node| node.input.first())
            .map_or_else(|| name.to_owned(), Clone::clone)
    };
    let mut found = Vec::new();
    // The nodes stand in an order in which they can be computed.
    for node in &graph.node {
        let operation = node.op_type.as_deref().unwrap_or_default();
        let is_carried = match (operation, node.input.as_slice()) {
            ("MatMul", [read, by]) if features.contains(read) => {
                let weight = cast(by);
                if weights.contains(weight.as_str()) {
                    found.push(weight);
                }
                false
            }
            // Cells, weighed by where the captioner looks.
            ("MatMul", [_, cells]) => features.contains(cells),
            (operation, inputs) => CARRYING.contains(&operation) && inputs.iter().any(|input| features.contains(input)),
        };
        if is_carried {
            features.extend(node.output.iter().cloned());
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use hearsight::onnx::{DataType, Dim, GraphBuilder, save};
    use nalgebra::DVector;

    use super::*;

    /// Graphs of a captioner of features of three channels: both have a matrix that reads them, two columns wide, and the
    /// decoder another one of as many rows, that does not.
    fn captioner(folder: &Path, [encoder, decoder]: [[f32; 6]; 2]) {
        let cells = [Dim::Named("batch"), Dim::Fixed(4), Dim::Fixed(3)];
        let seen = [Dim::Named("batch"), Dim::Fixed(4), Dim::Fixed(2)];
        let mut g = GraphBuilder::new("encoder");
        let x = g.input("x", DataType::Float, &cells);
        g.named_node("Identity", &[&x], &[MAP], Vec::new());
        g.named_node("Identity", &[MAP], &["inner"], Vec::new());
        let matrix = g.initializer_f16("reads", &[3, 2], &encoder);
        let keys = g.node("MatMul", &[MAP, &matrix], Vec::new());
        g.output("attention_keys", &keys, DataType::Float, &seen);
        g.output("last_hidden_state", MAP, DataType::Float, &cells);
        save(&g.finish().unwrap(), &folder.join("encoder_model.onnx")).unwrap();

        let mut g = GraphBuilder::new("decoder");
        let cells = g.input("last_hidden_state", DataType::Float, &cells);
        let looks = g.input(
            "looks",
            DataType::Float,
            &[Dim::Named("batch"), Dim::Fixed(1), Dim::Fixed(4)],
        );
        let state = g.input(
            "state",
            DataType::Float,
            &[Dim::Named("batch"), Dim::Fixed(1), Dim::Fixed(3)],
        );
        let context = g.node("MatMul", &[&looks, &cells], Vec::new());
        let gated = g.node("Mul", &[&looks, &context], Vec::new());
        let matrix = g.initializer_f32("reads", &[3, 2], &decoder);
        let read = g.node("MatMul", &[&gated, &matrix], Vec::new());
        let hidden = g.initializer_f32("hidden", &[3, 2], &[1e3; 6]);
        // The encoder has a value of this name that is features.
        g.named_node("Relu", &[&state], &["inner"], Vec::new());
        let other = g.node("MatMul", &["inner", &hidden], Vec::new());
        let sum = g.add(&read, &other);
        g.output(
            "logits",
            &sum,
            DataType::Float,
            &[Dim::Named("batch"), Dim::Fixed(1), Dim::Fixed(2)],
        );
        save(&g.finish().unwrap(), &folder.join("decoder_model.onnx")).unwrap();
    }

    const FIRST: [f32; 6] = [10.0, 0.0, 0.0, 0.0, 0.0, 0.0];
    const SECOND: [f32; 6] = [0.0, 0.0, 0.0, 0.1, 0.0, 0.0];

    #[test]
    fn each_matrix_counts_alike_however_large_its_weights_and_what_it_reads() {
        let folder = tempfile::tempdir().unwrap();
        captioner(folder.path(), [FIRST, SECOND]);
        let covariance = DMatrix::from_diagonal(&DVector::from_vec(vec![4.0, 9.0, 100.0]));
        let root = metric(folder.path(), &covariance).unwrap();
        let varies = (&root * &covariance * &root).diagonal();
        // One reads the first channel, the other the second, nobody the third: what a state goes through reads no features,
        // also where it has as many numbers.
        let away = (varies - DVector::from_vec(vec![1.0, 1.0, 0.0])).amax();
        assert!(away < 1e-9, "{away}");
    }

    #[test]
    fn a_captioner_of_other_features_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        captioner(folder.path(), [FIRST, SECOND]);
        let error = metric(folder.path(), &DMatrix::identity(4, 4)).unwrap_err().to_string();
        assert!(error.contains("is [3, 2], and the teacher has 4 channels"), "{error}");
        let encoder = folder.path().join("encoder_model.onnx");
        std::fs::copy(folder.path().join("decoder_model.onnx"), encoder).unwrap();
        let error = metric(folder.path(), &DMatrix::identity(3, 3)).unwrap_err().to_string();
        assert!(error.contains("none of its matrices reads them"), "{error}");
    }
}
