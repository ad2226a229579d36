//! ONNX Runtime sessions for graphs that are not model folders, such as a teacher.
use std::path::Path;
use anyhow::{Result, Context};
use ort::session::Session;

/// Opens a graph.
pub fn session(path: &Path) -> Result<Session> {
    let env = ort::init_from("/work/main/runtime/onnxruntime/capi/libonnxruntime.so.1.31.1")?.with_telemetry(false).build()?;
    Ok(Session::builder(&env)?.commit_from_file(path).context("teacher")?)
}
