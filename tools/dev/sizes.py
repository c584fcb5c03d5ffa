#!/usr/bin/env python3
"""Sizes of files, functions and folders against their limits, and a size meter: lines a room and how they changed.

  sizes.py [BASE]        the meter compares with the commit BASE (default: origin/main, else HEAD)
Beyond the first limit a size is mentioned, beyond the second it is refused. Functions are found by their braces.
"""
import collections
import os
import re
import subprocess
import sys

import tree

CODE = (".h", ".cpp", ".cc", ".c", ".td", ".def", ".py", ".sh", ".cu", ".cuh", ".cmake", "CMakeLists.txt", ".mlir", ".test")
BRACED = (".h", ".cpp", ".cc", ".c", ".cu", ".cuh")
FILE, TD, FUNCTION, FOLDER = (500, 1000), (300, 500), (60, 120), (30, 10**9)

# What may hold a brace without being code. A quote between hexadecimal digits separates them.
SKIPPED = re.compile(r"""(?<=[0-9a-fA-F])'(?=[0-9a-fA-F])|R"([^(\s]{0,16})\((?:.|\n)*?\)\1"|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])+'"""
                     r"""|//[^\n]*|/\*(?:.|\n)*?\*/|^[ \t]*\#(?:\\\n|[^\n])*""", re.MULTILINE)
NOT_A_FUNCTION = re.compile(r"^\s*(namespace|class|struct|enum|union|extern|if|for|while|switch|do|else|try|catch|return)\b|=\s*$", re.MULTILINE)


def functions(text):
    """(first line, number of lines, header) of each outermost function in C++ `text`."""
    text = SKIPPED.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), text)
    blocks, header_start, inside, found = [], 0, 0, []
    for match in re.finditer(r"[{};]", text):
        at, mark = match.start(), match[0]
        if mark == "{":
            header = text[header_start:at]
            is_function = not inside and "(" in header and not NOT_A_FUNCTION.search(header.split("template")[-1] if "=" in header else header)
            blocks.append((header_start, at, is_function))
            inside += is_function
            header_start = at + 1
        elif mark == ";":
            header_start = at + 1
        elif blocks:
            start, opened, is_function = blocks.pop()
            inside -= is_function
            if is_function and "\n" not in text[opened:at] and re.match(r"\s*[,{]", text[at + 1 : at + 40]):
                header_start = start  # the braces of a member initialiser; the body is still to come
                continue
            header_start = at + 1
            if is_function:
                first = start + len(text[start:opened]) - len(text[start:opened].lstrip())
                line = text.count("\n", 0, first) + 1
                found.append((line, text.count("\n", first, at) + 1, " ".join(text[first:opened].split())))
    return found


def judge(where, what, size, limits, problems, notes):
    if size > limits[1]:
        problems.append(f"{where}: {what} has {size}, more than {limits[1]}")
    elif size > limits[0]:
        notes.append(f"note: {where}: {what} has {size}: look again beyond {limits[0]}")


def meter(lines, base):
    """Lines a room, and what changed since `base`."""
    changed = collections.Counter()
    diff = subprocess.run(["git", "-C", tree.ROOT, "diff", "--numstat", base], capture_output=True, text=True)
    for row in diff.stdout.splitlines():
        added, removed, path = row.split("\t", 2)
        if added != "-" and path.endswith(CODE):
            changed[path.split("/")[0]] += int(added) - int(removed)
    rooms = [f"{room} {lines[room]} ({changed[room]:+d})" for room in tree.ROOMS]
    print(f"lines (since {base}):", ", ".join(rooms) + f"; {sum(lines[r] for r in tree.ROOMS)} in all")


def default_base():
    found = subprocess.run(["git", "-C", tree.ROOT, "rev-parse", "-q", "--verify", "origin/main"], capture_output=True)
    return "origin/main" if found.returncode == 0 else "HEAD"


def main():
    problems, notes, lines, folders = [], [], collections.Counter(), collections.Counter()
    sizes = []
    for path in tree.files(*CODE):
        text = tree.read(path)
        count = text.count("\n")
        lines[path.split("/")[0]] += count
        judge(path, "the file's number of lines", count, TD if path.endswith(".td") else FILE, problems, notes)
        if path.endswith((".cpp", ".cc", ".c")):
            folders[os.path.dirname(path)] += 1
        if path.endswith(BRACED):
            for line, size, header in functions(text):
                sizes.append(size)
                judge(f"{path}:{line}", f"the function `{header[-80:]}`, in lines,", size, FUNCTION, problems, notes)
    for folder, count in folders.items():
        judge(folder, "the folder's number of sources", count, FOLDER, problems, notes)
    print(*notes, sep="\n", end="\n" if notes else "")
    meter(lines, sys.argv[1] if len(sys.argv) > 1 else default_base())
    p95 = sorted(sizes)[int(len(sizes) * 0.95)] if sizes else 0
    tree.report("sizes", problems, f"{len(sizes)} functions, 95 % have at most {p95} lines")


if __name__ == "__main__":
    main()
