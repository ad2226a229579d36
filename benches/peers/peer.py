"""The Python peers: `python3 peer.py transformers|optimum FOLDER THREADS BEAMS`.

Each line of standard input is a JSON list of photos that are described together; each photo's tokens become a line.
"""

import json
import sys

kind, folder, threads, beams = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])

import torch  # noqa: E402
from PIL import Image  # noqa: E402
from transformers import AutoTokenizer, ViTImageProcessor  # noqa: E402

torch.set_num_threads(threads)
torch.set_grad_enabled(False)
if kind == "transformers":
    from transformers import VisionEncoderDecoderModel

    model = VisionEncoderDecoderModel.from_pretrained(folder, local_files_only=True).eval()
else:
    import onnxruntime
    from optimum.onnxruntime import ORTModelForVision2Seq

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    model = ORTModelForVision2Seq.from_pretrained(
        folder, session_options=options, use_cache=True, use_merged=True, local_files_only=True
    )
processor = ViTImageProcessor.from_pretrained(folder, local_files_only=True)
tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True)
for line in sys.stdin:
    photos = [Image.open(photo).convert("RGB") for photo in json.loads(line)]
    pixels = processor(photos, return_tensors="pt").pixel_values
    found = model.generate(pixels, num_beams=beams, max_length=17, min_length=17)
    for tokens in found.tolist():
        print(json.dumps({"tokens": tokens, "caption": tokenizer.decode(tokens, skip_special_tokens=True)}), flush=True)
