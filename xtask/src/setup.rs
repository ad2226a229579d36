//! Everything that has to be there before cargo builds, runs or tests.

use std::process::ExitCode;

use anyhow::Result;

use crate::{onnx_runtime, packages};

/// What the setting up is for.
#[derive(Clone, Copy)]
pub enum Purpose {
    /// Building and using the program.
    Run,
    /// That, and running every test.
    Test,
}

/// Installs what is missing for the purpose. Where nothing is missing it takes a fraction of a second.
///
/// # Errors
/// Where something could not be installed that nothing works without.
pub fn setup(purpose: Purpose) -> Result<ExitCode> {
    let mut sections = vec!["build", "run", "recommended"];
    if matches!(purpose, Purpose::Test) {
        sections.push("test");
    }
    if onnx_runtime::wants_pip() {
        sections.push("pip");
    }
    packages::install(&sections)?;
    onnx_runtime::install()?;
    Ok(ExitCode::SUCCESS)
}
