"""Networks small enough to make in a test."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

WEIGHTS = np.random.default_rng(0).normal(size=(5, 3, 1, 1)).astype(np.float32)
STRIDE = 2


def tiny_onnx(
    path: Path,
    size: int,
    *,
    shape: Sequence[int | str] | None = None,
    scale: float = 1,
    inputs: int = 1,
    kind: int = TensorProto.FLOAT,
) -> Path:
    """Two taps: a ``grid`` of positions with 5 channels, and their mean, ``vector``.

    It takes pictures whose colours stand where ``shape`` has its 3, of any ``kind`` of number.
    """
    floats = TensorProto.FLOAT
    picture = list(shape or ("n", 3, size, size))
    order = [0, 3, 1, 2] if picture[-1] == 3 else [0, 1, 2, 3]
    nodes = [
        helper.make_node("Cast", ["picture"], ["numbers"], to=floats),
        helper.make_node("Transpose", ["numbers"], ["upright"], perm=order),
        helper.make_node("Conv", ["upright", "weights"], ["mixed"], strides=[STRIDE, STRIDE]),
        helper.make_node("Relu", ["mixed"], ["grid"]),
        helper.make_node("GlobalAveragePool", ["grid"], ["vector"]),
    ]
    more = [helper.make_tensor_value_info(f"more{i}", floats, [1]) for i in range(inputs - 1)]
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("picture", kind, picture), *more],
        [
            helper.make_tensor_value_info("grid", floats, ["n", 5, None, None]),
            helper.make_tensor_value_info("vector", floats, ["n", 5, 1, 1]),
        ],
        [helper.make_tensor("weights", floats, WEIGHTS.shape, (scale * WEIGHTS).ravel())],
    )
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))
    return path
