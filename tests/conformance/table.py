#!/usr/bin/env python3
"""Says what a run of `plexus check` came to, as Markdown: passed and failed by kind, then failures by cause.

  table.py RESULTS.json...               from `plexus check --json RESULTS.json`
  table.py --list RESULTS.json...        the names of failing cases alone, sorted: the form of known-failures.txt
"""
import collections
import json
import re
import sys

# What a reason says -> the cause it counts under; the first that matches. {} takes the pattern's groups.
CAUSES = [
    (r"(\S+:\w+) \(opset \d+\): (?:in its ONNX function: .*)?plx has no mapping for this operator", "{} has no mapping"),
    (r"inputs and outputs of a compiled model must be tensors", "sequences, optionals or strings as inputs or outputs"),
    (r"these ops cannot be compiled yet:\s+(plx\.\w+(?: of strings)?|complex numbers)", "{} has no code"),
    (r"(\S+:\w+) \(opset \d+\): .*must be known when the model is compiled", "{}: an operand must be known when the model is compiled"),
    (r"(\S+:\w+) \(opset \d+\): .*the scale must be known", "{}: an operand must be known when the model is compiled"),
    (r"^crashed with (signal \d+)", "crashed with {}"),
    (r"^timed out", "ran out of time"),
    (r"elements differ", "values differ"),
    (r"^output '.*' is .*, expected", "type or shape differs"),
]


def cause_of(reason):
    for pattern, cause in CAUSES:
        if found := re.search(pattern, reason):
            return cause.format(*found.groups())
    reason = reason.splitlines()[0] if reason else "no reason given"
    return re.sub(r"'[^']*'", "'...'", re.sub(r"-?\d+(\.\d+)?", "N", reason))[:120]


def name_of(case):
    """KIND/NAME of a case of the suite, its path elsewhere."""
    return case.rsplit("/suite/", 1)[-1] if "/suite/" in case else case.removeprefix("suite/")


def main():
    arguments = sys.argv[1:]
    list_only = arguments[:1] == ["--list"]
    paths = arguments[1:] if list_only else arguments
    if not paths or paths[0].startswith("-"):
        print(__doc__, file=sys.stderr)
        return 2
    cases = []
    for path in paths:
        with open(path) as file:
            cases += json.load(file)["cases"]
    failing = {name_of(c["case"]): c.get("reason", "") for c in cases if c["result"] == "failed"}
    if list_only:
        print("\n".join(sorted(failing)))
        return 0
    kinds = collections.defaultdict(collections.Counter)
    for case in cases:
        kinds[name_of(case["case"]).rpartition("/")[0] or "."][case["result"]] += 1
    print("| cases | passed | failed | skipped |\n|---|---|---|---|")
    for kind, counts in sorted(kinds.items()):
        print(f"| {kind} | {counts['passed']} | {counts['failed']} | {counts['skipped']} |")
    causes = collections.defaultdict(list)
    for name, reason in failing.items():
        causes[cause_of(reason)].append(name.rpartition("/")[2].removeprefix("test_"))
    if causes:
        print("\n| failures | cause | for example |\n|---|---|---|")
    for cause, names in sorted(causes.items(), key=lambda item: (-len(item[1]), item[0])):
        print(f"| {len(names)} | {cause} | {', '.join(sorted(names)[:3])} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
