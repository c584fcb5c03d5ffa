#!/usr/bin/env python3
"""Joins that nobody should have to keep by hand: each op's constraints, tests and example, and each source's test.

  house.py [--plexus-opt PATH]       with PATH also parses the example in each op's description
"""
import argparse
import concurrent.futures
import os
import re
import subprocess

import tree

MATCHING = r"(?:isa|isa_and_present|isa_and_nonnull|cast|cast_or_null|cast_if_present|dyn_cast|dyn_cast_or_null|dyn_cast_if_present|" \
           r"getDefiningOp|getParentOfType|getOps|OpRewritePattern|OpConversionPattern|ConvertOpToLLVMPattern|Case)"
WALK = re.compile(r"\bwalk\(\s*\[[^\]]*\]\(\s*(?:plx::)?(\w+Op)\b")
# Functions that match an op for their callers: each caller counts.
ASKING = {"BroadcastOp": r"\bbroadcastOf\(", "CastOp": r"\buncast\(", "TransposeOp": r"(?<!::)\btransposeOf\("}
LABEL = re.compile(r"\b([a-z][a-z0-9_]*)\.c(\d+)\b")
DECLARED = re.compile(r"^\s*([a-z][a-z0-9_]*)\.c(\d+):", re.MULTILINE)
OP = re.compile(r"^def (\w+Op) ", re.MULTILINE)
EXAMPLE = re.compile(r"```mlir\n(.*?)```", re.DOTALL)
COVERS = re.compile(r"^// Covers: (.*)$", re.MULTILINE)
MAX_MATCHING = 5


def kebab(name):
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", name).lower()


def exists(path):
    return os.path.isfile(os.path.join(tree.ROOT, path))


def op_problems(td):
    """Constraint labels of `td` stand in the .cpp and as @name_cN in the -invalid test; the op has its test files."""
    stem = os.path.splitext(os.path.basename(td))[0]
    source, tests = td[: -len(".td")] + ".cpp", f"tests/ops/{kebab(stem)}"
    code = tree.read(source) if exists(source) else ""
    missing = [f"{tests}{facet}.mlir" for facet in ("", "-values") if not exists(f"{tests}{facet}.mlir")]
    if td.startswith("ir/ops/") and missing:  # syntax and inferred types; values on every device
        yield f"{td}: without {' and '.join(missing)}"
    invalid = tree.read(f"{tests}-invalid.mlir") if exists(f"{tests}-invalid.mlir") else ""
    declared = sorted(set(DECLARED.findall(tree.read(td))))
    unchecked = [f"{name}.c{n}" for name, n in declared if (name, n) not in LABEL.findall(code)]
    untested = [f"@{name}_c{n}" for name, n in declared if not re.search(rf"@{name}_c{n}\b", invalid)]
    if unchecked:
        yield f"{td}: {source} does not say where it checks {', '.join(unchecked)}"
    if untested:
        yield f"{td}: {tests}-invalid.mlir lacks {', '.join(untested)}"


def gradient_problems(td):
    """Each op says what its derivative is, or why there is none; what is built is held against differences somewhere."""
    stem, source = os.path.splitext(os.path.basename(td))[0], td[: -len(".td")] + ".cpp"
    code = tree.read(source) if exists(source) else ""
    if "::differentiate(Cotangents" not in code:
        if re.search(r"Plx_\w*Op<", tree.read(td)):
            yield f"{td}: {source} has no section Differentiate"
        return
    if not re.search(r"\bct\.(add|replaceBy)\(", code):
        return  # zero or refused, with its reason
    mnemonics = re.findall(r'<"(\w+)"', tree.read(td))
    tests = [p for p in tree.files() if p.startswith("tests/ops/") and re.search(r"RUN:.*--gradient", tree.read(p))]
    if not any(f"plx.{m} " in tree.read(p) and p.endswith("-gradient.mlir") for p in tests for m in mnemonics) and \
            f"tests/ops/{kebab(stem)}-values.mlir" not in tests:
        yield f"{td}: no test with `--gradient` uses the op"


def matching_problems(ops, sources):
    """Few files may know an op by name. Free are those that only create one, the op's own .cpp and .h, and the file that
    exports it to ONNX, which knows it anyway. The kernel language is what targets read: their rooms count as one place, however many targets there are."""
    uses = re.compile(rf"\b{MATCHING}<[^;{{}}]*?\b(\w+Op)\b[^;{{}}]*?>")
    files = {}
    for path in sources:
        text = tree.read(path)
        found = {op for match in uses.finditer(text) for op in re.findall(r"(?<!arith::)(?<!func::)(?<!scf::)\b\w+Op\b", match[0])}
        found |= set(WALK.findall(text)) | {op for op, asking in ASKING.items() if path.endswith(".cpp") and re.search(asking, text)}
        for op in found & ops.keys():
            home, room = ops[op], re.match(r"compiler/(cpu|cuda)/", path)
            if os.path.splitext(path)[0] != home and f"PLX_ONNX_EXPORT({op}," not in text:
                files.setdefault(op, set()).add("compiler/{cpu,cuda}/" if room and home.startswith("ir/kernel/") else path)
    for op, where in sorted(files.items()):
        if len(where) > MAX_MATCHING:
            yield f"{op} is matched in {len(where)} places, more than {MAX_MATCHING}: {', '.join(sorted(where))}"


def test_problems(paths):
    """A source of the runtime, the types, the evaluator or the builder has its unit test, is included by one, or is named
    by a test that covers several (`// Covers: a.cc, b.cc`); a pass has its lit test."""
    unit = "".join(tree.read(p) for p in paths if p.startswith("tests/unit/"))
    covered = {c.strip() for line in COVERS.findall(unit) for c in line.split(",")}
    for source in sorted(covered - set(paths)):
        yield f"a unit test covers {source}, which does not exist"
    for path in paths:
        stem, _ = os.path.splitext(path)
        name = os.path.basename(stem)
        if re.match(r"(runtime/(?!include/)|ir/(types|eval)/|frontends/builder/)", path) and path.endswith((".cpp", ".cc", ".c")):
            snake = kebab(name).replace("-", "_")
            if not exists(f"tests/unit/{os.path.dirname(path)}/{snake}_test.cc") and f'"{stem}.h"' not in unit and path not in covered:
                yield f"{path}: neither tests/unit/{os.path.dirname(path)}/{snake}_test.cc nor a unit test that includes {stem}.h"
        if os.path.basename(path) == "Passes.td":
            for found in re.findall(r"^def (\w+)Pass\b", tree.read(path), re.MULTILINE):
                tests = f"tests/lit/{os.path.dirname(path)}"
                names = [p for p in paths if p.startswith(tests) and os.path.basename(p).startswith(kebab(found))]
                if not names:
                    yield f"{path}: {found}Pass has no {tests}/.../{kebab(found)}.mlir"


def parse_error(example, plexus_opt):
    """What plexus-opt says of `example`, or None. Values that the example uses without defining them are defined after it,
    in the module's graph region, with the types that the parser asks for."""
    body, types = example, {}
    for _ in range(40):
        definitions = "".join(f'\n{v} = "example.value"() : () -> {t}' for v, t in types.items())
        ran = subprocess.run([plexus_opt, "--allow-unregistered-dialect", "-"], input=f"module {{\n{body}{definitions}\n}}",
                             capture_output=True, text=True)
        if ran.returncode == 0:
            return None
        undefined = re.search(r"use of undeclared SSA value name\s*\n.*\n", ran.stderr)
        if undefined:
            lines = ran.stderr[undefined.start():].split("\n")
            name = re.match(r"%[\w$.-]+", lines[1][lines[2].find("^"):])
            if name and name[0] not in types:
                types[name[0]] = "none"
                continue
        wrong = re.search(r"definition of SSA value '(%[^'#]+)(?:#\d+)?' has type.*?previously used here with type '([^\n]*)'\n",
                          ran.stderr, re.DOTALL)
        if not wrong or types.get(wrong[1]) != "none":
            return ran.stderr.strip()
        types[wrong[1]] = wrong[2]
    return "its undefined values could not be given types"


def example_problems(tds, plexus_opt):
    examples = [(td, text) for td in tds for text in EXAMPLE.findall(tree.read(td))]
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        errors = pool.map(lambda e: parse_error(e[1], plexus_opt), examples)
        for (td, text), error in zip(examples, errors):
            if error:
                yield f"{td}: the example does not parse:\n{text.rstrip()}\n{error}"


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--plexus-opt")
    plexus_opt = parser.parse_args().plexus_opt
    paths = tree.files()
    tds = [p for p in paths if re.match(r"ir/(ops|kernel)/\w+\.td$", p)]
    ops = {op: os.path.splitext(td)[0] for td in tds for op in OP.findall(tree.read(td))}
    sources = [p for p in paths if p.endswith((".h", ".cpp")) and not p.startswith("tests/")]
    problems = [p for td in tds for p in op_problems(td)]
    problems += [p for td in tds if td.startswith("ir/ops/") for p in gradient_problems(td)]
    problems += matching_problems(ops, sources)
    problems += test_problems(paths)
    if plexus_opt:
        problems += example_problems(tds, plexus_opt)
    tree.report("house", problems, f"{len(ops)} ops" + ("" if plexus_opt else ", examples not parsed (no plexus-opt)"))


if __name__ == "__main__":
    main()
