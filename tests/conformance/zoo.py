#!/usr/bin/env python3
"""Architectures of `plexus zoo` as ONNX: well formed, of the same meaning to onnxruntime, and fit to be trained.

  zoo.py PLEXUS OUT [NAME...]     needs onnx, numpy, onnxruntime

Each is written, must pass onnx's checker in full, and must give the same outputs in onnxruntime and in Plexus; then it is trained for
three steps on random rows, and all that holds again of what comes out, whose outputs are others. Without NAME also each layer of the
builder alone, as `layers-onnx` beside PLEXUS writes it with its compiled results. The last line is `N passed, N failed, N skipped`.
"""
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import onnx
import onnxruntime

SYMBOLS = {"batch": 4, "time": 9}
ROWS, STEPS = 8, 3


def plexus(program, *arguments):
    done = subprocess.run([program, *arguments], capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"plexus {' '.join(arguments)}: {done.stderr.strip() or done.returncode}")
    return done.stdout


def dims_of(value, batch):
    sizes = [d.dim_value or SYMBOLS[d.dim_param] for d in value.type.tensor_type.shape.dim]
    return [batch, *sizes[1:]]


def random_input(rng, value, batch):
    dims = dims_of(value, batch)
    if value.type.tensor_type.elem_type == onnx.TensorProto.INT64:
        return rng.integers(0, 10, dims)
    return rng.random(dims, dtype=np.float32)


def outputs_of(program, path, folder):
    """What Plexus and onnxruntime give for the same input, after the model has passed the checker."""
    onnx.checker.check_model(path, full_check=True)
    graph = onnx.load(path).graph
    value, batch = graph.input[0], 2 if len(graph.input[0].type.tensor_type.shape.dim) == 4 else SYMBOLS["batch"]
    x = random_input(np.random.default_rng(1), value, batch)
    file = os.path.join(folder, "x.npy")
    np.save(file, x)
    plexus(program, "run", path, "--input", f"{value.name}={file}", "--output-dir", folder)
    ours = np.load(os.path.join(folder, graph.output[0].name + ".npy"))
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {value.name: x})[0]
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-4 * max(1, float(np.abs(theirs).max())))
    return ours


def write_rows(path, graph):
    rng = np.random.default_rng(2)
    value, out = graph.input[0], graph.output[0]
    x = random_input(rng, value, ROWS)
    classes = out.type.tensor_type.shape.dim[1].dim_value
    is_regression = out.name == "image"
    y = rng.random([ROWS, classes], dtype=np.float32) if is_regression else rng.integers(0, classes, ROWS)
    np.savez(path, **{value.name: x, "y": y})
    return "mse" if is_regression else "cross_entropy"


def try_architecture(program, name, out):
    folder = os.path.join(out, name)
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    path, trained, data = (os.path.join(folder, f) for f in ("model.onnx", "trained.onnx", "rows.npz"))
    plexus(program, "zoo", name, "-o", path, "--seed", "3")
    before = outputs_of(program, path, folder)
    graph = onnx.load(path).graph
    loss = write_rows(data, graph)
    said = plexus(program, "train", path, "--data", data, "--target", "y", "--loss", loss, "--optimizer", "adamw", "--lr", "1e-3", "--batch",
                  str(ROWS // 4), "--steps", str(STEPS), "-o", trained)
    weights = [t for t in graph.initializer if t.data_type == onnx.TensorProto.FLOAT and t.dims]
    count = len([t for t in weights if not re.search(r"running_(mean|var)$", t.name)])
    if f"trains {count} parameters" not in said:
        raise RuntimeError(f"{count} parameters were to be trained: {said}")
    after = outputs_of(program, trained, folder)
    if np.allclose(before, after):
        raise RuntimeError("training changed nothing")
    kinds = {n.op_type for n in graph.node}
    for statistic in (t.name for t in graph.initializer if t.name.endswith("running_var")):
        if "BatchNormalization" not in kinds:
            raise RuntimeError(f"{statistic} is of no BatchNormalization")


def write_layers(program, out):
    """Names of the layers written."""
    shutil.rmtree(out, ignore_errors=True)
    done = subprocess.run([os.path.join(os.path.dirname(program), "layers-onnx"), out], capture_output=True, text=True)
    if done.returncode:
        print(f"layers: {done.stderr.strip()}", flush=True)
    return sorted(os.listdir(out)) if os.path.isdir(out) else ["layers"]


def try_layer(folder):
    path = os.path.join(folder, "model.onnx")
    onnx.checker.check_model(path, full_check=True)
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    theirs = session.run(None, {"x": np.load(os.path.join(folder, "input.npy"))})[0]
    np.testing.assert_allclose(np.load(os.path.join(folder, "output.npy")), theirs, rtol=1e-5, atol=1e-5)


def main():
    program, out, *names = sys.argv[1:]
    onnxruntime.set_default_logger_severity(4)
    layers = [] if names else write_layers(program, os.path.join(out, "layers"))
    names = names or re.findall(r"^(\w+)$", plexus(program, "zoo"), re.MULTILINE)
    cases = [(name, lambda name=name: try_architecture(program, name, out)) for name in names]
    cases += [(name, lambda name=name: try_layer(os.path.join(out, "layers", name))) for name in layers]
    failed = 0
    for name, attempt in cases:
        try:
            attempt()
        except Exception as error:  # whatever is wrong is wrong with this one
            print(f"{name}: {error}", flush=True)
            failed += 1
    print(f"{len(cases) - failed} passed, {failed} failed, 0 skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
