"""What makes a tag hold: a threshold of its own, one for its group, or a gap."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from pipeline.illustrations.settings import CutSettings
from pipeline.illustrations.tag_probabilities import MCUT, THRESHOLDS, Cut
from pipeline.illustrations.threshold_file import read_thresholds
from pipeline.learning.heads.thresholds import MEASURES
from pipeline.runtime.arrays import Float32s
from pipeline.runtime.errors import ExitCode, PipelineError

LEAST_BY_GROUP = {"general": 0.35, "character": 0.85}
"""What users of WD's taggers have settled on; other groups are taken as general."""


@dataclass(frozen=True)
class TagList:
    """The tags of a tagger, in the order of its outputs."""

    names: Sequence[str]
    groups: Sequence[str]
    thresholds: Float32s | None = None
    """(k, 3) by each of ``MEASURES``, where the tagger knows them."""


def thresholds_for(tags: TagList, settings: CutSettings, file: str | None) -> tuple[Float32s, Cut]:
    """(k,) from which probability on each tag holds, and whether that or a gap decides.

    Thresholds in ``file`` win for their tags. Raises PipelineError INVALID_SETTING for settings
    that the tagger cannot follow.
    """
    by = settings.by
    if by == "auto":
        by = "group" if settings.least or tags.thresholds is None else "f1"
    if by == "group":
        least = LEAST_BY_GROUP | dict(settings.least)
        found = np.array([least.get(group, least["general"]) for group in tags.groups], np.float32)
    elif by == "mcut":
        return np.zeros(len(tags.names), np.float32), MCUT
    elif tags.thresholds is None:
        raise PipelineError(
            ExitCode.INVALID_SETTING,
            f"illustrations.tags.cut.by: the tagger comes without thresholds for {by}",
            "Choose group or mcut, or train a tagger of your own",
        )
    else:
        found = tags.thresholds[:, MEASURES.index(by)].copy()
    if file:
        for place, least_of_tag in read_thresholds(file, tags.names):
            found[place] = least_of_tag
    return found, THRESHOLDS
