#!/usr/bin/env python3
"""data/digits.csv for the demo: of each five rows the last is held out. Standard library alone.

    digits.py train OUT.csv               writes the other 1438 rows
    digits.py pixels OUT.npy              writes those held out: f32 [359, 64], pixels 0 to 16
    digits.py show PROBABILITIES.npy      prints digits with their answers, mistakes too, and the share that is right
"""
import csv
import os
import sys

import npy

CSV = os.path.join(os.path.dirname(os.path.abspath(__file__)), "data", "digits.csv")
EVERY = 5  # the last of each so many rows is held out
SHADES = " .:-=+*#%"  # of pixels 0-1, 2-3, ... 16
IN_A_LINE = 5


def held_out():
    """([pixels of a digit], ...), (label, ...)"""
    with open(CSV, newline="") as file:
        rows = [[int(cell) for cell in row] for row in list(csv.reader(file))[EVERY::EVERY]]
    return [row[:-1] for row in rows], [row[-1] for row in rows]


def write_training_rows(path):
    with open(CSV, newline="") as source, open(path, "w", newline="") as file:
        for k, line in enumerate(source):
            if k == 0 or k % EVERY != 0:
                file.write(line)


def write_pixels(path):
    pixels, _ = held_out()
    npy.write(path, [float(p) for digit in pixels for p in digit], (len(pixels), 64))


def print_digits(pixels, captions):
    for row in range(8):
        print("   ".join("".join(2 * SHADES[p // 2] for p in digit[8 * row:8 * row + 8]) for digit in pixels).rstrip())
    print("   ".join(f"{caption:<16}" for caption in captions).rstrip())


def show(path):
    pixels, labels = held_out()
    values, dims = npy.read(path)
    if dims != (len(labels), 10):
        raise ValueError(f"{path}: shape {dims}, expected {(len(labels), 10)}")
    rows = [values[10 * k:10 * k + 10] for k in range(len(labels))]
    answers = [max(range(10), key=row.__getitem__) for row in rows]
    captions = [f"{a}  {100 * row[a]:.1f} %" + ("" if a == label else f" (a {label})") for row, a, label in zip(rows, answers, labels)]
    wrong = [k for k in range(len(labels)) if answers[k] != labels[k]]
    for shown in range(IN_A_LINE), wrong[:IN_A_LINE]:
        print_digits([pixels[k] for k in shown], [captions[k] for k in shown])
    print(f"{len(labels) - len(wrong)} of {len(labels)} held-out digits right, {100 * (1 - len(wrong) / len(labels)):.2f} %")


def main():
    commands = {"train": write_training_rows, "pixels": write_pixels, "show": show}
    if len(sys.argv) != 3 or sys.argv[1] not in commands:
        print(__doc__, file=sys.stderr)
        return 2
    commands[sys.argv[1]](sys.argv[2])
    return 0


if __name__ == "__main__":
    sys.exit(main())
