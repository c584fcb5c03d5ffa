"""The suite's cases of one node at those older versions of its operator that the suite leaves out."""
import collections
import glob
import os
import shutil

import onnx
import onnxruntime
from onnx import numpy_helper

PER_VERSION = 2  # cases a version, at most
# Attributes without which the suite's node would mean something else.
MEANING = {"ceil_mode", "allowzero", "output_sequence", "num_outputs", "layout", "direction", "select_last_index", "reduction", "stash_type"}


# Slopes of PRelu were one a channel (versions.py). onnxruntime does not see an output_shape of MaxUnpool.
LEFT_OUT = {("PRelu", 1), ("PRelu", 6)}
SUITE_SAYS = {"MaxUnpool"}


def histories():
    """Schemas of ONNX's own domain by name, oldest first."""
    schemas = collections.defaultdict(list)
    for schema in onnx.defs.get_all_schemas_with_history():
        if schema.domain == "" and not schema.deprecated:
            schemas[schema.name].append(schema)
    return {name: sorted(all_of, key=lambda s: s.since_version) for name, all_of in schemas.items()}


def single_nodes(suite):
    """(folder, model, opset) of the suite's cases of one ONNX node, by operator."""
    cases = collections.defaultdict(list)
    for folder in sorted(glob.glob(os.path.join(suite, "node", "*"))):
        model = onnx.load(os.path.join(folder, "model.onnx"))
        opset = max([o.version for o in model.opset_import if o.domain in ("", "ai.onnx")], default=0)
        values = [*model.graph.input, *model.graph.output]
        if len(model.graph.node) == 1 and not model.functions and model.graph.node[0].domain in ("", "ai.onnx") \
                and all(v.type.HasField("tensor_type") for v in values):
            cases[model.graph.node[0].op_type].append((folder, model, opset))
    return cases


def tensors(folder, kind):
    paths = glob.glob(os.path.join(folder, "test_data_set_0", kind + "_*.pb"))
    return [onnx.load_tensor(os.path.join(folder, "test_data_set_0", f"{kind}_{k}.pb")) for k in range(len(paths))]


def older(model, schema):
    """The model at the schema's version; None where the node does not exist so."""
    old = onnx.ModelProto()
    old.CopyFrom(model)
    for opset in old.opset_import:
        if opset.domain in ("", "ai.onnx"):
            opset.version = schema.since_version
    old.ir_version = 4 if schema.since_version < 12 else 8
    node = old.graph.node[0]
    for attribute in list(node.attribute):
        if attribute.name not in schema.attributes:
            if attribute.name in MEANING:
                return None
            node.attribute.remove(attribute)
    try:
        onnx.checker.check_model(old)
        onnx.shape_inference.infer_shapes(old, check_type=True, strict_mode=True)
    except Exception:
        return None
    return old


def expected(model, inputs, outputs):
    """(tensors, who computed them)."""
    names = [i.name for i in model.graph.input]
    if model.graph.node[0].op_type in SUITE_SAYS:
        return outputs, "suite"
    try:
        session = onnxruntime.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
        values = session.run(None, {n: numpy_helper.to_array(t) for n, t in zip(names, inputs)})
        return [numpy_helper.from_array(v, o.name) for v, o in zip(values, model.graph.output)], "onnxruntime"
    except Exception:  # it lacks the version, or the type
        return outputs, "suite"


def write(folder, source, model, inputs, outputs, by):
    shutil.rmtree(folder, ignore_errors=True)
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(data)
    onnx.save(model, os.path.join(folder, "model.onnx"))
    shutil.copy(os.path.join(source, "data.json"), folder)
    with open(os.path.join(folder, "expected_by"), "w") as file:
        file.write(by + "\n")
    for kind, values in (("input", inputs), ("output", outputs)):
        for k, tensor in enumerate(values):
            with open(os.path.join(data, f"{kind}_{k}.pb"), "wb") as file:
                file.write(tensor.SerializeToString())


def write_all(suite, out):
    """How many cases there are."""
    cases, count = single_nodes(suite), 0
    for name, versions in sorted(histories().items()):
        used = {max([s.since_version for s in versions if s.since_version <= opset], default=0) for _, _, opset in cases[name]}
        for schema in versions:
            left = 0 if schema.since_version in used or (name, schema.since_version) in LEFT_OUT else PER_VERSION
            for folder, model, _ in cases[name]:
                old = older(model, schema) if left else None
                if not old:
                    continue
                inputs, outputs = tensors(folder, "input"), tensors(folder, "output")
                target = os.path.join(out, f"{os.path.basename(folder)}_at_{schema.since_version}")
                write(target, folder, old, inputs, *expected(old, inputs, outputs))
                left -= 1
                count += 1
    return count
