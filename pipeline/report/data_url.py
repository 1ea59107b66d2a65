"""Pictures that lie inside a page, so that it is one file."""

from __future__ import annotations

import base64


def jpeg_url(jpeg: bytes) -> str:
    """The picture as the address of itself."""
    return "data:image/jpeg;base64," + base64.b64encode(jpeg).decode()
