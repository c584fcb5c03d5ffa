"""kill_and_resume.py FOLDER TIMES COMMAND...: COMMAND is a training run of some seconds without its files. It is run whole, then TIMES over with kills
at random instants and --resume until it is done: model, log, plot and events' lengths must be those of the whole run."""
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

folder, times, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]


def files(place):
    at = os.path.join(folder, place)
    shutil.rmtree(at, ignore_errors=True)
    os.makedirs(at)
    return ["--checkpoint", f"{at}/c", "--log", f"{at}/log.csv", "--plot", f"{at}/loss.svg", "--tensorboard", f"{at}/tb", "-o", f"{at}/out.onnx"]


def record_lengths(data):
    at, out = 0, []
    while at < len(data):
        out.append(struct.unpack_from("<Q", data, at)[0])
        at += 16 + out[-1]
    assert at == len(data), "a record is cut short"
    return out


def left(place):
    def read(name):
        return open(os.path.join(folder, place, name), "rb").read()

    (events,) = os.listdir(os.path.join(folder, place, "tb"))
    return [read("out.onnx"), read("log.csv"), read("loss.svg"), record_lengths(read(os.path.join("tb", events)))]


start = time.time()
subprocess.run(command + files("whole"), check=True, stdout=subprocess.DEVNULL)
took, expected = time.time() - start, left("whole")
rng, kills, resumed = random.Random(7), 0, 0
for number in range(times):
    place = files("cut")
    for attempt in range(4):
        child = subprocess.Popen(command + place + (["--resume"] if attempt else []), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if attempt < 3:
            time.sleep(rng.uniform(0, took))
            kills += child.poll() is None
            child.send_signal(signal.SIGKILL)
        resumed += bool(re.search(r"resumed at step \d+", child.communicate()[1]))
    for name, one, other in zip(("weights", "log", "plot", "events"), left("cut"), expected):
        assert one == other, f"round {number}: {name} differ"
assert kills >= times and resumed >= 1, f"{kills} kills, {resumed} resumed: nothing was tested"
print(f"{times} rounds, {kills} kills, {resumed} resumed")
