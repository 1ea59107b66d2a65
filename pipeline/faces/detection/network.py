"""A detector of one's own: FCOS (Tian et al. 2019) on a feature pyramid of a small backbone.

n  pictures    h, w  their sides    c  channels of the pyramid
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import torch
from torch import Tensor, fx, nn

from pipeline.faces.detection.overlaps import distinct
from pipeline.faces.detection.settings import NetworkSettings
from pipeline.pictures.backbones.choice import Choice
from pipeline.pictures.backbones.folding import fold_batch_norms
from pipeline.pictures.backbones.preprocessing import Normalization
from pipeline.pictures.backbones.registry import library_of
from pipeline.pictures.backbones.torch_network import cut_off, freeze_until
from pipeline.pictures.backbones.torchvision_on_cpu import models, ops

_STRIDES = ("stride8", "stride16", "stride32")
_SIZES = ((4,), (8,), (16,))
"""FCOS gives a level the faces whose farthest edge is 4 to 8 of these from a point, so the finest
has those up to 64 pixels, and the coarsest those from 128 on."""
_RADIUS = 3.0
"""In the same units: points so near to a face's middle learn to see it."""
_CANDIDATES, _MOST = 300, 100
"""Points of a picture that are looked at, and faces that are taken."""
MOST_OVERLAP = 0.5
"""Intersection over union above which two boxes are of one face."""
LEAST_PROBABILITY = 0.02
"""Boxes with less are not worth a look."""

_fcos_module = models.detection.fcos


class Pretrained(NamedTuple):
    """A detector whose backbone has learned, and whose rest has not."""

    detector: nn.Module
    """torchvision's FCOS: it maps pictures (3, h, w) of 0–1 to losses or boxes."""
    weights: str
    """Of the backbone; see ``Backbone.weights``."""


def build_detector(settings: NetworkSettings, seed: int = 0) -> Pretrained:
    """A fresh detector of one class.

    Raises PipelineError: WEIGHTS_UNAVAILABLE, INVALID_WEIGHTS, INVALID_SETTING.
    """
    choice = Choice(settings.backbone, settings.weights, _STRIDES, settings.size, seed)
    library = library_of(choice.name)
    library.require_known(choice.name)
    pretrained = library.build(choice)
    cut = cut_off(pretrained, choice)
    fold_batch_norms(cut)  # batches of pieces are too small to learn normalisation from
    torch.manual_seed(seed)
    detector = _fcos(_Pyramid(cut, settings), pretrained.normalization, settings)
    for weights in detector.parameters():
        if weights.ndim == 4:  # a quarter faster on a CPU
            weights.data = weights.data.contiguous(memory_format=torch.channels_last)
    return Pretrained(detector, pretrained.weights)


def _fcos(pyramid: _Pyramid, normal: Normalization, settings: NetworkSettings) -> nn.Module:
    anchors = models.detection.anchor_utils.AnchorGenerator(_SIZES, ((1.0,),) * len(_SIZES))
    detector: nn.Module = _Fcos(
        pyramid,
        num_classes=1,
        anchor_generator=anchors,
        head=_fcos_module.FCOSHead(settings.channels, 1, 1, num_convs=settings.convolutions),
        center_sampling_radius=_RADIUS,
    )
    detector.transform = _Normalized(0, 0, list(normal.mean), list(normal.std))
    return detector


class _Normalized(models.detection.transform.GeneralizedRCNNTransform):  # type: ignore[misc]
    """torchvision's, which scales no picture: whoever calls the detector does so before."""

    def resize(self, image: Tensor, target: Any = None) -> tuple[Tensor, Any]:
        """The same."""
        return image, target


class _Fcos(_fcos_module.FCOS):  # type: ignore[misc, name-defined]
    """torchvision's, which suppresses what is not a maximum without torchvision's operators."""

    def postprocess_detections(
        self,
        head_outputs: Mapping[str, Sequence[Tensor]],
        anchors: Sequence[Sequence[Tensor]],
        image_shapes: Sequence[tuple[int, int]],
    ) -> list[dict[str, Tensor]]:
        """Boxes and scores of each picture, the best first; arguments have a tensor a level."""
        logits, offsets, central = (
            torch.cat(list(head_outputs[name]), 1).float()
            for name in ("cls_logits", "bbox_regression", "bbox_ctrness")
        )
        scores = (logits.sigmoid() * central.sigmoid()).sqrt().squeeze(2)  # (n, points)
        detections = []
        for number in range(len(image_shapes)):
            best = scores[number].topk(min(_CANDIDATES, scores.shape[1])).indices
            best = best[scores[number, best] > LEAST_PROBABILITY]
            points = torch.cat(list(anchors[number]))[best]
            boxes = self.box_coder.decode(offsets[number, best], points)
            found = scores[number, best]
            kept = distinct(boxes.cpu().numpy(), found.cpu().numpy(), MOST_OVERLAP)[:_MOST]
            chosen = torch.from_numpy(kept).to(boxes.device)
            detections.append({"boxes": boxes[chosen], "scores": found[chosen]})
        return detections


class _Pyramid(nn.Module):
    """Features of three strides (n, c, h / stride, w / stride), from a backbone."""

    def __init__(self, cut: fx.GraphModule, settings: NetworkSettings) -> None:
        super().__init__()
        self.cut = cut
        self.out_channels = settings.channels
        with torch.no_grad():
            shapes = cut(torch.zeros(1, 3, settings.size, settings.size))
        widths = [shapes[name].shape[1] for name in _STRIDES]
        self.levels = ops.FeaturePyramidNetwork(widths, settings.channels)
        freeze_until(cut, _STRIDES[0])

    def forward(self, pictures: Tensor) -> OrderedDict[str, Tensor]:
        found = self.cut(pictures)
        levels: OrderedDict[str, Tensor] = self.levels(
            OrderedDict((name, found[name]) for name in _STRIDES)
        )
        return levels

    def train(self, mode: bool = True) -> _Pyramid:
        """Of the backbone, what normalisation is left stays as it was learned."""
        super().train(mode)
        self.cut.eval()
        return self
