"""The comments of videos as captions to learn from and to measure by."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from pipeline.captioning.caption_set import CaptionSet
from pipeline.captioning.captioner import CaptionerSpec
from pipeline.danmaku.alignment.aligned_file import Aligned
from pipeline.danmaku.training.history import CommentHistory
from pipeline.danmaku.training.inputs import inputs_at
from pipeline.danmaku.training.style import style_of
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.errors import ExitCode, PipelineError
from pipeline.text.vocabulary import END, Vocabulary


def comment_set(
    video: Aligned,
    frames: Frames,
    first_row: int,
    vocabulary: Vocabulary,
    spec: CaptionerSpec,
    max_words: int,
    *,
    dev: bool,
) -> CaptionSet:
    """The training or the held-out comments of a video; longer ones are cut at ``max_words``.

    ``first_row`` is the video's first in the feature bank. The context of a training comment holds
    training comments only; that of a held-out one may hold any.
    """
    sentences = [vocabulary.encode(words) for words in video.words]
    second = video.second
    known = np.flatnonzero(~video.dev | dev)
    history = CommentHistory.replayed(
        spec, video.time_ms[known], second[known], [sentences[index] for index in known.tolist()]
    )
    chosen = np.flatnonzero(video.dev == dev)
    inputs = inputs_at(
        video.time_ms[chosen],
        video.frame[chosen],
        video.per_second(),
        frames,
        first_row,
        history.context_before(second[chosen]),
        spec,
    )
    style = [style_of(video.commands[index], spec.style) for index in chosen.tolist()]
    return CaptionSet(
        inputs,
        [[*sentences[index][:max_words], END] for index in chosen.tolist()],
        np.array(style, np.int64).reshape(-1, len(spec.style)),
    )


def split_comments(
    videos: Sequence[Aligned],
    frames: Sequence[Frames],
    first_rows: Int64s,
    vocabulary: Vocabulary,
    spec: CaptionerSpec,
    max_words: int,
) -> tuple[CaptionSet, CaptionSet]:
    """Training and held-out comments of all videos.

    ``first_rows`` (videos,) are the first of each video in the feature bank.
    Raises PipelineError NOTHING_USABLE if either set is empty.
    """
    sets = []
    for dev in (False, True):
        parts = [
            comment_set(video, times, int(row), vocabulary, spec, max_words, dev=dev)
            for video, times, row in zip(videos, frames, first_rows, strict=True)
        ]
        captions = CaptionSet.concatenate(parts)
        if not len(captions):
            raise PipelineError(
                ExitCode.NOTHING_USABLE,
                f"no comments are left to {'measure by' if dev else 'learn from'}",
                "Add comments, or change `align: held_out: share:`",
            )
        sets.append(captions)
    return sets[0], sets[1]
