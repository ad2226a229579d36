//! The frozen part of a classifier: its graph up to the last spatial map, found by reading it.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result, bail, ensure};
use hearsight::captioner::preprocess::Preprocessor;
use hearsight::onnx::{
    self, AttributeProto, DataType, Dimension, GraphProto, ModelProto, NodeProto, TensorShapeProto, TensorType,
    TypeProto, ValueInfoProto, keep_outputs,
};
use ndarray::{Array4, ArrayD};
use ort::value::TensorRef;

use super::layout::{Layout, Place, before_shrinking, places, weighted};
use super::{MapShape, external, opset, session};

/// The input of what is cut out: `[batch, 3, height, width]`.
pub const PIXELS: &str = "pixel_values";
/// The output of what is cut out: `[batch, channels, rows, columns]`.
pub const MAP: &str = "feature_map";
/// What the classifier's own names begin with afterwards, so that they can stand beside others.
const OWN: &str = "classifier.";
/// Pictures that a graph is tried with: more than one, because some files are bound to one.
const TRIED: usize = 2;
/// The largest share of the largest feature by which the cut may differ from the whole graph.
const TOLERANCE: f32 = 1e-4;

/// A classifier's graph up to a spatial map.
#[derive(Clone, Debug)]
pub struct Cut {
    /// [`PIXELS`] → [`MAP`], in the version of ONNX's operators in which our own graphs are written.
    pub model: ModelProto,
    /// The shape of the map.
    pub map: MapShape,
    /// What the map is called in the classifier's file.
    pub tensor: String,
}

impl Cut {
    /// Reads the classifier at `path` and cuts it, for pictures of the size that `preprocessor` makes.
    ///
    /// Without an `output` that names a tensor it is cut at an output called `feature_map` if there is one, else at the
    /// last spatial map: the tensor with more than one row and column and the most operations before it. Pools that
    /// come last are left out, because the map before them is finer and says as much: VGG16 gives 14×14×512, as Xu et
    /// al. 2015 used it, and its last pool's tensor can be named for the coarser 7×7×512.
    ///
    /// # Errors
    /// No ONNX file of one picture; no such map; operators that cannot be brought over; another result than the whole
    /// graph's on a picture.
    pub fn of(path: &Path, output: Option<&str>, preprocessor: &Preprocessor) -> Result<Self> {
        let size = preprocessor.size();
        Self::find(path, output, [size.height as usize, size.width as usize])
            .with_context(|| format!("{} cannot be cut at a spatial map", path.display()))
    }

    fn find(path: &Path, output: Option<&str>, size: [usize; 2]) -> Result<Self> {
        let mut model = onnx::open(path)?;
        external::bring_in(&mut model, path)?;
        let (input, layout) = picture(model.graph())?;
        let places = places(model.graph(), &input, layout);
        let pixels = picture_values(size);

        let mut shown = model.clone();
        if let Some(graph) = &mut shown.graph {
            graph.input = vec![value(&input, &dims(layout, size))];
            graph.output = places.iter().map(|place| untyped(&place.name)).collect();
        }
        keep_outputs(&mut shown, |_| true);
        let given = match layout {
            Layout::ChannelsFirst => pixels.clone(),
            Layout::ChannelsLast => pixels
                .view()
                .permuted_axes([0, 2, 3, 1])
                .as_standard_layout()
                .into_owned(),
        };
        let (place, map, whole) = {
            let mut session = session(&shown)?;
            drop(shown);
            let outputs = session
                .run(ort::inputs![input.as_str() => TensorRef::from_array_view(&given)?])
                .with_context(|| {
                    format!(
                        "it does not run on {TRIED} pictures of {}×{} pixels at once",
                        size[1], size[0]
                    )
                })?;
            let shape_of = |place: &Place| {
                let shape = outputs.get(&place.name)?.dtype().tensor_shape()?;
                map_shape(shape, place.layout)
            };
            let maps: HashMap<&str, (&Place, MapShape)> = places
                .iter()
                .filter_map(|place| Some((place.name.as_str(), (place, shape_of(place)?))))
                .collect();
            let (place, map) = choose(model.graph(), &input, output, &maps)?;
            let whole = outputs[place.name.as_str()]
                .try_extract_array::<f32>()
                .with_context(|| format!("its map {} is not of 32-bit floats", place.name))?
                .to_owned();
            (place.clone(), map, whole)
        };

        cut(&mut model, (&input, layout), &place, (map, size));
        opset::to_ours(&mut model)?;
        check(&model, &pixels, whole, place.layout)?;
        Ok(Self {
            model,
            map,
            tensor: place.name,
        })
    }
}

/// The one input that a picture goes into, and the order of its dimensions.
fn picture(graph: &GraphProto) -> Result<(String, Layout)> {
    let is_weight = |name: &str| graph.initializer.iter().any(|weight| weight.name() == name);
    let inputs: Vec<_> = graph.input.iter().filter(|input| !is_weight(input.name())).collect();
    let [input] = inputs.as_slice() else {
        bail!("it has {} inputs, not one for a picture", inputs.len());
    };
    let tensor = input.r#type.as_ref().and_then(|kind| kind.tensor_type.as_ref());
    let shape = tensor.and_then(|tensor| tensor.shape.as_ref());
    let dims: Vec<Option<i64>> = shape.map_or(Vec::new(), |shape| shape.dim.iter().map(|dim| dim.dim_value).collect());
    ensure!(
        tensor.is_some_and(|tensor| tensor.elem_type() == DataType::Float) && dims.len() == 4,
        "its input {} is not four-dimensional and of 32-bit floats, as pictures are",
        input.name()
    );
    let layout = match (dims[1], dims[3]) {
        (Some(3), _) | (None, None) => Layout::ChannelsFirst,
        (_, Some(3)) => Layout::ChannelsLast,
        (None, _) | (_, None) => Layout::ChannelsFirst,
        _ => bail!("its input {} has no dimension of three colours", input.name()),
    };
    Ok((input.name().to_owned(), layout))
}

/// What a tensor of this shape is as a map; none where it has a single row or column or is none.
fn map_shape(shape: &[i64], layout: Layout) -> Option<MapShape> {
    let sizes: Vec<usize> = shape.iter().map(|&size| usize::try_from(size).unwrap_or(0)).collect();
    let (channels, rows, columns) = match (sizes.as_slice(), layout) {
        (&[TRIED, channels, rows, columns], Layout::ChannelsFirst) => (channels, rows, columns),
        (&[TRIED, rows, columns, channels], Layout::ChannelsLast) => (channels, rows, columns),
        _ => return None,
    };
    (channels > 0 && rows > 1 && columns > 1).then_some(MapShape {
        channels,
        rows,
        columns,
    })
}

fn choose<'a>(
    graph: &GraphProto,
    input: &str,
    output: Option<&str>,
    maps: &HashMap<&str, (&'a Place, MapShape)>,
) -> Result<(&'a Place, MapShape)> {
    if let Some(name) = output {
        let last = || {
            let mut all: Vec<_> = maps.values().collect();
            all.sort_by_key(|(place, _)| std::cmp::Reverse(place.depth));
            let names = all.iter().take(5).map(|(place, map)| format!("{} ({map})", place.name));
            names.collect::<Vec<_>>().join(", ")
        };
        let named = maps.get(name);
        return named
            .copied()
            .with_context(|| format!("it has no spatial map called {name}; its last ones are {}", last()));
    }
    let is_output = |name: &str| graph.output.iter().any(|output| output.name() == name);
    if let Some(&told) = maps.get(MAP).filter(|_| is_output(MAP)) {
        return Ok(told);
    }
    let deepest = maps
        .values()
        .max_by(|a, b| (a.0.depth, &a.0.name).cmp(&(b.0.depth, &b.0.name)));
    let deepest = deepest.context("it has no tensor with rows and columns, so that there is nothing to look at")?;
    let chosen = maps.get(before_shrinking(graph, &deepest.0.name)).unwrap_or(deepest);
    let [before, after] = weighted(graph, input, &chosen.0.name);
    ensure!(
        before >= after,
        "its last spatial map, {}, stands at its beginning: {before} layers come before it and {after} after, as in a \
         transformer; name another tensor, or take a convolutional net",
        chosen.0.name
    );
    Ok(*chosen)
}

/// Leaves [`PIXELS`] → [`MAP`] of a graph, with names of its own for all between.
fn cut(model: &mut ModelProto, (input, given): (&str, Layout), place: &Place, (map, size): (MapShape, [usize; 2])) {
    let Some(graph) = &mut model.graph else { return };
    graph.output = vec![untyped(&place.name)];
    keep_outputs(model, |_| true);
    let Some(graph) = &mut model.graph else { return };
    let mut own = |name: &mut String| {
        if !name.is_empty() {
            name.insert_str(0, OWN);
        }
    };
    for node in &mut graph.node {
        node.input.iter_mut().chain(&mut node.output).for_each(&mut own);
        node.name = None;
        node.doc_string = None;
    }
    graph
        .initializer
        .iter_mut()
        .filter_map(|weight| weight.name.as_mut())
        .for_each(own);
    let first = turn(PIXELS, &format!("{OWN}{input}"), given, [0, 2, 3, 1]);
    let last = turn(&format!("{OWN}{}", place.name), MAP, place.layout, [0, 3, 1, 2]);
    graph.node.insert(0, first);
    graph.node.push(last);
    graph.input = vec![value(PIXELS, &dims(Layout::ChannelsFirst, size))];
    graph.output = vec![value(
        MAP,
        &[None, Some(map.channels), Some(map.rows), Some(map.columns)],
    )];
    graph.value_info.clear();
    graph.doc_string = None;
    model.doc_string = None;
    model.metadata_props.clear();
}

/// Whether what was cut out says on a picture what the whole graph says.
fn check(model: &ModelProto, pixels: &Array4<f32>, whole: ArrayD<f32>, layout: Layout) -> Result<()> {
    let whole = match layout {
        Layout::ChannelsFirst => whole,
        Layout::ChannelsLast => whole.permuted_axes(vec![0, 3, 1, 2]),
    };
    let mut session = session(model).context("it has operations that cannot be brought to opset 17: export it so")?;
    let outputs = session.run(ort::inputs![PIXELS => TensorRef::from_array_view(pixels)?])?;
    let found = outputs[MAP].try_extract_array::<f32>()?;
    ensure!(
        found.shape() == whole.shape(),
        "its map has another shape when it is cut"
    );
    let largest = |values: ArrayD<f32>| values.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
    let difference = largest(&found - &whole);
    ensure!(
        difference <= TOLERANCE * largest(whole).max(1.0),
        "its map differs by {difference} when it is cut and brought to opset 17: export it so"
    );
    Ok(())
}

/// Values as varied as a photo's, the same each time.
fn picture_values([height, width]: [usize; 2]) -> Array4<f32> {
    Array4::from_shape_fn([TRIED, 3, height, width], |(picture, channel, row, column)| {
        let place = picture * 31 + channel * 17 + row * 7 + column * 3 + row * column % 11;
        (place % 101) as f32 / 50.0 - 1.0
    })
}

fn turn(from: &str, to: &str, layout: Layout, order: [i64; 4]) -> NodeProto {
    let (op, attribute) = match layout {
        Layout::ChannelsFirst => ("Identity", Vec::new()),
        Layout::ChannelsLast => ("Transpose", vec![AttributeProto::ints("perm", &order)]),
    };
    NodeProto {
        input: vec![from.to_owned()],
        output: vec![to.to_owned()],
        op_type: Some(op.to_owned()),
        attribute,
        ..NodeProto::default()
    }
}

fn dims(layout: Layout, [height, width]: [usize; 2]) -> [Option<usize>; 4] {
    match layout {
        Layout::ChannelsFirst => [None, Some(3), Some(height), Some(width)],
        Layout::ChannelsLast => [None, Some(height), Some(width), Some(3)],
    }
}

fn untyped(name: &str) -> ValueInfoProto {
    ValueInfoProto {
        name: Some(name.to_owned()),
        ..ValueInfoProto::default()
    }
}

/// A tensor of 32-bit floats; an open dimension is the batch.
fn value(name: &str, dims: &[Option<usize>]) -> ValueInfoProto {
    let dim = dims
        .iter()
        .map(|size| Dimension {
            dim_value: size.map(|size| size as i64),
            dim_param: size.is_none().then(|| "batch".to_owned()),
            denotation: None,
        })
        .collect();
    let tensor_type = TensorType {
        elem_type: Some(DataType::Float.into()),
        shape: Some(TensorShapeProto { dim }),
    };
    ValueInfoProto {
        r#type: Some(TypeProto {
            tensor_type: Some(tensor_type),
            denotation: None,
        }),
        ..untyped(name)
    }
}
