"""Detectors in ONNX files, of the forms that others publish, small enough to make in a test.

Each finds one face in the left half of a picture and is the surer, the redder the picture is.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

SIDE = 64
FACE = (8, 16, 24, 40)
"""In pixels of the network's input: left, top, right and bottom."""
CONVENTIONS = ("ssd", "yolov8", "yolov5", "distinct", "torchvision")


def network(
    folder: Path, convention: str = "ssd", *, batch: int | str = "n", mixes: bool = False
) -> Path:
    """Write a network for pictures (n, 3, 64, 64) of 0–1; return its path.

    If it ``mixes``, pictures are compared with the mean of their batch, as broken exports do.
    """
    if convention == "torchvision":
        batch = 1
    left, top, right, bottom = FACE
    middle = [(left + right) / 2, (top + bottom) / 2, right - left, bottom - top]
    nodes = [helper.make_node("ReduceMean", ["red"], ["mean"], axes=[1, 2, 3], keepdims=0)]
    nodes.insert(0, helper.make_node("Slice", ["input", "zero", "one", "one"], ["red"]))
    last = "mean"
    if mixes:
        nodes.append(helper.make_node("ReduceMean", ["mean"], ["all"], axes=[0], keepdims=1))
        nodes.append(helper.make_node("Div", ["mean", "all"], ["apart"]))
        last = "apart"
    nodes.append(helper.make_node("Reshape", [last, "column"], ["score"]))  # (n, 1, 1)
    constants: dict[str, Any] = {
        "zero": np.array([0], np.int64),
        "one": np.array([1], np.int64),
        "column": np.array([-1, 1, 1], np.int64),
    }

    def beside(name: str, values: list[float], axis: int = 2) -> str:
        """The same values for each picture: zeros of the score's shape and a constant."""
        shape = [1, 1, 1]
        shape[axis] = len(values)
        constants[name] = np.array(values, np.float32).reshape(shape)
        constants.setdefault("nil", np.zeros((1, 1, 1), np.float32))
        if "none" not in {node.output[0] for node in nodes}:
            nodes.append(helper.make_node("Mul", ["score", "nil"], ["none"]))
        nodes.append(helper.make_node("Add", ["none", name], [f"{name}s"]))
        return f"{name}s"

    def join(name: str, parts: list[str], axis: int) -> str:
        nodes.append(helper.make_node("Concat", parts, [name], axis=axis))
        return name

    match convention:
        case "ssd":
            beside("boxes", [edge / SIDE for edge in FACE])
            outputs = {"boxess": 3, join("scores", [beside("back", [0.5]), "score"], 2): 3}
        case "yolov8":  # (n, 5, 9), of which eight are far from sure
            one = join("first", [beside("place", middle, 1), "score"], 1)
            rest = beside("rest", [*middle, 0.0], 1)
            outputs = {join("output", [one, *[rest] * 8], 2): 3}
        case "yolov5":  # (n, 1, 7): objectness, and two classes
            parts = [beside("place", middle), "score", beside("sure", [0.25, 1.0])]
            outputs = {join("output", parts, 2): 3}
        case "distinct":
            numbers = [float(edge) for edge in FACE]
            parts = [beside("corners", numbers), "score", beside("class", [0.0])]
            outputs = {join("output", parts, 2): 3}
        case _:
            constants["boxes"] = np.array([FACE], np.float32)
            constants["flat"] = np.array([-1], np.int64)
            constants["same"] = np.array([[0, 0, 0, 0]], np.float32)
            nodes.append(helper.make_node("Add", ["boxes", "same"], ["corners"]))
            nodes.append(helper.make_node("Reshape", ["score", "flat"], ["scores"]))
            outputs = {"corners": 2, "scores": 1}
    return _saved(folder / f"{convention}.onnx", nodes, constants, outputs, batch)


def _saved(
    path: Path,
    nodes: list[onnx.NodeProto],
    constants: dict[str, Any],
    outputs: dict[str, int],
    batch: int | str,
) -> Path:
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("input", floats, [batch, 3, SIDE, SIDE])],
        [
            helper.make_tensor_value_info(name, floats, [None] * dimensions)
            for name, dimensions in outputs.items()
        ],
        [onnx.numpy_helper.from_array(value, name) for name, value in constants.items()],
    )
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))
    return path
