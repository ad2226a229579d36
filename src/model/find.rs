//! Where the model folder is looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::ModelError;

/// The model that ships with the program.
const EVERYDAY: &str = "models/everyday";

/// Finds the model folder to use: the given path, else `$HEARSIGHT_MODEL`, else `models/everyday` beside the program,
/// in its `../share/hearsight`, or in a folder above the program (which finds the repository's from `target/debug`).
/// The current folder is left out: it may be one of photos, and a model is a program that somebody has to be trusted
/// for.
///
/// A path that the person gave is returned as it is; [`ModelFolder::open`](super::ModelFolder::open) says what is
/// wrong with it.
///
/// # Errors
/// There is none; the sentence lists the places.
pub fn find(explicit: Option<&Path>) -> Result<PathBuf, ModelError> {
    let given = explicit.map(Path::to_path_buf);
    if let Some(path) = given.or_else(|| {
        env::var_os("HEARSIGHT_MODEL")
            .filter(|v| !v.is_empty())
            .map(PathBuf::from)
    }) {
        return Ok(path);
    }
    let program = env::current_exe().ok();
    let places = places(program.as_deref().and_then(Path::parent));
    let above = program
        .iter()
        .flat_map(|program| program.ancestors().skip(2))
        .map(|folder| folder.join(EVERYDAY));
    match places.iter().cloned().chain(above).find(|path| path.is_dir()) {
        Some(path) => Ok(path),
        None => Err(ModelError::NotFound { looked: places }),
    }
}

fn places(program: Option<&Path>) -> Vec<PathBuf> {
    let shared = program
        .and_then(Path::parent)
        .map(|prefix| prefix.join("share/hearsight").join(EVERYDAY));
    let beside = program.map(|folder| folder.join(EVERYDAY));
    beside.into_iter().chain(shared).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_given_path_is_taken_at_its_word() {
        assert_eq!(
            find(Some(Path::new("no/such/model"))),
            Ok(PathBuf::from("no/such/model"))
        );
    }

    #[test]
    fn the_programs_folder_comes_before_the_shared_one_and_the_current_folder_is_none_of_the_places() {
        let found = places(Some(Path::new("/opt/hearsight/bin")));
        let expected = [
            "/opt/hearsight/bin/models/everyday",
            "/opt/hearsight/share/hearsight/models/everyday",
        ];
        assert_eq!(found, expected.map(PathBuf::from));
    }

    #[test]
    fn a_missing_model_says_where_it_was_looked_for() {
        let error = ModelError::NotFound {
            looked: vec!["/a/models/everyday".into(), "/b/models/everyday".into()],
        };
        assert_eq!(
            error.to_string(),
            "No model was found. Put a model folder into one of these places, or name one with --model or \
             HEARSIGHT_MODEL: /a/models/everyday, /b/models/everyday."
        );
    }
}
