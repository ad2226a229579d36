//! Which data set a command is about: a folder of a known layout, or what a run's configuration says of its own.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail, ensure};

use super::captions::Dataset;
use super::layout::DataConfig;
use crate::config::RunConfig;

/// What is asked for on the command line.
#[derive(clap::Args, Clone, Debug, Default)]
pub struct DataArguments {
    /// Folder of the data set: captions.csv, train.txt, dev.txt and images/, or the files of another set that is known
    /// [default: the folder that --config names].
    #[arg(long)]
    pub data: Option<PathBuf>,
    /// A run's configuration, whose section "data" says what lies in the folder and how it is split.
    #[arg(long)]
    pub config: Option<PathBuf>,
}

impl DataArguments {
    /// Reads the data set.
    ///
    /// # Errors
    /// Neither a folder nor a configuration that names one; data or a configuration that cannot be read.
    pub fn read(&self) -> Result<Dataset> {
        match (&self.config, &self.data) {
            (Some(path), given) => {
                let config = RunConfig::read(path)?;
                Dataset::read(folder(given.as_deref(), &config.data, path)?, &config.data)
            }
            (None, Some(folder)) => Dataset::find(folder),
            (None, None) => bail!(
                "nobody has said which data set: --data FOLDER names one of a known layout, --config CONFIG one as a run's \
                 configuration has it"
            ),
        }
    }
}

/// The folder of a data set: the one that is `given`, or else the one that the configuration at `path` names.
///
/// # Errors
/// There is neither, or the configuration's is not there.
pub fn folder<'a>(given: Option<&'a Path>, config: &'a DataConfig, path: &Path) -> Result<&'a Path> {
    if let Some(given) = given {
        return Ok(given);
    }
    let Some(named) = &config.folder else {
        bail!(
            "nobody has said where the data set lies: give --data FOLDER, or write folder = \"…\" under [data] in {}",
            path.display()
        );
    };
    ensure!(
        named.is_dir(),
        "there is no folder {}, where {} has its data set: put it there, or a link to it, or give --data FOLDER",
        named.display(),
        path.display()
    );
    Ok(named)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::fs;

    use super::*;

    /// A data set whose layout only its configuration knows, and the configuration beside it.
    fn set(folder_line: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir_all(folder.path().join("set")).unwrap();
        fs::create_dir_all(folder.path().join("configs")).unwrap();
        let captions = "image,caption\na.jpg,A dog\nb.jpg,A cat\nc.jpg,A cow\nd.jpg,A hen\n";
        fs::write(folder.path().join("set/words.csv"), captions).unwrap();
        let everyday = include_str!("../../configs/everyday.toml");
        let (before, after) = everyday.split_once("[data]").unwrap();
        let (_, after) = after.split_once("\n[words]").unwrap();
        let config = format!(
            "{before}[data]\n{folder_line}captions = \"words.csv\"\nphotos = \"photos\"\ndrawn = {{ dev = 0.25, seed = 1 }}\n\n\
             [words]{after}"
        );
        let path = folder.path().join("configs/run.toml");
        fs::write(&path, config).unwrap();
        (folder, path)
    }

    fn read(data: Option<PathBuf>, config: Option<PathBuf>) -> Result<Dataset> {
        DataArguments { data, config }.read()
    }

    #[test]
    fn a_configuration_says_where_its_data_lies_beside_it_and_how_it_is_split() {
        let (folder, config) = set("folder = \"../set\"\n");
        let data = read(None, Some(config.clone())).unwrap();
        assert_eq!((data.train.len(), data.dev.len()), (3, 1));
        assert!(data.dev[0].path.parent().unwrap().ends_with("set/photos"));
        // The command line's folder comes first; its layout stays the configuration's.
        let other = folder.path().join("other");
        let error = format!("{:#}", read(Some(other.clone()), Some(config)).unwrap_err());
        assert!(
            error.contains(&other.join("words.csv").display().to_string()),
            "{error}"
        );
    }

    #[test]
    fn a_configurations_folder_that_is_not_there_is_told_with_what_to_do() {
        let (folder, config) = set("folder = \"../elsewhere\"\n");
        let error = read(None, Some(config.clone())).unwrap_err().to_string();
        let named = config.with_file_name("../elsewhere");
        assert!(
            error.contains(&named.display().to_string()) && error.contains("--data FOLDER"),
            "{error}"
        );
        read(Some(folder.path().join("set")), Some(config)).unwrap();
    }

    #[test]
    fn a_data_set_of_no_known_layout_is_read_with_its_configuration_alone() {
        let (folder, config) = set("");
        let set = folder.path().join("set");
        let error = read(Some(set.clone()), None).unwrap_err().to_string();
        assert!(error.contains("no file of captions that is known"), "{error}");
        assert_eq!(read(Some(set), Some(config)).unwrap().dev.len(), 1);
    }

    #[test]
    fn without_a_folder_both_ways_to_give_one_are_told() {
        let error = read(None, None).unwrap_err().to_string();
        assert!(
            error.contains("--data FOLDER") && error.contains("--config CONFIG"),
            "{error}"
        );
        let (_folder, config) = set("");
        let error = read(None, Some(config.clone())).unwrap_err().to_string();
        assert!(
            error.contains("--data FOLDER") && error.contains(&config.display().to_string()),
            "{error}"
        );
    }
}
