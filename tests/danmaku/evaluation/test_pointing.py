import numpy as np
import pytest

from pipeline.captioning.attention_maps import Maps
from pipeline.danmaku.evaluation.evaluation_file import Pointing
from pipeline.danmaku.evaluation.pointing import Whereabouts, measure_pointing
from tests.danmaku.evaluation.episodes import comment, truth

EPISODE = Whereabouts.of_truth(
    truth(
        {"ミオ": (0, 100), "ポチ": (0, 100), "タマ": (100, 200)},
        cuts=(100, 200),
        boxes={"ミオ": (0, 0, 50, 50), "ポチ": (50, 0, 100, 50), "タマ": (0, 50, 100, 100)},
    )
)
"""ミオ at the upper left, ポチ at the upper right, and then タマ all over the lower half."""


def peak(*places: int) -> Maps:
    """A map of 2 × 2 positions for each word: all at one place."""
    return np.eye(4, dtype=np.float32)[list(places)]


def measured(*written: tuple[int, tuple[str, ...], Maps]) -> Pointing:
    comments = [comment(frame, *words) for frame, words, _ in written]
    maps = [weights for *_, weights in written]
    found = measure_pointing(comments, maps, [np.roll(m, 1, 1) for m in maps], EPISODE)
    assert found is not None
    return found


def test_maxima_in_the_box_of_the_named_are_hits() -> None:
    found = measured(
        (0, ("ミオ", "きた"), peak(0, 3, 3)),
        (3, ("かわいい", "ポチ"), peak(3, 1, 3)),
        (99, ("ポチ",), peak(0, 1)),  # on ミオ, who is another
        (150, ("タマ",), peak(1, 1)),  # on nobody
    )
    assert found.names == 4
    assert found.attention.named.mean == 2 / 4
    assert found.attention.anybody == 3 / 4


def test_saliency_is_measured_by_its_own_maps() -> None:
    found = measured((0, ("ミオ",), peak(3, 0)))  # rolled by one: upper left
    assert (found.attention.named.mean, found.saliency.named.mean) == (0, 1)


def test_a_blind_guess_hits_as_often_as_boxes_are_large() -> None:
    found = measured((0, ("ミオ",), peak(0, 0)), (150, ("タマ",), peak(3, 3)))
    assert found.area == pytest.approx((0.25 + 0.5) / 2)
    assert found.attention.gain.mean == pytest.approx(2 / 0.75)


def test_names_of_those_who_are_not_there_do_not_count() -> None:
    found = measured((0, ("ミオ", "と", "タマ"), peak(0, 0, 0, 0)))
    assert found.names == 1
    nobody = [comment(250, "ミオ")]
    assert measure_pointing(nobody, [peak(0, 0)], [peak(0, 0)], EPISODE) is None
