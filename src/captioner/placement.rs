//! Where operations really ran, read from the profiles that ONNX Runtime writes.
//!
//! A session that was given a device still runs on the CPU what that device cannot do, without a word about it; the
//! profile tells each operation's execution provider.

use std::collections::{BTreeMap, HashSet};
use std::fs;
use std::io;
use std::path::Path;

use serde::Deserialize;

/// What one execution provider ran.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    /// Its name in ONNX Runtime without the ending: `CPU`, `CUDA`.
    pub provider: String,
    /// Number of different operations.
    pub operations: usize,
    /// Its share of the time that operations took, 0 to 1.
    pub share: f64,
}

/// An event of a profile, which is in Chrome's trace format.
#[derive(Deserialize)]
struct Event {
    #[serde(default)]
    cat: String,
    #[serde(default)]
    name: String,
    /// Microseconds.
    #[serde(default)]
    dur: f64,
    #[serde(default)]
    args: Arguments,
}

#[derive(Default, Deserialize)]
struct Arguments {
    provider: Option<String>,
}

impl Placement {
    /// Reads all profiles of a folder; the provider that took most of the time comes first.
    ///
    /// # Errors
    /// A file cannot be read or is no profile.
    pub fn read(folder: &Path) -> io::Result<Vec<Self>> {
        let mut found: BTreeMap<String, (HashSet<(usize, String)>, f64)> = BTreeMap::new();
        for (graph, file) in fs::read_dir(folder)?.enumerate() {
            let events: Vec<Event> = serde_json::from_slice(&fs::read(file?.path())?)?;
            for event in events.into_iter().filter(|event| event.cat == "Node") {
                if let Some(provider) = event.args.provider {
                    let (operations, time) = found.entry(provider).or_default();
                    operations.insert((graph, event.name));
                    *time += event.dur;
                }
            }
        }
        let whole: f64 = found.values().map(|(_, time)| time).sum();
        let mut placements: Vec<Self> = found
            .into_iter()
            .map(|(provider, (operations, time))| Self {
                provider: provider.trim_end_matches("ExecutionProvider").to_owned(),
                operations: operations.len(),
                share: if whole > 0.0 { time / whole } else { 0.0 },
            })
            .collect();
        placements.sort_by(|a, b| b.share.total_cmp(&a.share));
        Ok(placements)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn operations_are_counted_once_a_graph_and_shares_are_of_the_time_in_all_graphs() {
        let folder = tempfile::tempdir().unwrap();
        let node = |name: &str, dur: u32, provider: &str| {
            format!(
                r#"{{"cat":"Node","name":"{name}","dur":{dur},"args":{{"provider":"{provider}","op_name":"Add"}}}}"#
            )
        };
        let [a, b, c] = [
            node("add_kernel_time", 60, "CUDAExecutionProvider"),
            node("add_kernel_time", 15, "CUDAExecutionProvider"),
            node("shape_kernel_time", 25, "CPUExecutionProvider"),
        ];
        let session = r#"{"cat":"Session","name":"model_run","dur":1000,"args":{}}"#;
        fs::write(folder.path().join("one"), format!("[{session},{a},{b}]")).unwrap();
        fs::write(folder.path().join("two"), format!("[{c}]")).unwrap();
        let found = Placement::read(folder.path()).unwrap();
        let told: Vec<_> = found
            .iter()
            .map(|p| (p.provider.as_str(), p.operations, p.share))
            .collect();
        assert_eq!(told, [("CUDA", 1, 0.75), ("CPU", 1, 0.25)]);
        fs::write(folder.path().join("three"), "").unwrap();
        assert!(Placement::read(folder.path()).is_err());
    }
}
