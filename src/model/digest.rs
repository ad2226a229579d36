//! A model's identity: the digest of everything that decides what it says.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::ModelFolder;

/// The files beside the graphs that decide what a model says; the model card does not.
const FILES: [&str; 4] = [
    "config.json",
    "generation_config.json",
    "preprocessor_config.json",
    "tokenizer.json",
];

impl ModelFolder {
    /// The SHA-256 digest of the graphs, with weights that lie in files of their own, and of the configuration, as 64
    /// digits. It reads all of them, which takes seconds for a large model: not for the window's thread.
    ///
    /// # Errors
    /// A file cannot be read.
    pub fn digest(&self) -> io::Result<String> {
        let mut files: Vec<PathBuf> = FILES.iter().map(|name| self.path().join(name)).collect();
        for graph in std::iter::once(self.encoder()).chain(self.decoders().iter().map(PathBuf::as_path)) {
            files.push(graph.to_owned());
            files.extend(weights_beside(graph)?);
        }
        let mut digest = Sha256::new();
        for path in files {
            let mut file = match File::open(&path) {
                Ok(file) => file,
                // Not every model has all of them.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(error),
            };
            // The length first, so that nothing can move from one file's end to the next one's start.
            digest.update(path.file_name().unwrap_or_default().as_encoded_bytes());
            digest.update(file.metadata()?.len().to_le_bytes());
            io::copy(&mut file, &mut digest)?;
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }
}

/// Files beside a graph whose names begin with the graph's: `decoder_model.onnx_data`.
fn weights_beside(graph: &Path) -> io::Result<Vec<PathBuf>> {
    let (Some(folder), Some(name)) = (graph.parent(), graph.file_name()) else {
        return Ok(Vec::new());
    };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let other = path.file_name().unwrap_or_default();
        if other != name && other.as_encoded_bytes().starts_with(name.as_encoded_bytes()) && path.is_file() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use super::*;

    fn copy() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/tiny-vit-gpt2");
        for entry in fs::read_dir(fixture).unwrap() {
            let path = entry.unwrap().path();
            fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
        }
        folder
    }

    fn digest(folder: &tempfile::TempDir) -> String {
        ModelFolder::open(folder.path()).unwrap().digest().unwrap()
    }

    #[test]
    fn a_copy_is_the_same_model_and_any_change_to_what_it_says_makes_another() {
        let (one, other) = (copy(), copy());
        let before = digest(&one);
        assert_eq!((before.len(), digest(&other)), (64, before.clone()));
        fs::write(one.path().join("README.md"), "another card").unwrap();
        assert_eq!(digest(&one), before);
        let weights = other.path().join("encoder_model.onnx_data");
        fs::write(&weights, "weights").unwrap();
        assert_ne!(digest(&other), before);
        let config = one.path().join("generation_config.json");
        fs::write(&config, fs::read_to_string(&config).unwrap() + "\n").unwrap();
        assert_ne!(digest(&one), before);
    }
}
