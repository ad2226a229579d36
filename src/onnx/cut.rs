//! A graph cut in two by data flow: what only some of its inputs decide, and the rest.
//!
//! A decoder that is run once a word is given the same photo each time. What depends on that photo alone is found by
//! following the data, whatever the operations and tensors are called; cut out, it needs to be run once.

use std::collections::{HashMap, HashSet};

use super::{
    AttributeProto, DataType, GraphProto, ModelProto, NodeProto, TensorProto, TensorType, TypeProto, ValueInfoProto,
};

/// Where a graph can be cut; made by [`Seam::find`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seam {
    /// The tensors that the first part computes and the second takes, in the order in which they are computed.
    pub between: Vec<String>,
    /// Places of the operations of the first part, in order; constants may belong to both.
    once: Vec<usize>,
    /// Places of the operations of the second part.
    each: Vec<usize>,
}

/// The two parts of a graph.
#[derive(Clone, Debug, PartialEq)]
pub struct Halves {
    /// What the fixed inputs decide; its outputs are the tensors between.
    pub once: ModelProto,
    /// The rest: the graph's outputs from its other inputs and the tensors between, which are inputs here, as 32-bit
    /// floats.
    pub each: ModelProto,
}

/// What decides a tensor's values, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Decided {
    /// Nothing that is fed.
    Constant,
    /// The shapes of fixed inputs, and not their values.
    Shape,
    /// Fixed inputs.
    Fixed,
    /// An input that changes, or chance.
    Changing,
}

/// Operations that only move values: to have them run once is not worth a cut.
const MOVES: [&str; 17] = [
    "Cast",
    "Concat",
    "Constant",
    "ConstantOfShape",
    "Expand",
    "Flatten",
    "Gather",
    "Identity",
    "Reshape",
    "Shape",
    "Size",
    "Slice",
    "Split",
    "Squeeze",
    "Tile",
    "Transpose",
    "Unsqueeze",
];

/// Operations whose result is another one each time.
const CHANCE: [&str; 6] = [
    "Bernoulli",
    "Multinomial",
    "RandomNormal",
    "RandomNormalLike",
    "RandomUniform",
    "RandomUniformLike",
];

impl Seam {
    /// Finds where to cut what the inputs `fixed` decide from the rest.
    ///
    /// What depends on their shapes alone stays in the rest: it is a few numbers, and there it fits as many rows as are
    /// fed. Tensors of `kept` are not handed over but computed in the rest. None where nothing is to be gained: the
    /// inputs decide no arithmetic, or only such inside branches; a graph with functions of its own is left whole too.
    pub fn find(model: &ModelProto, fixed: &[String], kept: &HashSet<String>) -> Option<Self> {
        if !model.functions.is_empty() {
            return None;
        }
        let graph = model.graph.as_ref()?;
        let decided = decided(graph, fixed, kept);
        let of = |name: &str| decided.get(name).copied().unwrap_or(Decided::Changing);

        // Backwards from the outputs: an operation is met after all that need it.
        let mut needed: HashSet<String> = graph.output.iter().filter_map(|output| output.name.clone()).collect();
        let (mut each, mut handed) = (Vec::new(), HashSet::new());
        for (place, node) in graph.node.iter().enumerate().rev() {
            if !node.output.iter().any(|name| needed.contains(name)) {
                continue;
            }
            if node.output.iter().any(|name| of(name) == Decided::Fixed) {
                handed.extend(node.output.iter().filter(|name| needed.contains(*name)).cloned());
                continue;
            }
            each.push(place);
            needed.extend(reads(node));
        }
        each.reverse();

        let (mut needed, mut once) = (handed.clone(), Vec::new());
        for (place, node) in graph.node.iter().enumerate().rev() {
            if node.output.iter().any(|name| needed.contains(name)) {
                once.push(place);
                needed.extend(reads(node));
            }
        }
        once.reverse();

        let computes = |node: &NodeProto| {
            !MOVES.contains(&node.op_type()) && node.output.iter().any(|name| of(name) == Decided::Fixed)
        };
        if !once.iter().any(|&place| computes(&graph.node[place])) {
            return None;
        }
        let outputs = once.iter().flat_map(|&place| &graph.node[place].output);
        let between = outputs.filter(|name| handed.contains(*name)).cloned().collect();
        Some(Self { between, once, each })
    }

    /// Cuts the graph that the seam was found in.
    pub fn cut(&self, mut model: ModelProto) -> Halves {
        let graph = model.graph.take().unwrap_or_default();
        let typed: HashMap<&str, &ValueInfoProto> =
            graph.value_info.iter().map(|value| (value.name(), value)).collect();
        let ends = |float: bool| {
            let end = |name: &String| {
                typed
                    .get(name.as_str())
                    .map_or_else(|| untyped(name, float), |value| (*value).clone())
            };
            self.between.iter().map(end).collect::<Vec<_>>()
        };
        let (mut once, mut each) = (GraphProto::default(), GraphProto::default());
        once.name = Some(format!("{} once", graph.name()));
        each.name.clone_from(&graph.name);
        once.output = ends(false);
        each.output.clone_from(&graph.output);
        for (half, places) in [(&mut once, &self.once), (&mut each, &self.each)] {
            half.node = places.iter().map(|&place| graph.node[place].clone()).collect();
        }
        let read_once: HashSet<String> = once.node.iter().flat_map(reads).collect();
        let mut read_each: HashSet<String> = each.node.iter().flat_map(reads).collect();
        // A graph may give out what it is given.
        read_each.extend(graph.output.iter().filter_map(|output| output.name.clone()));
        let constants: HashSet<&str> = graph.initializer.iter().map(TensorProto::name).collect();
        let is_fed_once = |input: &&ValueInfoProto| read_once.contains(input.name());
        // What changes stays an input, read or not: the steps feed it.
        let is_fed = |input: &&ValueInfoProto| {
            let is_spared = constants.contains(input.name()) || is_fed_once(input);
            read_each.contains(input.name()) || !is_spared
        };
        once.input = graph.input.iter().filter(is_fed_once).cloned().collect();
        each.input = graph.input.iter().filter(is_fed).cloned().collect();
        each.input.extend(ends(true));
        for weight in graph.initializer {
            match (read_once.contains(weight.name()), read_each.contains(weight.name())) {
                (true, true) => {
                    once.initializer.push(weight.clone());
                    each.initializer.push(weight);
                }
                (true, false) => once.initializer.push(weight),
                (false, true) => each.initializer.push(weight),
                (false, false) => {}
            }
        }
        let with = |graph| ModelProto {
            graph: Some(graph),
            ..model.clone()
        };
        Halves {
            once: with(once),
            each: with(each),
        }
    }
}

/// What decides each tensor of a graph.
fn decided(graph: &GraphProto, fixed: &[String], kept: &HashSet<String>) -> HashMap<String, Decided> {
    let mut decided = HashMap::new();
    for input in &graph.input {
        let is_fixed = fixed.iter().any(|name| name == input.name());
        let by = if is_fixed { Decided::Fixed } else { Decided::Changing };
        decided.insert(input.name().to_owned(), by);
    }
    // In older files weights are listed as inputs too, which nobody feeds.
    for weight in &graph.initializer {
        decided.insert(weight.name().to_owned(), Decided::Constant);
    }
    let outputs: HashSet<&str> = graph.output.iter().map(ValueInfoProto::name).collect();
    for node in &graph.node {
        let strongest = reads(node)
            .iter()
            .map(|name| decided.get(name).copied().unwrap_or(Decided::Changing))
            .max();
        let by = match strongest.unwrap_or(Decided::Constant) {
            _ if CHANCE.contains(&node.op_type()) => Decided::Changing,
            Decided::Fixed if matches!(node.op_type(), "Shape" | "Size") => Decided::Shape,
            // An output of the graph stays one, and so does what is not to be handed over.
            Decided::Fixed
                if node
                    .output
                    .iter()
                    .any(|name| outputs.contains(name.as_str()) || kept.contains(name)) =>
            {
                Decided::Changing
            }
            by => by,
        };
        for name in &node.output {
            decided.insert(name.clone(), by);
        }
    }
    decided
}

/// The names that an operation reads, those that its branches take from around them included.
pub(super) fn reads(node: &NodeProto) -> Vec<String> {
    let mut names: Vec<String> = node.input.iter().filter(|name| !name.is_empty()).cloned().collect();
    for branch in node.attribute.iter().flat_map(branches) {
        names.extend(captured(branch));
    }
    names
}

fn branches(attribute: &AttributeProto) -> impl Iterator<Item = &GraphProto> {
    attribute.g.iter().chain(&attribute.graphs)
}

/// The names that a branch reads and does not write itself.
fn captured(branch: &GraphProto) -> Vec<String> {
    let mut own: HashSet<&str> = branch.input.iter().map(ValueInfoProto::name).collect();
    own.extend(branch.initializer.iter().map(TensorProto::name));
    own.extend(branch.node.iter().flat_map(|node| &node.output).map(String::as_str));
    let given = branch.output.iter().filter_map(|output| output.name.clone());
    let names = branch.node.iter().flat_map(reads).chain(given);
    names.filter(|name| !own.contains(name.as_str())).collect()
}

/// An end without a known shape: the runtime infers what an output is, but has to be told of an input.
fn untyped(name: &str, float: bool) -> ValueInfoProto {
    let tensor_type = TensorType {
        elem_type: Some(DataType::Float.into()),
        shape: None,
    };
    ValueInfoProto {
        name: Some(name.to_owned()),
        r#type: float.then_some(TypeProto {
            tensor_type: Some(tensor_type),
            denotation: None,
        }),
        ..ValueInfoProto::default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::onnx::{Dim, GraphBuilder};

    const SHAPE: [Dim<'static>; 2] = [Dim::Named("rows"), Dim::Fixed(2)];

    /// A graph of the inputs `photo` and `word` that gives out the tensor that `write` returns.
    fn graph(write: impl Fn(&mut GraphBuilder) -> String) -> ModelProto {
        let mut g = GraphBuilder::new("decoder");
        g.input("photo", DataType::Float, &SHAPE);
        g.input("word", DataType::Float, &SHAPE);
        g.initializer_f32("keys", &[2, 2], &[1.0, 2.0, 3.0, 4.0]);
        let out = write(&mut g);
        g.output("out", &out, DataType::Float, &SHAPE);
        g.finish().unwrap()
    }

    fn seam(model: &ModelProto, kept: &[&str]) -> Option<Seam> {
        Seam::find(
            model,
            &["photo".to_owned()],
            &kept.iter().map(|name| (*name).to_owned()).collect(),
        )
    }

    fn operations(model: &ModelProto) -> Vec<&str> {
        model.graph().node.iter().map(NodeProto::op_type).collect()
    }

    fn names(values: &[ValueInfoProto]) -> Vec<&str> {
        values.iter().map(ValueInfoProto::name).collect()
    }

    #[test]
    fn what_the_photo_decides_is_cut_out_with_its_weights() {
        let model = graph(|g| {
            let keys = g.matmul("photo", "keys");
            let turned = g.transpose(&keys, &[1, 0]);
            g.matmul("word", &turned)
        });
        let found = seam(&model, &[]).unwrap();
        assert_eq!(found.between, ["Transpose_0"]);
        let Halves { once, each } = found.cut(model);
        assert_eq!(operations(&once), ["MatMul", "Transpose"]);
        assert_eq!(operations(&each), ["MatMul", "Identity"]);
        assert_eq!(
            (names(&once.graph().input), names(&once.graph().output)),
            (vec!["photo"], vec!["Transpose_0"])
        );
        assert_eq!(
            (names(&each.graph().input), names(&each.graph().output)),
            (vec!["word", "Transpose_0"], vec!["out"])
        );
        assert_eq!((once.graph().initializer.len(), each.graph().initializer.len()), (1, 0));
        assert_eq!(once.opset_import, each.opset_import);
    }

    #[test]
    fn the_arithmetic_of_shapes_stays_with_the_words() {
        let model = graph(|g| {
            let rows = g.dim("photo", 0);
            let two = g.ints(&[2]);
            let shape = g.concat(&[&rows, &two], 0);
            let keys = g.matmul("photo", "keys");
            let summed = g.add("word", &keys);
            g.expand(&summed, &shape)
        });
        let found = seam(&model, &[]).unwrap();
        assert_eq!(found.between, ["MatMul_0"]);
        let each = found.cut(model).each;
        assert_eq!(operations(&each), ["Shape", "Concat", "Add", "Expand", "Identity"]);
        // The shape is still the photo's own.
        assert_eq!(names(&each.graph().input), ["photo", "word", "MatMul_0"]);
    }

    #[test]
    fn where_nothing_is_to_be_gained_the_graph_stays_whole() {
        let moved = graph(|g| {
            let turned = g.transpose("photo", &[1, 0]);
            g.matmul("word", &turned)
        });
        let mixed = graph(|g| {
            let both = g.add("photo", "word");
            g.matmul(&both, "keys")
        });
        assert_eq!((seam(&moved, &[]), seam(&mixed, &[])), (None, None));
    }

    #[test]
    fn chance_is_asked_each_time_and_outputs_stay_outputs() {
        let chance = graph(|g| {
            let noise = g.node("RandomNormalLike", &["photo"], Vec::new());
            let keys = g.matmul(&noise, "keys");
            g.add("word", &keys)
        });
        assert_eq!(seam(&chance, &[]), None);
        let given_out = graph(|g| g.matmul("photo", "keys"));
        let halves = seam(&given_out, &[]).unwrap().cut(given_out);
        assert_eq!(
            (operations(&halves.once), operations(&halves.each)),
            (vec!["MatMul"], vec!["Identity"])
        );
    }

    #[test]
    fn what_is_not_to_be_handed_over_is_computed_with_the_words_from_what_is() {
        let model = graph(|g| {
            let keys = g.matmul("photo", "keys");
            let large = g.exp(&keys);
            g.add("word", &large)
        });
        let found = seam(&model, &["Exp_0"]).unwrap();
        assert_eq!(found.between, ["MatMul_0"]);
        assert_eq!(operations(&found.cut(model).each), ["Exp", "Add", "Identity"]);
    }

    #[test]
    fn a_branch_takes_what_is_handed_over_and_nothing_is_cut_inside_of_it() {
        let branch = |name: &str| {
            let node = NodeProto {
                input: vec!["MatMul_0".to_owned(), "keys".to_owned()],
                output: vec![name.to_owned()],
                op_type: Some("MatMul".to_owned()),
                ..NodeProto::default()
            };
            GraphProto {
                node: vec![node],
                output: vec![untyped(name, false)],
                ..GraphProto::default()
            }
        };
        let model = graph(|g| {
            g.matmul("photo", "keys");
            let condition = g.cast("word", DataType::Bool);
            let branches = vec![
                AttributeProto::graph("then_branch", branch("then")),
                AttributeProto::graph("else_branch", branch("else")),
            ];
            g.node("If", &[&condition], branches)
        });
        let found = seam(&model, &[]).unwrap();
        assert_eq!(found.between, ["MatMul_0"]);
        let halves = found.cut(model);
        assert_eq!(operations(&halves.each), ["Cast", "If", "Identity"]);
        assert_eq!(names(&halves.each.graph().input), ["word", "MatMul_0"]);
        // The branches read the weight too.
        assert_eq!(
            (
                halves.once.graph().initializer.len(),
                halves.each.graph().initializer.len()
            ),
            (1, 1)
        );
    }
}
