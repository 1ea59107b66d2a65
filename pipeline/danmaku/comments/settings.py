"""Settings of the import of comments; light to import, because the stage declares them."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that can be applied only once all comments are known; None is no limit."""

    posted_within_days: Annotated[float, Meta(gt=0)] | None = None
    """Days after the first comment was posted; later ones are dropped."""
    max_per_second: Annotated[int, Meta(ge=1)] | None = None
    """Comments in each second of the video; beyond it they are thinned out evenly."""
    min_repeat_gap_seconds: Annotated[float, Meta(gt=0)] | None = None
    """Seconds of the video within which an author's repetitions are dropped."""


class NormalizationSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How texts are normalised before they are split into words."""

    nfkc: bool = True
    """Unicode's NFKC: ｗ８ｶﾞ becomes w8ガ."""
    max_run: Annotated[int, Meta(ge=1)] | None = 4
    """Longest run of one character; with 4, wwwwwwww becomes wwww."""
    lines: Literal["join", "first", "drop"] = "join"
    """Comments of several lines: joined, only the first line, or no words at all."""
