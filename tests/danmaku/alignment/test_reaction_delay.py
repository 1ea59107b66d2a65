"""The delay of made-up viewers is recovered from pictures, words and times alone."""

from fractions import Fraction
from pathlib import Path

import h5py
import numpy as np
import pytest

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.alignment.reaction_delay import (
    Tokens,
    estimate_delay,
    find_cuts,
    frequent_tokens,
    thumbnails,
)
from pipeline.pictures.frames_file import Frames, writing_frames

SECONDS = 160.0
SHOT = 8.0


def viewers(delay: float, spread: float, seed: int) -> tuple[Tokens, np.ndarray]:
    """Tokens about shots of eight seconds or so, and the shots' beginnings."""
    rng = np.random.default_rng(seed)
    begins = np.arange(0, SECONDS, SHOT) + rng.uniform(0, 2, round(SECONDS / SHOT))
    seen = np.sort(rng.uniform(0, SECONDS, 1500))
    shot = np.searchsorted(begins, seen)
    word = (shot * 3 + rng.integers(0, 3, len(seen))) % 20
    astray = rng.random(len(seen)) < 0.2
    word[astray] = rng.integers(0, 20, astray.sum())
    written = seen + delay * np.exp(spread * rng.standard_normal(len(seen)))
    return Tokens(written, word, 20), begins


@pytest.mark.parametrize(("delay", "spread"), [(0.6, 0.3), (1.2, 0.45), (2.5, 0.3)])
def test_the_delay_is_recovered(delay: float, spread: float) -> None:
    tokens, cuts = viewers(delay, spread, seed=1)
    found = estimate_delay(tokens, cuts, SECONDS, seed=1)
    assert found.found
    assert abs(found.median_ms / 1000 - delay) < 0.25
    assert found.low_ms <= found.median_ms <= found.high_ms
    assert abs(sum(share for _, share in found.distribution) - 1) < 1e-3


def test_comments_on_other_pictures_tell_no_delay() -> None:
    tokens, _ = viewers(1.2, 0.45, seed=1)
    _, cuts = viewers(1.2, 0.45, seed=2)
    elsewhere = np.sort((cuts + 3.7) % SECONDS)
    assert not estimate_delay(tokens, elsewhere, SECONDS, seed=1).found


def test_too_little_tells_no_delay(tmp_path: Path) -> None:
    tokens, cuts = viewers(1.2, 0.45, seed=1)
    few = Tokens(tokens.time[:50], tokens.word[:50], 20)
    for delay in (
        estimate_delay(few, cuts, SECONDS, seed=1),
        estimate_delay(tokens, cuts[:2], SECONDS, seed=1),
    ):
        assert not delay.found
        delay.save(tmp_path / "delay.json")
        assert Delay.load(tmp_path / "delay.json") == delay


def test_too_few_stretches_with_words_tell_no_delay() -> None:
    """Seven of ten seconds, before and after which nobody writes; a draw of these may be empty."""
    tokens, cuts = viewers(1.2, 0.45, seed=1)
    for end, found in ((70, False), (SECONDS, True)):
        early = tokens.time < end
        some = Tokens(tokens.time[early], tokens.word[early], 20)
        assert estimate_delay(some, cuts, SECONDS, seed=1).found == found
    one = (tokens.time > 70) & (tokens.time < 80)
    busy = Tokens(np.repeat(tokens.time[one], 3), np.repeat(tokens.word[one], 3), 20)
    assert not estimate_delay(busy, cuts, SECONDS, seed=1).found


def test_only_frequent_words_that_tell_something_count() -> None:
    said = [(1000, ["ミオ", "が", "www", "!", "猫"], ["名詞", "助詞", "名詞", "記号", "名詞"])]
    tokens = frequent_tokens([*said * 8, (2500, ["rare"], ["名詞"])])
    assert tokens.words == 1
    assert tokens.time.tolist() == [1.0] * 8


def test_long_films_are_thinned_out_evenly() -> None:
    said = [(time, ["ミオ"], ["名詞"]) for time in range(0, 24_000)]
    time = frequent_tokens(said).time
    assert len(time) == 4000
    assert np.ptp(np.diff(time)) < 1e-9


@pytest.mark.parametrize("rate", [2, 8, 24])
def test_cuts_are_found_between_the_pictures_around_them(rate: int) -> None:
    time = np.arange(0, 40, 1 / rate)
    true = np.array([10.0, 17.3, 30.0])
    shot = np.searchsorted(true, time, side="right")
    rng = np.random.default_rng(0)
    looks = rng.random((4, 12))
    pictures = (looks[shot] + 0.01 * rng.standard_normal((len(time), 12))).astype(np.float32)
    found = find_cuts(pictures, time, 40.0)
    assert len(found) == 3
    assert np.abs(found - true).max() <= 0.1 + 0.5 / rate


def test_thumbnails_show_each_picture_when_it_comes(tmp_path: Path) -> None:
    path = tmp_path / "frames.h5"
    pictures = [np.full((32, 32, 3), 60 * i, np.uint8) for i in range(4)]
    with writing_frames(path, 32, fingerprint="x", width=9, height=9) as writer:
        for frame in range(40):
            picture = pictures[frame // 10] if frame % 10 == 0 else None
            writer.add(frame, Fraction(1, 10), picture)
    with h5py.File(path) as file:
        small, time = thumbnails(Frames.load(path), file)
    assert len(time) <= 4 * 8
    expected = 60 * (time // 1) / 255
    np.testing.assert_allclose(small, np.repeat(expected[:, None], small.shape[1], 1), atol=1e-6)


def test_cuts_are_found_piece_by_piece_as_well(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(1)
    time = np.arange(90) / 3
    looks = rng.random((10, 12))[np.arange(90) // 9]
    pictures = (looks + 0.01 * rng.standard_normal(looks.shape)).astype(np.float32)
    whole = find_cuts(pictures, time, 30.0)
    assert len(whole) == 9
    for cells in (1, 7, 292):  # the last leaves a piece of one
        monkeypatch.setattr("pipeline.danmaku.alignment.reaction_delay._CELLS_AT_ONCE", cells)
        np.testing.assert_array_equal(find_cuts(pictures, time, 30.0), whole)
