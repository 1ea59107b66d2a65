"""The delay of synthetic viewers is recovered from words and times alone."""

from pathlib import Path

import numpy as np
import pytest

from pipeline.danmaku.alignment.delay_file import Delay
from pipeline.danmaku.alignment.reaction_delay import estimate_delay
from pipeline.danmaku.alignment.tokens import Tokens

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
    assert found.estimated
    assert abs(found.median_ms / 1000 - delay) < 0.25
    assert found.low_ms <= found.median_ms <= found.high_ms
    assert abs(sum(share for _, share in found.distribution) - 1) < 1e-3


def test_comments_on_other_pictures_give_no_delay() -> None:
    tokens, _ = viewers(1.2, 0.45, seed=1)
    _, cuts = viewers(1.2, 0.45, seed=2)
    elsewhere = np.sort((cuts + 3.7) % SECONDS)
    assert not estimate_delay(tokens, elsewhere, SECONDS, seed=1).estimated


def test_too_little_data_gives_no_delay(tmp_path: Path) -> None:
    tokens, cuts = viewers(1.2, 0.45, seed=1)
    few = Tokens(tokens.time[:50], tokens.word[:50], 20)
    for delay in (
        estimate_delay(few, cuts, SECONDS, seed=1),
        estimate_delay(tokens, cuts[:2], SECONDS, seed=1),
    ):
        assert not delay.estimated
        delay.save(tmp_path / "delay.json")
        assert Delay.load(tmp_path / "delay.json") == delay


def test_too_few_blocks_with_words_give_no_delay() -> None:
    """Seven blocks of ten seconds, with nobody writing before and after."""
    tokens, cuts = viewers(1.2, 0.45, seed=1)
    for end, estimated in ((70, False), (SECONDS, True)):
        early = tokens.time < end
        some = Tokens(tokens.time[early], tokens.word[early], 20)
        assert estimate_delay(some, cuts, SECONDS, seed=1).estimated == estimated
    one = (tokens.time > 70) & (tokens.time < 80)
    busy = Tokens(np.repeat(tokens.time[one], 3), np.repeat(tokens.word[one], 3), 20)
    assert not estimate_delay(busy, cuts, SECONDS, seed=1).estimated
