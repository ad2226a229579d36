//! What a graph takes, told without reading its operations and weights.

use prost::Message;

#[derive(Clone, PartialEq, Message)]
struct Model {
    #[prost(message, optional, tag = "7")]
    graph: Option<Graph>,
}

#[derive(Clone, PartialEq, Message)]
struct Graph {
    #[prost(message, repeated, tag = "11")]
    input: Vec<Input>,
}

#[derive(Clone, PartialEq, Message)]
struct Input {
    #[prost(string, optional, tag = "1")]
    name: Option<String>,
}

/// The names of the inputs of a model in an ONNX file's bytes; none where those are no model.
pub fn input_names(model: &[u8]) -> Option<Vec<String>> {
    let inputs = Model::decode(model).ok()?.graph?.input;
    Some(inputs.into_iter().filter_map(|input| input.name).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::onnx::{DataType, Dim, GraphBuilder};

    #[test]
    fn the_inputs_of_a_model_are_named_in_order_and_bytes_that_are_none_have_none() {
        let mut g = GraphBuilder::new("graph");
        for input in ["photo", "word"] {
            g.input(input, DataType::Float, &[Dim::Named("rows"), Dim::Fixed(2)]);
        }
        g.initializer_f32("weights", &[2], &[1.0, 2.0]);
        let sum = g.add("photo", "word");
        g.output("sum", &sum, DataType::Float, &[Dim::Named("rows"), Dim::Fixed(2)]);
        let bytes = g.finish().unwrap().encode_to_vec();
        assert_eq!(input_names(&bytes), Some(vec!["photo".to_owned(), "word".to_owned()]));
        assert_eq!(input_names(b""), None);
        assert_eq!(input_names(&bytes[..bytes.len() / 2]), None);
    }
}
