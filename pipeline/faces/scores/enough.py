"""Whether there are scores enough to learn from."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline.labels.record import Label
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.runtime.quantities import counted

_LEAST = 10
"""Examples: with fewer, two folds have too few to learn from."""


def is_rating(label: Label) -> bool:
    """Whether a label is a score that a person gave."""
    return label.kind == "score" and label.by == "person" and label.weight is not None


def require_enough(
    labels: Sequence[Path], rated: int, scores: Collection[float], left_out: int = 0
) -> None:
    """Raise PipelineError NOTHING_USABLE for too few ``rated`` ones, and for ``scores`` all equal.

    ``labels`` hold them, and ``left_out`` ratings of no known face beside.
    """
    verb = "holds" if len(labels) == 1 else "hold"
    held = f"{' and '.join(map(str, labels))} {verb} scores of {counted(rated, 'face')}"
    if rated < _LEAST:
        lost = f", and {left_out:,} ratings are of pictures without such a face" if left_out else ""
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"{held}, where {_LEAST} are needed{lost}",
            "Rate more, in a file named by LABELS=, in folders 1 to 5, or in the page",
        )
    if len(scores) < 2:
        raise PipelineError(
            ExitCode.NOTHING_USABLE,
            f"{held}, and all of them are {min(scores):g}, from which no taste can be learned",
            "Rate some higher and some lower",
        )
