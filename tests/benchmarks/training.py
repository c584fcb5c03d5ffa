#!/usr/bin/env python3
"""Steps of training beside torch's, on one machine in one run, in turns: a Markdown table of times, ratios and memory.

    tests/benchmarks/training.py [--plexus build/bin/plexus] [--threads 1,2] [--rounds 4] [--seconds 1] [--no-compile] [MODEL...]

Models (default: all): see MODELS. Each is a torch module, exported to ONNX as it trains; plexus trains that file. A step is all of
it: forward, loss, backward, update. torch runs eagerly and compiled, plain and with fused optimizers, CNNs in channels_last too; its
best counts. Each round measures every way of torch and then Plexus for so many seconds, so that a machine that slows down slows all.
Minimum: the least of all rounds. Ratio: torch's best minimum over ours. Peak: our GFLOP/s against multiply-adds in registers, measured
in each round. Memory of a step: parameters, slots and the peak of what else is alive, here and in torch's allocator.

Needs torch and onnx from PyPI: run it by a Python that has them, or it makes an environment of its own in ~/.cache/plexus-torch.
"""
import argparse
import copy
import json
import os
import subprocess
import sys
import tempfile
import time
import venv

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
try:
    import numpy
    import onnx  # noqa: F401  torch's exporter asks for it
    import torch
except ImportError:
    cache = os.path.join(os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache"), "plexus-torch")
    python = os.path.join(cache, "bin", "python")
    if sys.executable == python:
        sys.exit(f"training: torch, onnx or numpy cannot be imported from {cache}; remove it and try again")
    if not os.path.exists(python):
        venv.create(cache, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "torch", "onnx", "onnxscript", "numpy"], check=True)
    os.execv(python, [python, *sys.argv])

from torch import nn

# ---- models ----------------------------------------------------------------------------------------------------------


def mlp(*widths):
    layers = []
    for a, b in zip(widths, widths[1:]):
        layers += [nn.Linear(a, b), nn.ReLU()]
    return nn.Sequential(*layers[:-1])


def cnn():
    return nn.Sequential(nn.Conv2d(1, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(16, 32, 3, padding=1), nn.ReLU(),
                         nn.MaxPool2d(2), nn.Flatten(), nn.Linear(32 * 7 * 7, 128), nn.ReLU(), nn.Linear(128, 10))


class Block(nn.Module):
    def __init__(self, a, b, stride):
        super().__init__()
        self.main = nn.Sequential(nn.Conv2d(a, b, 3, stride, 1, bias=False), nn.BatchNorm2d(b), nn.ReLU(),
                                  nn.Conv2d(b, b, 3, 1, 1, bias=False), nn.BatchNorm2d(b))
        self.short = nn.Sequential() if a == b else nn.Sequential(nn.Conv2d(a, b, 1, stride, bias=False), nn.BatchNorm2d(b))

    def forward(self, x):
        return torch.relu(self.main(x) + self.short(x))


def resnet18():
    layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(), nn.MaxPool2d(3, 2, 1)]
    for a, b in ((64, 64), (64, 128), (128, 256), (256, 512)):
        layers += [Block(a, b, 1 if a == b else 2), Block(b, b, 1)]
    return nn.Sequential(*layers, nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(512, 1000))


class Layer(nn.Module):
    def __init__(self, width, heads):
        super().__init__()
        self.heads, self.qkv, self.out = heads, nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.up, self.down = nn.Linear(width, 4 * width), nn.Linear(4 * width, width)
        self.norm1, self.norm2 = nn.LayerNorm(width), nn.LayerNorm(width)

    def forward(self, x):
        b, s, w = x.shape
        q, k, v = (t.reshape(b, s, self.heads, w // self.heads).transpose(1, 2) for t in self.qkv(x).split(w, 2))
        a = nn.functional.scaled_dot_product_attention(q, k, v).transpose(1, 2).reshape(b, s, w)
        x = self.norm1(x + self.out(a))
        return self.norm2(x + self.down(nn.functional.gelu(self.up(x))))


class Bert(nn.Module):
    def __init__(self, width=384, layers=6, heads=12, words=30522):
        super().__init__()
        self.words, self.places, self.norm = nn.Embedding(words, width), nn.Embedding(512, width), nn.LayerNorm(width)
        self.layers, self.head = nn.Sequential(*(Layer(width, heads) for _ in range(layers))), nn.Linear(width, 2)

    def forward(self, ids):
        x = self.norm(self.words(ids) + self.places.weight[: ids.shape[1]])
        return self.head(self.layers(x)[:, 0])


class Lstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.cells, self.head = nn.LSTM(128, 256, 2, batch_first=True), nn.Linear(256, 10)

    def forward(self, x):
        return self.head(self.cells(x)[0][:, -1])


def floats(*dims):
    return lambda g: torch.randn(*dims, generator=g)


# name: module, input, classes, optimizer, its options in torch, in plexus, GFLOP of a step's products (forward and twice that back,
# less the gradient of the input).
ADAMW = (torch.optim.AdamW, {"lr": 1e-4}, ["--optimizer", "adamw", "--lr", "1e-4", "--weight-decay", "0.01"])
MODELS = {
    "mlp_64_128_64_10": (lambda: mlp(64, 128, 64, 10), floats(64, 64), 10, ADAMW, 0.0055),
    "mlp_784_256_128_10": (lambda: mlp(784, 256, 128, 10), floats(64, 784), 10,
                           (torch.optim.SGD, {"lr": 1e-3}, ["--optimizer", "sgd", "--lr", "1e-3"]), 0.0645),
    "mnist_cnn": (cnn, floats(64, 1, 28, 28), 10, (torch.optim.Adam, {"lr": 1e-3}, ["--optimizer", "adam", "--lr", "1e-3"]), 0.453),
    "resnet18_b8": (resnet18, floats(8, 3, 224, 224), 1000,
                    (torch.optim.SGD, {"lr": 1e-3, "momentum": 0.9}, ["--optimizer", "momentum", "--lr", "1e-3"]), 85.2),
    "bert_b8_s64": (Bert, lambda g: torch.randint(0, 30522, (8, 64), generator=g), 2, ADAMW, 33.7),
    "lstm_b16": (Lstm, floats(16, 100, 128), 10, ADAMW, 8.4),
}


class Case:
    def __init__(self, name):
        module, values, classes, self.optimizer, self.gflop = MODELS[name]
        torch.manual_seed(0)
        generator = torch.Generator().manual_seed(1)
        self.name, self.module = name, module().train()
        self.x, self.y = values(generator), None
        self.y = torch.randint(0, classes, (self.x.shape[0],), generator=generator)

    def write(self, folder):
        self.onnx, self.data = os.path.join(folder, self.name + ".onnx"), os.path.join(folder, self.name + ".npz")
        torch.onnx.export(self.module, (self.x,), self.onnx, dynamo=False, training=torch.onnx.TrainingMode.TRAINING,
                          do_constant_folding=False, input_names=["x"], output_names=["logits"], opset_version=17)
        numpy.savez(self.data, x=self.x.numpy(), y=self.y.numpy())


# ---- torch -----------------------------------------------------------------------------------------------------------


class Torch:
    """A way of training a case: a step, as a function."""

    def __init__(self, case, fused, channels_last, compiled):
        self.module, x = copy.deepcopy(case.module), case.x
        if channels_last:
            self.module, x = self.module.to(memory_format=torch.channels_last), x.to(memory_format=torch.channels_last)
        kind, options, _ = case.optimizer
        optimizer = kind(self.module.parameters(), fused=fused, **options)
        forward = torch.compile(self.module) if compiled else self.module

        def step():
            optimizer.zero_grad(set_to_none=True)
            nn.functional.cross_entropy(forward(x), case.y).backward()
            optimizer.step()

        self.step, self.optimizer = step, optimizer

    def measure(self, seconds):
        """The least time of a step in ms."""
        self.step(), self.step()
        best, end = float("inf"), time.perf_counter() + seconds
        while time.perf_counter() < end:
            start = time.perf_counter_ns()
            self.step()
            best = min(best, time.perf_counter_ns() - start)
        return best / 1e6

    def memory(self):
        """Bytes: parameters, slots and statistics; with the peak of what the allocator gave out in a warm step."""
        self.step(), self.step()
        self.optimizer.zero_grad(set_to_none=True)
        tensors = [*self.module.parameters(), *self.module.buffers()]
        tensors += [v for slots in self.optimizer.state.values() for v in slots.values() if torch.is_tensor(v)]
        kept = sum(t.numel() * t.element_size() for t in tensors)
        with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU], profile_memory=True) as profile:
            self.step()
        events = [e for e in profile.profiler.kineto_results.events() if e.name() == "[memory]"]
        now = peak = 0
        for event in sorted(events, key=lambda e: e.start_ns()):
            now += event.nbytes()
            peak = max(peak, now)
        return kept, kept + peak


def ways(case, compile):
    cnn = any(isinstance(m, nn.Conv2d) for m in case.module.modules())
    out = {}
    for compiled in (False, True) if compile else (False,):
        for last in (False, True) if cnn else (False,):
            for fused in (False, True):
                name = ("compile" if compiled else "eager") + (" fused" if fused else "") + (" channels_last" if last else "")
                out[name] = Torch(case, fused, last, compiled)
    return out


# ---- plexus, and the machine -----------------------------------------------------------------------------------------


def measure_plexus(options, case, threads, steps, folder):
    report = os.path.join(folder, "profile.json")
    command = [options.plexus, "train", case.onnx, "--data", case.data, "--input", "x=x", "--target", "y", "--loss", "cross_entropy", "--train-mode",
               "as-is", "--batch", str(len(case.y)), "--no-shuffle", "--threads", str(threads), "--steps", str(steps), "--profile", report]
    done = subprocess.run([*command, *case.optimizer[2]], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError((done.stderr.strip().splitlines() or [f"plexus train ended with {done.returncode}"])[0])
    with open(report) as file:
        return json.load(file)


FMA = r"""
#include <stdio.h>
#include <time.h>
typedef float V __attribute__((vector_size(64)));
static double now() { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + 1e-9 * t.tv_nsec; }
int main() {
  V a[16], x, y; for (int i = 0; i < 16; ++i) for (int j = 0; j < 16; ++j) a[i][j] = i + j;
  for (int j = 0; j < 16; ++j) x[j] = 0.5f, y[j] = 1.0f / (j + 1);
  double best = 0;
  for (int r = 0; r < 40; ++r) {
    double begin = now();
    for (int n = 0; n < 100000; ++n) {
#pragma clang loop unroll(full)
      for (int i = 0; i < 16; ++i) a[i] = a[i] * x + y;
      __asm__ volatile("" : "+v"(x));
    }
    double rate = 100000.0 * 16 * 32 / (now() - begin) * 1e-9; if (rate > best) best = rate;
  }
  float sum = 0; for (int i = 0; i < 16; ++i) sum += a[i][0];
  printf("%g %g\n", best, sum);
}
"""


class Peak:
    """Multiply-adds in registers, by as many processes as threads; nothing where there is no C compiler."""

    def __init__(self, folder):
        source, self.binary, self.best = os.path.join(folder, "fma.c"), os.path.join(folder, "fma"), {}
        with open(source, "w") as file:
            file.write(FMA)
        compiler = next((c for c in ("clang-22", "clang", "cc") if subprocess.run(["which", c], capture_output=True).returncode == 0), None)
        flags = ["-O3", "-march=native", "-ffp-contract=fast"]
        if not compiler or subprocess.run([compiler, *flags, source, "-o", self.binary]).returncode:
            self.binary = None

    def measure(self, threads):
        if self.binary:
            children = [subprocess.Popen([self.binary], stdout=subprocess.PIPE, text=True) for _ in range(threads)]
            rate = sum(float(c.communicate()[0].split()[0]) for c in children)
            self.best[threads] = max(self.best.get(threads, 0), rate)


def compare(options, case, threads, folder, peak):
    """Least ms by way of torch, and ours."""
    torch.set_num_threads(threads)
    theirs, ours, report = {}, float("inf"), None
    steps = 20
    candidates = ways(case, options.compile)
    for _ in range(options.rounds):
        peak.measure(threads)
        for name, way in candidates.items():
            theirs[name] = min(theirs.get(name, float("inf")), way.measure(options.seconds / len(candidates)))
        report = measure_plexus(options, case, threads, steps, folder)
        ours = min(ours, report["step_ms"]["min"])
        steps = max(10, min(20000, int(options.seconds * 1000 / report["step_ms"]["median"])))
    return theirs, ours, report


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("models", nargs="*", metavar="MODEL")
    parser.add_argument("--plexus", default=os.path.join(ROOT, "build", "bin", "plexus"))
    parser.add_argument("--threads", default="1,2")
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--seconds", type=float, default=1)
    parser.add_argument("--no-compile", dest="compile", action="store_false", help="without torch.compile")
    options = parser.parse_args()
    for name in options.models:
        if name not in MODELS:
            sys.exit(f"training: no model '{name}'; there are {', '.join(MODELS)}")
    print(f"torch {torch.__version__}\n\n| model | threads | torch's best ms | by | plexus ms | ratio | of the FMA peak | kept MB | peak MB | torch's peak MB |")
    print("|---|---|---|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder:
        peak = Peak(folder)
        for name in options.models or MODELS:
            case = Case(name)
            case.write(folder)
            _, memory = Torch(case, True, False, False).memory()
            for threads in map(int, options.threads.split(",")):
                theirs, ours, report = compare(options, case, threads, folder, peak)
                best = min(theirs, key=theirs.get)
                share = f"{case.gflop / ours * 1e5 / peak.best[threads]:.0f} %" if threads in peak.best else "?"
                kept = report["state_bytes"]
                print(f"| {name} | {threads} | {theirs[best]:.4g} | {best} | {ours:.4g} | {theirs[best] / ours:.2f} | {share} | {kept / 1e6:.1f} | "
                      f"{(kept + report['arena_bytes']) / 1e6:.1f} | {memory / 1e6:.1f} |", flush=True)
        print(f"\nFMA peak, GFLOP/s by threads: {peak.best}")


main()
