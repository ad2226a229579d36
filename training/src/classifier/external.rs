//! Weights that lie in a file beside their graph, brought into it: newer exporters write them so.

use std::fs::File;
use std::path::{Component, Path};

use anyhow::{Context, Result, bail, ensure};
use hearsight::onnx::{DataLocation, ModelProto, TensorProto};

use crate::disk::read_exact_at;

/// More than ONNX files can hold in one piece, and than a classifier weighs.
const MOST: u64 = 2 << 30;

/// Reads the weights that lie in files beside the graph at `path`.
///
/// # Errors
/// A file that is missing, ends too early or lies in another folder.
pub fn bring_in(model: &mut ModelProto, path: &Path) -> Result<()> {
    let Some(graph) = &mut model.graph else { return Ok(()) };
    for weight in &mut graph.initializer {
        if weight.data_location() == DataLocation::External {
            let bytes = read(weight, path).with_context(|| format!("the weight {} cannot be read", weight.name()))?;
            weight.raw_data = Some(bytes);
            weight.external_data.clear();
            weight.data_location = None;
        }
    }
    Ok(())
}

fn read(weight: &TensorProto, path: &Path) -> Result<Vec<u8>> {
    let entry = |key: &str| {
        let entry = weight.external_data.iter().find(|entry| entry.key() == key);
        entry.map(|entry| entry.value())
    };
    let name = Path::new(entry("location").context("it names no file")?);
    let is_beside = name.components().all(|part| matches!(part, Component::Normal(_)));
    if !is_beside {
        bail!("it lies in {}, outside of the graph's folder", name.display());
    }
    let file = path.with_file_name(name);
    let open = File::open(&file).with_context(|| format!("cannot open {}", file.display()))?;
    let number = |key: &str| -> Result<Option<u64>> {
        let parsed = entry(key).map(str::parse).transpose();
        parsed.with_context(|| format!("its {key} is no number"))
    };
    let offset = number("offset")?.unwrap_or(0);
    let all = open.metadata()?.len();
    let length = number("length")?.unwrap_or(all.saturating_sub(offset));
    ensure!(
        length <= MOST && offset.checked_add(length).is_some_and(|end| end <= all),
        "{} ends too early",
        file.display()
    );
    let mut bytes = vec![0; length as usize];
    read_exact_at(&open, &mut bytes, offset).with_context(|| format!("cannot read {}", file.display()))?;
    Ok(bytes)
}
