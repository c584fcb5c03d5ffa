"""Reading and writing .npy files of f32 with nothing but Python's standard library, which a bare machine has."""
import array
import ast
import math
import struct
import sys

MAGIC = b"\x93NUMPY"


def write(path, values, dims):
    """f32, C order. values: any iterable of numbers, as many as the dims say."""
    data = array.array("f", values)
    if len(data) != math.prod(dims):
        raise ValueError(f"{path}: {len(data)} values for dims {tuple(dims)}")
    if sys.byteorder == "big":
        data.byteswap()
    header = repr({"descr": "<f4", "fortran_order": False, "shape": tuple(dims)}).encode()
    header += b" " * (-(len(MAGIC) + 4 + len(header) + 1) % 64) + b"\n"
    with open(path, "wb") as file:
        file.write(MAGIC + b"\x01\x00" + struct.pack("<H", len(header)) + header)
        data.tofile(file)


def read(path):
    """(values as an array of floats, dims) of a C-ordered f32 file."""
    with open(path, "rb") as file:
        content = file.read()
    if content[:8] != MAGIC + b"\x01\x00":
        raise ValueError(f"{path}: not a .npy file of version 1")
    start = 10 + struct.unpack("<H", content[8:10])[0]
    header = ast.literal_eval(content[10:start].decode("latin-1"))
    if header["descr"] != "<f4" or header["fortran_order"]:
        raise ValueError(f"{path}: {header}: expected '<f4' in C order")
    data = array.array("f")
    data.frombytes(content[start:])
    if sys.byteorder == "big":
        data.byteswap()
    if len(data) != math.prod(header["shape"]):
        raise ValueError(f"{path}: {len(data)} values for shape {header['shape']}")
    return data, header["shape"]
