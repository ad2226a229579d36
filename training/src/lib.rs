//! t

pub mod scores;
