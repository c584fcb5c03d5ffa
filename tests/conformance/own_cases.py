#!/usr/bin/env python3
"""Writes cases that the ONNX suite lacks as folders: OUT/CASE/{model.onnx,data.json,test_data_set_0/{input,output}_K.pb}.

  own_cases.py SUITE OUT   needs onnx, numpy, onnxruntime; SUITE is what dump_cases.py wrote

Operators that no case of the suite uses, and older versions, whose form or meaning may differ from the newest one's. Where what
is expected comes from is in data.json, "expected_by": "onnxruntime" where that runs the version; "onnx", its reference
evaluator; "newer", onnxruntime on a newer version that says the same in another form; "suite", the suite's own values, of the
same node at its version; "numpy", a definition that is written out in the case.
"""
import os
import sys

import onnxruntime
from own import cases, empty, learning, restamped, unused, versions


def main():
    suite, out = sys.argv[1:]
    onnxruntime.set_default_logger_severity(4)  # models below opset 7 are warned of
    for part in (versions, unused, learning, empty):
        part.collect()
    for name, c in cases.CASES.items():
        try:
            cases.write(os.path.join(out, name), c)
        except Exception as error:
            raise RuntimeError(f"case {name} cannot be written: {error}") from error
    print(f"{len(cases.CASES)} cases, and {restamped.write_all(suite, out)} of the suite at older versions")


if __name__ == "__main__":
    main()
