"""What ONNX Runtime alone takes for the graphs that hearsight runs for a photo (encoder, what is run once, sixteen steps),
and in turn with it what no runtime can undercut with these weights: the products of the encoder's matrices, and the reading
of a step's weights from memory.

`python3 own_time.py MODEL CACHE THREADS BEAMS` prints JSON: medians of seven in seconds, and the weights' bytes. Everything
is bound beforehand, the state goes from step to step in place, and nothing is searched.
"""

import json
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

STEPS, TURNS = 16, 7
model, cache, threads, beams = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
options = ort.SessionOptions()
options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
# The graphs are run in turn, and their threads must not wait for work in each other's way.
options.add_session_config_entry("session.force_spinning_stop", "1")
# The halves name their weights in the model's file.
options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(model.resolve()))
open_graph = lambda path: ort.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
kept = max(cache.glob("decoders/*/each.onnx"), key=lambda file: file.stat().st_mtime).parent
encoder = open_graph(model / "encoder_model.onnx")
once, each = open_graph(kept / "once.onnx"), open_graph(kept / "each.onnx")


def run(session, inputs):
    binding = session.io_binding()
    for name, value in inputs.items():
        binding.bind_ortvalue_input(name, value)
    names = [output.name for output in session.get_outputs()]
    for name in names:
        binding.bind_output(name)
    begin = time.perf_counter()
    session.run_with_iobinding(binding)
    return time.perf_counter() - begin, dict(zip(names, binding.get_outputs()))


def describe():
    """Seconds of the encoder, of what is run once, and of all steps."""
    value = ort.OrtValue.ortvalue_from_numpy
    pixels = value(np.random.default_rng(1).standard_normal((1, 3, 224, 224), dtype=np.float32))
    looking, seen = run(encoder, {"pixel_values": pixels})
    preparing, handed = run(once, {entry.name: seen["last_hidden_state"] for entry in once.get_inputs()})
    saying, state = 0.0, {}
    for step in range(STEPS):
        rows = 1 if step == 0 else beams
        inputs = {"input_ids": value(np.full((rows, 1), 7 + step, dtype=np.int64))}
        for entry in each.get_inputs():
            if entry.name.startswith("past_key_values"):
                past = state.get(entry.name.replace("past_key_values", "present"))
                if past is None:
                    past = value(np.zeros((rows, entry.shape[1], 0, entry.shape[3]), dtype=np.float32))
                elif past.shape()[0] != rows:
                    past = value(np.repeat(past.numpy(), rows, axis=0))
                inputs[entry.name] = past
            elif entry.name in handed:
                inputs[entry.name] = handed[entry.name]
        more, state = run(each, inputs)
        saying += more
    return looking, preparing, saying


def weights(path, without=()):
    """A graph's weights by name; of those in other files, as the halves have them, only the shapes."""
    tensors = onnx.load(path, load_external_data=False).graph.initializer
    return {tensor.name: tuple(tensor.dims) for tensor in tensors if len(tensor.dims) > 0 and tensor.name not in without}


def size(shapes):
    return 4 * sum(int(np.prod(shape)) for shape in shapes.values())


# A word is one row of the table of places; what turns logits out is the table of words, read whole.
of_encoder, of_once, of_each = (weights(file) for file in [model / "encoder_model.onnx", kept / "once.onnx", kept / "each.onnx"])
read_by_step = {name: shape for name, shape in of_each.items() if shape != (1024, 768)}
matrices = [np.ones(shape, dtype=np.float32) for shape in of_encoder.values() if len(shape) == 2 and min(shape) >= 768]
memory = np.ones(size(read_by_step) // 4, dtype=np.float32)
pool = ThreadPoolExecutor(threads)


def products():
    """Seconds of the encoder's products of 197 cells with its matrices, alone."""
    cells = {rows: np.ones((197, rows), dtype=np.float32) for rows in {matrix.shape[0] for matrix in matrices}}
    begin = time.perf_counter()
    for matrix in matrices:
        cells[matrix.shape[0]] @ matrix
    return time.perf_counter() - begin


def reading():
    """Seconds of reading a step's weights once, which no cache is large enough to keep."""
    begin = time.perf_counter()
    list(pool.map(np.max, np.array_split(memory, threads)))
    return time.perf_counter() - begin


describe(), products(), reading()
turns = [(*describe(), products(), reading()) for _ in range(TURNS)]
looking, preparing, saying, multiplying, fetching = (statistics.median(turn) for turn in zip(*turns))
print(json.dumps({
    "all": statistics.median(sum(turn[:3]) for turn in turns),
    "encoder": looking, "once": preparing, "step": saying / STEPS,
    "products": multiplying, "reading": fetching, "floor": multiplying + STEPS * fetching,
    "step_bytes": size(read_by_step), "bytes": size(of_encoder | of_once | of_each),
}))
