//! The cross-attention of decoders that do not give it out: their softmaxes are made outputs of the graph.
//!
//! Exports of a hub keep the names of the modules in their graphs, so that the softmax of a cross-attention can be told
//! by its name. In a merged export it lies inside the branches of an `If`, where it cannot be reached.

use prost::Message;

/// What the cross-attention's module is called in GPT-2 and BERT, in BART and OPT, and in T5.
const MODULES: [&str; 3] = ["crossattention", "encoder_attn", "EncDecAttention"];

/// Whether an output is the softmax of a cross-attention, [B, heads, T, L].
pub(super) fn is_cross_attention(name: &str) -> bool {
    name.contains("Softmax") && MODULES.iter().any(|module| name.contains(module))
}

/// An ONNX model with the softmaxes of its cross-attentions as outputs; none where it has none or gives out its attention
/// by itself.
pub(super) fn with_cross_attentions(model: &[u8], own: &str) -> Option<Vec<u8>> {
    let graph = Model::decode(model).ok()?.graph?;
    if graph
        .output
        .iter()
        .any(|output| output.name() == own || is_cross_attention(output.name()))
    {
        return None;
    }
    let softmaxes = graph
        .node
        .into_iter()
        .filter(|node| node.op_type() == "Softmax")
        .flat_map(|node| node.output);
    let output: Vec<_> = softmaxes
        .filter(|name| is_cross_attention(name))
        .map(|name| Value { name: Some(name) })
        .collect();
    if output.is_empty() {
        return None;
    }
    // Two protobuf messages, one behind the other, are one message with the fields of both.
    let more = Model {
        graph: Some(Graph {
            node: Vec::new(),
            output,
        }),
    };
    Some([model, &more.encode_to_vec()].concat())
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
    #[prost(message, repeated, tag = "12")]
    output: Vec<Value>,
}

#[derive(Clone, PartialEq, Message)]
struct Node {
    #[prost(string, repeated, tag = "2")]
    output: Vec<String>,
    #[prost(string, optional, tag = "4")]
    op_type: Option<String>,
}

#[derive(Clone, PartialEq, Message)]
struct Value {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_softmax_of_a_cross_attention_is_one() {
        assert!(is_cross_attention(
            "/decoder/transformer/h.0/crossattention/Softmax_output_0"
        ));
        assert!(is_cross_attention(
            "/model/decoder/layers.1/encoder_attn/Softmax_output_0"
        ));
        assert!(!is_cross_attention("/decoder/transformer/h.0/attn/Softmax_output_0"));
        assert!(!is_cross_attention(
            "/decoder/transformer/h.0/crossattention/MatMul_output_0"
        ));
    }
}
