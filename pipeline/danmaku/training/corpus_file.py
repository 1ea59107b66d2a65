"""``corpus.h5``: what a model learned from, so that it can be evaluated without those videos.

::

    N/                     a group for each training video, numbered from 0
        aligned/           its aligned.h5; ``dev`` also marks videos that were held out whole
        text       (comments,) UTF-8      as their authors wrote them
        picture    (m,) int64             rows, ascending, of the pictures that were learned from:
                                          those with comments that are not held out
        first_ms   (m,) float64           when the first frame with each picture begins
        mean       (m, channels) float16  its pooled features: their mean over positions
        thumbnail  (m,) of uint8          a JPEG of it
        attributes: name, fingerprint (of the video file)
    attributes: tap
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import h5py
import numpy as np

from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Float16s, Float64s, Int64s
from pipeline.runtime.atomic_files import published
from pipeline.runtime.errors import ExitCode, PipelineError

_TEXT = h5py.string_dtype("utf-8")


@dataclass(frozen=True)
class TrainingVideo:
    """A video that a model learned from, with n comments on m pictures."""

    name: str
    """The name of its folder where the model was trained."""
    fingerprint: str
    """Of the video file."""
    aligned: Aligned
    """``dev`` marks what was held out of training, also where whole videos were."""
    text: list[str]
    """(n,) the comments as their authors wrote them."""
    picture: Int64s
    """(m,) ascending rows of its frames.h5, each with a comment that is not held out."""
    first_ms: Float64s
    """(m,) milliseconds at which the first frame with each begins."""
    mean: Float16s
    """(m, channels) the pooled features of each picture."""

    @classmethod
    def from_frames(
        cls,
        name: str,
        aligned: Aligned,
        text: list[str],
        frames: Frames,
        means: Float16s,
    ) -> TrainingVideo:
        """``means`` (pictures, channels) are the pooled features of all pictures of ``frames``."""
        picture = np.unique(aligned.picture[~aligned.dev])
        first_ms = frames.times.milliseconds(frames.first_frames()[picture])
        return cls(name, frames.fingerprint, aligned, text, picture, first_ms, means[picture])


def write_corpus(
    path: Path, tap: str, videos: Iterable[tuple[TrainingVideo, Iterable[bytes]]]
) -> None:
    """Publish ``corpus.h5``: each video, with a JPEG of each of its pictures."""
    with published(path) as temporary, h5py.File(temporary, "w") as file:
        file.attrs["tap"] = tap
        for number, (video, thumbnails) in enumerate(videos):
            group = file.create_group(str(number))
            video.aligned.write(group.create_group("aligned"))
            for name in ("picture", "first_ms", "mean"):
                group[name] = getattr(video, name)
            group.create_dataset("text", data=np.array(video.text, object), dtype=_TEXT)
            jpegs = group.create_dataset("thumbnail", len(video.picture), h5py.vlen_dtype(np.uint8))
            for place, jpeg in enumerate(thumbnails):
                jpegs[place] = np.frombuffer(jpeg, np.uint8)
            group.attrs.update(name=video.name, fingerprint=video.fingerprint)


@dataclass(frozen=True)
class TrainingCorpus:
    """All that a model has learned from; the thumbnails stay in the file."""

    videos: list[TrainingVideo]
    file: Path

    @classmethod
    def load(cls, path: Path, tap: str) -> TrainingCorpus:
        """Read ``corpus.h5``; raises PipelineError BAD_ARTIFACT if it is of another tap."""
        with h5py.File(path, "r") as file:
            if file.attrs["tap"] != tap:
                raise PipelineError(
                    ExitCode.BAD_ARTIFACT,
                    f"{path} is of another model: it holds {file.attrs['tap']}, not {tap}",
                    "Run `make train`, or copy the whole folder of a model",
                )
            return cls([_video(file[str(number)]) for number in range(len(file))], path)

    def thumbnail(self, video: int, place: int) -> bytes:
        """The JPEG of a video's picture, by its place among those that were learned from."""
        with h5py.File(self.file, "r") as file:
            return bytes(file[str(video)]["thumbnail"][place])

    def video_of(self, frames: Frames) -> TrainingVideo | None:
        """The training video of the same file as ``frames``, if there is one."""
        same = [video for video in self.videos if video.fingerprint == frames.fingerprint]
        return same[0] if same else None


def _video(group: h5py.Group) -> TrainingVideo:
    return TrainingVideo(
        name=str(group.attrs["name"]),
        fingerprint=str(group.attrs["fingerprint"]),
        aligned=Aligned.read(group["aligned"]),
        text=group["text"].asstr()[:].tolist(),
        picture=group["picture"][:],
        first_ms=group["first_ms"][:],
        mean=group["mean"][:],
    )
