#!/usr/bin/env python3
"""Writes the whole ONNX backend suite as folders: OUT/KIND/CASE/{model.onnx,data.json,test_data_set_N/{input,output}_K.pb}.

  dump_cases.py OUT        needs onnx, numpy, ml_dtypes, Pillow

Node cases are no longer files in onnx's wheel: they are made in memory by the functions that document the ops.
"""
import glob
import json
import os
import shutil
import sys

import numpy as np
import onnx
import onnx.backend.test
import onnx.backend.test.case.model as model_cases
import onnx.backend.test.case.node as node_cases
from onnx import TensorProto, numpy_helper

DATA = os.path.join(os.path.dirname(onnx.backend.test.__file__), "data")


def serialized(value, type_proto, name):
    """`value` as the bytes of the proto that its declared type asks for."""
    kind = type_proto.WhichOneof("value")
    if kind == "map_type":
        return numpy_helper.from_dict(value, name).SerializeToString()
    if kind == "sequence_type":
        return numpy_helper.from_list(value, name).SerializeToString()
    if kind == "optional_type":
        return numpy_helper.from_optional(value, name).SerializeToString()
    if isinstance(value, TensorProto):
        return value.SerializeToString()
    return numpy_helper.from_array(np.asarray(value), name).SerializeToString()


def write(path, data):
    with open(path, "wb") as file:
        file.write(data)


def write_tolerance(folder, rtol, atol):
    with open(os.path.join(folder, "data.json"), "w") as file:
        json.dump({"rtol": rtol, "atol": atol}, file)


def dump_case(case, folder):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    write(os.path.join(folder, "model.onnx"), case.model.SerializeToString(deterministic=True))
    write_tolerance(folder, case.rtol, case.atol)
    graph = case.model.graph
    for i, (inputs, outputs) in enumerate(case.data_sets):
        data_set = os.path.join(folder, f"test_data_set_{i}")
        os.makedirs(data_set)
        for kind, values, infos in (("input", inputs, graph.input), ("output", outputs, graph.output)):
            for j, value in enumerate(values):
                write(os.path.join(data_set, f"{kind}_{j}.pb"), serialized(value, infos[j].type, infos[j].name))


def dump_generated(out):
    """Cases that onnx makes in memory; a case that cannot be written is named and counted."""
    node = list(node_cases.collect_testcases())
    model_cases.collect_testcases()
    failures = 0
    for kind, cases in (("node", node), ("simple", list(model_cases._SimpleModelTestCases))):
        for case in cases:
            try:
                dump_case(case, os.path.join(out, kind, case.name))
            except Exception as error:  # any fault of one case must not cost the others
                failures += 1
                print(f"{kind}/{case.name}: {error!r}"[:300], file=sys.stderr)
    return failures


def copy_stored(out):
    """Cases that the wheel holds as files."""
    for kind in ("simple", "pytorch-converted", "pytorch-operator"):
        for source in sorted(glob.glob(os.path.join(DATA, kind, "test_*"))):
            target = os.path.join(out, kind, os.path.basename(source))
            if os.path.exists(os.path.join(source, "model.onnx")) and not os.path.exists(os.path.join(target, "model.onnx")):
                shutil.copytree(source, target, dirs_exist_ok=True)


def dump_light(out):
    """The real architectures with made-up weights; their input is arange(n) / n, as onnx's own runner makes it."""
    for model in sorted(glob.glob(os.path.join(DATA, "light", "light_*.onnx"))):
        name = os.path.basename(model)[len("light_") : -len(".onnx")]
        folder = os.path.join(out, "real", f"test_{name}")
        data_set = os.path.join(folder, "test_data_set_0")
        shutil.rmtree(folder, ignore_errors=True)
        os.makedirs(data_set)
        shutil.copy(model, os.path.join(folder, "model.onnx"))
        tolerance = {}
        if os.path.exists(stored := os.path.join(DATA, "real", f"test_{name}", "data.json")):
            with open(stored) as file:
                tolerance = json.load(file)
        write_tolerance(folder, tolerance.get("rtol", 1e-3), tolerance.get("atol", 1e-7))
        graph = onnx.load(model).graph
        weights = {initializer.name for initializer in graph.initializer}
        for k, info in enumerate(i for i in graph.input if i.name not in weights):
            dims = info.type.tensor_type.shape.dim
            shape = tuple(d.dim_value if d.HasField("dim_value") else 1 for d in dims)
            count = np.prod(shape)
            value = (np.arange(count).reshape(shape) / count).astype(np.float32)
            write(os.path.join(data_set, f"input_{k}.pb"), numpy_helper.from_array(value, info.name).SerializeToString())
        for k in range(len(graph.output)):
            shutil.copy(model[: -len(".onnx")] + f"_output_{k}.pb", os.path.join(data_set, f"output_{k}.pb"))


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    out = sys.argv[1]
    failures = dump_generated(out)
    copy_stored(out)
    dump_light(out)
    counts = {kind: len(glob.glob(os.path.join(out, kind, "*", "model.onnx"))) for kind in sorted(os.listdir(out))}
    counts = {kind: count for kind, count in counts.items() if count}
    print(", ".join(f"{count} {kind}" for kind, count in counts.items()), "=", sum(counts.values()), "cases")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
