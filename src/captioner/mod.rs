//! Pixels become a [`Description`]: preprocess, encoder, decoder loop, search, attention.
//!
//! A decoder is a function (tokens, memory, state) → (logits, attention, state); see [`decoder`](self) for the names
//! by which graphs take part in it.

mod attention;
mod cancel;
#[allow(clippy::module_inception)]
mod captioner;
mod description;
mod device;
mod error;
pub mod preprocess;
mod runtime;

pub use cancel::Cancel;
pub use captioner::{Captioner, DescribeOptions, LoadOptions, Stage};
pub use description::{Alternative, Attention, Description, Place, Seconds, Word};
pub use device::{DeviceChoice, UnknownDevice};
pub use error::CaptionError;
pub use runtime::RuntimeError;
