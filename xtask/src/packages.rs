//! System packages: which of the project's one list are missing, and how they come.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::project;
use crate::step::{fine, note, step, succeeds};

/// Installs what is missing of the list's `sections`, or says what is missing and goes on.
///
/// # Errors
/// Where the list cannot be read, or where apt could not install what the build itself needs.
pub fn install(sections: &[&str]) -> Result<()> {
    let list = List::read()?;
    let Some(installed) = installed() else {
        note(&elsewhere(&list, sections));
        return Ok(());
    };
    let missing = list.missing(sections, &installed);
    if missing.is_empty() {
        fine(&format!("system packages: all {} are there", list.of(sections).count()));
        return Ok(());
    }
    let Some(apt_get) = apt_get() else {
        note(&format!(
            "{} system packages are missing, and installing them takes root. Please run:\nsudo {}",
            missing.len(),
            by_hand(&missing)
        ));
        return Ok(());
    };

    // Stale lists do not always matter, so that a failed update is no reason to stop.
    let update = step(
        "refresh apt's lists",
        apt_get().arg("update"),
        "apt's lists stay as they were.",
    );
    if let Err(error) = update {
        note(&format!("{error:#}"));
    }
    let headline = format!("install system packages ({}): {}", missing.len(), missing.join(" "));
    let install = step(
        &headline,
        apt_get()
            .args(["install", "--yes", "--no-install-recommends"])
            .args(&missing),
        &format!("Please look at apt's message above, then try: {}", by_hand(&missing)),
    );
    let Err(error) = install else { return Ok(()) };
    let still = self::installed().map_or_else(Vec::new, |now| list.missing(&["build"], &now));
    if sections.contains(&"build") && !still.is_empty() {
        return Err(error.context(format!("the build needs {}", still.join(" "))));
    }
    note(&format!(
        "{error:#}\nGoing on: the program builds without them, but not all of it will work."
    ));
    Ok(())
}

/// The project's list: sections of lines, each with alternatives of which the first is installed.
pub struct List {
    entries: Vec<(String, Vec<String>)>,
}

impl List {
    /// Reads it.
    pub fn read() -> Result<Self> {
        let path = project::root().join("packaging/debian-packages.txt");
        let text = std::fs::read_to_string(&path)
            .with_context(|| format!("{} could not be read; is the clone complete?", path.display()))?;
        Self::parse(&text).with_context(|| path.display().to_string())
    }

    fn parse(text: &str) -> Result<Self> {
        let mut section: Option<&str> = None;
        let mut entries = Vec::new();
        for line in text.lines() {
            let line = line.split('#').next().unwrap_or_default().trim();
            if line.is_empty() {
                continue;
            }
            if let Some(name) = line.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
                section = Some(name);
                continue;
            }
            let Some(section) = section else {
                bail!("`{line}` stands before the first [section]")
            };
            let alternatives: Vec<String> = line.split('|').map(|name| name.trim().to_owned()).collect();
            if let Some(wrong) = alternatives.iter().find(|name| !is_package_name(name)) {
                bail!("`{wrong}` in [{section}] is not the name of a package");
            }
            entries.push((section.to_owned(), alternatives));
        }
        Ok(Self { entries })
    }

    /// The lines of these sections: each a package, or several of which one will do.
    pub fn of(&self, sections: &[&str]) -> impl Iterator<Item = &[String]> {
        self.entries
            .iter()
            .filter(move |(section, _)| sections.contains(&section.as_str()))
            .map(|(_, names)| names.as_slice())
    }

    /// The first alternative of every line of which nothing is installed.
    fn missing(&self, sections: &[&str], installed: &BTreeSet<String>) -> Vec<String> {
        self.of(sections)
            .filter(|alternatives| !alternatives.iter().any(|name| installed.contains(name)))
            .filter_map(|alternatives| alternatives.first().cloned())
            .collect()
    }
}

/// Debian's rule: lower case, digits, `+`, `-`, `.`, starting with a letter or digit.
fn is_package_name(name: &str) -> bool {
    name.starts_with(|first: char| first.is_ascii_alphanumeric())
        && name
            .chars()
            .all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || "+-.".contains(c))
}

/// The installed packages' names; none where the system has no dpkg.
fn installed() -> Option<BTreeSet<String>> {
    let output = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status} ${Package}\n"])
        .output();
    let text = String::from_utf8(output.ok()?.stdout).ok()?;
    Some(
        text.lines()
            .filter_map(|line| line.strip_prefix("installed "))
            .map(str::to_owned)
            .collect(),
    )
}

/// Makes apt-get commands that may install without asking anybody; none where that is not allowed.
fn apt_get() -> Option<impl Fn() -> Command> {
    if !succeeds(Command::new("apt-get").arg("--version")) {
        return None;
    }
    let is_root = Command::new("id")
        .arg("--user")
        .output()
        .is_ok_and(|output| output.stdout.trim_ascii() == b"0".as_slice());
    if !is_root && !succeeds(Command::new("sudo").args(["-n", "true"])) {
        return None;
    }
    Some(move || {
        let mut command = Command::new(if is_root { "env" } else { "sudo" });
        if !is_root {
            command.args(["-n", "env"]);
        }
        // Another package manager at work is waited for, not failed on.
        command.args([
            "DEBIAN_FRONTEND=noninteractive",
            "apt-get",
            "-q",
            "-o",
            "DPkg::Lock::Timeout=300",
        ]);
        command
    })
}

fn by_hand(missing: &[String]) -> String {
    format!("apt-get install --no-install-recommends {}", missing.join(" "))
}

/// What the person needs where there is no apt.
fn elsewhere(list: &List, sections: &[&str]) -> String {
    if cfg!(target_os = "macos") {
        "Hearsight needs Xcode's command line tools here (xcode-select --install) and nothing else.".to_owned()
    } else if cfg!(windows) {
        "Hearsight needs Visual Studio's C++ build tools and the Visual C++ Redistributable here, and nothing else."
            .to_owned()
    } else {
        let names: Vec<&str> = list
            .of(sections)
            .filter_map(|names| names.first())
            .map(String::as_str)
            .collect();
        format!(
            "This system has no dpkg, so nothing was checked. Hearsight needs what Debian calls:\n{}",
            names.join(" ")
        )
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_projects_list_has_every_section_that_setup_asks_for() {
        let list = List::read().unwrap();
        for section in ["build", "run", "recommended", "test", "pip"] {
            assert!(list.of(&[section]).count() > 0, "[{section}] is empty");
        }
    }

    #[test]
    fn no_package_is_listed_twice() {
        let list = List::read().unwrap();
        let mut seen = BTreeSet::new();
        for name in list.entries.iter().flat_map(|(_, names)| names) {
            assert!(seen.insert(name), "{name} is listed twice");
        }
    }

    #[test]
    fn a_line_is_missing_only_where_none_of_its_alternatives_is_installed() {
        let list = List::parse("[run]\nzenity | portal-gtk # the dialog\nlibx11-6\n[test]\nsox\n").unwrap();
        let installed = BTreeSet::from(["portal-gtk".to_owned()]);
        assert_eq!(list.missing(&["run"], &installed), ["libx11-6"]);
        assert_eq!(
            list.missing(&["run", "test"], &BTreeSet::new()),
            ["zenity", "libx11-6", "sox"]
        );
    }

    #[test]
    fn what_is_no_package_name_is_refused() {
        assert!(List::parse("[run]\n--force\n").is_err());
        assert!(List::parse("[run]\nlibx11-6; reboot\n").is_err());
        assert!(List::parse("libx11-6\n").is_err());
    }
}
