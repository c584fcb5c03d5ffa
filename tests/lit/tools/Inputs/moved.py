"""moved.py A.onnx B.onnx: the names of initializers whose values differ."""
import sys

import onnx

a, b = ({t.name: onnx.numpy_helper.to_array(t) for t in onnx.load(path).graph.initializer} for path in sys.argv[1:3])
for name in a:
    if (a[name] != b[name]).any():
        print(name)
