"""Settings of how texts are spelled; apart from what splits them, for stages to declare."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class NormalizationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How texts are normalised before they are split into words."""

    nfkc: bool = True
    """Unicode's NFKC: ｗ８ｶﾞ becomes w8ガ."""
    max_run: Annotated[int, Meta(ge=1)] | None = 4
    """Longest run of one character; with 4, wwwwwwww becomes wwww."""
    lines: Literal["join", "first", "drop"] = "join"
    """Comments of several lines: joined, only the first line, or no words at all."""
