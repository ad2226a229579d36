//! ONNX Runtime: taken out of its Python wheel into `runtime/`, which git ignores.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::project;
use crate::step::{fine, note, step, succeeds};

/// The version that the project is tested with.
pub const VERSION: &str = "1.31.1";

const PYTHON: &str = if cfg!(windows) { "python" } else { "python3" };

/// The library's path where the right version is installed as a whole.
pub fn library() -> Option<PathBuf> {
    library_in(&project::root().join("runtime"))
}

fn library_in(runtime: &Path) -> Option<PathBuf> {
    // The wheel's record is moved in last: where it stands, nothing was interrupted.
    let whole = runtime.join(record()).join("METADATA").is_file();
    let library = runtime.join("onnxruntime").join("capi").join(library_name());
    (whole && library.is_file()).then_some(library)
}

/// Whether pip has something to install and is not there.
pub fn wants_pip() -> bool {
    let wanted = std::env::var_os("ORT_DYLIB_PATH").is_none() && library().is_none();
    wanted && !succeeds(Command::new(PYTHON).args(["-m", "pip", "--version"]))
}

/// Installs ONNX Runtime where it is missing, of another version or half installed.
///
/// # Errors
/// Where Python, pip or the network fails; the message says what to do.
pub fn install() -> Result<()> {
    if let Some(path) = std::env::var_os("ORT_DYLIB_PATH") {
        note(&format!(
            "ONNX Runtime: ORT_DYLIB_PATH names {}, which is used as it is",
            path.display()
        ));
        return Ok(());
    }
    if library().is_some() {
        fine(&format!("ONNX Runtime {VERSION} is there"));
        return Ok(());
    }
    let runtime = project::root().join("runtime");
    // pip fills a folder beside, so that an interrupted installation is never taken for a whole one.
    let partial = runtime.join("partial");
    remove(&partial)?;
    fs::create_dir_all(&partial).with_context(|| format!("{} could not be made", partial.display()))?;
    step(
        &format!("fetch ONNX Runtime {VERSION} from its Python wheel (about 24 MB)"),
        Command::new(PYTHON)
            .env("PIP_ROOT_USER_ACTION", "ignore")
            .args([
                "-m",
                "pip",
                "install",
                "--disable-pip-version-check",
                "--no-input",
                "--no-deps",
            ])
            // Only the C library is used: any Python's wheel will do, so that a very old or new Python is no hindrance.
            .args(["--only-binary=:all:", "--python-version", "3.13"])
            .arg("--target")
            .arg(&partial)
            .arg(format!("onnxruntime=={VERSION}")),
        "It takes Python 3 with pip (Debian: python3-pip) and a connection to the Python package index. \
         Or set ORT_DYLIB_PATH to an ONNX Runtime of version 1.24 or later that you have already.",
    )?;
    for part in ["onnxruntime".into(), record()] {
        let (from, to) = (partial.join(&part), runtime.join(&part));
        remove(&to)?;
        fs::rename(&from, &to).with_context(|| format!("{} could not be moved to {}", from.display(), to.display()))?;
    }
    remove(&partial)?;
    library().with_context(|| {
        format!(
            "the wheel holds no {}; is this processor one that it serves?",
            library_name()
        )
    })?;
    Ok(())
}

/// Removes a folder with all in it; one that is not there is as good as removed.
fn remove(folder: &Path) -> Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("{} could not be removed", folder.display()))
        }
        _ => Ok(()),
    }
}

fn record() -> String {
    format!("onnxruntime-{VERSION}.dist-info")
}

fn library_name() -> String {
    if cfg!(windows) {
        "onnxruntime.dll".to_owned()
    } else if cfg!(target_os = "macos") {
        format!("libonnxruntime.{VERSION}.dylib")
    } else {
        format!("libonnxruntime.so.{VERSION}")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_a_whole_installation_of_this_version_counts() {
        let runtime = std::env::temp_dir().join(format!("hearsight-xtask-{}", std::process::id()));
        let capi = runtime.join("onnxruntime").join("capi");
        fs::create_dir_all(&capi).unwrap();
        fs::write(capi.join(library_name()), b"").unwrap();
        assert_eq!(library_in(&runtime), None, "the wheel's record is missing");

        fs::create_dir_all(runtime.join("onnxruntime-1.20.0.dist-info")).unwrap();
        assert_eq!(library_in(&runtime), None, "that is another version's record");

        fs::create_dir_all(runtime.join(record())).unwrap();
        fs::write(runtime.join(record()).join("METADATA"), b"").unwrap();
        assert_eq!(library_in(&runtime), Some(capi.join(library_name())));

        fs::remove_dir_all(&runtime).unwrap();
        remove(&runtime).unwrap();
    }
}
