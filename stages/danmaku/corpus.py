"""Keep with a model what it learned from, so that it can be evaluated without those videos."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from pipeline.engine.settings import SHARED, StageConfig
from pipeline.engine.stage import Amounts, Expected, Files, Stage
from pipeline.pictures.settings import Seen

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipeline.danmaku.training.corpus_file import TrainingVideo

_MAX_SIDE = 320  # pixels of a thumbnail's longer side


class Config(StageConfig, frozen=True):
    """What pictures are known by."""

    sees: Annotated[Seen, SHARED] = "features"
    """What the model knows of pictures: what a network sees, or beside it the tags of a tagger."""


def run(inputs: Files, outputs: Files, config: Config) -> str:
    """Write ``corpus.h5``."""
    from pipeline.danmaku.alignment.aligned_file import Aligned
    from pipeline.danmaku.alignment.held_out import hold_out_videos
    from pipeline.danmaku.comments.record import Comment
    from pipeline.danmaku.training.corpus_file import TrainingVideo, write_corpus
    from pipeline.danmaku.training.training_record import TrainingRecord
    from pipeline.pictures.feature_bank import FeatureBank
    from pipeline.pictures.frames_file import Frames
    from pipeline.runtime.json_lines import read_lines
    from pipeline.runtime.quantities import counted

    tap = TrainingRecord.load(inputs["training"]).tap
    aligned = hold_out_videos({p.parent.name: Aligned.load(p) for p in inputs.every("aligned")})
    files = (inputs.every(name) for name in ("comments", "frames", "features"))
    videos = []
    for video, comments, frames, features in zip(aligned, *files, strict=True):
        texts = [comment.text for comment in read_lines(comments, Comment)]
        text = [texts[line] for line in video.line.tolist()]
        means = FeatureBank([features], tap).means
        name = frames.parent.name
        videos.append(TrainingVideo.from_frames(name, video, text, Frames.load(frames), means))
    thumbnails = map(_thumbnails, inputs.every("frames"), videos)
    write_corpus(outputs["corpus"], tap, zip(videos, thumbnails, strict=True))
    comment_count = sum(len(video.text) for video in videos)
    picture_count = sum(len(video.picture) for video in videos)
    return (
        f"{counted(comment_count, 'comment')} and {counted(picture_count, 'picture')} of"
        f" {counted(len(videos), 'video')} kept with the model"
    )


def _thumbnails(frames: Path, video: TrainingVideo) -> Iterator[bytes]:
    """A JPEG of each picture that was learned from, in its own aspect ratio."""
    import h5py

    from pipeline.pictures.frames_file import read_shapes
    from pipeline.pictures.thumbnail import thumbnail

    shapes = read_shapes(frames, video.picture)
    with h5py.File(frames, "r") as file:
        for row, shape in zip(video.picture.tolist(), shapes, strict=True):
            squeezed = file["pictures"][row]
            yield thumbnail(squeezed, shape, min(_MAX_SIDE, len(squeezed)))


def expect(amounts: Amounts, config: Config, sections: Mapping[str, Any]) -> Expected:
    """What one core of a Xeon takes."""
    pictures = amounts["pictures"]
    return Expected(seconds=pictures * 2e-3, startup=2, bytes=pictures * 12_000)


STAGE = Stage(
    inputs={
        "frames": "{train}/frames.h5",
        "features": "{train}/{sees}.h5",
        "comments": "{train}/comments.jsonl",
        "aligned": "{train}/aligned.h5",
        "training": "models/danmaku/{model}/training.json",
    },
    outputs={"corpus": "models/danmaku/{model}/corpus.h5"},
    config=Config,
    run=run,
    extra="learn",
    expect=expect,
    memory_mb=2000,
)

if __name__ == "__main__":
    from pipeline.engine.stage_process import main

    main(STAGE)
