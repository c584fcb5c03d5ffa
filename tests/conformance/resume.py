#!/usr/bin/env python3
"""Training runs of the digits killed at random instants and resumed: what comes out must be that of a run that was left alone, bit for bit.

  resume.py PLEXUS FOLDER ROUNDS     half of the rounds train a dense network with parts of a batch, evaluations and the best weights; half a
                                     convolutional one with BatchNormalization (statistics) and Dropout (random numbers)

The last line is `N passed, N failed, N skipped`, one a round."""
import os
import re
import subprocess
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
KILLER = os.path.join(ROOT, "tests", "lit", "tools", "Inputs", "kill_and_resume.py")
DIGITS = os.path.join(ROOT, "tools", "demo", "data", "digits.csv")


def write_convolutional(path):
    """pixels [batch, 64] -> Conv, BatchNormalization, Relu, Dropout, Gemm -> logits [batch, 10]."""
    rng = np.random.default_rng(5)
    weights = {
        "conv.weight": rng.normal(0, 0.3, (8, 1, 3, 3)),
        "norm.scale": np.ones(8),
        "norm.bias": np.zeros(8),
        "norm.mean": np.zeros(8),
        "norm.variance": np.ones(8),
        "dense.weight": rng.normal(0, 0.05, (512, 10)),
        "dense.bias": np.zeros(10),
    }
    constants = {"image": np.array([-1, 1, 8, 8]), "flat": np.array([-1, 512])}
    node = helper.make_node
    nodes = [
        node("Reshape", ["pixels", "image"], ["x"], "image"),
        node("Conv", ["x", "conv.weight"], ["c"], "conv", pads=[1, 1, 1, 1]),
        node("BatchNormalization", ["c", "norm.scale", "norm.bias", "norm.mean", "norm.variance"], ["n"], "norm"),
        node("Relu", ["n"], ["r"], "relu"),
        node("Dropout", ["r"], ["d"], "dropout"),
        node("Reshape", ["d", "flat"], ["f"], "flat"),
        node("Gemm", ["f", "dense.weight", "dense.bias"], ["logits"], "dense"),
    ]
    tensors = [numpy_helper.from_array(value.astype(np.float32), name) for name, value in weights.items()]
    tensors += [numpy_helper.from_array(value.astype(np.int64), name) for name, value in constants.items()]
    pixels = helper.make_tensor_value_info("pixels", TensorProto.FLOAT, ["batch", 64])
    logits = helper.make_tensor_value_info("logits", TensorProto.FLOAT, ["batch", 10])
    model = helper.make_model(helper.make_graph(nodes, "digits", [pixels], [logits], tensors), opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model, full_check=True)
    onnx.save(model, path)


def main():
    plexus, folder, rounds = sys.argv[1], sys.argv[2], int(sys.argv[3])
    os.makedirs(folder, exist_ok=True)
    convolutional = os.path.join(folder, "convolutional.onnx")
    write_convolutional(convolutional)
    data = ["--data", DIGITS, "--input", "pixels=pixel_*", "--target", "label", "--loss", "cross_entropy"]
    dense = "--optimizer adam --lr 1e-2 --batch 16 --accumulate 2 --epochs 40 --validation 0.2 --metrics accuracy --validate-every 10 --monitor accuracy --checkpoint-every 15"
    runs = [
        [plexus, "train", os.path.join(ROOT, "tools", "demo", "digits.onnx"), *data, *dense.split()],
        [plexus, "train", convolutional, *data, *"--optimizer adamw --lr 1e-3 --batch 32 --epochs 20 --schedule cosine --checkpoint-every 20".split()],
    ]
    totals = [0, 0, 0]
    for number, command in enumerate(runs):
        share = (rounds + number) // len(runs)
        place = os.path.join(folder, str(number))
        ran = subprocess.run([sys.executable, KILLER, place, str(share), *command], stdout=subprocess.PIPE, text=True)
        figures = re.search(r"(\d+) passed, (\d+) failed, (\d+) skipped\s*$", ran.stdout)
        print(ran.stdout[: figures.start() if figures else None], end="", flush=True)
        totals = [a + int(b) for a, b in zip(totals, figures.groups() if figures else (0, share, 0))]
    print("%d passed, %d failed, %d skipped" % tuple(totals))
    return 1 if totals[1] else 0


if __name__ == "__main__":
    sys.exit(main())
