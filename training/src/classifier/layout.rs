//! Which tensors of a graph are spatial maps, told by following the data from the picture on.

use std::collections::{HashMap, HashSet};

use hearsight::onnx::{AttributeProto, GraphProto, NodeProto};

/// The order of a map's dimensions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// `[batch, channels, rows, columns]`, as ONNX's own operations have it.
    ChannelsFirst,
    /// `[batch, rows, columns, channels]`, as graphs from TensorFlow have it between transpositions.
    ChannelsLast,
}

/// A tensor that may be a spatial map: it has the picture's places, though perhaps only one of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The tensor.
    pub name: String,
    /// The order of its dimensions.
    pub layout: Layout,
    /// Operations on the longest way from the picture to here.
    pub depth: usize,
}

/// Operations that always read and write channels first.
const CHANNELS_FIRST: [&str; 15] = [
    "AveragePool",
    "BatchNormalization",
    "Conv",
    "ConvInteger",
    "ConvTranspose",
    "DepthToSpace",
    "GlobalAveragePool",
    "GlobalMaxPool",
    "InstanceNormalization",
    "LRN",
    "LpPool",
    "MaxPool",
    "QLinearConv",
    "Resize",
    "SpaceToDepth",
];

/// Operations that leave each value at its place, or put maps side by side or apart.
const IN_PLACE: [&str; 40] = [
    "Abs",
    "Add",
    "Cast",
    "Celu",
    "Clip",
    "Concat",
    "DequantizeLinear",
    "Div",
    "Dropout",
    "Elu",
    "Erf",
    "Exp",
    "Gelu",
    "HardSigmoid",
    "HardSwish",
    "Identity",
    "LayerNormalization",
    "LeakyRelu",
    "Max",
    "Min",
    "Mish",
    "Mul",
    "Neg",
    "PRelu",
    "Pad",
    "Pow",
    "QuantizeLinear",
    "Reciprocal",
    "Relu",
    "Selu",
    "Sigmoid",
    "Slice",
    "Softplus",
    "Softsign",
    "Split",
    "Sqrt",
    "Sub",
    "Sum",
    "Swish",
    "Tanh",
];

/// Operations with weights that turn features into others.
const WEIGHTED: [&str; 8] = [
    "Conv",
    "ConvInteger",
    "ConvTranspose",
    "Gemm",
    "MatMul",
    "MatMulInteger",
    "QLinearConv",
    "QLinearMatMul",
];

/// Operations after a map that add nothing to it: the map before them is finer and says as much.
const SHRINKING: [&str; 5] = ["AveragePool", "Dropout", "Identity", "LpPool", "MaxPool"];

/// Every tensor that may be a spatial map and that an output needs, in the graph's order.
pub fn places(graph: &GraphProto, input: &str, layout: Layout) -> Vec<Place> {
    let needed = needed(graph);
    let mut layouts = HashMap::from([(input, layout)]);
    let mut depths = HashMap::from([(input, 0)]);
    let mut found = Vec::new();
    for node in &graph.node {
        let depth = node.input.iter().filter_map(|name| depths.get(name.as_str())).max();
        let Some(depth) = depth.map(|depth| depth + 1) else {
            continue;
        };
        depths.extend(node.output.iter().map(|name| (name.as_str(), depth)));
        let Some(layout) = layout_after(node, &layouts) else {
            continue;
        };
        for name in &node.output {
            layouts.insert(name, layout);
            if needed.contains(name.as_str()) {
                found.push(Place {
                    name: name.clone(),
                    layout,
                    depth,
                });
            }
        }
    }
    found
}

/// The map before what only shrinks the map `name`: VGG's last pool, for one.
pub fn before_shrinking<'a>(graph: &'a GraphProto, name: &'a str) -> &'a str {
    let mut at = name;
    while let Some(node) = graph.node.iter().find(|node| node.output.iter().any(|out| out == at))
        && SHRINKING.contains(&node.op_type())
        && let Some(input) = node.input.first()
    {
        at = input;
    }
    at
}

/// Operations with weights on the way from the picture to a tensor, and after it on the way to an output.
pub fn weighted(graph: &GraphProto, input: &str, name: &str) -> [usize; 2] {
    let needed = needed(graph);
    let (mut from_picture, mut after) = (HashSet::from([input]), HashSet::from([name]));
    let mut later = 0;
    for node in &graph.node {
        let reads = |of: &HashSet<&str>| node.input.iter().any(|name| of.contains(name.as_str()));
        let is_weighted = WEIGHTED.contains(&node.op_type()) && node.output.iter().any(|name| needed.contains(&**name));
        if reads(&from_picture) {
            from_picture.extend(node.output.iter().map(String::as_str));
        }
        if reads(&after) {
            after.extend(node.output.iter().map(String::as_str));
            later += usize::from(is_weighted);
        }
    }
    let mut before = HashSet::from([name]);
    let mut earlier = 0;
    for node in graph.node.iter().rev() {
        if node.output.iter().any(|name| before.contains(name.as_str())) {
            before.extend(node.input.iter().map(String::as_str));
            let is_of_picture = node.output.iter().any(|name| from_picture.contains(name.as_str()));
            earlier += usize::from(is_of_picture && WEIGHTED.contains(&node.op_type()));
        }
    }
    [earlier, later]
}

fn layout_after(node: &NodeProto, layouts: &HashMap<&str, Layout>) -> Option<Layout> {
    let given = node.input.iter().find_map(|name| layouts.get(name.as_str())).copied()?;
    match node.op_type() {
        op if CHANNELS_FIRST.contains(&op) => Some(Layout::ChannelsFirst),
        op if IN_PLACE.contains(&op) => Some(given),
        // A linear layer of each cell, where the channels come last.
        "MatMul" if given == Layout::ChannelsLast => Some(given),
        "Transpose" => match (given, order(node)) {
            (Layout::ChannelsFirst, [0, 2, 3, 1]) => Some(Layout::ChannelsLast),
            (Layout::ChannelsLast, [0, 3, 1, 2]) => Some(Layout::ChannelsFirst),
            _ => None,
        },
        _ => None,
    }
}

fn order(node: &NodeProto) -> &[i64] {
    let is_order = |attribute: &&AttributeProto| attribute.name() == "perm";
    node.attribute
        .iter()
        .find(is_order)
        .map_or(&[], |order| order.ints.as_slice())
}

/// The tensors that the graph's outputs need.
fn needed(graph: &GraphProto) -> HashSet<&str> {
    let mut needed: HashSet<&str> = graph.output.iter().map(|output| output.name()).collect();
    for node in graph.node.iter().rev() {
        if node.output.iter().any(|name| needed.contains(name.as_str())) {
            needed.extend(node.input.iter().map(String::as_str));
        }
    }
    needed
}
