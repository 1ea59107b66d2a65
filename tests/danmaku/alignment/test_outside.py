"""Comments outside their video: their number, and what the message concludes from them."""

from fractions import Fraction

import numpy as np
import pytest

from pipeline.danmaku.alignment.outside import Outside
from pipeline.media.frame_times import FrameTimes
from pipeline.runtime.errors import ExitCode, PipelineError

VIDEO = FrameTimes(np.arange(23 * 60 + 40, dtype=np.int64), Fraction(1), 23 * 60 + 40)
"""Of 23:40."""


def spread(first_s: float, last_s: float, count: int = 1000) -> Outside:
    """Of ``count`` comments, evenly from one time to another."""
    return Outside.count(np.linspace(first_s * 1000, last_s * 1000, count).astype(np.int64), VIDEO)


def refused(outside: Outside, share: float = 0.5) -> str:
    with pytest.raises(PipelineError) as caught:
        outside.require_at_most(share)
    assert caught.value.code == ExitCode.NOTHING_USABLE
    return str(caught.value)


def test_they_are_counted_at_both_ends() -> None:
    found = Outside.count(np.array([-1, 0, 1_419_999, 1_420_000, 9_000_000]), VIDEO)
    assert (found.comments, found.before_start, found.past_end) == (5, 1, 2)
    assert found.share == 3 / 5


def test_no_comments_means_none_outside() -> None:
    nothing = Outside.count(np.empty(0, np.int64), VIDEO)
    assert nothing.share == 0
    nothing.require_at_most(0)


@pytest.mark.parametrize(("late", "warned"), [(0, False), (50, False), (51, True)])
def test_more_than_a_twentieth_is_worth_a_warning(late: int, warned: bool) -> None:
    times = np.repeat([1000, 2_000_000], [1000 - late, late])
    assert Outside.count(times, VIDEO).worth_a_warning == warned


@pytest.mark.parametrize(("late", "share"), [(500, 0.5), (694, 0.694), (1000, 1.0)])
def test_the_share_that_may_lie_outside_is_a_maximum(late: int, share: float) -> None:
    times = np.repeat([1000, 2_000_000], [1000 - late, late])
    found = Outside.count(times, VIDEO)
    found.require_at_most(share)
    refused(found, share - 0.001)


def test_comments_of_a_longer_video_are_recognised_by_their_times() -> None:
    message = refused(spread(0, 5772))
    assert "754 of 1,000 comments (75%) lie outside the video: 754 past its end" in message
    assert "nearly all run from 0:57 to 1:35:14, and the video is 23:40 long" in message
    assert "belongs to this video: it is probably that of another, longer one" in message
    assert "`align: max_outside:`, which is 0.5" in message
    assert "BROADCAST=" not in message


def test_a_broadcast_log_is_recognised_by_its_clock() -> None:
    message = refused(spread(18 * 3600, 18.85 * 3600))
    assert "nearly all run from 18:00:30 to 18:50:29" in message
    assert "give the time the episode was on air with BROADCAST=" in message


def test_stray_comments_do_not_hide_that() -> None:
    times = np.r_[5, np.linspace(64_800_000, 66_600_000, 997), 10**12, 10**12].astype(np.int64)
    message = refused(Outside.count(times, VIDEO))
    assert "nearly all run from 18:00:" in message
    assert "BROADCAST=" in message


def test_a_start_that_is_too_late_is_recognised_by_negative_times() -> None:
    message = refused(spread(-3600, 600))
    assert "before it begins" in message
    assert "BROADCAST=" in message
    assert "nearly all run from -59:17" in message
