//! Where the project lies, and cargo with what our programs need to find.

use std::path::Path;
use std::process::Command;

use crate::onnx_runtime;

/// The project's root folder.
pub fn root() -> &'static Path {
    // xtask is built where it runs: its manifest lies in the clone, one floor down.
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// A cargo command on the project that keeps the caller's folder, so that `PHOTO` may be relative to it.
///
/// The programs and tests that it starts find ONNX Runtime, whatever folder they start in.
pub fn cargo(subcommand: &str) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command
        .arg(subcommand)
        .arg("--manifest-path")
        .arg(root().join("Cargo.toml"));
    if std::env::var_os("ORT_DYLIB_PATH").is_none()
        && let Some(library) = onnx_runtime::library()
    {
        command.env("ORT_DYLIB_PATH", library);
    }
    command
}
