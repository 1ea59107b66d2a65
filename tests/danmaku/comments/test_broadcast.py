import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.danmaku.comments.broadcast import Broadcast
from pipeline.danmaku.comments.record import Comment
from pipeline.runtime.errors import ExitCode, PipelineError

START = 1_335_549_600  # 2012-04-28T03:00+09:00
ON_AIR = "2012-04-28T03:00+09:00/2012-04-28T03:30+09:00"
CUTS = ["20:00-21:30", "10:00-11:30"]


def posted(seconds: int, microseconds: int = 0) -> Comment:
    return Comment(time_ms=0, text="a", posted_at=START + seconds, posted_us=microseconds)


@pytest.mark.parametrize(
    ("seconds", "place"),
    [
        (0, 0),
        (599, 599_000),
        (690, 600_000),
        (1199, 1_109_000),
        (1290, 1_110_000),
        (1799, 1_619_000),
        (-1, "posted before the broadcast"),
        (1800, "posted after the broadcast"),
        (600, "posted in a commercial break"),
        (689, "posted in a commercial break"),
    ],
)
def test_what_was_cut_before_a_comment_moves_it_forward(seconds: int, place: int | str) -> None:
    assert Broadcast.parse(ON_AIR, CUTS).video_time(posted(seconds)) == place


def test_fractions_of_a_second_count() -> None:
    assert Broadcast.parse(ON_AIR, ["0:01.5-0:02.25"]).video_time(posted(3, 250_400)) == 2500


def test_a_comment_without_a_date_has_no_place() -> None:
    assert isinstance(Broadcast.parse(ON_AIR, []).video_time(Comment(time_ms=5, text="a")), str)


def test_a_broadcast_without_an_end_goes_on() -> None:
    assert Broadcast.parse("2012-04-28T03:00+09:00", []).video_time(posted(99_999)) == 99_999_000


@pytest.mark.parametrize(
    ("on_air", "cuts"),
    [
        ("2012-04-28T03:00", []),
        ("yesterday", []),
        ("2012-04-28T03:00+09:00/soon", []),
        (ON_AIR, ["10:00"]),
        (ON_AIR, ["11:30-10:00"]),
        (ON_AIR, ["10:00-11:30", "11:00-12:00"]),
    ],
)
def test_invalid_times_are_refused(on_air: str, cuts: list[str]) -> None:
    with pytest.raises(PipelineError) as caught:
        Broadcast.parse(on_air, cuts)
    assert caught.value.code == ExitCode.INVALID_SETTING


@given(st.lists(st.integers(0, 1800), unique=True, min_size=2, max_size=8), st.integers(0, 1800))
def test_time_in_the_video_is_time_on_air_without_the_cuts(edges: list[int], at: int) -> None:
    edges = sorted(edges[: len(edges) // 2 * 2])
    cuts = list(zip(edges[::2], edges[1::2], strict=True))
    written = [f"{a // 60}:{a % 60:02}-{b // 60}:{b % 60:02}" for a, b in cuts]
    place = Broadcast.parse("2012-04-28T03:00+09:00", written).video_time(posted(at))
    shown = [second for second in range(at) if not any(a <= second < b for a, b in cuts)]
    if any(a <= at < b for a, b in cuts):
        assert isinstance(place, str)
    else:
        assert place == len(shown) * 1000
