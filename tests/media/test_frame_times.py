from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.media.frame_times import FrameTimes, frame_rate
from pipeline.runtime.clock import MILLISECONDS


@st.composite
def frame_times(draw: st.DrawFn) -> FrameTimes:
    time_base = draw(
        st.sampled_from([Fraction(1, 90000), Fraction(1, 1000), Fraction(1001, 30000)])
        | st.builds(Fraction, st.integers(1, 2000), st.integers(1, 120_000))
    )
    steps = draw(st.lists(st.integers(1, 5000), min_size=1, max_size=30))
    pts = np.cumsum([draw(st.integers(0, 10_000)), *steps])
    return FrameTimes(pts[:-1].astype(np.int64), time_base, int(pts[-1]))


def milliseconds(times: FrameTimes) -> st.SearchStrategy[int]:
    """Times anywhere, and times where frames meet."""
    edges = [int(p * times.time_base * MILLISECONDS) for p in [*times.pts.tolist(), times.end]]
    beside = [edge + step for edge in edges for step in (-1, 0, 1)]
    return st.integers(-(10**9), 10**9) | st.sampled_from(beside)


@given(st.data(), frame_times())
def test_frames_are_those_that_a_plain_loop_finds(data: st.DataObject, times: FrameTimes) -> None:
    wanted = np.array(data.draw(st.lists(milliseconds(times), max_size=10)), np.int64)
    found = times.frames_at(wanted)
    assert found.dtype == np.int64
    for time, frame in zip(wanted.tolist(), found.tolist(), strict=True):
        begun = [
            index
            for index in range(len(times.pts))
            if int(times.pts[index]) * times.time_base <= Fraction(time, MILLISECONDS)
        ]
        assert frame == max(begun, default=0)


@given(st.data(), frame_times())
def test_past_the_end_is_at_or_after_the_end_of_the_last_frame(
    data: st.DataObject, times: FrameTimes
) -> None:
    wanted = np.array(data.draw(st.lists(milliseconds(times), max_size=10)), np.int64)
    expected = [Fraction(time, MILLISECONDS) >= times.duration for time in wanted.tolist()]
    assert times.past_end(wanted).tolist() == expected
    within = [time >= 0 and not past for time, past in zip(wanted.tolist(), expected, strict=True)]
    assert times.inside(wanted).tolist() == within


def test_ntsc_frames_begin_at_exact_times() -> None:
    times = FrameTimes(np.arange(0, 300_300, 1001), Fraction(1, 30000), 300_300)
    assert times.seconds(2) == Fraction(2002, 30000)
    assert times.duration == Fraction(1001, 100)
    # Frame 30 begins at 1.001 s.
    assert times.frames_at(np.array([1000, 1001])).tolist() == [29, 30]
    assert times.past_end(np.array([10_009, 10_010])).tolist() == [False, True]


def test_a_film_of_a_day_in_nanoseconds_does_not_overflow() -> None:
    day = 24 * 3600 * 10**9
    times = FrameTimes(np.array([0, day // 2], np.int64), Fraction(1, 10**9), day)
    noon = 12 * 3600 * MILLISECONDS
    assert times.frames_at(np.array([noon - 1, noon])).tolist() == [0, 1]


def test_rates_of_ntsc_are_thousands_of_1001() -> None:
    assert [frame_rate(fps) for fps in (23.976, 29.97, 59.94)] == [
        Fraction(n * 1000, 1001) for n in (24, 30, 60)
    ]
    assert [frame_rate(fps) for fps in (24, 12.5, 60.0)] == [24, Fraction(25, 2), 60]
