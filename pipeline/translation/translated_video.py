"""A video as a translator shows it, picture by picture, each at its own time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from pipeline.media.color_space import rgb_picture, yuv
from pipeline.media.colors import Color
from pipeline.media.held import held_times
from pipeline.media.light import grading, ungrading
from pipeline.media.pixels import Picture, Yuv420
from pipeline.media.video_file import VideoFile
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float32s
from pipeline.translation.changes import Translating, enlarged
from pipeline.translation.steadying import Flicker, Steady, flicker

Mask = Callable[[int, Picture], Float32s]
"""From the number of a frame, and the reduced picture (h, w, 3) to where it may change (h, w)."""


class _Shown(NamedTuple):
    """What was added to the last picture that was translated."""

    row: int
    scene: int
    seen: Picture
    change: Float32s
    added: list[Float32s]
    """To each plane."""


class TranslatedVideo:
    """A video in one domain, or each scene in the next one.

    A drawing that is held is translated once: frames of one row of ``frames.h5``.
    """

    def __init__(
        self,
        video: VideoFile,
        frames: Frames,
        translating: Translating,
        targets: list[str],
        *,
        color: Color,
        mask: Mask | None,
        steady: bool,
        beside: bool,
    ) -> None:
        """Scenes are in ``targets`` by turns. ``beside``: the original is at the left.

        Without a ``mask`` all of a picture may change.
        """
        self._video, self._frames, self._translating = video, frames, translating
        self._targets, self._color, self._mask = targets, color, mask
        self._steady, self._beside = Steady() if steady else None, beside
        self._weights = yuv(color.matrix, color.full_range, color.bits).weights
        self._grade = grading(color.primaries, color.transfer)
        self._ungrade = ungrading(color.primaries, color.transfer)
        self.translated = 0
        """Pictures that the translator has seen."""
        self.flicker = Flicker()
        """Of all pictures so far."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height of its pictures."""
        width, height = self._video.even_size
        return width * (1 + self._beside), height

    def pictures(self) -> Iterator[tuple[int, Yuv420]]:
        """Yield pts, in units of the video's time, and planes; the next picture overwrites them."""
        video, (width, height) = self._video, self.size
        canvas = np.empty(
            (height * 3 // 2, width), np.uint8 if self._color.bits == 8 else np.uint16
        )
        last, time = None, Fraction(0)
        for number, picture in enumerate(video.planar_pictures(color=self._color)):
            last, time = self._shown(number, picture.planes, last), picture.time
            self._drawn(picture.planes, last.added, canvas)
            yield int(time / video.time_unit), canvas
        for held in held_times(video, time):
            yield int(held / video.time_unit), canvas

    def _shown(self, number: int, planes: Yuv420, last: _Shown | None) -> _Shown:
        rows = self._frames.row
        row = int(rows[min(number, len(rows) - 1)])
        scene = int(np.searchsorted(self._frames.cuts, number, side="right"))
        if last is not None and (row, scene) == (last.row, last.scene):
            return last
        self.translated += 1
        seen = self._seen(planes)
        target = self._targets[scene % len(self._targets)]
        (change,) = self._translating.changes(seen, [target])
        same_scene = last is not None and scene == last.scene
        if self._steady is not None:
            if not same_scene:
                self._steady.scene_begins()
            change = self._steady(seen, change)
        if self._mask is not None:
            change = change * self._mask(number, seen)[..., None]
        if last is not None and same_scene:
            self.flicker += flicker(last.seen, seen, last.change, change)
        return _Shown(row, scene, seen, change, self._added(seen, change))

    def _seen(self, planes: Yuv420) -> Picture:
        """Planes as a reduced picture in sRGB."""
        eight = planes if planes.dtype == np.uint8 else (planes >> 2).astype(np.uint8)
        size = self._translating.seen_size(float(self._video.aspect), 1)
        picture = rgb_picture(eight, yuv(self._color.matrix, self._color.full_range), size)
        if self._ungrade is None:
            return picture
        return np.rint(self._ungrade(picture.astype(np.float32))).astype(np.uint8)

    def _added(self, seen: Picture, change: Float32s) -> list[Float32s]:
        """A change of ``seen`` as one of each plane, at its size."""
        if self._grade is not None:
            before = seen.astype(np.float32)
            after = (before + change).clip(0, 255)
            change = (self._grade(after) - self._grade(before)).astype(np.float32)
        width, height = self._video.even_size
        values: Float32s = (change @ self._weights.T).astype(np.float32)
        sizes = [(width, height), *[(width // 2, height // 2)] * 2]
        return [enlarged(values[..., [n]], size)[..., 0] for n, size in enumerate(sizes)]

    def _drawn(self, planes: Yuv420, added: list[Float32s], canvas: Yuv420) -> None:
        """Draw a picture, and the same with what is added to its planes."""
        most = (1 << self._color.bits) - 1
        for source, target, change in zip(_planes(planes), _planes(canvas), added, strict=True):
            if self._beside:
                target[:, : source.shape[1]] = source
            target[:, -source.shape[1] :] = np.rint(source + change).clip(0, most)


def _planes(picture: Yuv420) -> tuple[Yuv420, Yuv420, Yuv420]:
    """Luma and chroma, as views."""
    height, width = picture.shape[0] * 2 // 3, picture.shape[1]
    blue, red = picture[height:].reshape(2, height // 2, width // 2)
    return picture[:height], blue, red
