//! Tiny model folders with random weights, one of each kind of decoder, written by the tests that need them.

#![allow(clippy::unwrap_used, dead_code)]

use std::fs;
use std::path::Path;

use hearsight::onnx::{DataType, Dim, GraphBuilder, open, save};
use serde_json::{Value, json};
use tempfile::TempDir;

/// The words after the special ones.
pub const WORDS: [&str; 10] = [
    "a", "dog", "cat", "runs", "sleeps", "on", "grass", "red", "two", "people",
];

/// Pixels of a side of the encoder's input.
const SIDE: i64 = 16;
/// Rows and columns of the grid that the decoder attends to, and its cells.
const GRID: i64 = 4;
const CELLS: i64 = GRID * GRID;
/// Numbers that stand for a cell, a word or a state.
const WIDTH: i64 = 8;
const HEADS: i64 = 2;
const HEAD_WIDTH: i64 = WIDTH / HEADS;
/// Longest sequence that has a position.
const POSITIONS: i64 = 32;

const BATCH: Dim<'static> = Dim::Named("batch");
const LENGTH: Dim<'static> = Dim::Named("length");

/// What the decoder keeps from step to step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An LSTM with additive attention; `state.h` and `state.c` start from the encoder.
    Recurrent,
    /// A transformer layer with `past_key_values`; the encoder gives the cross-attention's keys and values.
    Transformer,
    /// The same transformer with the same weights but without a state: it is given the whole sequence each time.
    WholePrefix,
    /// The same transformer, with the memory reshaped by the number of sequences: given memory of one photo for several
    /// sequences it would cut that into pieces without a word.
    Reshaping,
    /// The same transformer, which tells where it looked as BART's exports do: the softmax of a cross-attention with
    /// the heads of all sequences one behind the other.
    FlatHeads,
    /// The same transformer, with the scores averaged over the sequences.
    Averaging,
    /// The same transformer, which does not give out where it looked, and whose softmax runs over the heads: what is found
    /// in the graph is no attention.
    OverHeads,
    /// Writes "a dog runs" or "a cat runs", a dog where one small part of the photo is bright; see [`BRIGHT`]. It has no
    /// attention at all.
    OneCell,
}

/// The part of the photo, from 0 to 1, that decides between dog and cat in [`Kind::OneCell`]: left, top, right, bottom. It
/// is the third row and the sixth column of seven.
pub const BRIGHT: [f32; 4] = [11.0 / 16.0, 4.0 / 16.0, 13.0 / 16.0, 6.0 / 16.0];

/// Writes a model folder that lives as long as the value; `hearsight` goes into its `config.json`.
pub fn model(kind: Kind, hearsight: Value) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), kind, hearsight);
    folder
}

/// A model whose encoder multiplies 0.3 billion numbers in each of so many layers; each is a short operation.
pub fn slow(layers: usize) -> TempDir {
    const WIDTH: i64 = 768;
    let folder = model(Kind::OneCell, json!({}));
    let mut g = GraphBuilder::new("slow");
    let shape = [BATCH, Dim::Fixed(3), Dim::Fixed(SIDE), Dim::Fixed(SIDE)];
    let pixels = g.input("pixel_values", DataType::Float, &shape);
    let values: Vec<f32> = (0..WIDTH * WIDTH)
        .map(|at| ((at * 37 % 101) as f32 - 50.0) / 1e3)
        .collect();
    let weight = g.initializer_f32("weight", &[WIDTH, WIDTH], &values);
    let flat = g.reshape(&pixels, &[0, 1, WIDTH]);
    let rows = g.ints(&[1, 256, WIDTH]);
    let mut x = g.expand(&flat, &rows);
    for _ in 0..layers {
        x = g.matmul(&x, &weight);
        x = g.tanh(&x);
    }
    let mean = g.reduce_mean(&x, &[1, 2], false);
    let mean = g.reshape(&mean, &[0, 1, 1]);
    let shape = [BATCH, Dim::Fixed(1), Dim::Fixed(1)];
    g.output("last_hidden_state", &mean, DataType::Float, &shape);
    save(&g.finish().unwrap(), &folder.path().join("encoder_model.onnx")).unwrap();
    folder
}

/// A model that takes every picture for a photo with this probability, and describes none below one half.
pub fn judging(kind: Kind, photo_probability: f32) -> TempDir {
    let folder = model(kind, json!({"no_photo_below": 0.5}));
    always_gives(folder.path(), "photo_probability", &[1], &[photo_probability]);
    folder
}

/// A model that expects of every photo that all people say this about it, by the tokens of the words; each point of likeness
/// to that counts `weight`.
pub fn expecting(kind: Kind, caption: &[i64], weight: f32) -> TempDir {
    // Those of the special tokens are in every caption.
    let word_weights: Vec<f32> = (0..vocabulary()).map(|id| if id < 3 { 0.0 } else { 1.0 }).collect();
    let mut runs: Vec<Vec<i64>> = [1, 2]
        .iter()
        .flat_map(|&length| caption.windows(length))
        .map(<[i64]>::to_vec)
        .collect();
    runs.sort_unstable();
    runs.dedup();
    // All weigh the same in their length, as often as they are there.
    let count = |run: &[i64]| caption.windows(run.len()).filter(|other| *other == run).count() as f32;
    let norm = |length: usize| -> f32 {
        let counts = runs.iter().filter(|run| run.len() == length).map(|run| count(run));
        counts.map(|count| count * count).sum::<f32>().sqrt()
    };
    let values: Vec<f32> = runs.iter().map(|run| count(run) / norm(run.len())).collect();
    let word = |&token: &i64| WORDS[token as usize - 3];
    let names = runs
        .iter()
        .map(|run| run.iter().map(word).collect::<Vec<_>>().join(" "));
    let consensus = json!({"weight": weight, "word_weights": word_weights, "runs": names.collect::<Vec<_>>()});
    let folder = model(kind, json!({ "consensus": consensus }));
    always_gives(folder.path(), "expected_captions", &[values.len() as i64], &values);
    folder
}

/// Gives an encoder an output that is the same for every photo.
fn always_gives(folder: &Path, name: &str, dims: &[i64], values: &[f32]) {
    let path = folder.join("encoder_model.onnx");
    let mut encoder = open(&path).unwrap();
    let mut g = GraphBuilder::new(name);
    let shape: Vec<i64> = std::iter::once(1).chain(dims.iter().copied()).collect();
    let constant = g.initializer_f32(&format!("always.{name}"), &shape, values);
    let dims: Vec<Dim> = std::iter::once(BATCH)
        .chain(dims.iter().map(|&size| Dim::Fixed(size)))
        .collect();
    g.output(name, &constant, DataType::Float, &dims);
    let (added, graph) = (g.finish_graph().unwrap(), encoder.graph.as_mut().unwrap());
    graph.initializer.extend(added.initializer);
    graph.node.extend(added.node);
    graph.output.extend(added.output);
    save(&encoder, &path).unwrap();
}

fn write(folder: &Path, kind: Kind, hearsight: Value) {
    let mut encoder = Weights::new("encoder", 1);
    let mut decoder = Weights::new("decoder", 2);
    match kind {
        Kind::Recurrent => {
            recurrent_encoder(&mut encoder);
            recurrent_decoder(&mut decoder);
        }
        Kind::OneCell => {
            one_cell_encoder(&mut encoder);
            one_cell_decoder(&mut decoder);
        }
        Kind::Transformer
        | Kind::WholePrefix
        | Kind::Reshaping
        | Kind::FlatHeads
        | Kind::Averaging
        | Kind::OverHeads => {
            transformer_encoder(&mut encoder);
            transformer_decoder(&mut decoder, kind);
        }
    }
    save(&encoder.g.finish().unwrap(), &folder.join("encoder_model.onnx")).unwrap();
    save(&decoder.g.finish().unwrap(), &folder.join("decoder_model.onnx")).unwrap();
    let json = |file: &str, value: Value| fs::write(folder.join(file), value.to_string()).unwrap();
    json(
        "config.json",
        json!({"model_type": "hearsight", "vocab_size": vocabulary(), "hearsight": hearsight}),
    );
    json(
        "generation_config.json",
        json!({"decoder_start_token_id": 0, "eos_token_id": 1, "pad_token_id": 1, "max_length": 12, "min_length": 4}),
    );
    json(
        "preprocessor_config.json",
        json!({"do_resize": true, "size": {"height": SIDE, "width": SIDE}, "resample": 2, "do_rescale": true,
            "rescale_factor": 1.0 / 255.0, "do_normalize": true, "image_mean": [0.5, 0.5, 0.5],
            "image_std": [0.5, 0.5, 0.5]}),
    );
    json("tokenizer.json", tokenizer());
}

fn vocabulary() -> usize {
    WORDS.len() + 3
}

fn tokenizer() -> Value {
    let special = ["<start>", "<end>", "<unknown>"];
    let vocabulary: serde_json::Map<_, _> = special
        .iter()
        .chain(&WORDS)
        .enumerate()
        .map(|(id, word)| ((*word).to_owned(), json!(id)))
        .collect();
    let added = |(id, content): (usize, &&str)| {
        json!({"id": id, "content": content, "single_word": false, "lstrip": false, "rstrip": false,
            "normalized": false, "special": true})
    };
    json!({"version": "1.0", "truncation": null, "padding": null, "normalizer": null, "post_processor": null,
        "decoder": null, "pre_tokenizer": {"type": "Whitespace"},
        "added_tokens": special.iter().enumerate().map(added).collect::<Vec<_>>(),
        "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<unknown>"}})
}

/// A graph with weights that look random and are the same every time.
struct Weights {
    g: GraphBuilder,
    state: u32,
}

impl Weights {
    fn new(name: &str, seed: u32) -> Self {
        Self {
            g: GraphBuilder::new(name),
            state: seed,
        }
    }

    /// Weights between −`size` and `size`.
    fn weight(&mut self, name: &str, shape: &[i64], size: f32) -> String {
        let count = shape.iter().product::<i64>();
        let values: Vec<f32> = (0..count).map(|_| self.next() * size).collect();
        self.g.initializer_f32(name, shape, &values)
    }

    fn next(&mut self) -> f32 {
        self.state = self.state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (self.state >> 8) as f32 / (1 << 23) as f32 - 1.0
    }

    fn linear(&mut self, x: &str, name: &str, from: i64, to: i64) -> String {
        let weight = self.weight(name, &[from, to], 1.2);
        self.g.linear(x, &weight, None)
    }

    /// The scores of all words; those that are none are hardly ever written.
    fn logits(&mut self, x: &str, size: f32) -> String {
        let weight = self.weight("to_words", &[WIDTH, vocabulary() as i64], size);
        let mut rare = vec![0.0; vocabulary()];
        (rare[0], rare[2]) = (-20.0, -20.0);
        let bias = self.g.initializer_f32("rare", &[vocabulary() as i64], &rare);
        self.g.linear(x, &weight, Some(&bias))
    }

    /// [B, T, width] to [B, heads, T, width of a head].
    fn heads(&mut self, x: &str) -> String {
        let split = self.g.reshape(x, &[0, 0, HEADS, HEAD_WIDTH]);
        self.g.transpose(&split, &[0, 2, 1, 3])
    }

    /// The weights of scaled dot-product attention, [B, heads, T, keys], before the softmax.
    fn dot_products(&mut self, queries: &str, keys: &str) -> String {
        let keys = self.g.transpose(keys, &[0, 1, 3, 2]);
        let products = self.g.matmul(queries, &keys);
        let scale = self.g.float((HEAD_WIDTH as f32).sqrt());
        self.g.div(&products, &scale)
    }

    /// The weighted values of all heads, side by side: [B, T, width].
    fn gathered(&mut self, weights: &str, values: &str) -> String {
        let heads = self.g.matmul(weights, values);
        let heads = self.g.transpose(&heads, &[0, 2, 1, 3]);
        self.g.reshape(&heads, &[0, 0, WIDTH])
    }
}

/// Four by four patches, each a vector: [B, cells, width].
fn patches(w: &mut Weights) -> String {
    let pixels = w.g.input(
        "pixel_values",
        DataType::Float,
        &[BATCH, Dim::Fixed(3), Dim::Fixed(SIDE), Dim::Fixed(SIDE)],
    );
    let patch = SIDE / GRID;
    let kernel = w.weight("patch", &[WIDTH, 3, patch, patch], 0.5);
    let features = w.g.conv2d(&pixels, &kernel, None, patch, 0);
    let features = w.g.tanh(&features);
    let features = w.g.reshape(&features, &[0, WIDTH, CELLS]);
    w.g.transpose(&features, &[0, 2, 1])
}

fn recurrent_encoder(w: &mut Weights) {
    let features = patches(w);
    w.g.output(
        "features",
        &features,
        DataType::Float,
        &[BATCH, Dim::Fixed(CELLS), Dim::Fixed(WIDTH)],
    );
    let mean = w.g.reduce_mean(&features, &[1], false);
    for part in ["h", "c"] {
        let start = w.linear(&mean, &format!("start.{part}"), WIDTH, WIDTH);
        let start = w.g.tanh(&start);
        w.g.output(
            &format!("initial_state.{part}"),
            &start,
            DataType::Float,
            &[BATCH, Dim::Fixed(WIDTH)],
        );
    }
}

fn recurrent_decoder(w: &mut Weights) {
    let rows = Dim::Named("rows");
    let ids = w.g.input("input_ids", DataType::Int64, &[rows, Dim::Fixed(1)]);
    let features = w.g.input(
        "features",
        DataType::Float,
        &[BATCH, Dim::Fixed(CELLS), Dim::Fixed(WIDTH)],
    );
    let h = w.g.input("state.h", DataType::Float, &[rows, Dim::Fixed(WIDTH)]);
    let c = w.g.input("state.c", DataType::Float, &[rows, Dim::Fixed(WIDTH)]);
    let table = w.weight("words", &[vocabulary() as i64, WIDTH], 1.0);
    let word = w.g.embedding(&ids, &table);
    let word = w.g.squeeze(&word, &[1]);

    let keys = w.linear(&features, "attention.keys", WIDTH, WIDTH);
    let query = w.linear(&h, "attention.query", WIDTH, WIDTH);
    let query = w.g.unsqueeze(&query, &[1]);
    let energy = w.g.add(&keys, &query);
    let energy = w.g.tanh(&energy);
    let energy = w.linear(&energy, "attention.energy", WIDTH, 1);
    let weights = w.g.softmax(&energy, 1);
    let looked_at = w.g.mul(&weights, &features);
    let context = w.g.reduce_sum(&looked_at, &[1], false);

    let x = w.g.concat(&[&word, &context, &h], 1);
    let gates = w.linear(&x, "lstm", 3 * WIDTH, 4 * WIDTH);
    let gates = w.g.split(&gates, 1, &[WIDTH; 4]);
    let (input, forget, output) = (w.g.sigmoid(&gates[0]), w.g.sigmoid(&gates[1]), w.g.sigmoid(&gates[2]));
    let candidate = w.g.tanh(&gates[3]);
    let kept = w.g.mul(&forget, &c);
    let added = w.g.mul(&input, &candidate);
    let c = w.g.add(&kept, &added);
    let shown = w.g.tanh(&c);
    let h = w.g.mul(&output, &shown);

    let logits = w.logits(&h, 4.0);
    let logits = w.g.unsqueeze(&logits, &[1]);
    let attention = w.g.transpose(&weights, &[0, 2, 1]);
    w.g.output(
        "logits",
        &logits,
        DataType::Float,
        &[rows, Dim::Fixed(1), Dim::Fixed(vocabulary() as i64)],
    );
    w.g.output(
        "cross_attentions",
        &attention,
        DataType::Float,
        &[rows, Dim::Fixed(1), Dim::Fixed(CELLS)],
    );
    w.g.output("next_state.h", &h, DataType::Float, &[rows, Dim::Fixed(WIDTH)]);
    w.g.output("next_state.c", &c, DataType::Float, &[rows, Dim::Fixed(WIDTH)]);
}

fn one_cell_encoder(w: &mut Weights) {
    let shape = [BATCH, Dim::Fixed(3), Dim::Fixed(SIDE), Dim::Fixed(SIDE)];
    let pixels = w.g.input("pixel_values", DataType::Float, &shape);
    let [left, top, right, bottom] = BRIGHT.map(|edge| (edge * SIDE as f32) as i64);
    let rows = w.g.slice(&pixels, 2, top, bottom);
    let part = w.g.slice(&rows, 3, left, right);
    let brightness = w.g.reduce_mean(&part, &[1, 2, 3], false);
    let brightness = w.g.reshape(&brightness, &[0, 1, 1]);
    let shape = [BATCH, Dim::Fixed(1), Dim::Fixed(1)];
    w.g.output("last_hidden_state", &brightness, DataType::Float, &shape);
}

fn one_cell_decoder(w: &mut Weights) {
    let rows = Dim::Named("rows");
    let ids = w.g.input("input_ids", DataType::Int64, &[rows, LENGTH]);
    let brightness = w.g.input(
        "encoder_hidden_states",
        DataType::Float,
        &[BATCH, Dim::Fixed(1), Dim::Fixed(1)],
    );
    let [start, end, a, dog, cat, runs] = [0, 1, 3, 4, 5, 6];
    let mut follows = vec![0.0; vocabulary() * vocabulary()];
    for (word, next, score) in [
        (start, a, 9.0),
        (a, dog, 3.0),
        (a, cat, 3.0),
        (dog, runs, 9.0),
        (cat, runs, 9.0),
    ] {
        follows[word * vocabulary() + next] = score;
    }
    follows[runs * vocabulary() + end] = 9.0;
    let size = vocabulary() as i64;
    let table = w.g.initializer_f32("follows", &[size, size], &follows);
    let scores = w.g.embedding(&ids, &table);
    let mut by_photo = vec![0.0; vocabulary()];
    by_photo[dog] = 3.0;
    let by_photo = w.g.initializer_f32("by_photo", &[size], &by_photo);
    let seen = w.g.mul(&brightness, &by_photo);
    let logits = w.g.add(&scores, &seen);
    w.g.output("logits", &logits, DataType::Float, &[rows, LENGTH, Dim::Fixed(size)]);
}

const CROSS: [Dim<'static>; 4] = [BATCH, Dim::Fixed(HEADS), Dim::Fixed(CELLS), Dim::Fixed(HEAD_WIDTH)];

fn transformer_encoder(w: &mut Weights) {
    let features = patches(w);
    for part in ["key", "value"] {
        let projected = w.linear(&features, &format!("cross.{part}"), WIDTH, WIDTH);
        let heads = w.heads(&projected);
        w.g.output(&format!("cross_key_values.0.{part}"), &heads, DataType::Float, &CROSS);
    }
}

fn transformer_decoder(w: &mut Weights, kind: Kind) {
    let rows = Dim::Named("rows");
    let past_shape = [rows, Dim::Fixed(HEADS), Dim::Named("past"), Dim::Fixed(HEAD_WIDTH)];
    let present_shape = [
        rows,
        Dim::Fixed(HEADS),
        Dim::Named("past + length"),
        Dim::Fixed(HEAD_WIDTH),
    ];
    let ids = w.g.input("input_ids", DataType::Int64, &[rows, LENGTH]);
    let cross_keys = w.g.input("cross_key_values.0.key", DataType::Float, &CROSS);
    let cross_values = w.g.input("cross_key_values.0.value", DataType::Float, &CROSS);
    let past = (kind != Kind::WholePrefix).then(|| {
        ["key", "value"].map(|part| {
            w.g.input(&format!("past_key_values.0.{part}"), DataType::Float, &past_shape)
        })
    });

    let (cross_keys, cross_values) = if kind == Kind::Reshaping {
        let sequences = w.g.dim(&ids, 0);
        let rest = w.g.ints(&[HEADS, -1, HEAD_WIDTH]);
        let shape = w.g.concat(&[&sequences, &rest], 0);
        let mut reshape = |x: &str| w.g.node("Reshape", &[x, &shape], Vec::new());
        (reshape(&cross_keys), reshape(&cross_values))
    } else {
        (cross_keys, cross_values)
    };

    // The positions of the new tokens and of all tokens.
    let (zero, one) = (w.g.int(0), w.g.int(1));
    let length = w.g.dim(&ids, 1);
    let length = w.g.squeeze(&length, &[0]);
    let before = match &past {
        Some([keys, _]) => {
            let before = w.g.dim(keys, 2);
            w.g.squeeze(&before, &[0])
        }
        None => zero.clone(),
    };
    let end = w.g.add(&before, &length);
    let new = w.g.range(&before, &end, &one);
    let all = w.g.range(&zero, &end, &one);

    let words = w.weight("words", &[vocabulary() as i64, WIDTH], 1.0);
    let positions = w.weight("positions", &[POSITIONS, WIDTH], 1.0);
    let word = w.g.embedding(&ids, &words);
    let position = w.g.embedding(&new, &positions);
    let x = w.g.add(&word, &position);

    let [queries, keys, values] = ["query", "key", "value"].map(|part| {
        let projected = w.linear(&x, &format!("self.{part}"), WIDTH, WIDTH);
        w.heads(&projected)
    });
    let (keys, values) = match &past {
        Some([past_keys, past_values]) => (
            w.g.concat(&[past_keys, &keys], 2),
            w.g.concat(&[past_values, &values], 2),
        ),
        None => (keys, values),
    };
    let products = w.dot_products(&queries, &keys);
    let new = w.g.unsqueeze(&new, &[1]);
    let seen = w.g.greater_or_equal(&new, &all);
    let never = w.g.float(-1e9);
    let products = w.g.where_(&seen, &products, &never);
    let weights = w.g.softmax(&products, -1);
    let heard = w.gathered(&weights, &values);
    let x = w.g.add(&x, &heard);

    let queries = w.linear(&x, "cross.query", WIDTH, WIDTH);
    let queries = w.heads(&queries);
    let products = w.dot_products(&queries, &cross_keys);
    let weights = w.g.softmax(&products, if kind == Kind::OverHeads { 1 } else { -1 });
    let attention = w.g.reduce_mean(&weights, &[1], false);
    let looked_at = w.gathered(&weights, &cross_values);
    let x = w.g.add(&x, &looked_at);

    let logits = w.logits(&x, 1.0);
    let logits = if kind == Kind::Averaging {
        w.g.reduce_mean(&logits, &[0], true)
    } else {
        logits
    };
    w.g.output(
        "logits",
        &logits,
        DataType::Float,
        &[Dim::Named("rows of logits"), LENGTH, Dim::Fixed(vocabulary() as i64)],
    );
    if kind == Kind::FlatHeads {
        let length = w.g.dim(&ids, 1);
        let (all, cells) = (w.g.ints(&[-1]), w.g.ints(&[CELLS]));
        let shape = w.g.concat(&[&all, &length, &cells], 0);
        let flat = w.g.node("Reshape", &[&weights, &shape], Vec::new());
        w.g.output(
            "/decoder/encoder_attn/Softmax_output_0",
            &flat,
            DataType::Float,
            &[Dim::Named("rows of heads"), LENGTH, Dim::Fixed(CELLS)],
        );
    } else if kind != Kind::OverHeads {
        w.g.output(
            "cross_attentions",
            &attention,
            DataType::Float,
            &[rows, LENGTH, Dim::Fixed(CELLS)],
        );
    }
    if past.is_some() {
        w.g.output("present.0.key", &keys, DataType::Float, &present_shape);
        w.g.output("present.0.value", &values, DataType::Float, &present_shape);
    }
}
