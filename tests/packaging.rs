//! What the package tells desktops is what the program knows.
#![cfg(feature = "window")]
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::path::Path;

use hearsight::roll::ENDINGS;
use hearsight::window::APP_ID;

fn read(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn every_format_that_is_opened_has_its_type_in_the_desktops_entries() {
    let text = read("packaging/mime-types.txt");
    let lines = text.lines().filter(|line| !line.starts_with('#') && !line.is_empty());
    let endings: Vec<&str> = lines.flat_map(|line| line.split_whitespace().skip(1)).collect();
    let listed: BTreeSet<&str> = endings.iter().copied().collect();
    assert_eq!(listed, BTreeSet::from(ENDINGS));
    assert_eq!(listed.len(), endings.len(), "an ending stands there twice");
}

#[test]
fn windows_and_entries_have_the_same_id() {
    for file in [
        "xtask/src/package/layout.rs",
        "packaging/desktop/application.desktop",
        "packaging/desktop/metainfo.xml",
    ] {
        assert!(read(file).contains(APP_ID), "{file}");
    }
}

#[test]
fn each_picture_of_the_icon_has_the_size_that_its_name_says() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/icon");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|ending| ending == "png") {
            let name = path.file_stem().unwrap().to_str().unwrap();
            let size: u32 = name.strip_prefix("hearsight-").unwrap().parse().unwrap();
            assert_eq!(image::image_dimensions(&path).unwrap(), (size, size), "{name}");
            seen += 1;
        }
    }
    assert_eq!(seen, 6);
}
