//! `--from LIST`: the photos to describe as a list of paths, one a line, from a file or from standard input.

use std::ffi::OsString;
use std::fs::File;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// Standard input in place of a file, as other programs have it.
const STANDARD_INPUT: &str = "-";

/// Paths that are read line by line, so that a program that writes them gets answers while it goes on.
pub struct List {
    name: PathBuf,
    lines: Box<dyn BufRead + Send>,
}

impl List {
    /// Opens a list; `-` is standard input.
    ///
    /// # Errors
    /// A sentence for the person: the file cannot be opened.
    pub fn open(name: &Path) -> anyhow::Result<Self> {
        let lines: Box<dyn BufRead + Send> = if name.as_os_str() == STANDARD_INPUT {
            Box::new(BufReader::new(io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(name).map_err(|error| broken(name, &error))?))
        };
        Ok(Self {
            name: name.to_owned(),
            lines,
        })
    }
}

impl Iterator for List {
    type Item = anyhow::Result<PathBuf>;

    /// The next path; empty lines are passed over. A path may begin or end with a space, so nothing is trimmed but the
    /// end of the line.
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let mut line = Vec::new();
            match self.lines.read_until(b'\n', &mut line) {
                Ok(0) => return None,
                Ok(_) => {}
                Err(error) => return Some(Err(broken(&self.name, &error))),
            }
            for end in [b'\n', b'\r'] {
                if line.last() == Some(&end) {
                    line.pop();
                }
            }
            // Some editors begin a file with this mark.
            let line = line.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(&line);
            if !line.is_empty() {
                return Some(Ok(path(line)));
            }
        }
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

    fn paths(content: &[u8]) -> Vec<PathBuf> {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("list.txt");
        std::fs::write(&name, content).unwrap();
        List::open(&name).unwrap().collect::<anyhow::Result<_>>().unwrap()
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
        let error = List::open(Path::new("/nowhere/list.txt")).err().unwrap().to_string();
        assert!(
            error.starts_with("The list of photos /nowhere/list.txt cannot be read ("),
            "{error}"
        );
    }
}
