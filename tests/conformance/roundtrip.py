#!/usr/bin/env python3
"""Writes cases out as ONNX by `plexus compile --emit onnx`, for `plexus check` to run what comes back.

  roundtrip.py PLEXUS CASES OUT [--every N] [--float] [--opset N] [--onnxruntime]     needs onnx, numpy; onnxruntime where asked for

A case is a folder with model.onnx and test_data_set_*/. OUT gets a folder a case: the exported model, links to the data. A
model that export refuses by name is no failure of the round trip: the reasons are counted and printed. Each exported model
must pass onnx's checker in full. --float: only cases with f32 or f64 tensors, beside ints and bools, among inputs and
outputs, and without unseeded random numbers, whose values cannot be compared. --every N: each N-th of them. --onnxruntime: it too must give the case's outputs, where it loads the exported model.
The last line is `N passed, N failed, N skipped`: what was exported, what was not well formed, what was refused.
"""
import argparse
import collections
import glob
import json
import os
import re
import shutil
import subprocess
import sys

import numpy as np
import onnx
from onnx import numpy_helper

FLOATS = (onnx.TensorProto.FLOAT, onnx.TensorProto.DOUBLE)


def is_float(case):
    graph = onnx.load(os.path.join(case, "model.onnx"), load_external_data=False).graph
    infos = list(graph.input) + list(graph.output)
    types = [i.type.tensor_type.elem_type if i.type.HasField("tensor_type") else 0 for i in infos]
    if any(node.op_type in ("Bernoulli", "RandomUniformLike", "RandomNormalLike") for node in graph.node):
        return False
    return any(t in FLOATS for t in types) and all(
        t in FLOATS + (onnx.TensorProto.INT64, onnx.TensorProto.INT32, onnx.TensorProto.BOOL) for t in types
    )


def export(plexus, case, out, opset):
    """"" or why there is no model; the folder is made in either case."""
    shutil.rmtree(out, ignore_errors=True)
    os.makedirs(out)
    model = os.path.join(out, "model.onnx")
    command = [plexus, "compile", os.path.join(case, "model.onnx"), "--emit", "onnx", "-o", model]
    done = subprocess.run(command + (["--opset", opset] if opset else []), capture_output=True, text=True)
    if done.returncode < 0:
        raise RuntimeError(f"plexus ended by signal {-done.returncode}")
    if done.returncode:
        return done.stderr.strip()
    onnx.checker.check_model(model, full_check=True)
    for item in glob.glob(os.path.join(case, "test_data_set_*")) + glob.glob(os.path.join(case, "data.json")):
        os.symlink(os.path.abspath(item), os.path.join(out, os.path.basename(item)))
    return ""


def tensor(path):
    return numpy_helper.to_array(onnx.load_tensor(path))


def tolerance(out):
    try:
        with open(os.path.join(out, "data.json")) as file:
            stated = json.load(file)
    except FileNotFoundError:
        return 1e-3, 1e-4
    atol = stated.get("atol", 0)
    return max(1e-3, stated.get("rtol", 0)), max(1e-4, *atol) if isinstance(atol, list) else max(1e-4, atol)


def run_onnxruntime(out):
    """Compares with the case's data; "" where it agrees."""
    import onnxruntime

    onnxruntime.set_default_logger_severity(4)
    options = onnxruntime.SessionOptions()  # its fusions of quantized ops round otherwise than the graph says
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    try:
        session = onnxruntime.InferenceSession(os.path.join(out, "model.onnx"), options, providers=["CPUExecutionProvider"])
    except Exception as error:
        return "onnxruntime does not load it: " + " ".join(str(error).split())[:300]
    rtol, atol = tolerance(out)
    for data in sorted(glob.glob(os.path.join(out, "test_data_set_*"))):
        feeds = {i.name: tensor(os.path.join(data, f"input_{k}.pb")) for k, i in enumerate(session.get_inputs())}
        for k, got in enumerate(session.run(None, feeds)):
            if not np.allclose(got, tensor(os.path.join(data, f"output_{k}.pb")), rtol=rtol, atol=atol, equal_nan=True):
                return f"onnxruntime's output {k} differs"
    return ""


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plexus")
    parser.add_argument("cases")
    parser.add_argument("out")
    parser.add_argument("--every", type=int, default=1)
    parser.add_argument("--float", action="store_true")
    parser.add_argument("--opset", default="", help="of the exported models, instead of their own")
    parser.add_argument("--onnxruntime", action="store_true")
    parser.add_argument("--max-bytes", type=int, default=0, help="no larger models")
    parser.add_argument("--filter", default="")
    options = parser.parse_args()
    cases = sorted(os.path.dirname(m) for m in glob.glob(os.path.join(options.cases, "**", "model.onnx"), recursive=True))
    cases = [c for c in cases if re.search(options.filter, c)]
    if options.max_bytes:
        cases = [c for c in cases if os.path.getsize(os.path.join(c, "model.onnx")) <= options.max_bytes]
    if options.float:
        cases = [c for c in cases if is_float(c)]
    passed = failed = 0
    refused = collections.Counter()
    for case in cases[:: options.every]:
        out = os.path.join(options.out, os.path.relpath(case, options.cases))
        try:
            why = export(os.path.abspath(options.plexus), case, out, options.opset)
            bad = "" if why or not options.onnxruntime else run_onnxruntime(out)
        except Exception as error:
            why, bad = "", f"{type(error).__name__}: {error}"
        if bad:
            print(f"FAILED {case}: {' '.join(bad.split())}"[:500], flush=True)
            failed += 1
        elif why:
            refused[" ".join(why.split("\n")[-1].split())[:240]] += 1
            shutil.rmtree(out)
        else:
            passed += 1
    for why, count in refused.most_common():
        print(f"refused, {count}: {why}", flush=True)
    print(f"{passed} passed, {failed} failed, {sum(refused.values())} skipped")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
