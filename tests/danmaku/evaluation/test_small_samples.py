"""What an evaluation tells of little, dull and short: nothing rather than what misleads."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.danmaku.evaluation.small_evaluations import measured, require_sound

EVERYWHERE = list(np.linspace(0, 239.9, 120))


def test_a_whole_episode_has_every_figure(tmp_path: Path) -> None:
    found = measured(tmp_path, EVERYWHERE)
    require_sound(found)
    assert found.too_little == {}
    assert found.likelihood is not None
    assert found.likelihood.nll.low is not None
    assert found.rate is not None
    assert found.ranking.all.scorers["model"].hit_1.low is not None
    assert found.mrr_gain.keys() == found.ranking.all.scorers.keys() - {"model"}
    assert found.diversity["model"].sentences == 100


@pytest.mark.parametrize("slope", [0.0, 1e-15])
def test_a_rate_that_is_constant_but_for_rounding_has_no_correlation(
    tmp_path: Path, slope: float
) -> None:
    found = measured(tmp_path, EVERYWHERE, slope=slope)
    assert found.rate is None
    assert found.too_little == {}


def test_viewers_who_write_as_much_each_second_give_none_either(tmp_path: Path) -> None:
    assert measured(tmp_path, [n + 0.5 for n in range(60)], seconds=60).rate is None


def test_few_comments_give_no_likelihood_ranking_or_diversity(tmp_path: Path) -> None:
    found = measured(tmp_path, EVERYWHERE[::5])
    require_sound(found)
    assert found.too_little == {"likelihood": 24, "ranking": 24, "diversity": 24}
    assert found.likelihood is None
    assert found.ranking.all.queries == 24
    assert (found.ranking.all.scorers, found.mrr_gain, found.diversity) == ({}, {}, {})
    assert found.rate is not None


def test_many_comments_in_few_seconds_are_few_queries(tmp_path: Path) -> None:
    found = measured(tmp_path, sorted([*range(0, 240, 10)] * 3))
    assert found.too_little == {"ranking": 24}
    assert found.likelihood is not None
    assert found.likelihood.comments == 72


def test_few_blocks_give_no_interval(tmp_path: Path) -> None:
    found = measured(tmp_path, EVERYWHERE, block_s=35)
    assert found.ranking.all.clusters == 7
    assert found.likelihood is not None
    for interval in (
        found.likelihood.pmi,
        found.mrr_gain["popularity"],
        found.ranking.all.scorers["model"].hit_5,
    ):
        assert (interval.low, interval.high) == (None, None)
        assert np.isfinite(interval.mean)


def test_an_episode_of_seconds_has_no_figures(tmp_path: Path) -> None:
    found = measured(tmp_path, [0.2, 0.4, 1.5], seconds=3, generated=4)
    require_sound(found)
    assert found.too_little == {"likelihood": 3, "ranking": 2, "diversity": 3, "rate": 3}
    assert (found.likelihood, found.rate) == (None, None)


@pytest.mark.parametrize(("named", "shown"), [(0, False), (29, False), (30, True)])
def test_few_names_give_neither_naming_nor_pointing(
    tmp_path: Path, named: int, shown: bool
) -> None:
    times = list(np.linspace(0, 12.4, 60))
    found = measured(tmp_path, times, seconds=12.5, named=named)
    require_sound(found)
    assert found.too_little["rate"] == 13
    assert (found.naming is not None) == shown
    if not shown:
        assert found.too_little["naming"] == named
    assert (found.pointing is None) == ("pointing" in found.too_little)


@settings(
    deadline=None,
    max_examples=25,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    times=st.lists(st.floats(0, 0.999), min_size=1, max_size=90),
    seconds=st.sampled_from([0.2, 3, 12.5, 60, 240]),
    generated=st.integers(0, 60),
    slope=st.sampled_from([0.0, 1e-16, 1.0, 50.0]),
    named=st.none() | st.integers(0, 60),
    block_s=st.sampled_from([1, 5, 10, 300]),
)
def test_no_figure_is_ever_beyond_its_range(
    tmp_path: Path, times: list[float], seconds: float, generated: int, **settings: Any
) -> None:
    known = {**settings, "named": settings["named"] if seconds == 12.5 else None}
    places = sorted(seconds * time for time in times)
    require_sound(measured(tmp_path, places, seconds=seconds, generated=generated, **known))
