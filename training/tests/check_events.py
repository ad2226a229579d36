"""Reads a run's event files with TensorBoard's own reader, and says what it found.

`python3 training/tests/check_events.py RUN/events...` wants the package `tensorboard`. It is wrong where a folder has no
number, picture or text, a picture is no PNG of its size, or steps do not rise.
"""

import struct
import sys

from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util import tensor_util


def check(folder):
    """What TensorBoard finds in a folder, as a line; what is wrong with it, as others."""
    events = EventAccumulator(folder, size_guidance={"scalars": 0, "images": 0, "tensors": 0}).Reload()
    tags = events.Tags()
    texts = [tag for tag in tags["tensors"] if events.SummaryMetadata(tag).plugin_data.plugin_name == "text"]
    wrong = [f"no {kind}" for kind, found in [("number", tags["scalars"]), ("picture", tags["images"])] if not found]
    if not texts:
        wrong.append("no text")
    counts = {}
    for kind, names, read in [
        ("numbers", tags["scalars"], events.Scalars),
        ("pictures", tags["images"], events.Images),
        ("texts", texts, events.Tensors),
    ]:
        counts[kind] = 0
        for tag in names:
            found = read(tag)
            counts[kind] += len(found)
            steps = [event.step for event in found]
            if steps != sorted(set(steps)):
                wrong.append(f"the steps of {tag} do not rise: {steps}")
            for event in found:
                wrong += [f"{tag}, step {event.step}: {why}" for why in mistakes(kind, event)]
    told = ", ".join(f"{count} {kind}" for kind, count in counts.items())
    return f"{folder}: {told} ({', '.join(sorted(tags['scalars'] + tags['images'] + texts))})", wrong


def mistakes(kind, event):
    """What is wrong with one value."""
    if kind == "pictures":
        head = event.encoded_image_string[:24]
        if head[:8] != b"\x89PNG\r\n\x1a\n":
            yield "no PNG"
        elif struct.unpack(">II", head[16:24]) != (event.width, event.height):
            yield "another size than it says"
    if kind == "texts" and not all(text.decode() for text in tensor_util.make_ndarray(event.tensor_proto).flat):
        yield "an empty text"
    if kind == "numbers" and event.value != event.value:
        yield "no number"


if len(sys.argv) < 2:
    sys.exit("There is nothing to read; name folders of events.")
failed = 0
for name in sys.argv[1:]:
    line, mistaken = check(name)
    print(line)
    for mistake in mistaken:
        print(f"WRONG: {mistake}")
    failed += bool(mistaken)
sys.exit(f"{failed} of {len(sys.argv) - 1} folders are wrong" if failed else 0)
