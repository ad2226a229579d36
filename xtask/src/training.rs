//! `cargo xtask train`, `export`, `gate`, `consensus`, `calibrate`, `score`, `card` and `word2vec`: the training program, built
//! for this very processor; and `reproduce`, which calls it three times for a row of `training/RESULTS.md`.

use std::ffi::{OsStr, OsString};
use std::process::ExitCode;

use anyhow::Result;

use crate::project::{cargo, root};
use crate::setup::{Purpose, setup};
use crate::step::step;

/// Passes the command and its arguments on to the training program.
///
/// # Errors
/// Where setting up, building or the program itself fails.
pub fn training(command: &OsStr, arguments: &[OsString]) -> Result<ExitCode> {
    setup(Purpose::Run)?;
    step(
        &format!("training program: {}", command.display()),
        cargo("run")
            .args(["--release", "--package", "hearsight-training", "--target-dir"])
            // Hours of training are worth a build of its own for the processor in use.
            .arg(root().join("target").join("native"))
            .env("RUSTFLAGS", "-C target-cpu=native")
            .arg("--")
            .arg(command)
            .args(arguments),
        "The program's own message above says why.",
    )?;
    Ok(ExitCode::SUCCESS)
}

/// A row of `training/RESULTS.md`: what is trained, on what, and where the model and its scores go.
#[derive(Debug, PartialEq, Eq)]
pub struct Row {
    config: OsString,
    data: OsString,
    model: OsString,
    summary: OsString,
    classifier: Option<OsString>,
}

impl Row {
    /// Reads `CONFIG --data DATA --to MODEL --summary FILE [--classifier FILE]`; none where something is missing or not known.
    pub fn read(arguments: &[OsString]) -> Option<Self> {
        let (config, mut rest) = arguments.split_first()?;
        let [mut data, mut model, mut summary, mut classifier] = [const { None }; 4];
        while let [name, value, others @ ..] = rest {
            let place = match name.to_str()? {
                "--data" => &mut data,
                "--to" => &mut model,
                "--summary" => &mut summary,
                "--classifier" => &mut classifier,
                _ => return None,
            };
            *place = Some(value.clone());
            rest = others;
        }
        rest.is_empty().then_some(Self {
            config: config.clone(),
            data: data?,
            model: model?,
            summary: summary?,
            classifier,
        })
    }

    /// Trains, goes on where a training was broken off, exports and scores.
    ///
    /// # Errors
    /// As [`training`].
    pub fn reproduce(&self) -> Result<ExitCode> {
        for (command, arguments) in self.commands() {
            training(OsStr::new(command), &arguments)?;
        }
        Ok(ExitCode::SUCCESS)
    }

    fn commands(&self) -> [(&'static str, Vec<OsString>); 3] {
        let mut train = vec![self.config.clone(), "--data".into(), self.data.clone()];
        if let Some(classifier) = &self.classifier {
            train.extend(["--classifier".into(), classifier.clone()]);
        }
        let mut export = train.clone();
        export.extend(["--to".into(), self.model.clone()]);
        let score = [
            self.model.clone(),
            "--data".into(),
            self.data.clone(),
            "--every-guess".into(),
            "--summary".into(),
            self.summary.clone(),
        ];
        [("train", train), ("export", export), ("score", score.to_vec())]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn row(line: &str) -> Option<Row> {
        Row::read(&line.split(' ').map(OsString::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_row_is_trained_exported_and_scored_as_the_results_say() {
        let row = row("a.toml --data d --summary s.json --to m --classifier c.onnx").unwrap();
        let lines = row
            .commands()
            .map(|(command, arguments)| format!("{command} {}", arguments.join(OsStr::new(" ")).display()));
        assert_eq!(
            lines,
            [
                "train a.toml --data d --classifier c.onnx",
                "export a.toml --data d --classifier c.onnx --to m",
                "score m --data d --every-guess --summary s.json",
            ]
        );
    }

    #[test]
    fn a_row_with_something_missing_or_not_known_is_none() {
        for line in [
            "a.toml --data d --to m",
            "a.toml --data d --to m --summary",
            "a.toml --data d --to m --summary s --from x",
        ] {
            assert_eq!(row(line), None, "{line}");
        }
    }
}
