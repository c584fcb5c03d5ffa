"""Versions of operators that differ from the newest in form or meaning."""
import numpy as np
from onnx import TensorProto, helper

from own.cases import case, f, graph_case, i64, node, rng, scalar, u8


def broadcasts():
    """Before opset 7 B broadcast to A by attributes."""
    a, column, last, one = f(2, 3, 4, 5), f(3, 4), f(4, 5), f()
    for opset in (1, 6):
        for op, fn in (("Add", np.add), ("Sub", np.subtract), ("Mul", np.multiply), ("Div", np.divide)):
            name = f"{op.lower()}_{opset}"
            case(name + "_axis", opset, op, [a, column], broadcast=1, axis=1, expected=[fn(a, column[:, :, None])])
            case(name + "_last", opset, op, [a, last], broadcast=1, expected=[fn(a, last)])
            case(name + "_scalar", opset, op, [a, one], broadcast=1, expected=[fn(a, one)])
        slope, single = f(3), f(1)
        case(f"prelu_{opset}_channels", opset, "PRelu", [a, slope], expected=[np.where(a < 0, a * slope[:, None, None], a)])
        case(f"prelu_{opset}_one", opset, "PRelu", [a, single], expected=[np.where(a < 0, a * single, a)])
        x, y, z, whole = f(3, 4), f(4, 5), f(5), f(3, 5)
        case(f"gemm_{opset}_broadcast", opset, "Gemm", [x, y, z], broadcast=1, alpha=0.5, beta=2.0, expected=[0.5 * x @ y + 2 * z])
        case(f"gemm_{opset}_whole", opset, "Gemm", [x.T.copy(), y, whole], transA=1, expected=[x @ y + whole])
    case("pow_1_axis", 1, "Pow", [np.abs(a), column], broadcast=1, axis=1, expected=[np.abs(a) ** column[:, :, None]])
    for op, fn in (("And", np.logical_and), ("Or", np.logical_or), ("Xor", np.logical_xor)):
        case(f"{op.lower()}_1_axis", 1, op, [a > 0, column > 0], broadcast=1, axis=1, expected=[fn(a > 0, (column > 0)[:, :, None])])
    for op, fn in (("Less", np.less), ("Greater", np.greater)):
        case(f"{op.lower()}_1_axis", 1, op, [a, column], broadcast=1, axis=1, expected=[fn(a, column[:, :, None])])
    n, m = rng.integers(0, 3, (2, 3, 4)), rng.integers(0, 3, (3,))
    case("equal_1_axis", 1, "Equal", [n, m], broadcast=1, axis=1, expected=[n == m[:, None]])


def reductions():
    """Axes were an attribute up to opset 17 (ReduceSum: 12); no axes: all of them."""
    x = np.abs(f(2, 3, 4)) + 0.1
    ops = ["Sum", "Mean", "Prod", "Max", "Min", "L1", "L2", "LogSum", "LogSumExp", "SumSquare"]
    for op in ops:
        for opset in (1, 11, 13, 17):
            if op == "Sum" and opset > 11:
                continue
            newer = lambda axes, **k: (18 if op != "Sum" else 13, [x] + ([i64(*axes)] if axes else []), k)
            name = f"reduce_{op.lower()}_{opset}"
            case(name + "_axes", opset, "Reduce" + op, [x], axes=[0, 2], newer=newer([0, 2]))
            case(name + "_all", opset, "Reduce" + op, [x], keepdims=0, newer=newer([], keepdims=0))
        case(f"reduce_{op.lower()}_11_negative", 11, "Reduce" + op, [x], axes=[-1], keepdims=0, newer=newer([-1], keepdims=0))


def softmaxes():
    """Before opset 13 the operand was a matrix: the dims before `axis` and those from it on."""
    x = f(2, 3, 4)
    for op in ("Softmax", "LogSoftmax", "Hardmax"):
        for opset in (1, 7, 11, 12):
            case(f"{op.lower()}_{opset}_default", opset, op, [x])
            for axis in (0, 2) + ((-2,) if opset >= 11 else ()):
                case(f"{op.lower()}_{opset}_axis{axis}", opset, op, [x], axis=axis)
            case(f"{op.lower()}_{opset}_dynamic", opset, op, [x], dynamic=True)
        case(f"{op.lower()}_13_default", 13, op, [x])


def attributes_before_operands():
    x = f(3, 4, 5)
    case("clip_1", 1, "Clip", [x], min=-0.5, max=0.75, expected=[np.clip(x, -0.5, 0.75)])
    case("clip_6", 6, "Clip", [x], min=-0.5, max=0.75)
    case("clip_6_min", 6, "Clip", [x], min=-0.25)
    case("clip_6_max", 6, "Clip", [x], max=0.25)
    case("clip_6_none", 6, "Clip", [x])
    case("clip_11_max", 11, "Clip", [x, None, scalar(0.5)])
    for opset in (1, 9):
        case(f"slice_{opset}_axes", opset, "Slice", [x], axes=[0, 2], starts=[1, -4], ends=[3, -1])
        case(f"slice_{opset}_no_axes", opset, "Slice", [x], starts=[0, 1], ends=[2, 1000])
        case(f"slice_{opset}_dynamic", opset, "Slice", [x], axes=[1], starts=[-3], ends=[-1], dynamic=True)
    case("topk_1", 1, "TopK", [x], 2, k=2, axis=1)
    case("topk_1_default", 1, "TopK", [x], 2, k=3)
    case("topk_10", 10, "TopK", [x, i64(2)], 2, axis=0, constant=[1])
    case("topk_11_smallest", 11, "TopK", [x, i64(2)], 2, axis=-2, largest=0, constant=[1])
    y = f(1, 3, 1, 4)
    for opset in (1, 11):
        case(f"squeeze_{opset}", opset, "Squeeze", [y], axes=[0, 2], expected=[y[0, :, 0]])
        case(f"squeeze_{opset}_all", opset, "Squeeze", [y], expected=[y[0, :, 0]])
        case(f"unsqueeze_{opset}", opset, "Unsqueeze", [x], axes=[0, 2], expected=[x[None, :, None]])
    case("unsqueeze_11_negative", 11, "Unsqueeze", [x], axes=[-1, 0], expected=[x[None, ..., None]])
    case("reshape_1", 1, "Reshape", [x], shape=[0, -1, 2], expected=[x.reshape(3, 10, 2)])
    case("reshape_5_constant", 5, "Reshape", [x, i64(5, -1)], constant=[1])
    case("tile_1", 1, "Tile", [x, scalar(3), scalar(1)], constant=[1, 2], expected=[np.concatenate([x] * 3, 1)])
    case("tile_6", 6, "Tile", [x, i64(2, 1, 3)], constant=[1])
    z, other = f(2, 6), f(3, 2, 5)
    parts = dict(axis=1, split=[2, 4])
    case("split_1_attribute", 1, "Split", [z], 2, **parts, newer=(2, [z], parts))
    case("split_1_equal", 1, "Split", [z], 3, axis=1, newer=(2, [z], dict(axis=1)))
    case("split_1_operand", 1, "Split", [z, scalar([2, 4])], 2, axis=1, constant=[1], newer=(2, [z], parts))
    for opset in (2, 11):
        case(f"split_{opset}", opset, "Split", [z], 2, **parts)
        case(f"split_{opset}_equal", opset, "Split", [z], 3, axis=1)
    case("split_13_equal", 13, "Split", [z], 3, axis=1)
    case("split_18_uneven", 18, "Split", [z], 4, axis=1, num_outputs=4)
    for to, kind in (("INT32", np.int32), ("DOUBLE", np.float64), ("BOOL", bool)):
        case(f"cast_1_{to.lower()}", 1, "Cast", [x * 3], to=to, expected=[(x * 3).astype(kind)])
        case(f"cast_6_{to.lower()}", 6, "Cast", [x * 3], to=getattr(TensorProto, to))
    case("concat_1_default", 1, "Concat", [x, other], newer=(4, [x, other], dict(axis=1)))


def paddings():
    x = f(2, 3, 4)
    for opset, key in ((1, "paddings"), (2, "pads"), (10, "pads")):
        for mode in ("constant", "reflect", "edge"):
            pads = [0, 1, 2, 1, 0, 1]
            extra = {"value": 0.5} if mode == "constant" else {}
            case(f"pad_{opset}_{mode}", opset, "Pad", [x], mode=mode, **{key: pads}, **extra, newer=(2, [x], dict(mode=mode, pads=pads, **extra)))
        case(f"pad_{opset}_negative", opset, "Pad", [x], **{key: [0, -1, 0, 1, 0, -2]}, newer=(2, [x], dict(pads=[0, -1, 0, 1, 0, -2])))


def resizes():
    x = f(1, 2, 4, 5)
    case("upsample_1", 1, "Upsample", [x], height_scale=2.0, width_scale=3.0, expected=[x.repeat(2, 2).repeat(3, 3)])
    for mode in ("nearest", "linear"):
        scales = scalar([1, 1, 2, 1.5])
        case(f"upsample_7_{mode}", 7, "Upsample", [x], scales=[1.0, 1.0, 2.0, 1.5], mode=mode)
        case(f"upsample_9_{mode}", 9, "Upsample", [x, scales], mode=mode, constant=[1])
        case(f"resize_10_{mode}", 10, "Resize", [x, scales], mode=mode, constant=[1])
        case(f"resize_10_{mode}_smaller", 10, "Resize", [x, scalar([1, 1, 0.6, 0.5])], mode=mode, constant=[1])
        for opset in (11, 13, 18):
            for how in ("half_pixel", "asymmetric", "align_corners", "pytorch_half_pixel"):
                # Of corners that are aligned onnxruntime divides by the rounded size, the suite by the product of size and scale.
                whole = scalar([1, 1, 2, 2]) if how == "align_corners" else scales
                case(f"resize_{opset}_{mode}_{how}", opset, "Resize", [x, scalar([]), whole], mode=mode, constant=[1, 2],
                     coordinate_transformation_mode=how)
        case(f"resize_11_{mode}_crop", 11, "Resize", [x, scalar([0, 0, 0.1, 0.2, 1, 1, 0.9, 1.3]), scalar([]), i64(1, 2, 3, 4)], mode=mode,
             constant=[1, 2, 3], coordinate_transformation_mode="tf_crop_and_resize", extrapolation_value=2.0)
    for how in ("floor", "ceil", "round_prefer_floor", "round_prefer_ceil"):
        case(f"resize_11_{how}", 11, "Resize", [x, scalar([]), scalar([1, 1, 1.5, 0.5])], mode="nearest", nearest_mode=how, constant=[1, 2])


def pools():
    x = f(2, 3, 7, 8)
    for opset in (1, 8, 10, 11):
        more = {1: {}, 8: {}, 10: {"ceil_mode": 1}, 11: {"ceil_mode": 1}}[opset]
        for op in ("MaxPool", "AveragePool"):
            version = 7 if opset == 8 and op == "AveragePool" else opset
            for tag, how in (("", dict(pads=[1, 0, 1, 1])), ("_same", dict(auto_pad="SAME_LOWER"))):
                how = dict(kernel_shape=[3, 2], strides=[2, 3], **how, **more)
                newer = (7, [x], how) if version == 1 and op == "AveragePool" else None
                case(f"{op.lower()}_{version}{tag}", version, op, [x], **how, newer=newer)
    case("maxpool_8_indices", 8, "MaxPool", [x], 2, kernel_shape=[2, 2], strides=[2, 2])
    case("maxpool_8_columns", 8, "MaxPool", [x], 2, kernel_shape=[2, 2], strides=[2, 2], storage_order=1)
    case("maxpool_10_dilated", 10, "MaxPool", [x], kernel_shape=[3, 2], dilations=[2, 3])
    case("maxpool_12_bytes", 12, "MaxPool", [u8(1, 2, 5, 5)], kernel_shape=[2, 2], ceil_mode=1, strides=[2, 2])
    case("averagepool_7_padded", 7, "AveragePool", [x], kernel_shape=[3, 3], pads=[1, 1, 1, 1], count_include_pad=1)
    case("averagepool_19_dilated", 19, "AveragePool", [x], kernel_shape=[2, 2], dilations=[2, 2], ceil_mode=1, strides=[2, 2])
    for p in (1, 2, 3):
        case(f"lppool_1_{p}", 1, "LpPool", [x], kernel_shape=[3, 2], strides=[2, 3], p=float(p), newer=(2, [x], dict(kernel_shape=[3, 2], strides=[2, 3], p=p)))
        case(f"lppool_2_{p}", 2, "LpPool", [x], kernel_shape=[3, 2], strides=[2, 3], pads=[1, 1, 0, 0], p=p)
        case(f"globallppool_1_{p}", 1, "GlobalLpPool", [x], p=float(p), newer=(2, [x], dict(p=p)))
        case(f"globallppool_2_{p}", 2, "GlobalLpPool", [x], p=p)
    case("lppool_18", 18, "LpPool", [x], kernel_shape=[2, 2], dilations=[2, 3], ceil_mode=1, strides=[2, 2])
    case("globallppool_22_dynamic", 22, "GlobalLpPool", [x], dynamic=True, newer=(2, [x], {}))


def normalizations():
    x, scale, bias, mean, variance = f(2, 3, 4), f(3), f(3), f(3), np.abs(f(3)) + 0.5
    operands = [x, scale, bias, mean, variance]
    for opset in (1, 6):
        extra = {"consumed_inputs": [0, 0, 0, 1, 1]} if opset == 1 else {}
        case(f"batchnorm_{opset}", opset, "BatchNormalization", operands, is_test=1, epsilon=1e-3, **extra, newer=(7, operands, dict(epsilon=1e-3)))
    for opset in (7, 9):
        case(f"batchnorm_{opset}", opset, "BatchNormalization", operands)
    each = [x] + [f(3, 4) for _ in range(3)] + [np.abs(f(3, 4)) + 0.5]
    y = each[1] * (x - each[3]) / np.sqrt(each[4] + 1e-5) + each[2]
    case("batchnorm_7_elements", 7, "BatchNormalization", each, spatial=0, expected=[y])
    case("batchnorm_6_elements", 6, "BatchNormalization", each, spatial=0, is_test=1, expected=[y])
    case("batchnorm_14_training", 14, "BatchNormalization", operands, 3, training_mode=1, momentum=0.8)
    case("instancenorm_1", 1, "InstanceNormalization", [x, scale, bias], epsilon=1e-2, newer=(6, [x, scale, bias], dict(epsilon=1e-2)))
    groups, slope, shift = f(2, 4, 5), f(2), f(2)
    g = groups.reshape(2, 2, -1)
    g = (g - g.mean(2, keepdims=True)) / np.sqrt(g.var(2, keepdims=True) + 1e-5)
    case("groupnorm_18", 18, "GroupNormalization", [groups, slope, shift], num_groups=2,
         expected=[(g * slope[:, None] + shift[:, None]).reshape(groups.shape).astype(np.float32)])
    for opset in (1, 6, 7, 10, 12):
        extra = {"is_test": 1} if opset < 7 else {}
        case(f"dropout_{opset}", opset, "Dropout", [x], **({"ratio": 0.3} if opset < 12 else {}), **extra, expected=[x])
    case("dropout_7_mask", 7, "Dropout", [x], 2, ratio=0.3, expected=[x, np.ones(x.shape, np.float32)])  # a mask of the operand's type
    case("dropout_10_mask", 10, "Dropout", [x], 2, expected=[x, np.ones(x.shape, bool)])
    case("selu_1", 1, "Selu", [x], newer=(6, [x], dict(alpha=1.6732, gamma=1.0507)))
    case("elu_1", 1, "Elu", [x], alpha=0.5, newer=(6, [x], dict(alpha=0.5)))
    case("hardsigmoid_1", 1, "HardSigmoid", [x], newer=(6, [x], {}))


def layers():
    """Recurrent layers: before opset 7 whether there is a whole output was an attribute."""
    t, b, i, h = 4, 2, 3, 5
    x = f(t, b, i)
    for op, gates, since, states in (("RNN", 1, (1,), 1), ("GRU", 3, (1, 3), 1), ("LSTM", 4, (1,), 2)):
        w, r, bias = f(2, gates * h, i), f(2, gates * h, h), f(2, 2 * gates * h)
        lengths, start = np.array([4, 2], np.int32), [f(2, b, h) for _ in range(states)]
        outputs = ["y", "last", "cell"][: 1 + states]
        common = dict(hidden_size=h, direction="bidirectional")
        for opset in since:
            operands = [x, w, r, bias, lengths, *start]
            case(f"{op.lower()}_{opset}", opset, op, operands, outputs, output_sequence=1, **common, newer=(7, operands, common))
            case(f"{op.lower()}_{opset}_plain", opset, op, [x, w[:1], r[:1]], ["", "last"], hidden_size=h, newer=(7, [x, w[:1], r[:1]], dict(hidden_size=h)))
        case(f"{op.lower()}_7", 7, op, [x, w, r, bias, lengths, *start], outputs, **common)
        case(f"{op.lower()}_7_dynamic", 7, op, [x, w, r, bias], outputs, **common, constant=[1, 2, 3], dynamic=True)
        case(f"{op.lower()}_14_reverse", 14, op, [x, w[:1], r[:1], bias[:1], lengths], outputs, hidden_size=h, direction="reverse")
        back = [x, w[:1], r[:1], bias[:1]]
        case(f"{op.lower()}_14_batch_first", 14, op, [x.transpose(1, 0, 2).copy(), *back[1:]], ["y"], hidden_size=h, layout=1,
             newer=(7, back, dict(hidden_size=h), lambda y: y.transpose(2, 0, 1, 3)))
    late = [x, f(1, 3 * h, i), f(1, 3 * h, h), f(1, 6 * h)]
    common = dict(hidden_size=h, linear_before_reset=1)
    case("gru_3_late_reset", 3, "GRU", late, ["y"], output_sequence=1, **common, newer=(7, late, common))


def quantizations():
    x, byte = f(2, 3, 4), u8(2, 3, 4)
    scale, point = np.abs(f(3)) * 0.1 + 0.01, u8(3)
    for opset in (10, 13, 19, 21):
        more = {"constant": [1, 2]}
        case(f"quantize_{opset}", opset, "QuantizeLinear", [x, scalar(0.05), scalar(120, np.uint8)], **more)
        case(f"quantize_{opset}_signed", opset, "QuantizeLinear", [x, scalar(0.05), scalar(-3, np.int8)], **more)
        case(f"quantize_{opset}_no_zero", opset, "QuantizeLinear", [x, scalar(0.01)], constant=[1])
        case(f"dequantize_{opset}", opset, "DequantizeLinear", [byte, scalar(0.05), scalar(120, np.uint8)], **more)
        case(f"dequantize_{opset}_i32", opset, "DequantizeLinear", [byte.astype(np.int32) - 99, scalar(0.05)], constant=[1])
        if opset >= 13:
            case(f"quantize_{opset}_axis", opset, "QuantizeLinear", [x, scale, point], axis=-2)
            case(f"dequantize_{opset}_axis", opset, "DequantizeLinear", [byte, scale, point], axis=1, dynamic=True)
    blocks, zeros = np.abs(f(2, 3, 2)) * 0.1 + 0.01, u8(2, 3, 2)
    case("quantize_21_blocks", 21, "QuantizeLinear", [x, blocks, zeros], axis=2, block_size=2)
    case("dequantize_21_blocks", 21, "DequantizeLinear", [byte, blocks, zeros], axis=2, block_size=2)
    wide = rng.integers(-999, 999, (2, 3, 4)).astype(np.int16)
    case("quantize_21_i16", 21, "QuantizeLinear", [x, scalar(1e-4), scalar(7, np.int16)])
    case("dequantize_21_i16", 21, "DequantizeLinear", [wide, scalar(1e-4), scalar(7, np.int16)])


def others():
    x, y = f(2, 3, 4), f(2, 3, 4)
    for opset in (1, 6):  # operands of one shape
        for op, fn in (("Max", np.maximum), ("Min", np.minimum), ("Sum", np.add)):
            case(f"{op.lower()}_{opset}", opset, op, [x, y], expected=[fn(x, y)])
        case(f"mean_{opset}", opset, "Mean", [x, y], expected=[(x + y) / 2])
    case("argmax_1", 1, "ArgMax", [x], axis=2, keepdims=0)
    case("argmax_11_negative", 11, "ArgMax", [x], axis=-2)
    case("argmin_12_last", 12, "ArgMin", [np.round(x)], axis=1, select_last_index=1)
    case("depth_to_space_1", 1, "DepthToSpace", [f(1, 8, 2, 3)], blocksize=2)
    case("depth_to_space_11", 11, "DepthToSpace", [f(1, 8, 2, 3)], blocksize=2, mode="CRD")
    case("flatten_1", 1, "Flatten", [x], axis=2)
    case("flatten_9_zero", 9, "Flatten", [x], axis=0)
    indices, updates = rng.integers(0, 2, (1, 3, 4)), f(1, 3, 4)
    case("scatter_9", 9, "Scatter", [x, indices, updates], axis=0)
    case("scatter_elements_11_negative", 11, "ScatterElements", [x, indices - 2, updates], axis=0)
    case("gather_1", 1, "Gather", [x, i64(2, 0)], axis=1)
    case("gathernd_12_batch", 12, "GatherND", [x, i64(2, 0).reshape(2, 1)], batch_dims=1)
    case("onehot_9", 9, "OneHot", [i64(0, 3, 9), i64(4), scalar([2, 5])], constant=[1])
    boxes = np.sort(rng.random((1, 6, 2, 2)).astype(np.float32), 2).reshape(1, 6, 4)[:, :, [0, 1, 2, 3]]
    case("nms_10", 10, "NonMaxSuppression", [boxes, rng.random((1, 2, 6)).astype(np.float32), i64(2), scalar([0.5]), scalar([0.1])])
    image, rois, batch = f(2, 3, 8, 9), scalar([[0, 0, 5, 6], [1, 2, 7, 4], [3, 3, 3.5, 3.2]]), i64(0, 1, 1)
    for opset in (10, 16):
        for mode in ("avg", "max"):
            common = dict(output_height=3, output_width=2, spatial_scale=0.9, mode=mode)
            case(f"roialign_{opset}_{mode}", opset, "RoiAlign", [image, rois, batch], sampling_ratio=2, **common)
            case(f"roialign_{opset}_{mode}_adaptive", opset, "RoiAlign", [image, rois, batch], **common)
    case("roialign_22_dynamic", 22, "RoiAlign", [image, rois, batch], dynamic=True, output_height=2, output_width=2,
         newer=(16, [image, rois, batch], dict(output_height=2, output_width=2)))
    for opset in (13, 15):
        case(f"shape_{opset}", opset, "Shape", [x], **({"start": -2, "end": 3} if opset == 15 else {}))
    case("pow_12_mixed", 12, "Pow", [np.abs(x), i64(2, 3, 0, 1)])
    case("equal_7", 7, "Equal", [i64(1, 2, 3), i64(1, 0, 3)])
    case("mod_10", 10, "Mod", [i64(-7, 7, -6), i64(3, -3, 4)])
    case("lrn_1", 1, "LRN", [f(1, 5, 3, 3)], size=3, alpha=0.1, beta=0.6, bias=1.5)
    case("cumsum_11", 11, "CumSum", [x, scalar(-1, np.int32)], exclusive=1, reverse=1, constant=[1])
    case("softmax_loss_12", 12, "SoftmaxCrossEntropyLoss", [f(3, 5), i64(0, 4, 2), np.abs(f(5))], 2, ignore_index=4)
    for opset, value in ((1, {"value": x}), (12, {"value_floats": [1.5, 2.5]}), (12, {"value_int": 7}), (13, {"value_ints": [1, -2]})):
        (key, v), = value.items()
        proto = helper.make_tensor("v", TensorProto.FLOAT, x.shape, x.ravel()) if key == "value" else v
        constant = node("Constant", [], ["c"], **{key: proto})
        kind = np.float32 if key in ("value", "value_floats") else np.int64
        graph_case(f"constant_{opset}_{key}", opset, [constant, node("Add", ["c", "z"], ["y"], **({"broadcast": 1} if opset < 7 else {}))],
                   {"z": np.array(2, kind)}, ["y"], expected=[np.asarray(v, kind) + kind(2)])


def collect():
    broadcasts()
    reductions()
    softmaxes()
    attributes_before_operands()
    paddings()
    resizes()
    pools()
    normalizations()
    layers()
    quantizations()
    others()
