"""What runs of tags are written as; apart from numpy, so that the stage can declare it."""

from __future__ import annotations

from typing import Literal, TypeAlias

TimelineFormat: TypeAlias = Literal["csv", "vtt", "ass", "chapters.vtt", "chapters.ffmetadata"]
"""A table of all runs; a track that shows the tags as a video plays; or its scenes as chapters, by
the tags that tell each from the rest, for players or for ffmpeg."""
