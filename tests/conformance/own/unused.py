"""Operators that no case of the suite uses or few do, and graphs inside nodes at the versions it leaves out."""
import numpy as np
from onnx import TensorProto, helper

from own.cases import case, f, graph_case, i64, node, scalar

FLOAT, INT64, BOOL = TensorProto.FLOAT, TensorProto.INT64, TensorProto.BOOL
value = helper.make_tensor_value_info


def constant(name, array):
    return node("Constant", [], [name], value=helper.make_tensor("", helper.np_dtype_to_tensor_dtype(array.dtype), array.shape, array.ravel()))


def sequences():
    a, b, c = f(2, 3), f(4, 3), f(1, 3)
    inputs = {"a": a, "b": b, "c": c}
    make = node("SequenceConstruct", ["a", "b", "c"], ["s"])
    graph_case("sequence_at", 11, [make, constant("k", np.array(-2)), node("SequenceAt", ["s", "k"], ["y"])], inputs, ["y"], expected=[b])
    graph_case("sequence_length", 11, [make, node("SequenceLength", ["s"], ["y"])], inputs, ["y"], expected=[np.array(3)])
    graph_case("sequence_construct", 11, [make], inputs, ["s"], expected=[[a, b, c]])
    graph_case("sequence_erase", 11, [make, constant("k", np.array(1)), node("SequenceErase", ["s", "k"], ["y"])], inputs, ["y"], expected=[[a, c]])
    graph_case("sequence_erase_last", 11, [make, node("SequenceErase", ["s"], ["y"])], inputs, ["y"], expected=[[a, b]])
    grow = [node("SequenceEmpty", [], ["e"], dtype=FLOAT), node("SequenceInsert", ["e", "a"], ["f"]), constant("k", np.array(0)),
            node("SequenceInsert", ["f", "b", "k"], ["y"])]
    graph_case("sequence_empty", 11, grow, {"a": a, "b": b}, ["y"], expected=[[b, a]])
    graph_case("sequence_empty_length", 11, [grow[0], node("SequenceLength", ["e"], ["n"]), node("Add", ["n", "x"], ["y"])],
               {"x": np.array(5)}, ["y"], expected=[np.array(5)])
    graph_case("concat_from_sequence", 11, [make, node("ConcatFromSequence", ["s"], ["y"], axis=0)], inputs, ["y"], expected=[np.concatenate([a, b, c])])
    same = {n: f(2, 3) for n in "abc"}
    for axis in (0, 1, -1):
        graph_case(f"concat_from_sequence_new_{axis}", 11, [make, node("ConcatFromSequence", ["s"], ["y"], axis=axis, new_axis=1)],
                   same, ["y"], expected=[np.stack(list(same.values()), axis)])
    for opset in (11, 24):
        for keep in (0, 1):
            split = node("SplitToSequence", ["x"], ["s"], axis=1, keepdims=keep)
            graph_case(f"split_to_sequence_{opset}_{keep}", opset, [split, constant("k", np.array(2)), node("SequenceAt", ["s", "k"], ["y"])],
                       {"x": b}, ["y"], expected=[b[:, 2:] if keep else b[:, 2]])


def optionals():
    x = f(2, 3)
    for opset in (15, 18, 28):
        wrap = node("Optional", ["x"], ["o"])
        graph_case(f"optional_{opset}", opset, [wrap, node("OptionalGetElement", ["o"], ["y"])], {"x": x}, ["y"], expected=[x])
        graph_case(f"optional_{opset}_has", opset, [wrap, node("OptionalHasElement", ["o"], ["y"])], {"x": x}, ["y"], expected=[np.array(True)])
        kind = helper.make_tensor_type_proto(FLOAT, [2, 3])
        graph_case(f"optional_{opset}_empty", opset, [node("Optional", [], ["o"], type=kind), node("OptionalHasElement", ["o"], ["h"]),
                   node("And", ["h", "x"], ["y"])], {"x": np.array(True)}, ["y"], expected=[np.array(False)])


def randoms():
    """What generators draw is nobody's to say: held are shape, range, mean and spread of many numbers, and that a seed repeats
    them. The checker itself compares such outputs by range alone, hence bools."""
    like = np.zeros((100, 200), np.float32)
    yes = np.array(True)

    def near(of, wanted, name):
        return [node("Sub", [of, wanted], [name + "off"]), node("Abs", [name + "off"], [name + "distance"]), node("Less", [name + "distance", "bound"], [name])]

    for name, kind, mean, deviation, settings in (
            ("uniform", "RandomUniform", 2.0, 4 / 12 ** 0.5, dict(low=0.0, high=4.0)), ("normal", "RandomNormal", -1.0, 0.5, dict(mean=-1.0, scale=0.5))):
        for opset in (7, 17, 22):
            for suffix in ("", "Like"):
                draw = lambda out: node(kind + suffix, ["x"] if suffix else [], [out], seed=3.0, **settings, **({} if suffix else {"shape": [100, 200]}))
                moments = [draw("r"), draw("again"), node("Sub", ["r", "again"], ["zero"]), node("Add", ["r", "x"], ["v"]),
                           node("ReduceMean", ["v"], ["mean"], keepdims=0), node("Sub", ["v", "mean"], ["d"]), node("Mul", ["d", "d"], ["q"]),
                           node("ReduceMean", ["q"], ["variance"], keepdims=0), node("Sqrt", ["variance"], ["deviation"])]
                inputs = {"x": like, "m": scalar(mean), "s": scalar(deviation), "bound": scalar(0.02)}
                graph_case(f"random_{name}{suffix.lower()}_{opset}", opset, moments + near("mean", "m", "mean_is") + near("deviation", "s", "spread_is"),
                           inputs, ["zero", "mean_is", "spread_is"], expected=[like, yes, yes])
    bounds = [node("RandomUniform", [], ["r"], shape=[100, 200], low=-1.0, high=1.0, seed=5.0), node("Add", ["r", "x"], ["v"]),
              node("ReduceMax", ["v"], ["most"], keepdims=0), node("ReduceMin", ["v"], ["least"], keepdims=0),
              node("Less", ["most", "one"], ["below"]), node("Less", ["least", "minus"], ["above"]), node("Not", ["above"], ["inside"])]
    graph_case("random_uniform_bounds", 9, bounds, {"x": like, "one": scalar(1), "minus": scalar(-1)}, ["below", "inside"], expected=[yes, yes])
    shares = np.array([[0.1, 0.2, 0.7], [0.5, 0.0, 0.5]], np.float32)
    with np.errstate(divide="ignore"):
        logs = np.maximum(np.log(shares), -60)
    for opset in (9, 22):
        axes = {} if opset >= 18 else {"axes": [1]}
        draws = [node("Multinomial", ["x"], ["n"], sample_size=20000, seed=2.0), node("OneHot", ["n", "depth", "off_on"], ["hot"]),
                 node("ReduceMean", ["hot"] if axes else ["hot", "axes"], ["share"], keepdims=0, **axes), *near("share", "shares", "y")]
        inputs = {"x": logs, "depth": np.array(3), "off_on": scalar([0, 1]), "shares": shares, "bound": scalar(0.02)}
        graph_case(f"multinomial_{opset}", opset, draws, {**inputs, **({} if axes else {"axes": i64(1)})}, ["y"], expected=[np.ones((2, 3), bool)],
                   constant=["depth"] if axes else ["depth", "axes"])


def others():
    x, rois = f(2, 3, 8, 9), scalar([[0, 0, 0, 5, 6], [1, 1, 2, 7, 4], [1, 3, 3, 3, 3], [0, 6, 5, 20, 2]])
    for opset in (1, 22):
        for scale in (1.0, 0.6):
            newer = None if opset == 1 else (1, [x, rois], dict(pooled_shape=[3, 2], spatial_scale=scale))
            case(f"max_roi_pool_{opset}_{scale}", opset, "MaxRoiPool", [x, rois], pooled_shape=[3, 2], spatial_scale=scale, newer=newer)
    case("max_roi_pool_dynamic", 1, "MaxRoiPool", [x, rois], pooled_shape=[2, 2], dynamic=True)


def transforms():
    """Lengths with every factor that has a pass of its own, one without, and an operand that is cut or padded: known beforehand, and
    when the program runs, where a real operand looks like a complex one too."""
    for length in (1, 2, 3, 4, 5, 12, 45, 80, 14):
        x = f(2, length, 3, 2)
        z = x[..., 0].astype(np.float64) + 1j * x[..., 1]
        for inverse, fn in ((0, np.fft.fft), (1, np.fft.ifft)):
            for n in (length,) if length != 12 else (12, 10, 15):
                transform(f"dft_{length}_{n}_{inverse}", x, n, fn(z, n, axis=1), inverse)
        y = np.fft.fft(z.real, length, axis=1)
        transform(f"dft_{length}_real", x[..., :1], length, y, 0)


def transform(name, x, n, y, inverse):
    expected = [np.stack([y.real, y.imag], -1).astype(np.float32)]
    for how, options in (("", dict(constant=[1, 2])), ("_open", dict(constant=[2], dynamic=True))):
        case(name + how, 20, "DFT", [x, np.array(n), np.array(1)], inverse=inverse, atol=1e-4, expected=expected, **options)


def graphs():
    x, y = f(2, 3), f(2, 3)
    then = helper.make_graph([node("Add", ["x", "y"], ["t"])], "then", [], [value("t", FLOAT, None)])
    other = helper.make_graph([node("Sub", ["x", "y"], ["e"])], "else", [], [value("e", FLOAT, None)])
    choose = node("If", ["c"], ["z"], then_branch=then, else_branch=other)
    for opset in (7, 11, 13):
        for flag in (True, False):
            graph_case(f"if_{opset}_{flag}".lower(), opset, [choose], {"c": np.array(flag), "x": x, "y": y}, ["z"], expected=[x + y if flag else x - y])
    ones = helper.make_graph([node("Identity", ["on"], ["again"]), node("Add", ["state", "x"], ["next"]), node("Identity", ["next"], ["row"])],
                             "body", [value("k", INT64, []), value("on", BOOL, []), value("state", FLOAT, [2, 3])],
                             [value("again", BOOL, []), value("next", FLOAT, [2, 3]), value("row", FLOAT, [2, 3])])
    rows = np.stack([y + x, y + 2 * x, y + 3 * x])
    for opset in (7, 11, 13):
        graph_case(f"loop_{opset}", opset, [node("Loop", ["n", "c", "y"], ["z", "rows"], body=ones)],
                   {"n": np.array(3), "c": np.array(True), "x": x, "y": y}, ["z", "rows"], expected=[rows[2], rows])
        graph_case(f"loop_{opset}_none", opset, [node("Loop", ["n", "c", "y"], ["z", "rows"], body=ones)],
                   {"n": np.array(0), "c": np.array(True), "x": x, "y": y}, ["z", "rows"], expected=[y, rows[:0]])
    step = helper.make_graph([node("Add", ["s", "e"], ["s2"]), node("Mul", ["s2", "e"], ["o"])], "body",
                             [value("s", FLOAT, [3]), value("e", FLOAT, [3])], [value("s2", FLOAT, [3]), value("o", FLOAT, [3])])
    states, steps = f(2, 3), f(2, 5, 3)
    sums = states[:, None] + np.cumsum(steps, 1)
    graph_case("scan_8", 8, [node("Scan", ["", "s0", "xs"], ["last", "all"], num_scan_inputs=1, body=step)], {"s0": states, "xs": steps},
               ["last", "all"], expected=[sums[:, -1], sums * steps])
    graph_case("scan_8_backwards", 8, [node("Scan", ["", "s0", "xs"], ["last", "all"], num_scan_inputs=1, directions=[1], body=step)],
               {"s0": states, "xs": steps[:, ::-1].copy()}, ["last", "all"], expected=[sums[:, -1], sums * steps])
    masked = sums.copy()
    graph_case("scan_9", 9, [node("Scan", ["s0", "xs"], ["last", "all"], num_scan_inputs=1, body=step)], {"s0": states[0], "xs": steps[0]},
               ["last", "all"], expected=[masked[0, -1], masked[0] * steps[0]])
    graph_case("scan_11_negative_axes", 11, [node("Scan", ["s0", "xs"], ["last", "all"], num_scan_inputs=1, scan_input_axes=[-1], scan_output_axes=[-1], body=step)],
               {"s0": states[0], "xs": steps[0].T.copy()}, ["last", "all"], expected=[sums[0, -1], (sums[0] * steps[0]).T])


def collect():
    sequences()
    optionals()
    randoms()
    others()
    transforms()
    graphs()
