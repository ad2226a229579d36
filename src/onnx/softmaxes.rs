//! The cross-attention of decoders that do not give it out: their softmaxes are found and made outputs of the graph.
//!
//! They are found by what they compute, whatever they are called: a softmax over products of what the words decide (the
//! queries) and what the photo alone decides (the keys). In a self-attention the words decide both. Whether their rows
//! sum to 1 is seen when the graph runs. In a merged export they lie inside the branches of an `If`, where they cannot
//! be reached unless that is unfolded.

use std::collections::HashMap;

use prost::Message;

use super::{GraphProto, ModelProto, NodeProto, ValueInfoProto};

/// Whether a decoder's input of this name is another one from word to word; the rest of them tell of the photo.
pub type Changes = fn(&str) -> bool;

/// What the outputs that are added are called, with a number behind it.
const FOUND: &str = "found_cross_attentions.";

/// What the cross-attention's module is called in GPT-2 and BERT, in BART and OPT, and in T5.
const MODULES: [&str; 3] = ["crossattention", "encoder_attn", "EncDecAttention"];

/// Operations between the products and their softmax: they scale, mask or move.
const BETWEEN: [&str; 13] = [
    "Add",
    "Cast",
    "Clip",
    "Div",
    "Identity",
    "Max",
    "Min",
    "Mul",
    "Reshape",
    "Squeeze",
    "Sub",
    "Unsqueeze",
    "Where",
];

/// Whether an output is the softmax of a cross-attention, [B, heads, T, L] or [B·heads, T, L]: one that was found, or one
/// that an export gives out under the name of its module.
pub fn is_cross_attention(name: &str) -> bool {
    name.starts_with(FOUND) || (name.contains("Softmax") && MODULES.iter().any(|module| name.contains(module)))
}

/// Whether a decoder tells where it looks: by an output `own`, or by softmaxes that can be found.
pub fn tells(model: &[u8], own: &str, changes: Changes) -> bool {
    graph(model).is_some_and(|graph| graph.gives_out(own) || !graph.cross_attentions(changes).is_empty())
}

/// An ONNX model with the softmaxes of its cross-attentions as outputs; none where it has none or gives out its attention
/// by itself.
pub fn with_cross_attentions(model: &[u8], own: &str, changes: Changes) -> Option<Vec<u8>> {
    let more = graph(model)?.to_give_out(own, changes);
    if more.output.is_empty() {
        return None;
    }
    // Two protobuf messages, one behind the other, are one message with the fields of both.
    Some([model, &Model { graph: Some(more) }.encode_to_vec()].concat())
}

/// Makes the softmaxes of a graph's cross-attentions outputs of it, unless it gives out its attention by itself.
pub fn give_out_cross_attentions(model: &mut ModelProto, own: &str, changes: Changes) {
    let Some(graph) = &mut model.graph else { return };
    let more = Graph::of(graph).to_give_out(own, changes);
    graph.node.extend(more.node.into_iter().map(|node| NodeProto {
        input: node.input,
        output: node.output,
        op_type: node.op_type,
        ..NodeProto::default()
    }));
    graph
        .output
        .extend(more.output.into_iter().map(|output| ValueInfoProto {
            name: output.name,
            ..ValueInfoProto::default()
        }));
}

fn graph(bytes: &[u8]) -> Option<Graph> {
    Model::decode(bytes).ok()?.graph
}

/// What decides a tensor's values, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Decided {
    /// Weights and shapes.
    Constant,
    Photo,
    Words,
}

impl Graph {
    fn of(graph: &GraphProto) -> Self {
        let named = |ends: &[ValueInfoProto]| {
            let names = ends.iter().map(|end| Named { name: end.name.clone() });
            names.collect()
        };
        Self {
            node: graph
                .node
                .iter()
                .map(|node| Node {
                    input: node.input.clone(),
                    output: node.output.clone(),
                    op_type: node.op_type.clone(),
                })
                .collect(),
            initializer: graph
                .initializer
                .iter()
                .map(|weight| Weight {
                    name: weight.name.clone(),
                })
                .collect(),
            input: named(&graph.input),
            output: named(&graph.output),
        }
    }

    /// What a graph needs in addition to give out the softmaxes of its cross-attentions; nothing where it has none or gives
    /// out its attention by itself.
    fn to_give_out(&self, own: &str, changes: Changes) -> Self {
        let mut more = Self::default();
        if self.gives_out(own) {
            return more;
        }
        for (number, softmax) in self.cross_attentions(changes).into_iter().enumerate() {
            let name = format!("{FOUND}{number}");
            more.output.push(Named {
                name: Some(name.clone()),
            });
            more.node.push(Node {
                input: vec![softmax],
                output: vec![name],
                op_type: Some("Identity".to_owned()),
            });
        }
        more
    }

    fn gives_out(&self, own: &str) -> bool {
        let is_attention = |output: &Named| output.name() == own || is_cross_attention(output.name());
        self.output.iter().any(is_attention)
    }

    /// The names of the softmaxes of its cross-attentions, in order.
    fn cross_attentions(&self, changes: Changes) -> Vec<String> {
        let mut decided: HashMap<&str, Decided> = HashMap::new();
        let mut made_by: HashMap<&str, &Node> = HashMap::new();
        for input in &self.input {
            let by = if changes(input.name()) {
                Decided::Words
            } else {
                Decided::Photo
            };
            decided.insert(input.name(), by);
        }
        // In older files weights are listed as inputs too, which nobody feeds.
        for weight in &self.initializer {
            decided.insert(weight.name(), Decided::Constant);
        }
        let mut found = Vec::new();
        for node in &self.node {
            let of = |name: &String| decided.get(name.as_str()).copied();
            let by = match node.op_type() {
                "Shape" | "Size" => Decided::Constant,
                // What its branches read is not looked at.
                "If" | "Loop" | "Scan" => Decided::Words,
                _ => node.input.iter().filter_map(of).max().unwrap_or(Decided::Constant),
            };
            if let ("Softmax", [scores, ..], [weights, ..]) = (node.op_type(), &*node.input, &*node.output)
                && let Some(products) = products(scores, &made_by)
            {
                let mut sides: Vec<_> = products.input.iter().filter_map(of).collect();
                sides.sort();
                if sides == [Decided::Photo, Decided::Words] {
                    found.push(weights.clone());
                }
            }
            for name in &node.output {
                decided.insert(name, by);
                made_by.insert(name, node);
            }
        }
        found
    }
}

/// The products that become these scores.
fn products<'a>(scores: &'a str, made_by: &HashMap<&'a str, &'a Node>) -> Option<&'a Node> {
    /// Further back there is none.
    const MOST: usize = 64;

    let mut names = vec![scores];
    for place in 0..MOST {
        let Some(node) = made_by.get(names.get(place)?) else {
            continue;
        };
        match node.op_type() {
            "MatMul" => return Some(node),
            other if BETWEEN.contains(&other) => names.extend(node.input.iter().map(String::as_str)),
            _ => {}
        }
    }
    None
}

/// The few fields of an ONNX model that are needed; the weights are passed over, which may be a gigabyte.
#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "1")]
    node: Vec<Node>,
    #[prost(message, repeated, tag = "5")]
    initializer: Vec<Weight>,
    #[prost(message, repeated, tag = "11")]
    input: Vec<Named>,
    #[prost(message, repeated, tag = "12")]
    output: Vec<Named>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "1")]
    input: Vec<String>,
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, optional, tag = "4")]
    op_type: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Weight {
    #[prost(string, optional, tag = "8")]
    name: Option<String>,
}

/// An input or an output.
#[derive(Clone, PartialEq, Message)]
struct Named {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::onnx::{DataType, Dim, GraphBuilder};

    const SHAPE: [Dim<'static>; 2] = [Dim::Named("rows"), Dim::Fixed(2)];

    /// The softmaxes that are found among those of `write`, told by their place.
    fn found(write: impl Fn(&mut GraphBuilder) -> Vec<String>) -> Vec<usize> {
        let mut g = GraphBuilder::new("decoder");
        g.input("input_ids", DataType::Float, &SHAPE);
        g.input("encoder_hidden_states", DataType::Float, &SHAPE);
        g.initializer_f32("weights", &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        let softmaxes = write(&mut g);
        let bytes = g.finish().unwrap().encode_to_vec();
        let names = graph(&bytes).unwrap().cross_attentions(|name| name == "input_ids");
        names
            .iter()
            .map(|name| softmaxes.iter().position(|other| other == name).unwrap())
            .collect()
    }

    #[test]
    fn only_the_softmax_of_words_times_photo_is_a_cross_attention_whatever_its_name() {
        let softmaxes = |g: &mut GraphBuilder| {
            let queries = g.matmul("input_ids", "weights");
            let keys = g.matmul("encoder_hidden_states", "weights");
            let itself = g.matmul(&queries, "input_ids");
            let crossing = g.matmul(&queries, &keys);
            let scale = g.float(2.0);
            let scaled = g.div(&crossing, &scale);
            let masked = g.where_("input_ids", &scaled, &scale);
            [&itself, &masked, &keys, &queries]
                .map(|scores| g.softmax(scores, -1))
                .to_vec()
        };
        assert_eq!(found(softmaxes), [1]);
    }

    #[test]
    fn what_a_shape_of_the_photo_decides_is_not_the_photo() {
        let of_shape = |g: &mut GraphBuilder| {
            let rows = g.shape("encoder_hidden_states");
            let rows = g.cast(&rows, DataType::Float);
            let products = g.matmul("input_ids", &rows);
            vec![g.softmax(&products, -1)]
        };
        assert!(found(of_shape).is_empty());
    }

    #[test]
    fn an_output_with_the_name_of_a_cross_attention_is_one() {
        assert!(is_cross_attention(
            "/decoder/transformer/h.0/crossattention/Softmax_output_0"
        ));
        assert!(is_cross_attention("found_cross_attentions.3"));
        assert!(!is_cross_attention("/decoder/transformer/h.0/attn/Softmax_output_0"));
        assert!(!is_cross_attention(
            "/decoder/transformer/h.0/crossattention/MatMul_output_0"
        ));
    }
}
