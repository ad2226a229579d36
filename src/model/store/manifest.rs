//! What an installed model's folder says of itself: where it is from, and the size and digest of each file.

use serde::{Deserialize, Serialize};

use super::StoreError;
use super::names::{is_digest, is_file_path, is_name};
use crate::text;

/// The file's name in the model's folder.
pub const MANIFEST: &str = "hearsight-install.json";

/// The form of the file.
const VERSION: u32 = 1;

/// What was installed.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    version: u32,
    /// The model's name, which is its folder's too.
    pub name: String,
    /// Where it is described.
    pub page: String,
    /// The revision that was installed.
    pub revision: String,
    /// Every file beside this one.
    pub files: Vec<ManifestFile>,
}

/// One installed file.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
#[serde(deny_unknown_fields)]
pub struct ManifestFile {
    /// Below the model's folder, with `/` between its parts.
    pub path: String,
    /// Its size.
    pub bytes: u64,
    /// Its digest.
    pub sha256: String,
}

impl Manifest {
    /// A manifest of this version.
    pub fn new(name: String, page: String, revision: String, files: Vec<ManifestFile>) -> Self {
        Self {
            version: VERSION,
            name,
            page,
            revision,
            files,
        }
    }

    /// Reads a manifest, and refuses one that names files elsewhere.
    ///
    /// # Errors
    /// It is not understood; the sentence says why.
    pub fn parse(text: &[u8]) -> Result<Self, StoreError> {
        let refused = |reason: String| StoreError::Manifest { reason };
        let manifest: Self = serde_json::from_slice(text).map_err(|error| refused(error.to_string()))?;
        let value = |what: &str, value: &str| refused(text!("store-reason-value", what = what, value = value));
        if manifest.version != VERSION {
            return Err(value("version", &manifest.version.to_string()));
        }
        if !is_name(&manifest.name) {
            return Err(value("name", &manifest.name));
        }
        for file in &manifest.files {
            if !is_file_path(&file.path) {
                return Err(value("path", &file.path));
            }
            if !is_digest(&file.sha256) {
                return Err(value("sha256", &file.sha256));
            }
        }
        Ok(manifest)
    }

    /// The manifest as it stands in its file.
    pub fn text(&self) -> String {
        // Nothing in it has a key that is no text, which is what this could fail at.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// What is said of a file.
    pub fn file(&self, path: &str) -> Option<&ManifestFile> {
        self.files.iter().find(|file| file.path == path)
    }

    /// Bytes of all files.
    pub fn bytes(&self) -> u64 {
        self.files
            .iter()
            .fold(0, |sum: u64, file| sum.saturating_add(file.bytes))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn manifest(path: &str) -> Manifest {
        let file = ManifestFile {
            path: path.to_owned(),
            bytes: 3,
            sha256: "0".repeat(64),
        };
        Manifest::new("one".into(), "https://example.org".into(), "abc".into(), vec![file])
    }

    #[test]
    fn what_was_written_is_read_again() {
        let written = manifest("onnx/a.onnx");
        assert_eq!(Manifest::parse(written.text().as_bytes()).unwrap(), written);
    }

    #[test]
    fn a_file_outside_of_the_folder_is_refused() {
        let error = Manifest::parse(manifest("../a").text().as_bytes())
            .unwrap_err()
            .to_string();
        assert!(error.contains("path") && error.contains("../a"), "{error}");
        assert!(Manifest::parse(b"{}").is_err());
        let future = manifest("a").text().replace("\"version\": 1", "\"version\": 2");
        assert!(Manifest::parse(future.as_bytes()).is_err());
    }
}
