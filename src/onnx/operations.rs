//! ONNX's own operations, under their names; <https://onnx.ai/onnx/operators/> says what each does at opset 17.

use super::{AttributeProto, DataType, GraphBuilder};

/// Operations of one tensor without attributes.
macro_rules! unary {
    ($($method:ident $op:literal),* $(,)?) => {
        impl GraphBuilder {
            $(
                #[doc = concat!("`", $op, "` of `x`.")]
                pub fn $method(&mut self, x: &str) -> String {
                    self.node($op, &[x], Vec::new())
                }
            )*
        }
    };
}

/// Operations of two tensors without attributes.
macro_rules! binary {
    ($($method:ident $op:literal),* $(,)?) => {
        impl GraphBuilder {
            $(
                #[doc = concat!("`", $op, "` of `a` and `b`, broadcast as ONNX does.")]
                pub fn $method(&mut self, a: &str, b: &str) -> String {
                    self.node($op, &[a, b], Vec::new())
                }
            )*
        }
    };
}

unary! {
    relu "Relu", sigmoid "Sigmoid", tanh "Tanh", erf "Erf", exp "Exp", sqrt "Sqrt", identity "Identity",
    global_average_pool "GlobalAveragePool", shape "Shape",
}

binary! {
    add "Add", sub "Sub", mul "Mul", div "Div", matmul "MatMul", greater_or_equal "GreaterOrEqual", equal "Equal",
}

impl GraphBuilder {
    /// `LeakyRelu`: `x` where it is positive, `alpha * x` elsewhere.
    pub fn leaky_relu(&mut self, x: &str, alpha: f32) -> String {
        self.node("LeakyRelu", &[x], vec![AttributeProto::float("alpha", alpha)])
    }

    /// `Softmax` along `axis`.
    pub fn softmax(&mut self, x: &str, axis: i64) -> String {
        self.node("Softmax", &[x], vec![AttributeProto::int("axis", axis)])
    }

    /// `LogSoftmax` along `axis`.
    pub fn log_softmax(&mut self, x: &str, axis: i64) -> String {
        self.node("LogSoftmax", &[x], vec![AttributeProto::int("axis", axis)])
    }

    /// `Conv` of `x` [B, C, H, W] with `weight` [O, C / group, h, w] and perhaps a `bias` of length O; `pads`
    /// are top, left, bottom, right.
    pub fn conv(
        &mut self,
        x: &str,
        weight: &str,
        bias: Option<&str>,
        strides: [i64; 2],
        pads: [i64; 4],
        group: i64,
    ) -> String {
        let attributes = vec![
            AttributeProto::ints("strides", &strides),
            AttributeProto::ints("pads", &pads),
            AttributeProto::int("group", group),
        ];
        match bias {
            Some(bias) => self.node("Conv", &[x, weight, bias], attributes),
            None => self.node("Conv", &[x, weight], attributes),
        }
    }

    /// `ReduceMean` over `axes`; the reduced dimensions stay as 1 where `keep_dims` is set.
    pub fn reduce_mean(&mut self, x: &str, axes: &[i64], keep_dims: bool) -> String {
        let attributes = vec![
            AttributeProto::ints("axes", axes),
            AttributeProto::int("keepdims", keep_dims.into()),
        ];
        self.node("ReduceMean", &[x], attributes)
    }

    /// `ReduceSum` over `axes`; the reduced dimensions stay as 1 where `keep_dims` is set.
    pub fn reduce_sum(&mut self, x: &str, axes: &[i64], keep_dims: bool) -> String {
        let axes = self.ints(axes);
        self.node(
            "ReduceSum",
            &[x, &axes],
            vec![AttributeProto::int("keepdims", keep_dims.into())],
        )
    }

    /// `Reshape` to `shape`: 0 keeps a dimension, one −1 takes what is left.
    pub fn reshape(&mut self, x: &str, shape: &[i64]) -> String {
        let shape = self.ints(shape);
        self.node("Reshape", &[x, &shape], Vec::new())
    }

    /// `Transpose`: dimension `i` of the result is dimension `order[i]` of `x`.
    pub fn transpose(&mut self, x: &str, order: &[i64]) -> String {
        self.node("Transpose", &[x], vec![AttributeProto::ints("perm", order)])
    }

    /// `Concat` along `axis`.
    pub fn concat(&mut self, tensors: &[&str], axis: i64) -> String {
        self.node("Concat", tensors, vec![AttributeProto::int("axis", axis)])
    }

    /// `Slice` from `start` up to, and without, `end` along `axis`; negative numbers count from the end.
    pub fn slice(&mut self, x: &str, axis: i64, start: i64, end: i64) -> String {
        let (start, end, axis) = (self.ints(&[start]), self.ints(&[end]), self.ints(&[axis]));
        self.node("Slice", &[x, &start, &end, &axis], Vec::new())
    }

    /// `Gather`: the entries of `x` along `axis` that the tensor `indices` names.
    pub fn gather(&mut self, x: &str, indices: &str, axis: i64) -> String {
        self.node("Gather", &[x, indices], vec![AttributeProto::int("axis", axis)])
    }

    /// The size of one dimension of `x` as a vector of length 1, ready to be joined to a shape: a `Shape` cut to
    /// `axis`.
    pub fn dim(&mut self, x: &str, axis: i64) -> String {
        let mut attributes = vec![AttributeProto::int("start", axis)];
        // −1 + 1 would name the first dimension, not the end.
        if axis != -1 {
            attributes.push(AttributeProto::int("end", axis + 1));
        }
        self.node("Shape", &[x], attributes)
    }

    /// `Unsqueeze`: new dimensions of size 1 at `axes` of the result.
    pub fn unsqueeze(&mut self, x: &str, axes: &[i64]) -> String {
        let axes = self.ints(axes);
        self.node("Unsqueeze", &[x, &axes], Vec::new())
    }

    /// `Squeeze`: without the dimensions `axes`, which are of size 1.
    pub fn squeeze(&mut self, x: &str, axes: &[i64]) -> String {
        let axes = self.ints(axes);
        self.node("Squeeze", &[x, &axes], Vec::new())
    }

    /// `Where`: from `then` where `condition` holds, else from `otherwise`.
    pub fn where_(&mut self, condition: &str, then: &str, otherwise: &str) -> String {
        self.node("Where", &[condition, then, otherwise], Vec::new())
    }

    /// `Range`: from `start` up to, and without, `limit`, `delta` apart; all three are scalar tensors.
    pub fn range(&mut self, start: &str, limit: &str, delta: &str) -> String {
        self.node("Range", &[start, limit, delta], Vec::new())
    }

    /// `Cast` to another element type.
    pub fn cast(&mut self, x: &str, to: DataType) -> String {
        self.node("Cast", &[x], vec![AttributeProto::int("to", i32::from(to).into())])
    }

    /// `Expand` to the shape that the tensor `shape` holds.
    pub fn expand(&mut self, x: &str, shape: &str) -> String {
        self.node("Expand", &[x, shape], Vec::new())
    }

    /// `Split` along `axis` into pieces of the given sizes.
    pub fn split(&mut self, x: &str, axis: i64, sizes: &[i64]) -> Vec<String> {
        let outputs: Vec<String> = sizes.iter().map(|_| self.fresh_name("Split")).collect();
        let sizes = self.ints(sizes);
        let names: Vec<&str> = outputs.iter().map(String::as_str).collect();
        self.named_node("Split", &[x, &sizes], &names, vec![AttributeProto::int("axis", axis)]);
        outputs
    }
}
