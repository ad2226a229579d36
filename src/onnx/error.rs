//! Why an ONNX file could not be read, written or built.

use std::path::PathBuf;

/// What could not be done with an ONNX file, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum OnnxError {
    /// The file is missing, or the system refuses to hand it out.
    #[error("The model file {path} could not be read ({source}). Check that it is there and that you may read it.")]
    Read {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// The bytes are no ONNX model: cut short, or something else.
    #[error("The model file {path} is not a whole ONNX file. Try to download or export it again.")]
    Broken {
        /// The file.
        path: PathBuf,
        /// Where the reader stopped; none where the bytes are well formed but hold no graph.
        source: Option<prost::DecodeError>,
    },
    /// The file could not be put on disk.
    #[error("The model file {path} could not be written ({source}). Check the free space and the folder's rights.")]
    Write {
        /// The file.
        path: PathBuf,
        /// The system's reason.
        source: std::io::Error,
    },
    /// Two things in one graph were to have the same name.
    #[error("{operation} wants to write \"{name}\", but the graph has that name already. Give it another name.")]
    Duplicate {
        /// What was being added.
        operation: String,
        /// The name that was taken.
        name: String,
    },
    /// An operation reads a name that no input, initializer or earlier operation writes.
    #[error("{operation} reads \"{name}\", which nothing before it writes. Check the name and the order.")]
    Unknown {
        /// What was being added.
        operation: String,
        /// The name that is missing.
        name: String,
    },
    /// An operation was given a shape that it cannot take.
    #[error("{operation} expects {expected}, but \"{name}\" is {found:?}.")]
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
    #[error("The initializer \"{name}\" has the shape {shape:?}, but {values} values were given.")]
    Length {
        /// The initializer.
        name: String,
        /// The shape it was to have.
        shape: Vec<i64>,
        /// How many values came with it.
        values: usize,
    },
}
