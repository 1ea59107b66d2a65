"""Models with made-up results on a video of two minutes."""

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
from msgspec.structs import replace

from pipeline.danmaku.comments.comments_file import GeneratedComment
from pipeline.danmaku.comparison.compared import Compared
from pipeline.danmaku.comparison.comparing import Comparison
from pipeline.danmaku.comparison.seconds import seconds_of
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.evaluation.values_file import (
    Basis,
    CommentValues,
    NameValues,
    QueryValues,
    Values,
)
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.compare.page import write_page
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.frames_file import Frames
from tests.training import training_record

SECONDS = 120
BLOCK = 10
HOSTILE = "</script><img src=x onerror=alert(1)>"
WORDS = ["ミオ", "かわいい"]

BASIS = Basis(
    frames="00ff",
    measured_on="another video",
    block_s=BLOCK,
    comments="c",
    vocabulary="v",
    candidates="r",
)
FRAMES = Frames(
    FrameTimes(np.arange(SECONDS), Fraction(1), SECONDS),
    np.zeros(SECONDS, np.int64),
    "00ff",
    np.arange(0),
)


def model(
    name: str,
    seed: int,
    worse: float = 0.0,
    text: str = "ミオかわいい",
    basis: Mapping[str, Any] | None = None,
) -> Compared:
    """One that foresees each comment ``worse`` nats a word worse than it is likely anyway."""
    same, own = np.random.default_rng(0), np.random.default_rng(seed)
    second = np.arange(SECONDS)
    words = same.integers(1, 6, SECONDS)
    nats = words * (same.gamma(4, 0.5, SECONDS) + worse + 0.1 * own.random(SECONDS))
    rank = own.integers(1, 20, SECONDS).astype(float)
    first, fifth, tenth = ((rank <= depth).astype(float) for depth in (1, 5, 10))
    values = Values(
        replace(BASIS, **(basis or {})),
        CommentValues(second, second // BLOCK, words, nats, nats + 0.2 * words),
        QueryValues(second, second // BLOCK, first, fifth, tenth, rank, 1 / rank),
        NameValues(second // 8, own.random(SECONDS) < 0.7 - 0.2 * worse),
    )
    comments = [
        GeneratedComment(time_ms=1000 * n, text=text, commands=[], words=WORDS, frame=n, viewers=1)
        for n in range(0, SECONDS, 2)
    ]
    explained = SimpleNamespace(
        words=[WORDS] * len(comments),
        word_nats=own.random(3 * len(comments)).astype(np.float32),
        copies=np.arange(len(comments)) % 3 == seed % 3,
        rank=np.ones(len(comments)),
        places_of_words=lambda: [slice(3 * n, 3 * n + 3) for n in range(len(comments))],
    )
    return Compared(
        name,
        comments,
        cast(Explained, explained),
        cast(Evaluation, None),
        values,
        training_record(videos=[HOSTILE]),
    )


def write_comparison(folder: Path, *models: Compared) -> None:
    """Write the page of some models."""
    viewers = [(n, f"viewer {n}" if n else HOSTILE) for n in range(SECONDS)]
    seconds = seconds_of(models, FRAMES, viewers)
    grey = np.full((36, 64, 3), 128, np.uint8)
    comparison = Comparison.of("ep1", models)
    comparison.save(folder)
    timed = [(float(second), text) for second, text in viewers]
    write_page(folder, comparison, models, seconds, timed, lambda second: cast(bytes, grey))
