"""torchvision, imported even if its compiled operators cannot be loaded.

The package index only has torchvision built for CUDA. With a CPU build of torch its operators are
missing, and the import fails at the first registration that mentions one. Declaring the two schemas
is enough: models and transforms never call them. Detectors would, so whoever builds one brings its
own suppression.
"""

from __future__ import annotations

import importlib
import os

import torch

from pipeline.pictures.backbones.without_compiler import without_compiler

_SCHEMAS = (
    "nms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
    "qnms(Tensor dets, Tensor scores, float iou_threshold) -> Tensor",
)
_library = torch.library.Library("torchvision", "FRAGMENT")  # type: ignore[no-untyped-call]

with without_compiler():
    try:
        import torchvision
    except RuntimeError as error:
        if "torchvision::nms" not in str(error):
            raise
        for _schema in _SCHEMAS:
            _library.define(_schema)  # type: ignore[no-untyped-call]
        import torchvision
    tv_tensors = importlib.import_module("torchvision.tv_tensors")

# Otherwise torchvision unpickles whatever its files contain, code included.
os.environ["TORCH_FORCE_WEIGHTS_ONLY_LOAD"] = "1"

version = str(torchvision.__version__)
models = torchvision.models
ops = torchvision.ops
_extraction = importlib.import_module("torchvision.models.feature_extraction")
NodePathTracer = _extraction.NodePathTracer
