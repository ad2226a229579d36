//! `hearsight doctor`: what works here, one line each.

use anyhow::Result;
use hearsight::doctor;

use super::output::Output;
use super::{Done, Model};

/// Prints the findings as they come.
///
/// # Errors
/// The output is closed.
pub fn run(model: &Model, output: &mut Output) -> Result<Done> {
    let mut printed = Ok(());
    let describes = doctor::examine(model.folder.as_deref(), &model.load, &mut |finding| {
        if printed.is_ok() {
            printed = output.line(&finding.to_string());
        }
    });
    printed?;
    Ok(if describes { Done::Well } else { Done::WithFailures })
}
