"""Devices, and the precision that suits each."""

from __future__ import annotations

import os
from functools import cache

import torch

from pipeline.learning.precision import Precision


def best_device() -> torch.device:
    """The first CUDA device, else the CPU; YAJIUMA_DEVICE names another."""
    return devices()[0]


def devices() -> list[torch.device]:
    """All CUDA devices, else the CPU; YAJIUMA_DEVICE names others: ``cuda:0,cuda:2``."""
    if names := os.environ.get("YAJIUMA_DEVICE"):
        return [torch.device(name.strip()) for name in names.split(",")]
    if torch.cuda.is_available():
        return [torch.device("cuda", index) for index in range(torch.cuda.device_count())]
    return [torch.device("cpu")]


def fastest_dtype(device: torch.device, precision: Precision) -> torch.dtype:
    """The dtype of a ``precision``; ``auto`` is bfloat16 where the hardware computes it.

    Elsewhere bfloat16 is emulated, at a quarter of the speed of float32.
    """
    if precision == "auto":
        precision = "bfloat16" if _computes_bfloat16(device) else "float32"
    return torch.bfloat16 if precision == "bfloat16" else torch.float32


def trains_in_bfloat16(device: torch.device, precision: Precision) -> bool:
    """Whether to train so; ``auto`` does on a GPU alone."""
    return precision == "bfloat16" or (precision == "auto" and device.type == "cuda")


def _computes_bfloat16(device: torch.device) -> bool:
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    # oneDNN can be set not to use these instructions, and is then as slow as without them. Its
    # bfloat16 LSTM is missing then, which can be tested.
    return (
        device.type == "cpu"
        and bool(torch.cpu._is_avx512_bf16_supported())
        and has_bfloat16_lstm("cpu")
    )


@cache
def has_bfloat16_lstm(kind: str) -> bool:
    """Whether devices of that kind have an LSTM in bfloat16; oneDNN has none without AVX-512.

    One is run to find out: torch does not know, and its autocast uses one everywhere.
    """
    word, state = torch.zeros(1, 1, 1, device=kind), torch.zeros(1, 1, 1, device=kind)
    weights = [torch.zeros(4, *row, device=kind) for row in ([1], [1], [], [])]
    try:
        with torch.no_grad(), torch.autocast(kind, torch.bfloat16):
            torch.lstm(word, (state, state), weights, True, 1, 0.0, True, False, False)
    except RuntimeError:
        return False
    return True
