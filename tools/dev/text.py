#!/usr/bin/env python3
"""What a text must not hold, what a file must not be called, and paths that READMEs name."""
import glob
import os
import re

import tree

TOP_LEVEL = {*tree.ROOMS, "CMakeLists.txt", "README.md", "LICENSE"}
TEXT = (".h", ".cpp", ".cc", ".c", ".td", ".def", ".py", ".sh", ".cu", ".cuh", ".cmake", ".txt", ".mlir", ".test", ".md", ".map")
# Split, so that this file does not hold what it forbids.
FORBIDDEN = [
    (re.compile(r"\t"), "a tab"),
    (re.compile(r"[ \r]$", re.MULTILINE), "space at the end of a line"),
    (re.compile("DO NOT" + " SUBMIT|\\bFIX" + "ME\\b|\\bTO" + "DO\\b|\\bX" + "XX\\b"), "unfinished business"),
    (re.compile(r"^(<{7}|>{7}) ", re.MULTILINE), "a merge conflict"),
    (re.compile(r"\bcl::opt\b(?!`)"), "a command-line option that is global: options belong in Passes.td"),
]
VAGUE = re.compile(r"(Utils?|Helpers?|Common|Misc)\.\w+$|^(utils?|helpers?|common|misc)\.\w+$")
PATH = re.compile(r"`((?:[\w.+-]+/)+[\w.+-]*)`")
# Stand-ins for a name in instructions: ops/X.td, tests/ops/x-invalid.mlir, build folders and what lies outside the tree.
STAND_IN = re.compile(r"(^|/)([xX]|N|NAME|name)([-_.][\w.-]*)?(/|$)|^(\.\.|build[\w-]*)/")


def line_of(text, position):
    return text.count("\n", 0, position) + 1


def readme_problems(path):
    """A path in backquotes must exist, from the README's folder or from the root."""
    folder, text = os.path.dirname(path), tree.read(path)
    for match in PATH.finditer(text):
        name = match[1]
        known = os.path.splitext(name)[1] in TEXT or any(
            os.path.exists(os.path.join(tree.ROOT, base, name.split("/")[0])) for base in ("", folder))
        if not known or STAND_IN.search(name):
            continue
        if not any(glob.glob(os.path.join(tree.ROOT, base, name)) for base in ("", folder)):
            yield f"{path}:{line_of(text, match.start())}: `{name}` does not exist"


def main():
    problems, paths = [], tree.files()
    for path in paths:
        name = os.path.basename(path)
        top = path.split("/")[0]
        if top not in TOP_LEVEL and not top.startswith("."):
            problems.append(f"{path}: the top level holds the rooms, CMakeLists.txt, README.md, LICENSE and dotfiles only")
        if VAGUE.search(name):
            problems.append(f"{path}: say what it holds; no Utils, Helper, Common or Misc")
        if path.endswith(TEXT):
            text = tree.read(path)
            for pattern, what in FORBIDDEN:
                problems += [f"{path}:{line_of(text, m.start())}: {what}" for m in pattern.finditer(text)]
            if name == "README.md":
                problems += readme_problems(path)
                if path != "README.md" and text.count("\n") > 60:
                    problems.append(f"{path}: {text.count(chr(10))} lines, more than 60")
    tree.report("text", problems, f"{len(paths)} files")


if __name__ == "__main__":
    main()
