"""Gives a folder the decoder of another one, as far as it knows its way about in the other's memory.

    python3 training/gpu/hand_over.py FROM TO --photos DATA/images --list DATA/train.txt

What FROM's decoder knows of words and sentences TO takes over as it is. Its keys and values of the photo are linear in FROM's
memory, and TO has another one: they become those linear maps of TO's memory that come nearest to them, by least squares over some
photos, where TO's grid may have other rows and columns. Both folders have the same vocabulary and sizes of the decoder.
"""

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
import torch.nn.functional as F
from onnx import numpy_helper

from net import weights_of
from photos import read


def arguments():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("from_", metavar="FROM", type=Path)
    parser.add_argument("to", metavar="TO", type=Path)
    parser.add_argument("--photos", type=Path, required=True)
    parser.add_argument("--list", type=Path, required=True, help="names of photos, one a line")
    parser.add_argument("--count", type=int, default=600, help="how many of them are looked at")
    return parser.parse_args()


def look(session, path):
    """What an encoder says of a photo, by name; each `[cells, width]`, the heads side by side."""
    side = session.get_inputs()[0].shape[2]
    pixels = read(side, path)[None].astype(np.float32) / 127.5 - 1
    names = [put.name for put in session.get_outputs() if put.name == "last_hidden_state" or put.name.startswith("cross_key")]
    values = session.run(names, {"pixel_values": pixels})
    return {name: value[0] if value.ndim == 3 else value[0].transpose(1, 0, 2).reshape(value.shape[2], -1)
            for name, value in zip(names, values)}


def regrid(cells, count):
    """`[cells, width]` of a square grid → of a square grid of `count` cells."""
    old, new = int(len(cells) ** 0.5), int(count**0.5)
    grid = torch.from_numpy(cells).T.reshape(1, -1, old, old)
    return F.interpolate(grid, (new, new), mode="bilinear", align_corners=False).flatten(2)[0].T.numpy()


def main():
    options = arguments()
    names = options.list.read_text().split()
    names = names[:: max(1, len(names) // options.count)]
    sessions = [onnxruntime.InferenceSession(folder / "encoder_model.onnx") for folder in (options.from_, options.to)]
    memories, wanted = [], {}
    for name in names:
        theirs, ours = [look(session, options.photos / name) for session in sessions]
        memory = ours["last_hidden_state"]
        memories.append(memory)
        for output, value in theirs.items():
            if output != "last_hidden_state":
                wanted.setdefault(output, []).append(regrid(value, len(memory)))
    memory = np.concatenate(memories).astype(np.float64)
    memory = np.c_[memory, np.ones(len(memory))]
    square = memory.T @ memory + np.eye(memory.shape[1])
    model, _ = weights_of(options.to / "encoder_model.onnx")
    fitted = {}
    for output, values in wanted.items():
        values = np.concatenate(values)
        solved = np.linalg.solve(square, memory.T @ values)
        left = ((values - memory @ solved) ** 2).sum() / ((values - values.mean(0)) ** 2).sum()
        print(f"{output}: {1 - left:.0%} of its variance is foreseen")
        _, layer, kind = output.split(".")
        fitted[f"layer.{layer}.cross.{kind}.weight"], fitted[f"layer.{layer}.cross.{kind}.bias"] = solved[:-1], solved[-1]
    for tensor in model.graph.initializer:
        if tensor.name in fitted:
            dtype = numpy_helper.to_array(tensor).dtype
            tensor.CopyFrom(numpy_helper.from_array(fitted[tensor.name].astype(dtype), tensor.name))
    onnx.save(model, options.to / "encoder_model.onnx")
    model, _ = weights_of(options.to / "decoder_model.onnx")
    _, theirs = weights_of(options.from_ / "decoder_model.onnx")
    for tensor in model.graph.initializer:
        array = numpy_helper.to_array(tensor)
        if array.dtype.kind == "f":
            tensor.CopyFrom(numpy_helper.from_array(theirs[tensor.name].astype(array.dtype), tensor.name))
    onnx.save(model, options.to / "decoder_model.onnx")


if __name__ == "__main__":
    main()
