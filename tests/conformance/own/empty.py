"""Tensors without elements, and scalars, for each family of operators: sizes known, and known only when the program runs."""
import numpy as np

from own.cases import case, f, i64, scalar, u8

e = lambda *shape: np.zeros(shape, np.float32)


def both(name, opset, op, inputs, outputs=1, **k):
    """With sizes that are numbers, and symbols."""
    case(f"{name}_empty", opset, op, inputs, outputs, **k)
    case(f"{name}_empty_dynamic", opset, op, inputs, outputs, **k, dynamic=True)


def pointwise():
    both("add", 14, "Add", [e(0, 3), f(3)])
    case("add_one_empty", 14, "Add", [e(2, 0), f(2, 1)])  # a symbol that is 0 beside one that is 1 is refused
    both("exp", 13, "Exp", [e(2, 0, 3)])
    case("where_one_empty", 16, "Where", [np.zeros((0, 2), bool), e(0, 2), f(1, 2)])
    both("where", 16, "Where", [np.zeros((0, 2), bool), e(0, 2), e(0, 2)])
    both("cast", 13, "Cast", [e(0, 4)], to=7)
    both("clip", 13, "Clip", [e(0), scalar(0), scalar(1)])
    both("softmax", 13, "Softmax", [e(2, 0)])
    both("softmax_rows", 13, "Softmax", [e(0, 5)])
    both("quantize", 13, "QuantizeLinear", [e(0, 3), scalar(0.1), scalar(3, np.uint8)], constant=[1, 2])
    both("dequantize", 13, "DequantizeLinear", [u8(0, 3), scalar(0.1), scalar(3, np.uint8)], constant=[1, 2])


def shapes():
    both("reshape", 14, "Reshape", [e(0, 4), i64(2, 0)], constant=[1], allowzero=1)
    both("reshape_rest", 14, "Reshape", [e(0, 4), i64(0, 2, 2)], constant=[1])
    both("flatten", 13, "Flatten", [e(2, 0, 3)], axis=1)
    both("transpose", 13, "Transpose", [e(2, 0, 3)])
    both("concat", 13, "Concat", [e(0, 3), f(2, 3), e(0, 3)], axis=0)
    both("concat_all", 13, "Concat", [e(0, 3), e(0, 3)], axis=0)
    both("split", 18, "Split", [f(3, 2), i64(0, 3)], 2, constant=[1])
    both("slice", 13, "Slice", [f(4, 2), i64(3), i64(1)], constant=[1, 2])
    both("slice_none", 13, "Slice", [e(0, 2), i64(0), i64(4)], constant=[1, 2])
    both("expand", 13, "Expand", [f(1, 3), i64(0, 3)], constant=[1])
    both("tile", 13, "Tile", [f(2, 3), i64(0, 2)], constant=[1])
    both("tile_none", 13, "Tile", [e(0, 3), i64(2, 2)], constant=[1])
    both("pad", 18, "Pad", [e(0, 3), i64(1, 0, 1, 0)], constant=[1])
    both("squeeze", 13, "Squeeze", [e(1, 0, 1), i64(0)], constant=[1])
    both("unsqueeze", 13, "Unsqueeze", [e(0), i64(0)], constant=[1])
    both("shape", 15, "Shape", [e(2, 0)])
    both("size", 13, "Size", [e(2, 0)])
    case("constant_of_shape_empty", 9, "ConstantOfShape", [i64(0, 3)])
    both("range", 11, "Range", [scalar(4.0), scalar(2.0), scalar(1.0)])
    both("depth_to_space", 13, "DepthToSpace", [e(0, 8, 2, 3)], blocksize=2)
    both("trilu", 14, "Trilu", [e(0, 0)])
    both("eye_like", 9, "EyeLike", [e(0, 3)])


def folds():
    for op, of_none in (("ReduceSum", 0.0), ("ReduceProd", 1.0), ("ReduceL1", 0.0), ("ReduceSumSquare", 0.0)):
        both(op.lower(), 18, op, [e(2, 0), i64(1)], constant=[1], expected=[np.full((2, 1), of_none, np.float32)])
        both(op.lower() + "_others", 18, op, [e(2, 0), i64(0)], constant=[1], expected=[e(1, 0)])
    both("reduce_max", 18, "ReduceMax", [e(2, 0), i64(1)], constant=[1], expected=[np.full((2, 1), -np.inf, np.float32)])
    both("reduce_max_others", 18, "ReduceMax", [e(2, 0), i64(0)], constant=[1], expected=[e(1, 0)])
    both("argmax_others", 13, "ArgMax", [e(2, 0)], axis=0)
    both("cumsum", 14, "CumSum", [e(2, 0), scalar(1, np.int64)], constant=[1])


def indices():
    both("gather", 13, "Gather", [f(3, 4), np.zeros((0, 2), np.int64)])
    both("gather_none", 13, "Gather", [e(3, 0), i64(2, 0)])
    both("gather_elements", 13, "GatherElements", [f(3, 4), np.zeros((0, 4), np.int64)])
    case("gathernd_empty", 13, "GatherND", [f(3, 4), np.zeros((0, 2), np.int64)])
    both("scatter", 18, "ScatterElements", [f(3, 4), np.zeros((0, 4), np.int64), e(0, 4)])
    case("scatternd_empty", 18, "ScatterND", [f(3, 4), np.zeros((0, 1), np.int64), e(0, 4)])
    both("topk_none", 11, "TopK", [f(3, 4), i64(0)], 2)
    both("nonzero", 13, "NonZero", [e(2, 0)])
    both("nonzero_zeros", 13, "NonZero", [e(2, 3)])
    both("compress", 11, "Compress", [f(3, 2), np.zeros(3, bool)], axis=0)
    both("unique", 11, "Unique", [e(0)], 4)
    both("onehot", 11, "OneHot", [np.zeros((0,), np.int64), i64(3), scalar([0, 1])])
    both("nms", 11, "NonMaxSuppression", [e(1, 0, 4), e(1, 2, 0), i64(3)])


def contractions():
    both("matmul_rows", 13, "MatMul", [e(0, 3), f(3, 4)])
    both("matmul_sum", 13, "MatMul", [e(2, 0), e(0, 4)])
    both("matmul_batch", 13, "MatMul", [e(0, 2, 3), f(3, 4)])
    both("gemm_sum", 13, "Gemm", [e(2, 0), e(0, 4), f(4)])
    both("einsum", 12, "Einsum", [e(0, 3), f(3, 4)], equation="ij,jk->ik")
    both("conv", 11, "Conv", [e(0, 3, 5, 5), f(2, 3, 3, 3), f(2)])
    both("max_pool", 12, "MaxPool", [e(0, 3, 5, 5)], kernel_shape=[2, 2])
    both("global_average_pool", 1, "GlobalAveragePool", [e(0, 3, 5, 5)])
    both("batchnorm", 15, "BatchNormalization", [e(0, 3, 2), f(3), f(3), f(3), np.abs(f(3))])
    both("layernorm", 17, "LayerNormalization", [e(0, 4), f(4), f(4)])
    both("instancenorm", 6, "InstanceNormalization", [e(0, 3, 4), f(3), f(3)])
    both("resize", 13, "Resize", [e(0, 1, 2, 2), scalar([]), scalar([1, 1, 2, 2])], constant=[1, 2], mode="nearest")
    both("lstm", 14, "LSTM", [e(3, 0, 2), f(1, 8, 2), f(1, 8, 2)], ["y", "h", "c"], hidden_size=2, expected=[e(3, 1, 0, 2), e(1, 0, 2), e(1, 0, 2)])


def scalars():
    x = scalar(2.5)
    for op in ("Neg", "Exp", "Relu", "Identity", "Shape", "Size"):
        case(f"{op.lower()}_scalar", 13, op, [x])
    case("nonzero_scalar", 13, "NonZero", [x], expected=[np.zeros((0, 1), np.int64)])  # as ONNX says, and onnxruntime does not
    case("add_scalars", 14, "Add", [x, scalar(0.5)])
    case("reduce_sum_scalar", 13, "ReduceSum", [x], expected=[x])
    case("transpose_scalar", 13, "Transpose", [x])
    case("reshape_scalar", 14, "Reshape", [f(1, 1), np.zeros(0, np.int64)], constant=[1])
    case("squeeze_scalar", 13, "Squeeze", [f(1)])
    case("unsqueeze_scalar", 13, "Unsqueeze", [x, i64(0, -1)], constant=[1])
    case("expand_scalar", 13, "Expand", [x, i64(2, 3)], constant=[1])
    case("gather_scalar", 13, "Gather", [f(3), np.array(1)])
    case("concat_of_scalars", 13, "Concat", [f(1), f(1)], axis=0)
    case("flatten_scalar", 13, "Flatten", [x], axis=0, expected=[x.reshape(1, 1)])
    case("where_scalars", 16, "Where", [np.array(True), x, scalar(0)])
    case("matmul_vectors", 13, "MatMul", [f(3), f(3)])
    case("quantize_scalar", 13, "QuantizeLinear", [x, scalar(0.1), scalar(3, np.uint8)])


def collect():
    pointwise()
    shapes()
    folds()
    indices()
    contractions()
    scalars()
