"""What a format cannot carry is message."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writing import write_comments

FULL = Comment(
    time_ms=1234,
    text="a{b}",
    commands=["ue", "red", "184"],
    no=7,
    thread="9",
    fork="easy",
    user="0123456789ab",
    posted_at=1,
    posted_us=5,
    premium=True,
    score=-1,
    nicoru=2,
)
PLAIN = Comment(time_ms=1230, text="plain")


@pytest.mark.parametrize(
    ("name", "lost"),
    [
        ("niconico.xml", ["milliseconds (1)"]),
        ("nvcomment.json", []),
        ("csv", []),
        (
            "bilibili.xml",
            [
                "threads (1)",
                "forks other than the owner's (1)",
                "microseconds of dates (1)",
                "premium marks (1)",
                "shared-NG scores (1)",
                "likes (1)",
                "commands other than for color, place, reverse, size (1)",
            ],
        ),
        ("vtt", ["numbers (1)", "authors (1)", "dates (1)", "commands other than for place (1)"]),
        ("ass", ["numbers (1)", "forks (1)", "braces, backslashes and control characters (1)"]),
    ],
)
def test_each_loss_is_named_and_counted(tmp_path: Path, name: str, lost: list[str]) -> None:
    message = write_comments(tmp_path / "out", name, [FULL, PLAIN])
    assert message.startswith("2 comments written")
    assert ("cannot carry" in message) == bool(lost)
    for loss in lost:
        assert loss in message


def test_a_plain_comment_loses_nothing_anywhere(tmp_path: Path) -> None:
    for name in ("niconico.xml", "nvcomment.json", "csv", "bilibili.xml", "vtt", "ass"):
        message = write_comments(tmp_path / "out", name, [PLAIN])
        assert message == "1 comment written"


def test_ass_has_no_place_before_the_start_or_after_ten_hours(tmp_path: Path) -> None:
    early, late = (Comment(time_ms=ms, text="x") for ms in (-9_000, 36_100_000))
    message = write_comments(tmp_path / "out.ass", "ass", [early, PLAIN, late])
    assert "comments after ten hours (1)" in message
    assert "comments that are not shown (outside of the video) (1)" in message


def test_a_failure_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    path.write_text("before")

    def failing() -> Iterator[Comment]:
        yield PLAIN
        raise RuntimeError

    for name in ("csv", "ass", "nvcomment.json"):
        with pytest.raises(RuntimeError):
            write_comments(path, name, failing())
        assert path.read_text() == "before"
        assert list(tmp_path.iterdir()) == [path]
