"""Describes the photos of a list on several machines with Spark, each of which runs `hearsight describe --from - --json`.

    spark-submit benches/spark.py PHOTOS OUT [--hearsight PROGRAM] [--model DIR] [--master URL] [--photos-a-share N]

PHOTOS is a list as `--from` takes it: a path a line, or a JSON object {"path": ..., "id": ...} a line. Photos, program and
model must lie at the same paths on every machine. OUT becomes a folder of JSON lines, a file a share, whose order is that
of the list. A share that is lost with its worker is done again on another one, by Spark itself.

`--check` is the proof, with two workers on this machine (`pip install pyspark` and Java are all it takes): it describes
the photos in one process and through Spark, kills a worker while it is at work, and compares.

    python3 benches/spark.py PHOTOS OUT --check
"""

import argparse
import json
import os
import pathlib
import shlex
import signal
import subprocess
import sys
import threading
import time

TWO_WORKERS = "local-cluster[2,1,1024]"


def session(master, log):
    """A session on the cluster; `log` is how loud Spark is."""
    # Workers of a local cluster are started by the scripts of the package.
    import pyspark
    from pyspark.sql import SparkSession

    os.environ.setdefault("SPARK_HOME", str(pathlib.Path(pyspark.__file__).parent))
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    builder = SparkSession.builder.appName("hearsight")
    if master:
        builder = builder.master(master)
    spark = builder.getOrCreate()
    spark.sparkContext.setLogLevel(log)
    return spark


def described(spark, photos, command, share):
    """The lines of the photos as an RDD, in the order of the list: a share is one run of the program.

    Exit code 1 says that a photo failed, which stands in its line; anything else than 0 and 1, as when the program is
    killed or its machine lost, has Spark do the share again.
    """
    context = spark.sparkContext
    shares = max(1, -(-len(photos) // share))
    guarded = shlex.join(["sh", "-c", '"$@" || [ $? -eq 1 ]', "sh", *command])
    return context.parallelize(photos, shares).pipe(guarded, env=environment(), checkCode=True).mapPartitions(trusted)


def environment():
    """What the program is told here it is told there; without a word about it Spark would give it nothing at all."""
    names = ("PATH", "HOME", "LANG", "LANGUAGE", "ORT_DYLIB_PATH")
    return {name: value for name, value in os.environ.items() if name in names or name.startswith("HEARSIGHT_")}


def trusted(lines):
    """The lines of a share, unless all of it failed for one reason: that is the machine's fault, which lacks ONNX Runtime,
    the model or the folder of the photos, and another one may do better."""
    lines = list(lines)
    errors = {json.loads(line).get("error") for line in lines}
    if len(lines) > 1 and len(errors) == 1 and None not in errors:
        raise RuntimeError(errors.pop())
    return lines


def without_times(line):
    """What is the same whoever describes it, with numbers to four digits: the last ones depend on the photos beside."""
    if isinstance(line, dict):
        return {key: without_times(value) for key, value in line.items() if key != "seconds"}
    if isinstance(line, list):
        return [without_times(value) for value in line]
    return round(line, 3) if isinstance(line, float) else line


def sentences(lines):
    """Photo, id and what was said of it."""
    keys = ("photo", "id", "caption", "no_picture", "error")
    return [tuple(line.get(key) for key in keys) for line in lines]


def executors():
    """The processes of executors that this process has started, by the worker that they belong to."""
    found = []
    for folder in pathlib.Path("/proc").glob("[0-9]*"):
        try:
            words = (folder / "cmdline").read_bytes().split(b"\0")
        except OSError:
            continue
        if any(b"CoarseGrainedExecutorBackend" in word for word in words) and is_ours(int(folder.name)):
            found.append(int(folder.name))
    return found


def is_ours(process):
    """Whether a process descends from this one."""
    while process > 1:
        if process == os.getpid():
            return True
        try:
            stat = pathlib.Path(f"/proc/{process}/stat").read_text()
        except OSError:
            return False
        process = int(stat.rsplit(")", 1)[1].split()[1])
    return False


def kill_one_at_work(spark, killed):
    """Kills an executor once shares have been finished and others are at work."""
    tracker = spark.sparkContext.statusTracker()
    while not killed:
        for stage in tracker.getActiveStageIds():
            info = tracker.getStageInfo(stage)
            if info and info.numCompletedTasks >= 1 and info.numActiveTasks >= 2 and executors():
                process = executors()[0]
                os.kill(process, signal.SIGKILL)
                killed.append((process, info.numCompletedTasks, info.numTasks))
                return
        time.sleep(0.05)


def check(arguments, photos, command):
    """One process and two workers, one of which is lost, say the same."""
    start = time.monotonic()
    one = subprocess.run(command, input="\n".join(photos) + "\n", capture_output=True, text=True, check=False)
    alone = [json.loads(line) for line in one.stdout.splitlines()]
    seconds = time.monotonic() - start
    print(f"one process: {len(alone)} lines in {seconds:.1f} s")

    spark = session(arguments.master or TWO_WORKERS, "ERROR")
    workers = 0
    while workers < 2:
        workers = len(executors())
        time.sleep(0.2)
    killed = []
    threading.Thread(target=kill_one_at_work, args=(spark, killed), daemon=True).start()
    start = time.monotonic()
    lines = described(spark, photos, command, arguments.photos_a_share)
    lines.saveAsTextFile(pathlib.Path(arguments.out).absolute().as_uri())
    seconds = time.monotonic() - start
    failed = sum(
        info.numFailedTasks
        for stage in spark.sparkContext.statusTracker().getJobIdsForGroup()
        for ids in [spark.sparkContext.statusTracker().getJobInfo(stage)]
        if ids
        for info in [spark.sparkContext.statusTracker().getStageInfo(i) for i in ids.stageIds]
        if info
    )
    spark.stop()
    parts = sorted(pathlib.Path(arguments.out).glob("part-*"))
    through = [json.loads(line) for part in parts for line in part.read_text().splitlines()]
    print(f"two workers: {len(through)} lines in {seconds:.1f} s")
    if not killed:
        sys.exit("No worker was killed: give more photos, or fewer a share.")
    process, done, shares = killed[0]
    print(f"executor {process} was killed after {done} of {shares} shares; {failed} shares had to be done again")
    if not any("caption" in line for line in alone):
        sys.exit(f"Nothing was described: {one.stdout[:300]}{one.stderr[:300]}")
    if len(through) != len(alone):
        sys.exit(f"{len(alone)} lines have become {len(through)}.")
    for one, other in zip(sentences(alone), sentences(through), strict=True):
        if one != other:
            sys.exit(f"The sentences differ:\n{one}\n{other}")
    if not failed:
        sys.exit("No share was lost with the executor.")
    near = sum(without_times(a) == without_times(b) for a, b in zip(through, alone, strict=True))
    print(f"the same {len(alone)} sentences in the same order; of {near} every number is the same to three digits")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", help="the list of photos")
    parser.add_argument("out", help="the folder of lines that is written; it must not be there yet")
    parser.add_argument("--hearsight", default="hearsight", help="the program, on every machine")
    parser.add_argument("--model", help="the model, on every machine")
    parser.add_argument("--master", help="the cluster, where spark-submit does not say it")
    parser.add_argument("--photos-a-share", type=int, default=500, help="how many photos one run of the program takes")
    parser.add_argument("--check", action="store_true", help="prove it with two workers on this machine")
    arguments = parser.parse_args()

    text = pathlib.Path(arguments.photos).read_text(encoding="utf-8")
    photos = [line for line in text.splitlines() if line]
    command = [arguments.hearsight, "describe", "--json", "--from", "-"]
    if arguments.model:
        command += ["--model", arguments.model]
    if arguments.check:
        check(arguments, photos, command)
        return
    spark = session(arguments.master, "WARN")
    described(spark, photos, command, arguments.photos_a_share).saveAsTextFile(
        pathlib.Path(arguments.out).absolute().as_uri() if "://" not in arguments.out else arguments.out
    )
    spark.stop()


if __name__ == "__main__":
    main()
