"""read(write(x)) equals x on what the format carries."""

import re
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.danmaku.comments.reading import read_comments
from pipeline.danmaku.comments.record import Comment
from pipeline.danmaku.comments.writing import format_names, write_comments
from pipeline.danmaku.comments.xml_writing import FORBIDDEN
from pipeline.danmaku.drawing.style import parse_style
from pipeline.lettering.glyphs import clean_text

WORDS = ("ue", "shita", "naka", "big", "small", "medium", "red", "black2", "#00fF7f", "#abc")
OTHERS = ("184", "device:3DS", "@5", "full", "ender", "_live", "iPhone", "16777215")
FIELDS = ("no", "thread", "fork", "user", "posted_at", "posted_us", "premium", "score", "nicoru")

texts = st.one_of(
    st.text(min_size=1, max_size=40),
    st.text("<>&{}\\Nnh\"';,=-\n\r\t 　w8字é😀\u202e\0-->", min_size=1, max_size=40),
    st.sampled_from(
        [
            *("<b>&amp;{\\an8}-->", "]]>", "&#8;", 'a;b,"c"\r\nd', "\n\n8\n88", "行1\n\n行3"),
            *(
                "http://nico.ms/sm9",
                "{\\p1}m 0 0{\\p0}",
                "=1+1",
                "　左に空白",
                "右に空白　",
                "  a  b  ",
            ),
        ]
    ),
).filter(lambda text: bool(text.strip()))

comments = st.builds(
    Comment,
    time_ms=st.one_of(st.integers(-(10**6), 10**7), st.integers(-(10**12) // 2, 10**9)),
    text=texts,
    commands=st.lists(st.sampled_from(WORDS + OTHERS), max_size=4),
    no=st.one_of(st.none(), st.integers(1, 10**9)),
    thread=st.one_of(st.none(), st.from_regex(r"[0-9]{1,12}", fullmatch=True)),
    fork=st.sampled_from(["main", "owner", "easy"]),
    user=st.one_of(st.none(), st.from_regex(r"[0-9a-f]{12}", fullmatch=True)),
    posted_at=st.one_of(st.none(), st.integers(1, 4 * 10**9)),
    posted_us=st.integers(0, 999_999),
    premium=st.booleans(),
    score=st.integers(-(10**6), 0),
    nicoru=st.integers(0, 10**6),
)


def round_trip(tmp_path: Path, name: str, written: list[Comment]) -> tuple[list[Comment], str]:
    path = tmp_path / f"out.{name}"
    message = write_comments(path, name, written)
    return list(read_comments(path)), message


LATEST_MS = 35_980_000
Values = tuple[object, ...]


def all_fields(comment: Comment) -> Values:
    return (comment.time_ms, comment.text, comment.commands, *(getattr(comment, f) for f in FIELDS))


def undated(comment: Comment) -> Comment:
    """Without the microseconds of no date, which no format has a place for."""
    return comment if comment.posted_at else msgspec.structs.replace(comment, posted_us=0)


def xml_lines(text: str) -> str:
    return FORBIDDEN.sub("", text)


def look(comment: Comment) -> Values:
    style = parse_style(comment.commands, "")
    return (style.place, style.size, style.color)


def of_niconico(comment: Comment) -> Values:
    return (round(comment.time_ms / 10), xml_lines(comment.text), *all_fields(comment)[2:])


def of_bilibili(comment: Comment) -> Values:
    text = xml_lines(comment.text)
    fork = "owner" if comment.fork == "owner" else "main"
    is_old = comment.posted_at is not None and comment.posted_at < 1_356_998_400  # 2013
    place = parse_style(comment.commands, comment.text).place
    is_fixed = place != "naka" and "reverse" not in comment.commands
    if fork == "owner" or (is_old and is_fixed):
        text = re.sub(r"(\w+://\S*)|/n|\\n", lambda found: found[1] or "\n", text)
    fields = (comment.no, fork, comment.user, comment.posted_at)
    return (comment.time_ms, text, *look(comment), *fields)


def of_vtt(comment: Comment) -> Values:
    text = comment.text.replace("\r\n", "\n").replace("\r", "\n").replace("\0", "\ufffd")
    lines = "\n".join(line or " " for line in text.split("\n"))
    return (max(comment.time_ms, 0), lines, parse_style(comment.commands, "").place)


def of_ass(comment: Comment) -> Values:
    text = clean_text(comment.text).translate(str.maketrans("{}\\", "｛｝＼"))
    return (comment.time_ms, re.sub(r"[\0-\x09\x0b-\x1f\x7f]", "", text), *look(comment))


CARRIED: dict[str, Callable[[Comment], Values]] = {
    "niconico.xml": of_niconico,
    "nvcomment.json": all_fields,
    "bilibili.xml": of_bilibili,
    "csv": all_fields,
    "vtt": of_vtt,
    "ass": of_ass,
}


def test_every_format_is_tried_here() -> None:
    assert set(CARRIED) | {"layout.json"} == set(format_names())  # which is no comment file


@pytest.mark.parametrize("name", CARRIED)
@given(comments=st.lists(comments, min_size=1, max_size=5))
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=120, deadline=None
)
def test_what_is_written_is_read_again(tmp_path: Path, name: str, comments: list[Comment]) -> None:
    written = list(map(undated, comments))
    if name == "ass":  # its times have one digit for hours, and no sign
        written = [msgspec.structs.replace(c, time_ms=c.time_ms % LATEST_MS) for c in written]
    carried = CARRIED[name]
    read, _ = round_trip(tmp_path, name, written)
    assert sorted(map(carried, read), key=repr) == sorted(
        (carried(c) for c in written if holds(name, c)), key=repr
    )


def holds(name: str, comment: Comment) -> bool:
    """Whether a format has any place for it."""
    if name.endswith("xml"):
        return bool(str(CARRIED[name](comment)[1]).strip())
    if name == "ass":
        visible = not clean_text(comment.text).startswith("/")
        return visible and bool(str(of_ass(comment)[1]).strip())
    return True
