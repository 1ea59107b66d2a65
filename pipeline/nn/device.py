"""Where tensors live."""

from __future__ import annotations

import os

import torch


def best_device() -> torch.device:
    """The first CUDA device, else the CPU; YAJIUMA_DEVICE names another."""
    wanted = os.environ.get("YAJIUMA_DEVICE")
    return torch.device(wanted or ("cuda" if torch.cuda.is_available() else "cpu"))
