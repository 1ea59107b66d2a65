from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from pipeline.artifacts.frames import Frames
from pipeline.comments.rhythm import Rhythm
from pipeline.nn.captioner import Attention
from pipeline.nn.generation import plan_comments, write_comments
from pipeline.text.vocabulary import join_words
from pipeline.timebase import FrameTimes
from tests.nn import toys
from tests.nn.conftest import features_file

RHYTHM = Rhythm([0, 1, 2, 5], [(6, []), (3, ["ue"]), (1, ["red", "big"])])
"""Two comments a second on the average."""


def video(frames: int, fingerprint: str = "00ff") -> Frames:
    """Ten frames a second, five of which share a picture."""
    number = np.arange(frames, dtype=np.int64)
    return Frames(FrameTimes(number, Fraction(1, 10), frames), number // 5, fingerprint, number[:0])


def test_the_same_seed_and_video_give_the_same_plan() -> None:
    plan = plan_comments(RHYTHM, video(200), 1, 7)
    assert plan == plan_comments(RHYTHM, video(200), 1, 7)
    assert plan != plan_comments(RHYTHM, video(200), 1, 8)
    assert plan != plan_comments(RHYTHM, video(200, "00fe"), 1, 7)


@pytest.mark.parametrize("frames", [200, 204])
def test_a_longer_video_has_the_same_comments_in_the_seconds_both_have(frames: int) -> None:
    short = plan_comments(RHYTHM, video(frames), 1, 7)
    long = plan_comments(RHYTHM, video(400), 1, 7)
    assert short == [plan for plan in long if plan.time_ms < frames * 100]
    assert len(long) > len(short) > 0


def test_times_are_in_order_inside_the_video_and_on_their_frames() -> None:
    plans = plan_comments(RHYTHM, video(207), 3, 7)
    times = [plan.time_ms for plan in plans]
    assert times == sorted(times)
    assert 0 <= times[0] <= times[-1] < 20_700
    assert all(plan.frame == plan.time_ms // 100 for plan in plans)
    assert all(plan.picture == plan.frame // 5 for plan in plans)
    assert all(0 <= plan.draw < 1 for plan in plans)


@pytest.mark.parametrize("rate", [0.1, 0.5, 1, 2])
def test_the_rate_scales_the_expected_count(rate: float) -> None:
    count = len(plan_comments(RHYTHM, video(20_000), rate, 7))
    assert count == pytest.approx(2 * 2000 * rate, rel=0.12)


def test_seconds_have_the_counts_of_training_seconds() -> None:
    plans = plan_comments(RHYTHM, video(20_000), 1, 7)
    by_second = Counter(plan.time_ms // 1000 for plan in plans)
    shares = Counter(by_second[second] for second in range(2000))
    assert set(shares) == {0, 1, 2, 5}
    assert all(400 < share < 600 for share in shares.values())


def test_commands_are_as_frequent_as_in_training() -> None:
    plans = plan_comments(RHYTHM, video(20_000), 1, 7)
    counts = Counter(tuple(plan.commands) for plan in plans)
    for share, commands in RHYTHM.commands:
        assert counts[tuple(commands)] / len(plans) == pytest.approx(share / 10, abs=0.03)


def test_a_silent_rhythm_plans_nothing() -> None:
    assert plan_comments(Rhythm([0, 0], [(1, [])]), video(200), 10, 7) == []


@pytest.mark.parametrize("by_model", [True, False])
@pytest.mark.parametrize("attention", ["additive", "dot", "none"])
def test_every_plan_gets_its_words(tmp_path: Path, by_model: bool, attention: Attention) -> None:
    path = features_file(tmp_path / "features.h5", tap=toys.features(attention, 40).numpy())
    plans = plan_comments(RHYTHM, video(200), 3, 7)
    assert len(plans) > 64  # more than one batch
    captioner = toys.captioner(attention).eval()

    def written() -> list[tuple[int, int, list[str], list[str], str]]:
        comments = write_comments(
            plans,
            captioner,
            toys.VOCABULARY,
            path,
            "tap",
            most_words=4,
            first_word_by_model=by_model,
        )
        return [(c.time_ms, c.frame, c.commands, c.words, c.text) for c in comments]

    found = written()
    assert found == written()
    assert [f[:3] for f in found] == [(p.time_ms, p.frame, p.commands) for p in plans]
    for *_, words, text in found:
        assert 1 <= len(words) <= 4
        assert set(words) <= set(toys.VOCABULARY.words)
        assert text == join_words(words)
    assert len({tuple(words) for *_, words, _ in found}) > 1
