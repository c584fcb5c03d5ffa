"""What a case is, and how its folder is written; see ../own_cases.py."""
import json
import os
import shutil

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

CASES = {}
ML = "ai.onnx.ml"
node = helper.make_node


def graph_case(name, opset, nodes, inputs, outputs, expected=None, by=None, newer=None, ml=3, constant=(), dynamic=False, rtol=1e-3, atol=1e-5):
    """`inputs`: arrays by name; those in `constant` are initializers. `newer`: (opset, nodes, inputs) that say the
    same, for onnxruntime."""
    assert name not in CASES, name
    CASES[name] = dict(opset=opset, nodes=nodes, inputs=inputs, outputs=outputs, expected=expected, by=by, newer=newer, ml=ml,
                       constant=constant, dynamic=dynamic, rtol=rtol, atol=atol)


def case(name, opset, op, inputs, outputs=1, domain="", newer=None, constant=(), **attributes):
    """One node. `inputs`: arrays, None where one is omitted; `newer`: (opset, inputs, attributes[, what is done to its outputs])."""
    options = {k: attributes.pop(k) for k in ("expected", "by", "ml", "dynamic", "rtol", "atol") if k in attributes}
    names = ["" if x is None else f"x{i}" for i, x in enumerate(inputs)]
    outputs = [f"y{i}" for i in range(outputs)] if isinstance(outputs, int) else outputs
    given = {n: x for n, x in zip(names, inputs) if n}
    if newer:
        version, operands, other, *then = newer
        extra = {f"x{i}": x for i, x in enumerate(operands) if x is not None}
        newer = (version, [node(op, ["" if x is None else f"x{i}" for i, x in enumerate(operands)], outputs, **other)], extra, *then)
    graph_case(name, opset, [node(op, names, outputs, domain=domain, **attributes)], given, [o for o in outputs if o],
               newer=newer, constant=[f"x{i}" for i in constant], **options)


def info_of(name, value, dynamic=False):
    if isinstance(value, list):
        kind = helper.np_dtype_to_tensor_dtype(value[0].dtype)
        return helper.make_tensor_sequence_value_info(name, kind, None)
    kind = TensorProto.STRING if value.dtype.kind in "OU" else helper.np_dtype_to_tensor_dtype(value.dtype)
    return helper.make_tensor_value_info(name, kind, [f"{name}_{k}" if dynamic else s for k, s in enumerate(value.shape)])


def model_of(c, opset, nodes, inputs, outputs):
    given = [info_of(n, x, c["dynamic"]) for n, x in inputs.items() if n not in c["constant"]]
    initializers = [numpy_helper.from_array(inputs[n], n) for n in c["constant"] if n in inputs]
    if opset < 4:  # initializers are inputs too
        given += [info_of(t.name, inputs[t.name]) for t in initializers]
    opsets = [helper.make_opsetid("", opset)]
    if any(n.domain == ML for n in nodes):
        opsets.append(helper.make_opsetid(ML, c["ml"]))
    graph = helper.make_graph(nodes, "g", given, outputs, initializers)
    return helper.make_model(graph, opset_imports=opsets, ir_version=3 if opset < 4 else 8 if opset < 21 else 10)


def by_onnxruntime(c, opset, nodes, inputs):
    model = model_of(c, opset, nodes, inputs, [onnx.ValueInfoProto(name=n) for n in c["outputs"]])
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(None, {n: x for n, x in inputs.items() if n not in c["constant"]})


def by_onnx(c):
    model = model_of(c, c["opset"], c["nodes"], c["inputs"], [onnx.ValueInfoProto(name=n) for n in c["outputs"]])
    return ReferenceEvaluator(model).run(None, {n: x for n, x in c["inputs"].items() if n not in c["constant"]})


def expectation(c):
    """(values, who computed them)."""
    if c["expected"] is not None:
        return c["expected"], "numpy"
    if c["newer"]:
        opset, nodes, inputs, *then = c["newer"]
        values = by_onnxruntime({**c, "constant": ()}, opset, nodes, inputs)
        return [f(v) for f in then for v in values] or values, "newer"
    if c["by"] == "onnx":
        return by_onnx(c), "onnx"
    return by_onnxruntime(c, c["opset"], c["nodes"], c["inputs"]), "onnxruntime"


def serialized(value, name):
    if isinstance(value, list):
        return numpy_helper.from_list(value, name).SerializeToString()
    return numpy_helper.from_array(np.asarray(value), name).SerializeToString()


def write(folder, c):
    expected, by = expectation(c)
    expected = [v if isinstance(v, list) else np.asarray(v) for v in expected]
    outputs = [info_of(n, v) for n, v in zip(c["outputs"], expected)]
    shutil.rmtree(folder, ignore_errors=True)
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(data)
    onnx.save(model_of(c, c["opset"], c["nodes"], c["inputs"], outputs), os.path.join(folder, "model.onnx"))
    with open(os.path.join(folder, "data.json"), "w") as file:
        json.dump({"rtol": c["rtol"], "atol": c["atol"], "expected_by": by}, file)
    given = {n: x for n, x in c["inputs"].items() if n not in c["constant"]}
    for kind, tensors in (("input", given.items()), ("output", zip(c["outputs"], expected))):
        for k, (name, value) in enumerate(tensors):
            with open(os.path.join(data, f"{kind}_{k}.pb"), "wb") as file:
                file.write(serialized(value, name))


rng = np.random.default_rng(9)
f = lambda *shape: rng.standard_normal(shape).astype(np.float32)
i64 = lambda *v: np.array(v, np.int64)
u8 = lambda *shape: rng.integers(0, 256, shape).astype(np.uint8)
scalar = lambda v, t=np.float32: np.array(v, t)
