#!/usr/bin/env python3
"""Bad input for each family of ONNX operators: it must be refused, at import or when the program runs, by a message that says
what is wrong and where; never a crash, nor an answer.

  bad_cases.py PLEXUS FOLDER [--device reference] [--show]     needs onnx, numpy; the last line is `N passed, N failed, N skipped`

FOLDER holds the models and inputs that are made. --show prints the messages.
"""
import argparse
import concurrent.futures
import os
import re
import subprocess

import numpy as np
import onnx
from onnx import TensorProto, helper

CASES = {}  # name: (model, inputs, message)
f = lambda *shape: np.ones(shape, np.float32)
i64 = lambda *v: np.array(v, np.int64)
i32 = lambda *v: np.array(v, np.int32)


def bad(message, op, inputs, tag="", opset=21, outputs=1, constant=(), dynamic=(), domain="", **attributes):
    """One node 'n'. `inputs`: arrays; those in `dynamic` have symbols for dims, those in `constant` are initializers. `message`: a
    regular expression for what the refusal says."""
    name = f"{op.lower()}{'_' if tag else ''}{tag}"
    assert name not in CASES, name
    names = ["" if x is None else f"x{k}" for k, x in enumerate(inputs)]
    out = [f"y{k}" for k in range(outputs)]
    given, initializers, values = [], [], {}
    for k, x in enumerate(inputs):
        if x is None:
            continue
        if k in constant:
            initializers.append(onnx.numpy_helper.from_array(x, names[k]))
            continue
        dims = [f"d{k}_{d}" for d in range(x.ndim)] if k in dynamic else x.shape
        given.append(helper.make_tensor_value_info(names[k], helper.np_dtype_to_tensor_dtype(x.dtype), dims))
        values[names[k]] = x
    node = helper.make_node(op, names, out, name="n", domain=domain, **attributes)
    # Outputs must have a type and a rank: as floats, in rows.
    nodes = [node]
    for n in out:
        nodes += [helper.make_node("Cast", [n], [n + "_f"], to=TensorProto.FLOAT), helper.make_node("Flatten", [n + "_f"], [n + "_r"], axis=0)]
    results = [helper.make_tensor_value_info(n + "_r", TensorProto.FLOAT, [None, None]) for n in out]
    graph = helper.make_graph(nodes, "g", given, results, initializers)
    opsets = [helper.make_opsetid("", opset)] + ([helper.make_opsetid(domain, 3)] if domain else [])
    CASES[name] = (helper.make_model(graph, opset_imports=opsets, ir_version=10), values, message)


def pointwise():
    bad("shapes do not broadcast", "Add", [f(2, 3), f(4)], "shapes")
    bad("is 3; the result's .* is 4; it must be 1 or that", "Add", [f(2, 3), f(4)], "shapes_dynamic", dynamic=[0, 1])
    bad("operands must have one element type, found f32 and i64", "Add", [f(2), i64(1, 2)], "types")
    bad("and takes an integer type or bool, found f32", "And", [f(2), f(2)], "floats")
    bad("exp takes a float type, found i64", "Exp", [i64(1, 2)], "ints")
    bad("integer division by zero", "Div", [i64(4, 5), i64(2, 0)], "zero")
    bad("integer division by zero", "Div", [i32(4, 5), i32(2, 0)], "zero_i32", dynamic=[0, 1])
    bad("integer division by zero", "Div", [np.array([4, 5], np.uint8), np.array([0, 1], np.uint8)], "zero_u8")
    bad("integer division by zero", "Mod", [i64(4, 5), i64(0, 3)], "zero")
    bad("shapes do not broadcast", "Where", [np.array([True, False]), f(3), f(3)], "shapes")
    bad("operand 0 must be bool", "Where", [f(2), f(2), f(2)], "condition")
    bad("element type 99", "Cast", [f(2)], "code", to=99)
    bad("shl takes an integer type or bool, found f32", "BitShift", [f(2), f(2)], "floats", direction="LEFT")
    bad("shapes do not broadcast", "PRelu", [f(2, 3), f(4)], "slope")
    bad("shapes do not broadcast", "Clip", [f(3), f(2)], "bounds")


def shapes():
    bad("dim 0 is 6 by `6` but 8 by", "Reshape", [f(2, 3), i64(4, 2)], "count")
    bad("dim 0 is 6 by `6` but 4 by", "Reshape", [f(2, 3), i64(4, -1)], "divide")
    bad("two entries of -1", "Reshape", [f(2, 3), i64(-1, -1)], "two", constant=[1])
    bad("a size is negative", "Reshape", [f(2, 3), i64(-2, 3)], "negative", constant=[1])
    bad("is -2: expected at least 0", "Reshape", [f(2, 3), i64(-2, 3)], "negative_run")
    bad("axis 3 is outside the operand of rank 2", "Flatten", [f(2, 3)], "axis", axis=3)
    bad("axis 5 is outside", "Squeeze", [f(1, 3), i64(5)], "axis", constant=[1])
    bad("axis 0 has the size 2, must be 1", "Squeeze", [f(2, 3), i64(0)], "size", constant=[1])
    bad("dim 0 is 2 by .* but 1 by", "Squeeze", [f(2, 3)], "size_dynamic", dynamic=[0], opset=11, axes=[0])
    bad("axis 5 is outside", "Unsqueeze", [f(2, 3), i64(5)], "axis", constant=[1])
    bad("an axis is given twice", "Unsqueeze", [f(2, 3), i64(0, 0)], "twice", constant=[1])
    bad("is not a permutation", "Transpose", [f(2, 3)], "perm", perm=[0, 0])
    bad("is not a permutation", "Transpose", [f(2, 3)], "perm_long", perm=[0, 1, 2])
    bad("axis 2 is outside", "Concat", [f(2, 3), f(2, 3)], "axis", axis=2)
    bad("operand 1 is .*2x4.*, operand 0 .*2x3.*must agree but for dim 0", "Concat", [f(2, 3), f(2, 4)], "sizes", axis=0)
    bad("operand 1 is .*2xf32", "Concat", [f(2, 3), f(2)], "ranks", axis=0)
    bad("add up to 4, the operand has 5", "Split", [f(5), i64(2, 2)], "sum", outputs=2, constant=[1])
    bad("dim 0 is 5 by `5` but 4 by", "Split", [f(5), i64(2, 2)], "sum_run", outputs=2)
    bad("size `-1` along dim 0 is negative", "Split", [f(5), i64(-1, 6)], "negative", outputs=2, constant=[1])
    bad("axis 1 is outside", "Split", [f(5)], "axis", outputs=2, axis=1)
    bad("size `4` of dim 1 .* meets `3`", "Expand", [f(2, 3), i64(2, 4)], "sizes", constant=[1])
    bad("dim 1 .*3.*4", "Expand", [f(2, 3), i64(2, 4)], "sizes_run")
    bad("is -3: expected at least 0", "Expand", [f(1), i64(-3)], "negative")
    bad("1 repeats for rank 2", "Tile", [f(2, 3), i64(2)], "repeats", constant=[1])
    bad("is -2: expected at least 0", "Tile", [f(2), i64(-2)], "negative")
    bad("axis 1 is outside", "Slice", [f(4), i64(0), i64(2), i64(1)], "axis", constant=[1, 2, 3])
    bad("a step is 0", "Slice", [f(4), i64(0), i64(2), i64(0), i64(0)], "step", constant=[1, 2, 3, 4])
    bad("is 0: expected at least 1", "Slice", [f(4), i64(0), i64(2), i64(0), i64(0)], "step_run")
    bad("there are 2 pads for 2 axes", "Pad", [f(2, 3), i64(1, 1)], "count", constant=[1])
    bad("dim 0 of the result would be -2", "Pad", [f(2), i64(-2, -2)], "negative")
    bad("mode is 'other'", "Pad", [f(2), i64(1, 1)], "mode", mode="other", constant=[1])
    bad("3 channels are no multiple of .* 4", "DepthToSpace", [f(1, 3, 2, 2)], "channels", blocksize=2)
    bad("blocksize is 0", "DepthToSpace", [f(1, 4, 2, 2)], "zero", blocksize=0)
    bad("3 x 2 elements is no multiple of blocksize 2", "SpaceToDepth", [f(1, 4, 3, 2)], "sizes", blocksize=2)
    bad("rank 1, must be 2 or more", "Trilu", [f(3)], "rank")
    bad("is -1: expected at least 0", "ConstantOfShape", [i64(2, -1)], "negative")
    bad("n.delta' is 0: expected at least 1", "Range", [np.array(0), np.array(4), np.array(0)], "step")
    bad("delta is 0", "Range", [np.array(0), np.array(4), np.array(0)], "step_constant", constant=[2])
    bad("n.delta' is 0: expected at least 1", "Range", [f(), f() * 4, f() * 0], "step_float")


def indices():
    bad("index 4 is out of range: expected -4 to 3", "Gather", [f(4), i64(1, 4)], "beyond")
    bad("index -5 is out of range: expected -4 to 3", "Gather", [f(4), i64(-5)], "below", dynamic=[0, 1])
    bad("out of range", "Gather", [f(4), i64(9)], "constant", constant=[1])
    bad("axis 1 is outside", "Gather", [f(4), i64(0)], "axis", axis=1)
    bad("has element type .f32., expected an int type", "Gather", [f(4), f(1)], "floats")
    bad("out of range", "Gather", [f(0, 4), i64(0)], "empty")
    bad("out of range", "GatherElements", [f(2, 3), i64(0, 1, 3).reshape(1, 3)], "beyond", axis=1)
    bad("differ in rank", "GatherElements", [f(2, 3), i64(0)], "rank")
    bad("out of range", "GatherND", [f(2, 3), i64(1, 3).reshape(1, 2)], "beyond")
    bad("not distinct axes in .*rank 2", "GatherND", [f(2, 3), i64(0, 1, 2).reshape(1, 3)], "depth")
    bad("out of range", "ScatterElements", [f(4), i64(1, 7), f(2)], "beyond")
    bad("`updates` has size 3 along dim 0, expected 2", "ScatterElements", [f(4), i64(1, 2), f(3)], "sizes")
    bad("out of range", "ScatterND", [f(4), i64(6).reshape(1, 1), f(1)], "beyond")
    bad("`updates` has size 2 along dim 0, expected 1", "ScatterND", [f(4), i64(1).reshape(1, 1), f(2)], "sizes")
    bad("`k` is 5, expected one in .0, 4", "TopK", [f(4), i64(5)], "k", outputs=2, constant=[1])
    bad("index 5 is out of range: expected 0 to 4", "TopK", [f(4), i64(5)], "k_run", outputs=2)
    bad("is -1: expected at least 0", "TopK", [f(4), i64(-1)], "negative", outputs=2)
    bad("axis 3 is outside", "TopK", [f(4), i64(1)], "axis", outputs=2, axis=3, constant=[1])
    bad("axis 1 is outside", "ArgMax", [f(4)], "axis", axis=1)
    bad("size along axis 0 is 0; expected at least one element", "ArgMax", [f(0, 3)], "empty")
    bad("axis 2 is outside", "Unique", [f(4)], "axis", axis=2)
    bad("condition has rank 2, must be 1", "Compress", [f(4), np.ones((2, 2), bool)], "rank")
    bad("is -2: expected at least 0", "OneHot", [i64(0), i64(-2), f(2)], "depth")
    bad("a vector of 2 elements", "OneHot", [i64(0), i64(3), f(3)], "values")
    bad("rank 3, must be 2", "EyeLike", [f(2, 2, 2)], "rank")
    bad("out of range", "ReverseSequence", [f(3, 2), i64(4, 1)], "length")
    bad("`boxes` is .*4x4.*expected", "NonMaxSuppression", [f(4, 4), f(1, 1, 4)], "rank")
    bad("index 3 is out of range", "RoiAlign", [f(1, 1, 4, 4), f(1, 4), i64(3)], "batch", sampling_ratio=1)


def folds():
    for op in ("ReduceSum", "ReduceMax", "ReduceMean"):
        bad("axis 2 is outside", op, [f(2, 3), i64(2)], "axis", constant=[1])
        bad("index -3 is out of range: expected -2 to 1", op, [f(2, 3), i64(-3)], "axis_run")
    bad("an axis is given twice", "ReduceSum", [f(2, 3), i64(1, -1)], "twice", constant=[1])
    bad("axis 2 is outside", "Softmax", [f(2, 3)], "axis", axis=2)
    bad("axis 2 is outside", "CumSum", [f(2, 3), np.array(2)], "axis", constant=[1])
    bad("does not apply to element type", "ReduceMean", [np.array([True])], "bool", constant=[1])
    bad("output label 'z' is in no operand", "Einsum", [f(2, 3), f(3, 4)], "equation", equation="ij,jk->iz")
    bad("term 'ijk' of the equation does not fit an operand of rank 2", "Einsum", [f(2, 3), f(3, 4)], "rank", equation="ijk,jk->i")
    bad("lhs dim 1 has size 3, rhs dim 0 has 4", "Einsum", [f(2, 3), f(4, 5)], "sizes", equation="ij,jk->ik")


def contractions():
    bad("lhs dim 1 has size 3, rhs dim 0 has 4", "MatMul", [f(2, 3), f(4, 5)], "inner")
    bad("dim 0 is 4 by .* but 3 by", "MatMul", [f(2, 3), f(4, 5)], "inner_dynamic", dynamic=[0, 1])
    bad("operands of rank 1 or more", "MatMul", [f(), f(2, 2)], "scalar")
    bad("size `3` of dim 0 .* meets `2`", "MatMul", [f(2, 2, 3), f(3, 3, 4)], "batch")
    bad("operands must be matrices", "Gemm", [f(2, 3, 4), f(4, 5)], "rank")
    bad("lhs dim 1 has size 3, rhs dim 0 has 2", "Gemm", [f(2, 3), f(2, 5)], "inner")
    bad("`4`, which is neither 1 nor the result's `5`", "Gemm", [f(2, 3), f(3, 5), f(4)], "bias")
    bad("f32, must be of bytes", "MatMulInteger", [f(2, 3), f(3, 2)], "floats")
    bad("input channels 3, weights .*4, 2", "Conv", [f(1, 3, 5, 5), f(2, 4, 3, 3)], "channels")
    bad("kernel has 2 dims, the operand has 1 spatial dims", "Conv", [f(1, 3, 5), f(2, 3, 3, 3)], "rank")
    bad("`groups` is 2, input channels 4", "Conv", [f(1, 4, 5, 5), f(3, 2, 3, 3)], "groups", group=2)
    bad("group is 0", "Conv", [f(1, 4, 5, 5), f(3, 2, 3, 3)], "group_zero", group=0)
    bad("`strides` has the entry 0", "Conv", [f(1, 3, 5, 5), f(2, 3, 3, 3)], "strides", strides=[0, 1])
    bad("`strides` has 1 entries, there are 2", "Conv", [f(1, 3, 5, 5), f(2, 3, 3, 3)], "strides_count", strides=[1])
    bad("`dilations` has the entry 0", "Conv", [f(1, 3, 5, 5), f(2, 3, 3, 3)], "dilations", dilations=[0, 1])
    bad("`pads` has 2 entries, must be 4", "Conv", [f(1, 3, 5, 5), f(2, 3, 3, 3)], "pads", pads=[1, 1])
    bad("result along dim 1 would be negative: -2", "Conv", [f(1, 3, 2, 2), f(2, 3, 5, 5)], "large")
    bad("size `3` of dim 1", "Conv", [f(1, 3, 5, 5), f(2, 3, 3, 3), f(3)], "bias")
    bad("result along dim 1 would be negative: -2", "MaxPool", [f(1, 3, 2, 2)], "large", kernel_shape=[5, 5])
    bad("kernel has the size 0", "MaxPool", [f(1, 3, 5, 5)], "zero", kernel_shape=[0, 2])
    bad("kernel has 1 dims, the operand has 2", "MaxPool", [f(1, 3, 5, 5)], "rank", kernel_shape=[2])
    bad("`strides` has the entry -1", "AveragePool", [f(1, 3, 5, 5)], "strides", kernel_shape=[2, 2], strides=[-1, 1])
    bad("rank 1, must be 3 or more", "GlobalAveragePool", [f(3)], "rank")
    bad("input channels 3, weights .*4, 2", "ConvTranspose", [f(1, 3, 5, 5), f(4, 2, 3, 3)], "channels")
    bad("scales do not fit 4 axes", "Resize", [f(1, 1, 2, 2), None, np.array([2, 2], np.float32)], "scales", constant=[2])
    bad("a scale is 0", "Resize", [f(1, 1, 2, 2), None, np.array([1, 1, 0, 2], np.float32)], "scale_zero", constant=[2])
    bad("is -2: expected at least 0", "Resize", [f(1, 1, 2, 2), None, np.array([1, 1, -1, 2], np.float32)], "scale_negative")
    bad("size `4` of dim 1", "BatchNormalization", [f(2, 3), f(4), f(4), f(4), f(4)], "channels")
    bad("axis 2 is outside", "LayerNormalization", [f(2, 3), f(3)], "axis", axis=2)
    bad("num_groups is 3 of 4 channels", "GroupNormalization", [f(1, 4, 2), f(4), f(4)], "groups", num_groups=3)
    bad("X, W and R must have rank 3", "LSTM", [f(3, 2), f(1, 8, 2), f(1, 8, 2)], "rank", hidden_size=2)
    bad("lhs dim 2 has size 2, rhs dim 1 has 3", "LSTM", [f(3, 1, 2), f(1, 8, 3), f(1, 8, 2)], "sizes", hidden_size=2)
    bad("activation 'cosine'", "RNN", [f(3, 1, 2), f(1, 2, 2), f(1, 2, 2)], "activation", hidden_size=2, activations=["Cosine"])
    bad("`activations` has 1 entries, must be 2", "GRU", [f(3, 1, 2), f(1, 6, 2), f(1, 6, 2)], "activations", hidden_size=2, activations=["Tanh"])


def others():
    bad("`3`, which is neither 1 nor the result's `2`", "QuantizeLinear", [f(2, 3), f(2), np.zeros(3, np.uint8)], "points", axis=0)
    bad("axis 4 is outside", "QuantizeLinear", [f(2, 3), f(2)], "axis", axis=4)
    bad("3 scales along axis 1, which has 2 blocks of 2", "DequantizeLinear", [np.zeros((2, 4), np.uint8), f(2, 3)], "blocks", axis=1, block_size=2)
    bad("last dim must be 1 .* or 2", "DFT", [f(1, 4, 3)], "parts", opset=20)
    bad("the axis is that of the complex parts", "DFT", [f(1, 4, 2), None, np.array(2)], "axis", opset=20, constant=[2])
    bad("is 0: expected at least 1", "STFT", [f(1, 8, 1), np.array(0), None, np.array(4)], "step")
    bad("not square", "Det", [f(2, 3)], "square")
    bad("of these ranks", "GridSample", [f(1, 1, 2, 2), f(1, 2, 2)], "rank")
    bad("dim 1 of the operand, 5, is no multiple of a block's 4", "Col2Im", [f(1, 5, 4), i64(3, 3), i64(2, 2)], "block", constant=[1, 2])
    bad("operand 0 must be a sequence", "SequenceAt", [f(2), np.array(0)], "tensor")
    bad("graph 'b' has 0 inputs; 2 are given", "Loop", [np.array(2), np.array(True)], "body", body=helper.make_graph([], "b", [], []))
    bad("pattern .* is not valid", "RegexFullMatch", [np.array(["a"], dtype=object)], "pattern", pattern="(")
    bad("rank 3, must be 1 or 2", "LinearRegressor", [f(2, 2, 2)], "rank", domain="ai.onnx.ml", coefficients=[1.0, 1.0])
    bad("lhs dim 1 has size 3, rhs dim 1 has 2", "LinearRegressor", [f(2, 3)], "width", domain="ai.onnx.ml", coefficients=[1.0, 1.0])
    bad("asks for feature 5 of 1", "TreeEnsembleRegressor", [f(2, 1)], "feature", domain="ai.onnx.ml", n_targets=1,
        nodes_treeids=[0, 0, 0], nodes_nodeids=[0, 1, 2], nodes_featureids=[5, 0, 0], nodes_values=[0.0, 0.0, 0.0],
        nodes_modes=["BRANCH_LEQ", "LEAF", "LEAF"], nodes_truenodeids=[1, 0, 0], nodes_falsenodeids=[2, 0, 0],
        target_treeids=[0, 0], target_nodeids=[1, 2], target_ids=[0, 0], target_weights=[1.0, 2.0])
    bad("index 3 is out of range", "ArrayFeatureExtractor", [f(2, 3), i64(3)], "column", domain="ai.onnx.ml")


def run(plexus, folder, device, name):
    """What is wrong, or None; and the message."""
    model, values, message = CASES[name]
    base = os.path.join(folder, name)
    with open(base + ".onnx", "wb") as file:
        file.write(model.SerializeToString())
    command = [plexus, "run", base + ".onnx", "--device", device, "--no-cache"]
    for key, value in values.items():
        with open(f"{base}.{key}.pb", "wb") as file:
            file.write(onnx.numpy_helper.from_array(value, key).SerializeToString())
        command += ["--input", f"{key}={base}.{key}.pb"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    said = " ".join(done.stderr.replace(base, "MODEL").split())  # names of files hold words that are looked for
    if done.returncode == 0:
        return "it was not refused: " + " ".join(done.stdout.split())[:200], said
    if done.returncode != 1:
        return f"it ended with {done.returncode}: {said[:300]}", said
    if device == "cpu" and not re.search(message, said):  # the evaluator has other words for what it finds when it runs
        return f"the message does not say '{message}': {said[:400]}", said
    if not re.search(r"node 'n['(]| n\(", said):  # alone, or first of those in a kernel; as the evaluator says it
        return f"the message does not name the node: {said[:400]}", said
    return None, said


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plexus")
    parser.add_argument("folder")
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--show", action="store_true")
    options = parser.parse_args()
    os.makedirs(options.folder, exist_ok=True)
    for family in (pointwise, shapes, indices, folds, contractions, others):
        family()
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = pool.map(lambda n: run(options.plexus, options.folder, options.device, n), CASES)
        for name, (wrong, said) in zip(CASES, results):
            failed += wrong is not None
            if wrong:
                print(f"FAILED {name}: {wrong}", flush=True)
            elif options.show:
                print(f"{name}: {said[:300]}", flush=True)
    print(f"{len(CASES) - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
