"""Figures of several models, and differences on the same items."""

import csv
from pathlib import Path

import msgspec
import numpy as np
import pytest

from pipeline.danmaku.comparison.comparing import Comparison
from pipeline.danmaku.comparison.figures import FIGURES
from pipeline.danmaku.evaluation.values_file import Values
from pipeline.danmaku.sections.compare.findings import findings
from tests.danmaku.comparison.made_up import BLOCK, SECONDS, model

NLL = FIGURES[0]


def test_a_difference_on_the_same_comments_is_that_of_a_plain_bootstrap() -> None:
    one, other = model("a", 1, 0.3), model("b", 2)
    found = NLL.difference(one, other)
    assert not isinstance(found, str)
    mine, yours = one.values.comments, other.values.comments
    extra = mine.nats - yours.nats
    blocks = [np.flatnonzero(mine.block == n) for n in range(SECONDS // BLOCK)]
    random, resampled = np.random.default_rng(0), []
    for drawn in random.integers(len(blocks), size=(2000, len(blocks))):
        rows = np.concatenate([blocks[n] for n in drawn])
        resampled.append(extra[rows].sum() / mine.words[rows].sum())
    low, high = np.quantile(resampled, (0.025, 0.975))
    assert found.mean == pytest.approx(extra.sum() / mine.words.sum())
    assert (found.low, found.high) == pytest.approx((low, high))


def test_what_both_find_hard_cancels_out() -> None:
    one, other = model("a", 1, 0.3), model("b", 2)
    alone, together = NLL.interval(one), NLL.difference(one, other)
    assert alone and alone.low and alone.high and not isinstance(together, str)
    assert together.low and together.high
    assert together.high - together.low < (alone.high - alone.low) / 5
    assert together.low < 0.3 < together.high


def test_a_model_is_no_different_from_itself() -> None:
    (pair,) = Comparison.of("ep1", [model("a", 1), model("b", 1)]).pairs
    for difference in pair.differences.values():
        assert not isinstance(difference, str)
        assert (difference.mean, difference.low, difference.high) == (0, 0, 0)


@pytest.mark.parametrize(
    ("field", "lost"),
    [
        ("vocabulary", {"nll", "pmi"}),
        ("candidates", {"mrr", "hit_1", "hit_5", "hit_10"}),
        ("comments", {"nll", "pmi", "mrr", "hit_1", "hit_5", "hit_10"}),
        ("frames", {figure.name for figure in FIGURES}),
    ],
)
def test_what_was_measured_on_something_else_has_no_difference(field: str, lost: set[str]) -> None:
    (pair,) = Comparison.of("ep1", [model("a", 1), model("b", 2, basis={field: "other"})]).pairs
    assert {n: d for n, d in pair.differences.items() if isinstance(d, str)} == dict.fromkeys(
        lost, field
    )


def test_the_verdict_says_who_is_ahead_and_whether_that_is_beyond_chance() -> None:
    found = findings(Comparison.of("ep1", [model("a", 1, 0.5), model("b", 2), model("c", 2)]))
    assert [(one.tone, one.claim.key) for one in found][:1] == [("unclear", "compare.nll_tie")]
    found = findings(Comparison.of("ep1", [model("a", 1, 0.5), model("b", 2)]))
    assert found[0].tone == "good"
    assert found[0].claim == ("compare.nll_ahead", {"best": "b", "second": "a"})
    found = findings(
        Comparison.of("ep1", [model("a", 1), model("b", 2, basis={"vocabulary": "w"})])
    )
    assert (found[0].tone, found[0].figures.key) == ("unclear", "compare.not_vocabulary")


def test_nothing_is_good_about_what_a_model_learned_from() -> None:
    easy = model("b", 2, basis={"measured_on": "training comments"})
    first, ahead, *_ = findings(Comparison.of("ep1", [model("a", 1, 0.5), easy]))
    assert (first.tone, first.claim.values) == ("doubtful", {"models": "b"})
    assert (ahead.tone, ahead.claim.key) == ("doubtful", "compare.nll_ahead")


def test_values_are_loaded_as_they_were_saved(tmp_path: Path) -> None:
    values = model("a", 1).values
    for name in ("one.h5", "two.h5"):
        values.save(tmp_path / name)
    assert (tmp_path / "one.h5").read_bytes() == (tmp_path / "two.h5").read_bytes()
    loaded = Values.load(tmp_path / "one.h5")
    assert loaded.basis == values.basis
    for group in ("comments", "queries", "names"):
        for own, other in zip(getattr(values, group), getattr(loaded, group), strict=True):
            np.testing.assert_array_equal(own, other)


def test_all_of_it_is_saved_as_json_and_as_a_table(tmp_path: Path) -> None:
    comparison = Comparison.of("ep1", [model("a", 1), model("b", 2, basis={"vocabulary": "w"})])
    comparison.save(tmp_path)
    assert msgspec.json.decode((tmp_path / "compare.json").read_bytes(), type=Comparison) == (
        comparison
    )
    with (tmp_path / "figures.csv").open(encoding="utf-8-sig") as file:
        rows = list(csv.DictReader(file))
    assert [row["why not"] for row in rows if row["figure"] == "nll"] == ["", "", "vocabulary"]
