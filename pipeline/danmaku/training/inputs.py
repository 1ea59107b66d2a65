"""What comments are, or are to be, written from: times and frames become a captioner's inputs."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.captioning.captioner import CaptionerSpec
from pipeline.captioning.inputs import CaptionInputs
from pipeline.captioning.prompt import AROUND
from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.training.history import CommentHistory
from pipeline.pictures.frames_file import Frames
from pipeline.runtime.arrays import Int64s
from pipeline.runtime.clock import MILLISECONDS
from pipeline.runtime.errors import ExitCode, PipelineError

_NEAR_S = 10.0  # seconds within which nearness to the start and to the end falls to 1/e


def inputs_at(
    time_ms: Int64s,
    frame: Int64s,
    counts: Int64s,
    frames: Frames,
    first_row: int,
    context: npt.NDArray[np.int32],
    spec: CaptionerSpec,
) -> CaptionInputs:
    """The inputs of comments that appear at ``time_ms`` (n,) and are about ``frame`` (n,).

    ``counts`` (seconds,) is how many comments each second of the video gets; ``first_row`` where
    the video begins in the feature bank; ``context`` (n, k, l), see ``CommentHistory``.
    """
    duration = float(frames.times.duration)
    seconds = time_ms / MILLISECONDS
    second = np.clip(time_ms // MILLISECONDS, 0, len(counts) - 1)
    facts = [
        np.clip(seconds / duration, 0, 1),
        np.exp(-np.maximum(seconds, 0) / _NEAR_S),
        np.exp(-np.maximum(duration - seconds, 0) / _NEAR_S),
        np.log1p(counts[second]),
    ]
    offsets = MILLISECONDS * np.array(AROUND if spec.decoder == "transformer" else ())
    nearby_ms = frames.times.milliseconds(frame)[:, None] + offsets  # (n, w)
    nearby = frames.times.frames_at(nearby_ms.astype(np.int64).ravel()).reshape(nearby_ms.shape)
    return CaptionInputs(
        first_row + frames.row[frame],
        np.stack(facts, 1).astype(np.float32),
        first_row + frames.row[nearby],
        context,
    )


def inputs_of_generated(
    comments: Sequence[GeneratedComment],
    sentences: Sequence[Sequence[int]],
    chosen: Int64s,
    frames: Frames,
    spec: CaptionerSpec,
) -> CaptionInputs:
    """The inputs from which some of a video's generated comments were written.

    ``comments`` and their word ids are all there are, in any order, since each has the earlier ones
    as context; ``chosen`` (n,) are places among them. Raises PipelineError BAD_ARTIFACT for a frame
    that the video does not have.
    """
    frame = np.array([comments[index].frame for index in chosen.tolist()], np.int64)
    if (beyond := frame[(frame < 0) | (frame >= len(frames.row))]).size:
        raise PipelineError(
            ExitCode.BAD_ARTIFACT,
            f"a generated comment is about frame {beyond[0]} of {len(frames.row):,}",
            "Correct that line, or delete generated.jsonl and run again to make it anew",
        )
    time_ms = np.array([comment.time_ms for comment in comments], np.int64)
    second = frames.times.seconds_of(time_ms)
    viewers = np.zeros(frames.times.second_count, np.int64)
    viewers[second] = [comment.viewers for comment in comments]
    history = CommentHistory.replayed(spec, time_ms, second, sentences)
    context = history.context_before(second[chosen])
    return inputs_at(time_ms[chosen], frame, viewers, frames, 0, context, spec)
