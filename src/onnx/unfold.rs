//! A graph whose condition is known before it runs: the branch that is always taken takes the `If`'s place.
//!
//! Merged exports hold a decoder twice, for the first token and for the later ones. What lies inside of a branch can
//! neither be given out nor cut; unfolded it can.

use super::cut::reads;
use super::{ModelProto, NodeProto};

/// Puts the branches of every `If` at the top of the graph whose condition is the input `condition` in its place, those
/// for this value of it, and takes that input away where nothing else reads it; whether there was any.
pub fn unfold(model: &mut ModelProto, condition: &str, value: bool) -> bool {
    let Some(graph) = &mut model.graph else { return false };
    let is_decided =
        |node: &NodeProto| node.op_type() == "If" && node.input.first().is_some_and(|name| name == condition);
    if !graph.node.iter().any(is_decided) {
        return false;
    }
    let name = if value { "then_branch" } else { "else_branch" };
    let mut nodes = Vec::new();
    for node in std::mem::take(&mut graph.node) {
        if !is_decided(&node) {
            nodes.push(node);
            continue;
        }
        let branches = node.attribute.into_iter();
        let taken = branches.filter(|attribute| attribute.name() == name);
        for branch in taken.filter_map(|attribute| attribute.g) {
            nodes.extend(branch.node);
            graph.initializer.extend(branch.initializer);
            graph.value_info.extend(branch.value_info);
            let named = branch.output.iter().zip(&node.output);
            let renamed = named.filter(|(inner, outer)| inner.name() != outer.as_str());
            nodes.extend(renamed.map(|(inner, outer)| NodeProto {
                input: vec![inner.name().to_owned()],
                output: vec![outer.clone()],
                op_type: Some("Identity".to_owned()),
                ..NodeProto::default()
            }));
        }
    }
    graph.node = nodes;
    let is_read = graph.node.iter().flat_map(reads).any(|name| name == condition);
    graph.input.retain(|input| is_read || input.name() != condition);
    true
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::onnx::{AttributeProto, DataType, Dim, GraphBuilder, GraphProto, ValueInfoProto};

    const SHAPE: [Dim<'static>; 1] = [Dim::Fixed(2)];

    /// A branch with one operation that reads `x` and `weight` of the graph around it.
    fn branch(operation: &str, output: &str) -> GraphProto {
        let node = NodeProto {
            input: vec!["x".to_owned(), "weight".to_owned()],
            output: vec![output.to_owned()],
            op_type: Some(operation.to_owned()),
            ..NodeProto::default()
        };
        GraphProto {
            node: vec![node],
            output: vec![ValueInfoProto {
                name: Some(output.to_owned()),
                ..ValueInfoProto::default()
            }],
            ..GraphProto::default()
        }
    }

    fn model(condition: &str) -> ModelProto {
        let mut g = GraphBuilder::new("merged");
        g.input("x", DataType::Float, &SHAPE);
        g.input("later", DataType::Bool, &[Dim::Fixed(1)]);
        g.input("other", DataType::Bool, &[Dim::Fixed(1)]);
        g.initializer_f32("weight", &[2], &[1.0, 2.0]);
        let branches = vec![
            AttributeProto::graph("else_branch", branch("Sub", "first")),
            AttributeProto::graph("then_branch", branch("Add", "second")),
        ];
        let result = g.node("If", &[condition], branches);
        g.output("y", &result, DataType::Float, &SHAPE);
        g.finish().unwrap()
    }

    #[test]
    fn the_branch_that_is_taken_stands_in_the_place_of_the_choice() {
        let mut model = model("later");
        assert!(unfold(&mut model, "later", true));
        let graph = model.graph();
        let operations: Vec<&str> = graph.node.iter().map(NodeProto::op_type).collect();
        assert_eq!(operations, ["Add", "Identity", "Identity"]);
        assert_eq!(
            (&graph.node[1].input, &graph.node[1].output),
            (&vec!["second".to_owned()], &vec!["If_0".to_owned()])
        );
        let inputs: Vec<&str> = graph.input.iter().map(ValueInfoProto::name).collect();
        assert_eq!(inputs, ["x", "other"]);
        assert!(!unfold(&mut model, "later", true), "there is none any more");
    }

    #[test]
    fn the_other_branch_is_taken_for_the_other_value() {
        let mut model = model("later");
        assert!(unfold(&mut model, "later", false));
        let operations: Vec<&str> = model.graph().node.iter().map(NodeProto::op_type).collect();
        assert_eq!(operations, ["Sub", "Identity", "Identity"]);
    }

    #[test]
    fn a_choice_by_something_else_stays() {
        let mut model = model("other");
        let before = model.clone();
        assert!(!unfold(&mut model, "later", true));
        assert_eq!(model, before);
    }
}
