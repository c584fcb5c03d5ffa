"""step_log.py A B: the log of `plexus train --log` and that of train_step.c hold the same numbers, bit for bit."""
import csv
import sys

a, b = (list(csv.DictReader(open(path))) for path in sys.argv[1:3])
assert len(a) == len(b), f"{len(a)} steps and {len(b)}"
for x, y in zip(a, b):
    for name in ("step", "loss", "learning_rate", "gradient_norm"):
        assert float(x[name]) == float(y[name]), f"step {x['step']}: {name} {x[name]} and {y[name]}"
