"""What a report is made from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.statistics.counting import Statistics
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames
from pipeline.report.history import Done
from pipeline.report.summary import Summary


@dataclass(frozen=True)
class Voices:
    """Comments of one file, and where they are drawn."""

    comments: Sequence[ScreenComment]
    layout: Layout


@dataclass(frozen=True)
class Material:
    """All that the page tells."""

    video: VideoFile
    frames: Frames
    generated: Voices
    viewers: Voices | None
    """None for videos without comments."""
    explained: Explained
    summary: Summary
    statistics: Sequence[Statistics]
    """Of this video, where it has comments, and of those that the model learned from."""
    absent: Sequence[str]
    """Names of videos that the model learned from and that are no longer here."""
    history: Sequence[Done]
