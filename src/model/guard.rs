//! A model folder comes from anybody: what its graphs promise is checked before ONNX Runtime makes room for it, and
//! weights that lie outside of the folder are not read.

use std::fs::{self, File};
use std::path::{Component, Path, PathBuf};

use super::{ModelError, ModelFolder};
use crate::onnx::survey::{External, Fault, survey};
use crate::text;

/// More weights than any captioner for a person's computer has.
const MOST_WEIGHTS: u64 = 8 << 30;

impl ModelFolder {
    /// Checks what the graphs promise, without reading their weights, and returns how many bytes of weights the encoder
    /// and the largest decoder have.
    ///
    /// # Errors
    /// A tensor is larger than its file, an operation would make a huge one, there are more weights than any captioner
    /// has, or weights lie outside of the folder.
    pub fn check_graphs(&self) -> Result<u64, ModelError> {
        let encoder = check(self.encoder(), self.path())?;
        let mut largest = 0;
        for decoder in self.decoders() {
            largest = largest.max(check(decoder, self.path())?);
        }
        Ok(encoder.saturating_add(largest))
    }
}

fn check(graph: &Path, folder: &Path) -> Result<u64, ModelError> {
    let broken = |reason: String| ModelError::Broken {
        file: graph.to_owned(),
        reason,
    };
    let file = File::open(graph).map_err(|error| broken(error.to_string()))?;
    let length = file.metadata().map_err(|error| broken(error.to_string()))?.len();
    let found = survey(file, length).map_err(|fault| match fault {
        Fault::Io(error) => broken(error.to_string()),
        Fault::Malformed => broken(text!("reason-no-onnx")),
        Fault::Promise {
            name,
            elements: Some(elements),
        } => broken(text!("reason-promise", name = name, elements = elements.to_string())),
        Fault::Promise { name, elements: None } => broken(text!("reason-promise-senseless", name = name)),
        Fault::Loop { name } => broken(text!("reason-loop", name = name)),
    })?;
    if found.bytes > MOST_WEIGHTS {
        return Err(ModelError::Unsupported {
            file: graph.to_owned(),
            what: text!(
                "reason-too-large",
                gigabytes = (found.bytes >> 30).to_string(),
                most = (MOST_WEIGHTS >> 30).to_string()
            ),
        });
    }
    for weights in &found.external {
        check_external(weights, graph, folder)?;
    }
    Ok(found.bytes)
}

/// Refuses weights that lie outside of the folder, by their name or by a link, and those that are not all there. Links
/// to where the graph itself lies are good: the hub's cache is made of them.
fn check_external(weights: &External, graph: &Path, folder: &Path) -> Result<(), ModelError> {
    let outside = || ModelError::Unsupported {
        file: graph.to_owned(),
        what: text!("reason-outside", name = &weights.name, location = &weights.location),
    };
    let location = Path::new(&weights.location);
    let inside = location
        .components()
        .all(|part| matches!(part, Component::Normal(_) | Component::CurDir));
    if !inside || weights.location.is_empty() || weights.location.contains(['\\', ':', '\0']) {
        return Err(outside());
    }
    let missing = || ModelError::Missing {
        folder: folder.to_owned(),
        file: weights.location.clone(),
    };
    let beside = graph.parent().unwrap_or(folder).join(location);
    let path = fs::canonicalize(beside).map_err(|_| missing())?;
    let real = |path: &Path| fs::canonicalize(path).ok();
    let cache = real(graph).and_then(|graph| graph.parent().map(PathBuf::from));
    if ![real(folder), cache]
        .iter()
        .flatten()
        .any(|allowed| path.starts_with(allowed))
    {
        return Err(outside());
    }
    let found = fs::metadata(&path).map_err(|_| missing())?;
    let end = weights.offset.checked_add(weights.bytes);
    if !found.is_file() || end.is_none_or(|end| end > found.len()) {
        return Err(ModelError::Broken {
            file: path,
            reason: text!("reason-short-weights", name = &weights.name),
        });
    }
    Ok(())
}
