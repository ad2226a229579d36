//! What dpkg is told of the package: what it needs, how large it is, and the digests of its files.

use std::fs;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use super::changelog::Changelog;
use super::layout::Layout;
use super::output;
use crate::packages::List;

const DESCRIPTION: &str = "\
Description: describes photos aloud, on this computer
 Hearsight describes photos: you open, drop or paste a photo, and a captioner
 on your own computer writes one sentence about it. The sentence stands in
 large letters, is spoken by the system's voice, and the part of the photo
 behind each word lights up as the word is said.
 .
 It is for people with low vision, for people who use a screen reader and no
 pointer, and for those who want to check where a model looked. It describes
 the screen, a window and the clipboard too, from the window and from the
 command line, and says how far each sentence is to be believed.
 .
 ONNX Runtime and the model are in the package; nothing is downloaded.
";

/// Writes `DEBIAN/control` and `DEBIAN/md5sums`.
pub fn write(layout: &Layout, changelog: &Changelog, architecture: &str) -> Result<()> {
    let (mut sums, mut bytes) = (String::new(), 0);
    for file in layout.files()? {
        let path = layout.root().join(&file);
        bytes += fs::metadata(&path)?.len();
        let line = output(Command::new("md5sum").arg(&path))?;
        let sum = line.split_whitespace().next().context("md5sum gives no sum")?;
        sums.push_str(&format!("{sum}  {}\n", file.display()));
    }
    let list = List::read()?;
    let mut depends = vec![
        format!("libc6 (>= {})", needed_libc(&layout.binaries()?)?),
        "libgcc-s1".to_owned(),
        "libstdc++6".to_owned(),
    ];
    depends.extend(list.of(&["run"]).map(|names| names.join(" | ")));
    let recommends: Vec<String> = list.of(&["recommended"]).map(|names| names.join(" | ")).collect();
    let fields = [
        ("Package", "hearsight".to_owned()),
        ("Version", changelog.version.clone()),
        ("Section", "graphics".to_owned()),
        ("Priority", "optional".to_owned()),
        ("Architecture", architecture.to_owned()),
        ("Maintainer", changelog.maintainer.clone()),
        ("Installed-Size", bytes.div_ceil(1024).to_string()),
        ("Depends", depends.join(", ")),
        ("Recommends", recommends.join(", ")),
        ("Suggests", "python3-nautilus, python3-caja, orca".to_owned()),
    ];
    let fields: String = fields
        .iter()
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    layout.write("DEBIAN/control", fields + DESCRIPTION)?;
    layout.write("DEBIAN/md5sums", sums)?;
    Ok(())
}

/// The oldest C library that has every function that these binaries call: "2.34".
fn needed_libc(binaries: &[impl AsRef<Path>]) -> Result<String> {
    let mut newest = (0, 0);
    for binary in binaries {
        let symbols = output(Command::new("objdump").arg("--dynamic-syms").arg(binary.as_ref()))?;
        newest = newest.max(newest_libc(&symbols));
    }
    Ok(format!("{}.{}", newest.0, newest.1))
}

fn newest_libc(symbols: &str) -> (u32, u32) {
    let versions = symbols.split("GLIBC_").skip(1).filter_map(|rest| {
        let version = rest.split(|c: char| !c.is_ascii_digit() && c != '.').next()?;
        let mut numbers = version.split('.').map(str::parse);
        Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
    });
    versions.max().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_newest_version_of_a_function_decides_and_not_the_longest_name() {
        let symbols = "0 DF *UND* 0 (GLIBC_2.2.5) free\n0 DF *UND* 0 (GLIBC_2.34) dlopen\n0 DF *UND* 0 (GLIBC_2.4) x\n";
        assert_eq!(newest_libc(symbols), (2, 34));
        assert_eq!(newest_libc("GLIBC_PRIVATE"), (0, 0));
    }
}
