"""What software a run was made with."""

from __future__ import annotations

import platform
from importlib.metadata import version

_PACKAGES = ("yajiuma", "snakemake", "torch", "torchvision", "numpy", "h5py", "av")


def versions() -> dict[str, str]:
    """Of Python and of the packages that results may depend on."""
    return {"python": platform.python_version()} | {name: version(name) for name in _PACKAGES}
