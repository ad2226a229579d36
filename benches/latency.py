"""How long one photo takes in the program as it runs on, and what of that the photo, the encoder and the search are.

    python3 benches/latency.py PROGRAM PHOTOS MODEL... [--count 25] [--beams N]

Starts `describe --json --from -` for each model folder, gives it the first JPEGs of a folder, each when the one before has
been described, and prints the medians in milliseconds. The first photo, which warms up, does not count.
"""

import argparse
import json
import statistics
import subprocess
import sys
import time
from itertools import cycle, islice
from pathlib import Path


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("program", type=Path)
    parser.add_argument("photos", type=Path)
    parser.add_argument("models", nargs="+", type=Path)
    parser.add_argument("--count", type=int, default=25)
    parser.add_argument("--beams", help="instead of what each model says")
    wishes = parser.parse_args()
    found = sorted(wishes.photos.glob("*.jpg"))
    if not found:
        sys.exit(f"There is no JPEG in {wishes.photos}.")
    photos = list(islice(cycle(found), wishes.count + 1))
    for model in wishes.models:
        parts = [statistics.median(part) for part in zip(*times(wishes, model, photos)[1:])]
        names = ["whole", "photo", "encoder", "search"]
        print(f"{model.name}: " + ", ".join(f"{name} {part * 1000:.0f} ms" for name, part in zip(names, parts)))


def times(wishes, model, photos):
    """Seconds of each photo, and of its parts."""
    beams = ["--beams", wishes.beams] if wishes.beams else []
    command = [wishes.program.resolve(), "describe", "--json", "--model", model.resolve(), *beams, "--from", "-"]
    found = []
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        for photo in photos:
            begin = time.monotonic()
            process.stdin.write(f"{photo.resolve()}\n")
            process.stdin.flush()
            line = process.stdout.readline()
            whole = time.monotonic() - begin
            if not line:
                sys.exit(f"{model} could not be run; `hearsight models check` says why.")
            # What the model takes for no photo has none.
            if seconds := json.loads(line).get("seconds"):
                found.append([whole, *(seconds[part] for part in ("decode_photo", "encode", "search"))])
        process.stdin.close()
    return found


if __name__ == "__main__":
    main()
