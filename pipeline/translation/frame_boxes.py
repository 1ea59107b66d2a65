"""Boxes on the pictures of a video, from labels of some of its frames."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from pipeline.labels.importing import LabelImport
from pipeline.labels.labels_file import read_labels_file
from pipeline.labels.record import Label
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.errors import ExitCode, PipelineError


class FrameBoxes:
    """What is boxed on each frame.

    A frame without labels has those of a frame that shows the same picture, or else those of the
    last one before it in its scene: a person need not draw every box anew.
    """

    def __init__(self, labels: Iterable[Label], frames: Frames) -> None:
        """``labels`` of other kinds than boxes are passed over; ``picture`` is a frame's number."""
        self._row, self._cuts = frames.row, frames.cuts
        self._of_frame: dict[int, list[Label]] = {}
        for label in labels:
            if label.kind == "box":
                self._of_frame.setdefault(int(label.picture), []).append(label)
        self._of_row = {int(self._row[frame]): boxes for frame, boxes in self._of_frame.items()}
        self._labelled = np.array(sorted(self._of_frame))

    @classmethod
    def detected(cls, path: Path, frames: Frames) -> FrameBoxes:
        """Those of ``faces.jsonl``; raises PipelineError BAD_ARTIFACT for that of another video."""
        labels = list(read_labels_file(path))
        last = len(frames.row) - 1
        for label in labels:
            if not label.picture.isdecimal() or int(label.picture) > last:
                raise PipelineError(
                    ExitCode.BAD_ARTIFACT,
                    f"{path} has boxes of {label.picture}, and the video has frames up to {last}",
                    "Delete it, and run again to make it anew",
                )
        return cls(labels, frames)

    @classmethod
    def drawn(cls, path: Path, frames: Frames, size: tuple[int, int]) -> FrameBoxes:
        """Those of a file or folder of labels, drawn on pictures of ``size`` (width, height).

        Raises PipelineError as reading labels does, and NOTHING_USABLE where no frame is meant.
        """
        names = [str(frame) for frame in range(len(frames.row))]
        return cls(LabelImport([path], names, sizes=dict.fromkeys(names, size)), frames)

    def __call__(self, frame: int) -> list[Label]:
        """The boxes of a frame; of one after the last that is known, those of that one."""
        frame = min(frame, len(self._row) - 1)
        for known in (self._of_frame.get(frame), self._of_row.get(int(self._row[frame]))):
            if known is not None:
                return known
        place = int(np.searchsorted(self._labelled, frame)) - 1
        if place < 0:
            return []
        last = int(self._labelled[place])
        is_same_scene = not ((self._cuts > last) & (self._cuts <= frame)).any()
        return self._of_frame[last] if is_same_scene else []
