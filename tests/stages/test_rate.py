"""The stage itself over files made by hand; its parts have tests of their own."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.danmaku.rate.comment_counts_file import CommentCounts
from pipeline.danmaku.rate.model import RateModel
from pipeline.engine.stage import Files
from pipeline.pictures.features_file import building_features
from pipeline.pictures.frames_file import Frames, writing_frames
from pipeline.runtime.errors import ExitCode, PipelineError
from stages.danmaku import rate
from tests.aligned import aligned

SECONDS, FPS, CHANNELS = 240, 2, 5
GRID: dict[str, tuple[int, ...]] = {"grid": (2, CHANNELS)}
VECTOR: dict[str, tuple[int, ...]] = {"vector": (CHANNELS,)}


def video(
    folder: Path,
    *,
    seed: int = 0,
    lively: bool = True,
    taps: dict[str, tuple[int, ...]] = GRID | VECTOR,
    backbone: str = "tiny",
    **changes: Any,
) -> Path:
    """A film that is cut now and then, and whose viewers, if ``lively``, react to that."""
    draws = np.random.default_rng([seed, 8])
    cuts = np.sort(draws.choice(np.arange(1, SECONDS), 30, replace=False))
    with writing_frames(folder / "frames.h5", 8, fingerprint="0", width=8, height=8) as writer:
        for number in range(SECONDS * FPS):
            picture = np.zeros((8, 8, 3), np.uint8)
            writer.add(number, Fraction(1, FPS), picture, begins_scene=number // FPS in cuts)
    attributes = {"backbone": backbone, "weights": "w"}
    with building_features(folder / "features.h5", SECONDS * FPS, taps, attributes) as builder:
        rows = {tap: draws.random((SECONDS * FPS, *row)) for tap, row in taps.items()}
        builder.append({tap: row.astype(np.float16) for tap, row in rows.items()})
    busy = np.isin(np.arange(SECONDS), cuts) & lively
    second = np.repeat(np.arange(SECONDS), draws.poisson(np.where(busy, 30, 5)))
    comments = aligned(
        (1000 * second).tolist(), dev=(second % 10 == 3).tolist(), duration_ms=1000 * SECONDS
    )
    replace(comments, **changes).save(folder / "aligned.h5")
    return folder


def made(target: Path, *videos: Path) -> str:
    names = {"features": "features.h5", "frames": "frames.h5", "aligned": "aligned.h5"}
    inputs = Files({name: [folder / file for folder in videos] for name, file in names.items()})
    outputs = {"counts": [target / "comment_counts.json"], "rate": [target / "rate.safetensors"]}
    return rate.run(inputs, Files(outputs), rate.Config())


def test_it_learns_what_viewers_react_to(tmp_path: Path) -> None:
    first, second = (video(tmp_path / str(number), seed=number) for number in (1, 2))
    message = made(tmp_path, first, second)
    assert message.startswith("learned from 432 seconds ")
    model = RateModel.load(tmp_path / "rate.safetensors")
    assert (model.card.tap, model.card.backbone, model.card.weights) == ("grid", "tiny", "w")
    assert model.card.deviance_explained is not None
    assert model.card.deviance_explained > 0.4

    film = Frames.load(video(tmp_path / "3", seed=3) / "frames.h5")
    expected = model.expected(film, np.full((len(film.row), CHANNELS), 0.5, np.float16))
    cut = np.zeros(SECONDS, bool)
    cut[film.cuts // FPS] = True
    assert expected[cut].mean() > 2 * expected[~cut].mean()
    assert len(CommentCounts.load(tmp_path / "comment_counts.json").per_second) == 2 * SECONDS


def test_viewers_who_react_to_nothing_give_a_constant(tmp_path: Path) -> None:
    message = made(tmp_path, video(tmp_path / "1", lively=False))
    assert message.startswith("216 seconds do not tell ")
    assert " each is expected to get 4." in message
    assert RateModel.load(tmp_path / "rate.safetensors").card.groups == ()


def test_a_vector_is_taken_where_there_is_no_grid(tmp_path: Path) -> None:
    made(tmp_path, video(tmp_path / "1", taps=VECTOR))
    assert RateModel.load(tmp_path / "rate.safetensors").card.tap == "vector"


def test_the_delay_is_that_of_the_middle_video(tmp_path: Path) -> None:
    videos = [video(tmp_path / str(n), seed=n, delay_ms=n) for n in (900, 1200, 5000)]
    made(tmp_path, *videos)
    assert CommentCounts.load(tmp_path / "comment_counts.json").delay_ms == 1200
    assert RateModel.load(tmp_path / "rate.safetensors").card.delay_ms == 1200


def test_videos_held_out_whole_are_not_learned_from(tmp_path: Path) -> None:
    videos = [video(tmp_path / str(n), seed=n, held_out_videos_share=0.3) for n in (1, 2, 3)]
    made(tmp_path, *videos)
    assert RateModel.load(tmp_path / "rate.safetensors").card.seconds == 2 * SECONDS


def test_videos_seen_by_different_networks_are_an_error(tmp_path: Path) -> None:
    other = video(tmp_path / "2", backbone="other")
    with pytest.raises(PipelineError) as caught:
        made(tmp_path, video(tmp_path / "1"), other)
    assert caught.value.code == ExitCode.BAD_ARTIFACT
    assert not list(tmp_path.glob("*.*"))


def test_the_same_inputs_give_the_same_bytes(tmp_path: Path) -> None:
    first = video(tmp_path / "1")
    for name in "ab":
        made(tmp_path / name, first)
    for file in ("comment_counts.json", "rate.safetensors"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
