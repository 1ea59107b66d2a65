"""Files of pictures, unread; apart from what decodes them, so that the driver stays light."""

from __future__ import annotations

import msgspec

ENDINGS = frozenset(
    (
        *(".avif", ".bmp", ".gif", ".heic", ".heif", ".jfif", ".jpe", ".jpeg", ".jpg"),
        *(".pbm", ".pgm", ".png", ".ppm", ".tif", ".tiff", ".webp"),
    )
)
"""Endings that files with pictures have."""


class PictureFile(msgspec.Struct, frozen=True, array_like=True):
    """One file of a folder."""

    name: str
    """Its path below the folder, with ``/``."""
    fingerprint: str
    """See runtime.file_digest; empty for what cannot be read now, so that it shows once it can."""
    state: list[int] | None = None
    """To tell at a glance that it is still the same."""
