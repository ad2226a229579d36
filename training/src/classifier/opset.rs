//! A graph in the version of ONNX's operators that our graphs are written in, so that it can be a part of one.
//!
//! Of each version only what image classifiers use is brought over; ONNX Runtime refuses the rest when it opens the
//! result, and [`Cut`](super::Cut) compares both graphs on a picture.

use std::collections::HashMap;

use anyhow::{Result, bail, ensure};
use hearsight::onnx::{AttributeProto, DataType, GraphProto, ModelProto, NodeProto, OperatorSetIdProto, TensorProto};

/// The version of our own graphs.
const OURS: i64 = 17;
/// Before it, arithmetic spelt out how shapes are broadcast.
const OLDEST: i64 = 7;
/// The version of the file format that came with ours.
const IR_VERSION: i64 = 8;

/// Brings a model to version 17 of ONNX's operators.
///
/// # Errors
/// Operators that are not ONNX's own, too old ones, or such whose meaning has changed in a way that cannot be brought over.
pub fn to_ours(model: &mut ModelProto) -> Result<()> {
    let is_onnx = |domain: &str| matches!(domain, "" | "ai.onnx");
    let version = model
        .opset_import
        .iter()
        .find(|opset| is_onnx(opset.domain.as_deref().unwrap_or_default()))
        .and_then(|opset| opset.version)
        .unwrap_or(1);
    ensure!(
        version >= OLDEST,
        "it is written in version {version} of ONNX's operators, and {OLDEST} is the oldest that is understood: export it anew"
    );
    ensure!(
        model.functions.is_empty(),
        "it has functions of its own: export it without"
    );
    let Some(graph) = &mut model.graph else { return Ok(()) };
    let mut nodes = std::mem::take(&mut graph.node);
    let mut constants = constants(graph, &nodes);
    for node in &mut nodes {
        let domain = node.domain.take().unwrap_or_default();
        if !is_onnx(&domain) {
            bail!("its operation {} is not one of ONNX's but of {domain}", node.op_type());
        }
        if node.attribute.iter().any(|attribute| attribute.g.is_some()) {
            bail!(
                "its operation {} has a graph of its own: export it without",
                node.op_type()
            );
        }
        if version < OURS {
            raise(node, version, graph);
        } else if version > OURS {
            lower(node, &mut constants)?;
        }
    }
    graph.node = nodes;
    model.opset_import = vec![OperatorSetIdProto {
        domain: None,
        version: Some(OURS),
    }];
    model.ir_version = Some(IR_VERSION);
    Ok(())
}

/// From an older version: what came as attributes comes as tensors now.
fn raise(node: &mut NodeProto, version: i64, graph: &mut GraphProto) {
    match node.op_type() {
        "Dropout" if version < 12 => {
            // In use it does nothing.
            node.op_type = Some("Identity".to_owned());
            node.attribute.clear();
            node.output.truncate(1);
        }
        "BatchNormalization" if version < 14 => {
            node.attribute.retain(|attribute| attribute.name() != "spatial");
            // The others are for training.
            node.output.truncate(1);
        }
        "Clip" if version < 11 => {
            // Both are there, or else a bound that no number passes.
            let bounds = [("min", f32::MIN), ("max", f32::MAX)];
            for (name, bound) in bounds {
                let bound = take(node, name).and_then(|attribute| attribute.f).unwrap_or(bound);
                give(node, graph, name, float(bound));
            }
        }
        "Pad" if version < 11 => {
            let value = take(node, "value").and_then(|attribute| attribute.f).unwrap_or(0.0);
            if let Some(pads) = take(node, "pads") {
                give(node, graph, "pads", ints(&pads.ints));
                give(node, graph, "value", float(value));
            }
        }
        "Slice" if version < 10 => {
            for name in ["starts", "ends", "axes"] {
                if let Some(values) = take(node, name) {
                    give(node, graph, name, ints(&values.ints));
                }
            }
        }
        "Squeeze" | "Unsqueeze" | "ReduceSum" if version < 13 => {
            if let Some(axes) = take(node, "axes") {
                give(node, graph, "axes", ints(&axes.ints));
            }
        }
        "Split" if version < 13 => {
            if let Some(sizes) = take(node, "split") {
                give(node, graph, "split", ints(&sizes.ints));
            }
        }
        _ => {}
    }
}

/// From a newer version: what comes as a tensor there came as attributes.
fn lower(node: &mut NodeProto, constants: &mut HashMap<String, Vec<i64>>) -> Result<()> {
    let op = node.op_type().to_owned();
    match op.as_str() {
        "ReduceMean" | "ReduceMax" | "ReduceMin" | "ReduceProd" | "ReduceL1" | "ReduceL2" | "ReduceLogSum"
        | "ReduceLogSumExp" | "ReduceSumSquare" => {
            if let Some(name) = node.input.get(1).filter(|name| !name.is_empty()) {
                let Some(axes) = constants.get(name) else {
                    bail!("its operation {op} computes over which dimensions it goes: export it with opset {OURS}");
                };
                node.attribute.push(AttributeProto::ints("axes", axes));
            }
            node.input.truncate(1);
        }
        // Without sizes it splits evenly, as before.
        "Split" => drop(take(node, "num_outputs")),
        "Pad" if node.input.len() > 3 => {
            bail!("its operation {op} names the dimensions that it pads: export it with opset {OURS}");
        }
        "AveragePool" => ensure!(
            !take(node, "dilations").is_some_and(|dilations| dilations.ints.iter().any(|&by| by != 1)),
            "its operation {op} leaves places out: export it with opset {OURS}"
        ),
        _ => {}
    }
    Ok(())
}

fn take(node: &mut NodeProto, name: &str) -> Option<AttributeProto> {
    let place = node.attribute.iter().position(|attribute| attribute.name() == name)?;
    Some(node.attribute.remove(place))
}

/// Gives a node one more input, whose value stands in the graph.
fn give(node: &mut NodeProto, graph: &mut GraphProto, what: &str, tensor: TensorProto) {
    let output = node.output.first().map_or("", String::as_str);
    let name = format!("{output}.{what}");
    node.input.push(name.clone());
    graph.initializer.push(TensorProto {
        name: Some(name),
        ..tensor
    });
}

fn ints(values: &[i64]) -> TensorProto {
    TensorProto {
        dims: vec![values.len() as i64],
        data_type: Some(DataType::Int64.into()),
        raw_data: Some(values.iter().flat_map(|value| value.to_le_bytes()).collect()),
        ..TensorProto::default()
    }
}

fn float(value: f32) -> TensorProto {
    TensorProto {
        data_type: Some(DataType::Float.into()),
        raw_data: Some(value.to_le_bytes().to_vec()),
        ..TensorProto::default()
    }
}

/// The integers that stand in a graph, by name.
fn constants(graph: &GraphProto, nodes: &[NodeProto]) -> HashMap<String, Vec<i64>> {
    let of_weights = graph.initializer.iter().map(|weight| (weight.name(), weight));
    let of_nodes = nodes.iter().filter_map(|node| {
        let value = node.attribute.iter().find(|attribute| attribute.name() == "value")?;
        (node.op_type() == "Constant").then_some((node.output.first()?.as_str(), value.t.as_ref()?))
    });
    of_weights
        .chain(of_nodes)
        .filter(|(_, tensor)| tensor.data_type() == DataType::Int64)
        .map(|(name, tensor)| {
            let raw = tensor.raw_data.as_deref().unwrap_or_default();
            let numbers = raw.as_chunks().0.iter().map(|bytes| i64::from_le_bytes(*bytes));
            (
                name.to_owned(),
                numbers.chain(tensor.int64_data.iter().copied()).collect(),
            )
        })
        .collect()
}
