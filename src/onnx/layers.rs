//! The layers of neural nets, put together from ONNX's operations.
//!
//! Weights come by name, as [`GraphBuilder::initializer_f32`] and its sisters return it; their shapes are checked here,
//! so that a wrong one is refused with the layer's name and not by ONNX Runtime with a node's number.

use super::{AttributeProto, GraphBuilder, OnnxError};

impl GraphBuilder {
    /// `x` [.., in] through `weight` [in, out] (as burn keeps it) plus `bias` of length out: [.., out].
    pub fn linear(&mut self, x: &str, weight: &str, bias: Option<&str>) -> String {
        self.expect("linear", weight, "a weight [in, out]", |shape| shape.len() == 2);
        let out = self.weight_shape(weight).and_then(|shape| shape.last().copied());
        let product = self.matmul(x, weight);
        match bias {
            Some(bias) => {
                self.expect_vector("linear", bias, out);
                self.add(&product, bias)
            }
            None => product,
        }
    }

    /// The rows of `table` [V, D] that `ids` (integers, [..]) name: [.., D].
    pub fn embedding(&mut self, ids: &str, table: &str) -> String {
        self.expect("embedding", table, "a table [ids, width]", |shape| shape.len() == 2);
        self.gather(table, ids, 0)
    }

    /// `LayerNormalization` of `x` [.., D] over its last dimension, with `scale` and `bias` of length D.
    pub fn layer_norm(&mut self, x: &str, scale: &str, bias: &str, epsilon: f32) -> String {
        self.expect("layer_norm", scale, "a scale [width]", |shape| shape.len() == 1);
        let width = self.weight_shape(scale).and_then(|shape| shape.first().copied());
        self.expect_vector("layer_norm", bias, width);
        let attributes = vec![
            AttributeProto::int("axis", -1),
            AttributeProto::float("epsilon", epsilon),
        ];
        self.node("LayerNormalization", &[x, scale, bias], attributes)
    }

    /// `x` [B, C, H, W] through `weight` [O, C, h, w] plus `bias` of length O, with one stride and one padding for both
    /// sides.
    pub fn conv2d(&mut self, x: &str, weight: &str, bias: Option<&str>, stride: i64, padding: i64) -> String {
        self.expect("conv2d", weight, "a weight [out, in, height, width]", |shape| {
            shape.len() == 4
        });
        let out = self.weight_shape(weight).and_then(|shape| shape.first().copied());
        if let Some(bias) = bias {
            self.expect_vector("conv2d", bias, out);
        }
        self.conv(x, weight, bias, [stride; 2], [padding; 4], 1)
    }

    /// The exact GELU, `x / 2 · (1 + erf(x / √2))`; opset 17 has no operation of that name.
    pub fn gelu(&mut self, x: &str) -> String {
        let (root, one, half) = (self.float(std::f32::consts::SQRT_2), self.float(1.0), self.float(0.5));
        let scaled = self.div(x, &root);
        let erf = self.erf(&scaled);
        let weight = self.add(&erf, &one);
        let halved = self.mul(x, &half);
        self.mul(&halved, &weight)
    }

    fn expect(&mut self, operation: &str, name: &str, expected: &str, fits: impl Fn(&[i64]) -> bool) {
        let Some(found) = self
            .weight_shape(name)
            .filter(|shape| !fits(shape))
            .map(<[i64]>::to_vec)
        else {
            return;
        };
        let (operation, name, expected) = (operation.to_owned(), name.to_owned(), expected.to_owned());
        self.refuse(OnnxError::Shape {
            operation,
            name,
            expected,
            found,
        });
    }

    fn expect_vector(&mut self, operation: &str, name: &str, length: Option<i64>) {
        let Some(length) = length else { return };
        self.expect(operation, name, &format!("a vector of {length}"), |shape| {
            shape == [length]
        });
    }
}
