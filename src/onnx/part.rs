//! A part of a graph: what some of its outputs need, and nothing else.

use std::collections::HashSet;

use super::cut::reads;
use super::{ModelProto, ValueInfoProto};

/// Takes the other outputs from a graph, and with them every operation, weight and input that these do not need.
pub fn keep_outputs(model: &mut ModelProto, is_kept: impl Fn(&str) -> bool) {
    let Some(graph) = &mut model.graph else { return };
    graph.output.retain(|output| is_kept(output.name()));
    let mut needed: HashSet<String> = graph.output.iter().map(|output| output.name().to_owned()).collect();
    // Backwards: an operation is met after all that need it.
    let mut nodes = std::mem::take(&mut graph.node);
    nodes.reverse();
    nodes.retain(|node| {
        let is_needed = node.output.iter().any(|name| needed.contains(name));
        if is_needed {
            needed.extend(reads(node));
        }
        is_needed
    });
    nodes.reverse();
    graph.node = nodes;
    graph.initializer.retain(|weight| needed.contains(weight.name()));
    let is_needed = |value: &ValueInfoProto| needed.contains(value.name());
    graph.input.retain(is_needed);
    graph.value_info.retain(is_needed);
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::onnx::{DataType, Dim, GraphBuilder, NodeProto, TensorProto};

    const SHAPE: [Dim<'static>; 2] = [Dim::Named("rows"), Dim::Fixed(2)];

    #[test]
    fn what_the_output_needs_is_kept_in_order_and_nothing_else() {
        let mut g = GraphBuilder::new("both");
        for input in ["photo", "word"] {
            g.input(input, DataType::Float, &SHAPE);
        }
        for weight in ["keys", "rest"] {
            g.initializer_f32(weight, &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        }
        let keys = g.matmul("photo", "keys");
        let sum = g.add(&keys, "word");
        let scores = g.matmul(&sum, "rest");
        let turned = g.transpose(&keys, &[1, 0]);
        g.output("scores", &scores, DataType::Float, &SHAPE);
        g.output("turned", &turned, DataType::Float, &SHAPE);
        let mut model = g.finish().unwrap();
        keep_outputs(&mut model, |name| name == "turned");
        let graph = model.graph();
        let operations: Vec<&str> = graph.node.iter().map(NodeProto::op_type).collect();
        assert_eq!(operations, ["MatMul", "Transpose", "Identity"]);
        let inputs: Vec<&str> = graph.input.iter().map(ValueInfoProto::name).collect();
        assert_eq!(inputs, ["photo"]);
        let weights: Vec<&str> = graph.initializer.iter().map(TensorProto::name).collect();
        assert_eq!(weights, ["keys"]);
        assert_eq!(graph.output.len(), 1);
    }
}
