import math
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.danmaku.comments.broadcast import Broadcast
from pipeline.danmaku.comments.filters import Rules
from pipeline.danmaku.comments.importing import CommentImport
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.settings import LimitSettings
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.comments.conftest import WriteFile

KEEP_ALL = Rules(forks=frozenset({"main", "owner", "easy"}))


def imported(
    *files: Path,
    broadcast: Broadcast | None = None,
    rules: Rules = KEEP_ALL,
    limits: LimitSettings = LimitSettings(),  # noqa: B008
) -> CommentImport:
    return CommentImport(files, broadcast, rules, limits)


def chat(no: int, vpos: int, text: str = "草", **fields: Any) -> str:
    more = " ".join(f'{name}="{value}"' for name, value in fields.items())
    return f'<chat thread="1" no="{no}" vpos="{vpos}" {more}>{text}</chat>'


def test_a_single_file_comes_through_as_it_is(write_file: WriteFile) -> None:
    path = write_file(chat(2, 500, "b") + chat(1, 100, "a") + chat(2, 500, "b"))
    comments_left = imported(path)
    assert [(c.text, c.number, c.also) for c in comments_left] == [("b", 1, []), ("a", 2, [])]
    report = comments_left.report
    assert (report.kept, report.files[0].kept) == (2, 3)
    assert [(f.reason, f.numbers) for f in report.dropped] == [("read before", "3")]


def test_copies_in_other_files_are_named(write_file: WriteFile) -> None:
    first = write_file(chat(1, 100) + chat(2, 200), "a.xml")
    second = write_file(chat(3, 300) + chat(2, 200), "b.xml")
    third = write_file(chat(2, 200), "c.xml")
    comments_left = imported(first, second, third)
    found = [(c.no, c.file, c.number, c.also) for c in comments_left]
    assert found == [
        (1, "a.xml", 1, []),
        (2, "a.xml", 2, ["b.xml:2", "c.xml:1"]),
        (3, "b.xml", 1, []),
    ]
    assert list(comments_left) == list(comments_left)


def test_an_empty_file_among_others_is_no_error(write_file: WriteFile) -> None:
    empty, full = write_file("<packet></packet>", "a.xml"), write_file(chat(1, 1), "b.xml")
    assert len(list(imported(empty, full))) == 1
    with pytest.raises(PipelineError) as caught:
        list(imported(empty, empty))
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_what_filters_leave_out_is_counted_with_its_number(write_file: WriteFile) -> None:
    path = write_file(chat(1, 1, "short") + chat(2, 2, "x" * 99) + chat(3, 3, fork=1))
    rules = Rules(frozenset({"main"}), None, None, frozenset(), False, False, 50)
    comments_left = imported(path, rules=rules)
    assert [c.no for c in comments_left] == [1]
    assert [(f.reason, f.numbers) for f in comments_left.report.dropped] == [
        ("longer than 50 characters", "2"),
        ("of the fork owner", "3"),
    ]


def test_filters_that_leave_nothing_say_so(write_file: WriteFile) -> None:
    rules = Rules(frozenset({"owner"}), None, None, frozenset(), False, False, None)
    with pytest.raises(PipelineError, match="1 of the fork main") as caught:
        list(imported(write_file(chat(1, 1)), rules=rules))
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_a_broadcast_log_is_put_on_the_videos_clock(write_file: WriteFile) -> None:
    start = 1_335_549_600
    dates = {1: -5, 2: 0, 3: 61, 4: 90, 5: 125}
    path = write_file("\r\n".join(chat(no, 1_440_000, date=start + at) for no, at in dates.items()))
    broadcast = Broadcast.parse("2012-04-28T03:00+09:00/2012-04-28T03:02+09:00", ["1:00-1:20"])
    comments_left = imported(path, broadcast=broadcast)
    assert {c.no: c.time_ms for c in comments_left} == {2: 0, 4: 70_000}
    assert {f.reason: f.numbers for f in comments_left.report.dropped} == {
        "posted before the broadcast": "1",
        "posted in a commercial break": "3",
        "posted after the broadcast": "5",
    }


def test_days_count_from_the_first_posting_of_all_files(write_file: WriteFile) -> None:
    day = 86_400
    first = write_file(chat(1, 1, date=10 * day) + chat(2, 2, date=12 * day + 1), "a.xml")
    second = write_file(chat(3, 3, date=9 * day) + chat(4, 4), "b.xml")
    comments_left = imported(first, second, limits=LimitSettings(posted_within_days=3))
    assert [c.no for c in comments_left] == [1, 3]
    assert {f.reason: f.numbers for f in comments_left.report.dropped} == {
        "posted later than the days allowed": "2",
        "without a date to count days from": "4",
    }


def test_an_authors_repeats_are_folded_and_others_are_not(write_file: WriteFile) -> None:
    path = write_file(
        chat(1, 1000, user_id="a")
        + chat(2, 500, user_id="a")
        + chat(3, 1500, user_id="a")
        + chat(4, 1000, user_id="b")
        + chat(5, 1000, "w", user_id="a")
        + chat(6, 1000)
        + chat(7, 1000)
    )
    comments_left = imported(path, limits=LimitSettings(min_repeat_gap_seconds=5))
    assert [c.no for c in comments_left] == [1, 2, 3, 4, 5, 6, 7]
    comments_left = imported(path, limits=LimitSettings(min_repeat_gap_seconds=5.1))
    assert [c.no for c in comments_left] == [1, 4, 5, 6, 7]


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    times=st.lists(st.integers(-300, 500), min_size=1, max_size=60),
    most=st.integers(1, 8),
)
def test_the_density_cap_keeps_that_many_spread_evenly(
    write_file: WriteFile, times: list[int], most: int
) -> None:
    path = write_file("".join(chat(no, vpos) for no, vpos in enumerate(times, 1)))
    kept = list(imported(path, limits=LimitSettings(max_per_second=most)))
    assert [c.no for c in kept] == sorted(c.no or 0 for c in kept)
    all_seconds = Counter(math.floor(vpos / 100) for vpos in times)
    seconds = Counter(c.time_ms // 1000 for c in kept)
    assert seconds == {second: min(n, most) for second, n in all_seconds.items()}
    for second, count in all_seconds.items():
        order = sorted((vpos, no) for no, vpos in enumerate(times, 1) if vpos // 100 == second)
        ranks = [
            order.index((c.time_ms // 10, c.no or 0)) for c in kept if c.time_ms // 1000 == second
        ]
        gaps = [b - a for a, b in zip(sorted(ranks), sorted(ranks)[1:], strict=False)]
        assert all(abs(gap - count / len(ranks)) < 1 for gap in gaps)


def test_comments_are_read_back_unchanged_by_a_second_pass(write_file: WriteFile) -> None:
    path = write_file("".join(chat(no, no * 10, f"t{no}") for no in range(1, 200)))
    plain: list[Comment] = list(imported(path))
    assert list(imported(path, limits=LimitSettings(max_per_second=1000))) == plain


def test_the_earliest_time_is_known_afterwards(write_file: WriteFile) -> None:
    comments_left = imported(write_file(chat(1, 300) + chat(2, 100) + chat(3, 200)))
    assert comments_left.earliest_ms is None
    list(comments_left)
    assert comments_left.earliest_ms == 1000


def test_what_has_a_date_alone_is_placed_beside_a_broadcast(tmp_path: Path) -> None:
    path = tmp_path / "log.xml"
    path.write_text(
        '<packet><chat thread="9" no="1" date="1631804405">a</chat>'
        '<chat thread="9" no="2" date="1631804410" vpos="7">b</chat><chat>c</chat></packet>'
    )
    on_air = Broadcast.parse("2021-09-17T00:00:00+09:00", [])  # unix 1631804400
    comments_left = CommentImport([path], on_air)
    assert [(c.time_ms, c.text) for c in comments_left] == [(5000, "a"), (10_000, "b")]
    without = CommentImport([path])
    assert [(c.time_ms, c.text) for c in without] == [(70, "b")]
    (issue,) = without.report.files[0].dropped
    assert (issue.reason, issue.count) == ("without a time", 1)
