//! Whether a package is one: what lintian says of it, and how it does in a Debian that has nothing else.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::output;
use crate::project;
use crate::step::step;

/// Has lintian read the package; then makes a fresh Debian, installs it there, describes a photo, opens the window and
/// removes it again.
pub fn check(deb: &Path) -> Result<()> {
    if output(Command::new("id").arg("--user"))? != "0" {
        bail!("making a fresh Debian takes root");
    }
    let deb = std::fs::canonicalize(deb).with_context(|| format!("{} is not there", deb.display()))?;
    step(
        "lintian reads the package",
        Command::new("lintian")
            .args(["--allow-root", "--info", "--display-info", "--fail-on", "error"])
            .arg(&deb),
        "Each error above says what it wants. (Debian: lintian)",
    )?;
    step(
        "a fresh Debian takes the package in and lets it go",
        // The mounts of the fresh system end with it.
        Command::new("unshare")
            .args(["--mount", "--pid", "--fork", "--kill-child"])
            .arg(project::root().join("packaging/try-package.sh"))
            .arg(&deb),
        "What failed stands above. (Debian: debootstrap)",
    )
}
