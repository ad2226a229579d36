//! Attention over a photo: maps as colours, shade or a line; which words lie at a point, and where each word lies.
//!
//! Pure functions over pixels and numbers, so that the window, the saved pictures and the command line show and say
//! the same.

mod colours;
mod content;
mod legend;
mod places;
mod style;
mod touch;
mod veil;
mod whole;

pub use colours::cividis;
pub use content::is_content;
pub use legend::{legend, no_map};
pub use places::{Located, places};
pub use style::Style;
pub use touch::{grid, words_at};
pub use veil::{paint, veil};
pub use whole::whole;

pub use crate::settings::AttentionMode as Mode;
