//! Why a model could not be installed, removed or listed, as sentences for the person.

use std::io;
use std::path::{Path, PathBuf};

use crate::model::ModelError;
use crate::text;

/// What could not be done, why, and what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The system names no folder for a program's data.
    #[error("{}", text!("store-no-place"))]
    NoPlace,
    /// A catalogue is not understood.
    #[error("{}", text!("store-catalogue", reason = reason))]
    Catalogue {
        /// What is wrong with it.
        reason: String,
    },
    /// A manifest is not understood.
    #[error("{}", text!("store-manifest", reason = reason))]
    Manifest {
        /// What is wrong with it.
        reason: String,
    },
    /// The catalogue has no such model.
    #[error("{}", text!("store-unknown", name = name, known = known.join(", ")))]
    Unknown {
        /// What was asked for.
        name: String,
        /// What there is.
        known: Vec<String>,
    },
    /// No such model is installed.
    #[error("{}", text!("store-not-installed", name = name))]
    NotInstalled {
        /// What was asked for.
        name: String,
    },
    /// A folder of that name is there, and was not installed by this program.
    #[error("{}", text!("store-not-ours", folder = folder.display().to_string()))]
    NotOurs {
        /// The folder.
        folder: PathBuf,
    },
    /// Somebody else is installing or removing.
    #[error("{}", text!("store-busy"))]
    Busy,
    /// The disk is too full.
    #[error("{}", text!("store-no-room", needed = megabytes(*needed), free = megabytes(*free), folder = folder.display().to_string()))]
    NoRoom {
        /// Bytes that are needed.
        needed: u64,
        /// Bytes that are free.
        free: u64,
        /// Where.
        folder: PathBuf,
    },
    /// The system does not let a file be read or written.
    #[error("{}", text!("store-disk", path = path.display().to_string(), reason = source.to_string()))]
    Disk {
        /// The file or folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The way leads over a connection that others can read and change.
    #[error("{}", text!("store-insecure", address = address))]
    Insecure {
        /// Where it leads.
        address: String,
    },
    /// The server says no.
    #[error("{}", text!("store-refused", address = address, status = status.to_string()))]
    Refused {
        /// What was asked for.
        address: String,
        /// The HTTP status.
        status: u16,
    },
    /// The connection failed again and again.
    #[error("{}", text!("store-connection", address = address, reason = reason))]
    Connection {
        /// What was asked for.
        address: String,
        /// What happened the last time.
        reason: String,
    },
    /// A file is not as large as it should be.
    #[error("{}", text!("store-size", file = file, expected = expected.to_string(), found = found.to_string()))]
    Size {
        /// The file.
        file: String,
        /// Bytes that it should have.
        expected: u64,
        /// Bytes that it has or is said to have.
        found: u64,
    },
    /// A file is not the one that it should be.
    #[error("{}", text!("store-digest", file = file))]
    Digest {
        /// The file.
        file: String,
    },
    /// The server gives out another revision than was asked for.
    #[error("{}", text!("store-revision", expected = expected, found = found))]
    Revision {
        /// What was asked for.
        expected: String,
        /// What the server gives.
        found: String,
    },
    /// What was downloaded is no model that can be used.
    #[error(transparent)]
    Model(#[from] ModelError),
}

impl StoreError {
    /// For what the system does not let be done with a file.
    pub(super) fn disk(path: &Path) -> impl FnOnce(io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Disk { path, source }
    }
}

/// Bytes as people say them.
fn megabytes(bytes: u64) -> String {
    bytes.div_ceil(1_000_000).to_string()
}
