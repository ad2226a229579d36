//! Whether a decoder's graph is cut in halves, one of which is run once a photo.

use serde::{Deserialize, Serialize};

/// Whether what does not change from word to word is computed once a photo.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Division {
    /// The decoder's graph is cut in two, and its first half is run once a photo.
    Halves,
    /// The whole graph is run at every word.
    Whole(WholeReason),
}

/// Why a decoder's graph stays whole.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum WholeReason {
    /// It was asked for.
    Asked,
    /// Nothing in it depends on the photo alone, or only inside of branches that are not always taken.
    NothingToGain,
    /// The halves would have to hand over what are no floats.
    NoFloats,
    /// The halves together did not give what the whole gave.
    Differs,
    /// A half could not be made, opened or run; what was said about that.
    Failed(String),
}

impl WholeReason {
    /// The reason for an error that came in the way.
    pub(super) fn failed(error: impl std::fmt::Display) -> Self {
        Self::Failed(error.to_string())
    }
}
