#!/usr/bin/env python3
"""Where a device may be known: files that differ by device lie in compiler/cpu, compiler/cuda and runtime/device, and nothing above
target emission forks by device. Checked on the code of every source; comments may say what they like.
"""
import re

import tree

# Comments, and strings, which count as code of the first two tables.
TOKEN = re.compile(r'//[^\n]*|/\*.*?\*/|R"(\w*)\(.*?\)\1"|"(?:\\.|[^"\\\n])*"', re.DOTALL)
GRAPH_ROOMS = r"compiler/(autodiff|fusion|graph|irregular|layout|memory|precision|schedule)/"

CUDA = re.compile(r"(?i:cuda|nvrtc|cubin|\bptx\b)|\bcu[A-Z]\w+|\b(sm|compute)_\d+|__(global|shared|device)__")
CUDA_PLACES = (
    r"compiler/cuda/|runtime/device/|tests/"
    r"|compiler/Compile\.(h|cpp)$"  # where the target is picked
    r"|compiler/package/Descriptor\.cpp$|runtime/include/plexus_abi\.h$"  # kinds of images in a program
    r"|tools/(api|plexus)/"  # --device, --cpu, --emit
)

ISA = re.compile(r"(?i:avx|\bsse\d|\bneon\b|vnni|llvm\.(x86|aarch64)|_mm\d*_)|\b[xyz]mm\d")
ISA_PLACES = r"compiler/(cpu|native)/|runtime/|tools/|tests/"  # the runtime asks whether a program's features are there

DEVICE = re.compile(r"[dD]evice|compiler/cuda|\bcuda::")
DEVICE_FREE = rf"ir/|frontends/|{GRAPH_ROOMS}"


def code_of(text, strings):
    """`text` with blanks for comments, and for strings unless they count."""

    def kept(token):
        return token[0] if strings and not token[0].startswith("/") else re.sub(r"[^\n]", " ", token[0])

    return TOKEN.sub(kept, text)


def problems_of(path, text):
    def found(pattern, strings):
        for number, line in enumerate(code_of(text, strings).split("\n"), 1):
            if match := pattern.search(line):
                yield f"{path}:{number}", match[0]

    if not re.match(CUDA_PLACES, path):
        yield from (f"{place}: names '{name}': what is CUDA's lies in compiler/cuda and runtime/device" for place, name in found(CUDA, True))
    if not re.match(ISA_PLACES, path):
        yield from (f"{place}: names '{name}': what is an instruction set's lies in compiler/cpu" for place, name in found(ISA, True))
    if re.match(DEVICE_FREE, path):
        yield from (f"{place}: knows of a '{name}': nothing before target emission forks by device" for place, name in found(DEVICE, False))


def main():
    paths = tree.files(".h", ".cpp", ".cc", ".c", ".def", ".td", ".cuh")
    tree.report("devices", [p for path in paths for p in problems_of(path, tree.read(path))], f"{len(paths)} files")


if __name__ == "__main__":
    main()
