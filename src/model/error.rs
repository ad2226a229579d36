//! Why a model folder cannot be used, as sentences for the person.

use std::path::PathBuf;

/// What could not be done, why, and what to do.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// No model folder was found anywhere.
    #[error(
        "No model was found. Put a model folder into one of these places, or name one with --model or \
         HEARSIGHT_MODEL: {}.",
        list(looked)
    )]
    NotFound {
        /// Where it was looked for, in this order.
        looked: Vec<PathBuf>,
    },
    /// The path is no folder.
    #[error("There is no model folder at {}. Check the path, or install a model there.", path.display())]
    NoFolder {
        /// The path that was given.
        path: PathBuf,
    },
    /// A file of the folder is missing.
    #[error("The model folder {} has no {file}. Download the model again with all its files.", folder.display())]
    Missing {
        /// The model folder.
        folder: PathBuf,
        /// The missing file's name.
        file: String,
    },
    /// A file of the folder cannot be read.
    #[error("{} is broken or incomplete ({reason}). Download the model again.", file.display())]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, in a few words.
        reason: String,
    },
    /// Files of the folder contradict each other.
    #[error("The files in {} do not fit together: {contradiction}. Use the files of one model.", folder.display())]
    Contradiction {
        /// The model folder.
        folder: PathBuf,
        /// Both sides of it.
        contradiction: String,
    },
    /// The model needs something that this program does not have.
    #[error("{} cannot be used here: {what}. Try another model, or another export of it.", file.display())]
    Unsupported {
        /// The file.
        file: PathBuf,
        /// What is not understood, by name.
        what: String,
    },
}

/// Paths as they stand in a sentence.
pub(crate) fn list(paths: &[PathBuf]) -> String {
    paths
        .iter()
        .map(|path| path.display().to_string())
        .collect::<Vec<_>>()
        .join(", ")
}
