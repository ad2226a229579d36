"""Measures this program beside what people use from Python and JavaScript: `python3 benches/peers.py`.

All describe the same photos with the same model folder, sixteen tokens, each in a process of its own with the same
processor cores: this program (release build), transformers with PyTorch, Optimum with ONNX Runtime, and transformers.js.
Beside them stands the time that ONNX Runtime alone takes for the graphs that this program runs. `--help` has the rest.

The first run makes the peers' environment in `target/peers` (a virtual environment of `benches/peers/requirements.txt`, and
`npm install` of `benches/peers/package.json`; some gigabytes) and the model in `target/base-model`.
"""

import argparse
import json
import os
import platform
import shutil
import statistics
import subprocess
import sys
import time
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
PARTS = PROJECT / "benches" / "peers"
WORK = PROJECT / "target" / "peers"
MODEL = PROJECT / "target" / "base-model"
# What the JavaScript and the merged loaders call the same decoder: its past may have a length of 0.
MERGED = "decoder_model_merged.onnx"
# A process that says nothing for this long is stuck.
PATIENCE = 300


def main():
    wishes = arguments()
    environment(wishes)
    models(wishes)
    photos = make_photos(wishes.photos, wishes.python)
    peers = [peer for peer in all_peers(wishes) if wishes.only in (None, peer.name)]
    print(f"{platform.machine()}, {wishes.cores} cores, {processor()}; load {os.getloadavg()[0]:.1f}")
    for peer in peers:
        print(f"  {peer.name}: {peer.version}")
    for beams in wishes.beams:
        results = {peer.name: Result() for peer in peers}
        taking_part = [peer for peer in peers if beams == 1 or peer.searches]
        for peer in set(peers) - set(taking_part):
            print(f"{peer.name} has no beam search and is left out with {beams} beams.")
        for _ in range(wishes.rounds):
            # In turn, so that a busy machine slows all of them.
            for peer in taking_part:
                one_photo(peer, beams, photos[0], wishes, results[peer.name])
        for peer in taking_part:
            if wishes.photos > 1:
                many_photos(peer, beams, photos, wishes, results[peer.name])
        own = own_time(beams, wishes) if wishes.rounds and not wishes.only else None
        tell(beams, taking_part, results, own)


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--beams", type=int, nargs="+", default=[1, 4], help="searches to measure")
    parser.add_argument("--photos", type=int, default=64, help="for photos a second; 1 leaves that out")
    parser.add_argument("--batch", type=int, default=8, help="photos that the peers describe together, of many")
    parser.add_argument("--repeat", type=int, default=7, help="times the one photo is described again")
    parser.add_argument("--rounds", type=int, default=2, help="times that each has the one photo; 0 leaves that out")
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)), help="processor cores for each")
    parser.add_argument("--program", type=whole_path, help="measure this build of hearsight instead of making one")
    parser.add_argument("--beside", type=whole_path, help="another build of hearsight to measure in the same run")
    parser.add_argument("--only", help="measure this one alone, by its name")
    parser.add_argument("--venv", type=Path, default=WORK / "venv", help="the Python peers' environment")
    parser.add_argument("--node", type=Path, default=WORK / "node", help="the folder of the JavaScript peer's packages")
    return parser.parse_args()


def whole_path(text):
    """A program is started in other folders than the one where its path was typed."""
    return Path(text).resolve()


def environment(wishes):
    """Makes what the peers need, where it is not there."""
    if not wishes.program:
        subprocess.run(["cargo", "build", "--release", "--package", "hearsight"], cwd=PROJECT, check=True)
        wishes.program = PROJECT / "target" / "release" / "hearsight"
    WORK.mkdir(parents=True, exist_ok=True)
    wishes.python = wishes.venv / "bin" / "python"
    if not (wishes.venv / "pyvenv.cfg").exists():
        subprocess.run([sys.executable, "-m", "venv", wishes.venv], check=True)
        install = [wishes.python, "-m", "pip", "install", "--requirement", PARTS / "requirements.txt"]
        if subprocess.run(install).returncode:
            shutil.rmtree(wishes.venv)
            sys.exit("The Python peers could not be installed.")
    if not (wishes.node / "node_modules").exists():
        wishes.node.mkdir(parents=True, exist_ok=True)
        shutil.copy(PARTS / "package.json", wishes.node)
        subprocess.run(["npm", "install", "--ignore-scripts"], cwd=wishes.node, check=True)
    shutil.copy(PARTS / "transformers_js.mjs", wishes.node)


def models(wishes):
    """The same model for all: what the peers call otherwise are links, and PyTorch has weights of the same sizes."""
    if not (MODEL / "tokenizer_config.json").exists():
        subprocess.run([wishes.python, PROJECT / "benches" / "base_model.py", MODEL], check=True)
    linked = WORK / "model"
    linked.mkdir(exist_ok=True)
    for file in MODEL.iterdir():
        name = MERGED if file.name.startswith("decoder") else file.name
        (linked / name).unlink(missing_ok=True)
        (linked / name).symlink_to(file)
    torch = WORK / "pytorch"
    if not (torch / "model.safetensors").exists():
        torch.mkdir(exist_ok=True)
        for file in MODEL.glob("*.json"):
            shutil.copy(file, torch)
        subprocess.run([wishes.python, PARTS / "pytorch_model.py", torch], check=True)


def make_photos(count, python):
    """The photos, 1600 by 1200 points each, all different; the first is the one that is described alone."""
    folder = WORK / "photos"
    folder.mkdir(exist_ok=True)
    photos = [folder / f"{number:03}.jpg" for number in range(count)]
    missing = [str(photo) for photo in photos if not photo.exists()]
    if missing:
        subprocess.run([python, PARTS / "photos.py", *missing], check=True)
    return photos


class Peer:
    """A program that is measured: how it is started, how it is given photos, and whether it searches with beams.

    One that `lists` takes a JSON list of photos on a line of its standard input; this program takes a path on a line with
    `--from -`, and a single photo as people give it one.
    """

    def __init__(self, name, version, command, lists=True, searches=True):
        self.name, self.version, self.command, self.lists, self.searches = name, version, command, lists, searches

    def arguments(self, beams, only):
        command = self.command(str(beams))
        if not self.lists:
            command = command + ([only] if only else ["--from", "-"])
        return list(map(str, command))


def all_peers(wishes):
    python, node = str(wishes.python), str(wishes.node / "transformers_js.mjs")
    cores = str(wishes.cores)

    def hearsight(program):
        length = ["--generate", "max_length=17", "--generate", "min_length=17"]
        return lambda beams: [program, "describe", "--json", "--model", MODEL, "--beams", beams, *length]

    def of_python(kind, folder):
        return lambda beams: [python, str(PARTS / "peer.py"), kind, str(folder), cores, beams]

    packages = json.loads(ask([python, "-c", VERSIONS]))
    js = json.loads((wishes.node / "node_modules/@huggingface/transformers/package.json").read_text())
    ort = json.loads((wishes.node / "node_modules/onnxruntime-node/package.json").read_text())
    common = f"transformers {packages['transformers']}, torch {packages['torch']}"
    peers = [Peer("hearsight", ask([wishes.program, "--version"]), hearsight(wishes.program), lists=False)]
    if wishes.beside:
        peers.append(Peer("beside", str(wishes.beside), hearsight(wishes.beside), lists=False))
    return peers + [
        Peer("transformers", common, of_python("transformers", WORK / "pytorch")),
        Peer(
            "optimum",
            f"optimum-onnx {packages['optimum-onnx']}, onnxruntime {packages['onnxruntime']}, {common}",
            of_python("optimum", WORK / "model"),
        ),
        Peer(
            "transformers.js",
            f"{js['version']}, onnxruntime-node {ort['version']}, node {ask(['node', '--version'])}",
            lambda beams: ["node", node, str(WORK / "model"), cores, beams],
            searches=False,
        ),
    ]


VERSIONS = """
import json
from importlib.metadata import version
print(json.dumps({name: version(name) for name in ["transformers", "torch", "optimum-onnx", "onnxruntime"]}))
"""


def ask(command):
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()


def processor():
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        return next(line.split(":")[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor()


class Result:
    """What was measured of one program."""

    def __init__(self):
        self.cold, self.latencies, self.memory, self.memory_of_many, self.rate, self.tokens = [], [], [], [], None, None


class Process:
    """A program that runs; peak memory is known when it has ended."""

    def __init__(self, peer, beams, wishes, only=None):
        cores = sorted(os.sched_getaffinity(0))[: wishes.cores]
        own = {"HEARSIGHT_CACHE_DIR": str(WORK / "cache"), "TOKENIZERS_PARALLELISM": "false", "HF_HUB_OFFLINE": "1"}
        threads = {name: str(wishes.cores) for name in ["OMP_NUM_THREADS", "MKL_NUM_THREADS"]}
        self.peer, self.start = peer, time.monotonic()
        self.log = open(WORK / f"{peer.name}.log", "w")
        self.process = subprocess.Popen(
            peer.arguments(beams, only),
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.log, text=True, cwd=WORK,
            env=os.environ | own | threads, preexec_fn=lambda: os.sched_setaffinity(0, cores),
        )
        if only and peer.lists:
            self.give([only])

    def give(self, photos):
        lines = [json.dumps([str(photo) for photo in photos])] if self.peer.lists else map(str, photos)
        self.process.stdin.write("".join(f"{line}\n" for line in lines))
        self.process.stdin.flush()

    def read(self):
        line = self.process.stdout.readline()
        if not line:
            sys.exit(f"{self.peer.name} ended; what it said is in {self.log.name}.")
        return json.loads(line)

    def end(self):
        """Ends it and tells its peak memory in megabytes."""
        try:
            self.process.stdin.close()
        except BrokenPipeError:
            pass
        _, status, usage = os.wait4(self.process.pid, 0)
        if status:
            sys.exit(f"{self.peer.name} failed; what it said is in {self.log.name}.")
        self.log.close()
        # Bytes on macOS, kilobytes elsewhere.
        return usage.ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)


def one_photo(peer, beams, photo, wishes, result):
    """From the start to the first sentence of one photo; then, in another process, that photo again and again."""
    process = Process(peer, beams, wishes, only=photo)
    process.read()
    result.cold.append(time.monotonic() - process.start)
    result.memory.append(process.end())
    process = Process(peer, beams, wishes)
    for repeat in range(wishes.repeat + 1):
        begin = time.monotonic()
        process.give([photo])
        result.tokens = process.read()["tokens"]
        if repeat:
            result.latencies.append(time.monotonic() - begin)
    result.memory_of_many.append(process.end())


def many_photos(peer, beams, photos, wishes, result):
    """Photos a second, once the first is described: one after the other, and together where it can be asked to."""
    for batch in sorted({1, wishes.batch}) if peer.lists else [1]:
        process = Process(peer, beams, wishes)
        process.give(photos[:1])
        result.tokens = process.read()["tokens"]
        begin = time.monotonic()
        for first in range(0, len(photos), batch):
            process.give(photos[first : first + batch])
        for _ in photos:
            process.read()
        rate = len(photos) / (time.monotonic() - begin)
        memory = process.end()
        if result.rate is None or rate > result.rate:
            result.rate = rate
            result.memory_of_many.append(memory)


def own_time(beams, wishes):
    """What ONNX Runtime alone takes for the graphs that this program has kept, and what none can undercut."""
    cores = sorted(os.sched_getaffinity(0))[: wishes.cores]
    command = [wishes.python, PARTS / "own_time.py", MODEL, WORK / "cache", str(wishes.cores), str(beams)]
    done = subprocess.run(
        command, check=True, capture_output=True, text=True, preexec_fn=lambda: os.sched_setaffinity(0, cores),
        env=os.environ | {"OPENBLAS_NUM_THREADS": str(wishes.cores)},
    )
    return json.loads(done.stdout)


# How each figure is written; None where it was not measured.
FIGURES = {
    "latency": lambda value: f"{value:.3f} s",
    "cold start": lambda value: f"{value:.2f} s",
    "photos/s": lambda value: f"{value:.2f}",
    "memory": lambda value: f"{value:.0f} MB",
    "memory of many": lambda value: f"{value:.0f} MB",
}


def figures_of(result):
    return {
        "latency": statistics.median(result.latencies) if result.latencies else None,
        "cold start": min(result.cold, default=None),
        "photos/s": result.rate,
        "memory": max(result.memory, default=None),
        "memory of many": max(result.memory_of_many, default=None),
    }


def tell(beams, peers, results, own):
    print(f"\n{beams} beams" if beams > 1 else "\ngreedy")
    print(f"{'':16}" + "".join(f"{name:>16}" for name in FIGURES))
    figures = {peer.name: figures_of(results[peer.name]) for peer in peers}
    for name, row in figures.items():
        told = ("-" if row[figure] is None else write(row[figure]) for figure, write in FIGURES.items())
        print(f"{name:16}" + "".join(f"{text:>16}" for text in told))
    ours = figures.pop("hearsight", None)
    if own:
        tell_floor(own, ours, [row for name, row in figures.items() if name != "beside"])
    if not ours:
        return
    if before := figures.pop("beside", None):
        print("hearsight to the build beside it: " + ratios(ours, [before]))
    for name, row in figures.items():
        print(f"hearsight to {name}: " + ratios(ours, [row]))
    if figures:
        print("hearsight to the best of them: " + ratios(ours, list(figures.values())))
        tell_aims(beams, ours, list(figures.values()), own)
    same = [peer.name for peer in peers if results[peer.name].tokens == results["hearsight"].tokens]
    print("the same tokens: " + ", ".join(same))


# At most this share of the best peer's figure, by the number of beams where they differ.
AIMS = {"latency": {1: 0.52, 4: 0.30}, "cold start": 0.25, "memory": 0.5}
# At most this multiple of what ONNX Runtime alone takes.
AIM_BESIDE_RUNTIME = 1.05


def tell_aims(beams, ours, peers, own):
    """Each aim beside what was reached."""
    told = []
    for name, aim in AIMS.items():
        aim = aim.get(beams) if isinstance(aim, dict) else aim
        theirs = [row[name] for row in peers if row[name] is not None]
        if aim and ours[name] is not None and theirs:
            told.append((name, ours[name] / min(theirs), aim))
    if own and ours["latency"]:
        told.append(("latency beside ONNX Runtime alone", ours["latency"] / own["all"], AIM_BESIDE_RUNTIME))
    for name, reached, aim in told:
        print(f"  {'met' if reached <= aim else 'NOT met'}: {name} {reached:.2f}, aim {aim:.2f}")


def tell_floor(own, ours, peers):
    """What is left to gain, and whether the best peer's half can be reached at all."""
    print(
        f"ONNX Runtime alone, in the graphs that hearsight runs: {own['all']:.3f} s, of which the encoder {own['encoder']:.3f},"
        f" what is run once {own['once']:.3f}, and each of 16 steps {own['step']:.4f}"
    )
    if ours and ours["latency"]:
        print(f"hearsight's latency is {ours['latency'] / own['all']:.2f} of that, reading and preparing the photo included")
    print(
        f"in turn with that, the encoder's products alone (numpy): {own['products']:.3f} s, and reading the"
        f" {own['step_bytes'] / 1e6:.0f} MB of a step's weights from memory: {own['reading']:.4f} s; with 16 steps that is"
        f" {own['floor']:.3f} s, which no program undercuts with these weights"
    )
    latencies = [row["latency"] for row in peers if row["latency"]]
    memories = [row["memory"] for row in peers if row["memory"]]
    if latencies and memories:
        print(
            f"of the best peer that is {own['floor'] / min(latencies):.2f} of the latency, and the {own['bytes'] / 1e6:.0f} MB"
            f" of all weights are {own['bytes'] / 1e6 / min(memories):.2f} of the memory"
        )


def ratios(ours, others):
    told = []
    for name, mine in ours.items():
        theirs = [other[name] for other in others if other[name] is not None]
        if mine is None or not theirs:
            continue
        best = max(theirs) if name == "photos/s" else min(theirs)
        told.append(f"{name} {mine / best:.2f}")
    return ", ".join(told)


if __name__ == "__main__":
    main()
