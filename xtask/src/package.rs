//! `cargo xtask package`: the program, ONNX Runtime and the model as a Debian package.
//!
//! It is made with `dpkg-deb`, which every Debian has, and not with cargo-deb: that would have to be compiled first, and
//! keeps lists of files and of dependencies of its own, where those of the project come from
//! `packaging/debian-packages.txt` and from the folders that the program itself looks into.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use anyhow::{Context, Result, bail};

use crate::project::{self, cargo};
use crate::setup::{Purpose, setup};
use crate::step::{fine, step};

mod changelog;
mod check;
mod control;
mod layout;
mod licences;

use changelog::Changelog;
use layout::Layout;

/// How the package is asked for.
#[derive(Debug, Default, PartialEq, Eq)]
struct Wish {
    /// A program that is built already.
    program: Option<PathBuf>,
    /// The folder for the package.
    to: Option<PathBuf>,
    /// Whether it is left uncompressed.
    uncompressed: bool,
}

impl Wish {
    fn parse(arguments: &[OsString]) -> Result<Self> {
        let mut wish = Self::default();
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut path = || arguments.next().map(PathBuf::from);
            match argument.to_str() {
                Some("--program") => wish.program = path(),
                Some("--to") => wish.to = path(),
                Some("--uncompressed") => wish.uncompressed = true,
                _ => bail!("`{}` is not known here", argument.display()),
            }
        }
        Ok(wish)
    }
}

/// Builds the package, or tries one out in a fresh system.
///
/// # Errors
/// Where building fails, something is missing, or the package does not do what it should.
pub fn package(arguments: &[OsString]) -> Result<ExitCode> {
    if let [check, deb] = arguments
        && check == "check"
    {
        check::check(Path::new(deb))?;
        return Ok(ExitCode::SUCCESS);
    }
    let wish = Wish::parse(arguments)?;
    let program = match &wish.program {
        Some(program) => program.clone(),
        None => build()?,
    };
    let to = wish
        .to
        .unwrap_or_else(|| project::root().join("target").join("package"));
    fs::create_dir_all(&to).with_context(|| format!("{} could not be made", to.display()))?;
    let deb = make(&program, &to, wish.uncompressed)?;
    fine(&format!("the package is {}", deb.display()));
    Ok(ExitCode::SUCCESS)
}

/// Builds the program as it is shipped.
fn build() -> Result<PathBuf> {
    setup(Purpose::Run)?;
    step(
        "build Hearsight (the first time takes some minutes)",
        cargo("build").args(["--release", "--locked", "--package", "hearsight"]),
        "Please read the compiler's first error above.",
    )?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| project::root().join("target"), PathBuf::from);
    Ok(target.join("release").join("hearsight"))
}

/// Lays the files out and packs them.
fn make(program: &Path, to: &Path, uncompressed: bool) -> Result<PathBuf> {
    let changelog = Changelog::read()?;
    let root = to.join("root");
    if root.exists() {
        fs::remove_dir_all(&root).with_context(|| format!("{} could not be emptied", root.display()))?;
    }
    let layout = Layout::fill(&root, program, &changelog)?;
    let architecture = architecture()?;
    control::write(&layout, &changelog, &architecture)?;
    let deb = to.join(format!("hearsight_{}_{architecture}.deb", changelog.version));
    let mut build = Command::new("dpkg-deb");
    // The same files give the same package, whenever it is made.
    build.env("SOURCE_DATE_EPOCH", changelog.seconds()?.to_string());
    if uncompressed {
        build.arg("-Znone");
    }
    step(
        "pack the package",
        build.args(["--root-owner-group", "--build"]).arg(&root).arg(&deb),
        "dpkg-deb's own message stands above.",
    )?;
    fs::remove_dir_all(&root).with_context(|| format!("{} could not be removed", root.display()))?;
    Ok(deb)
}

/// What Debian calls the processor.
fn architecture() -> Result<String> {
    output(Command::new("dpkg").arg("--print-architecture"))
}

/// What a command prints, without the end of its last line.
fn output(command: &mut Command) -> Result<String> {
    let program = command.get_program().to_owned();
    let output = command
        .output()
        .with_context(|| format!("{} could not be started", program.display()))?;
    if !output.status.success() {
        bail!(
            "{} failed: {}",
            program.display(),
            String::from_utf8_lossy(&output.stderr).trim()
        );
    }
    Ok(String::from_utf8(output.stdout)?.trim_end().to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_understood_is_named_before_anything_is_built() {
        let wish = |words: &[&str]| Wish::parse(&words.iter().map(OsString::from).collect::<Vec<_>>());
        assert_eq!(wish(&[]).unwrap(), Wish::default());
        let given = wish(&["--program", "a", "--to", "b", "--uncompressed"]).unwrap();
        assert_eq!(given.program, Some("a".into()));
        assert_eq!(given.to, Some("b".into()));
        assert!(given.uncompressed);
        assert!(wish(&["--fast"]).unwrap_err().to_string().contains("--fast"));
    }
}
