"""kill_and_resume.py FOLDER ROUNDS COMMAND...: COMMAND is a training run of some seconds without its files. It is run whole, then in each round it is
killed at random instants and goes on by --resume until it is done: model, log, plot and events' lengths must be those of the whole run. The last line:
`N passed, N failed, N skipped`, one a round."""
import os
import random
import re
import shutil
import signal
import struct
import subprocess
import sys
import time

folder, rounds, command = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
NAMES = ("weights", "log", "plot", "events")


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


def cut_run(rng, took):
    """Three kills at most, then to the end: (kills in mid-run, times resumed from a checkpoint)."""
    place, kills, resumed = files("cut"), 0, 0
    for attempt in range(4):
        child = subprocess.Popen(command + place + (["--resume"] if attempt else []), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if attempt < 3:
            time.sleep(rng.uniform(0, took))
            kills += child.poll() is None
            child.send_signal(signal.SIGKILL)
        resumed += bool(re.search(r"resumed at step \d+", child.communicate()[1]))
    return kills, resumed


def main():
    for _ in range(2):  # the first compiles, the second is timed
        start = time.time()
        subprocess.run(command + files("whole"), check=True, stdout=subprocess.DEVNULL)
        took = time.time() - start
    expected = left("whole")
    rng, kills, resumed, failed = random.Random(7), 0, 0, 0
    for number in range(rounds):
        here = (0, 0)
        while here[0] == 0:  # killed too late each time: nothing was tested
            here = cut_run(rng, took)
            took *= 0.9 if here[0] == 0 else 1
        kills, resumed = kills + here[0], resumed + here[1]
        different = [name for name, one, other in zip(NAMES, left("cut"), expected) if one != other]
        failed += bool(different)
        if different:
            print(f"FAILED round {number}: {', '.join(different)} differ from those of a run that was left alone")
    print(f"{rounds} rounds, {kills} kills, {resumed} resumed", flush=True)
    if resumed == 0:
        print("no round was resumed from a checkpoint: nothing was tested")
        failed = rounds
    print(f"{rounds - failed} passed, {failed} failed, 0 skipped")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
