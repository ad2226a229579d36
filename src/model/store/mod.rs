//! Models that a person has installed: the catalogue of those that can be had, the folder they are kept in, and what is
//! known of their files.
//!
//! Everything lies in `models/` of the platform's data folder. An installed model is a folder there, named as in the
//! catalogue, with a [`Manifest`] of its files and their digests; whatever is not whole lies in `.partial/`, where
//! nobody looks for models, and what the first install of each revision found is remembered in `.known/`. Only
//! [`download`] talks to the network.

mod catalogue;
#[cfg(feature = "download")]
pub mod download;
mod error;
mod files;
mod lock;
mod manifest;
mod names;
mod shelf;

pub use catalogue::{Catalogue, Entry, EntryFile};
pub use error::StoreError;
pub use files::sha256;
pub use manifest::{MANIFEST, Manifest, ManifestFile};
pub use names::{is_file_path, is_name};
pub use shelf::{Shelf, read_text};
