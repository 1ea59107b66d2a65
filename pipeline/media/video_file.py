"""A video file as a source of pictures."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Self

from pipeline.media.color_space import rgb_picture, space_of
from pipeline.media.colors import Color, shown_color
from pipeline.media.decode import (
    PlanarPicture,
    last_picture,
    picture_at,
    planar_pictures,
    scaled_pictures,
)
from pipeline.media.pixels import Picture, Yuv420
from pipeline.media.probe import VideoInfo, probe
from pipeline.media.source import TimedPicture
from pipeline.runtime.file_digest import file_fingerprint


@dataclass(frozen=True)
class VideoFile(VideoInfo):
    """One video file as a player shows it, and its pictures: a ``PictureSource``."""

    @classmethod
    def open(cls, path: Path, stream: int | None = None) -> Self:
        """Probe ``path``; arguments and errors are those of ``probe``."""
        return cls(**vars(probe(path, stream)))

    @property
    def name(self) -> str:
        """The file's name, without folders."""
        return self.path.name

    @property
    def fingerprint(self) -> str:
        """Digest of the file's size and its two ends."""
        return file_fingerprint(self.path)

    @property
    def aspect(self) -> Fraction:
        """Width over height as displayed."""
        return self.width * self.sample_aspect / self.height

    def scaled_pictures(self, size: int) -> Iterator[TimedPicture]:
        """See ``PictureSource``; HDR is tone-mapped, interlaced pictures are deinterlaced."""
        return scaled_pictures(self, size)

    def picture_at(self, seconds: Fraction, width: int | None = None) -> Picture:
        """See ``PictureSource``; HDR is tone-mapped, interlaced pictures are deinterlaced."""
        picture = picture_at(self, seconds, shown_color(self))
        return self.displayed(picture.planes, shown_color(self), width)

    def displayed(self, planes: Yuv420, color: Color, width: int | None = None) -> Picture:
        """``planes`` of this video, of eight bits and ``color``, as RGB (height, width, 3).

        Pixels become square, as players display them. None for ``width`` keeps the full size.
        """
        width = width or round(self.width * self.sample_aspect)
        return rgb_picture(planes, space_of(color), (width, round(width / self.aspect)))

    def planar_pictures(
        self,
        since: Fraction = Fraction(0),
        until: Fraction | None = None,
        color: Color | None = None,
    ) -> Generator[PlanarPicture]:
        """Pictures at the video's own size; see ``pipeline.media.decode.planar_pictures``."""
        return planar_pictures(self, since, until, color)

    def last_picture(self, color: Color) -> PlanarPicture:
        """The picture that is shown last, at the video's own size, as a copy."""
        return last_picture(self, color)
