//! Pixels become a [`Description`]: preprocess, encoder, decoder loop, search, attention.
//!
//! A decoder is a function (tokens, memory, state) → (logits, attention, state), so that a recurrent net, a
//! transformer with a cache and a hub's ViT-GPT2 run through one loop; the graphs take part by the names of their
//! inputs and outputs.

mod agreement;
mod attention;
mod cancel;
#[allow(clippy::module_inception)]
mod captioner;
mod consensus;
mod decoder;
mod description;
mod device;
mod division;
mod encoder;
mod error;
mod examine;
mod first_word;
mod graphs;
mod kept;
pub mod main_noun;
mod many;
mod numbers;
mod occlusion;
mod once;
mod placement;
pub mod preprocess;
mod runtime;
mod search;
mod sentence;
mod sight;
mod source;
mod support;
mod telemetry;

pub use agreement::{Agreement, Shared};
pub use cancel::Cancel;
pub use captioner::{Captioner, DescribeOptions, FEW_BEAMS, FEW_THREADS, LoadOptions, Stage};
pub use description::{Alternative, Attention, AttentionKind, Description, Expected, Place, Seconds, Word};
pub use device::{DeviceChoice, UnknownDevice};
pub use division::{Division, WholeReason};
pub use error::CaptionError;
pub use examine::Examination;
pub use many::Groups;
pub use placement::Placement;
pub use runtime::{RuntimeError, StartAhead, open_graph, start_runtime, start_runtime_ahead};
pub use telemetry::forbid_telemetry;
