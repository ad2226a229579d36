"""What ONNX Runtime alone takes for the graphs that hearsight runs for a photo: encoder, what is run once, sixteen steps.

`python3 own_time.py MODEL CACHE THREADS BEAMS` prints seconds, the median of seven. Everything is bound beforehand, the
state goes from step to step in place, and nothing is searched: what remains cannot be undercut with these graphs.
"""

import json
import statistics
import sys
import time
from pathlib import Path

import numpy as np
import onnxruntime as ort

model, cache, threads, beams = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
options = ort.SessionOptions()
options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
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
    value = ort.OrtValue.ortvalue_from_numpy
    pixels = value(np.random.default_rng(1).standard_normal((1, 3, 224, 224), dtype=np.float32))
    spent, seen = run(encoder, {"pixel_values": pixels})
    more, handed = run(once, {entry.name: seen["last_hidden_state"] for entry in once.get_inputs()})
    spent, state = spent + more, {}
    for step in range(16):
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
        spent += more
    return spent


describe()
print(json.dumps(statistics.median(describe() for _ in range(7))))
