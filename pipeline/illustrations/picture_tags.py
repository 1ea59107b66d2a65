"""``tags.jsonl``: the tags that hold of each picture, by whoever said so."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from pipeline.labels.record import By
from pipeline.runtime.json_lines import read_lines, write_lines


class Tag(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A tag that holds of a picture."""

    name: str
    group: str = "general"
    probability: float | None = None
    """As the model says; None for one that only a person gave."""
    by: By = "model"


class PictureTags(msgspec.Struct, frozen=True, kw_only=True):
    """The tags of one still, or of one distinct picture of a video."""

    frame: int
    """The still's number in its collection, or the first frame that shows the picture."""
    picture: str
    """The still's name; empty for a video."""
    tags: tuple[Tag, ...]
    """The most probable first; a person's before a model's."""


def read_picture_tags(path: Path) -> list[PictureTags]:
    """Read ``tags.jsonl``; raises PipelineError BAD_ARTIFACT."""
    return list(read_lines(path, PictureTags))


def write_picture_tags(path: Path, pictures: Iterable[PictureTags]) -> int:
    """Publish ``tags.jsonl``; return the number of pictures."""
    return write_lines(path, pictures)
