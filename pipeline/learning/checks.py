"""What networks need."""

from __future__ import annotations

from pipeline.runtime.checks import Check, mended_by


def _torch() -> str:
    with mended_by("torch torchvision"):
        import torch

    from pipeline.learning.device import best_device, fastest_dtype

    device = best_device()
    return (
        f"{torch.__version__}, works on {device} with {torch.get_num_threads()} threads, features"
        f" in {str(fastest_dtype(device, 'auto')).removeprefix('torch.')}"
    )


CHECKS = [Check("torch", _torch, extra="learn")]
