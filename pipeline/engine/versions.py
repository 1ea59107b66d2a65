"""What software a run was made with."""

from __future__ import annotations

import platform
from importlib.metadata import PackageNotFoundError, version

_PACKAGES = ("yajiuma", "snakemake", "torch", "torchvision", "numpy", "h5py", "av")


def own_version() -> str:
    """Of this project; ``unknown`` for a checkout that was never installed."""
    return _version("yajiuma") or "unknown"


def versions() -> dict[str, str]:
    """Of Python and of the packages that results may depend on, as far as they are installed."""
    known = {name: _version(name) for name in _PACKAGES}
    return {"python": platform.python_version()} | {k: v for k, v in known.items() if v}


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None
