//! Why a model folder cannot be used, as sentences for the person.

/// What could not be done, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum ModelError {}
