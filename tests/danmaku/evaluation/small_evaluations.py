"""Evaluations of a small captioner on episodes as short and dull as one likes."""

from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from pipeline.danmaku.evaluation.evaluate import evaluate
from pipeline.danmaku.evaluation.evaluation_file import Evaluation
from pipeline.danmaku.evaluation.subject import Episode, Trained
from pipeline.danmaku.rate.model import RateCard, RateModel
from pipeline.danmaku.rate.seconds import EPISODE, SCENE
from pipeline.danmaku.training.corpus_file import TrainingVideo
from pipeline.media.frame_times import FrameTimes
from pipeline.pictures.feature_bank import FeatureBank
from pipeline.pictures.frames_file import Frames
from tests.aligned import aligned
from tests.captioning import toys
from tests.captioning.conftest import GRID, features_file
from tests.danmaku.evaluation.episodes import comment, truth

FPS = 24
PICTURES = 6
SAID = [["a", "c"], ["b", "d", "!"], ["!"], ["c"], ["d", "d"], ["。", "a"], ["never", "heard"]]
CAST = truth(
    {"ミオ": (0, 150), "タマ": (150, 300)},
    cuts=tuple(range(20, 300, 20)),
    boxes={"ミオ": (0, 0, 50, 50), "タマ": (50, 50, 100, 100)},
)
"""Of twelve and a half seconds and fifteen scenes."""


def rate(slope: float) -> RateModel:
    """A constant where ``slope`` is 0, as it is where nothing could be learned."""
    card = RateCard("tap", "toy", "none", 0, 240, ("episode",) if slope else (), 0.1, 0.0, 9.0)
    effects = np.r_[np.zeros(len(EPISODE) - 1), slope]
    return RateModel(card, np.zeros(GRID[1]), np.zeros(len(SCENE)), effects, 0.1)


def measured(
    folder: Path,
    times_s: list[float],
    *,
    seconds: float = 240,
    generated: int = 100,
    slope: float = 1.0,
    named: int | None = None,
    block_s: float = 10,
) -> Evaluation:
    """Of viewers' comments at ``times_s``; ``named`` is how often the model names somebody.

    None is of a video whose truth is not known. What is not a name is another comment.
    """
    count = round(seconds * FPS)
    frames = Frames(
        FrameTimes(np.arange(count), Fraction(1, FPS), count),
        np.arange(count) % PICTURES,
        "00ff",
        np.arange(0),
    )
    path = folder / "features.h5"
    if not path.exists():
        features_file(path, tap=toys.features(toys.ADDITIVE, PICTURES).numpy())
    seen = [int(time * FPS) for time in times_s]
    written = aligned(
        time_ms=[int(1000 * time) for time in times_s],
        words=[SAID[number % len(SAID)] for number in range(len(seen))],
        frame=seen,
        picture=[frame % PICTURES for frame in seen],
        frames=count,
        duration_ms=int(1000 * seconds),
    )
    network = toys.captioner(toys.ADDITIVE).eval()
    means = FeatureBank([path], "tap").means
    learned = TrainingVideo.from_frames("past", written, [], frames, means)
    trained = Trained(toys.model(network), rate(slope), [learned])
    generated_comments = [
        comment(
            number * (count - 1) // max(1, generated - 1),
            ("ミオ" if number % 2 else "タマ") if number < (named or 0) else "a",
            "c",
        )
        for number in range(generated)
    ]
    known = None if named is None else CAST
    episode = Episode.prepare("ep", written, frames, path, generated_comments, known, None)
    return evaluate(trained, episode, max_queries=40, block_s=block_s, seed=1)[0]


def numbers(value: Any, path: str = "") -> Iterator[tuple[str, float]]:
    """Every number of an evaluation, and where it is."""
    for name, one in value.items() if isinstance(value, dict) else ():
        yield from numbers(one, f"{path}/{name}")
    if isinstance(value, int | float):
        yield path, value


SHARES = ("distinct_1", "distinct_2", "most_frequent", "copied", "repeated", "anybody", "area")
"""And all that hits and names are."""


def require_sound(found: Evaluation) -> None:
    """Every number is finite and within its natural range."""
    for path, value in numbers(msgspec.to_builtins(found)):
        assert np.isfinite(value), path
        name = path.rsplit("/", 1)[-1]
        if "/rate/" in path or "/mrr_gain/" in path:
            assert -1 <= value <= 1, path
        if name in SHARES or "/hit_" in path or ("/naming/" in path and name != "names"):
            assert -1e-12 <= value <= 1 + 1e-12, path
        if "/rank/" in path:
            assert 1 - 1e-12 <= value <= 100, path
        if "reciprocal_rank" in path:
            assert 0 < value <= 1 + 1e-12, path
    text = msgspec.json.encode(found)
    assert msgspec.json.decode(text, type=Evaluation) == found
