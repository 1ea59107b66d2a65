import pytest

from pipeline.danmaku.comments.comments_file import TokenizedComment
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.danmaku.alignment.synthetic import aligned, comment


def test_each_comment_goes_to_the_frame_on_screen() -> None:
    result = aligned([comment(0), comment(39), comment(40), comment(19_999)])
    assert result.frame.tolist() == [0, 0, 1, 499]
    assert result.picture.tolist() == [0, 0, 0, 249]
    assert (result.frames, result.duration_ms) == (500, 20_000)
    assert (result.words[0], result.commands[0]) == (["草"], ["ue"])


def test_early_and_late_comments_go_to_the_ends_and_are_counted() -> None:
    result = aligned([comment(-5000), comment(500), comment(20_000), comment(99_000)])
    assert result.frame.tolist() == [0, 12, 499, 499]
    assert (result.before_start, result.past_end) == (1, 2)
    assert result.time_ms.tolist() == [-5000, 500, 20_000, 99_000]


def test_late_comments_may_be_dropped() -> None:
    result = aligned([comment(500), comment(20_000), comment(600)], drop_past_end=True)
    assert result.line.tolist() == [0, 2]
    assert result.past_end == 1


def test_early_comments_may_be_dropped() -> None:
    result = aligned([comment(-1), comment(0), comment(20_000)], drop_before_start=True)
    assert result.line.tolist() == [1, 2]
    assert (result.before_start, result.past_end) == (1, 1)


def test_comments_without_words_are_left_out() -> None:
    result = aligned([comment(1, []), comment(2), comment(3, []), comment(4)])
    assert result.line.tolist() == [1, 3]


@pytest.mark.parametrize("comments", [[], [comment(1, [])], [comment(20_000)]])
def test_nothing_usable_is_an_error(comments: list[TokenizedComment]) -> None:
    with pytest.raises(PipelineError) as caught:
        aligned(comments, drop_past_end=True)
    assert caught.value.code == ExitCode.NOTHING_USABLE


def test_what_a_comment_is_about_may_lie_before_it() -> None:
    late = aligned([comment(100), comment(1500), comment(25_000)], delay_ms=1200)
    assert late.frame.tolist() == [0, 7, 499]
    assert late.time_ms.tolist() == [100, 1500, 25_000]
    assert (late.delay_ms, late.past_end) == (1200, 1)
