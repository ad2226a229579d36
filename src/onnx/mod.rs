//! ONNX files as structs: read one, change it, or write a graph by hand and save it.
//!
//! [`open`] and [`save`] move a [`ModelProto`] between disk and memory; [`GraphBuilder`] writes a new one, operation
//! by operation:
//!
//! ```
//! use hearsight::onnx::{DataType, Dim, GraphBuilder};
//!
//! let mut g = GraphBuilder::new("doubler");
//! let x = g.input("x", DataType::Float, &[Dim::Named("batch"), Dim::Fixed(4)]);
//! let y = g.add(&x, &x);
//! g.output("y", &y, DataType::Float, &[Dim::Named("batch"), Dim::Fixed(4)]);
//! let model = g.finish()?;
//! assert_eq!(model.graph().node.len(), 2);
//! # Ok::<(), hearsight::onnx::OnnxError>(())
//! ```

mod builder;
mod cut;
mod error;
mod file;
mod inputs;
mod layers;
mod messages;
mod operations;
pub mod outline;
mod part;
pub mod softmaxes;
pub mod survey;
mod transposed;
mod unfold;

pub use builder::{Dim, GraphBuilder};
pub use cut::{Halves, Seam};
pub use error::OnnxError;
pub use file::{open, save};
pub use inputs::input_names;
pub use messages::{
    AttributeKind, AttributeProto, DataLocation, DataType, Dimension, FunctionProto, GraphProto, ModelProto, NodeProto,
    OperatorSetIdProto, StringStringEntryProto, TensorProto, TensorShapeProto, TensorType, TypeProto, ValueInfoProto,
};
pub use outline::{Outline, outline};
pub use part::keep_outputs;
pub use transposed::multiply_transposed;
pub use unfold::unfold;

#[cfg(test)]
mod tests;
