//! `hearsight models`: which models there are; install, remove and check one.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use hearsight::captioner::LoadOptions;
use hearsight::model::store::{Catalogue, Entry, Shelf};
use hearsight::text;
use hearsight::{check, model};

use super::Done;
use super::output::{Output, complain};

/// What is to be done, checked.
pub enum Models {
    /// Show what is installed and what can be.
    List { catalogue: Option<PathBuf> },
    /// Download one.
    Install { name: String, catalogue: Option<PathBuf> },
    /// Remove one that was installed.
    Remove { name: String },
    /// Run one once and compare it with what its folder promises.
    Check { folder: PathBuf, load: LoadOptions },
}

impl Models {
    /// Does it.
    ///
    /// # Errors
    /// It cannot be done, or nobody reads the output.
    pub fn run(self, output: &mut Output) -> Result<Done> {
        match self {
            Self::List { catalogue } => list(&read(catalogue)?, output),
            Self::Install { name, catalogue } => install(read(catalogue)?.entry(&name)?, output),
            Self::Remove { name } => {
                Shelf::own()?.remove(&name)?;
                output.line(&text!("models-removed", name = name))?;
                Ok(Done::Well)
            }
            Self::Check { folder, load } => examine(&folder, &load, output),
        }
    }
}

fn examine(folder: &Path, load: &LoadOptions, output: &mut Output) -> Result<Done> {
    let mut printed = Ok(());
    let well = check::check(&model::find(Some(folder))?, load, &mut |line| {
        if printed.is_ok() {
            printed = output.line(&line.to_string());
        }
    });
    printed?;
    Ok(if well { Done::Well } else { Done::WithFailures })
}

fn read(path: Option<PathBuf>) -> Result<Catalogue> {
    let Some(path) = path else { return Ok(Catalogue::own()?) };
    let text =
        fs::read_to_string(&path).with_context(|| format!("{} cannot be read. Check the path.", path.display()))?;
    Ok(Catalogue::parse(&text)?)
}

fn list(catalogue: &Catalogue, output: &mut Output) -> Result<Done> {
    let shelf = Shelf::own()?;
    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000).to_string();
    for entry in &catalogue.models {
        let name = &entry.name;
        let line = match shelf.manifest(name) {
            Some(manifest) => text!(
                "models-installed",
                name = name,
                megabytes = megabytes(manifest.bytes()),
                folder = shelf.folder().join(name).display().to_string()
            ),
            None => text!("models-available", name = name, megabytes = entry.megabytes.to_string()),
        };
        output.line(&line)?;
        let about = text!(
            "models-about",
            title = &entry.title,
            good = entry.good_at(),
            languages = entry.languages.join(", "),
            licence = &entry.licence,
            page = &entry.page
        );
        output.line(&format!("  {about}"))?;
    }
    for manifest in shelf.installed() {
        if catalogue.models.iter().all(|entry| entry.name != manifest.name) {
            let folder = shelf.folder().join(&manifest.name).display().to_string();
            output.line(&text!("models-own", name = manifest.name, folder = folder))?;
        }
    }
    Ok(Done::Well)
}

/// Progress goes to standard error in lines of its own, which a screen reader can follow, the result to standard output.
#[cfg(feature = "download")]
fn install(entry: &Entry, output: &mut Output) -> Result<Done> {
    use hearsight::model::store::download::{self, Patience, Progress};

    let megabytes = |bytes: u64| bytes.div_ceil(1_000_000).to_string();
    // A line each tenth: enough to know that it goes on.
    let mut told = 0;
    let mut tell = |progress| match progress {
        Progress::Begins { bytes, here: 0 } => {
            complain(&text!(
                "models-begins",
                name = &entry.name,
                megabytes = megabytes(bytes)
            ));
        }
        Progress::Begins { bytes, here } => {
            told = here * 10 / bytes.max(1);
            let (here, megabytes) = (megabytes(here), megabytes(bytes));
            complain(&text!(
                "models-goes-on",
                name = &entry.name,
                here = here,
                megabytes = megabytes
            ));
        }
        Progress::Loads { here, bytes } => {
            let tenth = here * 10 / bytes.max(1);
            if tenth > told {
                told = tenth;
                complain(&text!("models-percent", percent = (tenth * 10).to_string()));
            }
        }
        Progress::Waits { reason } => complain(&text!("models-waits", reason = reason)),
        Progress::Checks => complain(&text!("models-checks")),
    };
    let installed = download::install(&Shelf::own()?, entry, &Patience::default(), &mut tell)?;
    let folder = installed.folder.display().to_string();
    output.line(&if installed.before {
        text!("models-before", name = &entry.name, folder = folder)
    } else {
        text!("models-done", name = &entry.name, folder = folder)
    })?;
    Ok(Done::Well)
}

#[cfg(not(feature = "download"))]
fn install(_: &Entry, _: &mut Output) -> Result<Done> {
    anyhow::bail!(text!("models-no-network"))
}
