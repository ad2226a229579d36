//! Graphs of well-known image classifiers with random weights: every layer, stride and padding of the originals, with
//! inner widths divided by a number; what the last spatial map is made of has its true width.
//!
//! The widths are the originals' where the divisor is 1.

use hearsight::onnx::{AttributeProto, DataType, Dim, GraphBuilder, ModelProto};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// Which classifier.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    /// Szegedy et al. 2016, at 299×299.
    InceptionV3,
    /// Szegedy et al. 2015, with the heads beside the way that only its training needs.
    GoogLeNet,
    /// Tan and Le 2019.
    EfficientNetB3,
    /// He et al. 2016.
    ResNet101,
    /// Simonyan and Zisserman 2015.
    Vgg16,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 5] = [
        Self::InceptionV3,
        Self::GoogLeNet,
        Self::EfficientNetB3,
        Self::ResNet101,
        Self::Vgg16,
    ];

    /// Height and width of its pictures.
    pub fn side(self) -> usize {
        match self {
            Self::InceptionV3 => 299,
            _ => 224,
        }
    }

    /// Rows, columns and channels of its last spatial map.
    pub fn map(self) -> [usize; 3] {
        match self {
            Self::InceptionV3 => [8, 8, 2048],
            Self::GoogLeNet => [7, 7, 1024],
            Self::EfficientNetB3 => [7, 7, 1536],
            Self::ResNet101 => [7, 7, 2048],
            Self::Vgg16 => [14, 14, 512],
        }
    }

    /// Its graph.
    pub fn graph(self, divisor: usize) -> ModelProto {
        let side = self.side() as i64;
        let mut net = Net::new(divisor);
        let dims = [Dim::Named("N"), Dim::Fixed(3), Dim::Fixed(side), Dim::Fixed(side)];
        let pixels = net.g.input("input", DataType::Float, &dims);
        match self {
            Self::InceptionV3 => net.inception_v3(pixels),
            Self::GoogLeNet => net.googlenet(pixels),
            Self::EfficientNetB3 => net.efficientnet_b3(pixels),
            Self::ResNet101 => net.resnet101(pixels),
            Self::Vgg16 => net.vgg16(pixels),
        }
        net.g.finish().unwrap()
    }
}

/// A small classifier of pictures of this height and width: three convolutions with stride 2, so that its map has an eighth
/// of the picture's rows and columns and so many channels.
pub fn small_classifier(channels: usize, [height, width]: [i64; 2]) -> ModelProto {
    let mut net = Net::new(1);
    let dims = [Dim::Named("N"), Dim::Fixed(3), Dim::Fixed(height), Dim::Fixed(width)];
    let mut x = Map(net.g.input("data", DataType::Float, &dims), 3);
    for out in [8, 12, channels] {
        x = net.conv(&x, out, [3; 2], 2, [1; 2]);
    }
    net.classes(&x, "classes");
    net.g.finish().unwrap()
}

/// A graph being written, with random weights.
pub struct Net {
    /// The operations.
    pub g: GraphBuilder,
    rng: StdRng,
    weights: usize,
    divisor: usize,
}

/// A map being computed: its tensor and channels.
#[derive(Clone)]
pub struct Map(pub String, pub usize);

impl Net {
    /// An empty graph.
    pub fn new(divisor: usize) -> Self {
        Self {
            g: GraphBuilder::new("classifier"),
            rng: StdRng::seed_from_u64(11),
            weights: 0,
            divisor,
        }
    }

    fn inner(&self, channels: usize) -> usize {
        (channels / self.divisor).max(2)
    }

    /// Random weights that keep the size of what goes through them.
    fn weight(&mut self, shape: &[usize]) -> String {
        let fan: usize = shape[1..].iter().product();
        let bound = (6.0 / fan as f32).sqrt();
        let values: Vec<f32> = (0..shape.iter().product())
            .map(|_| self.rng.random_range(-bound..bound))
            .collect();
        let shape: Vec<i64> = shape.iter().map(|&size| size as i64).collect();
        self.weights += 1;
        self.g
            .initializer_f32(&format!("weight.{}", self.weights), &shape, &values)
    }

    fn vector(&mut self, length: usize, range: [f32; 2]) -> String {
        let values: Vec<f32> = (0..length).map(|_| self.rng.random_range(range[0]..range[1])).collect();
        self.weights += 1;
        self.g
            .initializer_f32(&format!("vector.{}", self.weights), &[length as i64], &values)
    }

    fn convolve(&mut self, x: &Map, out: usize, kernel: [usize; 2], stride: i64, pads: [i64; 2], group: usize) -> Map {
        let weight = self.weight(&[out, x.1 / group, kernel[0], kernel[1]]);
        let bias = self.vector(out, [-0.1, 0.1]);
        let pads = [pads[0], pads[1], pads[0], pads[1]];
        Map(
            self.g.conv(&x.0, &weight, Some(&bias), [stride; 2], pads, group as i64),
            out,
        )
    }

    fn norm(&mut self, x: Map) -> Map {
        let [scale, shift] = [[0.8, 1.2], [-0.1, 0.1]].map(|range| self.vector(x.1, range));
        let [mean, variance] = [[-0.1, 0.1], [0.5, 1.5]].map(|range| self.vector(x.1, range));
        let inputs = [x.0.as_str(), &scale, &shift, &mean, &variance];
        Map(self.g.node("BatchNormalization", &inputs, Vec::new()), x.1)
    }

    /// Convolution and ReLU, as exporters write them with the batch norm folded in.
    pub fn conv(&mut self, x: &Map, out: usize, kernel: [usize; 2], stride: i64, pads: [i64; 2]) -> Map {
        let x = self.convolve(x, out, kernel, stride, pads, 1);
        Map(self.g.relu(&x.0), x.1)
    }

    fn same(&mut self, x: &Map, out: usize, side: usize) -> Map {
        self.conv(x, out, [side; 2], 1, [side as i64 / 2; 2])
    }

    fn pool(&mut self, op: &str, x: &Map, side: i64, stride: i64, pad: i64, ceil: bool) -> Map {
        let attributes = vec![
            AttributeProto::ints("kernel_shape", &[side; 2]),
            AttributeProto::ints("strides", &[stride; 2]),
            AttributeProto::ints("pads", &[pad; 4]),
            AttributeProto::int("ceil_mode", ceil.into()),
        ];
        Map(self.g.node(op, &[&x.0], attributes), x.1)
    }

    fn concat(&mut self, maps: &[Map]) -> Map {
        let names: Vec<&str> = maps.iter().map(|map| map.0.as_str()).collect();
        Map(self.g.concat(&names, 1), maps.iter().map(|map| map.1).sum())
    }

    /// Pooled over the grid, to the output `name`.
    pub fn classes(&mut self, x: &Map, name: &str) {
        let pooled = Map(self.g.global_average_pool(&x.0), x.1);
        self.dense_classes(&pooled, x.1, &[], name);
    }

    /// Flattened, through dense layers, to the output `name`.
    fn dense_classes(&mut self, x: &Map, features: usize, hidden: &[usize], name: &str) {
        let mut flat = self.g.node("Flatten", &[&x.0], vec![AttributeProto::int("axis", 1)]);
        let mut from = features;
        for &to in hidden.iter().chain(&[10]) {
            let weight = self.weight(&[to, from]);
            let bias = self.vector(to, [-0.1, 0.1]);
            let turned = vec![AttributeProto::int("transB", 1)];
            flat = self.g.node("Gemm", &[&flat, &weight, &bias], turned);
            if to != 10 {
                flat = self.g.relu(&flat);
            }
            from = to;
        }
        self.g
            .output(name, &flat, DataType::Float, &[Dim::Named("N"), Dim::Fixed(10)]);
    }

    fn vgg16(&mut self, pixels: String) {
        let mut x = Map(pixels, 3);
        for (stage, (channels, count)) in [(64, 2), (128, 2), (256, 3), (512, 3), (512, 3)]
            .into_iter()
            .enumerate()
        {
            for layer in 0..count {
                let is_last = (stage, layer) == (4, 2);
                let out = if is_last { channels } else { self.inner(channels) };
                x = self.same(&x, out, 3);
            }
            x = self.pool("MaxPool", &x, 2, 2, 0, false);
        }
        // An adaptive pool to 7×7, which at this size is one of a single cell.
        let x = self.pool("AveragePool", &x, 1, 1, 0, false);
        let hidden = self.inner(4096);
        self.dense_classes(&x, 49 * x.1, &[hidden, hidden], "classes");
    }

    fn resnet101(&mut self, pixels: String) {
        let first = self.inner(64);
        let x = self.convolve(&Map(pixels, 3), first, [7; 2], 2, [3; 2], 1);
        let x = self.norm(x);
        let x = Map(self.g.relu(&x.0), x.1);
        let mut x = self.pool("MaxPool", &x, 3, 2, 1, false);
        for (stage, (width, blocks)) in [(64, 3), (128, 4), (256, 23), (512, 3)].into_iter().enumerate() {
            let out = if stage == 3 { 4 * width } else { self.inner(4 * width) };
            for block in 0..blocks {
                let stride = if stage > 0 && block == 0 { 2 } else { 1 };
                let width = self.inner(width);
                let y = self.convolve(&x, width, [1; 2], 1, [0; 2], 1);
                let y = self.norm(y);
                let y = Map(self.g.relu(&y.0), y.1);
                let y = self.convolve(&y, width, [3; 2], stride, [1; 2], 1);
                let y = self.norm(y);
                let y = Map(self.g.relu(&y.0), y.1);
                let y = self.convolve(&y, out, [1; 2], 1, [0; 2], 1);
                let y = self.norm(y);
                if block == 0 {
                    x = self.convolve(&x, out, [1; 2], stride, [0; 2], 1);
                    x = self.norm(x);
                }
                let sum = self.g.add(&x.0, &y.0);
                x = Map(self.g.relu(&sum), out);
            }
        }
        self.classes(&x, "classes");
    }

    fn googlenet_block(&mut self, x: &Map, [one, three_in, three, five_in, five, pool]: [usize; 6]) -> Map {
        let first = self.same(x, one, 1);
        let second = self.same(x, three_in, 1);
        let second = self.same(&second, three, 3);
        let third = self.same(x, five_in, 1);
        let third = self.same(&third, five, 5);
        let fourth = self.pool("MaxPool", x, 3, 1, 1, false);
        let fourth = self.same(&fourth, pool, 1);
        self.concat(&[first, second, third, fourth])
    }

    fn googlenet(&mut self, pixels: String) {
        let [first, second] = [64, 192].map(|channels| self.inner(channels));
        let x = self.conv(&Map(pixels, 3), first, [7; 2], 2, [3; 2]);
        let x = self.pool("MaxPool", &x, 3, 2, 0, true);
        let x = Map(self.g.node("LRN", &[&x.0], vec![AttributeProto::int("size", 5)]), x.1);
        let x = self.same(&x, first, 1);
        let x = self.same(&x, second, 3);
        let mut x = self.pool("MaxPool", &x, 3, 2, 0, true);
        let blocks = [
            [64, 96, 128, 16, 32, 32],
            [128, 128, 192, 32, 96, 64],
            [192, 96, 208, 16, 48, 64],
            [160, 112, 224, 24, 64, 64],
            [128, 128, 256, 24, 64, 64],
            [112, 144, 288, 32, 64, 64],
            [256, 160, 320, 32, 128, 128],
            [256, 160, 320, 32, 128, 128],
            [384, 192, 384, 48, 128, 128],
        ];
        for (index, block) in blocks.into_iter().enumerate() {
            if index == 2 {
                x = self.pool("MaxPool", &x, 3, 2, 0, true);
            }
            if index == 7 {
                x = self.pool("MaxPool", &x, 2, 2, 0, true);
            }
            let is_last = index == blocks.len() - 1;
            let widths = block.map(|channels| if is_last { channels } else { self.inner(channels) });
            x = self.googlenet_block(&x, widths);
            if index == 2 || index == 5 {
                let aside = self.pool("AveragePool", &x, 5, 3, 0, false);
                let aside = self.same(&aside, 8, 1);
                let hidden = [self.inner(1024)];
                self.dense_classes(&aside, 16 * aside.1, &hidden, &format!("aside.{index}"));
            }
        }
        self.classes(&x, "classes");
    }

    fn inception_v3(&mut self, pixels: String) {
        let w = |channels: usize| (channels / self.divisor).max(2);
        let divisor = self.divisor;
        let [w32, w64, w80, w192] = [32, 64, 80, 192].map(w);
        let x = self.conv(&Map(pixels, 3), w32, [3; 2], 2, [0; 2]);
        let x = self.conv(&x, w32, [3; 2], 1, [0; 2]);
        let x = self.same(&x, w64, 3);
        let x = self.pool("MaxPool", &x, 3, 2, 0, false);
        let x = self.same(&x, w80, 1);
        let x = self.conv(&x, w192, [3; 2], 1, [0; 2]);
        let mut x = self.pool("MaxPool", &x, 3, 2, 0, false);
        let w = move |channels: usize| (channels / divisor).max(2);
        for pool in [32, 64, 64] {
            let first = self.same(&x, w(64), 1);
            let second = self.same(&x, w(48), 1);
            let second = self.same(&second, w(64), 5);
            let third = self.same(&x, w(64), 1);
            let third = self.same(&third, w(96), 3);
            let third = self.same(&third, w(96), 3);
            let fourth = self.pool("AveragePool", &x, 3, 1, 1, false);
            let fourth = self.same(&fourth, w(pool), 1);
            x = self.concat(&[first, second, third, fourth]);
        }
        let first = self.conv(&x, w(384), [3; 2], 2, [0; 2]);
        let second = self.same(&x, w(64), 1);
        let second = self.same(&second, w(96), 3);
        let second = self.conv(&second, w(96), [3; 2], 2, [0; 2]);
        let third = self.pool("MaxPool", &x, 3, 2, 0, false);
        x = self.concat(&[first, second, third]);
        const WIDE: ([usize; 2], [i64; 2]) = ([1, 7], [0, 3]);
        const TALL: ([usize; 2], [i64; 2]) = ([7, 1], [3, 0]);
        for seven in [128, 160, 160, 192] {
            let first = self.same(&x, w(192), 1);
            let mut second = self.same(&x, w(seven), 1);
            for ((kernel, pads), out) in [(WIDE, seven), (TALL, 192)] {
                second = self.conv(&second, w(out), kernel, 1, pads);
            }
            let mut third = self.same(&x, w(seven), 1);
            for ((kernel, pads), out) in [(TALL, seven), (WIDE, seven), (TALL, seven), (WIDE, 192)] {
                third = self.conv(&third, w(out), kernel, 1, pads);
            }
            let fourth = self.pool("AveragePool", &x, 3, 1, 1, false);
            let fourth = self.same(&fourth, w(192), 1);
            x = self.concat(&[first, second, third, fourth]);
        }
        let first = self.same(&x, w(192), 1);
        let first = self.conv(&first, w(320), [3; 2], 2, [0; 2]);
        let mut second = self.same(&x, w(192), 1);
        for (kernel, pads) in [WIDE, TALL] {
            second = self.conv(&second, w(192), kernel, 1, pads);
        }
        let second = self.conv(&second, w(192), [3; 2], 2, [0; 2]);
        let third = self.pool("MaxPool", &x, 3, 2, 0, false);
        x = self.concat(&[first, second, third]);
        for is_last in [false, true] {
            let out = |channels: usize| if is_last { channels } else { w(channels) };
            let first = self.same(&x, out(320), 1);
            let second = self.same(&x, w(384), 1);
            let third = self.same(&x, w(448), 1);
            let third = self.same(&third, w(384), 3);
            let mut parts = vec![first];
            for part in [second, third] {
                parts.push(self.conv(&part, out(384), [1, 3], 1, [0, 1]));
                parts.push(self.conv(&part, out(384), [3, 1], 1, [1, 0]));
            }
            let fourth = self.pool("AveragePool", &x, 3, 1, 1, false);
            parts.push(self.same(&fourth, out(192), 1));
            x = self.concat(&parts);
        }
        self.classes(&x, "classes");
    }

    fn swish(&mut self, x: &Map) -> Map {
        let gate = self.g.sigmoid(&x.0);
        Map(self.g.mul(&x.0, &gate), x.1)
    }

    fn efficientnet_b3(&mut self, pixels: String) {
        let first = self.inner(40);
        let x = self.convolve(&Map(pixels, 3), first, [3; 2], 2, [1; 2], 1);
        let mut x = self.swish(&x);
        let stages = [
            (1, 3, 1, 24, 2),
            (6, 3, 2, 32, 3),
            (6, 5, 2, 48, 3),
            (6, 3, 2, 96, 5),
            (6, 5, 1, 136, 5),
            (6, 5, 2, 232, 6),
            (6, 3, 1, 384, 2),
        ];
        for (expansion, kernel, stride, out, blocks) in stages {
            let out = self.inner(out);
            for block in 0..blocks {
                let stride = if block == 0 { stride } else { 1 };
                let mut y = x.clone();
                if expansion > 1 {
                    y = self.convolve(&y, x.1 * expansion, [1; 2], 1, [0; 2], 1);
                    y = self.swish(&y);
                }
                y = self.convolve(&y, y.1, [kernel; 2], stride, [kernel as i64 / 2; 2], y.1);
                y = self.swish(&y);
                let pooled = Map(self.g.global_average_pool(&y.0), y.1);
                let squeezed = self.convolve(&pooled, (x.1 / 4).max(1), [1; 2], 1, [0; 2], 1);
                let squeezed = self.swish(&squeezed);
                let gate = self.convolve(&squeezed, y.1, [1; 2], 1, [0; 2], 1);
                let gate = self.g.sigmoid(&gate.0);
                y = Map(self.g.mul(&gate, &y.0), y.1);
                y = self.convolve(&y, out, [1; 2], 1, [0; 2], 1);
                x = if stride == 1 && x.1 == out {
                    Map(self.g.add(&y.0, &x.0), out)
                } else {
                    y
                };
            }
        }
        let x = self.convolve(&x, 1536, [1; 2], 1, [0; 2], 1);
        let x = self.swish(&x);
        self.classes(&x, "classes");
    }
}
