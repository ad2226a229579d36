//! ONNX models between disk and memory.

use std::fs::{self, File};
use std::io::Write;
use std::path::Path;

use prost::Message;

use super::{ModelProto, OnnxError};

/// Reads an ONNX file. Weights that lie in a file beside it stay there: their tensors only name that file.
///
/// # Errors
/// [`OnnxError::Read`] where the file cannot be had, [`OnnxError::Broken`] where it is no whole ONNX model.
pub fn open(path: &Path) -> Result<ModelProto, OnnxError> {
    let bytes = fs::read(path).map_err(|source| OnnxError::Read {
        path: path.to_owned(),
        source,
    })?;
    let broken = |source| OnnxError::Broken {
        path: path.to_owned(),
        source,
    };
    let model = ModelProto::decode(bytes.as_slice()).map_err(|source| broken(Some(source)))?;
    if model.graph.is_none() {
        return Err(broken(None));
    }
    Ok(model)
}

/// Writes an ONNX file under a temporary name beside `path`, then renames it, so that nobody ever reads half a model.
///
/// # Errors
/// [`OnnxError::Write`] with the system's reason; the file that stood at `path` is then still whole.
pub fn save(model: &ModelProto, path: &Path) -> Result<(), OnnxError> {
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(format!(".{}.part", std::process::id()));
    let written = File::create(&unfinished)
        .and_then(|mut file| {
            file.write_all(&model.encode_to_vec())?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&unfinished, path));
    written.map_err(|source| {
        if let Err(left) = fs::remove_file(&unfinished) {
            log::debug!("{} was not removed: {left}", Path::new(&unfinished).display());
        }
        OnnxError::Write {
            path: path.to_owned(),
            source,
        }
    })
}
