//! `--from LIST`: the photos to describe as a list, from a file or from standard input: a path a line, or a JSON object a
//! line with the path and what the photo is called by the program that asks.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

use hearsight::folder::Asked;
use hearsight::text;
use serde_json::{Map, Value};

/// Standard input in place of a file, as other programs have it.
const STANDARD_INPUT: &str = "-";

/// What ends a photo's place in the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ends {
    /// The end of the line.
    #[default]
    Line,
    /// A NUL, as `find -print0` writes it: the only byte that no name of a file has.
    Nul,
}

/// Photos that are read one by one, so that a program that writes them gets answers while it goes on.
pub struct List {
    name: PathBuf,
    ends: Ends,
    lines: Box<dyn BufRead + Send>,
}

impl List {
    /// Opens a list; `-` is standard input.
    ///
    /// # Errors
    /// A sentence for the person: the file cannot be opened.
    pub fn open(name: &Path, ends: Ends) -> anyhow::Result<Self> {
        let lines: Box<dyn BufRead + Send> = if name.as_os_str() == STANDARD_INPUT {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(name).map_err(|error| broken(name, &error))?))
        };
        Ok(Self {
            name: name.to_owned(),
            ends,
            lines,
        })
    }
}

impl Iterator for List {
    type Item = anyhow::Result<Asked>;

    /// The next photo; empty lines are passed over. A path may begin or end with a space, so nothing is trimmed but the
    /// end of the line.
    fn next(&mut self) -> Option<Self::Item> {
        let (end, ends): (u8, &[u8]) = match self.ends {
            Ends::Line => (b'\n', b"\n\r"),
            Ends::Nul => (0, &[0]),
        };
        loop {
            let mut line = Vec::new();
            match self.lines.read_until(end, &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(broken(&self.name, &error))),
            }
            for end in ends {
                if line.last() == Some(end) {
                    line.pop();
                }
            }
            // Some editors begin a file with this mark.
            let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line);
            if !line.is_empty() {
                return Some(Ok(asked(line)));
            }
        }
    }
}

/// A line that is a JSON object is one; any other is a path, and so is one that only looks like an object.
fn asked(line: &[u8]) -> Asked {
    let object = line
        .starts_with(b"{")
        .then(|| serde_json::from_slice::<Map<String, Value>>(line));
    let Some(Ok(object)) = object else {
        return path(line).into();
    };
    let id = object.get("id").cloned();
    // The lines that come out can go in again: those that failed, after what was wrong has been put right.
    let place = ["path", "photo"].into_iter().find_map(|key| object.get(key)?.as_str());
    match place {
        Some(place) => Asked {
            photo: place.into(),
            id,
            trouble: None,
        },
        None => Asked {
            photo: path(line),
            id,
            trouble: Some(text!("list-no-path")),
        },
    }
}

fn broken(name: &Path, error: &io::Error) -> anyhow::Error {
    anyhow::anyhow!("The list of photos {} cannot be read ({error}).", name.display())
}

/// A name may be of any bytes here, also of such as are no letters.
#[cfg(unix)]
fn path(line: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;

    OsString::from_vec(line.to_vec()).into()
}

#[cfg(not(unix))]
fn path(line: &[u8]) -> PathBuf {
    OsString::from(String::from_utf8_lossy(line).into_owned()).into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn list(content: &[u8], ends: Ends) -> Vec<Asked> {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("list.txt");
        std::fs::write(&name, content).unwrap();
        List::open(&name, ends).unwrap().collect::<anyhow::Result<_>>().unwrap()
    }

    fn paths(content: &[u8]) -> Vec<PathBuf> {
        list(content, Ends::Line).into_iter().map(|asked| asked.photo).collect()
    }

    #[test]
    fn a_name_that_ends_with_nul_may_hold_the_end_of_a_line() {
        let found: Vec<PathBuf> = list(b"a\nb.jpg\0\0c.jpg\r", Ends::Nul)
            .into_iter()
            .map(|asked| asked.photo)
            .collect();
        assert_eq!(found, [PathBuf::from("a\nb.jpg"), PathBuf::from("c.jpg\r")]);
    }

    #[test]
    fn an_object_tells_the_path_and_what_is_given_back_and_without_a_path_what_is_wrong() {
        let lines = concat!(
            r#"{"path": "a b.jpg", "id": {"row": 7}}"#,
            "\n",
            r#"{"photo": "c.jpg", "error": "It was missing."}"#,
            "\n",
            r#"{"id": 3}"#,
            "\n{no object}.jpg\n"
        );
        let found = list(lines.as_bytes(), Ends::Line);
        let told: Vec<_> = found
            .iter()
            .map(|asked| (asked.photo.to_str().unwrap(), asked.id.clone(), asked.trouble.is_some()))
            .collect();
        let expected = [
            ("a b.jpg", Some(serde_json::json!({"row": 7})), false),
            ("c.jpg", None, false),
            (r#"{"id": 3}"#, Some(serde_json::json!(3)), true),
            ("{no object}.jpg", None, false),
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn each_line_is_a_path_whatever_system_wrote_it() {
        let expected = [PathBuf::from("a b.jpg"), PathBuf::from(" ü.png ")];
        assert_eq!(paths("a b.jpg\n\n ü.png \n".as_bytes()), expected);
        assert_eq!(paths("\u{FEFF}a b.jpg\r\n\r\n ü.png ".as_bytes()), expected);
        assert_eq!(paths(b"\n"), Vec::<PathBuf>::new());
    }

    #[cfg(unix)]
    #[test]
    fn a_name_that_is_no_text_stays_as_it_is() {
        use std::os::unix::ffi::OsStrExt;

        assert_eq!(paths(b"\xFF.jpg\n")[0].as_os_str().as_bytes(), b"\xFF.jpg");
    }

    #[test]
    fn a_list_that_is_not_there_is_told_by_its_name() {
        let error = List::open(Path::new("/nowhere/list.txt"), Ends::Line)
            .err()
            .unwrap()
            .to_string();
        assert!(
            error.starts_with("The list of photos /nowhere/list.txt cannot be read ("),
            "{error}"
        );
    }
}
