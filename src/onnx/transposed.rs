//! Products with transposed weights, without the transposed copy.
//!
//! Exports of models whose words are the same matrix at both ends keep that once and transpose it before the last
//! product. ONNX Runtime does so when it opens the graph: for a hub's model that is a second copy of a hundred megabytes,
//! made at every start. Its own product that reads the weights the other way round needs none.

use std::collections::{HashMap, HashSet};

use super::cut::reads;
use super::{AttributeProto, ModelProto, NodeProto, OperatorSetIdProto, ValueInfoProto};

/// The operations that ONNX Runtime has besides those of ONNX.
const RUNTIME: &str = "com.microsoft";

/// Has products with transposed weights read the weights as they lie, where nothing else needs the transposed ones.
pub fn multiply_transposed(model: &mut ModelProto) {
    let Some(graph) = &mut model.graph else { return };
    let matrices: HashSet<&str> = graph
        .initializer
        .iter()
        .filter(|weight| weight.dims.len() == 2)
        .map(|weight| weight.name())
        .collect();
    let outputs: HashSet<&str> = graph.output.iter().map(ValueInfoProto::name).collect();
    // The transposed weights by name, and the weights that they come from.
    let mut transposed: HashMap<String, String> = HashMap::new();
    for node in &graph.node {
        if let ("Transpose", [weights], [name]) = (node.op_type(), &*node.input, &*node.output)
            && is_onnx(node)
            && matrices.contains(weights.as_str())
            && !outputs.contains(name.as_str())
            && node.attribute.iter().all(|attribute| attribute.ints == [1, 0])
        {
            transposed.insert(name.clone(), weights.clone());
        }
    }
    for node in &graph.node {
        let is_product = node.op_type() == "MatMul" && is_onnx(node);
        let readers = reads(node);
        for (place, name) in readers.iter().enumerate() {
            if !(is_product && place == 1) || readers[0] == *name {
                transposed.remove(name);
            }
        }
    }
    if transposed.is_empty() {
        return;
    }
    graph
        .node
        .retain(|node| !node.output.first().is_some_and(|name| transposed.contains_key(name)));
    for node in &mut graph.node {
        if let Some(weights) = node.input.get(1).and_then(|name| transposed.get(name)) {
            node.input[1].clone_from(weights);
            node.op_type = Some("FusedMatMul".to_owned());
            node.domain = Some(RUNTIME.to_owned());
            node.attribute.push(AttributeProto::int("transB", 1));
        }
    }
    if model.opset_import.iter().all(|set| set.domain() != RUNTIME) {
        model.opset_import.push(OperatorSetIdProto {
            domain: Some(RUNTIME.to_owned()),
            version: Some(1),
        });
    }
}

fn is_onnx(node: &NodeProto) -> bool {
    matches!(node.domain(), "" | "ai.onnx")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::onnx::{DataType, Dim, GraphBuilder};

    const SHAPE: [Dim<'static>; 2] = [Dim::Named("rows"), Dim::Fixed(2)];

    /// The operations and their inputs, after the change, of a graph that gives out what `write` makes of `x` and the
    /// transposed weights.
    fn changed(write: impl Fn(&mut GraphBuilder, &str) -> String) -> Vec<(String, Vec<String>)> {
        let mut g = GraphBuilder::new("graph");
        g.input("x", DataType::Float, &SHAPE);
        g.initializer_f32("weights", &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        let turned = g.transpose("weights", &[1, 0]);
        let out = write(&mut g, &turned);
        g.output("out", &out, DataType::Float, &SHAPE);
        let mut model = g.finish().unwrap();
        multiply_transposed(&mut model);
        let has_set = model.opset_import.iter().any(|set| set.domain() == RUNTIME);
        let nodes = &model.graph().node;
        assert_eq!(has_set, nodes.iter().any(|node| node.domain() == RUNTIME));
        nodes
            .iter()
            .map(|node| (node.op_type().to_owned(), node.input.clone()))
            .collect()
    }

    #[test]
    fn a_product_with_transposed_weights_reads_them_as_they_lie() {
        let nodes = changed(|g, turned| g.matmul("x", turned));
        assert_eq!(nodes[0].0, "FusedMatMul");
        assert_eq!(nodes[0].1, ["x", "weights"]);
        assert!(nodes.iter().all(|(operation, _)| operation != "Transpose"));
    }

    #[test]
    fn transposed_weights_that_something_else_reads_stay() {
        type Write = fn(&mut GraphBuilder, &str) -> String;
        let others: [Write; 3] = [
            |g, turned| {
                let product = g.matmul("x", turned);
                g.add(&product, turned)
            },
            |g, turned| g.matmul(turned, "x"),
            |g, turned| g.matmul(turned, turned),
        ];
        for write in others {
            let nodes = changed(write);
            assert!(
                nodes.iter().all(|(operation, _)| operation != "FusedMatMul"),
                "{nodes:?}"
            );
            assert_eq!(nodes[0].0, "Transpose");
        }
    }
}
