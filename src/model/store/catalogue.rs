//! The catalogue: which models can be had, from where, and what is known of their files.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::names::{is_digest, is_file_path, is_name};
use super::{MANIFEST, StoreError};
use crate::language;
use crate::text;

/// The catalogue that the program brings.
const OWN: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/models/catalogue.toml"));

/// What stands for the revision in an address.
const REVISION: &str = "{revision}";

/// More than any honest catalogue has; each file is a request.
const MOST_FILES: usize = 64;

/// The models that can be installed.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Catalogue {
    /// In the order in which they are listed.
    #[serde(rename = "model", default)]
    pub models: Vec<Entry>,
}

/// One model that can be installed.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// What it is installed as.
    pub name: String,
    /// What people call it.
    pub title: String,
    good_at: BTreeMap<String, String>,
    /// The languages of its captions, as BCP 47 tags.
    pub languages: Vec<String>,
    /// Its licence, as an SPDX expression.
    pub licence: String,
    /// Where it is described.
    pub page: String,
    files_at: String,
    /// The commit whose files are installed.
    pub revision: String,
    /// Roughly what is downloaded.
    pub megabytes: u64,
    /// Its files.
    pub files: Vec<EntryFile>,
}

/// One file of a model.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(deny_unknown_fields)]
pub struct EntryFile {
    /// Below the model's folder, with `/` between its parts.
    pub path: String,
    /// Its digest, where it is known.
    pub sha256: Option<String>,
    /// Its exact size, where it is known.
    pub bytes: Option<u64>,
}

impl Catalogue {
    /// The catalogue that the program brings.
    ///
    /// # Errors
    /// None that a test would have let pass.
    pub fn own() -> Result<Self, StoreError> {
        Self::parse(OWN)
    }

    /// Reads a catalogue, and refuses names, paths, digests and addresses that are none.
    ///
    /// # Errors
    /// It is not understood; the sentence says where.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let refused = |reason: String| StoreError::Catalogue { reason };
        let catalogue: Self = toml::from_str(text).map_err(|error| refused(error.message().to_owned()))?;
        let mut names = BTreeSet::new();
        for entry in &catalogue.models {
            entry.check().map_err(refused)?;
            if !names.insert(&entry.name) {
                return Err(refused(text!("store-reason-twice", name = &entry.name)));
            }
        }
        Ok(catalogue)
    }

    /// The model of that name.
    ///
    /// # Errors
    /// There is none; the sentence lists those that there are.
    pub fn entry(&self, name: &str) -> Result<&Entry, StoreError> {
        let found = self.models.iter().find(|entry| entry.name == name);
        found.ok_or_else(|| StoreError::Unknown {
            name: name.to_owned(),
            known: self.models.iter().map(|entry| entry.name.clone()).collect(),
        })
    }
}

impl Entry {
    /// What the model is good at, in the language of this moment, else in English.
    pub fn good_at(&self) -> &str {
        let of = |tag: &str| self.good_at.get(tag);
        of(language::current().tag())
            .or_else(|| of("en"))
            .map_or("", String::as_str)
    }

    /// Where a file of it is downloaded from.
    pub fn address(&self, file: &EntryFile) -> String {
        format!("{}/{}", self.files_at.replace(REVISION, &self.revision), file.path)
    }

    /// What is wrong with it, in a few words.
    fn check(&self) -> Result<(), String> {
        let wrong = |what: &str, value: &str| Err(text!("store-reason-value", what = what, value = value));
        if !is_name(&self.name) {
            return wrong("name", &self.name);
        }
        let is_revision = !self.revision.is_empty()
            && self.revision.len() <= 64
            && self
                .revision
                .bytes()
                .all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
            && !self.revision.starts_with('.');
        if !is_revision {
            return wrong("revision", &self.revision);
        }
        if !is_allowed(&self.files_at) {
            return wrong("files_at", &self.files_at);
        }
        if self.files.is_empty() || self.files.len() > MOST_FILES {
            return wrong("files", &self.files.len().to_string());
        }
        let mut paths = BTreeSet::new();
        for file in &self.files {
            // Two names that differ in case alone are one file on many systems.
            let fresh = paths.insert(file.path.to_ascii_lowercase());
            if !is_file_path(&file.path) || file.path.eq_ignore_ascii_case(MANIFEST) || !fresh {
                return wrong("path", &file.path);
            }
            if let Some(digest) = file.sha256.as_ref().filter(|digest| !is_digest(digest)) {
                return wrong("sha256", digest);
            }
        }
        Ok(())
    }
}

/// Whether files may come from there: over HTTPS, or from this computer itself.
fn is_allowed(address: &str) -> bool {
    let Some((scheme, rest)) = address.split_once("://") else {
        return false;
    };
    let host = rest.split('/').next().unwrap_or_default();
    match scheme {
        "https" => !host.is_empty() && !host.contains('@'),
        "http" => ["127.0.0.1", "[::1]"].iter().any(|own| {
            host.strip_prefix(own)
                .is_some_and(|port| port.is_empty() || port.starts_with(':'))
        }),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn with(from: &str, to: &str) -> Result<Catalogue, StoreError> {
        let text = r#"
            [[model]]
            name = "one"
            title = "One"
            good_at = { en = "cats" }
            languages = ["en"]
            licence = "MIT"
            page = "https://example.org/one"
            files_at = "https://example.org/one/{revision}"
            revision = "abc"
            megabytes = 3
            files = [{ path = "onnx/a.onnx" }, { path = "config.json" }]
        "#;
        assert!(text.contains(from));
        Catalogue::parse(&text.replace(from, to))
    }

    #[test]
    fn the_catalogue_of_the_program_names_free_models_by_commit() {
        let catalogue = Catalogue::own().unwrap();
        assert!(catalogue.models.len() >= 4);
        for entry in &catalogue.models {
            assert_eq!(entry.licence, "Apache-2.0");
            assert!(entry.revision.len() == 40 && entry.revision.bytes().all(|byte| byte.is_ascii_hexdigit()));
            assert!(entry.address(&entry.files[0]).starts_with("https://"), "{}", entry.name);
            assert!(!entry.good_at().is_empty() && entry.good_at.contains_key("ko"));
            for needed in ["config.json", "preprocessor_config.json", "tokenizer.json"] {
                assert!(
                    entry.files.iter().any(|file| file.path == needed),
                    "{} {needed}",
                    entry.name
                );
            }
        }
    }

    #[test]
    fn a_file_is_downloaded_from_the_pinned_revision() {
        let catalogue = with("abc", "v1.2").unwrap();
        let entry = catalogue.entry("one").unwrap();
        assert_eq!(
            entry.address(&entry.files[0]),
            "https://example.org/one/v1.2/onnx/a.onnx"
        );
    }

    #[test]
    fn a_model_that_is_not_there_is_told_with_those_that_are() {
        let error = with("abc", "abc").unwrap().entry("two").unwrap_err().to_string();
        assert!(error.contains("two") && error.contains("one"), "{error}");
    }

    #[test]
    fn what_would_lead_elsewhere_is_refused_by_its_field() {
        for (from, to, field) in [
            ("\"one\"", "\"../one\"", "name"),
            ("\"abc\"", "\"../main\"", "revision"),
            ("onnx/a.onnx", "../../a.onnx", "path"),
            ("onnx/a.onnx", "CONFIG.json", "path"),
            ("onnx/a.onnx", "hearsight-install.json", "path"),
            (
                "\"https://example.org/one/{revision}\"",
                "\"http://example.org/one\"",
                "files_at",
            ),
            (
                "\"https://example.org/one/{revision}\"",
                "\"http://127.0.0.1.example.org/\"",
                "files_at",
            ),
            ("\"https://example.org/one/{revision}\"", "\"file:///etc\"", "files_at"),
            (
                "{ path = \"config.json\" }",
                "{ path = \"config.json\", sha256 = \"12\" }",
                "sha256",
            ),
            ("megabytes = 3", "megabytes = 3\nnew = 1", "new"),
            ("megabytes = 3", "megabytes = -3", ""),
        ] {
            let error = with(from, to).unwrap_err().to_string();
            assert!(error.contains(field), "{to}: {error}");
        }
    }
}
