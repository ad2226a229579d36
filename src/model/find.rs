//! Where the model folder is looked for.

use std::env;
use std::path::{Path, PathBuf};

use super::ModelError;
use super::store::Shelf;

/// The model that ships with the program.
const EVERYDAY: &str = "models/everyday";

/// Finds the model folder to use: the given path, else `$HEARSIGHT_MODEL`, else `models/everyday` beside the program,
/// in its `../share/hearsight`, or in a folder above the program (which finds the repository's from `target/debug`).
/// The current folder is left out: it may be one of photos, and a model is a program that somebody has to be trusted
/// for.
///
/// What the person gave may be the name of an installed model, which comes before a folder of that name in the current
/// one (`./NAME` names that). A path is returned as it is; [`ModelFolder::open`](super::ModelFolder::open) says what is
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
        let shelf = Shelf::own().ok();
        return Ok(shelf.and_then(|shelf| installed(&shelf, &path)).unwrap_or(path));
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

/// The folder of an installed model, where a path is nothing but its name.
fn installed(shelf: &Shelf, path: &Path) -> Option<PathBuf> {
    shelf.find(path.to_str()?)
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
    use crate::model::store::{MANIFEST, Manifest};

    #[test]
    fn a_given_path_is_taken_at_its_word() {
        assert_eq!(
            find(Some(Path::new("no/such/model"))),
            Ok(PathBuf::from("no/such/model"))
        );
    }

    #[test]
    fn the_name_of_an_installed_model_finds_its_folder_and_a_path_does_not() {
        let folder = tempfile::tempdir().unwrap();
        let shelf = Shelf::at(folder.path().to_owned());
        let place = folder.path().join("one");
        std::fs::create_dir(&place).unwrap();
        assert_eq!(
            installed(&shelf, Path::new("one")),
            None,
            "without a manifest it is only a folder"
        );
        let manifest = Manifest::new("one".into(), "https://example.org".into(), "abc".into(), Vec::new());
        std::fs::write(place.join(MANIFEST), manifest.text()).unwrap();
        assert_eq!(installed(&shelf, Path::new("one")), Some(place));
        for path in ["./one", "one/", "../one", "two"] {
            assert_eq!(installed(&shelf, Path::new(path)), None, "{path}");
        }
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
