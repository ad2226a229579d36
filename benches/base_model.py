"""Writes a model folder of the sizes of ViT-base and distilgpt2 with random weights: `python3 benches/base_model.py DIR`.

The decoder is built as exports of the hub are: unmerged, with a past, and with the cross-attention's keys and values
computed from the encoder's states inside of it. No end token comes unless the random weights happen to say it, so that
a search runs to `max_length`: a start token and 16 more. Needs the packages `numpy` and `onnx`.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

WIDTH, HEADS, LAYERS, VOCABULARY, SIDE, PATCH = 768, 12, 6, 50257, 224, 16
HEAD = WIDTH // HEADS
CELLS = (SIDE // PATCH) ** 2 + 1
random = np.random.default_rng(1)


class Graph:
    def __init__(self):
        self.nodes, self.weights, self.count = [], [], 0

    def weight(self, values):
        self.count += 1
        name = f"weight_{self.count}"
        values = np.asarray(values)
        values = values.astype(np.float32) if values.dtype.kind == "f" else values.astype(np.int64)
        self.weights.append(onnx.numpy_helper.from_array(values, name))
        return name

    def random(self, *shape):
        return self.weight(random.standard_normal(shape, dtype=np.float32) * 0.02)

    def do(self, operation, *inputs, outputs=1, **attributes):
        self.count += 1
        names = [f"{operation}_{self.count}_{place}" for place in range(outputs)]
        self.nodes.append(helper.make_node(operation, list(inputs), names, **attributes))
        return names[0] if outputs == 1 else names

    def named(self, operation, name, *inputs, **attributes):
        self.nodes.append(helper.make_node(operation, list(inputs), [name], **attributes))
        return name

    def linear(self, x, inner, outer):
        return self.do("Add", self.do("MatMul", x, self.random(inner, outer)), self.random(outer))

    def norm(self, x):
        middle = self.do("Sub", x, self.do("ReduceMean", x, axes=[-1]))
        squares = self.do("ReduceMean", self.do("Pow", middle, self.weight(2.0)), axes=[-1])
        root = self.do("Sqrt", self.do("Add", squares, self.weight(1e-5)))
        scaled = self.do("Mul", self.do("Div", middle, root), self.weight(np.ones(WIDTH)))
        return self.do("Add", scaled, self.weight(np.zeros(WIDTH)))

    def heads(self, x):
        """[B,T,WIDTH] becomes [B,HEADS,T,HEAD], by the shape of x as exports do it."""
        first = self.do("Slice", self.do("Shape", x), self.weight([0]), self.weight([2]))
        shape = self.do("Concat", first, self.weight([HEADS, HEAD]), axis=0)
        return self.do("Transpose", self.do("Reshape", x, shape), perm=[0, 2, 1, 3])

    def attend(self, queries, keys, values, mask=None, name=None):
        scores = self.do("MatMul", queries, self.do("Transpose", keys, perm=[0, 1, 3, 2]))
        scores = self.do("Div", scores, self.weight(HEAD**0.5))
        if mask:
            scores = self.do("Add", scores, mask)
        weights = self.named("Softmax", name, scores, axis=-1) if name else self.do("Softmax", scores, axis=-1)
        seen = self.do("Transpose", self.do("MatMul", weights, values), perm=[0, 2, 1, 3])
        first = self.do("Slice", self.do("Shape", seen), self.weight([0]), self.weight([2]))
        seen = self.do("Reshape", seen, self.do("Concat", first, self.weight([WIDTH]), axis=0))
        return self.linear(seen, WIDTH, WIDTH)

    def thirds(self, x, parts):
        return self.do("Split", self.linear(x, WIDTH, parts * WIDTH), outputs=parts, axis=2)

    def save(self, path, inputs, outputs):
        value = lambda end: helper.make_tensor_value_info(*end)
        graph = helper.make_graph(self.nodes, path.stem, [*map(value, inputs)], [*map(value, outputs)], self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 14)], ir_version=8)
        onnx.save(model, path)


def encoder(path):
    g = Graph()
    patches = g.do("Conv", "pixel_values", g.random(WIDTH, 3, PATCH, PATCH), kernel_shape=[PATCH] * 2, strides=[PATCH] * 2)
    cells = g.do("Transpose", g.do("Reshape", patches, g.weight([0, WIDTH, -1])), perm=[0, 2, 1])
    batch = g.do("Slice", g.do("Shape", cells), g.weight([0]), g.weight([1]))
    own = g.do("Expand", g.random(1, 1, WIDTH), g.do("Concat", batch, g.weight([1, WIDTH]), axis=0))
    x = g.do("Add", g.do("Concat", own, cells, axis=1), g.random(1, CELLS, WIDTH))
    for _ in range(12):
        queries, keys, values = (g.heads(part) for part in g.thirds(g.norm(x), 3))
        x = g.do("Add", x, g.attend(queries, keys, values))
        inner = g.linear(g.norm(x), WIDTH, 4 * WIDTH)
        error = g.do("Add", g.do("Erf", g.do("Div", inner, g.weight(2**0.5))), g.weight(1.0))
        gelu = g.do("Mul", g.do("Mul", inner, error), g.weight(0.5))
        x = g.do("Add", x, g.linear(gelu, 4 * WIDTH, WIDTH))
    g.nodes.append(helper.make_node("Identity", [g.norm(x)], ["last_hidden_state"]))
    g.save(
        path,
        [("pixel_values", TensorProto.FLOAT, ["batch", 3, SIDE, SIDE])],
        [("last_hidden_state", TensorProto.FLOAT, ["batch", CELLS, WIDTH])],
    )


def decoder(path):
    g = Graph()
    words = g.random(VOCABULARY, WIDTH)
    past = g.do("Gather", g.do("Shape", "past_key_values.0.key"), g.weight(2))
    length = g.do("Gather", g.do("Shape", "input_ids"), g.weight(1))
    every = g.do("Add", past, length)
    places = g.do("Range", past, every, g.weight(1))
    x = g.do("Add", g.do("Gather", words, "input_ids"), g.do("Gather", g.random(1024, WIDTH), places))
    # A word sees those before it and itself.
    columns = g.do("Unsqueeze", g.do("Range", g.weight(0), every, g.weight(1)), g.weight([0]))
    later = g.do("Greater", columns, g.do("Unsqueeze", places, g.weight([1])))
    mask = g.do("Where", later, g.weight(-1e9), g.weight(0.0))
    inputs = [
        ("input_ids", TensorProto.INT64, ["batch", "length"]),
        ("encoder_hidden_states", TensorProto.FLOAT, ["batch", "cells", WIDTH]),
    ]
    outputs = [("logits", TensorProto.FLOAT, ["batch", "length", VOCABULARY])]
    for layer in range(LAYERS):
        queries, *new = (g.heads(part) for part in g.thirds(g.norm(x), 3))
        states = []
        for kind, part in zip(["key", "value"], new):
            before, after = f"past_key_values.{layer}.{kind}", f"present.{layer}.{kind}"
            inputs.append((before, TensorProto.FLOAT, ["batch", HEADS, "past", HEAD]))
            outputs.append((after, TensorProto.FLOAT, ["batch", HEADS, "all", HEAD]))
            states.append(g.named("Concat", after, before, part, axis=2))
        x = g.do("Add", x, g.attend(queries, *states, mask=mask))
        queries = g.heads(g.linear(g.norm(x), WIDTH, WIDTH))
        keys, values = (g.heads(part) for part in g.thirds("encoder_hidden_states", 2))
        softmax = f"/decoder/transformer/h.{layer}/crossattention/Softmax_output_0"
        x = g.do("Add", x, g.attend(queries, keys, values, name=softmax))
        inner = g.linear(g.norm(x), WIDTH, 4 * WIDTH)
        cubed = g.do("Mul", g.do("Pow", inner, g.weight(3.0)), g.weight(0.044715))
        tanh = g.do("Tanh", g.do("Mul", g.do("Add", inner, cubed), g.weight((2 / np.pi) ** 0.5)))
        gelu = g.do("Mul", g.do("Mul", inner, g.weight(0.5)), g.do("Add", tanh, g.weight(1.0)))
        x = g.do("Add", x, g.linear(gelu, 4 * WIDTH, WIDTH))
    g.named("MatMul", "logits", g.norm(x), g.do("Transpose", words, perm=[1, 0]))
    g.save(path, inputs, outputs)


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    encoder(folder / "encoder_model.onnx")
    decoder(folder / "decoder_with_past_model.onnx")
    start = VOCABULARY - 1
    tokens = {"bos_token_id": start, "eos_token_id": start, "pad_token_id": start, "decoder_start_token_id": start}
    vocabulary = {f"word{token}": token for token in range(VOCABULARY - 1)} | {"<end>": start}
    files = {
        # All that other programs ask for to load the same folder; the rest has the sizes that are theirs by default.
        "config.json": tokens | {
            "model_type": "vision-encoder-decoder", "architectures": ["VisionEncoderDecoderModel"],
            "is_encoder_decoder": True, "tie_word_embeddings": False,
            "encoder": {"model_type": "vit", "hidden_size": WIDTH, "image_size": SIDE, "patch_size": PATCH},
            "decoder": {
                "model_type": "gpt2", "n_embd": WIDTH, "n_head": HEADS, "n_layer": LAYERS, "vocab_size": VOCABULARY,
                "is_decoder": True, "add_cross_attention": True, "use_cache": True,
            },
        },
        # The start token and 16 more; none of them may be the end.
        "generation_config.json": tokens | {"max_length": 17, "min_length": 17},
        "preprocessor_config.json": {
            "image_processor_type": "ViTImageProcessor",
            "do_resize": True, "size": {"height": SIDE, "width": SIDE}, "resample": 2, "do_rescale": True,
            "rescale_factor": 1 / 255, "do_normalize": True, "image_mean": [0.5] * 3, "image_std": [0.5] * 3,
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": "<end>", "eos_token": "<end>", "pad_token": "<end>",
        },
        "tokenizer.json": {
            "version": "1.0", "truncation": None, "padding": None, "normalizer": None,
            "added_tokens": [{
                "id": start, "content": "<end>", "single_word": False, "lstrip": False, "rstrip": False,
                "normalized": False, "special": True,
            }],
            "pre_tokenizer": {"type": "WhitespaceSplit"}, "post_processor": None, "decoder": None,
            "model": {"type": "WordLevel", "vocab": vocabulary, "unk_token": "<end>"},
        },
    }
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))


if __name__ == "__main__":
    main()
