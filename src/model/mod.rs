//! A model folder: its configuration, tokenizer and checks, where it is looked for, and those that are installed.

mod config;
mod digest;
mod error;
mod find;
mod folder;
mod generation;
mod guard;
mod neutral;
pub mod store;

pub use config::{Calibration, Config, Consensus, Evidence, HearsightConfig};
pub use error::ModelError;
pub(crate) use error::list;
pub use find::find;
pub use folder::{ModelFolder, read_tokenizer};
pub use generation::{EarlyStopping, GenerationConfig, GenerationError, MAX_BEAMS, check_wish};
pub use neutral::Neutral;
