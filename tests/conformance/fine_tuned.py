#!/usr/bin/env python3
"""Holds a model that `plexus train` wrote against the one that it began with.

  fine_tuned.py PLEXUS BEFORE.onnx AFTER.onnx LOG.csv INPUT=NPY

The loss has fallen to half; the model is valid by onnx's checker, has the nodes, opsets and names of the one before and other
weights; onnxruntime and Plexus give the same results on INPUT. Prints what it saw.
"""
import csv
import os
import subprocess
import sys
import tempfile

import numpy as np
import onnx
import onnxruntime
from onnx import numpy_helper


def weights(model):
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}


def main():
    plexus, before_path, after_path, log, given = sys.argv[1:]
    with open(log) as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file)]
    first, last = np.mean(losses[:5]), np.mean(losses[-5:])
    assert last < first / 2, f"the loss went from {first} to {last}"
    onnx.checker.check_model(after_path, full_check=True)
    before, after = onnx.load(before_path), onnx.load(after_path)
    assert list(before.opset_import) == list(after.opset_import)
    assert [(n.op_type, n.name, *n.input, *n.output) for n in before.graph.node] == [(n.op_type, n.name, *n.input, *n.output) for n in after.graph.node]
    old, new = weights(before), weights(after)
    assert old.keys() == new.keys()
    changed = [name for name in old if not np.array_equal(old[name], new[name])]
    assert changed and all(np.isfinite(new[name]).all() for name in changed)
    name, path = given.split("=", 1)
    x = np.load(path)
    theirs = onnxruntime.InferenceSession(after_path, providers=["CPUExecutionProvider"]).run(None, {name: x})[0]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([plexus, "run", after_path, "--input", given, "--output-dir", folder], check=True, stdout=subprocess.DEVNULL)
        ours = np.load(os.path.join(folder, after.graph.output[0].name + ".npy"))
    worst = np.abs(ours - theirs).max() / np.abs(theirs).max()
    assert worst < 1e-5, f"results differ by {worst} of the largest"
    print(f"loss {first:.3f} -> {last:.3f}; {len(changed)} of {len(old)} initializers changed; onnxruntime agrees")


if __name__ == "__main__":
    main()
