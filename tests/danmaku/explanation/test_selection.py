from collections.abc import Sequence

import pytest

from pipeline.danmaku.explanation.selection import choose
from pipeline.runtime.errors import ExitCode, PipelineError
from tests.attending import comment

COMMENTS = [
    comment(9000, "w"),
    comment(1000, "チノ", "かわいい"),
    comment(2000, "かわいい"),
    comment(2000, "チノちゃん"),
    comment(5000, "Hello"),
]


def chosen(
    words: Sequence[str] = (), at: Sequence[float] = (), most: int = 9, duration: float = 10
) -> list[int]:
    found: list[int] = choose(COMMENTS, words, at, most, duration).tolist()
    return found


def test_all_come_in_order_of_time_where_there_is_room() -> None:
    assert chosen() == [1, 2, 3, 4, 0]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (["チノ"], [1, 3]),
        (["チノ", "w"], [1, 3, 0]),
        (["ﾁﾉ"], [1, 3]),
        (["hello"], [4]),
        (["ノかわ"], [1]),
        (["はろー", "Ｈｅｌｌｏ"], [4]),
    ],
)
def test_words_choose(words: list[str], expected: list[int]) -> None:
    assert chosen(words) == expected


@pytest.mark.parametrize(
    ("at", "most", "expected"),
    [
        ([5.1], 1, [4]),
        ([0], 2, [1, 2]),
        ([100], 2, [4, 0]),
        ([8, 0], 2, [1, 0]),
        ([2, 2], 2, [2, 3]),
        ([9, 1], 3, [1, 4, 0]),
    ],
)
def test_seconds_choose_the_nearest(at: list[float], most: int, expected: list[int]) -> None:
    assert chosen(at=at, most=most) == expected


def test_without_either_they_are_spread_over_the_video() -> None:
    many = [comment(100 * step, "w") for step in range(50)]
    assert choose(many, (), (), 4, 20).tolist() == [25, 47, 48, 49]
    assert choose(many, (), (), 5, 5).tolist() == [5, 15, 25, 35, 45]


def test_what_is_not_there_is_named() -> None:
    with pytest.raises(PipelineError) as caught:
        chosen(["リゼ", "シャロ"])
    assert caught.value.code == ExitCode.NOTHING_USABLE
    assert "none of the 5 generated comments has リゼ or シャロ" in caught.value.problem
    assert "`attention: words:`" in caught.value.remedy


def test_a_video_without_comments_asks_for_more() -> None:
    with pytest.raises(PipelineError) as caught:
        choose([], ["チノ"], (), 3, 10)
    assert caught.value.code == ExitCode.NOTHING_USABLE
    assert "`generate: rate:`" in caught.value.remedy


def test_more_moments_than_comments_are_refused() -> None:
    with pytest.raises(PipelineError) as caught:
        chosen(at=[1, 2, 3], most=2)
    assert caught.value.code == ExitCode.INVALID_SETTING
