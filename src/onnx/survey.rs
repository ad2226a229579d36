//! What an ONNX file promises, told without reading its weights: a file of a gigabyte is surveyed in a moment, and one
//! that promises more than it has, or reaches outside of its folder, is found out before anybody makes room for it.

use std::collections::HashMap;
use std::io::{self, BufReader, Read, Seek, SeekFrom};

/// Graphs within graphs, deeper than any exporter writes.
const DEEPEST: usize = 32;

/// The longest name that is kept; longer ones are cut for the person's sake.
const LONGEST_NAME: usize = 512;

/// More axes than any tensor has.
const MOST_LENGTHS: usize = 64;

/// No honest operation makes a tensor of more elements out of a shape that stands in the file.
const MOST_MADE: u64 = 1 << 28;

/// What a file promises.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    /// Bytes of all weights, those in other files included.
    pub bytes: u64,
    /// Weights that lie in other files.
    pub external: Vec<External>,
}

/// A tensor whose values lie in another file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct External {
    /// The tensor.
    pub name: String,
    /// The file as the tensor names it.
    pub location: String,
    /// Where in that file it begins.
    pub offset: u64,
    /// How many bytes it takes there.
    pub bytes: u64,
}

/// Why a file is not surveyed to its end.
#[derive(Debug)]
pub enum Fault {
    /// The system does not hand it out.
    Io(io::Error),
    /// It ends too early, is nested too deeply or is no ONNX file.
    Malformed,
    /// A tensor's shape makes no sense or its values are not there.
    Promise {
        /// The tensor, or the operation that would make it.
        name: String,
        /// The elements that it promises; none where they cannot be counted.
        elements: Option<u64>,
    },
    /// An operation repeats a graph as often as the file likes, which may be for ever; exports of captioners have none, for
    /// the loop over words is the program's.
    Loop {
        /// The operation's name.
        name: String,
    },
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::UnexpectedEof => Self::Malformed,
            _ => Self::Io(error),
        }
    }
}

/// Surveys an ONNX file of so many bytes.
///
/// # Errors
/// It is malformed, cannot be read, or promises what it does not have.
pub fn survey(file: impl Read + Seek, length: u64) -> Result<Survey, Fault> {
    let mut walk = Walk {
        file: BufReader::new(file),
        at: 0,
        found: Survey::default(),
        shapes: HashMap::new(),
        makes: Vec::new(),
    };
    walk.message(length, 0, Kind::Model)?;
    walk.check_made()?;
    Ok(walk.found)
}

/// The messages that lead to tensors.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Model,
    Graph,
    Function,
}

struct Walk<R> {
    file: BufReader<R>,
    at: u64,
    found: Survey,
    /// Short lists of integers, by name: what shapes are.
    shapes: HashMap<String, Vec<i64>>,
    /// Operations that make a tensor of a shape: the operation and the shape's name.
    makes: Vec<(String, String)>,
}

/// A field's content.
enum Field {
    Number(u64),
    /// So many bytes follow.
    Bytes(u64),
}

#[derive(Default)]
struct Tensor {
    name: String,
    shape: Vec<i64>,
    kind: u64,
    raw: Option<u64>,
    /// Bytes of its values, however they are written.
    values: u64,
    is_external: bool,
    external: HashMap<String, String>,
    integers: Vec<i64>,
}

impl Tensor {
    /// Adds a length to the shape; one more than any tensor has is kept, which tells that there are too many.
    fn add_length(&mut self, length: u64) {
        if self.shape.len() <= MOST_LENGTHS {
            self.shape.push(length as i64);
        }
    }
}

impl<R: Read + Seek> Walk<R> {
    fn message(&mut self, end: u64, depth: usize, kind: Kind) -> Result<(), Fault> {
        if depth > DEEPEST {
            return Err(Fault::Malformed);
        }
        while let Some((number, field)) = self.field(end)? {
            let Field::Bytes(length) = field else { continue };
            let inner = self.at + length;
            match (kind, number) {
                (Kind::Model, 7) => self.message(inner, depth + 1, Kind::Graph)?,
                (Kind::Model, 25) => self.message(inner, depth + 1, Kind::Function)?,
                (Kind::Graph, 1) | (Kind::Function, 7) => self.node(inner, depth + 1)?,
                (Kind::Graph, 5) => {
                    self.tensor(inner, None)?;
                }
                // Sparse tensors are made dense, at whatever size they say, and no captioner has them.
                (Kind::Graph, 15) => return Err(promise("sparse_initializer", None)),
                _ => {}
            }
            self.skip_to(inner)?;
        }
        Ok(())
    }

    fn node(&mut self, end: u64, depth: usize) -> Result<(), Fault> {
        let (mut inputs, mut outputs, mut operation) = (Vec::new(), Vec::new(), String::new());
        // Attributes may come before the name of what they belong to.
        let mut constants = Vec::new();
        while let Some((number, field)) = self.field(end)? {
            let Field::Bytes(length) = field else { continue };
            let inner = self.at + length;
            match number {
                1 if inputs.len() < 8 => inputs.push(self.text(length)?),
                2 if outputs.len() < 8 => outputs.push(self.text(length)?),
                4 => operation = self.text(length)?,
                5 => self.attribute(inner, depth, &mut constants)?,
                _ => {}
            }
            self.skip_to(inner)?;
        }
        match (operation.as_str(), outputs.first(), inputs.as_slice()) {
            ("Constant", Some(output), _) => {
                if let Some(shape) = constants.pop() {
                    self.shapes.insert(output.clone(), shape);
                }
            }
            ("Loop" | "Scan", ..) => return Err(Fault::Loop { name: operation }),
            ("ConstantOfShape", _, [shape, ..]) | ("Expand", _, [_, shape, ..]) => {
                self.makes.push((operation, shape.clone()));
            }
            _ => {}
        }
        Ok(())
    }

    fn attribute(&mut self, end: u64, depth: usize, constants: &mut Vec<Vec<i64>>) -> Result<(), Fault> {
        while let Some((number, field)) = self.field(end)? {
            let Field::Bytes(length) = field else { continue };
            let inner = self.at + length;
            match number {
                5 | 10 => {
                    self.tensor(inner, Some(&mut *constants))?;
                }
                6 | 11 => self.message(inner, depth + 1, Kind::Graph)?,
                22 | 23 => return Err(promise("sparse_tensor", None)),
                _ => {}
            }
            self.skip_to(inner)?;
        }
        Ok(())
    }

    fn tensor(&mut self, end: u64, constants: Option<&mut Vec<Vec<i64>>>) -> Result<(), Fault> {
        let mut tensor = Tensor::default();
        while let Some((number, field)) = self.field(end)? {
            match (number, field) {
                (1, Field::Number(length)) => tensor.add_length(length),
                (1, Field::Bytes(length)) => {
                    let inner = self.at + length;
                    while self.at < inner {
                        let length = self.varint(inner)?;
                        tensor.add_length(length);
                    }
                }
                (2, Field::Number(kind)) => tensor.kind = kind,
                (8, Field::Bytes(length)) => tensor.name = self.text(length)?,
                (9, Field::Bytes(length)) => {
                    let inner = self.at + length;
                    tensor.raw = Some(length);
                    tensor.values += length;
                    if length <= 64 && length % 8 == 0 {
                        for _ in 0..length / 8 {
                            let mut bytes = [0; 8];
                            self.bytes(&mut bytes)?;
                            tensor.integers.push(i64::from_le_bytes(bytes));
                        }
                    }
                    self.skip_to(inner)?;
                }
                (7, Field::Bytes(length)) if length <= 80 => {
                    let inner = self.at + length;
                    tensor.values += length;
                    while self.at < inner {
                        let value = self.varint(inner)?;
                        tensor.integers.push(value as i64);
                    }
                }
                (4..=7 | 10 | 11, Field::Bytes(length)) => {
                    // An empty text is a value too.
                    tensor.values += length + 1;
                    let inner = self.at + length;
                    self.skip_to(inner)?;
                }
                (5 | 7 | 11, Field::Number(value)) => {
                    tensor.values += 1;
                    if tensor.integers.len() < 8 {
                        tensor.integers.push(value as i64);
                    }
                }
                // Unpacked floats and doubles.
                (4 | 10, Field::Number(_)) => tensor.values += 4,
                (13, Field::Bytes(length)) => {
                    let inner = self.at + length;
                    self.entry(inner, &mut tensor)?;
                }
                (14, Field::Number(place)) => tensor.is_external = place == 1,
                (_, Field::Bytes(length)) => {
                    let inner = self.at + length;
                    self.skip_to(inner)?;
                }
                _ => {}
            }
        }
        self.take(tensor, constants)
    }

    fn entry(&mut self, end: u64, tensor: &mut Tensor) -> Result<(), Fault> {
        let (mut key, mut value) = (String::new(), String::new());
        while let Some((number, field)) = self.field(end)? {
            let Field::Bytes(length) = field else { continue };
            let inner = self.at + length;
            match number {
                1 => key = self.text(length)?,
                // A location that is cut would be another one.
                2 if length <= LONGEST_NAME as u64 => value = self.text(length)?,
                2 => return Err(promise(&tensor.name, None)),
                _ => {}
            }
            self.skip_to(inner)?;
        }
        if tensor.external.len() < 16 {
            tensor.external.insert(key, value);
        }
        Ok(())
    }

    /// Holds a tensor's shape against its values.
    fn take(&mut self, tensor: Tensor, constants: Option<&mut Vec<Vec<i64>>>) -> Result<(), Fault> {
        let elements = tensor.shape.iter().try_fold(1_u64, |product, &length| {
            product.checked_mul(u64::try_from(length).ok()?)
        });
        let wrong = || promise(&tensor.name, elements);
        if tensor.shape.len() > MOST_LENGTHS {
            return Err(wrong());
        }
        let elements = elements.filter(|elements| *elements < 1 << 56).ok_or_else(wrong)?;
        let needed = bits(tensor.kind).map(|bits| (elements * bits).div_ceil(8));
        let bytes = if tensor.is_external {
            let number = |key: &str| match tensor.external.get(key) {
                Some(text) => text.parse::<u64>().map(Some).map_err(|_| wrong()),
                None => Ok(None),
            };
            let (offset, length) = (number("offset")?.unwrap_or(0), number("length")?);
            let needed = needed.ok_or_else(wrong)?;
            let location = tensor.external.get("location").cloned().ok_or_else(wrong)?;
            if length.is_some_and(|length| length != needed) {
                return Err(wrong());
            }
            self.found.external.push(External {
                name: tensor.name.clone(),
                location,
                offset,
                bytes: needed,
            });
            needed
        } else if let (Some(raw), Some(needed)) = (tensor.raw, needed) {
            if raw != needed {
                return Err(wrong());
            }
            raw
        } else {
            // Written value by value, each takes a byte, but of the smallest several go into one.
            if elements > tensor.values.saturating_mul(8) {
                return Err(wrong());
            }
            tensor.values
        };
        self.found.bytes = self.found.bytes.saturating_add(bytes);
        if tensor.kind == INT64 && tensor.shape.len() <= 1 && tensor.integers.len() as u64 == elements {
            match constants {
                Some(constants) => constants.push(tensor.integers),
                None => {
                    self.shapes.insert(tensor.name, tensor.integers);
                }
            }
        }
        Ok(())
    }

    /// Refuses operations that would make a huge tensor out of a shape that stands in the file.
    fn check_made(&self) -> Result<(), Fault> {
        for (operation, shape) in &self.makes {
            let Some(shape) = self.shapes.get(shape) else { continue };
            let elements = shape
                .iter()
                .try_fold(1_u64, |product, &length| product.checked_mul(length.unsigned_abs()));
            if elements.is_none_or(|elements| elements > MOST_MADE) {
                return Err(promise(operation, elements));
            }
        }
        Ok(())
    }

    /// The next field of a message that ends there; of numbers of fixed size only that they are there is told.
    fn field(&mut self, end: u64) -> Result<Option<(u64, Field)>, Fault> {
        if self.at >= end {
            return if self.at == end {
                Ok(None)
            } else {
                Err(Fault::Malformed)
            };
        }
        let tag = self.varint(end)?;
        let field = match tag & 7 {
            0 => Field::Number(self.varint(end)?),
            1 | 5 => {
                let inner = self.at + if tag & 7 == 1 { 8 } else { 4 };
                if inner > end {
                    return Err(Fault::Malformed);
                }
                self.skip_to(inner)?;
                Field::Number(0)
            }
            2 => {
                let length = self.varint(end)?;
                if length > end - self.at {
                    return Err(Fault::Malformed);
                }
                Field::Bytes(length)
            }
            _ => return Err(Fault::Malformed),
        };
        Ok(Some((tag >> 3, field)))
    }

    fn varint(&mut self, end: u64) -> Result<u64, Fault> {
        let mut value = 0;
        for shift in (0..70).step_by(7) {
            if self.at >= end {
                return Err(Fault::Malformed);
            }
            let mut byte = [0];
            self.bytes(&mut byte)?;
            if shift < 64 {
                value |= u64::from(byte[0] & 127) << shift;
            }
            if byte[0] < 128 {
                return Ok(value);
            }
        }
        Err(Fault::Malformed)
    }

    fn text(&mut self, length: u64) -> Result<String, Fault> {
        let mut bytes = vec![0; length.min(LONGEST_NAME as u64) as usize];
        let end = self.at + length;
        self.bytes(&mut bytes)?;
        self.skip_to(end)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    fn bytes(&mut self, bytes: &mut [u8]) -> Result<(), Fault> {
        self.file.read_exact(bytes)?;
        self.at += bytes.len() as u64;
        Ok(())
    }

    fn skip_to(&mut self, place: u64) -> Result<(), Fault> {
        let ahead = place.checked_sub(self.at).ok_or(Fault::Malformed)?;
        if ahead > 0 {
            // Within the buffer where that is possible.
            match i64::try_from(ahead) {
                Ok(ahead) => self.file.seek_relative(ahead)?,
                Err(_) => {
                    self.file.seek(SeekFrom::Start(place))?;
                }
            }
            self.at = place;
        }
        Ok(())
    }
}

const INT64: u64 = 7;

/// How many bits an element of each type takes; none for text and for what is not known.
fn bits(kind: u64) -> Option<u64> {
    match kind {
        // bool and the integers and floats of a byte
        2 | 3 | 9 | 17..=20 | 24 => Some(8),
        4 | 5 | 10 | 16 => Some(16),
        1 | 6 | 12 => Some(32),
        7 | 11 | 13 | 14 => Some(64),
        15 => Some(128),
        21..=23 => Some(4),
        _ => None,
    }
}

fn promise(name: &str, elements: Option<u64>) -> Fault {
    Fault::Promise {
        name: name.to_owned(),
        elements,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Cursor;

    use prost::Message;

    use super::*;
    use crate::onnx::{
        AttributeKind, AttributeProto, DataType, Dim, GraphBuilder, GraphProto, ModelProto, StringStringEntryProto,
        TensorProto,
    };

    fn surveyed(model: &ModelProto) -> Result<Survey, Fault> {
        let bytes = model.encode_to_vec();
        let length = bytes.len() as u64;
        survey(Cursor::new(bytes), length)
    }

    fn with(tensor: TensorProto) -> ModelProto {
        let graph = GraphProto {
            initializer: vec![tensor],
            ..GraphProto::default()
        };
        ModelProto {
            graph: Some(graph),
            ..ModelProto::default()
        }
    }

    fn tensor(dims: &[i64], bytes: usize) -> TensorProto {
        TensorProto {
            name: Some("weight".to_owned()),
            dims: dims.to_vec(),
            data_type: Some(DataType::Float as i32),
            raw_data: Some(vec![0; bytes]),
            ..TensorProto::default()
        }
    }

    fn external(entries: &[(&str, &str)]) -> TensorProto {
        let entry = |(key, value): &(&str, &str)| StringStringEntryProto {
            key: Some((*key).to_owned()),
            value: Some((*value).to_owned()),
        };
        TensorProto {
            raw_data: None,
            data_location: Some(1),
            external_data: entries.iter().map(entry).collect(),
            ..tensor(&[3, 2], 0)
        }
    }

    #[test]
    fn the_weights_of_a_graph_are_counted_wherever_they_are_written() {
        let mut g = GraphBuilder::new("sum");
        let x = g.input("x", DataType::Float, &[Dim::Fixed(4)]);
        let w = g.initializer_f32("w", &[4], &[1.0; 4]);
        let y = g.add(&x, &w);
        g.output("y", &y, DataType::Float, &[Dim::Fixed(4)]);
        assert_eq!(surveyed(&g.finish().unwrap()).unwrap().bytes, 16);
        let written_out = TensorProto {
            raw_data: None,
            float_data: vec![0.5; 6],
            ..tensor(&[3, 2], 0)
        };
        assert_eq!(surveyed(&with(written_out)).unwrap().bytes, 25);
    }

    #[test]
    fn weights_in_another_file_are_told_with_their_place_there() {
        let entries = [("location", "a.data"), ("offset", "16"), ("length", "24")];
        let found = surveyed(&with(external(&entries))).unwrap().external;
        let expected = External {
            name: "weight".to_owned(),
            location: "a.data".to_owned(),
            offset: 16,
            bytes: 24,
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_tensor_that_promises_what_it_does_not_have_is_refused_by_its_name() {
        for hostile in [
            tensor(&[2_500_000_000], 0),
            tensor(&[3, 2], 20),
            tensor(&[-1], 0),
            tensor(&[1 << 40, 1 << 40], 8),
            TensorProto {
                raw_data: None,
                ..tensor(&[2_500_000_000], 0)
            },
            TensorProto {
                dims: vec![1; 100],
                ..tensor(&[], 4)
            },
            external(&[("offset", "0")]),
            external(&[("location", "a"), ("length", "12")]),
            external(&[("location", "a"), ("offset", "-1")]),
            external(&[("location", &"a/".repeat(400))]),
        ] {
            let found = surveyed(&with(hostile.clone()));
            assert!(
                matches!(&found, Err(Fault::Promise { name, .. }) if name == "weight"),
                "{hostile:?}: {found:?}"
            );
        }
    }

    #[test]
    fn an_operation_that_would_make_a_huge_tensor_is_refused_also_within_a_branch() {
        let made = |length: i64| {
            let mut g = GraphBuilder::new("huge");
            let shape = g.initializer_i64("shape", &[2], &[length, 1000]);
            let huge = g.node("ConstantOfShape", &[&shape], Vec::new());
            g.output("y", &huge, DataType::Float, &[Dim::Named("n")]);
            g.finish().unwrap()
        };
        assert!(surveyed(&made(10)).is_ok());
        let found = surveyed(&made(2_500_000));
        assert!(
            matches!(&found, Err(Fault::Promise { name, .. }) if name == "ConstantOfShape"),
            "{found:?}"
        );

        let branch = AttributeProto {
            name: Some("then_branch".to_owned()),
            r#type: Some(AttributeKind::Graph as i32),
            g: made(2_500_000).graph,
            ..AttributeProto::default()
        };
        let mut g = GraphBuilder::new("if");
        let condition = g.input("condition", DataType::Bool, &[Dim::Fixed(1)]);
        let y = g.node("If", &[&condition], vec![branch]);
        g.output("y", &y, DataType::Float, &[Dim::Named("n")]);
        assert!(matches!(surveyed(&g.finish().unwrap()), Err(Fault::Promise { .. })));
    }

    #[test]
    fn what_ends_too_early_or_is_nested_without_end_is_malformed() {
        let whole = with(tensor(&[3, 2], 24)).encode_to_vec();
        let cut = whole.len() as u64 - 5;
        assert!(matches!(
            survey(Cursor::new(&whole[..cut as usize]), cut),
            Err(Fault::Malformed)
        ));
        // A file that is shorter than the system says, as one that is being written.
        assert!(survey(Cursor::new(&whole[..4]), whole.len() as u64).is_err());
        // graph { node { attribute { g { node { … } } } } }
        let mut graph = Vec::new();
        for _ in 0..100 {
            graph = field(0x0a, &field(0x2a, &field(0x32, &graph)));
        }
        let file = field(0x3a, &graph);
        let length = file.len() as u64;
        assert!(matches!(survey(Cursor::new(file), length), Err(Fault::Malformed)));
    }

    fn field(tag: u8, bytes: &[u8]) -> Vec<u8> {
        let mut field = vec![tag];
        prost::encoding::encode_varint(bytes.len() as u64, &mut field);
        field.extend(bytes);
        field
    }
}
