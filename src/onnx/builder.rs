//! Writes a graph by hand, one operation after the other.

use std::collections::{HashMap, HashSet};

use super::{
    AttributeProto, DataType, Dimension, GraphProto, ModelProto, NodeProto, OnnxError, OperatorSetIdProto, TensorProto,
    TensorShapeProto, TensorType, TypeProto, ValueInfoProto,
};

/// The version of ONNX's operators that the graphs are written in.
const OPSET: i64 = 17;
/// The version of the file format that came with it.
const IR_VERSION: i64 = 8;

/// One dimension of an input or output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dim<'a> {
    /// A size known now.
    Fixed(i64),
    /// A size known when the model runs; equal names are equal sizes.
    Named(&'a str),
}

/// A graph being written.
///
/// Every method that adds something returns the name under which later operations read it. Mistakes (a name used
/// twice, a name that nothing writes, weights of the wrong shape) are remembered, and [`GraphBuilder::finish`] reports
/// the first one, so that a net's `emit` reads as its formulas do.
#[derive(Debug)]
pub struct GraphBuilder {
    graph: GraphProto,
    names: HashSet<String>,
    /// Shapes of the weights, by the name under which operations read them.
    shapes: HashMap<String, Vec<i64>>,
    /// How many outputs of each operation have been named by the builder.
    counts: HashMap<String, usize>,
    mistake: Option<OnnxError>,
}

impl GraphBuilder {
    /// An empty graph.
    pub fn new(name: &str) -> Self {
        Self {
            graph: GraphProto {
                name: Some(name.to_owned()),
                ..GraphProto::default()
            },
            names: HashSet::new(),
            shapes: HashMap::new(),
            counts: HashMap::new(),
            mistake: None,
        }
    }

    /// A graph that is there already, to be gone on with: its inputs, weights and results can be read by their names.
    pub fn going_on(graph: GraphProto) -> Self {
        let weights = graph.initializer.iter();
        let shapes: HashMap<_, _> = weights
            .map(|weight| (weight.name().to_owned(), weight.dims.clone()))
            .collect();
        let inputs = graph.input.iter().map(|input| input.name().to_owned());
        let results = graph.node.iter().flat_map(|node| node.output.iter().cloned());
        Self {
            names: inputs.chain(results).chain(shapes.keys().cloned()).collect(),
            graph,
            shapes,
            counts: HashMap::new(),
            mistake: None,
        }
    }

    /// Declares what has to be fed. Inputs stand in the order in which they are declared.
    pub fn input(&mut self, name: &str, data_type: DataType, dims: &[Dim]) -> String {
        self.claim("The input", name);
        self.graph.input.push(value_info(name, data_type, dims));
        name.to_owned()
    }

    /// Gives out the tensor `value` under the name `name`.
    pub fn output(&mut self, name: &str, value: &str, data_type: DataType, dims: &[Dim]) {
        self.named_node("Identity", &[value], &[name], Vec::new());
        self.graph.output.push(value_info(name, data_type, dims));
    }

    /// A constant tensor of 32-bit floats, given row by row.
    pub fn initializer_f32(&mut self, name: &str, shape: &[i64], values: &[f32]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name, DataType::Float, shape, values.len(), bytes)
    }

    /// A constant tensor of 64-bit integers, given row by row.
    pub fn initializer_i64(&mut self, name: &str, shape: &[i64], values: &[i64]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name, DataType::Int64, shape, values.len(), bytes)
    }

    /// A constant tensor of unsigned 16-bit integers, given row by row.
    pub fn initializer_u16(&mut self, name: &str, shape: &[i64], values: &[u16]) -> String {
        let bytes = values.iter().flat_map(|value| value.to_le_bytes()).collect();
        self.initializer(name, DataType::Uint16, shape, values.len(), bytes)
    }

    /// A constant tensor of unsigned bytes, given row by row.
    pub fn initializer_u8(&mut self, name: &str, shape: &[i64], values: &[u8]) -> String {
        self.initializer(name, DataType::Uint8, shape, values.len(), values.to_vec())
    }

    /// A constant tensor that takes half the room in the file: stored as 16-bit floats, read by the operations as
    /// 32-bit ones (ONNX Runtime widens it once, when it loads the model).
    pub fn initializer_f16(&mut self, name: &str, shape: &[i64], values: &[f32]) -> String {
        let bytes = values
            .iter()
            .flat_map(|value| half::f16::from_f32(*value).to_le_bytes())
            .collect();
        let stored = self.initializer(name, DataType::Float16, shape, values.len(), bytes);
        let widened = self.cast(&stored, DataType::Float);
        self.shapes.insert(widened.clone(), shape.to_vec());
        widened
    }

    /// A constant tensor as another graph has it, under the name that it has there.
    pub fn tensor(&mut self, tensor: TensorProto) -> String {
        let name = tensor.name().to_owned();
        self.claim("The initializer", &name);
        self.shapes.insert(name.clone(), tensor.dims.clone());
        self.graph.initializer.push(tensor);
        name
    }

    /// A vector of integers written into the graph, shared by all who ask for the same one.
    pub fn ints(&mut self, values: &[i64]) -> String {
        let name = format!("ints{values:?}");
        if self.shapes.contains_key(&name) {
            name
        } else {
            self.initializer_i64(&name, &[values.len() as i64], values)
        }
    }

    /// A single integer written into the graph, shared by all who ask for the same one.
    pub fn int(&mut self, value: i64) -> String {
        let name = format!("int({value})");
        if self.shapes.contains_key(&name) {
            name
        } else {
            self.initializer_i64(&name, &[], &[value])
        }
    }

    /// A single float written into the graph, shared by all who ask for the same one.
    pub fn float(&mut self, value: f32) -> String {
        let name = format!("float({value:?})");
        if self.shapes.contains_key(&name) {
            name
        } else {
            self.initializer_f32(&name, &[], &[value])
        }
    }

    /// A single unsigned byte written into the graph, shared by all who ask for the same one.
    pub fn byte(&mut self, value: u8) -> String {
        let name = format!("byte({value})");
        if self.shapes.contains_key(&name) {
            name
        } else {
            self.initializer_u8(&name, &[], &[value])
        }
    }

    /// Adds any operation with one output, and names that output after the operation.
    pub fn node(&mut self, op: &str, inputs: &[&str], attributes: Vec<AttributeProto>) -> String {
        let output = self.fresh_name(op);
        self.named_node(op, inputs, &[&output], attributes);
        output
    }

    /// Adds any operation, its outputs named by the caller; an empty input name leaves an optional input out.
    pub fn named_node(&mut self, op: &str, inputs: &[&str], outputs: &[&str], attributes: Vec<AttributeProto>) {
        for input in inputs.iter().filter(|input| !input.is_empty()) {
            if !self.names.contains(*input) {
                self.refuse(OnnxError::Unknown {
                    operation: op.to_owned(),
                    name: (*input).to_owned(),
                });
            }
        }
        for output in outputs {
            self.claim(op, output);
        }
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        self.graph.node.push(NodeProto {
            input: owned(inputs),
            output: owned(outputs),
            name: outputs.first().map(|output| format!("{op}:{output}")),
            op_type: Some(op.to_owned()),
            attribute: attributes,
            ..NodeProto::default()
        });
    }

    /// A name for an output of `op` that nothing in the graph has yet.
    pub fn fresh_name(&mut self, op: &str) -> String {
        loop {
            let count = self.counts.entry(op.to_owned()).or_default();
            let name = format!("{op}_{count}");
            *count += 1;
            if !self.names.contains(&name) {
                return name;
            }
        }
    }

    /// The graph alone, as the branches of an `If` need it.
    ///
    /// # Errors
    /// The first mistake that was made while the graph was written.
    pub fn finish_graph(self) -> Result<GraphProto, OnnxError> {
        self.mistake.map_or(Ok(self.graph), Err)
    }

    /// The graph as a model: opset 17, IR version 8, to be written by [`save`](super::save).
    ///
    /// # Errors
    /// The first mistake that was made while the graph was written.
    pub fn finish(self) -> Result<ModelProto, OnnxError> {
        Ok(ModelProto {
            ir_version: Some(IR_VERSION),
            producer_name: Some("hearsight".to_owned()),
            producer_version: Some(env!("CARGO_PKG_VERSION").to_owned()),
            graph: Some(self.finish_graph()?),
            opset_import: vec![OperatorSetIdProto {
                domain: None,
                version: Some(OPSET),
            }],
            ..ModelProto::default()
        })
    }

    /// The shape of a weight, where `name` is one.
    pub(super) fn weight_shape(&self, name: &str) -> Option<&[i64]> {
        self.shapes.get(name).map(Vec::as_slice)
    }

    /// Remembers the first mistake.
    pub(super) fn refuse(&mut self, mistake: OnnxError) {
        self.mistake.get_or_insert(mistake);
    }

    fn claim(&mut self, operation: &str, name: &str) {
        if !self.names.insert(name.to_owned()) {
            self.refuse(OnnxError::Duplicate {
                operation: operation.to_owned(),
                name: name.to_owned(),
            });
        }
    }

    fn initializer(&mut self, name: &str, data_type: DataType, dims: &[i64], values: usize, bytes: Vec<u8>) -> String {
        self.claim("The initializer", name);
        if dims.iter().product::<i64>() != values as i64 || dims.iter().any(|&dim| dim < 0) {
            self.refuse(OnnxError::Length {
                name: name.to_owned(),
                shape: dims.to_vec(),
                values,
            });
        }
        self.shapes.insert(name.to_owned(), dims.to_vec());
        self.graph.initializer.push(TensorProto {
            dims: dims.to_vec(),
            data_type: Some(data_type.into()),
            name: Some(name.to_owned()),
            raw_data: Some(bytes),
            ..TensorProto::default()
        });
        name.to_owned()
    }
}

fn value_info(name: &str, data_type: DataType, dims: &[Dim]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|dim| match dim {
            Dim::Fixed(size) => Dimension {
                dim_value: Some(*size),
                ..Dimension::default()
            },
            Dim::Named(name) => Dimension {
                dim_param: Some((*name).to_owned()),
                ..Dimension::default()
            },
        })
        .collect();
    let tensor_type = TensorType {
        elem_type: Some(data_type.into()),
        shape: Some(TensorShapeProto { dim }),
    };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: Some(TypeProto {
            tensor_type: Some(tensor_type),
            denotation: None,
        }),
        ..ValueInfoProto::default()
    }
}
