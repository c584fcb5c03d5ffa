"""The files of the tree, for the checks of this folder."""
import os
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
ROOMS = ("ir", "frontends", "compiler", "runtime", "tools", "tests")


def files(*endings):
    """Paths, relative to the root, of what git tracks or would track; only those with one of `endings`, if any are given."""
    command = ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    paths = sorted({p for p in listed if p and os.path.isfile(os.path.join(ROOT, p))})
    return [p for p in paths if not endings or p.endswith(endings)]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as file:
        return file.read()


def report(name, problems, summary):
    """Print the problems, or one line when there are none; exit with 1 or 0."""
    for problem in problems:
        print(problem)
    print(f"{name}: {len(problems)} problem(s)" if problems else f"{name}: ok, {summary}")
    sys.exit(1 if problems else 0)
