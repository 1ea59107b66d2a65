"""Every comment is shown with its own place and its own explanation."""

from pathlib import Path

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from pipeline.danmaku.drawing.comment import ScreenComment
from pipeline.danmaku.drawing.layout import lay_out
from pipeline.danmaku.drawing.quality import measure_quality
from pipeline.danmaku.drawing.screen import Screen
from pipeline.danmaku.explanation.explained_file import Explained
from pipeline.danmaku.sections.episode import CommentTrack
from pipeline.danmaku.sections.watch.comments import (
    explanations,
    timed_comments,
    write_training_pictures,
)

screen_comments = st.lists(
    st.builds(
        ScreenComment,
        time_ms=st.integers(-9000, 70_000),
        text=st.sampled_from(["a", "b\nc", "/hidden", "w" * 80, "\ud800"]),
        commands=st.sampled_from([(), ("ue",), ("big", "red"), ("invisible",)]),
        layer=st.sampled_from(["viewer", "owner", "generated"]),
    ),
    max_size=30,
)


def width(text: str, font: str) -> float:
    return float(max(map(len, text.split("\n"))))


@given(screen_comments)
def test_a_comment_is_drawn_where_its_own_place_is_or_says_why_not(
    comments: list[ScreenComment],
) -> None:
    numbered = [
        ScreenComment(c.time_ms, c.text, c.commands, c.layer, number=number)
        for number, c in enumerate(comments)
    ]
    layout = lay_out(numbered, width, Screen(1920.0, 60.0))
    shown = timed_comments(CommentTrack(numbered, layout, measure_quality(layout)), {})
    assert [(one.kind, one.time) for one in shown] == [
        (c.layer, c.time_ms / 1000) for c in comments
    ]
    assert sum(one.drawn is not None for one in shown) == len(layout.placed)
    for one, comment in zip(shown, numbered, strict=True):
        assert (one.drawn is None) != (one.hidden is None)
        if one.drawn:
            assert one.drawn.start < comment.time_ms / 1000 + 0.001 < one.drawn.end
            assert one.drawn.text is None, "it is the comment's own"
            assert (one.drawn.speed == 0) == ("ue" in comment.commands)
            assert (one.drawn.color == "#ff0000") == ("red" in comment.commands)


def explained() -> Explained:
    """Three comments of one, two and no words, and two pictures to learn from."""
    return Explained(
        seen_s=np.array([0.5, 1.0, 1.5]),
        words=[["a"], ["b", "c"], []],
        first_map=np.array([0, 2, 5, 6]),
        attention=np.zeros((6, 4), np.uint8),
        saliency=np.zeros((6, 4), np.uint8),
        attention_peak=np.array([0, 1, 2, 3, 4, 5], np.float32) / np.float32(8),
        saliency_peak=np.zeros(6, np.float32),
        nats=np.array([2.0, 9.0, 1.0], np.float32),
        mean_nats=np.array([3.0, 8.0, 6.0], np.float32),
        word_nats=np.log(np.array([2, 4, 2, 4, 8, 1], np.float32)),
        word_rank=np.array([2, 1, 3, 1, 4, 1]),
        rank=np.array([1, 7, 0]),
        candidates=np.array([100, 90, 0]),
        copies=np.array([0, 3, 1]),
        near=np.array([[1, 0], [0, -1], [-1, -1]]),
        similarity=np.array([[0.9, 0.5], [0.25, 0], [0, 0]], np.float32),
        learned_video=["ep-1", "ep-2"],
        learned_s=np.array([4.0, 5.5]),
        learned_picture=[b"first", b"second"],
        learned_comments=[["x"], ["y", "z"]],
    )


def test_explanations_are_in_the_units_that_people_read() -> None:
    first, second, third = explanations(explained())
    assert (first.nats, second.nats, third.nats) == (1.0, 3.0, 1.0)  # a word, end mark included
    assert (first.pmi, second.pmi, third.pmi) == (1.0, -1.0, 5.0)
    assert (first.pmi_rank, second.pmi_rank, third.pmi_rank) == (2, 3, 1)
    assert (second.map, second.peaks) == (2, [0.25, 0.375, 0.5])
    assert second.saliency_peaks == [0, 0, 0]
    assert first.places == [(0.5, 2), (0.25, 1)]
    assert second.places == [(0.5, 3), (0.25, 1), (0.125, 4)] and third.places == [(1.0, 1)]
    assert first.near == [(1, 0.9), (0, 0.5)]
    assert second.near == [(0, 0.25)]
    assert (third.near, third.rank) == ([], 0)


def test_pictures_that_were_learned_from_lie_where_the_page_looks(tmp_path: Path) -> None:
    first, second = write_training_pictures(tmp_path, explained())
    assert (tmp_path / first.picture).read_bytes() == b"first"
    assert (tmp_path / second.picture).read_bytes() == b"second"
    assert (second.video, second.time, second.comments) == ("ep-2", 5.5, ["y", "z"])
