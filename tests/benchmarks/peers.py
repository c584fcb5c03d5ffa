#!/usr/bin/env python3
"""Plexus beside onnxruntime, on one machine in one run, in turns: a Markdown table of latencies and their ratios.

    tests/benchmarks/peers.py [--plexus build/bin/plexus] [--threads 1,2] [--rounds 4] [--seconds 1] CASE...

A CASE is a folder with model.onnx and test_data_set_0/input_K.pb. Each round measures onnxruntime and then Plexus for so many
seconds, so that a machine that slows down slows both. Minimum: the least of all rounds. Median: the least of the rounds'
medians. A ratio below 1 means that Plexus is faster. onnxruntime runs with its default optimizations and bound inputs and
outputs, so that Python's share (a few microseconds a call) is small but not nothing: it counts in models as fast as that.

Needs onnx, numpy and onnxruntime: run it by the environment that `tools/setup.sh --tests` makes, which it looks for itself.
"""
import argparse
import json
import os
import statistics
import subprocess
import sys
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

try:
    import onnx
    import onnxruntime
except ImportError:
    cache = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    python = os.path.join(os.environ.get("PLEXUS_DEPS", os.path.join(cache, "plexus-deps")), "venv", "bin", "python")
    if sys.executable == python or not os.path.exists(python):
        sys.exit("peers: onnx or onnxruntime is missing; tools/setup.sh --tests installs them")
    os.execv(python, [python, *sys.argv])


class Onnxruntime:
    def __init__(self, case, threads):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        options.log_severity_level = 3
        model = os.path.join(case, "model.onnx")
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.files = {}
        self.binding = self.session.io_binding()
        for k, value in enumerate(self.session.get_inputs()):
            self.files[value.name] = os.path.join(case, "test_data_set_0", f"input_{k}.pb")
            self.binding.bind_cpu_input(value.name, onnx.numpy_helper.to_array(onnx.load_tensor(self.files[value.name])))
        for value in self.session.get_outputs():
            self.binding.bind_output(value.name)

    def measure(self, seconds):
        """(minimum, median) in ms."""
        run, times = lambda: self.session.run_with_iobinding(self.binding), []
        run()
        end = time.perf_counter() + seconds
        while not times or time.perf_counter() < end:
            start = time.perf_counter_ns()
            run()
            times.append(time.perf_counter_ns() - start)
        return min(times) / 1e6, statistics.median(times) / 1e6


def measure_plexus(plexus, case, files, threads, seconds):
    inputs = [flag for name, file in files.items() for flag in ("--input", f"{name}={file}")]
    command = [plexus, "bench", os.path.join(case, "model.onnx"), *inputs, "--threads", str(threads), "--seconds", str(seconds), "--json", "-"]
    done = subprocess.run(command, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"plexus bench ended with {done.returncode}"])[0])
    latency = json.loads(done.stdout)["latency_ms"]
    return latency["min"], latency["median"]


def compare(options, case, threads):
    """(plexus, onnxruntime), each (minimum, median) in ms: the least of the rounds."""
    peer, ours, theirs = Onnxruntime(case, threads), [], []
    for _ in range(options.rounds):
        theirs.append(peer.measure(options.seconds))
        ours.append(measure_plexus(options.plexus, case, peer.files, threads, options.seconds))
    return [tuple(min(column) for column in zip(*rounds)) for rounds in (ours, theirs)]


def cpu_name():
    with open("/proc/cpuinfo") as file:
        names = [line.split(":", 1)[1].strip() for line in file if line.startswith("model name")]
    return f"{names[0] if names else 'unknown CPU'}, {len(os.sched_getaffinity(0))} CPUs"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plexus", default=os.path.join(ROOT, "build", "bin", "plexus"))
    parser.add_argument("--threads", default="1,2", type=lambda text: [int(t) for t in text.split(",")])
    parser.add_argument("--rounds", default=4, type=int)
    parser.add_argument("--seconds", default=1.0, type=float)
    parser.add_argument("cases", nargs="+", metavar="CASE")
    options = parser.parse_args()

    print(f"onnxruntime {onnxruntime.__version__}, {cpu_name()}; ms, {options.rounds} rounds of {options.seconds:g} s each\n")
    print("| model | threads | Plexus min | onnxruntime min | ratio | Plexus median | onnxruntime median | ratio |")
    print("|---|---|---|---|---|---|---|---|")
    failed = 0
    for case in options.cases:
        name = os.path.basename(os.path.normpath(case))
        for threads in options.threads:
            try:
                ours, theirs = compare(options, case, threads)
            except Exception as error:  # one model's failure is a line of the table, not its end
                print(f"| {name} | {threads} | failed: {error} | | | | | |", flush=True)
                failed += 1
                continue
            cells = [f"{a:.4g} | {b:.4g} | {a / b:.2f}" for a, b in zip(ours, theirs)]
            print(f"| {name} | {threads} | {' | '.join(cells)} |", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
