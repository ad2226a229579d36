//! Pixels become a [`Description`]: preprocess, encoder, decoder loop, search, attention.
//!
//! A decoder is a function (tokens, memory, state) → (logits, attention, state); see [`decoder`](self) for the names
//! by which graphs take part in it.

mod attention;
mod description;
pub mod preprocess;

pub use description::{Alternative, Attention, Description, Place, Seconds, Word};
