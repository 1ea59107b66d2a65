"""A file of weights, of whatever kind."""

from __future__ import annotations

from pathlib import Path

from pipeline.runtime.file_digest import sha256


def file_identity(path: Path) -> str:
    """A file's name and the beginning of its digest."""
    return f"{path.name} sha256 {sha256(path)[:16]}"
