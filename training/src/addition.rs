//! What a command adds to an encoder's graph that is there already: an output, and all that it is computed from.

use anyhow::{Context, Result, ensure};
use hearsight::onnx::{
    self, AttributeProto, DataType, Dim, Dimension, GraphProto, ModelProto, NodeProto, TensorProto, TensorShapeProto,
    TensorType, TypeProto, ValueInfoProto,
};

use crate::looking::MEMORY;

/// An output that is being added to a graph.
pub struct Addition<'a> {
    graph: &'a mut GraphProto,
    /// The output, and what the names of all that belongs to it begin with.
    name: &'a str,
}

impl<'a> Addition<'a> {
    /// Begins to add the output `name`, in the place of one that is there.
    ///
    /// # Errors
    /// A graph without the memory, or of a later version of ONNX's operators than 17.
    pub fn to(model: &'a mut ModelProto, name: &'a str) -> Result<Self> {
        let is_new = |opset: &onnx::OperatorSetIdProto| {
            opset.domain.as_deref().unwrap_or_default().is_empty() && opset.version.unwrap_or(0) > 17
        };
        ensure!(
            !model.opset_import.iter().any(is_new),
            "the encoder has operators of a version later than 17"
        );
        let graph = model.graph.as_mut().context("the encoder has no graph")?;
        ensure!(
            graph.output.iter().any(|output| output.name.as_deref() == Some(MEMORY)),
            "the encoder has no output {MEMORY}"
        );
        let is_ours = |other: &str| other == name || other.strip_prefix(name).is_some_and(|rest| rest.starts_with('.'));
        graph.node.retain(|node| !node.output.iter().any(|name| is_ours(name)));
        graph
            .initializer
            .retain(|weight| !weight.name.as_deref().is_some_and(is_ours));
        graph.output.retain(|output| output.name.as_deref() != Some(name));
        Ok(Self { graph, name })
    }

    /// An operation with one output.
    pub fn node(&mut self, op: &str, inputs: &[&str], output: &str, attributes: Vec<AttributeProto>) {
        self.node_with(op, inputs, &[output], attributes);
    }

    /// An operation with several outputs.
    pub fn node_with(&mut self, op: &str, inputs: &[&str], outputs: &[&str], attribute: Vec<AttributeProto>) {
        let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        self.graph.node.push(NodeProto {
            input: owned(inputs),
            output: owned(outputs),
            name: Some(format!("{op}:{}", outputs.join(","))),
            op_type: Some(op.to_owned()),
            attribute,
            ..NodeProto::default()
        });
    }

    /// Float32 weights.
    pub fn floats(&mut self, name: &str, dims: &[i64], values: &[f32]) {
        self.tensor(
            name,
            DataType::Float,
            dims,
            values.iter().flat_map(|value| value.to_le_bytes()),
        );
    }

    /// Weights of any type, by their bytes, the lowest of each number first.
    pub fn tensor(&mut self, name: &str, kind: DataType, dims: &[i64], bytes: impl Iterator<Item = u8>) {
        self.graph.initializer.push(TensorProto {
            dims: dims.to_vec(),
            data_type: Some(kind.into()),
            name: Some(name.to_owned()),
            raw_data: Some(bytes.collect()),
            ..TensorProto::default()
        });
    }

    /// Names the shape of the output, which is of float32, and is done.
    pub fn output(self, dims: &[Dim]) {
        let dim = dims.iter().map(|dim| match dim {
            Dim::Named(name) => Dimension {
                dim_param: Some((*name).to_owned()),
                ..Dimension::default()
            },
            Dim::Fixed(size) => Dimension {
                dim_value: Some(*size),
                ..Dimension::default()
            },
        });
        self.graph.output.push(ValueInfoProto {
            name: Some(self.name.to_owned()),
            r#type: Some(TypeProto {
                tensor_type: Some(TensorType {
                    elem_type: Some(DataType::Float.into()),
                    shape: Some(TensorShapeProto { dim: dim.collect() }),
                }),
                denotation: None,
            }),
            ..ValueInfoProto::default()
        });
    }
}
