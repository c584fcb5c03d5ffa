"""same_logs.py A B TOLERANCE: two logs of training have the same steps, and losses and norms within TOLERANCE, relative."""
import csv
import sys

a, b = (list(csv.DictReader(open(path))) for path in sys.argv[1:3])
assert [row["step"] for row in a] == [row["step"] for row in b], "the steps differ"
for x, y in zip(a, b):
    for name in ("loss", "gradient_norm"):
        off = abs(float(x[name]) - float(y[name])) / abs(float(x[name]))
        assert off <= float(sys.argv[3]), f"step {x['step']}: {name} {x[name]} and {y[name]}"
