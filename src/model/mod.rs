//! A model folder: its configuration, tokenizer and checks, and where it is looked for.

use std::path::{Path, PathBuf};

mod error;

pub use error::ModelError;

/// A folder in the layout of Hugging Face Optimum.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    path: PathBuf,
}

impl ModelFolder {
    /// Opens a model folder.
    ///
    /// # Errors
    /// A file is missing, broken or contradicts another.
    pub fn open(path: &Path) -> Result<Self, ModelError> {
        let _ = path;
        todo!()
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }
}

/// Finds the model folder to use.
///
/// # Errors
/// There is none; the sentence lists where it was looked for.
pub fn find(explicit: Option<&Path>) -> Result<PathBuf, ModelError> {
    let _ = explicit;
    todo!()
}
