#!/usr/bin/env python3
"""Who may include whom: the table of rooms, checked on every #include of the tree. There is no list of exceptions.

Each file belongs to the first room below whose pattern matches its path. An include is named by its path from the root
(one without a folder is looked up beside the file) or, for others' headers, as written.
"""
import os
import re

import tree

MLIR = r"mlir/|mlir-c/|llvm/|llvm-c/"
LLVM_BACKENDS = r"mlir/(Target|Conversion|ExecutionEngine)/|llvm/(ExecutionEngine|MC|Target|CodeGen|Passes)/|lld/"
ONNX = r"onnx/|google/protobuf/"
HOUSE = r"(ir|frontends|compiler|runtime|tools|tests)/"
GRAPH_ROOMS = r"graph|autodiff|precision|layout|fusion|schedule|memory"
# What drags in symbols of the C++ library, which the runtime does not link (a check of the built file proves it).
NOT_FREESTANDING = (r"(vector|string|map|set|unordered_map|unordered_set|deque|list|functional|memory|mutex|shared_mutex|thread|"
                    r"condition_variable|future|chrono|iostream|ostream|istream|sstream|fstream|filesystem|regex|locale|stdexcept|"
                    r"format|random|any|variant|barrier|latch|semaphore|stop_token|memory_resource)$")


def house_but(*allowed):
    """Any path of the house except those that match one of `allowed`."""
    return rf"(?!{'|'.join(allowed)}){HOUSE}" if allowed else HOUSE


# (room's pattern, what it must not include)
TABLE = [
    (r"runtime/include/", [house_but("runtime/include/"), MLIR, ONNX, "absl/", NOT_FREESTANDING]),
    (r"runtime/host/", [house_but("runtime/"), MLIR, ONNX]),
    (r"runtime/train/", [house_but("runtime/"), MLIR, ONNX]),
    (r"runtime/", [house_but(r"runtime/(?!host/|train/)"), MLIR, ONNX, "absl/", "re2/", NOT_FREESTANDING]),
    # Backends include these two, so what they include must know no op either; Op.h is what all ops share.
    (r"ir/(kernel|types)/", [house_but(r"ir/(?!ops/(?!Op\.h$))", "runtime/include/"), LLVM_BACKENDS, ONNX]),
    (r"ir/", [house_but("ir/", "runtime/include/"), LLVM_BACKENDS, ONNX]),
    (r"frontends/onnx/", [house_but("ir/", "frontends/onnx/", "runtime/include/"), LLVM_BACKENDS]),
    (r"frontends/builder/", [house_but("ir/", "frontends/builder/", "runtime/include/"), LLVM_BACKENDS, ONNX]),
    (rf"compiler/({GRAPH_ROOMS})/",
     [house_but("ir/", rf"compiler/({GRAPH_ROOMS})/", r"compiler/[^/]+$", "runtime/include/"), ONNX]),
    *[(rf"compiler/{room}/",
       [house_but("ir/kernel/", "ir/types/", rf"compiler/{room}/", "compiler/native/", r"compiler/[^/]+$", "runtime/include/"), ONNX,
        *([] if room == "cuda" else ["nvrtc"])])
      for room in ("cpu", "cuda", "host")],
    (r"compiler/", [house_but("ir/", "compiler/", "runtime/include/"), ONNX]),
    (r"tools/python/", [house_but(r"tools/python/", r"tools/api/plexus\.h", r"runtime/include/plexus_rt\.h"), MLIR, ONNX, "absl/"]),
    (r"tools/plexus/", [house_but("tools/plexus/", "tools/api/", "runtime/"), MLIR, ONNX, "lld/"]),
    (r"tests/unit/runtime/", [house_but("runtime/", "tests/"), MLIR, ONNX]),
]

INCLUDE = re.compile(r'^\s*#\s*include\s*[<"]([^>"]+)[>"]', re.MULTILINE)
LLVM_LINKED = re.compile(r"\b(MLIR|LLVM|plx_llvm|plx_ir|plx_compiler|plx_onnx|protobuf)\b")


def normalized(path, include):
    """`include` of the file `path`, from the root if it is a file beside it or one of the runtime's public headers."""
    for folder in (os.path.dirname(path), "runtime/include", "tools/api"):
        if "/" not in include and os.path.isfile(os.path.join(tree.ROOT, folder, include)):
            return f"{folder}/{include}"
    return os.path.normpath(include)


def main():
    problems, count = [], 0
    for path in tree.files(".h", ".hpp", ".cpp", ".cc", ".c", ".def", ".cu", ".cuh"):
        denied = next((d for room, d in TABLE if re.match(room, path)), [])
        for match in INCLUDE.finditer(tree.read(path)):
            include, count = normalized(path, match[1]), count + 1
            if any(re.match(pattern, include) for pattern in denied):
                line = tree.read(path).count("\n", 0, match.start(1)) + 1
                problems.append(f"{path}:{line}: {os.path.dirname(path)} must not include {include} (see tools/dev/layers.py)")
    for path in tree.files("CMakeLists.txt"):
        if path.startswith("runtime/") and (match := LLVM_LINKED.search(tree.read(path))):
            problems.append(f"{path}: the runtime must not link {match[0]}")
    tree.report("layers", problems, f"{count} includes")


if __name__ == "__main__":
    main()
