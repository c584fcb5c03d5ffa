#!/usr/bin/env python3
"""What ships: exported symbols, imported symbols, needed libraries and sizes of the built files.

  symbols.py BUILD        a file that was not built is named and left out; exits with 1 on a problem
"""
import os
import re
import subprocess
import sys
import tempfile

import tree

TOOLS = "/usr/lib/llvm-22/bin"
C_LIBRARIES = re.compile(r"(libc|libm|libpthread|libdl|ld-linux-[\w-]+)\.so\.\d+$")
FORBIDDEN_LIBRARIES = re.compile(r"lib(LLVM|MLIR|protobuf|onnx)")
# Weak references of the C start-up files, bound to nothing.
START_UP = {"_ITM_deregisterTMCloneTable", "_ITM_registerTMCloneTable", "__gmon_start__"}
MAX_RUNTIME_BYTES = 500_000


def output(*command):
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def exported(path):
    rows = output(f"{TOOLS}/llvm-nm", "-D", "--defined-only", "--format=posix", path).splitlines()
    return [row.split()[0].split("@")[0] for row in rows]


def imported(path):
    """(name, version) of each undefined dynamic symbol; the version says which library must have it."""
    rows = output(f"{TOOLS}/llvm-nm", "-D", "--undefined-only", "--format=posix", path).splitlines()
    return [tuple((row.split()[0].split("@") + [""])[:2]) for row in rows]


def needed(path):
    return re.findall(r"NEEDED.*\[(.*)\]", output(f"{TOOLS}/llvm-readelf", "-d", path))


def stripped_bytes(path):
    with tempfile.NamedTemporaryFile() as file:
        subprocess.run([f"{TOOLS}/llvm-strip", "-o", file.name, path], check=True)
        return os.path.getsize(file.name)


def check_exports(path, prefix):
    foreign = [s for s in exported(path) if not s.startswith(prefix)]
    if foreign:
        yield f"{path}: exports {len(foreign)} symbols that do not begin with {prefix}: {', '.join(foreign[:5])}"


def check_runtime(path):
    yield from check_exports(path, "plx_")
    foreign = [name for name, version in imported(path) if not version.startswith("GLIBC_") and name not in START_UP]
    if foreign:
        yield f"{path}: imports symbols that are not the C library's: {', '.join(foreign[:10])}"
    libraries = [n for n in needed(path) if not C_LIBRARIES.match(n)]
    if libraries:
        yield f"{path}: needs {', '.join(libraries)}; only libc, libm and pthreads are allowed"
    if (size := stripped_bytes(path)) > MAX_RUNTIME_BYTES:
        yield f"{path}: {size} bytes stripped, more than {MAX_RUNTIME_BYTES}"


def check_no_llvm(path):
    found = [n for n in needed(path) if FORBIDDEN_LIBRARIES.match(n)]
    if found:
        yield f"{path}: needs {', '.join(found)}, which must not enter the user's process"


CHECKS = {
    "lib/libplexus_rt.so": check_runtime,
    "lib/libplexus_host.so": lambda path: [*check_exports(path, "plx_"), *check_no_llvm(path)],
    "lib/libplexus_train.so": lambda path: [*check_exports(path, "plx_"), *check_no_llvm(path)],
    "lib/libplexus_compiler.so": lambda path: check_exports(path, "plexus_"),
    "bin/plexus": check_no_llvm,
}


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    problems, checked = [], []
    for name, check in CHECKS.items():
        path = os.path.join(sys.argv[1], name)
        if os.path.exists(path):
            checked.append(os.path.basename(name))
            problems += check(path)
        else:
            print(f"symbols: {name} was not built")
    tree.report("symbols", problems, f"{len(checked)} files: {', '.join(checked)}")


if __name__ == "__main__":
    main()
