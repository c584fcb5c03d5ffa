"""digits_arrays.py DEMO FOLDER: the digits of the demo as FOLDER/pixels.npy [rows, 64] and labels.npy [rows], and labels of which one is no class."""
import csv
import sys

demo, folder = sys.argv[1:3]
sys.path.append(demo)
import npy  # noqa: E402

rows = [[float(x) for x in row] for row in list(csv.reader(open(f"{demo}/data/digits.csv")))[1:]]
labels = [row[-1] for row in rows]
npy.write(f"{folder}/pixels.npy", [x for row in rows for x in row[:-1]], (len(rows), 64))
npy.write(f"{folder}/labels.npy", labels, (len(rows),))
npy.write(f"{folder}/wrong.npy", [12.0] + labels[1:], (len(rows),))
