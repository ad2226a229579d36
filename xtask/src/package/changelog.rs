//! `packaging/changelog`, in Debian's form: the version, who brings it out, and when.

use std::process::Command;

use anyhow::{Context, Result, bail};

use super::output;
use crate::project;

/// The newest entry, and the whole text.
pub struct Changelog {
    /// Everything.
    pub text: String,
    /// The newest version, which is the program's.
    pub version: String,
    /// Name and address.
    pub maintainer: String,
    /// As the entry has it.
    date: String,
}

impl Changelog {
    /// Reads it.
    pub fn read() -> Result<Self> {
        let path = project::root().join("packaging/changelog");
        let text = std::fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
        let changelog = Self::parse(text).with_context(|| path.display().to_string())?;
        if changelog.version != env!("CARGO_PKG_VERSION") {
            bail!(
                "{} begins with version {}, and Cargo.toml has {}. Please write what is new there.",
                path.display(),
                changelog.version,
                env!("CARGO_PKG_VERSION")
            );
        }
        Ok(changelog)
    }

    fn parse(text: String) -> Result<Self> {
        let version = text
            .strip_prefix("hearsight (")
            .and_then(|rest| rest.split_once(')'))
            .map(|(version, _)| version.to_owned())
            .context("the first line is not `hearsight (VERSION) …`")?;
        let (maintainer, date) = text
            .lines()
            .find_map(|line| line.strip_prefix(" -- "))
            .and_then(|line| line.split_once("  "))
            .map(|(who, when)| (who.to_owned(), when.to_owned()))
            .context("no line ` -- NAME <ADDRESS>  DATE` ends the first entry")?;
        Ok(Self {
            text,
            version,
            maintainer,
            date,
        })
    }

    /// The date in seconds since 1970.
    pub fn seconds(&self) -> Result<u64> {
        Ok(output(Command::new("date").args(["--utc", "--date", &self.date, "+%s"]))?.parse()?)
    }

    /// The date as 2026-11-27.
    pub fn day(&self) -> Result<String> {
        output(Command::new("date").args(["--utc", "--date", &self.date, "+%F"]))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_own_begins_with_the_programs_version() {
        let changelog = Changelog::read().unwrap();
        assert!(changelog.maintainer.contains('<'), "{}", changelog.maintainer);
        assert!(changelog.seconds().unwrap() > 1_700_000_000);
    }

    #[test]
    fn what_is_no_changelog_is_refused() {
        for text in ["", "other (1) x\n", "hearsight (1) unstable\n\n  * New.\n"] {
            assert!(Changelog::parse(text.to_owned()).is_err(), "{text:?}");
        }
    }
}
