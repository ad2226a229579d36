//! Why an ONNX file could not be read, written or built.

use std::path::PathBuf;

use crate::text;

/// What could not be done with an ONNX file, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OnnxError {
    /// The file is missing, or the system refuses to hand it out.
    #[error("{}", text!("onnx-read", path = path.display().to_string(), reason = source.to_string()))]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The bytes are no ONNX model: cut short, or something else.
    #[error("{}", text!("onnx-broken", path = path.display().to_string()))]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where the reader stopped; none where the bytes are well formed but hold no graph.
        source: Option<prost::DecodeError>,
    },
    /// The file could not be put on disk.
    #[error("{}", text!("onnx-write", path = path.display().to_string(), reason = source.to_string()))]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Two things in one graph were to have the same name.
    #[error("{}", text!("onnx-duplicate", operation = operation, name = name))]
    Duplicate {
        /// What was being added.
        operation: String,
        /// The name that was taken.
        name: String,
    },
    /// An operation reads a name that no input, initializer or earlier operation writes.
    #[error("{}", text!("onnx-unknown", operation = operation, name = name))]
    Unknown {
        /// What was being added.
        operation: String,
        /// The name that is missing.
        name: String,
    },
    /// An operation was given a shape that it cannot take.
    #[error("{}", text!("onnx-shape", operation = operation, expected = expected, name = name, found = format!("{found:?}")))]
    Shape {
        /// What was being added.
        operation: String,
        /// The tensor at fault.
        name: String,
        /// The shape it should have, in words.
        expected: String,
        /// The shape it has.
        found: Vec<i64>,
    },
    /// An initializer's shape and its number of values disagree.
    #[error("{}", text!("onnx-length", name = name, shape = format!("{shape:?}"), values = values))]
    Length {
        /// The initializer.
        name: String,
        /// The shape it was to have.
        shape: Vec<i64>,
        /// How many values came with it.
        values: usize,
    },
}
