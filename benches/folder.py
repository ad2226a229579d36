"""How many photos a second a whole folder takes, beside a list of the same photos, and what it takes in memory.

    python3 benches/folder.py FOLDER [--hearsight PROGRAM] [--photos 400] [--rounds 3]

Each round describes the same photos by `describe --from LIST --json` and by `describe --recursive --to`, in turn, and then
the folder again, when all is known. Prints photos a second, the ratio of the two, and the most memory of each process.
"""

import argparse
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time


def run(command):
    """Wall-clock seconds and the most memory in megabytes."""
    start = time.monotonic()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit("The photos could not all be described.")
    return time.monotonic() - start, usage.ru_maxrss / 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--hearsight", default="target/release/hearsight")
    parser.add_argument("--photos", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    endings = {".jpg", ".jpeg", ".png", ".webp", ".gif", ".bmp"}
    photos = sorted(path.absolute() for path in arguments.folder.rglob("*") if path.suffix.lower() in endings)
    photos = photos[: arguments.photos]
    with tempfile.TemporaryDirectory() as place:
        place = pathlib.Path(place)
        folder = place / "photos"
        folder.mkdir()
        for number, photo in enumerate(photos):
            (folder / f"{number:06}{photo.suffix}").symlink_to(photo)
        listed = place / "list.txt"
        listed.write_text("".join(f"{path}\n" for path in sorted(folder.iterdir())), encoding="utf-8")
        program = [arguments.hearsight, "describe", "--progress", "none"]
        plain, whole, again = [], [], []
        for number in range(arguments.rounds):
            plain.append(run([*program, "--json", "--from", listed]))
            outputs = [f"--to={place}/{number}.{ending}" for ending in ("jsonl", "csv", "html")]
            whole.append(run([*program, "--recursive", folder, *outputs]))
            again.append(run([*program, "--recursive", folder, *outputs]))
        for name, runs in (("list", plain), ("folder", whole), ("folder again", again)):
            rates = ", ".join(f"{len(photos) / seconds:.1f}" for seconds, _ in runs)
            print(f"{name}: {rates} photos a second, at most {max(memory for _, memory in runs):.0f} MB")
        ratio = statistics.median(one / other for (one, _), (other, _) in zip(plain, whole, strict=True))
        print(f"{len(photos)} photos: the folder at {ratio:.2f} of the speed of the list (median of {arguments.rounds})")


if __name__ == "__main__":
    main()
