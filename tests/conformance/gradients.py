#!/usr/bin/env python3
"""Says, as Markdown, whose derivatives have been held against differences: a line an operator.

  gradients.py RESULTS.json   from `plexus check --gradient --json RESULTS.json`; needs onnx

A case counts for every operator of its model, in functions and subgraphs too. Elements: those of inputs that were moved to both
sides; kinks: of these, where slopes differ; error: the largest difference from the central one, relative to the largest entry.
"""
import collections
import json
import os
import re
import sys

import onnx

# What kind of reason a skipped case has.
REASONS = [
    (r"no input is a tensor of floats", "no float input"),
    (r"no output is a tensor of floats", "no float output"),
    (r"^(f\w+) has no derivative", "floats of 8 or 4 bits"),
    (r"string has no derivative", "strings"),
    (r"draws from a generator", "unseeded random numbers"),
]


def operators_of(path):
    """Domain and name of every node's operator."""
    model = onnx.load(path, load_external_data=False)
    found, graphs = set(), [model.graph, *model.functions]
    for graph in graphs:
        for node in graph.node:
            found.add((node.domain or "ai.onnx", node.op_type))
            for attribute in node.attribute:
                graphs += [attribute.g] if attribute.HasField("g") else attribute.graphs
    own = {(f.domain, f.name) for f in model.functions}
    return found - own


def reason_of(case):
    text = case.get("reason", "")
    for pattern, reason in REASONS:
        if re.search(pattern, text):
            return reason
    return text.splitlines()[0].replace("|", "/")[:100] if text else ""


class Row:
    def __init__(self):
        self.results = collections.Counter()
        self.reasons = collections.Counter()
        self.elements = self.kinks = 0
        self.worst = 0.0

    def add(self, case):
        self.results[case["result"]] += 1
        if case["result"] == "skipped":
            self.reasons[reason_of(case)] += 1
        self.elements += case["elements"]
        self.kinks += case["kinks"]
        self.worst = max(self.worst, case["worst"])

    def cells(self):
        why = ", ".join(f"{reason} ({count})" for reason, count in self.reasons.most_common())
        worst = f"{self.worst:.0e}" if self.elements else "-"
        return f"{self.results['passed']} | {self.results['failed']} | {self.elements} | {self.kinks} | {worst} | {why or '-'}"


def main():
    with open(sys.argv[1]) as file:
        cases = json.load(file)["cases"]
    rows, total = collections.defaultdict(Row), Row()
    for case in cases:
        total.add(case)
        for operator in operators_of(os.path.join(case["case"], "model.onnx")):
            rows[operator].add(case)
    print("| domain | operator | right | wrong | elements | kinks | error | not differentiable (cases) |\n|---|---|---|---|---|---|---|---|")
    for (domain, name), row in sorted(rows.items()):
        print(f"| {domain} | {name} | {row.cells()} |")
    print(f"| all | {len(rows)} operators | {total.cells()} |")


if __name__ == "__main__":
    main()
