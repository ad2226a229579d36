//! Why a model folder cannot be used, as sentences for the person.

use std::path::PathBuf;

use crate::text;

/// What could not be done, why, and what to do.
#[derive(Clone, Debug, thiserror::Error, PartialEq, Eq)]
pub enum ModelError {
    /// No model folder was found anywhere.
    #[error("{}", text!("model-not-found", places = list(looked)))]
    NotFound {
        /// Where it was looked for, in this order.
        looked: Vec<PathBuf>,
    },
    /// The path is no folder.
    #[error("{}", text!("model-no-folder", path = path.display().to_string()))]
    NoFolder {
        /// The path that was given.
        path: PathBuf,
    },
    /// A file of the folder is missing.
    #[error("{}", text!("model-file-missing", folder = folder.display().to_string(), file = file))]
    Missing {
        /// The model folder.
        folder: PathBuf,
        /// The missing file's name.
        file: String,
    },
    /// The folder does not have the variant that was asked for.
    #[error("{}", text!("model-no-variant", folder = folder.display().to_string(), name = name, variants = variants))]
    NoVariant {
        /// The model folder.
        folder: PathBuf,
        /// The variant as written.
        name: String,
        /// The variants that there are.
        variants: String,
    },
    /// A file of the folder cannot be read.
    #[error("{}", text!("model-broken", file = file.display().to_string(), reason = reason))]
    Broken {
        /// The file.
        file: PathBuf,
        /// What is wrong with it, in a few words.
        reason: String,
    },
    /// Files of the folder contradict each other.
    #[error("{}", text!("model-contradiction", folder = folder.display().to_string(), contradiction = contradiction))]
    Contradiction {
        /// The model folder.
        folder: PathBuf,
        /// Both sides of it.
        contradiction: String,
    },
    /// The model needs something that this program does not have.
    #[error("{}", text!("model-unsupported", file = file.display().to_string(), what = what))]
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
