"""Taggers of the form that others publish, small enough to make in a test."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

SIZE = 448
TAGS = [
    *(("9999999", "general", 9), ("9999998", "sensitive", 9), ("9999997", "questionable", 9)),
    *(("9999996", "explicit", 9), ("470575", "long_hair", 0), ("13197", ">_<", 0)),
    *(("404507", 'don\'t_say_"lazy"', 0), ("1", "hatsune_miku", 4)),
]
"""In the order of WD's files: ratings first, a face, raw quotes, characters last."""
WEIGHTS = np.random.default_rng(0).normal(scale=0.02, size=(3, len(TAGS))).astype(np.float32)


def selected_tags(folder: Path) -> None:
    """Write the list as WD does."""
    rows = "".join(f"{number},{_quoted(name)},{group},10\n" for number, name, group in TAGS)
    (folder / "selected_tags.csv").write_text("tag_id,name,category,count\n" + rows)


def _quoted(name: str) -> str:
    """Python's csv doubles quotes within a field that has any."""
    return '"' + name.replace('"', '""') + '"' if '"' in name else name


def wd_network(
    folder: Path, *, batch: int | str = "batch", size: int = SIZE, mixes: bool = False
) -> Path:
    """Probabilities from the mean colour: (n, s, s, 3) to (n, tags).

    If it ``mixes``, pictures are compared with the mean of their batch, as broken exports do.
    """
    folder.mkdir(parents=True, exist_ok=True)
    nodes = [helper.make_node("ReduceMean", ["input"], ["mean"], axes=[1, 2], keepdims=0)]
    last = "mean"
    if mixes:
        nodes.append(helper.make_node("ReduceMean", ["mean"], ["all"], axes=[0], keepdims=1))
        nodes.append(helper.make_node("Sub", ["mean", "all"], ["apart"]))
        last = "apart"
    nodes.append(helper.make_node("MatMul", [last, "weights"], ["logits"]))
    nodes.append(helper.make_node("Sigmoid", ["logits"], ["predictions"]))
    shape = [batch, size, size, 3]
    return _saved(folder / "model.onnx", nodes, shape, "predictions", batch)


def camie_network(folder: Path, size: int = 64) -> Path:
    """Log-odds from the mean colour, once as they are and once refined: doubled."""
    folder.mkdir(parents=True, exist_ok=True)
    tags = {str(index): name for index, (_, name, _) in enumerate(TAGS)}
    tags["0"] = "rating_general"
    groups = dict.fromkeys(tags.values(), "general") | {"rating_general": "rating"}
    mapping = {"idx_to_tag": tags, "tag_to_category": groups}
    content = {"model_info": {"img_size": size}, "dataset_info": {"tag_mapping": mapping}}
    (folder / "camie-tagger-v2-metadata.json").write_text(json.dumps(content))
    nodes = [
        helper.make_node("ReduceMean", ["input"], ["mean"], axes=[2, 3], keepdims=0),
        helper.make_node("MatMul", ["mean", "weights"], ["initial"]),
        helper.make_node("Add", ["initial", "initial"], ["refined"]),
    ]
    return _saved(folder / "camie.onnx", nodes, ["n", 3, size, size], "initial,refined", "n")


def _saved(
    path: Path, nodes: list[onnx.NodeProto], shape: list[int | str], outputs: str, batch: int | str
) -> Path:
    floats = TensorProto.FLOAT
    graph = helper.make_graph(
        nodes,
        "toy",
        [helper.make_tensor_value_info("input", floats, shape)],
        [
            helper.make_tensor_value_info(name, floats, [batch, len(TAGS)])
            for name in outputs.split(",")
        ],
        [helper.make_tensor("weights", floats, WEIGHTS.shape, WEIGHTS.ravel())],
    )
    opset = [helper.make_opsetid("", 13)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), str(path))
    return path
