"""Where pictures come from: what every source offers, whatever its files are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from pipeline.media.pixels import Picture


@dataclass(frozen=True)
class TimedPicture:
    """One picture of a source, squeezed to a square."""

    pts: int
    """Presentation time in units of ``time_base``, 0 at the start of the source."""
    time_base: Fraction
    """Seconds in one unit of ``pts``; the same for all pictures of a source."""
    pixels: Picture
    """(size, size, 3) RGB; a view of a buffer that later pictures overwrite."""
    shape: tuple[int, int]
    """Width and height of the picture itself, upright, in pixels."""
    begins_scene: bool = False
    """Whether there is a cut before this picture."""
    name: str = ""
    """What a still is called: its file's path below the folder, and its number where the file has
    several."""
    file: str = ""
    """That path alone."""


class PictureSource(Protocol):
    """Pictures in a fixed order, each with its time.

    A video file is a source. So is a collection of stills, as a video of one picture a second:
    picture *n* has pts *n*, the time base is one second, and what holds for time holds for it.

    The forecasts (``frame_count``, ``rate``) are for progress bars and for free disk space;
    the pictures that come are the truth.
    """

    @property
    def name(self) -> str:
        """What people call it: the name of its file or folder, without parent folders."""

    @property
    def fingerprint(self) -> str:
        """Digest of its contents; it does not depend on where they lie."""

    @property
    def width(self) -> int:
        """Pixels across, upright; of the first picture where they differ."""

    @property
    def height(self) -> int:
        """Pixels down, upright; of the first picture where they differ."""

    @property
    def sample_aspect(self) -> Fraction:
        """Width of a pixel over its height; 1 for square pixels."""

    @property
    def aspect(self) -> Fraction:
        """Width over height as displayed: ``width * sample_aspect / height``."""

    @property
    def rate(self) -> Fraction:
        """Pictures a second, on average."""

    @property
    def frame_count(self) -> int:
        """How many pictures are expected."""

    @property
    def counted(self) -> bool:
        """Whether ``frame_count`` is a count rather than an estimate."""

    @property
    def pictures_end(self) -> Fraction:
        """Seconds from the start to the end of the last picture."""

    @property
    def duration(self) -> Fraction:
        """Seconds from the start to the end of everything, sound included."""

    def scaled_pictures(self, size: int) -> Iterator[TimedPicture]:
        """Yield every picture in order, upright, squeezed to ``size`` × ``size`` pixels.

        Their times increase strictly. The iterator ends behind the last picture; closing it
        early frees whatever decodes. Raises PipelineError: VIDEO_TRUNCATED, NO_FRAMES,
        FFMPEG_FAILED.
        """

    def picture_at(self, seconds: Fraction, width: int | None = None) -> Picture:
        """The picture on screen ``seconds`` after the start, (height, width, 3), as displayed.

        The first picture serves for earlier times and the last one for later times. ``width``
        is in pixels, and the height follows from the aspect; None keeps the full size. Raises
        PipelineError: VIDEO_TRUNCATED, NO_FRAMES, FFMPEG_FAILED.
        """
