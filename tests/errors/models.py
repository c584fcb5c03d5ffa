#!/usr/bin/env python3
"""Writes the models and tensors that tests/errors/*.test feed to the command line, by hand: a message of protobuf is a list of
(field, value), an int is a varint, bytes, text or a message are length-delimited. Field numbers: onnx.proto.

  models.py FOLDER
"""
import os
import struct
import sys

FLOAT, INT64 = 1, 7


def varint(n):
    out = bytearray()
    n &= (1 << 64) - 1
    while n >= 128:
        out.append(n & 127 | 128)
        n >>= 7
    out.append(n)
    return bytes(out)


def message(*fields):
    out = b""
    for number, value in fields:
        if isinstance(value, int):
            out += varint(number << 3) + varint(value)
        else:
            data = value.encode() if isinstance(value, str) else value
            out += varint(number << 3 | 2) + varint(len(data)) + data
    return out


def node(op, inputs, outputs, name="", domain=""):
    fields = [(1, i) for i in inputs] + [(2, o) for o in outputs] + [(3, name), (4, op), (7, domain)]
    return message(*[f for f in fields if f[1]])


def value(name, element, dims):
    shape = message(*[(1, message((2, d) if isinstance(d, str) else (1, d))) for d in dims])
    return message((1, name), (2, message((1, message((1, element), (2, shape))))))


def model(nodes, inputs, outputs, weights=(), opset=20, more_domains=()):
    graph = message(*[(1, n) for n in nodes], (2, "g"), *[(5, w) for w in weights], *[(11, i) for i in inputs], *[(12, o) for o in outputs])
    opsets = [(8, message((2, opset)))] + [(8, message((1, d), (2, 1))) for d in more_domains]
    return message((1, 10), *opsets, (7, graph))


def npy(descr, shape, data):
    header = f"{{'descr': '{descr}', 'fortran_order': False, 'shape': {shape}, }}".encode()
    header += b" " * (-(len(header) + 11) % 64) + b"\n"
    return b"\x93NUMPY\x01\0" + struct.pack("<H", len(header)) + header + data


def main():
    x, y = value("x", FLOAT, [2, 3]), value("y", FLOAT, [2, 3])
    relu = model([node("Relu", ["x"], ["y"], "activation")], [x], [y])
    external = message((1, 2), (1, 3), (2, FLOAT), (8, "w"), (14, 1), (13, message((1, "location"), (2, "weights.bin"))))
    outside = message((1, 2), (1, 3), (2, FLOAT), (8, "w"), (14, 1), (13, message((1, "location"), (2, "../weights.bin"))))
    huge = message((1, 1 << 40), (1, 1 << 40), (2, FLOAT), (8, "w"), (9, b"\0" * 8))
    add = [node("Add", ["x", "w"], ["y"], "sum")]
    models = {
        "whole": relu,
        "truncated": relu[: len(relu) // 2],
        "text": b"this is no model\n",
        "empty": b"",
        "cyclic": model([node("Add", ["x", "b"], ["a"], "first"), node("Relu", ["a"], ["b"], "second"), node("Relu", ["b"], ["y"])], [x], [y]),
        "types": model([node("Add", ["x", "n"], ["y"], "sum")], [x, value("n", INT64, [2, 3])], [y]),
        "shapes": model([node("Add", ["x", "n"], ["y"], "sum")], [x, value("n", FLOAT, [2, 4])], [y]),
        "shapes_agree": model([node("Add", ["x", "n"], ["y"], "sum")], [x, value("n", FLOAT, [2, 3])], [y]),
        "huge": model(add, [x], [y], [huge]),
        "external": model(add, [x], [y], [external]),
        "outside": model(add, [x], [y], [outside]),
        "future": model([node("Relu", ["x"], ["y"])], [x], [y], opset=99),
        "unknown": model([node("Frobnicate", ["x"], ["a"], "one"), node("Relu", ["a"], ["b"]), node("Warp", ["b"], ["y"], "two", "my.domain")], [x], [y], more_domains=["my.domain"]),
        "unnamed": model([node("Relu", ["z"], ["y"], "activation")], [x], [y]),
        "symbolic": model([node("Relu", ["x"], ["y"])], [value("x", FLOAT, ["batch", 3])], [value("y", FLOAT, ["batch", 3])]),
    }
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, data in models.items():
        with open(os.path.join(sys.argv[1], name + ".onnx"), "wb") as file:
            file.write(data)
    tensors = {"good": ("<f4", (2, 3), 24), "ints": ("<i8", (2, 3), 48), "wide": ("<f4", (2, 4), 32), "vector": ("<f4", (3,), 12), "cut": ("<f4", (2, 3), 20)}
    for name, (descr, shape, num_bytes) in tensors.items():
        with open(os.path.join(sys.argv[1], name + ".npy"), "wb") as file:
            file.write(npy(descr, shape, b"\0" * num_bytes))


if __name__ == "__main__":
    main()
