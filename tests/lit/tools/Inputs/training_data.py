"""training_data.py FOLDER: a small CNN (of any batch, and of a batch of 8) and the same rows as IDX, CIFAR-10, npz and broken files."""
import struct
import sys

import numpy as np
import onnx
from onnx import TensorProto, helper

folder = sys.argv[1]
rng = np.random.default_rng(5)


def save(name, channels, size, batch):
    """Conv16-Conv32-FC128-10, initialised after He."""
    shapes = {"c1": (16, channels, 3, 3), "c2": (32, 16, 3, 3), "f1": (32 * (size // 4) ** 2, 128), "f2": (128, 10)}
    weights = {}
    for key, shape in shapes.items():
        is_matrix = len(shape) == 2
        weights[key] = rng.normal(0, np.sqrt(2 / (shape[0] if is_matrix else np.prod(shape[1:]))), shape)
        weights[key + "_bias"] = np.zeros(shape[1] if is_matrix else shape[0])
    nodes = []
    value = "x"
    for layer in ("c1", "c2"):
        nodes += [
            helper.make_node("Conv", [value, layer, layer + "_bias"], [layer + "_out"], pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [layer + "_out"], [layer + "_relu"]),
            helper.make_node("MaxPool", [layer + "_relu"], [layer + "_pool"], kernel_shape=[2, 2], strides=[2, 2]),
        ]
        value = layer + "_pool"
    nodes += [
        helper.make_node("Flatten", [value], ["flat"]),
        helper.make_node("Gemm", ["flat", "f1", "f1_bias"], ["hidden"]),
        helper.make_node("Relu", ["hidden"], ["hidden_relu"]),
        helper.make_node("Gemm", ["hidden_relu", "f2", "f2_bias"], ["logits"]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, [batch, channels, size, size])]
    outputs = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [batch, 10])]
    tensors = [onnx.numpy_helper.from_array(value.astype(np.float32), key) for key, value in weights.items()]
    model = helper.make_model(helper.make_graph(nodes, "cnn", inputs, outputs, tensors), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, f"{folder}/{name}.onnx")


def write(name, data):
    with open(f"{folder}/{name}", "wb") as file:
        file.write(data)


def idx(array):
    return struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def pictures(count, channels, size):
    """Each class is a bright square at a place of its own, in noise."""
    labels = rng.integers(0, 10, count).astype(np.uint8)
    images = rng.integers(0, 60, (count, channels, size, size)).astype(np.uint8)
    for image, label in zip(images, labels):
        row, column = 4 * (label // 5), 4 * (label % 5)
        image[:, row : row + 4, column : column + 4] += 150
    return images, labels


def save_normalized(name):
    """A regression with BatchNormalization and Dropout as they are exported in training mode."""
    weights = {
        "first": rng.normal(0, 0.5, (6, 16)),
        "scale": np.ones(16),
        "shift": np.zeros(16),
        "mean": np.zeros(16),
        "variance": np.ones(16),
        "second": rng.normal(0, 0.5, (16, 1)),
    }
    tensors = [onnx.numpy_helper.from_array(value.astype(np.float32), key) for key, value in weights.items()]
    tensors += [onnx.numpy_helper.from_array(np.array(0.3, np.float32), "ratio"), onnx.numpy_helper.from_array(np.array(True), "train")]
    nodes = [
        helper.make_node("MatMul", ["x", "first"], ["a"]),
        helper.make_node("BatchNormalization", ["a", "scale", "shift", "mean", "variance"], ["b", "m", "v"], training_mode=1),
        helper.make_node("Relu", ["b"], ["c"]),
        helper.make_node("Dropout", ["c", "ratio", "train"], ["d"], seed=3),
        helper.make_node("MatMul", ["d", "second"], ["y"]),
    ]
    inputs = [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["n", 6])]
    outputs = [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["n", 1])]
    model = helper.make_model(helper.make_graph(nodes, "normalized", inputs, outputs, tensors), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, f"{folder}/{name}.onnx")


save_normalized("normalized")
x = rng.normal(1, 2, (100, 6)).astype(np.float32)
np.savez(f"{folder}/smooth.npz", x=x, y=np.sin(x).sum(1))
save("mnist", 1, 28, "n")
save("mnist8", 1, 28, 8)
images, labels = pictures(100, 1, 28)
write("images", idx(images[:, 0]))
write("labels", idx(labels))
np.savez_compressed(f"{folder}/mnist.npz", x=(images / 255).astype(np.float32), y=labels)
np.savez(f"{folder}/half.npz", x=(images / 255).astype(np.float16), y=labels)
np.savez(f"{folder}/nan.npz", x=np.where(images == images[3, 0, 0, 0], np.nan, images / 255.0), y=labels)
write("short", idx(images[:, 0])[:-1])
write("huge", struct.pack(">BBBBIII", 0, 0, 8, 3, 0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF))
write("noise", bytes(range(1, 200)))
write("packed", b"\x1f\x8b\x08\x00" + bytes(100))
data = open(f"{folder}/mnist.npz", "rb").read()
write("cut.npz", data[: len(data) // 2])
write("damaged.npz", data[:200] + bytes(64) + data[264:])

save("cifar", 3, 32, "n")
images, labels = pictures(60, 3, 32)
records = np.concatenate([labels[:, None], images.reshape(60, -1)], axis=1)
write("data_batch_1.bin", records[:40].tobytes())
write("data_batch_2.bin", records[40:].tobytes())
np.savez(f"{folder}/cifar.npz", x=images / np.float32(255), y=labels)
write("short.bin", records.tobytes()[:-1])
write("wrong.bin", records.tobytes()[1:] + b"\1")
