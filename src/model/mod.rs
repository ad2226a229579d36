//! A model folder: its configuration, tokenizer and checks, and where it is looked for.

mod config;
mod digest;
mod error;
mod find;
mod folder;
mod generation;

pub use config::{Calibration, Config, Evidence, HearsightConfig, Neutral};
pub use error::ModelError;
pub(crate) use error::list;
pub use find::find;
pub use folder::ModelFolder;
pub use generation::{EarlyStopping, GenerationConfig, GenerationError, MAX_BEAMS, check_wish};
