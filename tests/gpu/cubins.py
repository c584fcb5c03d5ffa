#!/usr/bin/env python3
"""Compiles every kernel of models by NVRTC, as `plexus compile --device cuda --emit cubin` does, and reads what its index.json
reports.

  cubins.py PLEXUS OUT MODEL.onnx... [--cpu sm_80,sm_90] [--report FILE]

A kernel passes where NVRTC compiles it for each architecture without a warning, and without spills where its schedule is matmul,
conv or attention (the others' are reported alone). A model that does not compile counts as one failure, one that needs no kernel is
skipped. The report is a table of registers and spilled bytes. OUT is empty again at the end. The last line is
`N passed, N failed, N skipped`.
"""
import argparse
import json
import os
import shutil
import subprocess
import sys

MAY_NOT_SPILL = ("matmul", "conv", "attention")


def name_of(model):
    return os.path.basename(os.path.dirname(os.path.abspath(model)))


def kernels_of(plexus, out, model, cpu):
    """Entries of index.json; a string where the model does not compile."""
    folder = os.path.join(out, name_of(model))
    shutil.rmtree(folder, ignore_errors=True)
    ran = subprocess.run([plexus, "compile", model, "--device", "cuda", "--emit", "cubin", "--cpu", cpu, "-o", folder],
                         capture_output=True, text=True, errors="replace")
    if ran.returncode:
        return " ".join(ran.stderr.split())[:500]
    with open(os.path.join(folder, "index.json")) as file:
        kernels = json.load(file)["kernels"]
    for kernel in kernels:
        kernel["wrong"] = list(wrong_with(kernel, folder, cpu.split(",")))
    shutil.rmtree(folder)
    return kernels


def wrong_with(kernel, folder, architectures):
    """What is wrong with a compiled kernel: texts."""
    for name in kernel["files"]:
        with open(os.path.join(folder, name), "rb") as file:
            if file.read(4) != b"\x7fELF":
                yield f"{name} is no ELF file"
    if len(kernel["files"]) != len(architectures):
        yield f"{len(kernel['files'])} files for {len(architectures)} architectures"
    if [report["architecture"] for report in kernel["compiled"]] != architectures:
        yield "the compiler's log does not tell of each architecture"
    yield from (warning.strip() for warning in kernel["warnings"] if "Remark:" not in warning)
    for report in kernel["compiled"]:
        if report["spilled_bytes"] and kernel["schedule"] in MAY_NOT_SPILL:
            yield f"{report['architecture']}: {report['spilled_bytes']} bytes are spilled"


def write_report(path, rows):
    """The most registers first, within each schedule."""
    with open(path, "w") as file:
        file.write("| model | kernel | schedule | architecture | registers | spilled bytes | shared bytes |\n|---|---|---|---|---|---|---|\n")
        for model, kernel, report in sorted(rows, key=lambda r: (r[1]["schedule"], -r[2]["registers"], r[0], r[1]["kernel"])):
            file.write("| {} | {} | {} | {} | {} | {} | {} |\n".format(model, kernel["kernel"], kernel["schedule"], report["architecture"],
                                                                    report["registers"], report["spilled_bytes"], report["shared_bytes"]))


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("plexus")
    parser.add_argument("out")
    parser.add_argument("models", nargs="+")
    parser.add_argument("--cpu", default="sm_80,sm_90")
    parser.add_argument("--report")
    arguments = parser.parse_args()
    passed, failed, skipped, rows = 0, 0, 0, []
    for model in arguments.models:
        kernels = kernels_of(arguments.plexus, arguments.out, model, arguments.cpu)
        if isinstance(kernels, str):
            print(f"FAILED {name_of(model)}: {kernels}", flush=True)
            failed += 1
            continue
        if not kernels:
            print(f"skipped {name_of(model)}: it needs no kernel", flush=True)
            skipped += 1
        for kernel in kernels:
            rows += [(name_of(model), kernel, report) for report in kernel["compiled"]]
            if kernel["wrong"]:
                print(f"FAILED {name_of(model)} {kernel['kernel']} ({kernel['schedule']}): {'; '.join(kernel['wrong'])}"[:600], flush=True)
            passed, failed = passed + (not kernel["wrong"]), failed + bool(kernel["wrong"])
    if arguments.report:
        write_report(arguments.report, rows)
    spilling = [kernel["kernel"] for _, kernel, report in rows if report["spilled_bytes"]]
    print(f"{len(rows)} cubins; spills in {len(set(spilling))} kernels{': ' if spilling else ''}{', '.join(sorted(set(spilling)))}"[:600])
    print(f"{passed} passed, {failed} failed, {skipped} skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
