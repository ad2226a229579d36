//! An ONNX file without its weights: each large one only names the place in the file where its values lie.
//!
//! ONNX Runtime maps such values into memory instead of reading, copying and parsing them, so that a model of a gigabyte
//! is opened in a moment and is never in memory twice; and a graph is cut without its weights being touched.

use std::fs::File;
use std::io::{self, BufReader, Read, Seek};
use std::path::{Path, PathBuf};

/// Smaller values stay where they are: shapes and axes, which ONNX Runtime looks at while it plans.
const SMALLEST: u64 = 4096;

/// What is not the values of a weight is at most so large in all; what is larger is no outline.
const LARGEST: usize = 64 << 20;

/// A model without its weights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outline {
    /// A whole ONNX model, some weights of which lie in files.
    pub bytes: Vec<u8>,
    /// The folder that those files' names are relative to.
    pub folder: PathBuf,
}

/// Reads the outline of an ONNX file; none where no weight lies in the file itself, or where it cannot be had.
pub fn outline(path: &Path) -> Option<Outline> {
    let real = std::fs::canonicalize(path).ok()?;
    let (name, folder) = (real.file_name()?.to_str()?, real.parent()?);
    let file = File::open(&real).ok()?;
    let length = file.metadata().ok()?.len();
    let found = read(file, length, name);
    let (bytes, has_others) = found
        .inspect_err(|error| log::debug!("{} has no outline: {error}", path.display()))
        .ok()??;
    // The names of other files are relative to where the link lies, which may be elsewhere.
    let is_linked = path.parent().and_then(|folder| folder.canonicalize().ok()).as_deref() != Some(folder);
    (!(has_others && is_linked)).then(|| Outline {
        bytes,
        folder: folder.to_owned(),
    })
}

/// The outline of an ONNX file of so many bytes and of this name, and whether some of its weights lie in other files; none
/// where no weight lies in the file itself.
///
/// # Errors
/// It cannot be read or is no ONNX file.
pub fn read(file: impl Read + Seek, length: u64, name: &str) -> io::Result<Option<(Vec<u8>, bool)>> {
    let mut walk = Walk {
        file: BufReader::new(file),
        at: 0,
        name,
        weights: 0,
        elsewhere: 0,
    };
    let mut bytes = Vec::new();
    walk.message(length, Kind::Model, &mut bytes)?;
    Ok((walk.weights > 0).then_some((bytes, walk.elsewhere > 0)))
}

/// The messages that lead to weights.
#[derive(Clone, Copy)]
enum Kind {
    Model,
    Graph,
    Tensor,
}

/// Fields of `onnx.proto`.
const GRAPH: u64 = 7;
const INITIALIZER: u64 = 5;
const RAW_DATA: u64 = 9;
const EXTERNAL_DATA: u64 = 13;
const DATA_LOCATION: u64 = 14;

struct Walk<'a, R> {
    file: BufReader<R>,
    at: u64,
    /// What the file is called in its folder.
    name: &'a str,
    /// Weights that were left in the file.
    weights: usize,
    /// Weights that lie in other files.
    elsewhere: usize,
}

impl<R: Read + Seek> Walk<'_, R> {
    /// Copies a message that ends there, without the values of large weights.
    fn message(&mut self, end: u64, kind: Kind, to: &mut Vec<u8>) -> io::Result<()> {
        let mut left_out = None;
        while self.at < end {
            let tag = self.varint()?;
            let (field, wire) = (tag >> 3, tag & 7);
            match wire {
                0 => {
                    let value = self.varint()?;
                    put(to, tag);
                    put(to, value);
                }
                1 | 5 => {
                    put(to, tag);
                    self.copy(if wire == 1 { 8 } else { 4 }, end, to)?;
                }
                2 => {
                    let length = self.varint()?;
                    let inner = self.at.checked_add(length).filter(|inner| *inner <= end);
                    let inner = inner.ok_or_else(malformed)?;
                    let message = match (kind, field) {
                        (Kind::Model, GRAPH) => Some(Kind::Graph),
                        (Kind::Graph, INITIALIZER) => Some(Kind::Tensor),
                        _ => None,
                    };
                    if let Some(kind) = message {
                        let mut rewritten = Vec::new();
                        self.message(inner, kind, &mut rewritten)?;
                        put(to, tag);
                        put_bytes(to, &rewritten);
                    } else if matches!(kind, Kind::Tensor) && field == RAW_DATA && length >= SMALLEST {
                        left_out = Some((self.at, length));
                        self.file
                            .seek_relative(i64::try_from(length).map_err(|_| malformed())?)?;
                        self.at = inner;
                    } else {
                        if matches!(kind, Kind::Tensor) && field == EXTERNAL_DATA {
                            self.elsewhere += 1;
                        }
                        put(to, tag);
                        put(to, length);
                        self.copy(length, end, to)?;
                    }
                }
                _ => return Err(malformed()),
            }
            if to.len() > LARGEST {
                return Err(malformed());
            }
        }
        if self.at != end {
            return Err(malformed());
        }
        if let Some((offset, length)) = left_out {
            self.weights += 1;
            for (key, value) in [
                ("location", self.name),
                ("offset", &offset.to_string()),
                ("length", &length.to_string()),
            ] {
                let mut entry = Vec::new();
                for (field, text) in [(1, key), (2, value)] {
                    put(&mut entry, field << 3 | 2);
                    put_bytes(&mut entry, text.as_bytes());
                }
                put(to, EXTERNAL_DATA << 3 | 2);
                put_bytes(to, &entry);
            }
            put(to, DATA_LOCATION << 3);
            put(to, 1);
        }
        Ok(())
    }

    fn varint(&mut self) -> io::Result<u64> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let mut byte = [0];
            self.file.read_exact(&mut byte)?;
            self.at += 1;
            value |= u64::from(byte[0] & 127) << shift;
            if byte[0] < 128 {
                return Ok(value);
            }
        }
        Err(malformed())
    }

    fn copy(&mut self, length: u64, end: u64, to: &mut Vec<u8>) -> io::Result<()> {
        if length > LARGEST as u64 || length > end.saturating_sub(self.at) {
            return Err(malformed());
        }
        let start = to.len();
        to.resize(start + length as usize, 0);
        self.file.read_exact(&mut to[start..])?;
        self.at += length;
        Ok(())
    }
}

fn malformed() -> io::Error {
    io::Error::from(io::ErrorKind::InvalidData)
}

fn put(to: &mut Vec<u8>, mut value: u64) {
    while value >= 128 {
        to.push(value as u8 | 128);
        value >>= 7;
    }
    to.push(value as u8);
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::fs;

    use prost::Message;

    use super::*;
    use crate::onnx::{DataLocation, DataType, Dim, GraphBuilder, ModelProto, save};

    fn model() -> ModelProto {
        let mut g = GraphBuilder::new("graph");
        g.input("x", DataType::Float, &[Dim::Named("rows"), Dim::Fixed(40)]);
        let large: Vec<f32> = (0..40 * 40).map(|number| number as f32).collect();
        g.initializer_f32("large", &[40, 40], &large);
        g.initializer_f32("small", &[2], &[1.0, 2.0]);
        let product = g.matmul("x", "large");
        g.output("y", &product, DataType::Float, &[Dim::Named("rows"), Dim::Fixed(40)]);
        g.finish().unwrap()
    }

    #[test]
    fn large_weights_name_their_place_in_the_file_and_the_rest_stays() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.onnx");
        let model = model();
        save(&model, &path).unwrap();
        let found = outline(&path).unwrap();
        assert_eq!(found.folder, folder.path().canonicalize().unwrap());
        assert!(found.bytes.len() < 1000);
        let mut without = ModelProto::decode(found.bytes.as_slice()).unwrap();
        let file = fs::read(&path).unwrap();
        let large = &mut without.graph.as_mut().unwrap().initializer[0];
        assert_eq!(large.data_location(), DataLocation::External);
        let entry = |key: &str| {
            let entry = large.external_data.iter().find(|entry| entry.key() == key);
            entry.unwrap().value().to_owned()
        };
        assert_eq!(entry("location"), "model.onnx");
        let (offset, length): (usize, usize) = (entry("offset").parse().unwrap(), entry("length").parse().unwrap());
        large.raw_data = Some(file[offset..offset + length].to_vec());
        large.external_data.clear();
        large.data_location = None;
        assert_eq!(without, model);
    }

    #[test]
    fn a_file_without_large_weights_or_without_an_end_has_no_outline() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("model.onnx");
        let mut small = model();
        small.graph.as_mut().unwrap().initializer.remove(0);
        save(&small, &path).unwrap();
        assert_eq!(outline(&path), None);
        let bytes = model().encode_to_vec();
        for end in 1..bytes.len() {
            fs::write(&path, &bytes[..end]).unwrap();
            // What comes last is about the whole model; without it the file is a model still, if a broken one.
            let is_model = ModelProto::decode(&bytes[..end]).is_ok();
            assert!(outline(&path).is_none() || is_model, "cut after {end} bytes");
        }
        assert_eq!(outline(&folder.path().join("missing.onnx")), None);
    }
}
