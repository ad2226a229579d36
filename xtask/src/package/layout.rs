//! What lies where in the package.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use super::changelog::Changelog;
use super::{licences, output};
use crate::{onnx_runtime, project};

/// The program's id, by which desktops know it; also in `src/window/mod.rs`.
const ID: &str = "org.hearsight.Hearsight";

/// The model that comes with the program, as `src/model/find.rs` looks for it beside `bin`.
const MODEL: &str = "usr/share/hearsight/models/everyday";

/// Where `src/captioner/runtime.rs` looks for ONNX Runtime, seen from the program's folder.
const LIBRARIES: &str = "usr/lib/hearsight";

/// The sizes of the icon in pixels; `assets/icon` has each.
const ICON_SIZES: [u32; 6] = [16, 32, 48, 64, 128, 256];

/// Files of the desktop: what is filled in from `packaging/desktop`, and where it goes.
const DESKTOP: [(&str, &str); 8] = [
    (
        "application.desktop",
        "usr/share/applications/org.hearsight.Hearsight.desktop",
    ),
    (
        "metainfo.xml",
        "usr/share/metainfo/org.hearsight.Hearsight.metainfo.xml",
    ),
    ("python_menu.py", "usr/share/nautilus-python/extensions/hearsight.py"),
    ("python_menu.py", "usr/share/caja-python/extensions/hearsight.py"),
    ("nemo.nemo_action", "usr/share/nemo/actions/hearsight.nemo_action"),
    (
        "kio-servicemenu.desktop",
        "usr/share/kio/servicemenus/hearsight.desktop",
    ),
    ("thunar-sendto.desktop", "usr/share/Thunar/sendto/hearsight.desktop"),
    (
        "file-manager-action.desktop",
        "usr/share/file-manager/actions/hearsight.desktop",
    ),
];

/// The folder that becomes the package.
pub struct Layout {
    root: PathBuf,
}

impl Layout {
    /// Fills an empty folder.
    pub fn fill(root: &Path, program: &Path, changelog: &Changelog) -> Result<Self> {
        let layout = Self { root: root.to_owned() };
        let binary = layout.copy(program, "usr/bin/hearsight", 0o755)?;
        let library = onnx_runtime::library().context(
            "ONNX Runtime is not there whole, and ORT_DYLIB_PATH is not packed. `cargo xtask setup` fetches it.",
        )?;
        let name = library
            .file_name()
            .context("the library has no name")?
            .to_string_lossy()
            .into_owned();
        let packed = layout.copy(&library, &format!("{LIBRARIES}/{name}"), 0o644)?;
        for binary in [&binary, &packed] {
            strip(binary)?;
        }
        layout.copy_folder(&project::root().join("models/everyday"), MODEL)?;
        layout.desktop(changelog)?;
        layout.icons()?;
        layout.documents(&binary, &library, changelog)?;
        Ok(layout)
    }

    /// The folder.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The program and the libraries in it.
    pub fn binaries(&self) -> Result<Vec<PathBuf>> {
        let libraries = fs::read_dir(self.root.join(LIBRARIES))?;
        let mut binaries = vec![self.root.join("usr/bin/hearsight")];
        for library in libraries {
            binaries.push(library?.path());
        }
        Ok(binaries)
    }

    /// Every file, with its path in the package, in order.
    pub fn files(&self) -> Result<Vec<PathBuf>> {
        let mut found = Vec::new();
        let mut waiting = vec![self.root.join("usr")];
        while let Some(folder) = waiting.pop() {
            for entry in fs::read_dir(&folder)? {
                let entry = entry?;
                if entry.file_type()?.is_dir() {
                    waiting.push(entry.path());
                } else {
                    found.push(entry.path().strip_prefix(&self.root)?.to_owned());
                }
            }
        }
        found.sort();
        Ok(found)
    }

    /// Writes a file with this content for everybody to read.
    pub fn write(&self, place: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
        let path = self.root.join(place);
        self.folder_of(&path)?;
        fs::write(&path, content).with_context(|| format!("{} could not be written", path.display()))?;
        mode(&path, 0o644)?;
        Ok(path)
    }

    fn copy(&self, from: &Path, place: &str, bits: u32) -> Result<PathBuf> {
        let path = self.root.join(place);
        self.folder_of(&path)?;
        fs::copy(from, &path).with_context(|| format!("{} could not be copied", from.display()))?;
        mode(&path, bits)?;
        Ok(path)
    }

    fn copy_folder(&self, from: &Path, place: &str) -> Result<()> {
        for entry in fs::read_dir(from).with_context(|| format!("{} could not be read", from.display()))? {
            let path = entry?.path();
            let name = path
                .file_name()
                .context("a file has no name")?
                .to_string_lossy()
                .into_owned();
            if path.is_file() {
                self.copy(&path, &format!("{place}/{name}"), 0o644)?;
            }
        }
        Ok(())
    }

    /// Makes the folders above a path, which everybody may enter whatever the builder's own habit is.
    fn folder_of(&self, path: &Path) -> Result<()> {
        let mut missing: Vec<&Path> = path.ancestors().skip(1).take_while(|folder| !folder.exists()).collect();
        missing.reverse();
        for folder in missing {
            fs::create_dir(folder).with_context(|| format!("{} could not be made", folder.display()))?;
            mode(folder, 0o755)?;
        }
        Ok(())
    }

    fn desktop(&self, changelog: &Changelog) -> Result<()> {
        let types = Types::read()?;
        for (template, place) in DESKTOP {
            let path = project::root().join("packaging/desktop").join(template);
            let text = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
            let text = text
                .replace("@MIME_TYPES@", &types.list())
                .replace("@MEDIA_TYPES@", &types.elements())
                .replace("@VERSION@", &changelog.version)
                .replace("@DATE@", &changelog.day()?);
            if let Some(left) = text.split('@').nth(1).filter(|name| *name == name.to_uppercase()) {
                bail!("nothing fills in @{left}@ of {}", path.display());
            }
            self.write(place, text)?;
        }
        Ok(())
    }

    fn icons(&self) -> Result<()> {
        let (icons, assets) = ("usr/share/icons/hicolor", project::root().join("assets/icon"));
        for size in ICON_SIZES {
            let place = format!("{icons}/{size}x{size}/apps/{ID}.png");
            self.copy(&assets.join(format!("hearsight-{size}.png")), &place, 0o644)?;
        }
        self.copy(
            &assets.join("hearsight.svg"),
            &format!("{icons}/scalable/apps/{ID}.svg"),
            0o644,
        )?;
        Ok(())
    }

    fn documents(&self, program: &Path, library: &Path, changelog: &Changelog) -> Result<()> {
        let documents = "usr/share/doc/hearsight";
        self.write(&format!("{documents}/copyright"), licences::copyright()?)?;
        self.compressed(&format!("{documents}/changelog.gz"), &changelog.text)?;
        self.compressed(&format!("{documents}/rust-crates.txt.gz"), &licences::crates()?)?;
        self.compressed(
            &format!("{documents}/onnxruntime.txt.gz"),
            &licences::onnx_runtime(library)?,
        )?;
        let readme = project::root().join("README.md");
        self.compressed(&format!("{documents}/README.md.gz"), &fs::read_to_string(readme)?)?;
        let overrides = project::root().join("packaging/lintian-overrides");
        self.copy(&overrides, "usr/share/lintian/overrides/hearsight", 0o644)?;
        let sample = project::root().join("assets/samples/cat.jpg");
        self.copy(&sample, &format!("{documents}/examples/cat.jpg"), 0o644)?;
        self.manual(program)
    }

    /// The manual pages, which the program writes from its own arguments.
    fn manual(&self, program: &Path) -> Result<()> {
        let pages = self.root.join("pages");
        fs::create_dir(&pages)?;
        output(Command::new(program).arg("man-pages").arg(&pages))?;
        for page in fs::read_dir(&pages)? {
            let page = page?;
            let name = page.file_name().to_string_lossy().into_owned();
            self.compressed(
                &format!("usr/share/man/man1/{name}.gz"),
                &fs::read_to_string(page.path())?,
            )?;
        }
        fs::remove_dir_all(&pages)?;
        Ok(())
    }

    /// Writes a text through gzip, with neither its name nor the time in it.
    fn compressed(&self, place: &str, text: &str) -> Result<()> {
        let plain = place.strip_suffix(".gz").context("not the name of a compressed file")?;
        let path = self.write(plain, text)?;
        output(Command::new("gzip").args(["--best", "--no-name"]).arg(&path))?;
        Ok(())
    }
}

/// Takes what only debuggers read out of a binary.
fn strip(binary: &Path) -> Result<()> {
    output(
        Command::new("strip")
            .args([
                "--strip-unneeded",
                "--remove-section=.comment",
                "--remove-section=.note",
            ])
            .arg(binary),
    )?;
    Ok(())
}

fn mode(path: &Path, bits: u32) -> Result<()> {
    fs::set_permissions(path, fs::Permissions::from_mode(bits))
        .with_context(|| format!("{} could not be given its permissions", path.display()))
}

/// `packaging/mime-types.txt`.
struct Types(Vec<String>);

impl Types {
    fn read() -> Result<Self> {
        let path = project::root().join("packaging/mime-types.txt");
        let text = fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))?;
        let lines = text
            .lines()
            .map(str::trim)
            .filter(|line| !line.is_empty() && !line.starts_with('#'));
        Ok(Self(
            lines
                .filter_map(|line| line.split_whitespace().next())
                .map(str::to_owned)
                .collect(),
        ))
    }

    /// As desktop entries list them.
    fn list(&self) -> String {
        self.0.iter().map(|name| format!("{name};")).collect()
    }

    /// As AppStream lists them.
    fn elements(&self) -> String {
        let lines: Vec<String> = self
            .0
            .iter()
            .map(|name| format!("    <mediatype>{name}</mediatype>"))
            .collect();
        lines.join("\n")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_written_as_each_file_wants_them() {
        let types = Types(vec!["image/png".to_owned(), "image/gif".to_owned()]);
        assert_eq!(types.list(), "image/png;image/gif;");
        assert_eq!(
            types.elements(),
            "    <mediatype>image/png</mediatype>\n    <mediatype>image/gif</mediatype>"
        );
    }
}
