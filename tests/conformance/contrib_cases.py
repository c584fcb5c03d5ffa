#!/usr/bin/env python3
"""Writes cases of com.microsoft's operators as folders: OUT/CASE/{model.onnx,data.json,test_data_set_0/{input,output}_K.pb}.

  contrib_cases.py OUT     needs onnx, numpy, onnxruntime

What is expected is what onnxruntime computes on the CPU; where it lacks an operator there, a definition in numpy (`expected`).
"""
import json
import math
import os
import shutil
import sys

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

MS = "com.microsoft"
CASES = {}


def case(name, op, inputs, outputs=1, expected=None, dynamic=(), constant=(), domain=MS, rtol=1e-3, atol=1e-5, **attributes):
    """One node. `inputs`: arrays, None where one is omitted. `outputs`: how many, or which ("" is omitted). `dynamic`:
    inputs whose dims are symbols. `constant`: inputs that are initializers."""
    assert name not in CASES, name
    outputs = [f"y{i}" for i in range(outputs)] if isinstance(outputs, int) else outputs
    names = ["" if x is None else f"x{i}" for i, x in enumerate(inputs)]
    node = helper.make_node(op, names, outputs, domain=domain, **attributes)
    given, initializers = [], []
    for i, x in enumerate(inputs):
        if x is None:
            continue
        if i in constant:
            initializers.append(numpy_helper.from_array(x, names[i]))
            continue
        shape = [f"d{i}_{k}" for k in range(x.ndim)] if i in dynamic else x.shape
        given.append(helper.make_tensor_value_info(names[i], helper.np_dtype_to_tensor_dtype(x.dtype), shape))
    values = {n: x for n, x in zip(names, inputs) if n and n in {g.name for g in given}}
    CASES[name] = (node, given, initializers, [o for o in outputs if o], values, expected, rtol, atol)


def model_of(node, given, initializers, outputs):
    graph = helper.make_graph([node], "g", given, outputs, initializers)
    opsets = [helper.make_opsetid("", 16)] + ([helper.make_opsetid(node.domain, 1)] if node.domain else [])
    return helper.make_model(graph, opset_imports=opsets, ir_version=9)


def run(node, given, initializers, names, values):
    model = model_of(node, given, initializers, [onnx.ValueInfoProto(name=n) for n in names])
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(names, values)


def write(folder, node, given, initializers, names, values, expected, rtol, atol):
    got = expected if expected is not None else run(node, given, initializers, names, values)
    assert all(np.isfinite(np.asarray(g, np.float64)).all() for g in got), "an expected value is not finite"
    outputs = [helper.make_tensor_value_info(n, helper.np_dtype_to_tensor_dtype(g.dtype), [None] * g.ndim)
               for n, g in zip(names, got)]
    shutil.rmtree(folder, ignore_errors=True)
    data = os.path.join(folder, "test_data_set_0")
    os.makedirs(data)
    onnx.save(model_of(node, given, initializers, outputs), os.path.join(folder, "model.onnx"))
    with open(os.path.join(folder, "data.json"), "w") as file:
        json.dump({"rtol": rtol, "atol": atol}, file)
    for kind, tensors in (("input", values.items()), ("output", zip(names, got))):
        for k, (name, value) in enumerate(tensors):
            with open(os.path.join(data, f"{kind}_{k}.pb"), "wb") as file:
                file.write(numpy_helper.from_array(value, name).SerializeToString())


rng = np.random.default_rng(7)
i32 = lambda *v: np.array(v, np.int32)
i64 = lambda *v: np.array(v, np.int64)
f = lambda *shape: rng.standard_normal(shape).astype(np.float32)
u8 = lambda *shape: rng.integers(0, 256, shape).astype(np.uint8)
s8 = lambda *shape: rng.integers(-128, 128, shape).astype(np.int8)
scale = lambda v: np.array(v, np.float32)
point = lambda v, t=np.uint8: np.array(v, t)


def pointwise():
    case("gelu", "Gelu", [f(3, 8)])
    case("gelu_dynamic", "Gelu", [f(2, 3, 8)], dynamic=[0])
    case("bias_gelu", "BiasGelu", [f(2, 3, 8), f(8)], dynamic=[0])
    case("fast_gelu", "FastGelu", [f(3, 8)])
    case("fast_gelu_bias", "FastGelu", [f(2, 3, 8), f(8)])
    case("quick_gelu", "QuickGelu", [f(3, 8)])
    case("quick_gelu_alpha", "QuickGelu", [f(3, 8)], alpha=0.7)
    case("trilu", "Trilu", [f(2, 4, 5), i64(1).reshape(())], upper=0)
    case("gather_nd", "GatherND", [f(4, 5, 3), rng.integers(0, 4, (6, 2))])
    case("range", "Range", [scale(1), scale(4.2), scale(0.5)], constant=[0, 1, 2])
    case("range_default", "Range", [np.array(2, np.int32), np.array(9, np.int32)])
    case("expand_dims", "ExpandDims", [f(3, 4), i32(-1).reshape(())], constant=[1])
    x, bias, skip = f(2, 3, 8), f(8), f(2, 3, 8)  # the CPU has neither BiasAdd nor BiasSplitGelu
    both = f(2, 3, 8) + (split := f(8))
    erf = np.vectorize(math.erf)
    gate = both[..., 4:] * 0.5 * (1 + erf(both[..., 4:] / np.sqrt(2)))
    case("bias_split_gelu", "BiasSplitGelu", [both - split, split], expected=[(both[..., :4] * gate).astype(np.float32)])
    case("bias_add", "BiasAdd", [x, bias, skip], expected=[x + bias + skip])


def normalizations():
    x, gamma, beta = f(2, 3, 8), f(8), f(8)
    for op, operands in (("SkipLayerNormalization", [gamma, beta]), ("SkipSimplifiedLayerNormalization", [gamma])):
        case(op.lower(), op, [x, f(2, 3, 8), *operands])
        case(op.lower() + "_bias_sum", op, [x, f(2, 3, 8), *operands, f(8)], outputs=["y0", "", "", "y3"], epsilon=1e-3)
        case(op.lower() + "_broadcast", op, [x, f(3, 8), *operands], dynamic=[0, 1])
    case("skiplayernormalization_no_beta", "SkipLayerNormalization", [x, f(1, 3, 8), gamma])
    case("simplified_layer_normalization", "SimplifiedLayerNormalization", [x, gamma], domain="", dynamic=[0])
    case("simplified_layer_normalization_axis", "SimplifiedLayerNormalization", [x, f(3, 8)], domain="", axis=1, epsilon=1e-2)
    case("layer_normalization_before_17", "LayerNormalization", [x, gamma, beta], domain="", outputs=3)
    ids, segments = rng.integers(0, 9, (2, 4)).astype(np.int32), rng.integers(0, 2, (2, 4)).astype(np.int32)
    tables = [f(9, 8), f(6, 8), f(2, 8)]
    mask = np.array([[1, 1, 1, 0], [1, 1, 0, 0]], np.int32)
    case("embed", "EmbedLayerNormalization", [ids, segments, *tables, gamma, beta], outputs=2)
    case("embed_mask_sum", "EmbedLayerNormalization", [ids, segments, *tables, gamma, beta, mask], outputs=3, dynamic=[0, 1, 7])
    positions = rng.integers(0, 6, (2, 4)).astype(np.int32)
    case("embed_positions", "EmbedLayerNormalization", [ids, None, *tables[:2], None, gamma, beta, None, positions], outputs=2)


def contractions():
    case("fused_matmul", "FusedMatMul", [f(3, 4), f(4, 5)], alpha=0.5)
    case("fused_matmul_trans", "FusedMatMul", [f(2, 4, 3), f(2, 5, 4)], transA=1, transB=1, dynamic=[0, 1])
    case("fused_matmul_batch", "FusedMatMul", [f(3, 2, 4), f(2, 4, 5)], transBatchA=1)
    case("fused_matmul_batch_all", "FusedMatMul", [f(4, 2, 3), f(5, 2, 4)], transA=1, transBatchA=1, transB=1, transBatchB=1)
    case("transpose_matmul", "TransposeMatMul", [f(4, 3), f(4, 5)], transA=1)
    for name, extra in (("Relu", {}), ("LeakyRelu", {"activation_alpha": 0.2}), ("Tanh", {}), ("Sigmoid", {})):
        case("fused_gemm_" + name.lower(), "FusedGemm", [f(3, 4), f(5, 4), f(5)], transB=1, alpha=0.5, activation=name, **extra)
    for name, parameters in (("Relu", []), ("LeakyRelu", [0.2]), ("Clip", [-0.5, 1.0]), ("HardSigmoid", [0.3, 0.4]), ("Tanh", [])):
        extra = {"activation_params": parameters} if parameters else {}
        case("fused_conv_" + name.lower(), "FusedConv", [f(1, 4, 6, 6), f(6, 2, 3, 3), f(6)], group=2, pads=[1, 1, 1, 1], activation=name, **extra)
    case("fused_conv_sum", "FusedConv", [f(1, 2, 5, 5), f(3, 2, 3, 3), f(3), f(1, 3, 3, 3)], activation="Relu")
    x, w, bias = f(1, 5, 6, 4), f(3, 2, 3, 4), f(3)  # the CPU has no NhwcConv
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(x, ((0, 0), (1, 0), (1, 1), (0, 0))), (2, 3), (1, 2))
    case("nhwc_conv", "NhwcConv", [x, w, bias], pads=[1, 1, 0, 1], expected=[np.einsum("nhwcij,oijc->nhwo", windows, w) + bias])
    case("inverse", "Inverse", [f(3, 4, 4) + 3 * np.eye(4, dtype=np.float32)], atol=1e-4)
    case("inverse_pivot", "Inverse", [np.array([[0, 2, 1], [1, 0, 0], [0, 1, 3]], np.float32)])
    case("inverse_matrix", "Inverse", [f(5, 5) + 4 * np.eye(5, dtype=np.float32)], atol=1e-4)
    x = f(2, 3, 6, 7)
    rois = np.array([[0, 0, 1, 1], [0.2, 0.1, 0.7, 0.6], [-0.2, 0.3, 1.2, 0.9]], np.float32)
    for mode in ("bilinear", "nearest"):
        case("crop_" + mode, "CropAndResize", [x, rois, i32(0, 1, 1), i32(4, 5)], mode=mode, extrapolation_value=0.5, constant=[3])
    case("crop_one", "CropAndResize", [x, rois, i32(0, 1, 1), i32(1, 3)], dynamic=[0, 1, 2])


def few_bits():
    for bits, block, k in ((4, 16, 40), (4, 32, 64), (8, 32, 64), (2, 16, 32)):
        n, blocks = 6, -(-k // block)
        weight, scales = u8(n, blocks, block * bits // 8), np.abs(f(n * blocks)) * 0.1
        a = f(2, 3, k)
        attributes = dict(K=k, N=n, bits=bits, block_size=block, rtol=1e-2, atol=1e-3)
        name = f"matmul_nbits_{bits}_{block}_{k}"
        zeros = u8(n * -(-blocks * bits // 8))
        case(name, "MatMulNBits", [a, weight, scales], constant=[1, 2], **attributes)
        case(name + "_zero_dynamic", "MatMulNBits", [a, weight, scales, zeros], constant=[1, 2, 3], dynamic=[0], **attributes)
    case("matmul_nbits_bias", "MatMulNBits", [f(3, 32), u8(5, 2, 8), np.abs(f(10)), None, None, f(5)], constant=[1, 2],
         K=32, N=5, bits=4, block_size=16, rtol=1e-2, atol=1e-3)
    data, scales = u8(7, 32), np.abs(f(7, 4))
    case("gather_block_quantized", "GatherBlockQuantized", [data, i64(3, 0, 6), scales], block_size=16, constant=[0, 2])
    case("gather_block_quantized_zero", "GatherBlockQuantized", [data, i64(3, 0), scales, u8(7, 2)], block_size=16, constant=[0, 2, 3])


def quantized():
    a, b = u8(3, 8), s8(8, 5)
    sa, sb, za = scale(0.02), scale(0.03), point(120)
    column = np.abs(f(5)) * 0.05
    case("qgemm", "QGemm", [a, sa, za, b, sb, point(3, np.int8), None, scale(0.1), point(128)], atol=0.5)
    case("qgemm_float", "QGemm", [a, sa, za, b, column, np.zeros(5, np.int8), i32(1, -20, 300, 4, 5)])
    case("qgemm_trans", "QGemm", [u8(8, 3), sa, za, u8(5, 8), sb, point(7)], transA=1, transB=1, alpha=0.5)
    case("matmul_integer_to_float", "MatMulIntegerToFloat", [a, b, sa, sb])
    case("matmul_integer_to_float_all", "MatMulIntegerToFloat", [u8(2, 3, 8), b, sa, column, za, np.zeros(5, np.int8), f(5)], dynamic=[0])
    case("dynamic_quantize_matmul", "DynamicQuantizeMatMul", [f(3, 8), b, sb], constant=[1])
    case("dynamic_quantize_matmul_all", "DynamicQuantizeMatMul", [f(2, 3, 8), b, column, np.zeros(5, np.int8), f(5)], dynamic=[0])
    case("matmul_integer16", "MatMulInteger16", [rng.integers(-99, 99, (3, 4)).astype(np.int16), rng.integers(-99, 99, (4, 5)).astype(np.int16)])
    x = u8(2, 3, 4, 4)
    for op in ("QLinearAdd", "QLinearMul"):
        case(op.lower(), op, [x, sa, za, u8(3, 1, 1), sb, point(9), scale(0.1), point(100)], atol=1)
    case("qlinear_sigmoid", "QLinearSigmoid", [x, scale(0.05), za, scale(1 / 256), point(0)], constant=[1, 2, 3, 4], atol=1)
    case("qlinear_leaky_relu", "QLinearLeakyRelu", [x, sa, za, sb, point(60)], constant=[1, 2, 3, 4], alpha=0.1, atol=1)
    case("qlinear_concat", "QLinearConcat", [sa, za, x, sb, point(5), u8(2, 2, 4, 4), scale(0.01), point(77)], constant=[0, 1, 3, 4, 6, 7], axis=1, atol=1)
    case("qlinear_global_average_pool", "QLinearGlobalAveragePool", [x, sa, za, sb, point(60)], channels_last=0, atol=1)
    case("qlinear_global_average_pool_last", "QLinearGlobalAveragePool", [x, sa, za, sb, point(60)], channels_last=1, atol=1)
    case("qlinear_softmax", "QLinearSoftmax", [u8(3, 6), scale(0.05), za, scale(1 / 256), point(0)], constant=[1, 2, 3, 4], opset=13, axis=-1, atol=1)
    case("qlinear_where", "QLinearWhere", [rng.random((3, 5)) > 0.5, u8(3, 5), sa, za, u8(3, 5), sb, point(9), scale(0.05), point(20)],
         constant=[2, 3, 5, 6, 7, 8], atol=1)
    w = s8(6, 3, 3, 3)
    for last in (0, 1):
        operand = u8(1, 5, 5, 3) if last else u8(1, 3, 5, 5)
        case(f"qlinear_conv_{last}", "QLinearConv", [operand, sa, za, w, np.abs(f(6)) * 0.01, np.zeros(6, np.int8), scale(0.1), point(128), np.arange(6, dtype=np.int32)],
             constant=[1, 2, 3, 4, 5, 6, 7, 8], channels_last=last, pads=[1, 1, 1, 1], strides=[2, 2], atol=1)
    case("nhwc_max_pool", "NhwcMaxPool", [u8(1, 5, 5, 3)], kernel_shape=[2, 2], strides=[2, 2], pads=[0, 0, 1, 1])
    case("dequantize_axis", "DequantizeLinear", [u8(2, 3, 4), np.abs(f(3)), u8(3)], axis=1)
    case("quantize", "QuantizeLinear", [f(2, 3, 4), scale(0.05), point(12)])


def attentions():
    b, s, n, h = 2, 4, 2, 8
    d = n * h
    x, w, bias = f(b, s, d), f(d, 3 * d) * 0.3, f(3 * d)
    run = lambda name, op, inputs, outputs=1, **k: case(name, op, inputs, outputs, num_heads=n, **k)
    lengths, ends = i32(3, 4), i32(3, 4, 1, 0)
    mask2 = np.array([[1, 1, 1, 0], [1, 1, 1, 1]], np.int32)
    mask3 = np.tril(np.ones((b, s, s), np.int32))
    past = f(2, b, n, 3, h)
    for name, mask in (("none", None), ("lengths", lengths), ("ends", ends), ("rows", mask2), ("square", mask3)):
        run("attention_" + name, "Attention", [x, w, bias, mask], constant=[1, 2])
    run("attention_causal", "Attention", [x, w, bias, mask2], unidirectional=1, scale=0.2)
    run("attention_past", "Attention", [x, w, bias, None, past], outputs=2, unidirectional=1)
    run("attention_past_mask", "Attention", [x, w, bias, np.ones((b, 7), np.int32), past], outputs=2, dynamic=[0, 3, 4])
    run("attention_bias", "Attention", [x, w, bias, None, None, f(b, n, s, s)])
    run("attention_sizes", "Attention", [x, f(d, 2 * d + 8), f(2 * d + 8), mask2], qkv_hidden_sizes=[d, d, 8])
    q8 = [u8(b, s, d), s8(d, 3 * d), bias, scale(0.02), scale(0.01)]
    run("qattention", "QAttention", [*q8, None, point(120), point(0, np.int8)], constant=[1])
    run("qattention_mask_past", "QAttention", [*q8, np.ones((b, 7), np.int32), point(120), point(0, np.int8), past], outputs=2, unidirectional=1, constant=[1])
    q, k, v, t = f(b, s, d), f(b, 6, d), f(b, 6, d), 6
    run("mha", "MultiHeadAttention", [q, k, v])
    run("mha_dynamic", "MultiHeadAttention", [q, k, v], dynamic=[1, 2])
    run("mha_bias", "MultiHeadAttention", [q, k, v, bias], scale=0.3)
    padding = np.array([[1, 1, 1, 1, 0, 0], [1] * 6], np.int32)
    run("mha_padding", "MultiHeadAttention", [q, k, v, None, padding])
    run("mha_lengths", "MultiHeadAttention", [q, k, v, None, i32(4, 6)])
    run("mha_attention_bias", "MultiHeadAttention", [q, k, v, None, None, f(1, n, s, t)])
    run("mha_heads", "MultiHeadAttention", [q, f(b, n, 6, h), f(b, n, 6, h), None])
    run("mha_past", "MultiHeadAttention", [q, f(b, s, d), f(b, s, d), None, None, None, f(b, n, 3, h), f(b, n, 3, h)], outputs=3)
    run("mha_past_causal", "MultiHeadAttention", [q, f(b, s, d), f(b, s, d), bias, None, None, f(b, n, 3, h), f(b, n, 3, h)], outputs=3, unidirectional=1)
    cosine, sine = np.cos(f(16, h // 2)), np.sin(f(16, h // 2))
    ids = np.array([[0, 1, 2, 3], [4, 5, 6, 7]], np.int64)
    for interleaved in (0, 1):
        tag = f"rotary_{interleaved}"
        case(tag, "RotaryEmbedding", [f(b, s, d), ids, cosine, sine], interleaved=interleaved)
        case(tag + "_heads", "RotaryEmbedding", [f(b, n, s, h), i64(3), cosine, sine], interleaved=interleaved, dynamic=[0])
        case(tag + "_part", "RotaryEmbedding", [f(b, s, d), ids, cosine[:, :2], sine[:, :2]], interleaved=interleaved, num_heads=n, rotary_embedding_dim=4)


def group_queries():
    b, s, n, kv, h = 2, 3, 4, 2, 16  # onnxruntime rotates heads of multiples of 16
    cosine, sine = np.cos(f(32, h // 2)), np.sin(f(32, h // 2))
    common = dict(num_heads=n, kv_num_heads=kv, outputs=3)

    def operands(rows, past, total, room=None):
        cache = [f(b, kv, room or past, h) for _ in range(2)] if past or room else [np.zeros((b, kv, 0, h), np.float32)] * 2
        return [f(b, rows, n * h), f(b, rows, kv * h), f(b, rows, kv * h), *cache, np.full(b, total - 1, np.int32), np.array(total, np.int32)]

    def both(name, inputs, dynamic=(), **attributes):
        case(name, "GroupQueryAttention", inputs, **common, **attributes, dynamic=dynamic)

    rotary = dict(do_rotary=1)
    both("gqa_prompt", operands(s, 0, s))
    both("gqa_prompt_rotary", operands(s, 0, s) + [cosine, sine], **rotary)
    both("gqa_step", operands(1, 5, 6), scale=0.3)
    both("gqa_step_rotary", operands(1, 5, 6) + [cosine, sine], **rotary, rotary_interleaved=1)
    both("gqa_step_dynamic", operands(1, 5, 6) + [cosine, sine], **rotary, dynamic=[0, 1, 2, 3, 4, 5])
    both("gqa_window", operands(6, 0, 6), local_window_size=3)
    both("gqa_step_window", operands(1, 5, 6), local_window_size=3)
    both("gqa_softcap", operands(s, 0, s), softcap=2.0)
    both("gqa_smooth", operands(s, 0, s), smooth_softmax=1)
    x = operands(1, 5, 6)
    packed = np.concatenate(x[:3], axis=2)
    case("gqa_packed", "GroupQueryAttention", [packed, None, None, *x[3:], cosine, sine], **common, **rotary)
    both("gqa_positions", operands(1, 5, 6) + [cosine, sine, np.array([[5], [3]], np.int64)], **rotary)
    both("gqa_bias", operands(1, 5, 6) + [None, None, None, f(b, n, 1, 6)])
    both("gqa_sink", operands(1, 5, 6) + [None, None, None, None, f(n)])
    # Rows of different lengths: what lies behind a row's own entries means nothing, so the caches are not compared.
    lengths = operands(1, 5, 6)
    lengths[5] = i32(3, 5)
    case("gqa_lengths", "GroupQueryAttention", lengths + [cosine, sine], **{**common, "outputs": ["y0", "present_k", "present_v"]}, **rotary)
    node, given, initializers, _, values, *rest = CASES["gqa_lengths"]
    CASES["gqa_lengths"] = (node, given, initializers, ["y0"], values, *rest)


def main():
    out = sys.argv[1]
    for family in (pointwise, normalizations, contractions, few_bits, quantized, attentions, group_queries):
        family()
    failures = 0
    for name, parts in CASES.items():
        try:
            write(os.path.join(out, name), *parts)
        except Exception as error:  # onnxruntime's own, of many classes
            print(f"contrib_cases: {name}: {' '.join(str(error).split())[:300]}", file=sys.stderr)
            failures += 1
    print(f"contrib_cases: {len(CASES) - failures} cases written, {failures} failed", file=sys.stderr)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
