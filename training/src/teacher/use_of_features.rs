//! Which directions of a classifier's features a captioner uses, and how much.
//!
//! Most of what features vary by says nothing about what people say of photos. A captioner that was trained on them frozen
//! knows which part does: a direction counts by what its matrices make of it.

use std::path::Path;

use anyhow::{Result, ensure};
use nalgebra::{DMatrix, SymmetricEigen};

use crate::start::Weights;

/// The root of a metric, `[channels, channels]` and symmetric: a step along a direction of the features is as long as what
/// the captioner in `folder` makes of it. Each of its matrices counts as much as the others over features of this
/// `covariance`.
///
/// # Errors
/// A folder that cannot be read, or in which no matrix takes as many channels.
pub(super) fn metric(folder: &Path, covariance: &DMatrix<f64>) -> Result<DMatrix<f64>> {
    let channels = covariance.nrows();
    let mut sum = DMatrix::zeros(channels, channels);
    let mut found = 0;
    for graph in ["encoder_model.onnx", "decoder_model.onnx"] {
        for matrix in Weights::open(&folder.join(graph), &Default::default())?.matrices(channels)? {
            let matrix =
                DMatrix::from_row_iterator(channels, matrix.len() / channels, matrix.into_iter().map(f64::from));
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
        "{} is no captioner of these features: none of its matrices takes {channels} channels",
        folder.display()
    );
    let eigen = SymmetricEigen::new(sum);
    let roots = eigen.eigenvalues.map(|value| value.max(0.0).sqrt());
    Ok(&eigen.eigenvectors * DMatrix::from_diagonal(&roots) * eigen.eigenvectors.transpose())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use hearsight::onnx::{DataType, Dim, GraphBuilder, save};
    use nalgebra::DVector;

    use super::*;

    /// A graph with a matrix of so many rows and two columns.
    fn graph(folder: &Path, name: &str, rows: i64, values: &[f32]) {
        let mut g = GraphBuilder::new("part");
        let x = g.input("x", DataType::Float, &[Dim::Named("batch"), Dim::Fixed(rows)]);
        let matrix = g.initializer_f32("weight", &[rows, 2], values);
        let y = g.node("MatMul", &[&x, &matrix], Vec::new());
        g.output("y", &y, DataType::Float, &[Dim::Named("batch"), Dim::Fixed(2)]);
        save(&g.finish().unwrap(), &folder.join(name)).unwrap();
    }

    #[test]
    fn each_matrix_counts_alike_however_large_its_weights_and_what_it_reads() {
        let folder = tempfile::tempdir().unwrap();
        graph(folder.path(), "encoder_model.onnx", 3, &[10.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
        graph(folder.path(), "decoder_model.onnx", 3, &[0.0, 0.0, 0.0, 0.1, 0.0, 0.0]);
        let covariance = DMatrix::from_diagonal(&DVector::from_vec(vec![4.0, 9.0, 100.0]));
        let root = metric(folder.path(), &covariance).unwrap();
        let varies = (&root * &covariance * &root).diagonal();
        // One reads the first channel, the other the second, nobody the third.
        let away = (varies - DVector::from_vec(vec![1.0, 1.0, 0.0])).amax();
        assert!(away < 1e-9, "{away}");
    }

    #[test]
    fn a_captioner_of_other_features_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for name in ["encoder_model.onnx", "decoder_model.onnx"] {
            graph(folder.path(), name, 2, &[1.0; 4]);
        }
        let error = metric(folder.path(), &DMatrix::identity(3, 3)).unwrap_err().to_string();
        assert!(error.contains("none of its matrices takes 3 channels"), "{error}");
    }
}
