"""What the sections of a page share: an annotated video and its comments."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import Layout
from pipeline.danmaku.drawing.quality import LayoutQuality
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames
from pipeline.report.tile_sheets import Thumbnail


@dataclass(frozen=True)
class CommentTrack:
    """The comments of one file."""

    comments: Sequence[ScreenComment]
    layout: Layout
    """Where they are drawn."""
    quality: LayoutQuality
    """How well they fit on the screen."""


@dataclass(frozen=True)
class Episode:
    """An annotated video."""

    video: VideoFile
    frames: Frames
    generated: CommentTrack
    viewers: CommentTrack | None
    """None for a video without comments."""
    explained: Explained
    """Why the model wrote each of ``generated``, in their order."""
    thumbnail_of: Callable[[int], Thumbnail]
    """A frame, small."""
    named: Sequence[bool | None] = ()
    """Whether each of ``generated`` names those on screen, see ``names_present``; empty where
    that is not known."""
    tags: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """From when to when each tag holds, in seconds; none where they were not looked for."""
    poster_at: Fraction | None = None
    """The second that the poster shows; None for that with most comments on screen."""

    @property
    def tracks(self) -> dict[str, CommentTrack]:
        """``generated``, and ``viewers`` where there are any, by these names."""
        tracks = {"generated": self.generated, "viewers": self.viewers}
        return {name: track for name, track in tracks.items() if track is not None}

    def playing_order(self) -> list[int]:
        """All comments by time, as their places in the list of all ``tracks`` one after another.

        The n-th of them is what the page calls ``#cN``.
        """
        times = [comment.time_ms for track in self.tracks.values() for comment in track.comments]
        return sorted(range(len(times)), key=times.__getitem__)
