#![cfg(target_os = "linux")]
//! The Debian package, packed from the program that is built for the tests: what is in it, what it says of itself, and
//! whether it runs from where it is unpacked. `cargo xtask package check` tries a finished one in a fresh Debian.
#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::LazyLock;

use tempfile::TempDir;

/// The package and its files, unpacked; made once for all tests.
static PACKAGE: LazyLock<Package> = LazyLock::new(Package::make);

struct Package {
    folder: TempDir,
    deb: PathBuf,
}

impl Package {
    fn make() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let xtask = Path::new(env!("CARGO_BIN_EXE_xtask"));
        let program = xtask.with_file_name("hearsight");
        assert!(
            program.is_file(),
            "`cargo test --workspace` builds {}",
            program.display()
        );
        let mut package = Command::new(xtask);
        package.args(["package", "--uncompressed", "--program"]).arg(program);
        said(package.arg("--to").arg(folder.path()));
        let deb = std::fs::read_dir(folder.path())
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .find(|path| path.extension().is_some_and(|ending| ending == "deb"))
            .unwrap();
        said(
            Command::new("dpkg-deb")
                .arg("--extract")
                .arg(&deb)
                .arg(folder.path().join("unpacked")),
        );
        Self { folder, deb }
    }

    fn unpacked(&self, path: &str) -> PathBuf {
        self.folder.path().join("unpacked").join(path)
    }

    fn field(&self, name: &str) -> String {
        said(Command::new("dpkg-deb").arg("--field").arg(&self.deb).arg(name))
    }
}

/// What a command prints; it has to succeed.
fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let (out, errors) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(output.status.success(), "{command:?}: {out}{errors}");
    out.trim_end().to_owned()
}

#[test]
fn the_packages_files_are_roots_and_readable_by_everybody() {
    let contents = said(Command::new("dpkg-deb").arg("--contents").arg(&PACKAGE.deb));
    for line in contents.lines() {
        let (mode, rest) = line.split_once(' ').unwrap();
        assert!(rest.starts_with("root/root"), "{line}");
        let expected = match line.ends_with("/usr/bin/hearsight") {
            true => "-rwxr-xr-x",
            false if mode.starts_with('d') => "drwxr-xr-x",
            false => "-rw-r--r--",
        };
        assert_eq!(mode, expected, "{line}");
    }
    for file in [
        "/usr/bin/hearsight",
        "/usr/lib/hearsight/libonnxruntime.so.1.31.1",
        "/usr/share/hearsight/models/everyday/encoder_model.onnx",
        "/usr/share/doc/hearsight/copyright",
        "/usr/share/doc/hearsight/changelog.gz",
        "/usr/share/man/man1/hearsight.1.gz",
        "/usr/share/man/man1/hearsight-describe.1.gz",
        "/usr/share/icons/hicolor/scalable/apps/org.hearsight.Hearsight.svg",
    ] {
        assert!(contents.lines().any(|line| line.ends_with(file)), "{file} is missing");
    }
}

#[test]
fn the_package_depends_on_what_the_projects_one_list_names() {
    let (depends, recommends) = (PACKAGE.field("Depends"), PACKAGE.field("Recommends"));
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("../packaging/debian-packages.txt");
    let (mut section, mut seen) = (String::new(), 0);
    for line in std::fs::read_to_string(list).unwrap().lines() {
        let line = line.split('#').next().unwrap().trim();
        if line.starts_with('[') {
            section = line.to_owned();
        } else if !line.is_empty() {
            let field = match section.as_str() {
                "[run]" => &depends,
                "[recommended]" => &recommends,
                _ => continue,
            };
            seen += 1;
            assert!(field.split(", ").any(|part| part == line), "{line} is not in {field}");
        }
    }
    assert!(seen > 10);
    assert!(depends.starts_with("libc6 (>= 2."), "{depends}");
    assert!(PACKAGE.field("Installed-Size").parse::<u32>().unwrap() > 40_000);
}

#[test]
fn the_programs_own_files_are_found_from_where_it_is_installed() {
    let photo = PACKAGE.unpacked("usr/share/doc/hearsight/examples/cat.jpg");
    let home = tempfile::tempdir().unwrap();
    let mut describe = Command::new(PACKAGE.unpacked("usr/bin/hearsight"));
    describe
        .args(["describe", "--json"])
        .arg(photo)
        .env_remove("ORT_DYLIB_PATH")
        .env_remove("HEARSIGHT_MODEL")
        .env("HEARSIGHT_CACHE_DIR", home.path())
        .env("RUST_LOG", "hearsight=info");
    let output = describe.output().unwrap();
    let (line, log) = (
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr),
    );
    assert!(
        line.contains("\"caption\":\"") && line.contains("\"model\":\"everyday\""),
        "{line}{log}"
    );
    let library = PACKAGE.unpacked("usr/lib/hearsight/libonnxruntime.so.1.31.1");
    assert!(log.contains(&*library.to_string_lossy()), "{log}");
}

#[test]
fn desktops_accept_the_entry_and_the_metadata() {
    let entry = PACKAGE.unpacked("usr/share/applications/org.hearsight.Hearsight.desktop");
    assert_eq!(said(Command::new("desktop-file-validate").arg(&entry)), "");
    let metainfo = PACKAGE.unpacked("usr/share/metainfo/org.hearsight.Hearsight.metainfo.xml");
    let verdict = said(
        Command::new("appstreamcli")
            .args(["validate", "--no-net"])
            .arg(metainfo),
    );
    assert!(verdict.contains("successful"), "{verdict}");
    let text = std::fs::read_to_string(entry).unwrap();
    for line in [
        "MimeType=image/jpeg;image/png;",
        "Exec=hearsight %F",
        "Exec=hearsight --screen",
        "Icon=org.hearsight",
    ] {
        assert!(text.contains(line), "{line} is not in {text}");
    }
}

#[test]
fn every_file_manager_is_told_how_to_call_the_program() {
    for (place, line) in [
        ("nemo/actions/hearsight.nemo_action", "Exec=hearsight %F"),
        ("kio/servicemenus/hearsight.desktop", "Exec=hearsight %F"),
        ("Thunar/sendto/hearsight.desktop", "Exec=hearsight %F"),
        ("file-manager/actions/hearsight.desktop", "Exec=hearsight %F"),
    ] {
        let text = std::fs::read_to_string(PACKAGE.unpacked(&format!("usr/share/{place}"))).unwrap();
        assert!(text.contains(line) && text.contains("image/jpeg;"), "{place}: {text}");
        assert!(
            text.contains("Name=Describe with Hearsight") && text.contains("Name[ko]="),
            "{place}: {text}"
        );
    }
}

/// Nautilus's own bindings take the extension, and the item is there for photos alone.
#[test]
fn nautilus_offers_photos_to_be_described() {
    let script = r#"
import gi, importlib.util, sys
gi.require_version("Nautilus", "4.0")
spec = importlib.util.spec_from_file_location("hearsight", sys.argv[1])
module = importlib.util.module_from_spec(spec)
spec.loader.exec_module(module)
class File:
    def __init__(self, kind): self.kind = kind
    def get_mime_type(self): return self.kind
    def get_location(self): return None
menu = module.Describe()
photo, text = File("image/jpeg"), File("text/plain")
for files in ([photo], [photo, photo], [photo, text], []):
    print([item.props.label for item in menu.get_file_items(files)])
"#;
    let mut python = Command::new("/usr/bin/python3");
    python.args(["-B", "-c", script]).env("LANGUAGE", "en");
    python.arg(PACKAGE.unpacked("usr/share/nautilus-python/extensions/hearsight.py"));
    let one = "['Describe with Hearsight']";
    assert_eq!(said(&mut python), [one, one, "[]", "[]"].join("\n"));
    let caja = std::fs::read(PACKAGE.unpacked("usr/share/caja-python/extensions/hearsight.py")).unwrap();
    let nautilus = std::fs::read(PACKAGE.unpacked("usr/share/nautilus-python/extensions/hearsight.py")).unwrap();
    assert_eq!(caja, nautilus);
}

#[test]
fn the_licences_of_what_is_compiled_in_are_told() {
    let documents = |name: &str| {
        let path = PACKAGE.unpacked(&format!("usr/share/doc/hearsight/{name}"));
        said(Command::new("gzip").args(["--decompress", "--stdout"]).arg(path))
    };
    let crates = documents("rust-crates.txt.gz");
    for name in ["egui ", "ort ", "tokenizers ", "x11rb "] {
        let line = crates.lines().find(|line| line.starts_with(name));
        assert!(
            line.is_some_and(|line| line.contains("MIT") || line.contains("Apache-2.0")),
            "{name}: {line:?}"
        );
    }
    // What only tests use is not in the program.
    assert!(!crates.lines().any(|line| line.starts_with("egui_kittest ")));
    assert!(documents("onnxruntime.txt.gz").contains("protobuf"));
}
