#!/usr/bin/env python3
"""Recordings and photographs as .npy for models.

    media.py wav IN.wav OUT.npy             f32 [samples], -1 to 1; 16-bit mono. Standard library alone
    media.py image IN.jpg OUT.npy unit      f32 [1, 1, height, width], grey, 0 to 1. Needs Pillow
    media.py image IN.jpg OUT.npy mnist     the same less MNIST's mean 0.1307, by its deviation 0.3081
    media.py answer FILE.npy                the largest element's index
"""
import array
import sys
import wave

import npy


def wav(path, out):
    with wave.open(path) as file:
        if file.getsampwidth() != 2 or file.getnchannels() != 1:
            raise ValueError(f"{path}: {8 * file.getsampwidth()} bits, {file.getnchannels()} channels; expected 16 bits, 1 channel")
        samples = array.array("h", file.readframes(file.getnframes()))
        if sys.byteorder == "big":
            samples.byteswap()
        npy.write(out, (sample / 32768 for sample in samples), (len(samples),))
        print(f"{len(samples) / file.getframerate():.1f} s at {file.getframerate()} Hz")


def image(path, out, scale):
    from PIL import Image  # the one thing here that is no part of Python

    mean, deviation = {"unit": (0.0, 1.0), "mnist": (0.1307, 0.3081)}[scale]
    picture = Image.open(path).convert("L")
    npy.write(out, ((p / 255 - mean) / deviation for p in picture.tobytes()), (1, 1, picture.height, picture.width))


def answer(path):
    values, _ = npy.read(path)
    print(max(range(len(values)), key=values.__getitem__))


def main():
    commands = {("wav", 2): wav, ("image", 3): image, ("answer", 1): answer}
    command = commands.get((sys.argv[1] if sys.argv[1:] else "", len(sys.argv) - 2))
    if not command:
        print(__doc__, file=sys.stderr)
        return 2
    command(*sys.argv[2:])
    return 0


if __name__ == "__main__":
    sys.exit(main())
