//! The licences of what is in the package: of the program, of ONNX Runtime, and of every crate that is compiled in.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;

use super::output;
use crate::project::{self, cargo};

/// Debian's copyright file.
pub fn copyright() -> Result<String> {
    let read = |name: &str| {
        let path = project::root().join(name);
        fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))
    };
    let (mit, font) = (read("LICENSE-MIT")?, read("assets/fonts/OFL.txt")?);
    let holder = mit
        .lines()
        .find_map(|line| line.strip_prefix("Copyright (c) "))
        .context("LICENSE-MIT names no holder")?;
    let permission = mit.split_once("\n\n").and_then(|(_, rest)| rest.split_once("\n\n"));
    let (_, permission) = permission.context("LICENSE-MIT is not in its usual form")?;
    let font_holder = font
        .lines()
        .next()
        .unwrap_or_default()
        .trim_start_matches("Copyright ")
        .to_owned();
    Ok(format!(
        "\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: Hearsight
Source: the project's own repository; this package is made there by `cargo xtask package`
Comment: The program has Rust crates compiled in, whose licences and notices
 stand in /usr/share/doc/hearsight/rust-crates.txt.gz. Those of ONNX Runtime's
 own parts stand in /usr/share/doc/hearsight/onnxruntime.txt.gz.

Files: *
Copyright: {holder}
License: Expat or Apache-2.0

Files: usr/lib/hearsight/libonnxruntime.so.*
Copyright: Microsoft Corporation
License: Expat

Files: usr/share/doc/hearsight/examples/cat.jpg
Copyright: Stefan van der Walt
License: CC0-1.0

Files: usr/share/metainfo/*
Copyright: {holder}
License: CC0-1.0

Files: usr/bin/hearsight
Copyright: {holder}
 {font_holder} (the font Noto Sans, which is compiled in)
License: Expat or Apache-2.0, and OFL-1.1

License: Expat
{}

License: Apache-2.0
 On Debian systems, the full text of the Apache License, version 2.0, stands
 in /usr/share/common-licenses/Apache-2.0.

License: CC0-1.0
 On Debian systems, the full text of CC0 1.0 Universal stands in
 /usr/share/common-licenses/CC0-1.0.

License: OFL-1.1
{}
",
        indented(permission),
        indented(&font)
    ))
}

/// A text as a field's value: each line behind a space, empty ones as a point.
fn indented(text: &str) -> String {
    let lines: Vec<String> = text
        .trim()
        .lines()
        .map(|line| {
            if line.trim().is_empty() {
                " .".to_owned()
            } else {
                format!(" {}", line.trim_end())
            }
        })
        .collect();
    lines.join("\n")
}

/// The licence of ONNX Runtime and the notices of what it has in itself, as its wheel has them.
pub fn onnx_runtime(library: &Path) -> Result<String> {
    let folder = library.ancestors().nth(2).context("the library lies in no wheel")?;
    let read = |name: &str| {
        let path = folder.join(name);
        fs::read_to_string(&path).with_context(|| format!("{} could not be read", path.display()))
    };
    Ok(format!("{}\n\n{}", read("LICENSE")?, read("ThirdPartyNotices.txt")?))
}

/// Every crate that is compiled in, with its licence and the notices that it comes with; equal texts stand once.
pub fn crates() -> Result<String> {
    let mut metadata = cargo("metadata");
    metadata.args(["--format-version", "1", "--locked", "--filter-platform", &host()?]);
    let metadata: Value = serde_json::from_str(&output(&mut metadata)?).context("cargo metadata is no JSON")?;
    let compiled = compiled_in(&metadata);
    let mut list = String::new();
    let mut texts: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for package in array(&metadata["packages"]) {
        // Ours have their licence in the copyright file.
        if !compiled.contains(text(&package["id"])) || package["source"].is_null() {
            continue;
        }
        let name = format!("{} {}", text(&package["name"]), text(&package["version"]));
        let licence = package["license"].as_str().unwrap_or("see its notices below");
        list.push_str(&format!("{name}: {licence}\n"));
        let manifest = PathBuf::from(text(&package["manifest_path"]));
        for notice in notices(manifest.parent().unwrap_or(Path::new(".")))? {
            texts.entry(notice).or_default().insert(name.clone());
        }
    }
    let mut page = format!("The Rust crates that are compiled into Hearsight\n\n{list}");
    for (notice, names) in texts {
        let names: Vec<String> = names.into_iter().collect();
        page.push_str(&format!("\n{}\n{}\n\n{notice}\n", "=".repeat(80), names.join(", ")));
    }
    Ok(page)
}

/// The ids of what the program's normal dependencies reach.
fn compiled_in(metadata: &Value) -> BTreeSet<String> {
    let nodes: BTreeMap<&str, &Value> = array(&metadata["resolve"]["nodes"])
        .iter()
        .map(|node| (text(&node["id"]), node))
        .collect();
    let ours = array(&metadata["packages"])
        .iter()
        .find(|package| text(&package["name"]) == "hearsight" && package["source"].is_null());
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&str> = ours.map(|package| text(&package["id"])).into_iter().collect();
    while let Some(id) = waiting.pop() {
        if !found.insert(id.to_owned()) {
            continue;
        }
        for dependency in nodes.get(id).map_or(&[][..], |node| array(&node["deps"])) {
            // What only builds or tests leaves nothing in the program.
            if array(&dependency["dep_kinds"])
                .iter()
                .any(|kind| kind["kind"].is_null())
            {
                waiting.push(text(&dependency["pkg"]));
            }
        }
    }
    found
}

/// The texts of a crate's files of licences and notices.
fn notices(folder: &Path) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("{} could not be read", folder.display()))? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy().to_uppercase();
        let is_notice = ["LICEN", "COPYING", "NOTICE", "UNLICENSE"]
            .iter()
            .any(|start| name.starts_with(start));
        if is_notice && path.is_file() {
            names.push(path);
        }
    }
    names.sort();
    let texts = names.iter().filter_map(|path| fs::read(path).ok());
    Ok(texts
        .map(|bytes| String::from_utf8_lossy(&bytes).trim().replace("\r\n", "\n"))
        .collect())
}

/// The system that is built for, as the compiler calls it.
fn host() -> Result<String> {
    let compiler = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let version = output(std::process::Command::new(compiler).args(["--version", "--verbose"]))?;
    let host = version.lines().find_map(|line| line.strip_prefix("host: "));
    Ok(host.context("rustc names no host")?.to_owned())
}

fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_compiled_in_is_listed() {
        let metadata = serde_json::json!({
            "packages": [
                {"id": "h", "name": "hearsight", "source": null},
                {"id": "a", "name": "a", "source": "registry"},
            ],
            "resolve": {"nodes": [
                {"id": "h", "deps": [
                    {"pkg": "a", "dep_kinds": [{"kind": null}]},
                    {"pkg": "t", "dep_kinds": [{"kind": "dev"}]},
                ]},
                {"id": "a", "deps": [{"pkg": "b", "dep_kinds": [{"kind": "build"}, {"kind": null}]}]},
            ]},
        });
        assert_eq!(
            compiled_in(&metadata),
            BTreeSet::from(["h", "a", "b"].map(str::to_owned))
        );
    }

    #[test]
    fn an_empty_line_of_a_licence_is_a_point_in_the_copyright_file() {
        assert_eq!(indented("One\n\n  two \n"), " One\n .\n   two");
    }

    #[test]
    fn the_copyright_file_has_each_licence_in_full_or_where_debian_has_it() {
        let copyright = copyright().unwrap();
        for part in [
            "2026 The Hearsight authors",
            "Permission is hereby granted",
            "THE SOFTWARE IS PROVIDED",
            "SIL OPEN FONT LICENSE",
        ] {
            assert!(copyright.contains(part), "{part} is missing:\n{copyright}");
        }
    }
}
