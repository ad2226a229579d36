//! Weights as integers: a byte each, with a scale for each output channel, and products of them with what is rounded to
//! bytes as it comes (dynamic quantisation).
//!
//! A product is `DynamicQuantizeLinear`, `MatMulInteger` and the two scales, which ONNX Runtime takes together into one
//! operation. Its bytes are unsigned with 128 for nothing: signed ones are faster still where the processor multiplies
//! bytes (VNNI), but where it does not, pairs of products of signed and unsigned bytes are cut off at 16 bits. The weights
//! of convolutions and of tables are only kept as bytes and widened once, when the model is loaded: `ConvInteger` takes four
//! times as long as `Conv`.
//!
//! What comes in is rounded with one scale for all rows of a run, so that what is said of a photo would depend a little on
//! the photos beside it: the app finds that out by itself and describes such a model's photos one by one.

use hearsight::onnx::DataType;

use super::weights::GraphWriter;

/// A product with fewer rows or columns of weights is no faster in integers.
pub const WORTH_INTEGERS: usize = 16;

/// What stands for nothing.
const MIDDLE: u8 = 128;

/// Rounded weights.
#[derive(Clone, Debug, PartialEq)]
pub struct Integers {
    /// `value / scale + 128`, rounded: 1 to 255.
    pub bytes: Vec<u8>,
    /// Of each output channel.
    pub scales: Vec<f32>,
    by_rows: bool,
}

impl Integers {
    /// A scale for each of the `channels` equal parts of the values, one after the other.
    pub fn rows(values: &[f32], channels: usize) -> Self {
        let part = values.len() / channels.max(1);
        Self::of(values, channels, |at| at / part.max(1), true)
    }

    /// A scale for each of the `channels` columns.
    pub fn columns(values: &[f32], channels: usize) -> Self {
        Self::of(values, channels, |at| at % channels.max(1), false)
    }

    fn of(values: &[f32], channels: usize, channel: impl Fn(usize) -> usize, by_rows: bool) -> Self {
        let mut scales = vec![0.0f32; channels];
        for (at, value) in values.iter().enumerate() {
            let scale = &mut scales[channel(at)];
            *scale = scale.max(value.abs() / 127.0);
        }
        // A channel of zeros stays one.
        scales
            .iter_mut()
            .filter(|scale| **scale == 0.0)
            .for_each(|scale| *scale = 1.0);
        let round = |(at, value): (usize, &f32)| {
            let steps = (value / scales[channel(at)]).round().clamp(-127.0, 127.0);
            (f32::from(MIDDLE) + steps) as u8
        };
        Self {
            bytes: values.iter().enumerate().map(round).collect(),
            scales,
            by_rows,
        }
    }

    /// The values that the bytes stand for.
    pub fn values(&self) -> Vec<f32> {
        let channels = self.scales.len().max(1);
        let part = (self.bytes.len() / channels).max(1);
        let scale = |at: usize| self.scales[if self.by_rows { at / part } else { at % channels }];
        let value = |(at, byte): (usize, &u8)| (f32::from(*byte) - f32::from(MIDDLE)) * scale(at);
        self.bytes.iter().enumerate().map(value).collect()
    }

    /// Writes them into a graph, in this shape.
    pub(super) fn keep(&self, g: &mut GraphWriter, name: &str, shape: &[i64]) -> Kept {
        let channels = self.scales.len() as i64;
        let scales = g
            .graph
            .initializer_f32(&format!("{name}.scale"), &[channels], &self.scales);
        let axis = if self.by_rows { 0 } else { shape.len() - 1 };
        Kept {
            bytes: g.graph.initializer_u8(name, shape, &self.bytes),
            scales,
            others: (0..shape.len())
                .filter(|&dim| dim != axis)
                .map(|dim| dim as i64)
                .collect(),
        }
    }
}

/// Rounded weights in a graph.
pub(super) struct Kept {
    bytes: String,
    scales: String,
    /// The dimensions along which the scale is the same.
    others: Vec<i64>,
}

impl Kept {
    /// The weights as float32, for operations that have no integers.
    pub(super) fn widen(&self, g: &mut GraphWriter) -> String {
        let floats = g.graph.cast(&self.bytes, DataType::Float);
        let middle = g.graph.float(f32::from(MIDDLE));
        let steps = g.graph.sub(&floats, &middle);
        let scales = g.graph.unsqueeze(&self.scales, &self.others);
        g.graph.mul(&steps, &scales)
    }

    /// `[rows, columns]` the other way round.
    pub(super) fn transposed(&self, g: &mut GraphWriter) -> Self {
        Self {
            bytes: g.graph.transpose(&self.bytes, &[1, 0]),
            scales: self.scales.clone(),
            others: vec![0],
        }
    }

    /// `x` `[.., in]` times these weights `[in, out]`, with a scale for each column.
    pub(super) fn multiply(&self, g: &mut GraphWriter, x: &str) -> String {
        let rounded = ["bytes", "scale", "zero"].map(|part| g.graph.fresh_name(&format!("rounded.{part}")));
        let names = rounded.each_ref().map(String::as_str);
        g.graph.named_node("DynamicQuantizeLinear", &[x], &names, Vec::new());
        let middle = g.graph.byte(MIDDLE);
        let [bytes, scale, zero] = names;
        let sums = g
            .graph
            .node("MatMulInteger", &[bytes, &self.bytes, zero, &middle], Vec::new());
        let sums = g.graph.cast(&sums, DataType::Float);
        let scales = g.graph.mul(scale, &self.scales);
        g.graph.mul(&sums, &scales)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use burn::tensor::{Device, Tensor};
    use hearsight::captioner::open_graph;
    use hearsight::onnx::{Dim, save};
    use ort::value::TensorRef;

    use super::*;
    use crate::export::weights::Precision;

    #[test]
    fn each_channel_is_rounded_by_its_own_largest_value() {
        let values = [127.0, -63.6, 0.0, 0.127, -0.0637, 0.0];
        let rows = Integers::rows(&values, 2);
        assert_eq!(rows.bytes, [255, 64, 128, 255, 64, 128]);
        let back = rows.values();
        assert!(
            (back[1] + 64.0).abs() < 1e-4 && (back[4] + 0.064).abs() < 1e-6,
            "{back:?}"
        );
        let columns = Integers::columns(&[2.54, 0.0, 0.01, 0.0], 2);
        assert_eq!(columns.bytes, [255, 128, 129, 128]);
        assert_eq!(columns.scales[1], 1.0, "a channel of zeros");
    }

    /// ONNX Runtime's product of integers against the formula, also where every product is as large as it can be: 16 bits
    /// would not hold the sum of two.
    #[test]
    fn a_product_of_integers_is_exact_on_every_processor() {
        let (from, to, rows) = (64usize, 32usize, 3usize);
        let device = Device::flex();
        let weights: Vec<f32> = (0..from * to)
            .map(|at| {
                if at % to == 0 {
                    0.5
                } else {
                    ((at * 37 % 101) as f32 - 50.0) / 70.0
                }
            })
            .collect();
        let x: Vec<f32> = (0..rows * from)
            .map(|at| if at < from { 3.0 } else { (at % 7) as f32 - 3.0 })
            .collect();
        let mut g = GraphWriter::new("product", Precision::Int8);
        let input = g
            .graph
            .input("x", DataType::Float, &[Dim::Named("rows"), Dim::Fixed(from as i64)]);
        let weight = Tensor::<1>::from_floats(weights.as_slice(), &device).reshape([from, to]);
        let y = g.product("weight", weight, &input).unwrap();
        g.graph
            .output("y", &y, DataType::Float, &[Dim::Named("rows"), Dim::Fixed(to as i64)]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("product.onnx");
        save(&g.graph.finish().unwrap(), &path).unwrap();
        let input = ndarray::Array2::from_shape_vec((rows, from), x.clone()).unwrap();
        let mut session = open_graph(&path).unwrap();
        let outputs = session
            .run(ort::inputs!["x" => TensorRef::from_array_view(&input).unwrap()])
            .unwrap();
        let found: Vec<f32> = outputs["y"]
            .try_extract_array::<f32>()
            .unwrap()
            .iter()
            .copied()
            .collect();

        // DynamicQuantizeLinear, as ONNX defines it.
        let (least, most) = x.iter().fold((0.0f32, 0.0f32), |(a, b), &v| (a.min(v), b.max(v)));
        let scale = (most - least) / 255.0;
        let zero = (-least / scale).round_ties_even();
        let steps = |v: f32| ((v / scale).round_ties_even() + zero).clamp(0.0, 255.0) - zero;
        let weights = Integers::columns(&weights, to);
        for row in 0..rows {
            for column in 0..to {
                let sum: f32 = (0..from)
                    .map(|k| steps(x[row * from + k]) * (f32::from(weights.bytes[k * to + column]) - 128.0))
                    .sum();
                let expected = sum * scale * weights.scales[column];
                let found = found[row * to + column];
                assert!(
                    (found - expected).abs() <= 1e-4 * expected.abs().max(1.0),
                    "{found} for {expected}"
                );
            }
        }
    }
}
