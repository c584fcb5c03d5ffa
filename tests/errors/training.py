"""training.py FOLDER: models that training says something about, and data that fit none."""
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

folder = sys.argv[1]
FLOAT, ROWS = TensorProto.FLOAT, ["n", 2]


def save(name, nodes, weights, given=ROWS, out=ROWS):
    inputs = [helper.make_tensor_value_info("x", FLOAT, given)]
    outputs = [helper.make_tensor_value_info("y", FLOAT, out)]
    tensors = [onnx.numpy_helper.from_array(value, key) for key, value in weights.items()]
    graph = helper.make_graph(nodes, name, inputs, outputs, tensors)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), f"{folder}/{name}.onnx")


weight = {"w": np.array([[0.5, -0.5], [0.25, 1]], np.float32)}
product = helper.make_node("MatMul", ["x", "w"], ["p"], name="product")

save("linear", [helper.make_node("MatMul", ["x", "w"], ["y"], name="product")], weight)
# A scalar and ints are no weights.
save("nothing", [helper.make_node("Mul", ["x", "s"], ["y"])], {"s": np.float32(2)})
# A sequence of as many items as the batch has rows is a value of the host.
sequence = [
    product,
    helper.make_node("SplitToSequence", ["p"], ["s"], name="list"),
    helper.make_node("ConcatFromSequence", ["s"], ["y"], name="join", axis=0),
]
save("sequence", sequence, weight, out=["m", 2])
# Whole numbers have no slope: the loss does not feel the weight.
whole = [
    product,
    helper.make_node("Cast", ["p"], ["c"], to=TensorProto.INT32),
    helper.make_node("Cast", ["c"], ["y"], to=FLOAT),
]
save("whole", whole, weight)
# The logarithm of what training makes negative.
logarithm = [
    product,
    helper.make_node("Log", ["p"], ["l"], name="logarithm"),
    helper.make_node("Add", ["l", "l"], ["y"], name="twice"),
]
save("log", logarithm, {"w": np.array([[1, 0.5], [0.5, 1]], np.float32)})

x = np.linspace(0.5, 2, 40, dtype=np.float32).reshape(20, 2)
np.savez(f"{folder}/data.npz", x=x, y=-3 * x, classes=np.arange(20) % 2, flat=x[:, 0], few=x[:7], text=np.array(["a"] * 20))
with open(f"{folder}/nan.csv", "w") as file:
    file.write("a,b,c\n1,2,0\n3,nan,1\n")
with open(f"{folder}/word.csv", "w") as file:
    file.write("a,b,c\n1,2,0\n3,four,1\n")
with open(f"{folder}/ragged.csv", "w") as file:
    file.write("a,b,c\n1,2,0\n3,4\n")
open(f"{folder}/empty.csv", "w").close()
