"""Settings of stages about tags; apart from numpy, so that stages can declare them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from msgspec import Meta, Struct

People: TypeAlias = Literal["add", "alone"]
"""Whether a model's tags stand beside those that people gave a picture, or these alone."""
_Probability = Annotated[float, Meta(ge=0, le=1)]


class ClassSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """Which tags are learned."""

    min: Annotated[int, Meta(ge=1)] = 8
    """Those on at least so many units, and missing on as many."""


class CutSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """From which probability on a tag holds. Of ratings, always the most probable one does."""

    by: Literal["auto", "f0.5", "f1", "f2", "group", "mcut"] = "auto"
    """f0.5, f1 and f2: the threshold of each tag that was best for that measure in training; f0.5
    prefers precision, f2 recall. group: one for each group. mcut: in the widest gap between a
    picture's probabilities, within each group. auto: f1 where the tagger knows it, else group."""
    least: dict[str, _Probability] = {}
    """The thresholds of groups; those left out have 0.35, and ``character`` 0.85."""

    def __post_init__(self) -> None:
        if self.least and self.by not in ("auto", "group"):
            raise ValueError(f"`least` has no effect with `by: {self.by}`: say `by: group`")
