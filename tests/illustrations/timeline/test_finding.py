"""From when to when tags hold, by probabilities of pictures of a tenth of a second each."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from pipeline.illustrations.tag_probabilities import MCUT, Cut, TagProbabilities
from pipeline.illustrations.timeline.finding import Pictures, find_runs
from pipeline.illustrations.timeline.tag_runs import TagRun
from pipeline.runtime.errors import ExitCode, PipelineError

STEP_MS = 100


def tagged(
    probabilities: Sequence[Sequence[float]],
    groups: Sequence[str] = (),
    threshold: float = 0.5,
    cut: Cut = "thresholds",
) -> TagProbabilities:
    """Tags ``a``, ``b`` … of pictures; ``probabilities`` are those of each tag over time."""
    columns = np.array(probabilities, np.float16).T
    return TagProbabilities(
        names=tuple("abc"[: columns.shape[1]]),
        groups=tuple(groups) or ("general",) * columns.shape[1],
        thresholds=np.full(columns.shape[1], threshold, np.float32),
        probabilities=columns,
        tagger="a model",
        cut=cut,
    )


def spans(
    probabilities: Sequence[float], *, cuts: Sequence[int] = (), hold: float = 0.0
) -> list[tuple[int, int]]:
    """The runs of one tag as pictures: the first, and the one after the last."""
    found = runs(tagged([probabilities]), cuts=cuts, hold=hold)
    return [(run.start_ms // STEP_MS, run.end_ms // STEP_MS) for run in found]


def runs(
    model: TagProbabilities,
    *,
    cuts: Sequence[int] = (),
    hold: float = 0.0,
    only: Sequence[str] = (),
) -> list[TagRun]:
    count = len(model.probabilities)
    scene = np.searchsorted(np.array(cuts), np.arange(count), side="right")
    pictures = Pictures(np.arange(count + 1) * STEP_MS, scene)
    return find_runs(model, pictures, hold=hold, release=0.6, only=only)


def test_a_run_begins_at_the_threshold_and_ends_below_a_share_of_it() -> None:
    assert spans([0.4, 0.5, 0.4, 0.31, 0.2, 0.4, 0.4]) == [(1, 4)]
    assert spans([0.4] * 5) == []
    assert spans([0.9] * 5) == [(0, 5)]


def test_gaps_are_bridged_and_flashes_left_out() -> None:
    gap = [0.9] * 6 + [0.0] * 2 + [0.9] * 6
    assert spans(gap) == [(0, 6), (8, 14)]
    assert spans(gap, hold=0.3) == [(0, 14)]
    assert spans(gap, hold=0.2) == [(0, 6), (8, 14)]
    assert spans([0.0, 0.9, 0.9, 0.0], hold=0.3) == []
    assert spans([0.9, 0.0, 0.9, 0.0, 0.9], hold=0.3) == [(0, 5)]


def test_a_tag_that_holds_on_both_sides_of_a_cut_has_one_run() -> None:
    assert spans([0.9] * 6, cuts=[3]) == [(0, 6)]


def test_after_a_cut_a_tag_must_reach_its_threshold_again() -> None:
    assert spans([0.9, 0.9, 0.4, 0.4], cuts=[2]) == [(0, 2)]
    assert spans([0.9, 0.9, 0.4, 0.9], cuts=[2]) == [(0, 2), (3, 4)]


def test_gaps_at_a_cut_are_not_bridged() -> None:
    assert spans([0.9] * 4 + [0.0] + [0.9] * 4, cuts=[4], hold=0.3) == [(0, 4), (5, 9)]


def test_peak_and_mean_are_of_the_run() -> None:
    (run,) = runs(tagged([[0.1, 0.5, 0.75, 0.25]]))
    assert (run.peak, run.mean) == (0.75, 0.625)


def test_runs_of_many_tags_are_in_the_order_of_time() -> None:
    found = runs(tagged([[0, 0, 1], [1, 1, 0], [0, 0, 0]], groups=("x", "y", "z")))
    assert [(run.tag, run.group) for run in found] == [("b", "y"), ("a", "x")]


def test_of_ratings_one_holds_at_a_time() -> None:
    model = tagged([[0.2, 0.3, 0.2], [0.1, 0.1, 0.3]], groups=("rating", "rating"))
    assert [(run.tag, run.end_ms) for run in runs(model)] == [("a", 200), ("b", 300)]


def test_the_widest_gap_is_followed_with_hysteresis_too() -> None:
    model = tagged([[0.9, 0.3, 0.2], [0.1, 0.5, 0.9], [0.0, 0.0, 0.0]], cut=MCUT)
    assert [(run.tag, run.start_ms, run.end_ms) for run in runs(model)] == [
        ("a", 0, 200),
        ("b", 100, 300),
    ]


def test_only_some_tags_are_looked_for() -> None:
    model = tagged([[1, 1], [1, 1]])
    assert {run.tag for run in runs(model, only=["B"])} == {"b"}
    with pytest.raises(PipelineError, match="no tag q") as told:
        runs(model, only=["q"])
    assert told.value.code == ExitCode.INVALID_SETTING
