//! The addresses of files (`file:///home/me/a%20dog.jpg`), in which desktops name them to each other.

use std::ffi::OsString;
use std::os::unix::ffi::{OsStrExt, OsStringExt};
use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, percent_encode};

/// What does not stand for itself in an address.
const WRITTEN_OUT: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'%')
    .add(b'?')
    .add(b'#')
    .add(b'"')
    .add(b'<')
    .add(b'>');

/// The address of a file, whatever bytes its name has.
pub(crate) fn of(path: &Path) -> String {
    let path = std::path::absolute(path).unwrap_or_else(|_| path.to_owned());
    format!("file://{}", percent_encode(path.as_os_str().as_bytes(), &WRITTEN_OUT))
}

/// The file that an address names; none where it is no file's.
pub(crate) fn path(address: &str) -> Option<PathBuf> {
    let rest = address.strip_prefix("file://")?;
    // Between the slashes a host may be named, which can only be this one.
    let path = rest.get(rest.find('/')?..)?;
    let bytes: Vec<u8> = percent_decode_str(path).collect();
    (!bytes.contains(&0)).then(|| OsString::from_vec(bytes).into())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_address_becomes_a_path_whatever_its_name_has() {
        for (address, expected) in [
            ("file:///tmp/Screenshot%201.png", Some("/tmp/Screenshot 1.png")),
            ("file://localhost/tmp/%EA%B0%95.png", Some("/tmp/강.png")),
            ("file:///tmp/100%", Some("/tmp/100%")),
            ("file:///tmp/a%00b", None),
            ("file://", None),
            ("https://example.org/a.png", None),
            ("/tmp/a.png", None),
        ] {
            assert_eq!(path(address), expected.map(PathBuf::from), "{address}");
        }
    }

    #[test]
    fn a_path_comes_back_from_its_address_also_where_it_is_no_text() {
        for name in ["/tmp/a b#1?.png", "/tmp/100%25.png", "/tmp/강아지.jpg"] {
            assert_eq!(path(&of(Path::new(name))), Some(PathBuf::from(name)));
        }
        let bytes = PathBuf::from(OsString::from_vec(b"/tmp/\xFF\n.jpg".to_vec()));
        assert_eq!(path(&of(&bytes)), Some(bytes));
        let relative = path(&of(Path::new("photo.jpg"))).unwrap();
        assert_eq!(relative, std::env::current_dir().unwrap().join("photo.jpg"));
    }
}
