"""Settings of detectors; apart from numpy and torch, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct

Probability = Annotated[float, Meta(ge=0, le=1)]
_NameOrPath = Annotated[str, Meta(description="a name or path", extra={"path": "name"})]


class OnnxSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an ONNX file does not say of the pictures that its network takes."""

    size: Annotated[int, Meta(ge=32, le=4096)] = 640
    """Pixels across and down, where the file leaves them free."""
    bgr: bool = False
    """Whether blue comes first."""
    mean: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """Subtracted from values of 0–255, in the order of the network's colours."""
    std: tuple[float, float, float] = (255.0, 255.0, 255.0)
    """Divides them."""


class NetworkSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a detector of one's own is."""

    backbone: _NameOrPath = "efficientnet_lite0"
    """As ``features: backbone:``, but for ONNX files."""
    weights: _NameOrPath = "imagenet"
    size: Annotated[int, Meta(ge=64, le=1280)] = 256
    """The longer side, in pixels, of the pictures that the network sees."""
    channels: Annotated[int, Meta(ge=32, le=512, multiple_of=32)] = 64
    """Of the feature pyramid and the head."""
    convolutions: Annotated[int, Meta(ge=1, le=8)] = 2
    """Of each part of the head."""


class AugmentationSettings(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How pictures are varied while they are learned from."""

    smallest: Annotated[float, Meta(gt=0, le=1)] = 0.5
    """Pictures are scaled to between this share …"""
    largest: Annotated[float, Meta(ge=1, le=4)] = 2.0
    """… and this share of what the network sees of them."""
    colours: bool = True
    """Whether brightness, contrast, saturation and hue vary."""
    flip: bool = True
    """Whether half of them are mirrored."""


class DetectorSchedule(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How long and how fast to learn."""

    batch: Annotated[int, Meta(ge=1)] = 8
    """Pieces of pictures a step, of all processes together."""
    epochs: Annotated[int, Meta(ge=1)] = 10
    """All are trained, and the last one is kept."""
    pieces: Annotated[int, Meta(ge=1)] = 160
    """Of pictures, drawn in an epoch; at least one of each picture."""
    learning_rate: Annotated[float, Meta(gt=0, le=1)] = 1e-3
    """It falls to 0 over the second half."""
    weight_decay: Annotated[float, Meta(ge=0)] = 0.01
