"""Settings about comments; light to import, because stages declare them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

import msgspec
from msgspec import Meta

Target: TypeAlias = Literal["generated", "comments", "captions"]
"""Whose comments are shown: the model's, the viewers', or the lines that a model of captions wrote
for scenes. Each is the name of a file."""


class LimitSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Limits that can be applied only once all comments are known; None is no limit."""

    posted_within_days: Annotated[float, Meta(gt=0)] | None = None
    """Days after the first comment was posted; later ones are dropped."""
    max_per_second: Annotated[int, Meta(ge=1)] | None = None
    """Comments in each second of the video; beyond it they are thinned out evenly."""
    min_repeat_gap_seconds: Annotated[float, Meta(gt=0)] | None = None
    """Seconds of the video within which an author's repetitions are dropped."""
